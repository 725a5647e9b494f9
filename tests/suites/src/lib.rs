//! What the suites share: people who join a lab's meeting with the real client, and what they hear, see and are told.
//!
//! A [`Guest`] speaks a tone of their own and shows the numbered pattern in a colour of their own. Their ears measure
//! frequencies, their eyes read frame numbers and colours out of really decoded pictures.

mod desk;
mod ears;
mod eyes;
mod guest;

pub use desk::{Desk, NEXT_HERTZ, SCREEN};
pub use ears::Ears;
pub use eyes::{Eyes, Sight};
pub use guest::{Guest, GuestOptions, Surroundings};
