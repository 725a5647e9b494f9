//! What crosses the seams: encoded video frames and 10 ms blocks of PCM.
//!
//! Video stays encoded here, so that a phone can decode straight onto a Surface and end-to-end encryption has one
//! place to sit. Audio crosses as samples, since mixing needs them.

use std::time::Duration;

use bytes::Bytes;

use crate::codec::VideoCodec;

/// Samples a second, everywhere in Treff.
pub const SAMPLE_RATE: u32 = 48_000;
/// Samples in one block: 10 ms, mono.
pub const BLOCK_SAMPLES: usize = 480;
/// 10 ms of mono PCM at 48 kHz, -1.0..=1.0.
pub type AudioBlock = [f32; BLOCK_SAMPLES];

/// The simulcast encoding a frame belongs to: 0 is the smallest picture.
pub type LayerIndex = u8;

/// One encoded picture, as an encoder made it or as a decoder wants it.
///
/// `data` is what the codec's decoder takes for one picture: a VP8 or VP9 frame (for VP9 SVC the superframe of all
/// received spatial layers), H.264 access unit in Annex B form, AV1 temporal unit in low-overhead OBU form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedFrame {
    /// The codec of `data`.
    pub codec: VideoCodec,
    /// The bytes for the decoder.
    pub data: Bytes,
    /// When the picture was taken, on the sender's clock since an arbitrary start (90 kHz on the wire).
    pub timestamp: Duration,
    /// Decodable without any earlier frame.
    pub keyframe: bool,
    /// The simulcast encoding (always 0 on frames received: the bridge picks).
    pub layer: LayerIndex,
    /// Where the frame stands in the temporal hierarchy.
    pub temporal: TemporalLayer,
    /// Width of the picture in pixels; 0 where the receiver cannot tell without decoding.
    pub width: u16,
    /// Height of the picture in pixels; 0 where the receiver cannot tell without decoding.
    pub height: u16,
}

/// A place in the temporal hierarchy (L1T3: ids 0, 1 and 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TemporalLayer {
    /// 0 is the base layer.
    pub id: u8,
    /// Needs only base-layer frames (VP8's Y bit): a receiver may step up here.
    pub sync: bool,
}
