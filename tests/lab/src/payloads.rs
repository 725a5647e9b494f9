//! The numbers of the offer: payload types and header extensions, with Jicofo's default values.

use treff_media::codec::VideoCodec;

/// Opus at 48 kHz.
pub(crate) const OPUS: u8 = 111;
/// The video codecs in the order of the offer.
pub(crate) const VIDEO: [(u8, &str); 4] = [(41, "AV1"), (100, "VP8"), (107, "H264"), (101, "VP9")];
/// Retransmission types with what they retransmit.
pub(crate) const RTX: [(u8, u8); 4] = [(42, 41), (96, 100), (97, 101), (99, 107)];

/// RFC 6464, audio.
pub(crate) const AUDIO_LEVEL: u8 = 1;
/// Absolute send time, video.
pub(crate) const ABS_SEND_TIME: u8 = 3;
/// Transport-wide congestion control, both.
pub(crate) const TRANSPORT_CC: u8 = 5;
/// Media identification, offered but not used.
pub(crate) const MID: u8 = 10;
/// AV1's dependency descriptor.
pub(crate) const DEPENDENCY_DESCRIPTOR: u8 = 11;

/// The number of a codec.
pub(crate) fn number(codec: VideoCodec) -> u8 {
    match codec {
        VideoCodec::Av1 => 41,
        VideoCodec::Vp8 => 100,
        VideoCodec::H264 => 107,
        VideoCodec::Vp9 => 101,
    }
}

/// The codec of a number.
pub(crate) fn codec(number: u8) -> Option<VideoCodec> {
    match number {
        41 => Some(VideoCodec::Av1),
        100 => Some(VideoCodec::Vp8),
        107 => Some(VideoCodec::H264),
        101 => Some(VideoCodec::Vp9),
        _ => None,
    }
}

/// The number under which `media` is retransmitted.
pub(crate) fn rtx(media: u8) -> Option<u8> {
    RTX.iter().find(|(_, associated)| *associated == media).map(|(rtx, _)| *rtx)
}

/// What a retransmission type carries.
pub(crate) fn associated(rtx: u8) -> Option<u8> {
    RTX.iter().find(|(number, _)| *number == rtx).map(|(_, media)| *media)
}
