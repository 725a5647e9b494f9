use bytes::Bytes;

use super::*;

const VP8: u8 = 100;

/// One encoding of a simulcast camera: three packets a picture, temporal pattern 0-2-1-2.
struct Sender {
    sequence: u16,
    picture: u16,
    base: u8,
    timestamp: u32,
    tick: u32,
}

impl Sender {
    fn new(sequence: u16, picture: u16, base: u8) -> Self {
        Self { sequence, picture, base, timestamp: 1_000_000, tick: 0 }
    }

    fn picture(&mut self, keyframe: bool) -> Vec<Packet> {
        if keyframe {
            self.tick = 0;
        }
        let temporal = [0_u8, 2, 1, 2][self.tick as usize % 4];
        self.tick += 1;
        if temporal == 0 {
            self.base = self.base.wrapping_add(1);
        }
        self.picture = (self.picture + 1) & 0x7fff;
        self.timestamp = self.timestamp.wrapping_add(3000);
        (0..3_u8)
            .map(|part| {
                let begin = if part == 0 { 0x10 } else { 0 };
                let tag = if part == 0 && keyframe { 0x10 } else { 0x11 };
                let mut payload = vec![0x80 | begin, 0xe0];
                payload.extend((self.picture | 0x8000).to_be_bytes());
                payload.extend([self.base, temporal << 6, tag, part]);
                self.sequence = self.sequence.wrapping_add(1);
                Packet {
                    marker: part == 2,
                    payload_type: VP8,
                    sequence: self.sequence,
                    timestamp: self.timestamp,
                    ssrc: 5,
                    extensions: Vec::new(),
                    payload: Bytes::from(payload),
                }
            })
            .collect()
    }
}

fn counters(packet: &Packet) -> (u16, u8) {
    let vp8 = Vp8::read(&packet.payload).unwrap();
    (vp8.picture_id().unwrap(), vp8.base_index().unwrap())
}

/// Runs pictures through and checks that the receiver could not tell where encodings changed.
fn check_continuous(sent: &[Packet]) {
    for pair in sent.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        let ((picture, base), (next, next_base)) = (counters(&pair[0]), counters(&pair[1]));
        let begins = pair[1].payload[0] & 0x10 != 0;
        let step = u16::from(begins);
        assert_eq!(next, (picture + step) & 0x7fff);
        assert!(next_base.wrapping_sub(base) <= u8::from(begins), "{base} to {next_base}");
        let later = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!(if begins { (1..0x8000_0000).contains(&later) } else { later == 0 });
        assert_eq!(pair[1].ssrc, 77);
    }
}

#[test]
fn switching_encodings_leaves_no_seam() {
    let mut layers = [Sender::new(65_500, 32_760, 250), Sender::new(100, 5, 3), Sender::new(30_000, 900, 77)];
    let mut egress = Egress::new(77, Some(78), 9);
    let mut sent = Vec::new();
    let plan = [(0, 0), (20, 2), (40, 1), (60, 0), (80, 2)];
    for n in 0..100 {
        if let Some((_, desired)) = plan.iter().find(|(at, _)| *at == n) {
            egress.set_desired(Some(*desired));
        }
        // Key frames on all layers at once, a while after each request.
        let keyframe = n % 20 == 5;
        for (index, layer) in layers.iter_mut().enumerate() {
            for packet in layer.picture(keyframe) {
                sent.extend(egress.forward(index, &packet, |_| true));
            }
        }
    }
    assert_eq!(egress.current(), Some(2));
    // Nothing before the first key frame, everything after it.
    assert_eq!(sent.len(), 3 * 95 + 3 * 2, "the picture of a switch upwards is sent in both sizes");
    assert_eq!(sent[0].payload[0] & 0x10, 0x10);
    assert!(sent[0].sequence < 0x8000);
    check_continuous(&sent);
}

#[test]
fn a_pause_leaves_no_gap_in_the_numbers() {
    let mut layer = Sender::new(10, 1, 1);
    let mut egress = Egress::new(77, None, 0);
    let mut sent = Vec::new();
    egress.set_desired(Some(0));
    for n in 0..60 {
        if n == 20 {
            egress.set_desired(None);
        }
        if n == 40 {
            egress.set_desired(Some(0));
        }
        for packet in layer.picture(n % 10 == 0) {
            sent.extend(egress.forward(0, &packet, |_| true));
        }
    }
    assert_eq!(sent.len(), 3 * 40);
    check_continuous(&sent);
}

#[test]
fn late_packets_find_their_place_and_those_of_a_former_encoding_are_dropped() {
    let mut layers = [Sender::new(10, 1, 1), Sender::new(500, 50, 50)];
    let mut egress = Egress::new(77, None, 0);
    egress.set_desired(Some(0));
    let first = layers[0].picture(true);
    let out: Vec<_> = [0, 2].iter().map(|i| egress.forward(0, &first[*i], |_| true).unwrap()).collect();
    let late = egress.forward(0, &first[1], |_| true).unwrap();
    assert_eq!(late.sequence, out[0].sequence + 1);
    let unsent = layers[0].picture(false);
    egress.set_desired(Some(1));
    for packet in layers[1].picture(true) {
        assert!(egress.forward(1, &packet, |_| true).is_some());
    }
    assert!(egress.forward(0, &unsent[0], |_| true).is_none());
}

#[test]
fn a_lower_encoding_stands_in_while_the_wanted_one_is_not_sent() {
    let mut layers = [Sender::new(10, 1, 1), Sender::new(500, 50, 50)];
    let mut egress = Egress::new(77, None, 0);
    egress.set_desired(Some(1));
    for packet in layers[0].picture(true) {
        assert!(egress.forward(0, &packet, |e| e == 0).is_some());
    }
    for packet in layers[1].picture(true) {
        egress.forward(1, &packet, |_| true);
    }
    assert_eq!(egress.current(), Some(1));
    for packet in layers[0].picture(true) {
        assert!(egress.forward(0, &packet, |_| true).is_none(), "a live better encoding is kept");
    }
    for packet in layers[0].picture(true) {
        assert!(egress.forward(0, &packet, |e| e == 0).is_some(), "a dead one is left");
    }
}

#[test]
fn what_was_sent_is_retransmitted_in_its_own_stream() {
    let mut layer = Sender::new(10, 1, 1);
    let mut egress = Egress::new(77, Some(78), 40_000);
    egress.set_desired(Some(0));
    let sent: Vec<Packet> =
        layer.picture(true).iter().filter_map(|p| egress.forward(0, p, |_| true)).collect();
    let again = egress.retransmit(sent[1].sequence).unwrap();
    assert_eq!((again.ssrc, again.payload_type), (78, 96));
    assert_eq!(again.payload[..2], sent[1].sequence.to_be_bytes());
    assert_eq!(again.payload[2..], sent[1].payload);
    assert_eq!(again.sequence, 40_000 & 0x7fff);
    assert_eq!(egress.retransmit(sent[2].sequence).unwrap().sequence, again.sequence + 1);
    assert_eq!(egress.retransmit(sent[0].sequence.wrapping_sub(1)), None);
}
