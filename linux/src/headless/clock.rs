//! A steady beat for devices that have no clock of their own.

use std::thread;
use std::time::{Duration, Instant};

/// The length of an audio block.
const BLOCK: Duration = Duration::from_millis(10);
/// After a longer pause (a suspended machine) the beat starts anew instead of catching up.
const TOO_LATE: Duration = Duration::from_millis(500);

/// Ticks each 10 ms, without drift.
pub(super) struct Beat {
    next: Instant,
}

impl Beat {
    pub(super) fn new() -> Self {
        Self { next: Instant::now() }
    }

    /// Sleeps until the next tick.
    pub(super) fn wait(&mut self) {
        self.next += BLOCK;
        let now = Instant::now();
        match self.next.checked_duration_since(now) {
            Some(rest) => thread::sleep(rest),
            None if now.duration_since(self.next) > TOO_LATE => self.next = now,
            None => {}
        }
    }
}
