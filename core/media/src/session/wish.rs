//! When the bridge's requests for key frames are told: at once, and then no more often than the bridge itself counts them.

use std::time::{Duration, Instant};

/// The bridge takes requests for key frames this close together for one (its own grouping).
const GROUP: Duration = Duration::from_millis(300);

/// The requests for one source of ours.
#[derive(Debug, Default)]
pub(super) struct KeyframeWish {
    told: Option<Instant>,
    due: Option<Instant>,
}

impl KeyframeWish {
    /// A request came.
    pub(super) fn asked(&mut self, now: Instant) {
        let polite = self.told.map_or(now, |told| (told + GROUP).max(now));
        self.due.get_or_insert(polite);
    }

    /// When it may be told.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// True once when it is to be told.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.due.take_if(|due| *due <= now).is_some();
        if due {
            self.told = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_close_together_are_one_and_a_later_one_waits_its_turn() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut wish = KeyframeWish::default();
        assert!(!wish.is_due(start), "nobody asked");
        wish.asked(start);
        wish.asked(start);
        assert!(wish.is_due(start));
        assert!(!wish.is_due(start));
        wish.asked(at(100));
        assert_eq!(wish.deadline(), Some(at(300)));
        assert!(!wish.is_due(at(299)));
        assert!(wish.is_due(at(300)));
    }
}
