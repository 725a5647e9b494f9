//! Treff on a desktop: a private session bus for each test, with small stand-ins for what a desktop offers.

mod appearance;
mod awake;
mod background;
mod bus;
mod haptics;
mod instance;
mod keeper;
mod missing;
mod notices;
mod opener;
mod portal;
