//! AV1 in RTP (the AOM's "RTP Payload Format For AV1", version 1.0.0).
//!
//! In: payloads of one temporal unit, or a temporal unit. Out: the temporal unit in low-overhead form, every OBU with
//! its size and a temporal delimiter in front, or payloads. rtc-rtp's parser panics on an OBU that ends inside its
//! header, so this one is ours.

mod obu;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::picture::{Malformed, Picture};
use crate::frame::EncodedFrame;
use obu::{Kind, Obu};

/// A temporal delimiter with its size.
const TEMPORAL_DELIMITER: [u8; 2] = [0x12, 0x00];
const AGGREGATION_HEADER: usize = 1;
/// A length below 2^14, more than any packet holds.
const LENGTH_FIELD: usize = 2;

/// What one packet holds, as far as the assembler must know before the picture is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// A coded video sequence begins with this packet. Of other temporal units the payload does not tell.
    pub(super) starts_sequence: bool,
}

impl Descriptor {
    /// Checks the shape of a payload.
    pub(super) fn parse(payload: &Bytes) -> Result<Self, Malformed> {
        let packet = Elements::parse(payload)?;
        let announced = payload[0] & 0x08 != 0;
        let has_header =
            || packet.elements.iter().any(|element| obu::kind(element) == Some(Kind::SequenceHeader));
        Ok(Self { starts_sequence: !packet.continues && (announced || has_header()) })
    }
}

/// The OBU elements of one payload.
struct Elements {
    /// Z: the first element goes on from the packet before.
    continues: bool,
    /// Y: the last element goes on in the next packet.
    continued: bool,
    elements: Vec<Bytes>,
}

impl Elements {
    fn parse(payload: &Bytes) -> Result<Self, Malformed> {
        let mut rest = payload.clone();
        let header = rest.try_get_u8().map_err(|_| Malformed)?;
        let count = usize::from(header >> 4 & 0x03);
        let mut elements = Vec::new();
        while !rest.is_empty() {
            let length = if count != 0 && elements.len() + 1 == count {
                rest.len()
            } else {
                usize::try_from(obu::read_leb128(&mut rest)?).map_err(|_| Malformed)?
            };
            if length > rest.len() {
                return Err(Malformed);
            }
            elements.push(rest.split_to(length));
        }
        if elements.is_empty() || (count != 0 && elements.len() != count) {
            return Err(Malformed);
        }
        Ok(Self { continues: header & 0x80 != 0, continued: header & 0x40 != 0, elements })
    }
}

/// Puts the packets of one temporal unit together.
pub(super) fn assemble(payloads: &[&Bytes]) -> Result<Picture, Malformed> {
    let obus = join(payloads)?;
    let length: usize = obus.iter().map(Bytes::len).sum();
    let mut data = BytesMut::with_capacity(TEMPORAL_DELIMITER.len() + length + 6 * obus.len());
    data.extend_from_slice(&TEMPORAL_DELIMITER);
    let mut sequence = None;
    let mut key = None;
    for bytes in obus.iter().filter(|bytes| !bytes.is_empty()) {
        let obu = Obu::parse_element(bytes)?;
        match obu.kind {
            Kind::TemporalDelimiter | Kind::TileList | Kind::Padding => continue,
            Kind::SequenceHeader => sequence = obu::read_sequence_header(&obu.payload).or(sequence),
            // The first frame of the unit decides: enhancement layers of a key picture are predicted from it.
            Kind::Frame | Kind::FrameHeader => {
                key = key.or_else(|| Some(obu::is_key_frame(&obu.payload, sequence.as_ref())));
            }
            Kind::Other => {}
        }
        obu.write(&mut data);
    }
    let keyframe = sequence.is_some() && key == Some(true);
    let size = sequence.filter(|_| keyframe).and_then(|s| s.size);
    Ok(Picture { data: data.freeze(), keyframe, size })
}

/// Whole OBUs from elements and their continuations.
fn join(payloads: &[&Bytes]) -> Result<Vec<Bytes>, Malformed> {
    let mut obus = Vec::new();
    let mut open: Option<BytesMut> = None;
    for payload in payloads {
        let packet = Elements::parse(payload)?;
        if packet.continues != open.is_some() {
            return Err(Malformed);
        }
        let last = packet.elements.len() - 1;
        for (index, element) in packet.elements.into_iter().enumerate() {
            let goes_on = packet.continued && index == last;
            match (open.take(), goes_on) {
                (None, false) => obus.push(element),
                (None, true) => open = Some(BytesMut::from(element.as_ref())),
                (Some(mut whole), goes_on) => {
                    whole.extend_from_slice(&element);
                    if goes_on {
                        open = Some(whole);
                    } else {
                        obus.push(whole.freeze());
                    }
                }
            }
        }
    }
    if open.is_some() { Err(Malformed) } else { Ok(obus) }
}

