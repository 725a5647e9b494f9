//! The bridge: a selective forwarding unit that talks like Jitsi Videobridge.
//!
//! In: orders from the focus ([`BridgePort`]), datagrams, colibri messages, media of synthetic people. Out: datagrams
//! and colibri messages. Everything runs in one task on a thread of its own.

mod allocation;
mod codec;
mod colibri;
mod conference;
mod driver;
mod egress;
mod endpoint;
mod feedback;
mod handle;
mod ingress;
mod observe;
pub(crate) mod rtcp;
mod rtp;
mod shaping;
mod speaker;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub(crate) use self::driver::{Driver, inject};
pub(crate) use self::handle::{BridgeHandle, BridgeSockets, Command, PersonOrder, Place};
pub use self::observe::{EndpointReport, ReceivedPacket, ReceivedStream};
pub(crate) use self::rtp::Packet;
pub use self::shaping::{Direction, Shaping};
use crate::focus::Medium;

/// A place for one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllocationRequest {
    pub(crate) conference: String,
    pub(crate) endpoint: String,
    pub(crate) sctp: bool,
    pub(crate) web_socket: bool,
    /// The bridge's own SSRCs in this conference.
    pub(crate) bridge_audio: u32,
    pub(crate) bridge_video: u32,
}

/// Where and how to reach that place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allocation {
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
    /// SHA-256, upper case with colons.
    pub(crate) fingerprint: String,
    pub(crate) candidates: Vec<SocketAddr>,
    pub(crate) sctp_port: Option<u16>,
    /// Path and query of the colibri WebSocket.
    pub(crate) web_socket: Option<String>,
}

/// The other end, from a session-accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteDescription {
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
    pub(crate) fingerprint: String,
    pub(crate) candidates: Vec<SocketAddr>,
}

/// One source an endpoint sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceDescription {
    pub(crate) name: String,
    pub(crate) medium: Medium,
    pub(crate) desktop: bool,
    /// SSRC and retransmission SSRC of each encoding, smallest picture first.
    pub(crate) encodings: Vec<(u32, Option<u32>)>,
}

/// What the focus orders from the bridge.
pub(crate) trait BridgePort: Send {
    /// Makes a place for an endpoint; an older one of the same endpoint goes.
    fn allocate(&mut self, request: &AllocationRequest) -> Result<Allocation, String>;
    /// The endpoint accepted.
    fn set_remote(&mut self, conference: &str, endpoint: &str, remote: RemoteDescription);
    /// Everything the endpoint sends from now on.
    fn set_sources(&mut self, conference: &str, endpoint: &str, sources: Vec<SourceDescription>);
    /// The endpoint is gone.
    fn expire(&mut self, conference: &str, endpoint: &str);
}
