//! A checked view of one RTP packet (RFC 3550 §5.1) with its header extensions (RFC 8285).
//!
//! In: decrypted bytes from anyone. Out: fields that can be trusted to lie inside the packet. It stands in front of
//! rtc-rtp, whose parser lets a reserved extension id add bytes to the payload and forgets the padding length.

use bytes::{Buf, Bytes};
use rtc_rtp::header::{EXTENSION_PROFILE_ONE_BYTE, EXTENSION_PROFILE_TWO_BYTE, Extension, Header};

use crate::codec::{HeaderExtensions, Ssrc};

const FIXED_HEADER: usize = 12;

/// Why bytes are not an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RtpError {
    /// Fewer bytes than the header announces.
    #[error("The packet ends inside its header")]
    Truncated,
    /// The first two bits are not 2.
    #[error("Not RTP version 2")]
    Version,
    /// The last byte names more padding than there is payload, or none.
    #[error("The padding does not fit into the packet")]
    Padding,
}

/// Loudness of an audio packet (RFC 6464).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioLevel {
    /// In −dBov: 0 is the loudest, 127 is silence.
    pub level: u8,
    /// The sender believes somebody speaks.
    pub voice: bool,
}

/// One received packet whose lengths have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpPacket {
    /// The 7-bit payload type.
    pub payload_type: u8,
    /// The marker bit: last packet of a picture.
    pub marker: bool,
    /// As on the wire.
    pub sequence: u16,
    /// As on the wire.
    pub timestamp: u32,
    /// Whose stream this is.
    pub ssrc: Ssrc,
    /// What follows the header, without padding.
    pub payload: Bytes,
    /// Bytes of padding that followed the payload.
    pub padding: u8,
    extensions: Vec<(u8, Bytes)>,
}

impl RtpPacket {
    /// Reads one packet.
    ///
    /// A damaged extension block costs the extensions behind the damage, not the packet.
    ///
    /// # Errors
    /// When the header or the padding does not fit into the bytes.
    pub fn parse(bytes: Bytes) -> Result<Self, RtpError> {
        if bytes.len() < FIXED_HEADER {
            return Err(RtpError::Truncated);
        }
        if bytes[0] >> 6 != 2 {
            return Err(RtpError::Version);
        }
        let (has_padding, has_extension) = (bytes[0] & 0x20 != 0, bytes[0] & 0x10 != 0);
        let contributing = usize::from(bytes[0] & 0x0f) * 4;
        let mut fields = bytes.slice(1..FIXED_HEADER);
        let second = fields.get_u8();
        let (sequence, timestamp, ssrc) = (fields.get_u16(), fields.get_u32(), fields.get_u32());

        let mut rest = bytes.slice(FIXED_HEADER..);
        if rest.len() < contributing {
            return Err(RtpError::Truncated);
        }
        rest.advance(contributing);
        let extensions = if has_extension { read_extension_block(&mut rest)? } else { Vec::new() };

        let mut padding = 0;
        if has_padding {
            padding = *rest.last().ok_or(RtpError::Padding)?;
            let kept = rest.len().checked_sub(usize::from(padding)).ok_or(RtpError::Padding)?;
            if padding == 0 {
                return Err(RtpError::Padding);
            }
            rest.truncate(kept);
        }
        Ok(Self {
            payload_type: second & 0x7f,
            marker: second & 0x80 != 0,
            sequence,
            timestamp,
            ssrc: Ssrc(ssrc),
            payload: rest,
            padding,
            extensions,
        })
    }

    /// The packet as rtc-interceptor wants it, without its padding.
    pub fn to_rtc(&self) -> rtc_rtp::Packet {
        let one_byte = self.extensions.iter().all(|(id, value)| *id <= 14 && (1..=16).contains(&value.len()));
        let header = Header {
            version: 2,
            padding: false,
            extension: !self.extensions.is_empty(),
            marker: self.marker,
            payload_type: self.payload_type,
            sequence_number: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc.0,
            csrc: Vec::new(),
            extension_profile: if one_byte { EXTENSION_PROFILE_ONE_BYTE } else { EXTENSION_PROFILE_TWO_BYTE },
            extensions: self
                .extensions
                .iter()
                .map(|(id, value)| Extension { id: *id, payload: value.clone() })
                .collect(),
            extensions_padding: 0,
        };
        rtc_rtp::Packet { header, payload: self.payload.clone() }
    }

    /// A packet that came out of rtc-interceptor (where it went in checked), or one made for sending.
    pub fn from_rtc(packet: &rtc_rtp::Packet) -> Self {
        let header = &packet.header;
        Self {
            payload_type: header.payload_type,
            marker: header.marker,
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            ssrc: Ssrc(header.ssrc),
            payload: packet.payload.clone(),
            padding: 0,
            extensions: header.extensions.iter().map(|e| (e.id, e.payload.clone())).collect(),
        }
    }

