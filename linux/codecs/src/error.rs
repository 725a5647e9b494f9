//! What can go wrong in a codec. None of it ends a call: a broken frame is dropped and a key frame asked for.

use treff_media::codec::VideoCodec;

/// Why a frame was not encoded or decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// This build has no encoder (or decoder) for the codec.
    #[error("no implementation of {0} for this direction")]
    Unsupported(VideoCodec),
    /// The frame belongs to another codec than the one this decoder was made for.
    #[error("a frame of another codec")]
    OtherCodec,
    /// The references are gone: only a key frame helps.
    #[error("a key frame is needed first")]
    KeyframeNeeded,
    /// The picture is larger than [`crate::MAX_DIMENSION`] allows, or has no pixels at all.
    #[error("a picture of {width}x{height} is refused")]
    Size {
        /// Width the stream announced.
        width: u32,
        /// Height the stream announced.
        height: u32,
    },
    /// Not 8-bit 4:2:0, which is all that WebRTC senders produce.
    #[error("the picture is not 8-bit 4:2:0")]
    Format,
    /// The bytes are not what the codec expects; the text is the library's own.
    #[error("the codec failed: {0}")]
    Failed(String),
}
