//! Which packets of one received stream to ask for again (RFC 4585 §6.2.1).
//!
//! In: sequence numbers as they arrive, the round-trip time. Out: numbers that are due to be asked for. The family's
//! own generator repeats at a fixed interval whatever the path; this one waits for reordering once and for the round
//! trip each time, longer after each try.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rtc_rtcp::transport_feedbacks::transport_layer_nack::NackPair;

use crate::rtp::SequenceUnwrapper;

/// A packet overtaken by others may still be under way.
const REORDERING: Duration = Duration::from_millis(8);
/// Added to the round trip before asking again.
const PATIENCE: Duration = Duration::from_millis(15);
/// Where no round trip has been measured.
const UNKNOWN_ROUND_TRIP: Duration = Duration::from_millis(100);
const MAX_TRIES: u8 = 10;
/// Older packets help nobody: a key frame has come long since.
const MAX_AGE: Duration = Duration::from_secs(1);
/// More missing at once is no loss but another stream, or an outage only a key frame repairs.
const MAX_MISSING: usize = 256;

#[derive(Clone, Copy, Debug)]
struct Missing {
    since: Instant,
    due: Instant,
    tries: u8,
}

/// The gaps of one stream.
#[derive(Debug, Default)]
pub(super) struct NackTracker {
    sequences: SequenceUnwrapper,
    missing: BTreeMap<i64, Missing>,
}

impl NackTracker {
    /// Takes note of a packet: received, recovered or padding.
    pub(super) fn arrived(&mut self, now: Instant, sequence: u16) {
        let highest = self.sequences.highest();
        let sequence = self.sequences.unwrap(sequence);
        let Some(highest) = highest else { return };
        if sequence <= highest {
            self.missing.remove(&sequence);
            return;
        }
        if usize::try_from(sequence - highest).is_ok_and(|gap| gap + self.missing.len() > MAX_MISSING) {
            self.missing.clear();
            return;
        }
        let missing = Missing { since: now, due: now + REORDERING, tries: 0 };
        self.missing.extend((highest + 1..sequence).map(|number| (number, missing)));
    }

    /// The numbers to ask for now, in order.
    pub(super) fn due(&mut self, now: Instant, round_trip: Option<Duration>) -> Vec<u16> {
        self.missing.retain(|_, missing| {
            missing.tries < MAX_TRIES && now.saturating_duration_since(missing.since) < MAX_AGE
        });
        let pause = round_trip.unwrap_or(UNKNOWN_ROUND_TRIP) + PATIENCE;
        let due = self.missing.iter_mut().filter(|(_, missing)| missing.due <= now);
        due.map(|(number, missing)| {
            missing.due = now + pause * (1 << missing.tries.min(2));
            missing.tries += 1;
            // Truncation is the point: only the low 16 bits are on the wire.
            *number as u16
        })
        .collect()
    }

    /// When the next number is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.missing.values().map(|missing| missing.due).min()
    }
}

/// Packs numbers in order into pairs of a first number and a map of the 16 after it.
pub(super) fn pairs(numbers: &[u16]) -> Vec<NackPair> {
    let mut pairs: Vec<NackPair> = Vec::new();
    for &number in numbers {
        match pairs.last_mut().map(|pair| (number.wrapping_sub(pair.packet_id), pair)) {
            Some((0, _)) => {}
            Some((distance @ 1..=16, pair)) => pair.lost_packets |= 1 << (distance - 1),
            _ => pairs.push(NackPair::new(number)),
        }
    }
    pairs
}

/// The numbers meant by pairs.
pub(super) fn numbers(pairs: &[NackPair]) -> impl Iterator<Item = u16> {
    pairs.iter().flat_map(|pair| {
        let rest = (0..16).filter(|bit| pair.lost_packets & (1 << bit) != 0);
        std::iter::once(pair.packet_id).chain(rest.map(|bit| pair.packet_id.wrapping_add(bit + 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND_TRIP: Option<Duration> = Some(Duration::from_millis(40));

    fn at(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn a_gap_is_asked_for_after_reordering_and_again_after_each_round_trip() {
        let start = Instant::now();
        let mut tracker = NackTracker::default();
        for sequence in [65_534, 65_535, 2, 3] {
            tracker.arrived(start, sequence);
        }
        assert_eq!(tracker.deadline(), Some(at(start, 8)));
        assert!(tracker.due(at(start, 7), ROUND_TRIP).is_empty());
        assert_eq!(tracker.due(at(start, 8), ROUND_TRIP), [0, 1]);
        assert_eq!(tracker.deadline(), Some(at(start, 63)));
        tracker.arrived(at(start, 50), 0);
        assert_eq!(tracker.due(at(start, 63), ROUND_TRIP), [1]);
        tracker.arrived(at(start, 90), 1);
        assert_eq!(tracker.deadline(), None);
    }

    #[test]
    fn reordered_packets_are_not_asked_for() {
        let start = Instant::now();
        let mut tracker = NackTracker::default();
        for sequence in [10, 12, 11, 13] {
            tracker.arrived(start, sequence);
        }
        assert_eq!(tracker.deadline(), None);
    }

    #[test]
    fn nobody_is_asked_for_ever() {
        let start = Instant::now();
        let mut tracker = NackTracker::default();
        tracker.arrived(start, 1);
        tracker.arrived(start, 3);
        let mut asked = 0;
        for millis in 0..5000 {
            asked += tracker.due(at(start, millis), Some(Duration::from_millis(10))).len();
        }
        assert_eq!(asked, 10, "25, 50 and 100 ms apart");
        assert_eq!(tracker.deadline(), None);

        tracker.arrived(at(start, 5000), 5);
        let slow = Some(Duration::from_millis(600));
        let asked: usize = (5000..9000).map(|millis| tracker.due(at(start, millis), slow).len()).sum();
        assert_eq!(asked, 2, "after a second it is pointless");
    }

    #[test]
    fn a_jump_is_another_stream() {
        let start = Instant::now();
        let mut tracker = NackTracker::default();
        tracker.arrived(start, 1);
        tracker.arrived(start, 3);
        tracker.arrived(start, 9000);
        assert_eq!(tracker.deadline(), None);
        tracker.arrived(start, 9002);
        assert_eq!(tracker.due(at(start, 10), ROUND_TRIP), [9001]);
    }

    #[test]
    fn pairs_hold_what_was_put_in() {
        for missing in [vec![], vec![7], vec![1, 2, 17, 18], vec![65_530, 65_535, 0, 9, 10, 11]] {
            assert_eq!(numbers(&pairs(&missing)).collect::<Vec<_>>(), missing);
        }
        assert_eq!(pairs(&[1, 2, 17]).len(), 1);
        assert_eq!(pairs(&[1, 2, 18]).len(), 2);
        assert_eq!(pairs(&[65_535, 0, 1]).len(), 1);
    }
}
