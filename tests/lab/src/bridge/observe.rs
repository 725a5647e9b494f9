//! What a test may look at: what an endpoint sent to the bridge, raw and counted.

use std::collections::BTreeMap;

use bytes::Bytes;

/// A media packet an endpoint sent, decrypted, retransmissions already unwrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedPacket {
    /// The source it belongs to, `<endpoint>-v0`.
    pub source: String,
    /// Which encoding of a simulcast source, 0 the smallest.
    pub encoding: usize,
    /// The whole RTP packet.
    pub packet: Bytes,
    /// It came as a retransmission.
    pub recovered: bool,
}

/// Counters of one received SSRC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedStream {
    /// The source it belongs to.
    pub source: String,
    /// Packets, without duplicates.
    pub packets: u64,
    /// Payload bytes in them.
    pub bytes: u64,
    /// Sequence numbers the bridge asked to have sent again.
    pub nacked: u64,
    /// Packets that came back as retransmissions.
    pub recovered: u64,
    /// Key frames begun, where the codec is one the bridge can look into.
    pub keyframes: u64,
    /// The height written in the last VP8 key frame.
    pub height: Option<u16>,
}

/// Everything the bridge knows of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointReport {
    /// ICE and DTLS are through.
    pub connected: bool,
    /// A bridge channel is open, and over what.
    pub channel: Option<&'static str>,
    /// What it sends, by SSRC.
    pub streams: BTreeMap<u32, ReceivedStream>,
    /// Padding-only packets and packets on retransmission SSRCs that carried nothing.
    pub probes: u64,
    /// Transport-wide sequence numbers seen.
    pub transport_cc: u64,
    /// Retransmissions sent to it because it asked.
    pub retransmitted: u64,
    /// Sequence numbers it asked for.
    pub nacks_received: u64,
    /// Key frames it asked for.
    pub keyframe_requests: u64,
    /// Receiver reports and transport-wide feedback it sent.
    pub receiver_reports: u64,
    /// Transport-wide feedback it sent.
    pub transport_feedback: u64,
    /// Channel messages the bridge could not accept, such as ones with unknown fields.
    pub rejected_messages: u64,
    /// The last channel messages it sent, by class.
    pub messages: BTreeMap<String, u64>,
    /// Video sources being sent to it.
    pub forwarded: Vec<String>,
    /// Datagrams thrown away on command, both ways.
    pub lost: u64,
}
