//! What the four payload formats have in common: a picture put together, and its links to other pictures.

use bytes::{Bytes, BytesMut};

use crate::frame::TemporalLayer;

/// Payload bytes that contradict their format. What they belonged to cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// All packets of one picture put together for the decoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) data: Bytes,
    pub(super) keyframe: bool,
    /// Width and height in pixels, where the format tells.
    pub(super) size: Option<(u16, u16)>,
}

/// A picture id with the width of its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PictureId {
    pub(super) value: u16,
    /// 7 or 15.
    pub(super) bits: u8,
}

impl PictureId {
    /// How many pictures after `earlier` this one comes, on the counter's circle.
    pub(super) fn distance_from(self, earlier: Self) -> u16 {
        self.value.wrapping_sub(earlier.value) & self.mask()
    }

    /// The id `count` pictures before this one.
    pub(super) fn before(self, count: u8) -> Self {
        Self { value: self.value.wrapping_sub(u16::from(count)) & self.mask(), bits: self.bits }
    }

    fn mask(self) -> u16 {
        (1 << self.bits) - 1
    }
}

/// What the payload descriptors of a picture say about the pictures it needs. Empty for H.264 and AV1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) picture_id: Option<PictureId>,
    /// TL0PICIDX: counts base-layer pictures.
    pub(super) base_index: Option<u8>,
    pub(super) temporal: TemporalLayer,
    /// VP9's U bit: later pictures of higher layers need no earlier picture of these layers.
    pub(super) switch_up: bool,
    /// VP9 flexible mode: distances to the pictures needed, of all spatial layers together.
    pub(super) references: Option<Vec<u8>>,
}

/// The parts in a row; no copy when there is only one.
pub(super) fn concatenate(parts: &[Bytes]) -> Bytes {
    if let [single] = parts {
        return single.clone();
    }
    let mut whole = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in parts {
        whole.extend_from_slice(part);
    }
    whole.freeze()
}

/// Cuts `data` into pieces of nearly equal length, none longer than `limit`: a short last packet saves nothing and
/// even sizes are kinder to the pacer.
pub(super) fn split_evenly(data: &Bytes, limit: usize) -> Vec<Bytes> {
    let count = data.len().div_ceil(limit).max(1);
    let (base, longer) = (data.len() / count, data.len() % count);
    let mut rest = data.clone();
    (0..count).map(|piece| rest.split_to(base + usize::from(piece < longer))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_ids_wrap() {
        let (last, first) = (PictureId { value: 0x7fff, bits: 15 }, PictureId { value: 0, bits: 15 });
        assert_eq!(first.distance_from(last), 1);
        assert_eq!(first.before(1), last);
        assert_eq!(PictureId { value: 1, bits: 7 }.distance_from(PictureId { value: 126, bits: 7 }), 3);
    }

    #[test]
    fn pieces_are_even_and_complete() {
        let data = Bytes::from((0..=200u8).collect::<Vec<_>>());
        let pieces = split_evenly(&data, 90);
        assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [67, 67, 67]);
        assert_eq!(concatenate(&pieces), data);
        assert_eq!(split_evenly(&Bytes::new(), 90), [Bytes::new()]);
    }
}
