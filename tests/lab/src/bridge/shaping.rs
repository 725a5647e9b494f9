//! A bad network on command: loss, delay and reordering of media datagrams, the same for the same seed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::random::Random;

/// Which way media is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the bridge to the endpoint.
    ToEndpoint,
    /// From the endpoint to the bridge.
    FromEndpoint,
}

/// How media is disturbed. Connectivity checks, DTLS and the data channel are left alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shaping {
    /// Datagrams lost, 0 to 100.
    pub loss_percent: f64,
    /// Every datagram arrives this much later.
    pub delay: Duration,
    /// Datagrams that arrive later still, 0 to 100, and thereby after their successors.
    pub reorder_percent: f64,
    /// How much later those arrive.
    pub reorder_delay: Duration,
    /// The source of its decisions.
    pub seed: u64,
}

impl Shaping {
    /// Loses this share of the datagrams.
    pub fn loss(percent: f64) -> Self {
        Self { loss_percent: percent, seed: 1, ..Self::default() }
    }
}

/// One direction of one endpoint.
pub(crate) struct Shaper<T> {
    shaping: Shaping,
    random: Random,
    held: BTreeMap<(Instant, u64), T>,
    counter: u64,
    /// Datagrams thrown away so far.
    pub(crate) lost: u64,
}

impl<T> Shaper<T> {
    pub(crate) fn new(shaping: Shaping) -> Self {
        Self { shaping, random: Random::new(shaping.seed), held: BTreeMap::new(), counter: 0, lost: 0 }
    }

    /// A datagram comes; it may come out of [`Self::poll`] later.
    pub(crate) fn push(&mut self, now: Instant, datagram: T) {
        if self.random.unit() * 100.0 < self.shaping.loss_percent {
            self.lost += 1;
            return;
        }
        let mut at = now + self.shaping.delay;
        if self.random.unit() * 100.0 < self.shaping.reorder_percent {
            at += self.shaping.reorder_delay;
        }
        self.counter += 1;
        self.held.insert((at, self.counter), datagram);
    }

    /// The next datagram that has arrived by now.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<T> {
        let (key, _) = self.held.first_key_value().filter(|((at, _), _)| *at <= now)?;
        let key = *key;
        self.held.remove(&key)
    }

    /// When the next one arrives.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.held.first_key_value().map(|((at, _), _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_repeat_and_have_the_right_share() {
        let start = Instant::now();
        let survivors = || {
            let mut shaper = Shaper::new(Shaping::loss(20.0));
            (0..1000).for_each(|n| shaper.push(start, n));
            std::iter::from_fn(|| shaper.poll(start)).collect::<Vec<i32>>()
        };
        let first = survivors();
        assert_eq!(first, survivors());
        assert!((750..850).contains(&first.len()), "{}", first.len());
    }

    #[test]
    fn delayed_datagrams_wait_and_reordered_ones_come_last() {
        let start = Instant::now();
        let mut shaper = Shaper::new(Shaping {
            delay: Duration::from_millis(10),
            reorder_percent: 30.0,
            reorder_delay: Duration::from_millis(5),
            seed: 3,
            ..Shaping::default()
        });
        (0..20).for_each(|n| shaper.push(start, n));
        assert_eq!(shaper.poll(start), None);
        assert_eq!(shaper.poll_timeout(), Some(start + Duration::from_millis(10)));
        let later = start + Duration::from_millis(20);
        let all: Vec<i32> = std::iter::from_fn(|| shaper.poll(later)).collect();
        assert_eq!(all.len(), 20);
        assert!(all.windows(2).any(|w| w[0] > w[1]), "nothing was reordered: {all:?}");
    }
}
