//! Turns a text that someone tapped, pasted or typed into the address of a meeting.
//!
//! In: any text, and the server the person prefers. Out: a [`MeetingAddress`] (host, tenant, room, token, overrides)
//! or a [`LinkError`] that says why it is none. Pure: no network, no clock, bounded work, and nothing in a link can
//! change which host is asked for the deployment's configuration other than the host the link visibly names.

mod address;
mod error;
#[doc(hidden)]
pub mod fuzz;
mod other;
mod overrides;
mod parameters;
mod parse;
mod path;
mod prose;
mod room;
mod scheme;
mod token;

pub use address::{MeetingAddress, ServerAddress};
pub use error::LinkError;
pub use other::{OtherMeeting, OtherService, other_meeting};
pub use overrides::Overrides;
pub use parse::{parse, parse_server, server_of};
pub use room::RoomName;
pub use token::{Claims, Token};