    /// The original of a retransmission (RFC 4588 §4), or `None` when this is a probe that carries none.
    ///
    /// The transport-wide number belonged to the retransmission and is left out.
    pub fn recover(&self, ssrc: Ssrc, payload_type: u8, ids: &HeaderExtensions) -> Option<Self> {
        let mut payload = self.payload.clone();
        let sequence = payload.try_get_u16().ok()?;
        let extensions =
            self.extensions.iter().filter(|(id, _)| Some(*id) != ids.transport_cc).cloned().collect();
        Some(Self { payload_type, sequence, ssrc, payload, padding: 0, extensions, ..*self })
    }

    /// Nothing but padding: a probe of the bridge, never to be decoded.
    pub fn is_padding_only(&self) -> bool {
        self.payload.is_empty()
    }

    /// The value of extension `id`, if the packet carries it.
    pub fn extension(&self, id: u8) -> Option<&[u8]> {
        self.extensions.iter().find(|(found, _)| *found == id).map(|(_, value)| value.as_ref())
    }

    /// The audio level, when negotiated and present.
    pub fn audio_level(&self, ids: &HeaderExtensions) -> Option<AudioLevel> {
        let byte = *self.extension(ids.audio_level?)?.first()?;
        Some(AudioLevel { level: byte & 0x7f, voice: byte & 0x80 != 0 })
    }

    /// The transport-wide sequence number, when negotiated and present.
    pub fn transport_cc(&self, ids: &HeaderExtensions) -> Option<u16> {
        let value = self.extension(ids.transport_cc?)?;
        Some(u16::from_be_bytes([*value.first()?, *value.get(1)?]))
    }

    /// The absolute send time (24 bits, 6.18 fixed point seconds), when negotiated and present.
    pub fn abs_send_time(&self, ids: &HeaderExtensions) -> Option<u32> {
        let value = self.extension(ids.abs_send_time?)?;
        Some(u32::from_be_bytes([0, *value.first()?, *value.get(1)?, *value.get(2)?]))
    }

    /// The AV1 dependency descriptor, when negotiated and present.
    pub fn dependency_descriptor(&self, ids: &HeaderExtensions) -> Option<&[u8]> {
        self.extension(ids.dependency_descriptor?)
    }
}

/// Takes the extension block off the front of `rest`.
fn read_extension_block(rest: &mut Bytes) -> Result<Vec<(u8, Bytes)>, RtpError> {
    if rest.len() < 4 {
        return Err(RtpError::Truncated);
    }
    let profile = rest.get_u16();
    let length = usize::from(rest.get_u16()) * 4;
    if rest.len() < length {
        return Err(RtpError::Truncated);
    }
    let block = rest.split_to(length);
    Ok(match profile {
        EXTENSION_PROFILE_ONE_BYTE => read_elements(block, one_byte_element),
        // The low four bits are "appbits" (RFC 8285 §4.3).
        _ if profile & 0xfff0 == EXTENSION_PROFILE_TWO_BYTE => read_elements(block, two_byte_element),
        _ => Vec::new(),
    })
}

fn read_elements(mut block: Bytes, head: fn(&mut Bytes) -> Option<(u8, usize)>) -> Vec<(u8, Bytes)> {
    let mut elements = Vec::new();
    while !block.is_empty() {
        if block[0] == 0 {
            block.advance(1);
            continue;
        }
        let Some((id, length)) = head(&mut block) else { break };
        if block.len() < length {
            break;
        }
        elements.push((id, block.split_to(length)));
    }
    elements
}

/// Id 15 is reserved and id 0 may not have a length: both end the block (RFC 8285 §4.2).
fn one_byte_element(block: &mut Bytes) -> Option<(u8, usize)> {
    let byte = block.try_get_u8().ok()?;
    let id = byte >> 4;
    (1..=14).contains(&id).then_some((id, usize::from(byte & 0x0f) + 1))
}

