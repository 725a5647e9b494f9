//! Every screen without a display: as pictures, by keyboard, and in each language.

mod call_keyboard;
mod compare;
mod fit;
mod keyboard;
mod scenes;
mod stage;
mod words;
