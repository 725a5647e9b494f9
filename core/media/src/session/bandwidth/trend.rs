//! Whether the queue of the path grows: the delay-based half of Google congestion control
//! (draft-ietf-rmcat-gcc-02 §5, with the trend line that WebRTC took instead of the Kalman filter).
//!
//! In: acknowledged packets with departure and arrival. Out: growing, shrinking or neither.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets that left so close together are one group.
const BURST: Duration = Duration::from_millis(5);
const WINDOW: usize = 20;
const SMOOTHING: f64 = 0.9;
const GAIN: f64 = 4.0;
/// The slope counts for more as there are more groups, up to this many.
const MAX_WEIGHT: f64 = 60.0;
const FIRST_THRESHOLD: f64 = 12.5;
const THRESHOLDS: (f64, f64) = (6.0, 600.0);
const THRESHOLD_UP: f64 = 0.0087;
const THRESHOLD_DOWN: f64 = 0.039;
/// Excursions beyond the threshold by more than this do not move it.
const MAX_EXCURSION: f64 = 15.0;
/// Milliseconds the trend must stay above the threshold.
const OVERUSE_TIME: f64 = 10.0;

/// What the queue does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// It grows: more is sent than the path carries.
    Over,
    Normal,
    /// It drains.
    Under,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    first_departure: Instant,
    departure: Instant,
    arrival: Duration,
}

/// The trend of the one-way delay.
#[derive(Debug)]
pub(super) struct Trend {
    current: Option<Group>,
    previous: Option<Group>,
    accumulated: f64,
    smoothed: f64,
    first_arrival: Option<Duration>,
    points: VecDeque<(f64, f64)>,
    groups: f64,
    slope: f64,
    threshold: f64,
    threshold_moved: Option<Duration>,
    over_for: f64,
    over_count: u32,
    usage: Usage,
}

impl Trend {
    pub(super) fn new() -> Self {
        Self {
            current: None,
            previous: None,
            accumulated: 0.0,
            smoothed: 0.0,
            first_arrival: None,
            points: VecDeque::with_capacity(WINDOW),
            groups: 0.0,
            slope: 0.0,
            threshold: FIRST_THRESHOLD,
            threshold_moved: None,
            over_for: 0.0,
            over_count: 0,
            usage: Usage::Normal,
        }
    }

    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// Takes note of a packet that arrived; the arrival is on the other end's clock.
    pub(super) fn arrived(&mut self, departure: Instant, arrival: Duration) {
        let packet = Group { first_departure: departure, departure, arrival };
        let Some(current) = &mut self.current else {
            self.current = Some(packet);
            return;
        };
        if departure < current.first_departure {
            return;
        }
        let behind = milliseconds(arrival, current.arrival);
        let sent_behind = departure.saturating_duration_since(current.departure).as_secs_f64() * 1e3;
        // Packets that queued up behind one another on the way arrive as a burst.
        let burst = behind <= BURST.as_secs_f64() * 1e3 && behind - sent_behind < 0.0;
        if departure - current.first_departure <= BURST || burst {
            current.departure = current.departure.max(departure);
            current.arrival = current.arrival.max(arrival);
            return;
        }
        let finished = std::mem::replace(current, packet);
        if let Some(previous) = self.previous.replace(finished) {
            self.compare(previous, finished);
        }
    }

    fn compare(&mut self, previous: Group, group: Group) {
        let sent = group.departure.saturating_duration_since(previous.departure).as_secs_f64() * 1e3;
        let arrived = milliseconds(group.arrival, previous.arrival);
        // The other end's clock jumped, or the path was dead for a while: neither is a queue.
        if !(0.0..=3000.0).contains(&arrived) {
            *self = Self { threshold: self.threshold, ..Self::new() };
            return;
        }
        self.groups += 1.0;
        self.accumulated += arrived - sent;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * self.accumulated;
        let first = *self.first_arrival.get_or_insert(group.arrival);
        if self.points.len() == WINDOW {
            self.points.pop_front();
        }
        self.points.push_back((milliseconds(group.arrival, first), self.smoothed));
        let slope = if self.points.len() == WINDOW { slope(&self.points) } else { self.slope };
        self.judge(slope, sent, group.arrival);
        self.slope = slope;
    }

    fn judge(&mut self, slope: f64, elapsed: f64, arrival: Duration) {
        let trend = self.groups.min(MAX_WEIGHT) * slope * GAIN;
        if trend > self.threshold {
            self.over_for += if self.over_count == 0 { elapsed / 2.0 } else { elapsed };
            self.over_count += 1;
            if self.over_for > OVERUSE_TIME && self.over_count > 1 && slope >= self.slope {
                self.over_for = 0.0;
                self.over_count = 0;
                self.usage = Usage::Over;
            }
        } else {
            self.over_for = 0.0;
            self.over_count = 0;
            self.usage = if trend < -self.threshold { Usage::Under } else { Usage::Normal };
        }
        self.adapt(trend.abs(), arrival);
    }

    /// The threshold follows the trend, or this stream would starve beside one that fills queues until packets drop.
    fn adapt(&mut self, trend: f64, arrival: Duration) {
        let elapsed =
            self.threshold_moved.map_or(0.0, |moved| milliseconds(arrival, moved)).clamp(0.0, 100.0);
        self.threshold_moved = Some(arrival);
        if trend > self.threshold + MAX_EXCURSION {
            return;
        }
        let speed = if trend < self.threshold { THRESHOLD_DOWN } else { THRESHOLD_UP };
        let moved = self.threshold + speed * (trend - self.threshold) * elapsed;
        self.threshold = moved.clamp(THRESHOLDS.0, THRESHOLDS.1);
    }
}

fn milliseconds(later: Duration, earlier: Duration) -> f64 {
    (later.as_secs_f64() - earlier.as_secs_f64()) * 1e3
}

/// Least squares.
fn slope(points: &VecDeque<(f64, f64)>) -> f64 {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let numerator: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let denominator: f64 = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    if denominator > 0.0 { numerator / denominator } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every 10 ms, each `growth` microseconds later than the one before.
    fn feed(
        trend: &mut Trend,
        start: Instant,
        count: u64,
        growth: f64,
        noise: impl Fn(u64) -> f64,
    ) -> Vec<Usage> {
        let usages = (0..count).map(|index| {
            let sent = Duration::from_millis(index * 10);
            let delay = 0.05 + index as f64 * growth / 1e6 + noise(index) / 1e6;
            trend.arrived(start + sent, sent + Duration::from_secs_f64(delay));
            trend.usage()
        });
        usages.collect()
    }

    #[test]
    fn a_growing_queue_is_noticed_soon() {
        let mut trend = Trend::new();
        let usages = feed(&mut trend, Instant::now(), 60, 2000.0, |_| 0.0);
        let noticed = usages.iter().position(|usage| *usage == Usage::Over).expect("a queue");
        assert!(noticed < 40, "after {noticed} packets");
    }

    #[test]
    fn a_steady_path_with_jitter_is_normal() {
        let mut trend = Trend::new();
        let usages = feed(&mut trend, Instant::now(), 500, 0.0, |index| ((index * 7919) % 5) as f64 * 800.0);
        assert!(usages.iter().all(|usage| *usage != Usage::Over));
    }

    #[test]
    fn a_draining_queue_is_under_use() {
        let mut trend = Trend::new();
        let usages = feed(&mut trend, Instant::now(), 60, -500.0, |_| 0.0);
        assert_eq!(usages.last(), Some(&Usage::Under));
    }
}
