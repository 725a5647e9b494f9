//! VP9 in RTP (RFC 9628), flexible and non-flexible mode, any number of spatial layers.
//!
//! In: payloads of one picture, or an encoded frame. Out: the layer frames of a picture as one superframe with its
//! index (VP9 bitstream annex B), which every decoder takes in one call, or payloads in non-flexible mode.
//! rtc-rtp's parser refuses three references and misreads the G bit, so this one is our own.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::bits::BitReader;
use super::picture::{Links, Malformed, Picture, PictureId, concatenate, split_evenly};
use crate::frame::{EncodedFrame, TemporalLayer};

const MAX_REFERENCES: usize = 3;
/// A superframe index counts in three bits.
const MAX_LAYER_FRAMES: usize = 8;
/// Flags, 15-bit picture id, layer indices, TL0PICIDX.
const DESCRIPTOR_LENGTH: usize = 5;

/// The VP9 payload descriptor of one packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// B: first packet of a layer frame.
    pub(super) begins: bool,
    /// E: last packet of a layer frame.
    pub(super) ends: bool,
    /// P: needs earlier pictures.
    pub(super) predicted: bool,
    /// D: needs the next lower spatial layer of the same picture.
    pub(super) inter_layer: bool,
    pub(super) spatial: u8,
    pub(super) links: Links,
    /// Sizes of the spatial layers, where the packet carries them.
    pub(super) sizes: Vec<(u16, u16)>,
}

impl Descriptor {
    /// Takes the descriptor off the payload.
    pub(super) fn parse(payload: &Bytes) -> Result<(Self, Bytes), Malformed> {
        let mut rest = payload.clone();
        let descriptor = Self::read(&mut rest).ok_or(Malformed)?;
        if rest.is_empty() { Err(Malformed) } else { Ok((descriptor, rest)) }
    }

    fn read(rest: &mut Bytes) -> Option<Self> {
        let flags = rest.try_get_u8().ok()?;
        let flexible = flags & 0x10 != 0;
        let mut this = Self {
            begins: flags & 0x08 != 0,
            ends: flags & 0x04 != 0,
            predicted: flags & 0x40 != 0,
            ..Self::default()
        };
        if flags & 0x80 != 0 {
            let byte = rest.try_get_u8().ok()?;
            this.links.picture_id = Some(if byte & 0x80 != 0 {
                let low = rest.try_get_u8().ok()?;
                PictureId { value: u16::from_be_bytes([byte & 0x7f, low]), bits: 15 }
            } else {
                PictureId { value: u16::from(byte), bits: 7 }
            });
        }
        if flags & 0x20 != 0 {
            let byte = rest.try_get_u8().ok()?;
            this.links.temporal = TemporalLayer { id: byte >> 5, sync: false };
            this.links.switch_up = byte & 0x10 != 0;
            this.spatial = byte >> 1 & 0x07;
            this.inter_layer = byte & 0x01 != 0;
            if !flexible {
                this.links.base_index = Some(rest.try_get_u8().ok()?);
            }
        }
        if flexible {
            this.links.references = Some(if this.predicted { read_references(rest)? } else { Vec::new() });
        }
        if flags & 0x02 != 0 {
            this.sizes = read_scalability_structure(rest)?;
        }
        Some(this)
    }

    /// A picture can begin with this packet: nothing of the same picture has to come before it.
    pub(super) fn starts_picture(&self) -> bool {
        self.begins && (self.spatial == 0 || !self.inter_layer)
    }

    /// The first packet of a picture that needs no other.
    pub(super) fn starts_keyframe(&self) -> bool {
        self.begins && self.spatial == 0 && !self.predicted
    }
}

fn read_references(rest: &mut Bytes) -> Option<Vec<u8>> {
    let mut references = Vec::new();
    loop {
        let byte = rest.try_get_u8().ok()?;
        references.push(byte >> 1);
        if byte & 1 == 0 {
            return Some(references);
        }
        if references.len() == MAX_REFERENCES {
            return None;
        }
    }
}

/// Reads the structure and keeps the sizes: the picture group only says again what the layer indices say.
fn read_scalability_structure(rest: &mut Bytes) -> Option<Vec<(u16, u16)>> {
    let flags = rest.try_get_u8().ok()?;
    let mut sizes = Vec::new();
    if flags & 0x10 != 0 {
        for _ in 0..=(flags >> 5) {
            sizes.push((rest.try_get_u16().ok()?, rest.try_get_u16().ok()?));
        }
    }
    if flags & 0x08 != 0 {
        for _ in 0..rest.try_get_u8().ok()? {
            let references = usize::from(rest.try_get_u8().ok()? >> 2 & 0x03);
            if rest.len() < references {
                return None;
            }
            rest.advance(references);
        }
    }
    Some(sizes)
}

