//! What this machine can decode and encode.

use treff_media::codec::VideoCodec;
use treff_media::device::CodecCatalog;

/// All four codecs decode. Only VP8 is announced for encoding: it alone gets temporal layers here, and
/// without three of them JVB does not switch between simulcast encodings.
pub fn catalog() -> CodecCatalog {
    CodecCatalog {
        decode: [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Av1].into(),
        encode: vec![VideoCodec::Vp8],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EncoderConfig, encoder};

    #[test]
    fn everything_announced_is_there() {
        let config = EncoderConfig { width: 320, height: 180, framerate: 30, bitrate: 100_000, layer: 0 };
        for codec in catalog().encode {
            assert!(encoder(codec, &config).is_ok());
            assert!(catalog().decode.contains(&codec));
        }
    }
}
