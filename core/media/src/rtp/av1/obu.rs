//! Open Bitstream Units (AV1 specification §5.3 to §5.9): sizes, kinds, and the two headers that tell a key frame.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::super::bits::BitReader;
use super::super::picture::Malformed;

const HAS_SIZE: u8 = 0x02;
const HAS_EXTENSION: u8 = 0x04;

/// The kinds of OBU that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    SequenceHeader,
    TemporalDelimiter,
    FrameHeader,
    Frame,
    TileList,
    Padding,
    Other,
}

/// The kind named in an OBU's first byte.
pub(super) fn kind(obu: &[u8]) -> Option<Kind> {
    Some(match obu.first()? >> 3 & 0x0f {
        1 => Kind::SequenceHeader,
        2 => Kind::TemporalDelimiter,
        3 => Kind::FrameHeader,
        6 => Kind::Frame,
        8 => Kind::TileList,
        15 => Kind::Padding,
        _ => Kind::Other,
    })
}

/// One OBU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Obu {
    pub(super) kind: Kind,
    header: u8,
    extension: Option<u8>,
    pub(super) payload: Bytes,
}

impl Obu {
    /// Reads an RTP element: exactly one OBU, usually without a size.
    pub(super) fn parse_element(element: &Bytes) -> Result<Self, Malformed> {
        let mut rest = element.clone();
        let obu = Self::take(&mut rest)?;
        if rest.is_empty() { Ok(obu) } else { Err(Malformed) }
    }

    /// Reads a temporal unit in low-overhead form.
    pub(super) fn parse_unit(unit: &Bytes) -> Result<Vec<Self>, Malformed> {
        let mut rest = unit.clone();
        let mut obus = Vec::new();
        while !rest.is_empty() {
            obus.push(Self::take(&mut rest)?);
        }
        Ok(obus)
    }

    fn take(rest: &mut Bytes) -> Result<Self, Malformed> {
        let kind = kind(rest).ok_or(Malformed)?;
        let header = rest.get_u8();
        let extension = match header & HAS_EXTENSION {
            0 => None,
            _ => Some(rest.try_get_u8().map_err(|_| Malformed)?),
        };
        let length = match header & HAS_SIZE {
            0 => rest.len(),
            _ => usize::try_from(read_leb128(rest)?).map_err(|_| Malformed)?,
        };
        if length > rest.len() {
            return Err(Malformed);
        }
        Ok(Self { kind, header, extension, payload: rest.split_to(length) })
    }

    /// Appends the OBU with its size.
    pub(super) fn write(&self, data: &mut BytesMut) {
        data.put_u8(self.header | HAS_SIZE);
        data.extend(self.extension);
        write_leb128(data, self.payload.len());
        data.extend_from_slice(&self.payload);
    }

    /// The OBU as an RTP element.
    pub(super) fn without_size(&self) -> Bytes {
        let mut element = BytesMut::with_capacity(2 + self.payload.len());
        element.put_u8(self.header & !HAS_SIZE);
        element.extend(self.extension);
        element.extend_from_slice(&self.payload);
        element.freeze()
    }
}

/// Takes a leb128 value of at most 32 bits (§4.10.5).
pub(super) fn read_leb128(rest: &mut Bytes) -> Result<u32, Malformed> {
    let mut value = 0u64;
    for shift in (0..56).step_by(7) {
        let byte = rest.try_get_u8().map_err(|_| Malformed)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(value).map_err(|_| Malformed);
        }
    }
    Err(Malformed)
}

/// Appends a value in the fewest bytes.
pub(super) fn write_leb128(data: &mut BytesMut, mut value: usize) {
    while value >= 0x80 {
        data.put_u8(value as u8 | 0x80);
        value >>= 7;
    }
    data.put_u8(value as u8);
}

/// What of a sequence header matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    reduced_still_picture: bool,
    /// Size of the pictures; `None` with several operating points, where it depends on the layers received.
    pub(super) size: Option<(u16, u16)>,
}

