//! What a media session needs to know, as plain values: the bridge's offer (`SessionDescription`), our answer
//! (`LocalDescription`) and the sources of both sides. Jingle writes and reads them, the media side consumes and makes them.

use std::collections::BTreeMap;

use crate::event::BridgeChannelKind;
use crate::ids::{EndpointId, MediaKind, SourceName, Ssrc, VideoType};

/// The focus's offer of a session with the bridge.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionDescription {
    /// The Jingle session id, to be named in `Conference::accept_session`.
    pub sid: String,
    /// The id of the session on the bridge; needed to ask for a restart.
    pub bridge_session: Option<String>,
    /// The region of the bridge, when the deployment names it.
    pub region: Option<String>,
    /// How to reach the bridge. All contents are bundled, so there is only one.
    pub transport: TransportDescription,
    /// The offered audio.
    pub audio: MediaDescription,
    /// The offered video.
    pub video: MediaDescription,
    /// The sources that exist so far, the bridge's own (`jvb`) included.
    pub sources: Vec<RemoteSource>,
    /// The focus wants us to begin with the microphone muted.
    pub start_audio_muted: bool,
    /// The focus wants us to begin with the camera muted.
    pub start_video_muted: bool,
    /// The bridge channel that will be used; SCTP has to be negotiated by the media side. `None` if there is no way.
    pub bridge_channel: Option<BridgeChannelKind>,
}

/// Addresses and keys of one side's transport.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransportDescription {
    /// ICE user name fragment.
    pub ufrag: String,
    /// ICE password.
    pub pwd: String,
    /// Digest of the certificate, with the DTLS role offered.
    pub fingerprint: Fingerprint,
    /// ICE candidates.
    pub candidates: Vec<Candidate>,
    /// URLs of the bridge channel over WebSocket, in the order of the offer.
    pub web_sockets: Vec<String>,
    /// The SCTP port, when content `data` was offered.
    pub sctp_port: Option<u16>,
}

/// The digest of a DTLS certificate (RFC 8122).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// The hash's name, such as `sha-256`.
    pub hash: String,
    /// Upper-case hex with colons.
    pub value: String,
    /// `actpass`, `active` or `passive`.
    pub setup: String,
}

/// An ICE candidate (XEP-0176).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// 1 for RTP; there is no other with rtcp-mux.
    pub component: u8,
    /// Groups candidates of the same base.
    pub foundation: String,
    /// Grows with each ICE restart.
    pub generation: u32,
    /// The candidate's id, unique in the session.
    pub id: String,
    /// An IP address, as text.
    pub ip: String,
    /// The network's index.
    pub network: u32,
    /// The port.
    pub port: u16,
    /// ICE priority.
    pub priority: u32,
    /// Which transport protocol.
    pub protocol: CandidateProtocol,
    /// Where the address comes from.
    pub kind: CandidateKind,
    /// The base of a reflexive or relayed address.
    pub related: Option<(String, u16)>,
    /// `active`, `passive` or `so`, for TCP only.
    pub tcp_type: Option<String>,
}

/// The transport protocol of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CandidateProtocol {
    /// UDP.
    Udp,
    /// ICE-TCP (RFC 6544).
    Tcp,
    /// Google's pseudo TLS over TCP.
    SslTcp,
}

/// Where a candidate's address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CandidateKind {
    /// An interface's own address.
    Host,
    /// Seen by a STUN server.
    ServerReflexive,
    /// Seen by the peer.
    PeerReflexive,
    /// Allocated on a TURN server.
    Relayed,
}

/// One medium's codecs and header extensions, as offered or as accepted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaDescription {
    /// Payload types in the order of the offer.
    pub payload_types: Vec<PayloadType>,
    /// RTP header extensions.
    pub header_extensions: Vec<HeaderExtension>,
}

/// One payload type of a description.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PayloadType {
    /// The RTP payload type number.
    pub id: u8,
    /// The codec's name as written in the offer, such as `opus`, `VP8`, `rtx`.
    pub name: String,
    /// RTP clock rate.
    pub clockrate: u32,
    /// Audio channels, when given.
    pub channels: Option<u8>,
    /// Format parameters. The name may be empty (a value alone, as in RED's `111/111`).
    pub parameters: Vec<(String, String)>,
    /// RTCP feedback: type and subtype.
    pub feedback: Vec<(String, Option<String>)>,
}

impl PayloadType {
    /// The value of the named format parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// An RTP header extension (RFC 8285).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderExtension {
    /// The number on the wire, 1 to 14 in one-byte form.
    pub id: u8,
    /// What it means.
    pub uri: String,
}

/// A source somebody else sends, as signalled by the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteSource {
    /// Who sends it; `jvb` for the bridge's own.
    pub owner: EndpointId,
    /// The source's name.
    pub name: SourceName,
    /// Audio or video.
    pub kind: MediaKind,
    /// The media SSRCs, primary first; more than one only with simulcast (lowest layer first).
    pub ssrcs: Vec<Ssrc>,
    /// Retransmission SSRC for each media SSRC that has one.
    pub rtx: BTreeMap<Ssrc, Ssrc>,
    /// What a video shows.
    pub video_type: VideoType,
    /// Stream and track label shared by all SSRCs of the source.
    pub msid: Option<String>,
}

/// Our answer to an offer. Names, msid and groups of the sources are written by this crate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocalDescription {
    /// ICE user name fragment.
    pub ufrag: String,
    /// ICE password.
    pub pwd: String,
    /// SHA-256 of our certificate, upper-case hex with colons.
    pub fingerprint: String,
    /// Gathered candidates; may stay empty, the bridge finds us by our checks.
    pub candidates: Vec<Candidate>,
    /// The part of the offered audio that was accepted, with the offer's numbers.
    pub audio: MediaDescription,
    /// The part of the offered video that was accepted, with the offer's numbers.
    pub video: MediaDescription,
    /// Whether content `data` is accepted. When false and a WebSocket was offered, that is used.
    pub sctp: bool,
    /// The microphone's SSRC, when audio will be sent.
    pub audio_ssrc: Option<Ssrc>,
    /// The camera's SSRCs, lowest layer first; empty when no video will be sent.
    pub video_ssrcs: Vec<Ssrc>,
    /// Retransmission SSRCs in the same order; may be empty.
    pub video_rtx: Vec<Ssrc>,
}

/// A source of ours that is added to a running session, such as a shared screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSource {
    /// `<own endpoint>-v1` for a screen; see `EndpointId::screen_source`.
    pub name: SourceName,
    /// Audio or video.
    pub kind: MediaKind,
    /// Media SSRCs, lowest layer first.
    pub ssrcs: Vec<Ssrc>,
    /// Retransmission SSRCs in the same order; may be empty.
    pub rtx: Vec<Ssrc>,
    /// What a video shows.
    pub video_type: VideoType,
}
