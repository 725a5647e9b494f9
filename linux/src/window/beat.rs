//! When new pictures are drawn: at once after a rest, otherwise those of one display's frame together. Each source sends at
//! moments of its own, and without a GPU a redraw costs nearly as much for one new picture as for nine.
//!
//! In: that pictures wait, and the time. Out: how long they wait still.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// The usual display's.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// The window's rhythm.
#[derive(Default)]
pub(super) struct Beat {
    /// When it drew last, or will next.
    drawn: Cell<Option<Instant>>,
}

impl Beat {
    /// How long from `now` until pictures that have just come are to be drawn.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let free = self.drawn.get().map_or(now, |drawn| now.max(drawn + FRAME));
        self.drawn.set(Some(free));
        free - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bens_first_picture_is_drawn_at_once_and_cleos_a_moment_later_in_the_next_frame() {
        let (beat, start) = (Beat::default(), Instant::now());
        assert_eq!(beat.wait(start), Duration::ZERO);
        let cleo = Duration::from_millis(3);
        assert_eq!(beat.wait(start + cleo), FRAME - cleo);
        assert_eq!(beat.wait(start + FRAME), FRAME, "the frame after that");
    }

    #[test]
    fn after_a_rest_nothing_waits() {
        let (beat, start) = (Beat::default(), Instant::now());
        beat.wait(start);
        assert_eq!(beat.wait(start + 2 * FRAME), Duration::ZERO);
    }
}
