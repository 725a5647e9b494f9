//! When pictures are taken: in even slots counted from the start, so that timestamps do not drift or jitter.

use std::time::Duration;

/// Pictures a second, given the plan's limit (0 for none) and the source's.
pub(super) fn framerate(plan: u8, source: u8) -> u8 {
    let source = source.max(1);
    if plan == 0 { source } else { plan.min(source) }
}

/// The time of the next picture: the slot after `last`, or the newest that has begun by `now` if some were
/// missed.
pub(super) fn next_slot(last: Option<Duration>, now: Duration, fps: u8) -> Duration {
    let fps = u128::from(fps.max(1));
    let begun = now.as_nanos() * fps / 1_000_000_000;
    let after_last = last.map_or(0, |last| last.as_nanos() * fps / 1_000_000_000 + 1);
    let mut slot = begun.max(after_last);
    // Slot times are cut to nanoseconds, so that the division above may find the slot of `last` itself.
    while last.is_some_and(|last| slot_time(slot, fps) <= last) {
        slot += 1;
    }
    slot_time(slot, fps)
}

fn slot_time(slot: u128, fps: u128) -> Duration {
    Duration::from_nanos(u64::try_from(slot * 1_000_000_000 / fps).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn slots_follow_each_other_without_drift() {
        let mut at = next_slot(None, Duration::ZERO, 30);
        assert_eq!(at, Duration::ZERO);
        for n in 1..=3000 {
            at = next_slot(Some(at), at + 5 * MS, 30);
            assert_eq!(at, Duration::from_secs(1) * n / 30);
        }
        assert_eq!(at, Duration::from_secs(100));
    }

    #[test]
    fn missed_slots_are_left_out() {
        let at = next_slot(Some(Duration::ZERO), 250 * MS, 20);
        assert_eq!(at, 250 * MS);
        assert_eq!(next_slot(Some(at), 251 * MS, 20), 300 * MS);
    }

    #[test]
    fn time_goes_on_when_the_rate_changes() {
        let at = next_slot(Some(100 * MS), 101 * MS, 15);
        assert!(at > 100 * MS && at <= 200 * MS, "{at:?}");
        assert!(next_slot(Some(at), at, 30) > at);
    }

    #[test]
    fn the_lower_rate_wins() {
        assert_eq!(framerate(15, 30), 15);
        assert_eq!(framerate(60, 30), 30);
        assert_eq!(framerate(0, 25), 25);
        assert_eq!(framerate(0, 0), 1);
    }
}
