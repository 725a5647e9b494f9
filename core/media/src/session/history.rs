//! Packets of one encoding kept for retransmission (RFC 4588), and the retransmissions made of them.
//!
//! The numbers of the RTX stream live as long as the session. The family's responder starts them anew whenever a
//! stream is bound with another payload type: under SRTP the same number twice on one SSRC reuses a nonce.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::{BufMut, BytesMut};
use rtc_rtp::header::Header;
use rtc_rtp::packet::Packet;

use crate::codec::{Negotiated, Ssrc};

/// How long a packet may be asked for.
const KEPT: Duration = Duration::from_millis(1500);
const MAX_PACKETS: usize = 1024;
/// A packet asked for twice within this (or the round trip) is still under way.
const UNDER_WAY: Duration = Duration::from_millis(20);

struct Sent {
    packet: Packet,
    at: Instant,
    again: Option<Instant>,
}

/// What one encoding sent lately.
pub(super) struct History {
    rtx: Ssrc,
    next: u16,
    sent: VecDeque<Sent>,
}

impl History {
    /// For retransmissions on `rtx`, numbered from `first`.
    pub(super) fn new(rtx: Ssrc, first: u16) -> Self {
        Self { rtx, next: first, sent: VecDeque::new() }
    }

    /// Keeps a packet that goes out now.
    pub(super) fn keep(&mut self, now: Instant, packet: &Packet) {
        while self.sent.len() >= MAX_PACKETS
            || self.sent.front().is_some_and(|sent| now.saturating_duration_since(sent.at) > KEPT)
        {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent { packet: packet.clone(), at: now, again: None });
    }

    /// The retransmission of `sequence`, if it is kept, not just under way, and its payload type has an RTX twin.
    pub(super) fn again(
        &mut self,
        now: Instant,
        sequence: u16,
        round_trip: Option<Duration>,
        negotiated: &Negotiated,
    ) -> Option<Packet> {
        let sent = self.sent.iter_mut().rev().find(|sent| sent.packet.header.sequence_number == sequence)?;
        let pause = round_trip.unwrap_or_default().clamp(UNDER_WAY, Duration::from_millis(500));
        if sent.again.is_some_and(|again| now.saturating_duration_since(again) < pause) {
            return None;
        }
        let payload_type = negotiated.rtx_number(sent.packet.header.payload_type)?;
        sent.again = Some(now);
        let mut payload = BytesMut::with_capacity(2 + sent.packet.payload.len());
        payload.put_u16(sequence);
        payload.put_slice(&sent.packet.payload);
        let header = Header {
            version: 2,
            marker: sent.packet.header.marker,
            payload_type,
            sequence_number: self.next,
            timestamp: sent.packet.header.timestamp,
            ssrc: self.rtx.0,
            ..Header::default()
        };
        self.next = self.next.wrapping_add(1);
        Some(Packet { header, payload: payload.freeze() })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::codec::{PayloadKind, PayloadType, VideoCodec};

    fn negotiated() -> Negotiated {
        let kinds = [
            (100, PayloadKind::Video(VideoCodec::Vp8)),
            (96, PayloadKind::Rtx { associated: 100 }),
            (101, PayloadKind::Video(VideoCodec::Vp9)),
            (107, PayloadKind::Video(VideoCodec::H264)),
            (99, PayloadKind::Rtx { associated: 107 }),
        ];
        let payload_types = kinds.map(|(number, kind)| PayloadType { number, kind }).to_vec();
        Negotiated { payload_types, ..Negotiated::default() }
    }

    fn packet(sequence: u16, payload_type: u8) -> Packet {
        let header = Header {
            version: 2,
            marker: true,
            payload_type,
            sequence_number: sequence,
            timestamp: 77,
            ssrc: 5,
            ..Header::default()
        };
        Packet { header, payload: Bytes::from_static(b"picture") }
    }

    #[test]
    fn a_retransmission_carries_the_original_number_on_its_own_ssrc() {
        let now = Instant::now();
        let mut history = History::new(Ssrc(6), 40);
        history.keep(now, &packet(9, 100));
        let again = history.again(now, 9, None, &negotiated()).unwrap();
        assert_eq!((again.header.ssrc, again.header.payload_type, again.header.sequence_number), (6, 96, 40));
        assert_eq!((again.header.timestamp, again.header.marker, again.header.version), (77, true, 2));
        assert_eq!(&again.payload[..], b"\x00\x09picture");

        assert_eq!(history.again(now, 9, None, &negotiated()), None, "still under way");
        let later = now + Duration::from_millis(25);
        assert_eq!(history.again(later, 9, None, &negotiated()).unwrap().header.sequence_number, 41);
        assert_eq!(history.again(later, 10, None, &negotiated()), None, "never sent");
    }

    #[test]
    fn numbers_go_on_when_the_codec_changes() {
        let now = Instant::now();
        let mut history = History::new(Ssrc(6), 40);
        history.keep(now, &packet(9, 100));
        history.keep(now, &packet(10, 107));
        let again = [9, 10].map(|number| history.again(now, number, None, &negotiated()).unwrap().header);
        assert_eq!((again[0].payload_type, again[0].sequence_number), (96, 40));
        assert_eq!((again[1].payload_type, again[1].sequence_number), (99, 41));
    }

    #[test]
    fn without_an_rtx_twin_there_is_no_retransmission() {
        let now = Instant::now();
        let mut history = History::new(Ssrc(6), 0);
        history.keep(now, &packet(9, 101));
        assert_eq!(history.again(now, 9, None, &negotiated()), None);
    }

    #[test]
    fn old_packets_are_forgotten() {
        let now = Instant::now();
        let mut history = History::new(Ssrc(6), 0);
        history.keep(now, &packet(1, 100));
        let later = now + Duration::from_secs(2);
        history.keep(later, &packet(2, 100));
        assert_eq!(history.again(later, 1, None, &negotiated()), None);
        for sequence in 3..5000 {
            history.keep(later, &packet(sequence, 100));
        }
        assert_eq!(history.sent.len(), MAX_PACKETS);
    }
}