/// What a picture of several layer frames needs, taken from all its packets.
pub(super) fn links<'a>(mut descriptors: impl Iterator<Item = &'a Descriptor>) -> Links {
    let Some(first) = descriptors.next() else { return Links::default() };
    let mut links = first.links.clone();
    for descriptor in descriptors.filter(|d| d.begins) {
        if let (Some(all), Some(more)) = (&mut links.references, &descriptor.links.references) {
            all.extend(more);
        }
    }
    links
}

/// Puts the packets of one picture together. `sizes` are those of the spatial layers as last announced.
pub(super) fn assemble(
    parts: &[(&Descriptor, &Bytes)],
    sizes: &mut Vec<(u16, u16)>,
) -> Result<Picture, Malformed> {
    let (first, first_data) = parts.first().ok_or(Malformed)?;
    if !first.begins {
        return Err(Malformed);
    }
    let mut layers: Vec<Vec<Bytes>> = Vec::new();
    let mut open = false;
    for (descriptor, data) in parts {
        if descriptor.begins {
            layers.push(Vec::new());
        } else if !open {
            return Err(Malformed);
        }
        layers.last_mut().ok_or(Malformed)?.push((*data).clone());
        open = !descriptor.ends;
    }
    let layers: Vec<Bytes> = layers.iter().map(|layer| concatenate(layer)).collect();
    let highest = parts.iter().map(|(descriptor, _)| descriptor.spatial).max().unwrap_or(0);
    let keyframe = first.starts_keyframe();
    if keyframe || !first.sizes.is_empty() {
        sizes.clone_from(&first.sizes);
    }
    let announced = sizes.get(usize::from(highest)).copied();
    let size = announced.or_else(|| if highest == 0 { keyframe_size(first_data) } else { None });
    Ok(Picture { data: superframe(&layers)?, keyframe, size })
}

/// Layer frames in a row with the index that tells a decoder where each begins.
fn superframe(layers: &[Bytes]) -> Result<Bytes, Malformed> {
    if layers.len() > MAX_LAYER_FRAMES {
        return Err(Malformed);
    }
    let data = concatenate(layers);
    // An encoder that hides frames has written an index of its own; two would contradict each other.
    if layers.len() < 2 || layers.iter().any(|layer| has_index(layer)) {
        return Ok(data);
    }
    let longest = layers.iter().map(Bytes::len).max().unwrap_or(0);
    let width = (1..=4).find(|width| longest < 1 << (8 * width)).ok_or(Malformed)?;
    let marker = 0xc0 | (width as u8 - 1) << 3 | (layers.len() as u8 - 1);
    let mut whole = BytesMut::with_capacity(data.len() + 2 + width * layers.len());
    whole.extend_from_slice(&data);
    whole.put_u8(marker);
    for layer in layers {
        whole.put_uint_le(layer.len() as u64, width);
    }
    whole.put_u8(marker);
    Ok(whole.freeze())
}

fn has_index(frame: &[u8]) -> bool {
    let Some(&marker) = frame.last() else { return false };
    let length = 2 + (usize::from(marker >> 3 & 0x03) + 1) * (usize::from(marker & 0x07) + 1);
    marker & 0xe0 == 0xc0 && frame.len() >= length && frame[frame.len() - length] == marker
}

/// The size in the uncompressed header of a key frame (VP9 bitstream §6.2).
fn keyframe_size(frame: &[u8]) -> Option<(u16, u16)> {
    const SYNC_CODE: u32 = 0x49_83_42;
    const SRGB: u32 = 7;
    let mut bits = BitReader::new(frame);
    if bits.bits(2)? != 2 {
        return None;
    }
    let profile = bits.bits(1)? | bits.bits(1)? << 1;
    if profile == 3 {
        bits.skip(1)?;
    }
    let (show_existing, inter) = (bits.bit()?, bits.bit()?);
    bits.skip(2)?;
    if show_existing || inter || bits.bits(24)? != SYNC_CODE {
        return None;
    }
    if profile >= 2 {
        bits.skip(1)?;
    }
    let has_subsampling = profile == 1 || profile == 3;
    if bits.bits(3)? == SRGB {
        bits.skip(u32::from(has_subsampling))?;
    } else {
        bits.skip(if has_subsampling { 4 } else { 1 })?;
    }
    let (width, height) = (bits.bits(16)? + 1, bits.bits(16)? + 1);
    Some((u16::try_from(width).ok()?, u16::try_from(height).ok()?))
}

/// Counters of one sent encoding: one spatial layer, one or three temporal layers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender {
    pub(super) picture_id: u16,
    pub(super) base_index: u8,
    /// Whether the picture group is 0-2-1-2 (L1T3) or a single layer.
    pub(super) temporal_layers: bool,
}

