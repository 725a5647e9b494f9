//! What every decoder here does: encoded frames in decoding order in, pictures out, and recovery at the next
//! key frame.

use treff_media::codec::VideoCodec;
use treff_media::frame::EncodedFrame;

use crate::av1::Av1Decoder;
use crate::error::CodecError;
use crate::frame::I420Frame;
use crate::h264::H264Decoder;
use crate::vpx::VpxDecoder;

/// A decoder of one codec. The picture is lent until the next call; `clone` it to keep it.
pub trait Decoder: Send {
    /// Decodes one frame. `None` if it completes no picture.
    ///
    /// # Errors
    /// When the frame is broken or its references are missing. Every frame up to the next key frame then
    /// fails too.
    fn decode(&mut self, frame: &EncodedFrame) -> Result<Option<&I420Frame>, CodecError>;
}

/// A decoder for `codec`. The library behind it is opened by the first key frame.
pub fn decoder(codec: VideoCodec) -> Box<dyn Decoder> {
    Box::new(Recovering { codec, library: None })
}

/// Opens a fresh library instance at the first key frame after a failure: what is left inside a failed one is
/// anybody's guess.
struct Recovering {
    codec: VideoCodec,
    library: Option<Library>,
}

enum Library {
    Vpx(VpxDecoder),
    Av1(Av1Decoder),
    H264(H264Decoder),
}

impl Library {
    fn open(codec: VideoCodec) -> Result<Self, CodecError> {
        Ok(match codec {
            VideoCodec::Vp8 | VideoCodec::Vp9 => Self::Vpx(VpxDecoder::new(codec)?),
            VideoCodec::Av1 => Self::Av1(Av1Decoder::new()?),
            VideoCodec::H264 => Self::H264(H264Decoder::new()?),
        })
    }

    fn decode(&mut self, data: &[u8]) -> Result<bool, CodecError> {
        match self {
            Self::Vpx(decoder) => decoder.decode(data),
            Self::Av1(decoder) => decoder.decode(data),
            Self::H264(decoder) => decoder.decode(data),
        }
    }

    fn picture(&self) -> Option<&I420Frame> {
        match self {
            Self::Vpx(decoder) => decoder.picture(),
            Self::Av1(decoder) => decoder.picture(),
            Self::H264(decoder) => decoder.picture(),
        }
    }
}

impl Decoder for Recovering {
    fn decode(&mut self, frame: &EncodedFrame) -> Result<Option<&I420Frame>, CodecError> {
        if frame.codec != self.codec {
            return Err(CodecError::OtherCodec);
        }
        let mut library = match self.library.take() {
            Some(library) => library,
            None if frame.keyframe => Library::open(self.codec)?,
            None => return Err(CodecError::KeyframeNeeded),
        };
        // On failure the instance is dropped here.
        library.decode(&frame.data)?;
        Ok(self.library.insert(library).picture())
    }
}
