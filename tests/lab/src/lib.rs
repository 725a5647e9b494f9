//! A whole small Jitsi deployment in one process, on loopback: HTTPS, XMPP with rooms and lobbies, a focus, a bridge,
//! synthetic people, and faults on command.
//!
//! It shares no signalling code with the client, so that the two cannot agree on the same mistake. In: [`LabOptions`]
//! and orders to the [`Lab`]. Out: a link to join, a root certificate to trust, and what clients did.
#![warn(missing_docs)]

mod bridge;
mod clock;
mod control;
mod focus;
mod https;
mod hub;
mod jid;
mod lab;
mod muc;
mod names;
mod options;
mod payloads;
mod people;
mod prosody;
mod random;
#[cfg(test)]
mod testing;
mod xml;
mod xmpp;

pub use bridge::{Direction, EndpointReport, ReceivedPacket, ReceivedStream, Shaping};
pub use focus::Refusal;
pub use lab::{Lab, LabError, OccupantView};
pub use options::{
    BridgeChannels, ConferenceRequest, ConfigDialect, LabOptions, Person, Server, TokenPolicy,
};
