//! One received SSRC: duplicates, losses to ask for, and what a receiver report says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::rtcp::ReportBlock;

/// How often one number is asked for.
const TRIES: u32 = 8;
/// How long a lost packet is still of use.
const PATIENCE: Duration = Duration::from_millis(1200);
/// How far back numbers are remembered.
const WINDOW: u64 = 2048;

struct Missing {
    since: Instant,
    asked: Option<Instant>,
    tries: u32,
}

/// The state of one received SSRC.
pub(crate) struct Ingress {
    ssrc: u32,
    clock_rate: u32,
    first: u64,
    highest: Option<u64>,
    recent: BTreeSet<u64>,
    missing: BTreeMap<u64, Missing>,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
    jitter: f64,
    last_transit: Option<(Instant, u32)>,
    sender_report: Option<(u32, Instant)>,
    /// When the last packet came: an encoding nobody sends is not forwarded.
    pub(crate) last_arrival: Option<Instant>,
    /// Numbers asked for.
    pub(crate) nacked: u64,
}

impl Ingress {
    pub(crate) fn new(ssrc: u32, clock_rate: u32) -> Self {
        Self {
            ssrc,
            clock_rate,
            first: 0,
            highest: None,
            recent: BTreeSet::new(),
            missing: BTreeMap::new(),
            received: 0,
            reported: (0, 0),
            jitter: 0.0,
            last_transit: None,
            sender_report: None,
            last_arrival: None,
            nacked: 0,
        }
    }

    /// A packet came; false if it came before.
    pub(crate) fn arrived(&mut self, now: Instant, sequence: u16, timestamp: u32, recovered: bool) -> bool {
        let number = match self.highest {
            None => {
                self.first = u64::from(sequence) + (1 << 16);
                self.first
            }
            Some(highest) => {
                highest.saturating_add_signed(i64::from(sequence.wrapping_sub(highest as u16) as i16))
            }
        };
        if !self.recent.insert(number) || self.highest.is_some_and(|h| number + WINDOW < h) {
            return false;
        }
        self.received += 1;
        self.missing.remove(&number);
        if let Some(highest) = self.highest {
            // A jump of this size is a restart, not a loss.
            if number > highest + 1 && number - highest < WINDOW {
                for lost in highest + 1..number {
                    self.missing.insert(lost, Missing { since: now, asked: None, tries: 0 });
                }
            }
        }
        self.highest = Some(self.highest.map_or(number, |h| h.max(number)));
        let floor = number.saturating_sub(WINDOW);
        while self.recent.first().is_some_and(|n| *n < floor) {
            self.recent.pop_first();
        }
        if !recovered {
            self.last_arrival = Some(now);
            self.transit(now, timestamp);
        }
        true
    }

    /// Interarrival jitter (RFC 3550 §6.4.1).
    fn transit(&mut self, now: Instant, timestamp: u32) {
        if let Some((at, before)) = self.last_transit {
            let elapsed = now.saturating_duration_since(at).as_secs_f64() * f64::from(self.clock_rate);
            let difference = (elapsed - f64::from(timestamp.wrapping_sub(before) as i32)).abs();
            self.jitter += (difference - self.jitter) / 16.0;
        }
        self.last_transit = Some((now, timestamp));
    }

    /// Numbers to ask for now, in rising order.
    pub(crate) fn nacks(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        let again = round_trip.max(Duration::from_millis(50));
        self.missing.retain(|_, m| m.tries < TRIES && now.saturating_duration_since(m.since) < PATIENCE);
        let mut lost = Vec::new();
        for (number, missing) in &mut self.missing {
            if missing.asked.is_none_or(|at| now.saturating_duration_since(at) >= again) {
                missing.asked = Some(now);
                missing.tries += 1;
                lost.push(*number as u16);
            }
        }
        self.nacked += lost.len() as u64;
        lost
    }

    /// The sender's report came: its middle 32 bits of NTP time are echoed.
    pub(crate) fn sender_report(&mut self, now: Instant, ntp: u64) {
        self.sender_report = Some(((ntp >> 16) as u32, now));
    }

    /// The block for the next receiver report.
    pub(crate) fn block(&mut self, now: Instant) -> Option<ReportBlock> {
        let highest = self.highest?;
        let expected = highest - self.first + 1;
        let (expected_before, received_before) = self.reported;
        let interval = expected - expected_before;
        let got = self.received - received_before;
        self.reported = (expected, self.received);
        let lost = interval.saturating_sub(got);
        let fraction = (lost * 256).checked_div(interval).unwrap_or(0).min(255);
        let (last_report, delay) = self.sender_report.map_or((0, 0), |(ntp, at)| {
            let delay = now.saturating_duration_since(at).as_secs_f64() * 65_536.0;
            (ntp, delay as u32)
        });
        Some(ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: fraction as u8,
            lost: expected.saturating_sub(self.received) as u32,
            highest: (highest - (1 << 16)) as u32,
            jitter: self.jitter as u32,
            last_report,
            delay,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_asked_for_again_and_again_until_filled_or_stale() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let rtt = Duration::from_millis(20);
        let mut ingress = Ingress::new(1, 90_000);
        assert!(ingress.arrived(start, 65_534, 0, false));
        assert!(ingress.arrived(start, 1, 0, false));
        assert_eq!(ingress.nacks(start, rtt), [65_535, 0]);
        assert!(ingress.nacks(at(10), rtt).is_empty());
        assert!(ingress.arrived(at(20), 0, 0, true));
        assert!(!ingress.arrived(at(21), 0, 0, true));
        assert_eq!(ingress.nacks(at(60), rtt), [65_535]);
        assert!(ingress.nacks(at(2000), rtt).is_empty());
        let block = ingress.block(at(2000)).unwrap();
        assert_eq!((block.lost, block.fraction_lost), (1, 64));
        assert_eq!(block.highest, (1 << 16) + 1);
    }
}