impl Sender {
    /// The payloads of `frame`, none longer than `limit`.
    pub(super) fn payloads(&mut self, frame: &EncodedFrame, limit: usize) -> Vec<Bytes> {
        let temporal = frame.temporal;
        if temporal.id == 0 {
            self.base_index = self.base_index.wrapping_add(1);
        }
        let structure = if frame.keyframe { self.scalability_structure(frame) } else { Vec::new() };
        let pieces = split_evenly(&frame.data, limit - DESCRIPTOR_LENGTH - structure.len());
        let last = pieces.len() - 1;
        let payloads = pieces
            .into_iter()
            .enumerate()
            .map(|(index, piece)| {
                let with_structure = index == 0 && frame.keyframe;
                let mut payload = BytesMut::with_capacity(limit);
                payload.put_u8(
                    0xa0 | u8::from(!frame.keyframe) << 6
                        | u8::from(index == 0) << 3
                        | u8::from(index == last) << 2
                        | u8::from(with_structure) << 1,
                );
                payload.put_u16(0x8000 | self.picture_id);
                payload.put_u8(temporal.id << 5 | u8::from(temporal.sync || frame.keyframe) << 4);
                payload.put_u8(self.base_index);
                if with_structure {
                    payload.extend_from_slice(&structure);
                }
                payload.extend_from_slice(&piece);
                payload.freeze()
            })
            .collect();
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        payloads
    }

    /// One spatial layer with its size, and the picture group that non-flexible mode demands.
    fn scalability_structure(&self, frame: &EncodedFrame) -> Vec<u8> {
        let mut bytes = vec![0x18];
        bytes.extend_from_slice(&frame.width.to_be_bytes());
        bytes.extend_from_slice(&frame.height.to_be_bytes());
        if self.temporal_layers {
            // tid, U and the distances of each picture in 0-2-1-2.
            bytes.extend_from_slice(&[4, 0x04, 4, 0x54, 1, 0x34, 2, 0x48, 1, 2]);
        } else {
            bytes.extend_from_slice(&[1, 0x04, 1]);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<(Descriptor, Bytes), Malformed> {
        Descriptor::parse(&Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn reads_flexible_mode_with_three_references() {
        let (read, data) = parse(&[0xf8, 0x92, 0x34, 0x53, 0x03, 0x05, 0x06, 0xff]).unwrap();
        assert_eq!(read.links.picture_id, Some(PictureId { value: 0x1234, bits: 15 }));
        assert_eq!((read.links.temporal.id, read.links.switch_up), (2, true));
        assert_eq!((read.spatial, read.inter_layer, read.predicted), (1, true, true));
        assert_eq!(read.links.references, Some(vec![1, 2, 3]));
        assert_eq!(read.links.base_index, None);
        assert_eq!(data.as_ref(), [0xff]);
        assert_eq!(parse(&[0xf8, 0x92, 0x34, 0x53, 0x03, 0x05, 0x07, 0x02, 0xff]), Err(Malformed));
    }

    #[test]
    fn reads_a_scalability_structure_with_reserved_bits_set() {
        // Two spatial layers, sizes, no picture group although the reserved bits are set.
        let (read, data) = parse(&[0x0a, 0x37, 0, 80, 0, 45, 0, 160, 0, 90, 0xff]).unwrap();
        assert_eq!(read.sizes, [(80, 45), (160, 90)]);
        assert_eq!(data.as_ref(), [0xff]);
        assert!(read.starts_keyframe());
    }

    #[test]
    fn descriptors_cut_short_are_refused() {
        let whole = [0xfa, 0x92, 0x34, 0x53, 0x02, 0x18, 0, 80, 0, 45, 2, 0x04, 1, 0x08, 1, 2];
        for length in 0..=whole.len() {
            assert_eq!(parse(&whole[..length]), Err(Malformed), "{length}");
        }
    }

    #[test]
    fn several_layers_become_a_superframe() {
        let layer = |spatial, begins, ends| Descriptor { begins, ends, spatial, ..Descriptor::default() };
        let (low, high_first, high_last) =
            (layer(0, true, true), layer(1, true, false), layer(1, false, true));
        let data = [Bytes::from_static(&[1, 2]), Bytes::from(vec![3; 200]), Bytes::from(vec![4; 100])];
        let parts = [(&low, &data[0]), (&high_first, &data[1]), (&high_last, &data[2])];
        let picture = assemble(&parts, &mut Vec::new()).unwrap();
        assert_eq!(picture.data.len(), 302 + 6);
        assert_eq!(&picture.data[302..], [0xc9, 2, 0, 0x2c, 1, 0xc9]);
        assert!(has_index(&picture.data));
        assert!(picture.keyframe);
    }

    #[test]
    fn a_layer_frame_without_its_first_packet_is_refused() {
        let middle = Descriptor { ends: true, ..Descriptor::default() };
        let whole = Descriptor { begins: true, ends: true, ..Descriptor::default() };
        let data = Bytes::from_static(&[1]);
        for bad in [&[(&middle, &data)][..], &[(&whole, &data), (&middle, &data)], &[]] {
            assert_eq!(assemble(bad, &mut Vec::new()), Err(Malformed));
        }
    }
}
