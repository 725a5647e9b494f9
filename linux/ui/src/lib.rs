//! The window of the Linux app: Slint screens, and presenters that fill them.
//!
//! In: the core's `Snapshot`s and `Event`s. Out: its `Command`s, and a few wishes to the desktop (copy, open, save). No
//! socket, no codec, no device; the binary in `linux/` joins this to the core.
//!
//! # How it is laid out
//! - `ui/theme.slint`: `Theme` (colours, type, sizes, motion), `Tokens` and `Icons`, made from `design/` at build time.
//!   Screens take every colour and size from there. `Theme.type-scale` grows all type, `Theme.quick` is 0 ms where the
//!   person wants less motion, `Theme.on-call` makes everything dark for as long as the call fills the window.
//! - `ui/components/`: what screens are made of. Each has its role, name and state for screen readers, a ring for the
//!   keyboard, and 48 px for a finger. `Pressable` is the behaviour of all that can be pressed.
//!   What comes and goes with `if` and `for` and holds words that wrap is a `Block` (`block.slint` says why).
//! - `ui/screens/`: one file a screen, with the screen's `…Adapter`: a global that is its only door to Rust.
//! - `ui/words.slint`: sentences that several screens share, above all one for each code of `UserError`.
//! - `src/`: one presenter a screen. A presenter speaks no language: it hands codes and numbers to the adapter, and
//!   every word stands in `.slint` as `@tr("…")`, with German and French in `lang/`.
//! - `tests/screens`: draws every screen without a display, compares with the pictures in `screenshots/`, and checks
//!   that no text is cut, that every control has a name, and that nothing is left untranslated. `./dev screenshots`
//!   draws them anew.

#![warn(missing_docs)]

pub mod call;
mod compare;
mod day;
mod devices;
mod ended;
mod home;
mod host;
mod licences;
mod new_meeting;
mod prejoin;
mod problem;
mod qr;
mod rows;
mod server;
mod servers;
mod settings;
mod state;
mod ui;
mod waiting;

mod generated {
    #![allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, clippy::unwrap_used)]
    slint::include_modules!();
}

pub use generated::*;

pub use host::{Desktop, Host, Saved};
pub use ui::Ui;
