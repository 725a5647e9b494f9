//! Sequence numbers and timestamps without their wrap-around, and the 90 kHz video clock.
//!
//! In: counters as on the wire. Out: numbers that only grow with time, by taking each as the value nearest to the
//! highest seen so far.

use std::time::Duration;

/// Ticks a second of every video codec's RTP clock.
pub const VIDEO_CLOCK_RATE: u32 = 90_000;

/// Unwraps 16-bit sequence numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SequenceUnwrapper {
    highest: Option<i64>,
}

impl SequenceUnwrapper {
    /// The unwrapped number; the first one given comes back unchanged.
    pub fn unwrap(&mut self, sequence: u16) -> i64 {
        let unwrapped = self.peek(sequence);
        self.highest = Some(self.highest.map_or(unwrapped, |highest| highest.max(unwrapped)));
        unwrapped
    }

    /// The same without remembering it.
    pub fn peek(&self, sequence: u16) -> i64 {
        match self.highest {
            // Truncation is the point: only the low 16 bits are on the wire.
            Some(highest) => highest + i64::from(sequence.wrapping_sub(highest as u16) as i16),
            None => i64::from(sequence),
        }
    }

    /// The highest number so far.
    pub fn highest(&self) -> Option<i64> {
        self.highest
    }
}

/// Unwraps 32-bit RTP timestamps.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimestampUnwrapper {
    highest: Option<i64>,
}

impl TimestampUnwrapper {
    /// The unwrapped timestamp; the first one given comes back unchanged.
    pub fn unwrap(&mut self, timestamp: u32) -> i64 {
        let unwrapped = match self.highest {
            // Truncation is the point: only the low 32 bits are on the wire.
            Some(highest) => highest + i64::from(timestamp.wrapping_sub(highest as u32) as i32),
            None => i64::from(timestamp),
        };
        self.highest = Some(self.highest.map_or(unwrapped, |highest| highest.max(unwrapped)));
        unwrapped
    }
}

/// An unwrapped video timestamp as a time on the sender's clock.
pub fn video_time(unwrapped: i64) -> Duration {
    let ticks = unwrapped.max(0).unsigned_abs();
    let rate = u64::from(VIDEO_CLOCK_RATE);
    Duration::from_secs(ticks / rate) + Duration::from_nanos(ticks % rate * 1_000_000_000 / rate)
}

/// The RTP timestamp of a picture taken at `at`, when the stream's timestamps start at `base`.
///
/// All layers of a source share one base: the bridge compares their timestamps.
pub fn video_timestamp(base: u32, at: Duration) -> u32 {
    let ticks = (at.as_nanos() * u128::from(VIDEO_CLOCK_RATE) + 500_000_000) / 1_000_000_000;
    // Truncation is the wrap-around of the wire format.
    base.wrapping_add(ticks as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_cross_the_wrap_in_both_directions() {
        let mut unwrapper = SequenceUnwrapper::default();
        let numbers = [65_534, 65_535, 1, 0, 65_533, 2].map(|n| unwrapper.unwrap(n));
        assert_eq!(numbers, [65_534, 65_535, 65_537, 65_536, 65_533, 65_538]);
        assert_eq!(unwrapper.highest(), Some(65_538));
    }

    #[test]
    fn a_late_packet_before_the_first_goes_below_zero() {
        let mut unwrapper = SequenceUnwrapper::default();
        assert_eq!(unwrapper.unwrap(0), 0);
        assert_eq!(unwrapper.unwrap(65_535), -1);
    }

    #[test]
    fn timestamps_cross_the_wrap() {
        let mut unwrapper = TimestampUnwrapper::default();
        assert_eq!(unwrapper.unwrap(u32::MAX - 89_999), i64::from(u32::MAX) - 89_999);
        assert_eq!(unwrapper.unwrap(0), 1 << 32);
    }

    #[test]
    fn the_video_clock_goes_both_ways() {
        for frame in 0..1000u64 {
            let at = Duration::from_nanos(frame * 33_333_333);
            let back = video_time(i64::from(video_timestamp(0, at)));
            assert!(back.abs_diff(at) < Duration::from_micros(12), "{at:?} became {back:?}");
        }
        assert_eq!(video_timestamp(u32::MAX, Duration::from_secs(1)), 89_999);
        assert_eq!(video_time(-5), Duration::ZERO);
    }
}
