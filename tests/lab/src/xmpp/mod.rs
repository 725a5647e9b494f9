//! The XMPP server: streams over WebSocket (RFC 7395), routing between accounts, rooms, components and the focus.

mod components;
mod core;
mod seats;
mod socket;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use self::core::{Core, Later, SocketOrder};
pub(crate) use self::socket::serve;
