//! Counts freezes the way WebRTC's statistics do (webrtc-stats, `freezeCount`): a picture stands longer than three
//! times the usual interval, or 150 ms longer than it, whichever is more.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Intervals the average is taken over.
const WINDOW: usize = 30;
const MARGIN: Duration = Duration::from_millis(150);
/// A longer gap is a pause: a muted camera or a hidden tile.
const PAUSE: Duration = Duration::from_secs(5);

/// Watches when pictures come.
#[derive(Clone, Debug, Default)]
pub(super) struct FreezeMeter {
    last: Option<Instant>,
    intervals: VecDeque<Duration>,
    pub(super) freezes: u64,
    pub(super) frozen: Duration,
}

impl FreezeMeter {
    /// A picture was delivered.
    pub(super) fn frame(&mut self, now: Instant) {
        let Some(last) = self.last.replace(now) else { return };
        let interval = now.saturating_duration_since(last);
        if interval > PAUSE {
            self.intervals.clear();
            return;
        }
        if !self.intervals.is_empty() {
            let average = self.intervals.iter().sum::<Duration>() / self.intervals.len() as u32;
            if interval > (average * 3).max(average + MARGIN) {
                self.freezes += 1;
                self.frozen += interval;
            }
        }
        if self.intervals.len() == WINDOW {
            self.intervals.pop_front();
        }
        self.intervals.push_back(interval);
    }

    /// The next interval is no freeze: nobody was looking.
    pub(super) fn pause(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_intervals_count() {
        let start = Instant::now();
        let mut meter = FreezeMeter::default();
        let mut at = 0;
        for interval in [0, 33, 33, 33, 180, 33, 33, 33, 250, 33, 6000, 33] {
            at += interval;
            meter.frame(start + Duration::from_millis(at));
        }
        assert_eq!((meter.freezes, meter.frozen), (1, Duration::from_millis(250)));
        meter.pause();
        meter.frame(start + Duration::from_millis(at + 900));
        assert_eq!(meter.freezes, 1);
    }
}
