//! Every screen without a display: as pictures, by keyboard, and in each language.

mod compare;
mod keyboard;
mod scenes;
mod stage;
mod words;
