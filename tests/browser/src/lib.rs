//! Chromium as a participant in the lab's meetings, to hold client and lab against a browser's own media stack.
//!
//! [`Browser`] runs Debian's Chromium without a screen, [`Page`] runs JavaScript in it, and [`Peer`] is a participant
//! written in plain JavaScript for these tests. Out: what the browser's `getStats` says it received and decoded.
#![warn(missing_docs)]

mod browser;
mod devtools;
mod page;
mod peer;

pub use browser::Browser;
pub use devtools::BrowserError;
pub use page::Page;
pub use peer::{Change, Inbound, Outbound, Peer, PeerOptions, Picture, Stats};
