//! VP8 in RTP (RFC 7741).
//!
//! In: payloads of one picture, or an encoded frame. Out: the frame, or payloads that carry PictureID, TL0PICIDX and
//! TID on every packet: without real temporal layers a bridge never leaves the lowest encoding.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::picture::{Links, Malformed, Picture, PictureId, concatenate, split_evenly};
use crate::frame::{EncodedFrame, TemporalLayer};

/// X, extension flags, 15-bit PictureID, TL0PICIDX, TID.
const DESCRIPTOR_LENGTH: usize = 6;
/// Frame tag, start code and size of a key frame (RFC 6386 §9.1).
const KEYFRAME_HEADER: usize = 10;
const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];

/// The VP8 payload descriptor of one packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// The first packet of a picture: start of partition 0.
    pub(super) starts_picture: bool,
    pub(super) links: Links,
}

impl Descriptor {
    /// Takes the descriptor off the payload.
    pub(super) fn parse(payload: &Bytes) -> Result<(Self, Bytes), Malformed> {
        let mut rest = payload.clone();
        let descriptor = Self::read(&mut rest).ok_or(Malformed)?;
        if rest.is_empty() { Err(Malformed) } else { Ok((descriptor, rest)) }
    }

    fn read(rest: &mut Bytes) -> Option<Self> {
        let first = rest.try_get_u8().ok()?;
        let mut links = Links::default();
        let flags = if first & 0x80 != 0 { rest.try_get_u8().ok()? } else { 0 };
        if flags & 0x80 != 0 {
            let byte = rest.try_get_u8().ok()?;
            links.picture_id = Some(if byte & 0x80 != 0 {
                let low = rest.try_get_u8().ok()?;
                PictureId { value: u16::from_be_bytes([byte & 0x7f, low]), bits: 15 }
            } else {
                PictureId { value: u16::from(byte), bits: 7 }
            });
        }
        if flags & 0x40 != 0 {
            links.base_index = Some(rest.try_get_u8().ok()?);
        }
        if flags & 0x30 != 0 {
            let byte = rest.try_get_u8().ok()?;
            if flags & 0x20 != 0 {
                links.temporal = TemporalLayer { id: byte >> 6, sync: byte & 0x20 != 0 };
            }
        }
        Some(Self { starts_picture: first & 0x10 != 0 && first & 0x07 == 0, links })
    }
}

/// Whether the first payload bytes of a picture (after the descriptor) begin a key frame.
pub(super) fn is_keyframe(data: &[u8]) -> bool {
    data.first().is_some_and(|tag| tag & 1 == 0)
}

/// Puts the packets of one picture together.
pub(super) fn assemble(parts: &[(&Descriptor, &Bytes)]) -> Result<Picture, Malformed> {
    let (first, data) = parts.first().ok_or(Malformed)?;
    if !first.starts_picture {
        return Err(Malformed);
    }
    let keyframe = is_keyframe(data);
    let data = concatenate(&parts.iter().map(|(_, data)| (*data).clone()).collect::<Vec<_>>());
    let size = if keyframe { Some(keyframe_size(&data).ok_or(Malformed)?) } else { None };
    Ok(Picture { data, keyframe, size })
}

fn keyframe_size(data: &[u8]) -> Option<(u16, u16)> {
    let header = data.get(..KEYFRAME_HEADER)?;
    if header[3..6] != START_CODE {
        return None;
    }
    // The two upper bits are a scaling hint.
    let side = |low: u8, high: u8| u16::from_le_bytes([low, high]) & 0x3fff;
    Some((side(header[6], header[7]), side(header[8], header[9])))
}

/// Counters of one sent encoding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender {
    pub(super) picture_id: u16,
    pub(super) base_index: u8,
}

impl Sender {
    /// The payloads of `frame`, none longer than `limit`.
    pub(super) fn payloads(&mut self, frame: &EncodedFrame, limit: usize) -> Vec<Bytes> {
        let temporal = frame.temporal;
        if temporal.id == 0 {
            self.base_index = self.base_index.wrapping_add(1);
        }
        let sync = temporal.sync && temporal.id > 0;
        let payloads = split_evenly(&frame.data, limit - DESCRIPTOR_LENGTH)
            .into_iter()
            .enumerate()
            .map(|(index, piece)| {
                let mut payload = BytesMut::with_capacity(DESCRIPTOR_LENGTH + piece.len());
                payload.put_u8(0x80 | if index == 0 { 0x10 } else { 0 });
                payload.put_u8(0xe0);
                payload.put_u16(0x8000 | self.picture_id);
                payload.put_u8(self.base_index);
                payload.put_u8(temporal.id << 6 | u8::from(sync) << 5);
                payload.extend_from_slice(&piece);
                payload.freeze()
            })
            .collect();
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        payloads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_of_every_length() {
        let check = |bytes: &[u8], picture_id: Option<u16>, base_index, tid, starts| {
            let (descriptor, data) = Descriptor::parse(&Bytes::copy_from_slice(bytes)).unwrap();
            assert_eq!(descriptor.links.picture_id.map(|id| id.value), picture_id, "{bytes:?}");
            assert_eq!(descriptor.links.base_index, base_index);
            assert_eq!(descriptor.links.temporal.id, tid);
            assert_eq!(descriptor.starts_picture, starts);
            assert_eq!(data.as_ref(), [0xff]);
        };
        check(&[0x10, 0xff], None, None, 0, true);
        check(&[0x90, 0x80, 0x11, 0xff], Some(0x11), None, 0, true);
        check(&[0x80, 0x80, 0x92, 0x34, 0xff], Some(0x1234), None, 0, false);
        check(&[0x90, 0xe0, 0x92, 0x34, 7, 0xa0, 0xff], Some(0x1234), Some(7), 2, true);
        check(&[0x91, 0x10, 0x1f, 0xff], None, None, 0, false);
    }

    #[test]
    fn descriptors_cut_short_are_refused() {
        let whole = [0x90, 0xf0, 0x92, 0x34, 7, 0xa0];
        for length in 0..=whole.len() {
            assert_eq!(Descriptor::parse(&Bytes::copy_from_slice(&whole[..length])), Err(Malformed));
        }
    }

    #[test]
    fn a_key_frame_without_its_start_code_is_refused() {
        let descriptor = Descriptor { starts_picture: true, ..Descriptor::default() };
        let good = Bytes::from_static(&[0x10, 0, 0, 0x9d, 1, 0x2a, 0x80, 0x42, 0x68, 0x41, 0]);
        let picture = assemble(&[(&descriptor, &good)]).unwrap();
        assert_eq!((picture.keyframe, picture.size), (true, Some((640, 360))));
        for bad in [&[0x10][..], &[0x10, 0, 0, 1, 1, 1, 0, 0, 0, 0]] {
            assert_eq!(assemble(&[(&descriptor, &Bytes::copy_from_slice(bad))]), Err(Malformed));
        }
    }
}
