//! The packets of one speaker that are waiting to be decoded, in the order of their sequence numbers.

use super::Samples;

/// The largest payload taken from the network.
pub const MAX_PAYLOAD: usize = 1500;
/// How many packets may wait: two seconds of the usual 20 ms.
const SLOTS: u8 = 100;

/// What is known about a waiting packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Queued {
    /// Unwrapped sequence number.
    pub(super) sequence: i64,
    /// Unwrapped timestamp of the first sample.
    pub(super) timestamp: Samples,
    /// Samples it decodes to.
    pub(super) duration: Samples,
    slot: u8,
    len: u16,
}

/// What became of an inserted packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inserted {
    Stored,
    Duplicate,
    /// Stored, and the oldest one thrown away to make room.
    Overflowed,
}

/// A sorted queue with a fixed number of slots.
///
/// Free slots are reused last in, first out and the memory comes zeroed from the system, so that a speaker with a short
/// queue only ever touches the few pages it needs.
pub(super) struct PacketBuffer {
    queue: Vec<Queued>,
    free: Vec<u8>,
    bytes: Box<[u8]>,
}

impl PacketBuffer {
    pub(super) fn new() -> Self {
        Self {
            queue: Vec::with_capacity(usize::from(SLOTS)),
            free: (0..SLOTS).rev().collect(),
            bytes: vec![0; usize::from(SLOTS) * MAX_PAYLOAD].into_boxed_slice(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn first(&self) -> Option<Queued> {
        self.queue.first().copied()
    }

    pub(super) fn payload(&self, packet: &Queued) -> &[u8] {
        let start = usize::from(packet.slot) * MAX_PAYLOAD;
        &self.bytes[start..start + usize::from(packet.len)]
    }

    /// Stores a packet of at most [`MAX_PAYLOAD`] bytes; longer ones are cut, callers have checked.
    pub(super) fn insert(
        &mut self,
        sequence: i64,
        timestamp: Samples,
        duration: Samples,
        payload: &[u8],
    ) -> Inserted {
        let place = self.queue.iter().rposition(|q| q.sequence <= sequence);
        if place.is_some_and(|i| self.queue[i].sequence == sequence) {
            return Inserted::Duplicate;
        }
        let mut place = place.map_or(0, |i| i + 1);
        let mut outcome = Inserted::Stored;
        if self.free.is_empty() {
            outcome = Inserted::Overflowed;
            if place == 0 {
                return outcome;
            }
            self.pop();
            place -= 1;
        }
        let Some(slot) = self.free.pop() else { return Inserted::Overflowed };
        let len = payload.len().min(MAX_PAYLOAD);
        let start = usize::from(slot) * MAX_PAYLOAD;
        self.bytes[start..start + len].copy_from_slice(&payload[..len]);
        self.queue.insert(place, Queued { sequence, timestamp, duration, slot, len: len as u16 });
        outcome
    }

    /// Forgets the first packet.
    pub(super) fn pop(&mut self) {
        if !self.queue.is_empty() {
            let first = self.queue.remove(0);
            self.free.push(first.slot);
        }
    }

    pub(super) fn clear(&mut self) {
        while !self.is_empty() {
            self.pop();
        }
    }
}

/// Whether an Opus packet carries a second, coarser copy of the packet before it: the LBRR flag of RFC 6716 §4.2.4.
pub(super) fn carries_previous(payload: &[u8]) -> bool {
    let [toc, first, ..] = payload else { return false };
    let config = toc >> 3;
    // CELT has no redundancy; with more than two frames in a packet the first frame starts further back, which no
    // Jitsi client sends.
    if config >= 16 || toc & 0b11 > 1 {
        return false;
    }
    let frames_of_20_ms = match config {
        0..=11 => [1, 1, 2, 3][usize::from(config & 0b11)],
        _ => 1,
    };
    let stereo = toc & 0b100 != 0;
    let mid = first >> (7 - frames_of_20_ms) & 1;
    let side = if stereo { first >> (6 - 2 * frames_of_20_ms) & 1 } else { 0 };
    mid | side == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequences(buffer: &PacketBuffer) -> Vec<i64> {
        buffer.queue.iter().map(|q| q.sequence).collect()
    }

    #[test]
    fn packets_are_sorted_and_duplicates_refused() {
        let mut buffer = PacketBuffer::new();
        for sequence in [5, 3, 4, 9, 7] {
            assert_eq!(buffer.insert(sequence, sequence * 960, 960, &[sequence as u8]), Inserted::Stored);
        }
        assert_eq!(buffer.insert(4, 0, 960, &[0]), Inserted::Duplicate);
        assert_eq!(sequences(&buffer), [3, 4, 5, 7, 9]);
        let first = buffer.first().unwrap();
        assert_eq!(buffer.payload(&first), [3]);
        buffer.pop();
        let first = buffer.first().unwrap();
        assert_eq!(buffer.payload(&first), [4]);
    }

    #[test]
    fn a_full_buffer_loses_its_oldest() {
        let mut buffer = PacketBuffer::new();
        for sequence in 10..10 + i64::from(SLOTS) {
            assert_eq!(buffer.insert(sequence, 0, 960, &[1, 2]), Inserted::Stored);
        }
        assert_eq!(buffer.insert(9, 0, 960, &[3]), Inserted::Overflowed);
        assert_eq!(buffer.first().unwrap().sequence, 10);
        assert_eq!(buffer.insert(110, 0, 960, &[3]), Inserted::Overflowed);
        assert_eq!(buffer.first().unwrap().sequence, 11);
        assert_eq!(buffer.queue.len(), usize::from(SLOTS));
        buffer.clear();
        assert_eq!(buffer.free.len(), usize::from(SLOTS));
    }

    #[test]
    fn redundancy_is_seen_where_the_encoder_put_it() {
        // A buzz loud enough to count as speech; the encoder adds redundancy only when it expects loss.
        let buzz: Vec<f32> = (0..48_000)
            .map(|i| (1..10).map(|h| (i as f32 * 0.017 * h as f32).sin() / h as f32).sum::<f32>() * 0.2)
            .collect();
        for channels in [opus::Channels::Mono, opus::Channels::Stereo] {
            for (loss, frame) in [(0, 960), (25, 960), (25, 480), (25, 1920), (25, 2880)] {
                let mut encoder = opus::Encoder::new(48_000, channels, opus::Application::Voip).unwrap();
                encoder.set_inband_fec(true).unwrap();
                encoder.set_packet_loss_perc(loss).unwrap();
                encoder.set_bitrate(opus::Bitrate::Bits(24_000)).unwrap();
                let mut bytes = [0; MAX_PAYLOAD];
                let mut carrying = 0;
                for chunk in buzz.chunks_exact(frame) {
                    let samples: Vec<f32> =
                        chunk.iter().flat_map(|s| std::iter::repeat_n(*s, channels as usize)).collect();
                    let len = encoder.encode_float(&samples, &mut bytes).unwrap();
                    carrying += usize::from(carries_previous(&bytes[..len]));
                }
                let packets = buzz.len() / frame;
                let wanted = if loss == 0 { 0..=0 } else { packets / 5..=packets };
                assert!(
                    wanted.contains(&carrying),
                    "{carrying} of {packets}, {channels:?}, {loss} %, {frame}"
                );
            }
        }
        assert!(!carries_previous(&[]));
        assert!(!carries_previous(&[0x48]));
        assert!(!carries_previous(&[0xf8, 0xff]), "CELT");
    }
}