fn two_byte_element(block: &mut Bytes) -> Option<(u8, usize)> {
    Some((block.try_get_u8().ok()?, usize::from(block.try_get_u8().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: HeaderExtensions = HeaderExtensions {
        audio_level: Some(1),
        transport_cc: Some(5),
        abs_send_time: Some(3),
        dependency_descriptor: Some(11),
    };

    fn packet(first: u8, after_header: &[u8]) -> Bytes {
        let mut bytes = vec![first, 0x80 | 100, 0x12, 0x34, 0, 0, 0, 90, 0, 0, 0, 7];
        bytes.extend_from_slice(after_header);
        Bytes::from(bytes)
    }

    #[test]
    fn reads_the_fixed_header_and_contributing_sources() {
        let read = RtpPacket::parse(packet(0x82, &[0, 0, 0, 1, 0, 0, 0, 2, 0xaa, 0xbb])).unwrap();
        assert_eq!((read.payload_type, read.marker, read.sequence), (100, true, 0x1234));
        assert_eq!((read.timestamp, read.ssrc), (90, Ssrc(7)));
        assert_eq!(read.payload.as_ref(), [0xaa, 0xbb]);
        assert_eq!(RtpPacket::parse(packet(0x82, &[0; 7])), Err(RtpError::Truncated));
        assert_eq!(RtpPacket::parse(packet(0x40, &[])), Err(RtpError::Version));
    }

    #[test]
    fn reads_one_byte_extensions() {
        let block = [
            0xbe, 0xde, 0, 3, 0x10, 0x85, 0x51, 0xab, 0xcd, 0, 0x32, 1, 2, 3, 0, 0, // payload:
            0xee,
        ];
        let read = RtpPacket::parse(packet(0x90, &block)).unwrap();
        assert_eq!(read.audio_level(&IDS), Some(AudioLevel { level: 5, voice: true }));
        assert_eq!(read.transport_cc(&IDS), Some(0xabcd));
        assert_eq!(read.abs_send_time(&IDS), Some(0x01_0203));
        assert_eq!(read.dependency_descriptor(&IDS), None);
        assert_eq!(read.payload.as_ref(), [0xee]);
        assert_eq!(read.audio_level(&HeaderExtensions::default()), None);
    }

    #[test]
    fn reserved_id_fifteen_ends_the_block_and_adds_nothing_to_the_payload() {
        let block = [0xbe, 0xde, 0, 2, 0x10, 0x7f, 0xf2, 9, 9, 9, 0x51, 1, 0xee, 0xff];
        let read = RtpPacket::parse(packet(0x90, &block)).unwrap();
        assert_eq!(read.audio_level(&IDS), Some(AudioLevel { level: 127, voice: false }));
        assert_eq!(read.transport_cc(&IDS), None);
        assert_eq!(read.payload.as_ref(), [0xee, 0xff]);
    }

    #[test]
    fn an_element_may_not_run_past_its_block() {
        let block = [0xbe, 0xde, 0, 1, 0x1f, 1, 2, 3, 0xee, 0xff];
        let read = RtpPacket::parse(packet(0x90, &block)).unwrap();
        assert_eq!(read.audio_level(&IDS), None);
        assert_eq!(read.payload.as_ref(), [0xee, 0xff]);
    }

    #[test]
    fn reads_two_byte_extensions() {
        let block = [0x10, 0x03, 0, 2, 5, 2, 0xab, 0xcd, 1, 1, 0x85, 0, 0xee];
        let read = RtpPacket::parse(packet(0x90, &block)).unwrap();
        assert_eq!(read.transport_cc(&IDS), Some(0xabcd));
        assert_eq!(read.audio_level(&IDS).map(|l| l.level), Some(5));
    }

    #[test]
    fn padding_is_removed_and_must_fit() {
        let read = RtpPacket::parse(packet(0xa0, &[1, 2, 0, 0, 3])).unwrap();
        assert_eq!((read.payload.as_ref(), read.padding), (&[1, 2][..], 3));
        let probe = RtpPacket::parse(packet(0xa0, &[vec![0; 254], vec![255]].concat())).unwrap();
        assert!(probe.is_padding_only());
        assert_eq!(probe.padding, 255);
        for bad in [&[][..], &[0], &[9, 9, 4]] {
            assert_eq!(RtpPacket::parse(packet(0xa0, bad)), Err(RtpError::Padding));
        }
    }

    #[test]
    fn survives_the_way_through_rtc_rtp() {
        let block = [0xbe, 0xde, 0, 2, 0x10, 0x85, 0x51, 0xab, 0xcd, 0, 0, 0, 0xee];
        let read = RtpPacket::parse(packet(0x90, &block)).unwrap();
        assert_eq!(RtpPacket::from_rtc(&read.to_rtc()), read);
    }

    #[test]
    fn recovers_the_original_of_a_retransmission() {
        let block = [0xbe, 0xde, 0, 2, 0x10, 0x85, 0x51, 0xab, 0xcd, 0, 0, 0, 0x77, 0x88, 1, 2, 3];
        let sent_again = RtpPacket::parse(packet(0x90, &block)).unwrap();
        let original = sent_again.recover(Ssrc(3), 96, &IDS).unwrap();
        assert_eq!((original.sequence, original.ssrc, original.payload_type), (0x7788, Ssrc(3), 96));
        assert_eq!(original.payload.as_ref(), [1, 2, 3]);
        assert!(original.marker);
        assert_eq!(original.transport_cc(&IDS), None);
        assert!(original.audio_level(&IDS).is_some());
        let probe = RtpPacket::parse(packet(0xa0, &[0, 0, 3])).unwrap();
        assert_eq!(probe.recover(Ssrc(3), 96, &IDS), None);
    }
}