/// The payloads of `frame`, none longer than `limit`. Data that is not OBUs gives none.
pub(super) fn payloads(frame: &EncodedFrame, limit: usize) -> Vec<Bytes> {
    let Ok(obus) = Obu::parse_unit(&frame.data) else { return Vec::new() };
    let elements = obus
        .iter()
        .filter(|obu| !matches!(obu.kind, Kind::TemporalDelimiter | Kind::TileList | Kind::Padding))
        .map(Obu::without_size);
    let mut writer = Writer { limit, new_sequence: frame.keyframe, ..Writer::default() };
    for element in elements {
        writer.put(element);
    }
    writer.finish()
}

/// Fills packets with OBU elements.
#[derive(Default)]
struct Writer {
    limit: usize,
    new_sequence: bool,
    continues: bool,
    elements: Vec<Bytes>,
    length: usize,
    payloads: Vec<Bytes>,
}

impl Writer {
    fn put(&mut self, mut element: Bytes) {
        loop {
            let room = self.limit - AGGREGATION_HEADER - self.length;
            // Every element is counted with a length although the last one may go without.
            if room >= LENGTH_FIELD + element.len() {
                self.length += LENGTH_FIELD + element.len();
                self.elements.push(element);
                return;
            }
            if room > LENGTH_FIELD {
                self.elements.push(element.split_to(room - LENGTH_FIELD));
                self.flush(true);
            } else {
                self.flush(false);
            }
        }
    }

    fn flush(&mut self, continued: bool) {
        let count = if self.elements.len() <= 3 { self.elements.len() as u8 } else { 0 };
        let mut payload = BytesMut::with_capacity(self.limit);
        let first_of_unit = self.payloads.is_empty();
        payload.put_u8(
            u8::from(self.continues) << 7
                | u8::from(continued) << 6
                | count << 4
                | u8::from(self.new_sequence && first_of_unit) << 3,
        );
        let last = self.elements.len().saturating_sub(1);
        for (index, element) in self.elements.drain(..).enumerate() {
            if count == 0 || index != last {
                obu::write_leb128(&mut payload, element.len());
            }
            payload.extend_from_slice(&element);
        }
        self.payloads.push(payload.freeze());
        self.length = 0;
        self.continues = continued;
    }

    fn finish(mut self) -> Vec<Bytes> {
        if !self.elements.is_empty() {
            self.flush(false);
        }
        self.payloads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: &[u8]) -> Bytes {
        Bytes::copy_from_slice(bytes)
    }

    #[test]
    fn elements_with_and_without_a_count() {
        let counted = bytes(&[0x20, 2, 0x30, 1, 0x30, 2, 3]);
        let uncounted = bytes(&[0x00, 2, 0x30, 1, 3, 0x30, 2, 3]);
        let expected = [0x12, 0, 0x32, 1, 1, 0x32, 2, 2, 3];
        assert_eq!(assemble(&[&counted]).unwrap().data.as_ref(), expected);
        assert_eq!(assemble(&[&uncounted]).unwrap().data.as_ref(), expected);
    }

    #[test]
    fn an_obu_goes_on_over_three_packets() {
        let (first, middle, last) =
            (bytes(&[0x50, 0x30, 1]), bytes(&[0xd0, 2]), bytes(&[0xa0, 1, 3, 0x30, 9]));
        let whole = assemble(&[&first, &middle, &last]).unwrap();
        assert_eq!(whole.data.as_ref(), [0x12, 0, 0x32, 3, 1, 2, 3, 0x32, 1, 9]);
        for bad in [&[&middle, &last][..], &[&first, &middle], &[&first, &first]] {
            assert_eq!(assemble(bad), Err(Malformed));
        }
    }

    #[test]
    fn shapes_that_contradict_themselves_are_refused() {
        for bad in [&[][..], &[0x10], &[0x20, 1, 0x30], &[0x00, 5, 0x30], &[0x00, 0x80], &[0x30, 1, 0x30, 0]]
        {
            assert_eq!(Descriptor::parse(&bytes(bad)), Err(Malformed), "{bad:?}");
        }
        // An extension flag without its byte, where a subtraction could go wrong.
        assert_eq!(assemble(&[&bytes(&[0x10, 0x34])]), Err(Malformed));
        // A size that is not that of the element.
        assert_eq!(assemble(&[&bytes(&[0x10, 0x32, 3, 1])]), Err(Malformed));
    }

    #[test]
    fn delimiters_and_padding_inside_are_dropped() {
        let unit = assemble(&[&bytes(&[0x30, 1, 0x10, 1, 0x78, 0x30, 7])]).unwrap();
        assert_eq!(unit.data.as_ref(), [0x12, 0, 0x32, 1, 7]);
    }
}
