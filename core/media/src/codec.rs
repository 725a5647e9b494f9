//! What the two ends agreed to send each other: codecs, payload types, header extensions and SSRCs.
//!
//! Numbers come from the offer, never from constants (Jicofo may change its defaults at any time).

use std::fmt;
use std::str::FromStr;

/// An RTP synchronisation source (RFC 3550 §3), never zero in Jitsi.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssrc(pub u32);

impl fmt::Display for Ssrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Audio or video, as in the `media` attribute of a Jingle description (XEP-0167).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// Opus, 48 kHz.
    Audio,
    /// A camera or a screen.
    Video,
}

/// The video codecs a Jitsi conference may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// RFC 7741; every participant must understand it.
    Vp8,
    /// RFC 9628.
    Vp9,
    /// RFC 6184.
    H264,
    /// The AOM's "RTP Payload Format For AV1".
    Av1,
}

impl VideoCodec {
    /// The lower-case name used in `jitsi_participant_codecList`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vp8 => "vp8",
            Self::Vp9 => "vp9",
            Self::H264 => "h264",
            Self::Av1 => "av1",
        }
    }
}

impl fmt::Display for VideoCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for VideoCodec {
    type Err = UnknownCodec;

    /// Reads a codec name in any case, as SDP and Jingle spell it ("VP8", "AV1", "H264").
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.to_ascii_lowercase().as_str() {
            "vp8" => Ok(Self::Vp8),
            "vp9" => Ok(Self::Vp9),
            "h264" => Ok(Self::H264),
            "av1" => Ok(Self::Av1),
            _ => Err(UnknownCodec),
        }
    }
}

/// A codec name that is none of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of vp8, vp9, h264 and av1")]
pub struct UnknownCodec;

/// What a payload type number carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadKind {
    /// Opus at 48 kHz (RFC 7587).
    Opus,
    /// One of the video codecs at 90 kHz.
    Video(VideoCodec),
    /// A retransmission (RFC 4588) of the payload type named here.
    Rtx {
        /// The `apt` parameter.
        associated: u8,
    },
}

/// One negotiated payload type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadType {
    /// The 7-bit number on the wire.
    pub number: u8,
    /// What it carries.
    pub kind: PayloadKind,
}

/// The negotiated one-byte header extension ids (RFC 8285), one number space per medium in Jingle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderExtensions {
    /// `urn:ietf:params:rtp-hdrext:ssrc-audio-level` (RFC 6464), audio only.
    pub audio_level: Option<u8>,
    /// draft-holmer-rmcat-transport-wide-cc-extensions-01, audio and video alike.
    pub transport_cc: Option<u8>,
    /// `http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time`, video only.
    pub abs_send_time: Option<u8>,
    /// The AV1 dependency descriptor, video only.
    pub dependency_descriptor: Option<u8>,
}

/// What both sides understand, for one medium or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// Every payload type of the session, audio and video.
    pub payload_types: Vec<PayloadType>,
    /// Extensions on audio packets.
    pub audio_extensions: HeaderExtensions,
    /// Extensions on video packets.
    pub video_extensions: HeaderExtensions,
}

impl Negotiated {
    /// What `number` carries, if it was negotiated.
    pub fn kind(&self, number: u8) -> Option<PayloadKind> {
        self.payload_types.iter().find(|p| p.number == number).map(|p| p.kind)
    }

    /// The number to send `codec` with.
    pub fn video_number(&self, codec: VideoCodec) -> Option<u8> {
        self.payload_types.iter().find(|p| p.kind == PayloadKind::Video(codec)).map(|p| p.number)
    }

    /// The number to send Opus with.
    pub fn opus_number(&self) -> Option<u8> {
        self.payload_types.iter().find(|p| p.kind == PayloadKind::Opus).map(|p| p.number)
    }

    /// The retransmission number paired with `number`.
    pub fn rtx_number(&self, number: u8) -> Option<u8> {
        self.payload_types
            .iter()
            .find(|p| p.kind == PayloadKind::Rtx { associated: number })
            .map(|p| p.number)
    }
}
