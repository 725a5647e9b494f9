//! Figures of a call, gathered once a second.

use serde::{Deserialize, Serialize};
use treff_media::codec::VideoCodec;

/// One second's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Each video source that is received.
    pub video: Vec<VideoStats>,
    /// Each speaker that was heard.
    pub speakers: Vec<SpeakerStats>,
    /// Each simulcast encoding of our camera.
    pub sent: Vec<LayerStats>,
    /// Our shared screen.
    #[serde(default)]
    pub screen: Option<LayerStats>,
    /// Share of our packets that the bridge missed lately, 0.0 to 1.0.
    #[serde(default)]
    pub sent_lost: f64,
    /// Audio packets sent so far.
    pub audio_packets_sent: u64,
    /// What the network is thought to carry upwards, in bits per second.
    pub estimate: Option<u64>,
    /// Round-trip time to the bridge in milliseconds.
    pub rtt_ms: Option<f64>,
    /// What came in this meeting and was thrown away for being wrong.
    #[serde(default)]
    pub dropped: DropStats,
    /// What this process costs.
    pub process: ProcessStats,
}

/// Input that was thrown away because it was malformed, forged or from somebody who may not send it, so far in this
/// meeting. In a call between honest ends all of it stays near zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropStats {
    /// Frames on the signalling socket that are no well-formed stanza.
    pub frames: u64,
    /// Stanzas that made no sense, or came from somebody who may not send them.
    pub stanzas: u64,
    /// Messages on the bridge channel that could not be read.
    pub bridge_messages: u64,
    /// Datagrams that are none of the call's: unknown senders, failed authentication, replays, noise.
    pub datagrams: u64,
    /// RTP and RTCP packets that were authentic and yet made no sense.
    pub packets: u64,
}

/// A received video source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VideoStats {
    /// The source's name.
    pub source: String,
    /// Its codec now.
    pub codec: Option<VideoCodec>,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// Pictures decoded in the last second.
    pub fps: f64,
    /// Pictures decoded so far.
    pub frames_decoded: u64,
    /// Frames thrown away undecoded so far.
    pub frames_dropped: u64,
    /// Freezes so far, as WebRTC's getStats counts them.
    pub freezes: u64,
    /// Packets that never came, so far.
    pub packets_lost: i64,
    /// NACK packets sent so far.
    pub nacks: u64,
    /// PLIs sent so far.
    pub plis: u64,
    /// Received in the last second, bits.
    pub bitrate: u64,
}

/// A heard speaker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeakerStats {
    /// Their endpoint id.
    pub endpoint: String,
    /// Milliseconds of sound decoded from what was received.
    pub received_ms: u64,
    /// Milliseconds of sound made up for what was lost.
    pub concealed_ms: u64,
    /// Jitter in milliseconds.
    pub jitter_ms: f64,
}

/// One simulcast encoding of ours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerStats {
    /// Width in pixels of the last picture.
    pub width: u16,
    /// Height in pixels of the last picture.
    pub height: u16,
    /// Pictures sent in the last second.
    pub fps: f64,
    /// Bits sent in the last second.
    pub bitrate: u64,
    /// Being encoded now.
    pub active: bool,
}

/// What this process has cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessStats {
    /// Seconds of CPU, all threads, since it started.
    pub cpu_s: f64,
    /// Resident memory in bytes.
    pub rss_bytes: u64,
}
