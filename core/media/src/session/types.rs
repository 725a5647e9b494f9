//! What goes into a [`Session`](super::Session) and what comes out of it.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::codec::{MediaKind, Negotiated, Ssrc};
use crate::frame::EncodedFrame;
use crate::transport::{RemoteTransport, TransportConfig, TransportError, TransportStats};

/// One simulcast encoding of our camera, as signalled in the SIM and FID groups, or the one of our screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendLayer {
    /// Its media SSRC.
    pub ssrc: Ssrc,
    /// The SSRC of its retransmissions; without one, losses are repaired by key frames alone.
    pub rtx: Option<Ssrc>,
}

/// A source somebody else sends, as signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteMedia {
    /// Its media SSRC.
    pub ssrc: Ssrc,
    /// The SSRC of its retransmissions.
    pub rtx: Option<Ssrc>,
    /// Audio or video.
    pub kind: MediaKind,
}

/// Everything a session is made of.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Our end of the transport.
    pub transport: TransportConfig,
    /// What signalling told about the other end.
    pub remote: RemoteTransport,
    /// What both sides understand.
    pub negotiated: Negotiated,
    /// Our microphone's SSRC.
    pub audio_ssrc: Option<Ssrc>,
    /// Our camera's encodings, lowest first.
    pub video: Vec<SendLayer>,
    /// Where sequence numbers, timestamps and picture ids start.
    pub random_seed: u64,
}

impl SessionConfig {
    /// The media half.
    pub fn media(&self) -> MediaConfig {
        MediaConfig {
            negotiated: self.negotiated.clone(),
            audio_ssrc: self.audio_ssrc,
            video: self.video.clone(),
            random_seed: self.random_seed,
        }
    }
}

/// The part of a [`SessionConfig`] that is not the transport's.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// What both sides understand.
    pub negotiated: Negotiated,
    /// Our microphone's SSRC.
    pub audio_ssrc: Option<Ssrc>,
    /// Our camera's encodings, lowest first.
    pub video: Vec<SendLayer>,
    /// Where sequence numbers, timestamps and picture ids start.
    pub random_seed: u64,
}

/// A received Opus packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// Whose.
    pub ssrc: Ssrc,
    /// As on the wire.
    pub sequence: u16,
    /// As on the wire, 48 kHz.
    pub timestamp: u32,
    /// Loudness as the sender measured it: 0 is the loudest, 127 is silence.
    pub level: Option<u8>,
    /// The Opus packet.
    pub payload: Bytes,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SessionEvent {
    /// Media may flow.
    Connected {
        /// Through a TURN server.
        relayed: bool,
    },
    /// Nothing has been heard for five seconds; it may come back by itself.
    Interrupted,
    /// It came back.
    Resumed,
    /// The bridge's data channel is open.
    ChannelOpen,
    /// A message from the bridge.
    ChannelMessage(String),
    /// The data channel is gone.
    ChannelClosed,
    /// Somebody's Opus packet.
    Audio(AudioPacket),
    /// Somebody's picture, complete and decodable after those before it.
    Video {
        /// Whose.
        ssrc: Ssrc,
        /// The picture.
        frame: EncodedFrame,
    },
    /// The next frame of every active encoding of our camera must be a key frame.
    KeyframeRequested,
    /// The next frame of our screen must be a key frame.
    ScreenKeyframeRequested,
    /// What the path to the bridge is thought to carry.
    Estimate {
        /// Bits per second.
        bps: u64,
    },
    /// The session is dead; only a new one helps.
    Failed(TransportError),
}

/// Figures of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionStats {
    /// To the bridge and back, from RTCP if there is any, else from connectivity checks.
    pub round_trip: Option<Duration>,
    /// What the path to the bridge is thought to carry, in bits per second.
    pub estimate: u64,
    /// Each signalled source of others.
    pub received: BTreeMap<Ssrc, ReceiveStats>,
    /// Each stream of ours that has sent something: the microphone and the encodings.
    pub sent: BTreeMap<Ssrc, SendStats>,
    /// Packets that were authentic and yet made no sense.
    pub dropped_malformed: u64,
    /// The transport below.
    pub transport: TransportStats,
}

/// Figures of one source of somebody else, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiveStats {
    /// Packets with media, retransmissions not counted.
    pub packets: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Packets that carried nothing but padding: the bridge's probes.
    pub probes: u64,
    /// Packets that never came, after repair. Negative if more came than were sent.
    pub packets_lost: i64,
    /// Packets that came by retransmission.
    pub recovered: u64,
    /// NACK packets sent.
    pub nacks: u64,
    /// Key frames asked for.
    pub plis: u64,
    /// Variation of the packets' spacing (RFC 3550 §6.4.1).
    pub jitter: Duration,
    /// Frames delivered.
    pub frames: u64,
    /// Key frames among them.
    pub keyframes: u64,
    /// Freezes as WebRTC counts them.
    pub freezes: u64,
    /// How long pictures stood in them.
    pub frozen: Duration,
}

/// Figures of one stream of ours, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendStats {
    /// Packets sent, retransmissions not counted.
    pub packets: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Frames sent.
    pub frames: u64,
    /// Key frames among them.
    pub keyframes: u64,
    /// Packets sent again.
    pub retransmitted: u64,
    /// NACK packets received.
    pub nacks: u64,
    /// Requests for key frames received.
    pub plis: u64,
    /// Bits sent in the last second, retransmissions included.
    pub bitrate: u64,
    /// Share of packets the bridge missed lately, in 256ths.
    pub fraction_lost: u8,
}
