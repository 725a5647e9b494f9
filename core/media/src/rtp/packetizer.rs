//! Cuts encoded frames of one sent encoding into RTP payloads.
//!
//! In: frames in coding order. Out: payloads no longer than [`MAX_PAYLOAD`], the last of a frame with the marker. It
//! keeps the picture counters of its encoding; sequence numbers, timestamps and extensions are the session's.

use bytes::Bytes;

use super::{av1, h264, vp8, vp9};
use crate::codec::VideoCodec;
use crate::frame::EncodedFrame;

/// Bytes in a payload at most: with headers, extensions, SRTP and TURN it still fits into every usual path.
pub const MAX_PAYLOAD: usize = 1200;

/// One RTP payload ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The bytes behind the RTP header.
    pub bytes: Bytes,
    /// Last of its frame.
    pub marker: bool,
}

/// The counters an encoding starts from; random ones hide what went before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketizerConfig {
    /// The first picture id (15 bits are used).
    pub picture_id: u16,
    /// The first TL0PICIDX.
    pub base_index: u8,
    /// Frames come in the temporal pattern 0-2-1-2, which VP9 announces in key frames.
    pub temporal_layers: bool,
}

/// Makes the payloads of one encoding (one SSRC).
#[derive(Clone, Debug)]
pub struct Packetizer {
    vp8: vp8::Sender,
    vp9: vp9::Sender,
}

impl Packetizer {
    /// A packetizer for a new SSRC.
    pub fn new(config: PacketizerConfig) -> Self {
        let picture_id = config.picture_id & 0x7fff;
        // The counter is raised before the first base-layer frame.
        let base_index = config.base_index.wrapping_sub(1);
        Self {
            vp8: vp8::Sender { picture_id, base_index },
            vp9: vp9::Sender { picture_id, base_index, temporal_layers: config.temporal_layers },
        }
    }

    /// The payloads of `frame`; none when its data is empty or not of its codec. The codec may change with every
    /// key frame.
    pub fn payloads(&mut self, frame: &EncodedFrame) -> Vec<Payload> {
        if frame.data.is_empty() {
            return Vec::new();
        }
        let payloads = match frame.codec {
            VideoCodec::Vp8 => self.vp8.payloads(frame, MAX_PAYLOAD),
            VideoCodec::Vp9 => self.vp9.payloads(frame, MAX_PAYLOAD),
            VideoCodec::H264 => h264::payloads(frame, MAX_PAYLOAD),
            VideoCodec::Av1 => av1::payloads(frame, MAX_PAYLOAD),
        };
        let last = payloads.len().saturating_sub(1);
        payloads
            .into_iter()
            .enumerate()
            .map(|(index, bytes)| Payload { bytes, marker: index == last })
            .collect()
    }
}
