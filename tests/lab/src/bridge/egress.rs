//! One remote source as one receiver gets it: a single continuous SSRC whatever encoding is behind it.
//!
//! In: packets of the source's encodings. Out: rewritten packets, and retransmissions (RFC 4588) of those already
//! sent. Encodings change at key frames only; sequence numbers, timestamps, picture ids and TL0PICIDX go on unbroken.

use treff_media::codec::VideoCodec;

use super::codec::{Vp8, begins_keyframe};
use super::rtp::{Packet, newer};
use crate::payloads;

/// How many sent packets are kept for retransmission.
const KEPT: usize = 1024;
/// Two encodings whose timestamps are this far apart do not share a clock.
const SAME_CLOCK: u32 = 90_000 * 10;

/// One stretch of packets of one encoding, with what is added to its numbers.
#[derive(Clone, Debug)]
struct Segment {
    encoding: usize,
    /// Where it starts; what came before belongs to no picture that was sent.
    start: u16,
    sequence: u16,
    timestamp: u32,
    /// A first frame that would go back in time, and where it is put instead.
    moved: Option<(u32, u32)>,
    picture: u16,
    base: u8,
}

/// The last numbers that went out.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    sequence: u16,
    timestamp: u32,
    picture: u16,
    base: u8,
    incoming_timestamp: u32,
}

/// A source on its way to a receiver.
pub(crate) struct Egress {
    ssrc: u32,
    rtx: Option<u32>,
    rtx_sequence: u16,
    /// The encoding the receiver should get; none to send nothing.
    desired: Option<usize>,
    segment: Option<Segment>,
    last: Option<Last>,
    kept: Vec<Option<Packet>>,
    /// Packets and payload bytes sent.
    pub(crate) packets: u32,
    pub(crate) octets: u32,
}

impl Egress {
    /// A source that goes out under these SSRCs.
    pub(crate) fn new(ssrc: u32, rtx: Option<u32>, rtx_sequence: u16) -> Self {
        Self {
            ssrc,
            rtx,
            rtx_sequence: rtx_sequence & 0x7fff,
            desired: None,
            segment: None,
            last: None,
            kept: vec![None; KEPT],
            packets: 0,
            octets: 0,
        }
    }

    /// The SSRC it goes out under.
    pub(crate) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Chooses an encoding. Nothing more is sent at once when there is none; another one starts at its key frame.
    pub(crate) fn set_desired(&mut self, desired: Option<usize>) {
        self.desired = desired;
        if desired.is_none() {
            self.segment = None;
        }
    }

    /// The encoding being sent.
    pub(crate) fn current(&self) -> Option<usize> {
        self.segment.as_ref().map(|s| s.encoding)
    }

    /// The encoding to be sent.
    pub(crate) fn desired(&self) -> Option<usize> {
        self.desired
    }

    /// Audio: everything goes through as it is.
    pub(crate) fn forward_audio(&mut self, packet: &Packet) -> Packet {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(packet.payload.len() as u32);
        Packet { ssrc: self.ssrc, ..packet.clone() }
    }

    /// Video of one encoding: rewritten, or nothing if it is not for this receiver now. `alive` says whether an
    /// encoding is being sent at all.
    pub(crate) fn forward(
        &mut self,
        encoding: usize,
        packet: &Packet,
        alive: impl Fn(usize) -> bool,
    ) -> Option<Packet> {
        let desired = self.desired?;
        let codec = payloads::codec(packet.payload_type)?;
        let vp8 =
            (codec == VideoCodec::Vp8).then(|| Vp8::read(&packet.payload)).flatten().unwrap_or_default();
        let current = self.current();
        let better = match current {
            Some(current) if current == encoding => false,
            Some(current) => {
                let stands_in = encoding < desired && !alive(desired);
                encoding == desired || stands_in && (encoding > current || !alive(current))
            }
            None => encoding <= desired || !alive(desired),
        };
        if better && begins_keyframe(codec, &packet.payload) {
            self.switch(encoding, packet, vp8);
        }
        let segment = self.segment.as_mut().filter(|s| s.encoding == encoding)?;
        if newer(segment.start, packet.sequence) {
            return None;
        }
        // Half the circle must never pass behind the start.
        if packet.sequence.wrapping_sub(segment.start) > 0x4000 {
            segment.start = packet.sequence.wrapping_sub(0x2000);
        }
        let out = segment.apply(self.ssrc, packet, vp8);
        self.remember(&out, packet.timestamp, counters_of(&out, codec));
        Some(out)
    }

