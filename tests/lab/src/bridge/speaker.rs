//! Who is speaking: a smoothed choice from the audio levels in the packets (RFC 6464).

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Louder than this counts as speech, in -dBov.
const SPEECH: u8 = 60;
/// Over this time packets are counted.
const WINDOW: Duration = Duration::from_millis(600);
/// A newcomer must have this many loud packets in the window,
const TAKES: usize = 10;
/// and the one before fewer than this.
const KEEPS: usize = 8;
/// So many are named as previous speakers.
const REMEMBERED: usize = 10;

/// The speakers of a conference.
#[derive(Default)]
pub(crate) struct Speakers {
    loud: BTreeMap<String, VecDeque<Instant>>,
    /// The dominant one first.
    order: VecDeque<String>,
}

impl Speakers {
    /// A packet with this level came; true if somebody else is dominant now.
    pub(crate) fn heard(&mut self, now: Instant, endpoint: &str, level: u8) -> bool {
        let loud = self.loud.entry(endpoint.to_owned()).or_default();
        if level < SPEECH {
            loud.push_back(now);
        }
        for times in self.loud.values_mut() {
            while times.front().is_some_and(|at| now.saturating_duration_since(*at) > WINDOW) {
                times.pop_front();
            }
        }
        let count = |id: &str| self.loud.get(id).map_or(0, VecDeque::len);
        let takes = count(endpoint) >= TAKES;
        let free = self.order.front().is_none_or(|id| id != endpoint && count(id) < KEEPS);
        if !takes || !free {
            return false;
        }
        self.order.retain(|id| id != endpoint);
        self.order.push_front(endpoint.to_owned());
        self.order.truncate(REMEMBERED + 1);
        true
    }

    /// Somebody left; true if it was the dominant one.
    pub(crate) fn forget(&mut self, endpoint: &str) -> bool {
        let dominant = self.order.front().is_some_and(|id| id == endpoint);
        self.loud.remove(endpoint);
        self.order.retain(|id| id != endpoint);
        dominant
    }

    /// The dominant speaker, then those before, latest first.
    pub(crate) fn order(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    /// The dominant speaker.
    pub(crate) fn dominant(&self) -> Option<&str> {
        self.order.front().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_passes_when_one_falls_silent_and_another_speaks() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        let mut changes = Vec::new();
        for n in 0..150 {
            let now = start + Duration::from_millis(20 * n);
            let (ada, ben) = if n < 60 { (20, 127) } else { (127, 25) };
            for (who, level) in [("ada", ada), ("ben", ben)] {
                if speakers.heard(now, who, level) {
                    changes.push((who, n));
                }
            }
        }
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert_eq!(changes[0], ("ada", 9));
        assert_eq!(changes[1].0, "ben");
        assert_eq!(speakers.order().collect::<Vec<_>>(), ["ben", "ada"]);
        assert!(speakers.forget("ben"));
        assert_eq!(speakers.dominant(), Some("ada"));
    }

    #[test]
    fn a_cough_does_not_take_the_floor() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        let cough = (0..5).any(|n| speakers.heard(start + Duration::from_millis(20 * n), "cleo", 10));
        assert!(!cough);
        assert_eq!(speakers.dominant(), None);
    }
}
