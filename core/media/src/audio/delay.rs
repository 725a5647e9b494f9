//! How irregularly one speaker's packets arrive, and so how long to wait before playing them.
//!
//! In: arrival time and timestamp of every packet. Out: the base (the transit time of the fastest recent packet) and
//! the target: how long after the base a sample should be played so that all but few packets are there in time.
//!
//! Lateness is measured against the fastest packet of about two seconds, so a sender's clock may drift. The worst
//! lateness of each 200 ms goes into a histogram that slowly forgets; its 95th percentile is the target. Taking the
//! worst of an interval, not every packet, means: too late at most about once in four seconds.

use super::{MS, Samples};

const SEGMENTS: usize = 8;
const SEGMENT: Samples = 256 * MS;
const BUCKETS: usize = 100;
const BUCKET: Samples = 10 * MS;
const INTERVAL: Samples = 200 * MS;
/// Weight of the past at each new interval: a spike is forgotten after about 20 s.
const MEMORY: f32 = 0.97;
const QUANTILE: f32 = 0.95;
/// One block: playout asks every 10 ms and may ask just before a packet comes.
const GRANULARITY: Samples = 10 * MS;
/// The target before anything is known.
const FIRST_TARGET: Samples = 40 * MS;

#[derive(Debug)]
pub(super) struct DelayEstimator {
    segments: [Samples; SEGMENTS],
    segment: usize,
    segment_start: Samples,
    base: Option<Samples>,
    histogram: [f32; BUCKETS],
    intervals: u16,
    interval_start: Samples,
    interval_worst: Samples,
    target: Samples,
    last_transit: Option<Samples>,
    jitter: f32,
}

impl DelayEstimator {
    pub(super) fn new() -> Self {
        Self {
            segments: [Samples::MAX; SEGMENTS],
            segment: 0,
            segment_start: 0,
            base: None,
            histogram: [0.0; BUCKETS],
            intervals: 0,
            interval_start: 0,
            interval_worst: 0,
            target: FIRST_TARGET,
            last_transit: None,
            jitter: 0.0,
        }
    }

    /// Transit time (arrival minus timestamp) of the fastest recent packet.
    pub(super) fn base(&self) -> Option<Samples> {
        self.base
    }

    /// How long after [`DelayEstimator::base`] a sample should be played.
    pub(super) fn target(&self) -> Samples {
        self.target
    }

    /// Interarrival jitter as in RFC 3550 §6.4.1.
    pub(super) fn jitter(&self) -> Samples {
        self.jitter as Samples
    }

    /// Forgets where the sender's clock stands (it paused or restarted), not how irregular the network is.
    pub(super) fn forget_base(&mut self) {
        self.base = None;
        self.last_transit = None;
    }

    /// Takes note of a packet.
    pub(super) fn packet(&mut self, arrival: Samples, timestamp: Samples) {
        let transit = arrival - timestamp;
        if let Some(last) = self.last_transit {
            self.jitter += ((transit - last).abs() as f32 - self.jitter) / 16.0;
        }
        self.last_transit = Some(transit);
        let base = self.update_base(arrival, transit);
        self.update_histogram(arrival, transit - base);
    }

    fn update_base(&mut self, arrival: Samples, transit: Samples) -> Samples {
        if self.base.is_none() {
            self.segments = [Samples::MAX; SEGMENTS];
            self.segment_start = arrival;
            self.interval_start = arrival;
            self.interval_worst = 0;
        }
        let passed = (arrival - self.segment_start).max(0) / SEGMENT;
        for _ in 0..passed.min(SEGMENTS as Samples) {
            self.segment = (self.segment + 1) % SEGMENTS;
            self.segments[self.segment] = Samples::MAX;
        }
        self.segment_start += passed * SEGMENT;
        let current = &mut self.segments[self.segment];
        *current = (*current).min(transit);
        let base = self.segments.iter().copied().min().unwrap_or(transit);
        self.base = Some(base);
        base
    }

    fn update_histogram(&mut self, arrival: Samples, lateness: Samples) {
        if arrival - self.interval_start >= INTERVAL {
            let memory = MEMORY.min(f32::from(self.intervals) / f32::from(self.intervals + 1));
            for weight in &mut self.histogram {
                *weight *= memory;
            }
            let bucket = (self.interval_worst / BUCKET).clamp(0, BUCKETS as Samples - 1) as usize;
            self.histogram[bucket] += 1.0 - memory;
            self.intervals = (self.intervals + 1).min(1000);
            self.interval_start = arrival;
            self.interval_worst = 0;
            self.target = self.quantile() + GRANULARITY;
        }
        self.interval_worst = self.interval_worst.max(lateness);
    }

    /// The upper edge of the bucket that holds the quantile.
    fn quantile(&self) -> Samples {
        let mut sum = 0.0;
        let wanted = QUANTILE * self.histogram.iter().sum::<f32>();
        for (bucket, weight) in self.histogram.iter().enumerate() {
            sum += weight;
            if sum >= wanted {
                return (bucket as Samples + 1) * BUCKET;
            }
        }
        BUCKETS as Samples * BUCKET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `seconds` of 20 ms packets, each late by what `lateness` says, in milliseconds.
    fn feed(
        estimator: &mut DelayEstimator,
        from: i64,
        seconds: i64,
        mut lateness: impl FnMut(i64) -> i64,
    ) -> i64 {
        let until = from + seconds * 50;
        for n in from..until {
            let sent = n * 20 * MS;
            estimator.packet(sent + (100 + lateness(n)) * MS, sent + 12_345);
        }
        until
    }

    #[test]
    fn a_regular_network_needs_no_more_than_two_blocks() {
        let mut estimator = DelayEstimator::new();
        feed(&mut estimator, 0, 3, |_| 0);
        assert_eq!(estimator.target(), 20 * MS);
        assert_eq!(estimator.base(), Some(100 * MS - 12_345));
        assert_eq!(estimator.jitter(), 0);
    }

    #[test]
    fn the_target_covers_the_jitter_soon_and_shrinks_when_it_stops() {
        let mut estimator = DelayEstimator::new();
        let n = feed(&mut estimator, 0, 30, |_| 0);
        let n = feed(&mut estimator, n, 2, |n| (n * 37) % 61);
        assert!(estimator.target() >= 60 * MS, "{}", estimator.target() / MS);
        assert!(estimator.jitter() > 10 * MS);
        let n = feed(&mut estimator, n, 60, |n| (n * 37) % 61);
        assert!((60 * MS..=80 * MS).contains(&estimator.target()));
        feed(&mut estimator, n, 25, |_| 0);
        assert_eq!(estimator.target(), 20 * MS);
    }

    #[test]
    fn the_base_follows_a_slower_route_and_a_faster_one() {
        let mut estimator = DelayEstimator::new();
        let n = feed(&mut estimator, 0, 5, |_| 0);
        let n = feed(&mut estimator, n, 3, |_| 200);
        assert_eq!(estimator.base(), Some(300 * MS - 12_345));
        feed(&mut estimator, n, 1, |_| -50);
        assert_eq!(estimator.base(), Some(50 * MS - 12_345));
    }
}
