//! How long to wait before the next try: jittered for the signalling socket, doubling for everything else.

use std::time::{Duration, Instant};

use crate::random::Random;

/// The longest wait before the signalling socket is tried again.
const MAX_RECONNECT: Duration = Duration::from_secs(30);

/// The wait before reconnection number `attempt` (from 1): somewhere between 1.5·n and 3^n seconds, capped.
pub(crate) fn reconnect_delay(attempt: u32, random: &mut Random) -> Duration {
    let low = Duration::from_millis(1500) * attempt.clamp(1, 20);
    let high = Duration::from_secs(3u64.saturating_pow(attempt.clamp(1, 10)));
    random.between(low, high).min(MAX_RECONNECT)
}

/// A wait that doubles from one second up to a cap.
#[derive(Clone, Debug)]
pub(crate) struct Doubling {
    next: Duration,
    cap: Duration,
    until: Option<Instant>,
    tries: u32,
}

impl Doubling {
    pub(crate) fn new(cap: Duration) -> Self {
        Self { next: Duration::from_secs(1), cap, until: None, tries: 0 }
    }

    /// Starts waiting, longer than the last time.
    pub(crate) fn wait(&mut self, now: Instant) {
        self.until = Some(now + self.next);
        self.next = (self.next * 2).min(self.cap);
        self.tries += 1;
    }

    /// How often it was waited since the last success.
    pub(crate) fn tries(&self) -> u32 {
        self.tries
    }

    /// Begins anew after a success.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.cap);
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.until
    }

    /// True once, when the wait is over.
    pub(crate) fn is_over(&mut self, now: Instant) -> bool {
        self.until.take_if(|until| *until <= now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_below_their_cap() {
        let mut random = Random::new(5);
        let first = reconnect_delay(1, &mut random);
        assert!((1500..3000).contains(&first.as_millis()), "{first:?}");
        for attempt in 1..100 {
            assert!(reconnect_delay(attempt, &mut random) <= MAX_RECONNECT);
        }
    }

    #[test]
    fn doubling() {
        let start = Instant::now();
        let mut backoff = Doubling::new(Duration::from_secs(4));
        let waits: Vec<u64> = (0..4)
            .map(|_| {
                backoff.wait(start);
                (backoff.poll_timeout().unwrap() - start).as_secs()
            })
            .collect();
        assert_eq!(waits, [1, 2, 4, 4]);
        assert!(!backoff.is_over(start));
        assert!(backoff.is_over(start + Duration::from_secs(4)));
        assert!(!backoff.is_over(start + Duration::from_secs(9)));
        backoff.reset();
        assert_eq!(backoff.tries(), 0);
    }
}
