//! Spreads the packets of a picture over time, so that a key frame does not fill the queues of the path at once.
//!
//! Only video waits here: speech is sent at once, and retransmissions are few and late already. The family's pacer
//! has one queue for all and runs at the bare estimate, so that a key frame would hold up speech for half a second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rtc_rtp::packet::Packet;

/// Against the estimate: a picture must be out before the next one, a key frame soon.
const HURRY: f64 = 2.5;
const MIN_RATE: f64 = 300_000.0;
/// Packets leave in groups of so much time, to wake less often.
const BURST: Duration = Duration::from_millis(5);
/// A queue longer than this in time is worth more haste: stale pictures help nobody.
const MAX_QUEUE: Duration = Duration::from_millis(400);
/// Header, extensions, SRTP, UDP and IP of each packet.
const OVERHEAD: usize = 70;

/// The waiting packets, each with the encoding it belongs to.
pub(super) struct Pacer {
    queue: VecDeque<(usize, Packet)>,
    queued_bytes: usize,
    estimate: f64,
    /// When what has been sent would have left at the pace.
    paid: Option<Instant>,
}

impl Pacer {
    pub(super) fn new(estimate: f64) -> Self {
        Self { queue: VecDeque::new(), queued_bytes: 0, estimate, paid: None }
    }

    pub(super) fn set_estimate(&mut self, estimate: f64) {
        self.estimate = estimate;
    }

    pub(super) fn push(&mut self, layer: usize, packet: Packet) {
        self.queued_bytes += packet.payload.len() + OVERHEAD;
        self.queue.push_back((layer, packet));
    }

    /// Throws away what waits for an encoding that is no longer sent.
    pub(super) fn forget(&mut self, layer: usize) {
        self.queue.retain(|(of, _)| *of != layer);
        self.queued_bytes = self.queue.iter().map(|(_, packet)| packet.payload.len() + OVERHEAD).sum();
    }

    /// The next packet whose time has come.
    pub(super) fn pop(&mut self, now: Instant) -> Option<(usize, Packet)> {
        if self.paid.is_some_and(|paid| paid > now) {
            return None;
        }
        let rate = self.rate();
        let (layer, packet) = self.queue.pop_front()?;
        let bytes = packet.payload.len() + OVERHEAD;
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        let paid = self.paid.map_or(earliest, |paid| paid.max(earliest));
        self.paid = Some(paid + Duration::from_secs_f64(bytes as f64 * 8.0 / rate));
        self.queued_bytes -= bytes;
        Some((layer, packet))
    }

    /// When the next packet may leave; now at the earliest.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.queue.front()?;
        Some(self.paid.filter(|paid| *paid > now).map_or(now, |paid| paid + BURST))
    }

    /// Bits per second.
    fn rate(&self) -> f64 {
        let drain = self.queued_bytes as f64 * 8.0 / MAX_QUEUE.as_secs_f64();
        (self.estimate * HURRY).max(MIN_RATE).max(drain)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn packet() -> Packet {
        Packet { payload: Bytes::from_static(&[0; 1180]), ..Packet::default() }
    }

    /// Runs until the queue is empty: how long it took and how often it woke.
    fn drain(pacer: &mut Pacer, start: Instant) -> (Duration, usize) {
        let (mut now, mut wakes) = (start, 0);
        while let Some(deadline) = pacer.deadline(now) {
            now = deadline;
            wakes += 1;
            while pacer.pop(now).is_some() {}
        }
        (now - start, wakes)
    }

    #[test]
    fn a_small_picture_leaves_at_once_and_a_large_one_is_spread() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000.0);
        pacer.push(0, packet());
        pacer.push(1, packet());
        assert_eq!(drain(&mut pacer, start), (Duration::ZERO, 1));

        for _ in 0..50 {
            pacer.push(2, packet());
        }
        let later = start + Duration::from_secs(1);
        let (took, wakes) = drain(&mut pacer, later);
        assert!((150..210).contains(&took.as_millis()), "{took:?}");
        assert!(wakes <= 35, "{wakes}");
    }

    #[test]
    fn a_long_queue_makes_haste() {
        let start = Instant::now();
        let mut pacer = Pacer::new(100_000.0);
        for _ in 0..500 {
            pacer.push(0, packet());
        }
        let (took, _) = drain(&mut pacer, start);
        assert!(took < Duration::from_secs(3), "{took:?}");
        assert_eq!(pacer.queued_bytes, 0);
    }

    #[test]
    fn order_is_kept() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1_000_000.0);
        for layer in 0..9 {
            pacer.push(layer, packet());
        }
        let mut order = Vec::new();
        let mut now = start;
        while let Some(deadline) = pacer.deadline(now) {
            now = deadline;
            order.extend(std::iter::from_fn(|| pacer.pop(now)).map(|(layer, _)| layer));
        }
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
