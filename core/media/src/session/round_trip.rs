//! The round trip from our sender reports and the receiver reports that echo them (RFC 3550 §6.4.1).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rtc_rtcp::reception_report::ReceptionReport;

/// Reports of a few seconds from all our streams.
const REMEMBERED: usize = 64;
/// Longer is an error of the other end.
const MAX: Duration = Duration::from_secs(30);

/// Remembers when sender reports left.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    reports: VecDeque<(u32, Instant)>,
    smoothed: Option<Duration>,
}

impl RoundTrip {
    /// A sender report with this NTP time leaves.
    pub(super) fn reported(&mut self, now: Instant, ntp_time: u64) {
        if self.reports.len() >= REMEMBERED {
            self.reports.pop_front();
        }
        self.reports.push_back(((ntp_time >> 16) as u32, now));
    }

    /// A report block about one of our streams came.
    pub(super) fn echoed(&mut self, now: Instant, block: &ReceptionReport) {
        if block.last_sender_report == 0 {
            return;
        }
        let sent = self.reports.iter().find(|(report, _)| *report == block.last_sender_report);
        let Some((_, sent)) = sent else { return };
        let held = Duration::from_secs_f64(f64::from(block.delay) / 65536.0);
        let round_trip = now.saturating_duration_since(*sent).saturating_sub(held);
        if round_trip <= MAX {
            // Up at once: who asks for a packet again before it can have come makes a full queue fuller.
            let smoothed = self.smoothed.map_or(round_trip, |before| (before * 3 + round_trip) / 4);
            self.smoothed = Some(smoothed.max(round_trip));
        }
    }

    /// The smoothed round trip.
    pub(super) fn value(&self) -> Option<Duration> {
        self.smoothed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_the_other_end_held_the_report_is_taken_off() {
        let start = Instant::now();
        let mut round_trip = RoundTrip::default();
        round_trip.reported(start, 0x1111_2222_3333_4444);
        let block =
            ReceptionReport { last_sender_report: 0x2222_3333, delay: 32_768, ..ReceptionReport::default() };
        round_trip.echoed(start + Duration::from_millis(560), &block);
        assert_eq!(round_trip.value(), Some(Duration::from_millis(60)));
        let unknown = ReceptionReport { last_sender_report: 7, ..block.clone() };
        round_trip.echoed(start + Duration::from_secs(9), &unknown);
        round_trip.echoed(start + Duration::from_secs(9), &ReceptionReport::default());
        assert_eq!(round_trip.value(), Some(Duration::from_millis(60)));
    }
}
