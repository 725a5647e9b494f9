//! Which of a camera's pictures are encoded when fewer are wanted than it gives.

use std::time::Duration;

/// Lets through no more pictures a second than are wanted, as evenly as the camera's own rhythm allows.
#[derive(Debug, Default)]
pub(super) struct Pace {
    next: Option<Duration>,
}

impl Pace {
    /// Whether the picture taken at `at` is one of at most `fps` a second; 0 means all.
    pub(super) fn takes(&mut self, at: Duration, fps: u8) -> bool {
        let Some(gap) = Duration::from_secs(1).checked_div(fps.into()) else { return true };
        // A camera's pictures come a little early or late; that must not cost one.
        let early = gap / 4;
        let Some(next) = self.next else {
            self.next = Some(at + gap);
            return true;
        };
        if at + early < next {
            // A clock that jumped back starts anew.
            if next > at + gap * 2 {
                self.next = None;
            }
            return false;
        }
        self.next = Some(if at > next + gap { at } else { next } + gap);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a second of pictures, `camera` a second with this unevenness, how many are taken.
    fn taken(camera: u32, fps: u8, uneven_ms: u64) -> u32 {
        let mut pace = Pace::default();
        let at = |n: u32| {
            Duration::from_secs(1) * n / camera + Duration::from_millis(u64::from(n * 7 % 3) * uneven_ms)
        };
        (0..camera).map(|n| u32::from(pace.takes(at(n), fps))).sum()
    }

    #[test]
    fn no_more_than_wanted_and_no_fewer_than_there_are() {
        for (camera, fps, expected) in
            [(30, 30, 30), (30, 15, 15), (30, 10, 10), (24, 30, 24), (60, 30, 30), (30, 0, 30)]
        {
            for uneven in [0, 3] {
                assert_eq!(taken(camera, fps, uneven), expected, "{camera} to {fps}, {uneven} ms uneven");
            }
        }
    }

    #[test]
    fn after_a_pause_pictures_do_not_come_in_a_rush() {
        let mut pace = Pace::default();
        assert!(pace.takes(Duration::ZERO, 10));
        assert!(pace.takes(Duration::from_secs(5), 10));
        assert!(!pace.takes(Duration::from_millis(5033), 10));
        assert!(pace.takes(Duration::from_millis(5100), 10));
    }

    #[test]
    fn a_clock_that_jumps_back_stops_nothing_for_long() {
        let mut pace = Pace::default();
        assert!(pace.takes(Duration::from_secs(100), 30));
        assert!(!pace.takes(Duration::from_secs(1), 30));
        assert!(pace.takes(Duration::from_secs(1), 30));
    }
}
