//! What every encoder here does: raw pictures of one size in, encoded frames out, bit rate and key frames on
//! demand.

use std::time::Duration;

use treff_media::codec::VideoCodec;
use treff_media::frame::{EncodedFrame, LayerIndex};

use crate::error::CodecError;
use crate::frame::I420Frame;
use crate::h264::H264Encoder;
use crate::vpx::VpxEncoder;

/// What an encoder is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Width of the pictures in pixels, even.
    pub width: u16,
    /// Height of the pictures in pixels, even.
    pub height: u16,
    /// Pictures a second, about.
    pub framerate: u8,
    /// Target in bits per second.
    pub bitrate: u32,
    /// The simulcast encoding to mark frames with.
    pub layer: LayerIndex,
}

/// An encoder for pictures of one size. Its first frame is a key frame.
pub trait Encoder: Send {
    /// Encodes one picture. `None` if it was dropped to stay within the bit rate.
    ///
    /// # Errors
    /// When the picture has another size or the library refuses it.
    fn encode(
        &mut self,
        picture: &I420Frame,
        timestamp: Duration,
    ) -> Result<Option<EncodedFrame>, CodecError>;

    /// Changes the target, in bits per second, from the next picture on.
    ///
    /// # Errors
    /// When the library refuses it; the old target stays.
    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), CodecError>;

    /// Makes the next frame a key frame.
    fn request_keyframe(&mut self);
}

/// An encoder for `codec`: VP8 (L1T3), VP9 or H.264 (one layer). There is none for AV1.
///
/// # Errors
/// When the codec, the size or the settings are not supported.
pub fn encoder(codec: VideoCodec, config: &EncoderConfig) -> Result<Box<dyn Encoder>, CodecError> {
    Ok(match codec {
        VideoCodec::Vp8 => Box::new(VpxEncoder::vp8(config)?),
        VideoCodec::Vp9 => Box::new(VpxEncoder::vp9(config)?),
        VideoCodec::H264 => Box::new(H264Encoder::new(config)?),
        VideoCodec::Av1 => return Err(CodecError::Unsupported(codec)),
    })
}
