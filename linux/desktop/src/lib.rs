//! What a Linux desktop or phone gives a calling app, over D-Bus: one instance, notices outside the window, a screen
//! that stays on, light or dark, other services' links, a touch of the vibration motor.
//!
//! In: [`Command`]s, which never block. Out: [`Event`]s, told to one observer on this crate's own thread. Nothing here
//! is needed for a call: whatever is missing comes as a [`Failure`] in [`Event::Failed`], once, and the call goes on.
//! The headless mode does not use this crate.
//!
//! # Wiring
//!
//! At the start, before a window is made:
//!
//! ```no_run
//! use std::time::Duration;
//! use treff_desktop::{Desktop, Instance, Options};
//!
//! let links: Vec<String> = std::env::args().skip(1).collect();
//! let desktop = Desktop::start(Options::from_environment(links), |event| {
//!     // On this crate's thread: carry it over, for example with slint::invoke_from_event_loop.
//!     drop(event);
//! });
//! // … build the window meanwhile …
//! if desktop.instance(Duration::from_secs(3)) == Instance::HandedOver {
//!     return; // The running Treff has the link: exit 0 and show nothing.
//! }
//! ```
//!
//! Then:
//!
//! | when | command |
//! |---|---|
//! | the call begins, or a picture appears in it or goes | [`Command::KeepAwake`] with [`Awake::Screen`] or [`Awake::Machine`] |
//! | the call is over | [`Command::KeepAwake`] with [`Awake::Off`], [`Command::WithdrawAll`] |
//! | the window is not looked at, and somebody knocks, writes privately, or the call goes on | [`Command::Notify`] |
//! | the window is looked at again, or the knock was answered elsewhere | [`Command::Withdraw`] |
//! | a link of another service, or mail to share an invitation | [`Command::OpenUri`] |
//! | a file is to be kept, such as a calendar entry | [`Command::Keep`] |
//! | the window closes during a call | [`Command::StayInBackground`] |
//!
//! | event | what the window does |
//! |---|---|
//! | [`Event::Activated`], [`Event::LinksOpened`] | raise the window with the token; give the link to [`Arrivals`], which says whether to ask before leaving a call |
//! | [`Event::NoticeAnswered`] | dispatch `Admit` or `Deny`, or show the chat |
//! | [`Event::FileKept`] | say where it is, if nobody was asked |
//! | [`Event::AppearanceChanged`] | set the theme, the motion and the type size |
//! | [`Event::Failed`] | nothing, or a line in the settings ([`Failure`] says which) |
//!
//! Texts come translated from the caller. Names and messages go to the notification service and nowhere else: this
//! crate's log has none of them.
#![warn(missing_docs)]

mod appearance;
mod arrivals;
mod awake;
mod background;
mod bus;
mod command;
mod desktop;
mod event;
mod failure;
mod haptics;
mod instance;
mod keeper;
mod notices;
mod opener;
mod options;
mod portal;
mod text;

pub use appearance::{Appearance, Scheme};
pub use arrivals::{Arrival, Arrivals};
pub use awake::Awake;
pub use command::Command;
pub use desktop::Desktop;
pub use event::{Event, Wish};
pub use failure::Failure;
pub use haptics::Touch;
pub use instance::Instance;
pub use keeper::{FileToKeep, Kept};
pub use notices::{Button, Choice, Notice, Subject};
pub use options::{BusAddress, Options};