/// Reads a sequence header (§5.5.1) as far as the picture size.
pub(super) fn read_sequence_header(payload: &[u8]) -> Option<Sequence> {
    let mut bits = BitReader::new(payload);
    bits.skip(4)?;
    let reduced_still_picture = bits.bit()?;
    let mut operating_points = 1;
    if reduced_still_picture {
        bits.skip(5)?;
    } else {
        operating_points = skip_operating_points(&mut bits)?;
    }
    let (width_bits, height_bits) = (bits.bits(4)? + 1, bits.bits(4)? + 1);
    let (width, height) = (bits.bits(width_bits)? + 1, bits.bits(height_bits)? + 1);
    let size = u16::try_from(width).ok().zip(u16::try_from(height).ok());
    Some(Sequence { reduced_still_picture, size: size.filter(|_| operating_points == 1) })
}

/// Reads over timing and operating points; returns how many points there are.
fn skip_operating_points(bits: &mut BitReader<'_>) -> Option<u32> {
    let mut delay_bits = None;
    if bits.bit()? {
        bits.skip(64)?;
        if bits.bit()? {
            bits.exp_golomb()?;
        }
        if bits.bit()? {
            delay_bits = Some(bits.bits(5)? + 1);
            bits.skip(32 + 10)?;
        }
    }
    let initial_delay = bits.bit()?;
    let points = bits.bits(5)? + 1;
    for _ in 0..points {
        bits.skip(12)?;
        if bits.bits(5)? > 7 {
            bits.skip(1)?;
        }
        if let Some(delay_bits) = delay_bits
            && bits.bit()?
        {
            bits.skip(2 * delay_bits + 1)?;
        }
        if initial_delay && bits.bit()? {
            bits.skip(4)?;
        }
    }
    Some(points)
}

/// Whether a frame header (§5.9.2) begins a shown key frame.
pub(super) fn is_key_frame(payload: &[u8], sequence: Option<&Sequence>) -> bool {
    const KEY_FRAME: u8 = 0;
    if sequence.is_some_and(|sequence| sequence.reduced_still_picture) {
        return true;
    }
    // show_existing_frame, frame_type in two bits, show_frame.
    payload.first().is_some_and(|byte| byte & 0x80 == 0 && byte >> 5 & 0x03 == KEY_FRAME && byte & 0x10 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leb128_of_every_length() {
        for value in [0usize, 1, 127, 128, 16_383, 16_384, u32::MAX as usize] {
            let mut written = BytesMut::new();
            write_leb128(&mut written, value);
            let mut rest = written.freeze();
            assert_eq!(read_leb128(&mut rest), Ok(value as u32));
            assert!(rest.is_empty());
        }
        assert_eq!(read_leb128(&mut Bytes::from_static(&[0x80, 0x80])), Err(Malformed));
        assert_eq!(read_leb128(&mut Bytes::from_static(&[0xff; 9])), Err(Malformed));
        assert_eq!(read_leb128(&mut Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 0x7f])), Err(Malformed));
    }

    #[test]
    fn an_obu_keeps_its_extension() {
        let obu = Obu::parse_element(&Bytes::from_static(&[0x36, 0x48, 2, 7, 8])).unwrap();
        assert_eq!((obu.kind, obu.payload.as_ref()), (Kind::Frame, &[7, 8][..]));
        assert_eq!(obu.without_size().as_ref(), [0x34, 0x48, 7, 8]);
        let mut written = BytesMut::new();
        obu.write(&mut written);
        assert_eq!(written.as_ref(), [0x36, 0x48, 2, 7, 8]);
    }

    #[test]
    fn key_frames_are_shown_and_not_repeated() {
        assert!(is_key_frame(&[0x10], None));
        assert!(!is_key_frame(&[0x00], None));
        assert!(!is_key_frame(&[0x30], None));
        assert!(!is_key_frame(&[0x90], None));
        assert!(!is_key_frame(&[], None));
    }
}