    fn switch(&mut self, encoding: usize, packet: &Packet, vp8: Vp8) {
        let mut segment = Segment {
            encoding,
            start: packet.sequence,
            sequence: 0,
            timestamp: 0,
            moved: None,
            picture: 0,
            base: 0,
        };
        match self.last {
            None => {
                // Receivers guess the roll-over of SRTP wrong when the first wrap comes at once.
                segment.sequence = (packet.sequence & 0x7fff).wrapping_sub(packet.sequence);
            }
            Some(last) => {
                segment.sequence = last.sequence.wrapping_add(1).wrapping_sub(packet.sequence);
                segment.picture = last.picture.wrapping_add(1).wrapping_sub(vp8.picture_id().unwrap_or(0));
                segment.base = last.base.wrapping_add(1).wrapping_sub(vp8.base_index().unwrap_or(0));
                let apart = packet.timestamp.wrapping_sub(last.incoming_timestamp);
                let shared = apart < SAME_CLOCK || apart.wrapping_neg() < SAME_CLOCK;
                segment.timestamp = if shared {
                    last.timestamp.wrapping_sub(last.incoming_timestamp)
                } else {
                    last.timestamp.wrapping_add(3000).wrapping_sub(packet.timestamp)
                };
                let out = packet.timestamp.wrapping_add(segment.timestamp);
                // The same picture in another size must not share or precede a timestamp.
                if out.wrapping_sub(last.timestamp).wrapping_sub(1) >= 0x7fff_ffff {
                    segment.moved = Some((packet.timestamp, last.timestamp.wrapping_add(90)));
                }
            }
        }
        self.segment = Some(segment);
    }

    fn remember(&mut self, out: &Packet, incoming_timestamp: u32, counters: Option<(u16, u8)>) {
        let (picture, base) = counters.unwrap_or_default();
        let newest = self.last.is_none_or(|last| newer(out.sequence, last.sequence));
        if newest {
            self.last = Some(Last {
                sequence: out.sequence,
                timestamp: out.timestamp,
                picture,
                base,
                incoming_timestamp,
            });
        }
        self.kept[usize::from(out.sequence) % KEPT] = Some(out.clone());
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(out.payload.len() as u32);
    }

    /// A retransmission of something sent before; as it was if the receiver has no SSRC for retransmissions.
    pub(crate) fn retransmit(&mut self, sequence: u16) -> Option<Packet> {
        let kept = self.kept[usize::from(sequence) % KEPT].as_ref().filter(|p| p.sequence == sequence)?;
        let (Some(ssrc), Some(payload_type)) = (self.rtx, payloads::rtx(kept.payload_type)) else {
            return Some(kept.clone());
        };
        let mut payload = sequence.to_be_bytes().to_vec();
        payload.extend_from_slice(&kept.payload);
        let packet = Packet {
            ssrc,
            payload_type,
            sequence: self.rtx_sequence,
            payload: payload.into(),
            ..kept.clone()
        };
        self.rtx_sequence = self.rtx_sequence.wrapping_add(1);
        Some(packet)
    }

    /// The timestamp under which a moment of an encoding's clock went out, for sender reports.
    pub(crate) fn map_timestamp(&self, encoding: usize, timestamp: u32) -> Option<u32> {
        let segment = self.segment.as_ref().filter(|s| s.encoding == encoding)?;
        Some(timestamp.wrapping_add(segment.timestamp))
    }
}

impl Segment {
    fn apply(&self, ssrc: u32, packet: &Packet, vp8: Vp8) -> Packet {
        let timestamp = match self.moved {
            Some((from, to)) if from == packet.timestamp => to,
            _ => packet.timestamp.wrapping_add(self.timestamp),
        };
        Packet {
            ssrc,
            sequence: packet.sequence.wrapping_add(self.sequence),
            timestamp,
            payload: vp8.shifted(&packet.payload, self.picture, self.base),
            ..packet.clone()
        }
    }
}

/// The counters that a packet went out with.
fn counters_of(out: &Packet, codec: VideoCodec) -> Option<(u16, u8)> {
    if codec != VideoCodec::Vp8 {
        return None;
    }
    let vp8 = Vp8::read(&out.payload)?;
    Some((vp8.picture_id().unwrap_or(0), vp8.base_index().unwrap_or(0)))
}

#[cfg(test)]
mod tests;
