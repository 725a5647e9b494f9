//! The little a bridge must see of a codec: where key frames begin, and VP8's picture counters (RFC 7741 §4.2).

use bytes::Bytes;
use treff_media::codec::VideoCodec;

/// Whether this payload begins a key frame.
pub(crate) fn begins_keyframe(codec: VideoCodec, payload: &[u8]) -> bool {
    match codec {
        VideoCodec::Vp8 => Vp8::read(payload).is_some_and(|vp8| vp8.keyframe),
        VideoCodec::Vp9 => vp9(payload),
        VideoCodec::H264 => h264(payload),
        // N: the first packet of a coded video sequence.
        VideoCodec::Av1 => payload.first().is_some_and(|header| header & 0x08 != 0),
    }
}

/// Not predicted from another picture, begins a frame, and is the lowest spatial layer (RFC 9628 §4.2).
fn vp9(payload: &[u8]) -> bool {
    let Some(first) = payload.first() else { return false };
    let (picture_id, predicted, layers, begins) =
        (first & 0x80 != 0, first & 0x40 != 0, first & 0x20 != 0, first & 0x08 != 0);
    if predicted || !begins {
        return false;
    }
    let mut at = 1;
    if picture_id {
        at += if payload.get(at).is_some_and(|b| b & 0x80 != 0) { 2 } else { 1 };
    }
    !layers || payload.get(at).is_some_and(|layer| (layer >> 1) & 0x07 == 0)
}

/// A parameter set or an IDR slice, whole, aggregated or the first of its fragments (RFC 6184 §5.2).
fn h264(payload: &[u8]) -> bool {
    let key = |kind: u8| matches!(kind & 0x1f, 5 | 7);
    match payload.first().map(|b| b & 0x1f) {
        Some(24) => payload.get(3).is_some_and(|b| key(*b)),
        Some(28) => payload.get(1).is_some_and(|b| b & 0x80 != 0 && key(*b)),
        Some(kind) => key(kind),
        None => false,
    }
}

/// The counters in a VP8 payload descriptor and where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vp8 {
    picture_id: Option<(usize, u16, bool)>,
    base_index: Option<(usize, u8)>,
    /// Begins a key frame.
    pub(crate) keyframe: bool,
    /// The smaller side of the picture, in the first packet of a key frame.
    pub(crate) height: Option<u16>,
}

impl Vp8 {
    /// Reads a descriptor.
    pub(crate) fn read(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut vp8 = Self::default();
        if first & 0x80 != 0 {
            let flags = *payload.get(at)?;
            at += 1;
            if flags & 0x80 != 0 {
                let high = *payload.get(at)?;
                if high & 0x80 != 0 {
                    let id = u16::from_be_bytes([high & 0x7f, *payload.get(at + 1)?]);
                    vp8.picture_id = Some((at, id, true));
                    at += 2;
                } else {
                    vp8.picture_id = Some((at, u16::from(high), false));
                    at += 1;
                }
            }
            if flags & 0x40 != 0 {
                vp8.base_index = Some((at, *payload.get(at)?));
                at += 1;
            }
            if flags & 0x30 != 0 {
                at += 1;
            }
        }
        let begins = first & 0x10 != 0 && first & 0x07 == 0;
        vp8.keyframe = begins && payload.get(at).is_some_and(|tag| tag & 1 == 0);
        if vp8.keyframe && payload.get(at + 3..at + 6) == Some(&[0x9d, 0x01, 0x2a]) {
            vp8.height = payload.get(at + 6..at + 10).map(|b| {
                let side = |low, high| u16::from_le_bytes([low, high]) & 0x3fff;
                side(b[0], b[1]).min(side(b[2], b[3]))
            });
        }
        Some(vp8)
    }

    /// The 15-bit picture id.
    pub(crate) fn picture_id(&self) -> Option<u16> {
        self.picture_id.map(|(_, id, _)| id)
    }

    /// TL0PICIDX.
    pub(crate) fn base_index(&self) -> Option<u8> {
        self.base_index.map(|(_, index)| index)
    }

    /// The payload with both counters raised by these differences.
    pub(crate) fn shifted(&self, payload: &Bytes, picture: u16, base: u8) -> Bytes {
        if picture == 0 && base == 0 {
            return payload.clone();
        }
        let mut bytes = payload.to_vec();
        if let Some((at, id, long)) = self.picture_id {
            let id = id.wrapping_add(picture);
            if long {
                bytes[at..at + 2].copy_from_slice(&(id & 0x7fff | 0x8000).to_be_bytes());
            } else {
                bytes[at] = (id & 0x7f) as u8;
            }
        }
        if let Some((at, index)) = self.base_index {
            bytes[at] = index.wrapping_add(base);
        }
        bytes.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vp8_descriptors_are_read_and_shifted() {
        let payload = Bytes::from_static(&[
            0x90, 0xe0, 0x81, 0x02, 9, 0x20, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00,
        ]);
        let vp8 = Vp8::read(&payload).unwrap();
        assert_eq!((vp8.picture_id(), vp8.base_index()), (Some(0x102), Some(9)));
        assert!(vp8.keyframe);
        assert_eq!(vp8.height, Some(180));
        let shifted = Vp8::read(&vp8.shifted(&payload, 0x7fff, 250)).unwrap();
        assert_eq!((shifted.picture_id(), shifted.base_index()), (Some(0x101), Some(3)));
    }

    #[test]
    fn key_frames_of_the_other_codecs_are_seen() {
        assert!(begins_keyframe(VideoCodec::Vp9, &[0x88, 1]));
        assert!(!begins_keyframe(VideoCodec::Vp9, &[0xc8, 1]));
        assert!(!begins_keyframe(VideoCodec::Vp9, &[0xa8, 1, 0x02]));
        assert!(begins_keyframe(VideoCodec::H264, &[0x67, 1]));
        assert!(begins_keyframe(VideoCodec::H264, &[24, 0, 9, 0x67]));
        assert!(begins_keyframe(VideoCodec::H264, &[28, 0x85]));
        assert!(!begins_keyframe(VideoCodec::H264, &[28, 0x05]));
        assert!(!begins_keyframe(VideoCodec::H264, &[0x61, 1]));
        assert!(begins_keyframe(VideoCodec::Av1, &[0x18]));
        assert!(!begins_keyframe(VideoCodec::Av1, &[]));
    }
}
