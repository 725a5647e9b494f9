//! Bits per second over the last second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);
/// Entries are gathered in slots of this length, so that there are never many.
const SLOT: Duration = Duration::from_millis(50);

/// Counts bytes.
#[derive(Debug, Default)]
pub(super) struct RateMeter {
    slots: VecDeque<(Instant, u64)>,
}

impl RateMeter {
    pub(super) fn add(&mut self, now: Instant, bytes: usize) {
        match self.slots.back_mut() {
            Some((since, sum)) if now.saturating_duration_since(*since) < SLOT => *sum += bytes as u64,
            _ => self.slots.push_back((now, bytes as u64)),
        }
        self.forget(now);
    }

    pub(super) fn bits_per_second(&mut self, now: Instant) -> u64 {
        self.forget(now);
        self.slots.iter().map(|(_, bytes)| bytes * 8).sum()
    }

    fn forget(&mut self, now: Instant) {
        while self.slots.front().is_some_and(|(since, _)| now.saturating_duration_since(*since) >= WINDOW) {
            self.slots.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_second_counts() {
        let start = Instant::now();
        let mut meter = RateMeter::default();
        for index in 0..300 {
            meter.add(start + Duration::from_millis(index * 10), 125);
        }
        let rate = meter.bits_per_second(start + Duration::from_secs(3));
        assert!((95_000..=100_000).contains(&rate), "{rate}");
        assert!(meter.slots.len() <= 21);
        assert_eq!(meter.bits_per_second(start + Duration::from_secs(5)), 0);
    }
}
