//! RTP packets as the bridge handles them: taken apart, changed, put together again (RFC 3550, RFC 8285).

use bytes::Bytes;

/// A packet without its padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    /// Header extension elements by id.
    pub(crate) extensions: Vec<(u8, Bytes)>,
    pub(crate) payload: Bytes,
}

impl Packet {
    /// Takes a packet apart; `None` if it is none.
    pub(crate) fn parse(bytes: &Bytes) -> Option<Self> {
        let head = bytes.get(..12)?;
        if head[0] >> 6 != 2 {
            return None;
        }
        let (padded, extended) = (head[0] & 0x20 != 0, head[0] & 0x10 != 0);
        let mut at = 12 + 4 * usize::from(head[0] & 0x0f);
        let mut extensions = Vec::new();
        if extended {
            let profile = u16_at(bytes, at)?;
            let length = 4 * usize::from(u16_at(bytes, at + 2)?);
            at += 4;
            let end = at + length;
            if end > bytes.len() {
                return None;
            }
            extensions = elements(profile, &bytes.slice(at..end));
            at = end;
        }
        let padding = if padded { usize::from(*bytes.last()?) } else { 0 };
        let end = bytes.len().checked_sub(padding).filter(|end| *end >= at)?;
        Some(Self {
            marker: head[1] & 0x80 != 0,
            payload_type: head[1] & 0x7f,
            sequence: u16::from_be_bytes([head[2], head[3]]),
            timestamp: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            ssrc: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
            extensions,
            payload: bytes.slice(at..end),
        })
    }

    /// The bytes of an extension element.
    pub(crate) fn extension(&self, id: u8) -> Option<&Bytes> {
        self.extensions.iter().find(|(other, _)| *other == id).map(|(_, bytes)| bytes)
    }

    /// Adds or replaces an extension element.
    pub(crate) fn set_extension(&mut self, id: u8, bytes: &[u8]) {
        self.extensions.retain(|(other, _)| *other != id);
        self.extensions.push((id, Bytes::copy_from_slice(bytes)));
    }

    /// Puts the packet together.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(12 + 24 + self.payload.len());
        out.push(0x80 | if self.extensions.is_empty() { 0 } else { 0x10 });
        out.push(self.payload_type | if self.marker { 0x80 } else { 0 });
        out.extend(self.sequence.to_be_bytes());
        out.extend(self.timestamp.to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        if !self.extensions.is_empty() {
            self.write_extensions(&mut out);
        }
        out.extend_from_slice(&self.payload);
        out
    }

    fn write_extensions(&self, out: &mut Vec<u8>) {
        let short = self.extensions.iter().all(|(id, b)| *id < 15 && (1..=16).contains(&b.len()));
        out.extend(if short { [0xbe, 0xde] } else { [0x10, 0x00] });
        let length_at = out.len();
        out.extend([0, 0]);
        let start = out.len();
        for (id, bytes) in &self.extensions {
            if short {
                out.push(id << 4 | (bytes.len() - 1) as u8);
            } else {
                out.extend([*id, bytes.len() as u8]);
            }
            out.extend_from_slice(bytes);
        }
        while !(out.len() - start).is_multiple_of(4) {
            out.push(0);
        }
        let words = ((out.len() - start) / 4) as u16;
        out[length_at..length_at + 2].copy_from_slice(&words.to_be_bytes());
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// Elements of either header form; an unknown profile has none that we could read.
fn elements(profile: u16, block: &Bytes) -> Vec<(u8, Bytes)> {
    let long = match profile {
        0xbede => false,
        profile if profile >> 4 == 0x100 => true,
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = block.get(at).copied() {
        if first == 0 {
            at += 1;
            continue;
        }
        let (id, length, header) = if long {
            let Some(length) = block.get(at + 1) else { break };
            (first, usize::from(*length), 2)
        } else {
            (first >> 4, usize::from(first & 0x0f) + 1, 1)
        };
        let (start, end) = (at + header, at + header + length);
        // Id 15 of the short form ends the block (RFC 8285 §4.2).
        if end > block.len() || !long && id == 15 {
            break;
        }
        found.push((id, block.slice(start..end)));
        at = end;
    }
    found
}

/// Whether `a` comes after `b` on the sequence number circle.
pub(crate) fn newer(a: u16, b: u16) -> bool {
    a != b && a.wrapping_sub(b) < 0x8000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> Packet {
        Packet {
            marker: true,
            payload_type: 100,
            sequence: 7,
            timestamp: 9000,
            ssrc: 42,
            extensions: vec![(5, Bytes::from_static(&[1, 2])), (1, Bytes::from_static(&[0x85]))],
            payload: Bytes::from_static(b"payload"),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let short = packet();
        assert_eq!(Packet::parse(&short.write().into()), Some(short.clone()));
        let mut long = packet();
        long.set_extension(11, &[9; 40]);
        assert_eq!(Packet::parse(&long.write().into()), Some(long));
        let bare = Packet { extensions: Vec::new(), ..packet() };
        assert_eq!(Packet::parse(&bare.write().into()), Some(bare));
    }

    #[test]
    fn padding_is_taken_off_and_lies_are_refused() {
        let mut bytes = packet().write();
        bytes[0] |= 0x20;
        bytes.extend([0, 0, 3]);
        assert_eq!(Packet::parse(&bytes.clone().into()).unwrap().payload, "payload");
        *bytes.last_mut().unwrap() = 255;
        assert_eq!(Packet::parse(&bytes.into()), None);
        assert_eq!(Packet::parse(&Bytes::from_static(&[0x80; 5])), None);
    }

    #[test]
    fn sequence_numbers_wrap() {
        assert!(newer(0, 65_535));
        assert!(!newer(65_535, 0));
        assert!(!newer(3, 3));
    }
}
