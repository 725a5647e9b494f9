//! Reception statistics of one received stream (RFC 3550 §6.4.1, appendices A.1, A.3 and A.8).
//!
//! In: packets as they came first (retransmissions do not count), sender reports. Out: report blocks. The family's
//! own receiver reports go out one datagram a signalled source every second, spoken or not; ours go out together and
//! only for streams that were heard.

use std::time::{Duration, Instant};

use rtc_rtcp::reception_report::ReceptionReport;

use crate::rtp::SequenceUnwrapper;

/// How one stream arrives.
#[derive(Debug)]
pub(super) struct Reception {
    clock_rate: u32,
    sequences: SequenceUnwrapper,
    first: Option<i64>,
    received: u64,
    /// RTP time minus arrival, in ticks; only differences matter.
    transit: Option<i64>,
    jitter: f64,
    epoch: Option<Instant>,
    /// Middle 32 bits of the last sender report's NTP time, and when it came.
    sender_report: Option<(u32, Instant)>,
    reported_expected: u64,
    reported_received: u64,
}

impl Reception {
    pub(super) fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            sequences: SequenceUnwrapper::default(),
            first: None,
            received: 0,
            transit: None,
            jitter: 0.0,
            epoch: None,
            sender_report: None,
            reported_expected: 0,
            reported_received: 0,
        }
    }

    /// Takes note of a packet.
    pub(super) fn arrived(&mut self, now: Instant, sequence: u16, timestamp: u32) {
        let sequence = self.sequences.unwrap(sequence);
        self.first = Some(self.first.map_or(sequence, |first| first.min(sequence)));
        self.received += 1;
        let epoch = *self.epoch.get_or_insert(now);
        let ticks = now.saturating_duration_since(epoch).as_secs_f64() * f64::from(self.clock_rate);
        // Both wrap: only the low 32 bits of the difference mean anything.
        let transit = i64::from(timestamp.wrapping_sub(ticks as u64 as u32));
        if let Some(before) = self.transit.replace(transit) {
            let difference = f64::from((transit.wrapping_sub(before) as i32).unsigned_abs());
            self.jitter += (difference - self.jitter) / 16.0;
        }
    }

    /// Takes note of a sender report.
    pub(super) fn sender_reported(&mut self, now: Instant, ntp_time: u64) {
        self.sender_report = Some(((ntp_time >> 16) as u32, now));
    }

    /// Packets the stream should have had so far.
    fn expected(&self) -> u64 {
        match (self.first, self.sequences.highest()) {
            (Some(first), Some(highest)) => u64::try_from(highest - first + 1).unwrap_or(0),
            _ => 0,
        }
    }

    /// Packets that did not come, or came by retransmission alone.
    pub(super) fn lost(&self) -> i64 {
        i64::try_from(self.expected()).unwrap_or(i64::MAX) - i64::try_from(self.received).unwrap_or(i64::MAX)
    }

    /// Variation of the packets' spacing.
    pub(super) fn jitter(&self) -> Duration {
        Duration::from_secs_f64(self.jitter / f64::from(self.clock_rate))
    }

    /// The block for a receiver report, if anything came since the last one.
    pub(super) fn report(&mut self, now: Instant, ssrc: u32) -> Option<ReceptionReport> {
        let (expected, received) = (self.expected(), self.received);
        if received == self.reported_received {
            return None;
        }
        let expected_since = expected.saturating_sub(self.reported_expected);
        let received_since = received - self.reported_received;
        let lost_since = expected_since.saturating_sub(received_since);
        self.reported_expected = expected;
        self.reported_received = received;
        let (last_sender_report, delay) = match self.sender_report {
            Some((report, at)) => {
                let delay = now.saturating_duration_since(at).as_secs_f64() * 65536.0;
                (report, delay as u32)
            }
            None => (0, 0),
        };
        Some(ReceptionReport {
            ssrc,
            fraction_lost: u8::try_from((lost_since * 256).checked_div(expected_since).unwrap_or(0))
                .unwrap_or(u8::MAX),
            total_lost: u32::try_from(self.lost().clamp(0, 0x7f_ffff)).unwrap_or(0),
            // Truncation is the point: cycles and number are 16 bits each.
            last_sequence_number: self.sequences.highest().unwrap_or(0) as u32,
            jitter: self.jitter as u32,
            last_sender_report,
            delay,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_is_reported_since_the_last_report_and_in_all() {
        let start = Instant::now();
        let mut reception = Reception::new(90_000);
        assert_eq!(reception.report(start, 1), None);
        for sequence in (65_000..66_000_u32).filter(|sequence| sequence % 10 != 0) {
            reception.arrived(start, sequence as u16, 0);
        }
        let report = reception.report(start, 1).unwrap();
        assert_eq!((report.ssrc, report.total_lost), (1, 99));
        assert_eq!(report.fraction_lost, 25);
        assert_eq!(report.last_sequence_number, 65_999);
        assert_eq!(reception.report(start, 1), None, "nothing new");
        for sequence in 66_000..66_010_u32 {
            reception.arrived(start, sequence as u16, 0);
        }
        let report = reception.report(start, 1).unwrap();
        assert_eq!((report.fraction_lost, report.total_lost), (0, 99));
    }

    #[test]
    fn jitter_is_the_spacing_against_the_timestamps() {
        let start = Instant::now();
        let mut even = Reception::new(48_000);
        let mut uneven = Reception::new(48_000);
        for index in 0..500_u32 {
            let at = start + Duration::from_millis(u64::from(index) * 20);
            let timestamp = (u32::MAX - 100_000).wrapping_add(index * 960);
            even.arrived(at, index as u16, timestamp);
            let late = Duration::from_millis(if index % 2 == 0 { 0 } else { 10 });
            uneven.arrived(at + late, index as u16, timestamp);
        }
        assert!(even.jitter() < Duration::from_millis(1), "{:?}", even.jitter());
        let jitter = uneven.jitter();
        assert!((9..=10).contains(&jitter.as_millis()), "{jitter:?}");
    }

    #[test]
    fn the_last_sender_report_is_echoed_with_its_age() {
        let start = Instant::now();
        let mut reception = Reception::new(48_000);
        reception.arrived(start, 1, 0);
        reception.sender_reported(start, 0x1111_2222_3333_4444);
        let report = reception.report(start + Duration::from_millis(500), 1).unwrap();
        assert_eq!((report.last_sender_report, report.delay), (0x2222_3333, 32_768));
    }
}
