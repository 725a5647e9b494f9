//! Liveness of the signalling stream: pings after silence, and the verdict that it is dead (XEP-0199).
//!
//! Inputs, from `Conference`: something was received; a ping was answered or timed out. Own timer: silence.

use std::time::{Duration, Instant};

/// After so long without a word nothing needs to be tried: the device slept.
const SLEPT: Duration = Duration::from_secs(60);

/// What is to be done when the timer fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not yet time.
    Wait,
    /// Send a ping and report what comes of it.
    Ping,
    /// The stream is dead.
    Dead,
}

/// The watch over one stream.
#[derive(Clone, Debug)]
pub(crate) struct KeepAlive {
    interval: Duration,
    timeout: Duration,
    threshold: u32,
    last_received: Instant,
    /// Something came since the last ping went out.
    heard: bool,
    /// When to ping next; `None` while an answer is awaited.
    next: Option<Instant>,
    failures: u32,
}

impl KeepAlive {
    pub(crate) fn new(now: Instant, interval: Duration, timeout: Duration, threshold: u32) -> Self {
        let interval = interval.max(Duration::from_secs(1));
        let timeout = timeout.max(Duration::from_secs(1));
        let next = Some(now + interval);
        Self {
            interval,
            timeout,
            threshold: threshold.max(1),
            last_received: now,
            heard: true,
            next,
            failures: 0,
        }
    }

    /// How long an answer to a ping may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn received(&mut self, now: Instant) {
        self.last_received = now;
        self.heard = true;
        self.failures = 0;
        if self.next.is_some() {
            self.next = Some(now + self.interval);
        }
    }

    /// The ping was answered, by whatever.
    pub(crate) fn answered(&mut self, now: Instant) {
        self.failures = 0;
        self.next = Some(now + self.interval);
    }

    /// The ping was not answered in time. Anything else received meanwhile counts as life.
    pub(crate) fn missed(&mut self, now: Instant) -> Verdict {
        if self.heard {
            self.answered(now);
            return Verdict::Wait;
        }
        self.failures += 1;
        if self.failures >= self.threshold {
            return Verdict::Dead;
        }
        self.next = Some(now);
        Verdict::Wait
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.next
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Verdict {
        let patience = (self.interval + self.timeout * (self.threshold + 1)).max(SLEPT);
        if now.duration_since(self.last_received) > patience {
            return Verdict::Dead;
        }
        match self.next {
            Some(next) if next <= now => {
                self.next = None;
                self.heard = false;
                Verdict::Ping
            }
            _ => Verdict::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn watch(start: Instant) -> KeepAlive {
        KeepAlive::new(start, 10 * SECOND, 5 * SECOND, 2)
    }

    #[test]
    fn traffic_makes_pings_needless() {
        let start = Instant::now();
        let mut watch = watch(start);
        watch.received(start + 9 * SECOND);
        assert_eq!(watch.handle_timeout(start + 10 * SECOND), Verdict::Wait);
        assert_eq!(watch.poll_timeout(), Some(start + 19 * SECOND));
        assert_eq!(watch.handle_timeout(start + 19 * SECOND), Verdict::Ping);
        assert_eq!(watch.poll_timeout(), None);
    }

    #[test]
    fn two_pings_in_a_row_unanswered_mean_death() {
        let start = Instant::now();
        let mut watch = watch(start);
        assert_eq!(watch.handle_timeout(start + 10 * SECOND), Verdict::Ping);
        assert_eq!(watch.missed(start + 15 * SECOND), Verdict::Wait);
        assert_eq!(watch.handle_timeout(start + 15 * SECOND), Verdict::Ping);
        assert_eq!(watch.missed(start + 20 * SECOND), Verdict::Dead);
    }

    #[test]
    fn a_word_in_between_means_life() {
        let start = Instant::now();
        let mut watch = watch(start);
        watch.handle_timeout(start + 10 * SECOND);
        watch.missed(start + 15 * SECOND);
        watch.handle_timeout(start + 15 * SECOND);
        watch.received(start + 18 * SECOND);
        assert_eq!(watch.missed(start + 20 * SECOND), Verdict::Wait);
        assert_eq!(watch.poll_timeout(), Some(start + 30 * SECOND));
    }

    #[test]
    fn after_a_long_sleep_nothing_needs_to_be_tried() {
        let start = Instant::now();
        assert_eq!(watch(start).handle_timeout(start + 61 * SECOND), Verdict::Dead);
    }
}
