//! What the path upwards is thought to carry: congestion control from transport-wide feedback.
//!
//! In: every packet that leaves, the bridge's feedback. Out: an estimate. Matching feedback with packets is the
//! family's; its estimator is not used: on a narrow path it noticed the queue only when packets were lost, fell to
//! the floor and took fifteen seconds to come back (tests/session_path.rs holds ours to better).

mod control;
mod trend;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rtc_interceptor::{History, PacketReport, convert_twcc};
use rtc_rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc_rtp::packet::Packet;
use rtc_shared::marshal::MarshalSize;

use control::{Control, Round};
use trend::Trend;

/// Later feedback is worth nothing.
const REMEMBERED: Duration = Duration::from_secs(2);
const MAX_REMEMBERED: usize = 4096;
/// Over which arrivals are counted.
const WINDOW: Duration = Duration::from_millis(500);
/// UDP, IP and SRTP of each packet.
const OVERHEAD: usize = 45;
const UNKNOWN_ROUND_TRIP: Duration = Duration::from_millis(100);

/// The estimate and what it is made of.
pub(super) struct Bandwidth {
    history: History,
    trend: Trend,
    control: Control,
    /// Arrivals on the other end's clock, with bytes.
    arrivals: VecDeque<(Duration, usize)>,
    arrivals_since: Option<Duration>,
    transport_cc: Option<u8>,
}

impl Bandwidth {
    /// Starts at `initial` and stays between the bounds, all in bits per second.
    pub(super) fn new(initial: f64, min: f64, max: f64, transport_cc: Option<u8>) -> Self {
        Self {
            history: History::new(),
            trend: Trend::new(),
            control: Control::new(initial, min, max),
            arrivals: VecDeque::new(),
            arrivals_since: None,
            transport_cc,
        }
    }

    /// Bits per second.
    pub(super) fn estimate(&self) -> f64 {
        self.control.rate()
    }

    /// A packet leaves, numbered already.
    pub(super) fn sent(&mut self, now: Instant, packet: &Packet) {
        let number = self.transport_cc.and_then(|id| packet.header.get_extension(id));
        let Some(number) =
            number.and_then(|value| Some(u16::from_be_bytes([*value.first()?, *value.get(1)?])))
        else {
            return;
        };
        if self.history.len() > MAX_REMEMBERED {
            // Nobody answers.
            self.history.prune_before(now.checked_sub(REMEMBERED).unwrap_or(now));
        }
        let (header, size) = (&packet.header, packet.marshal_size() + OVERHEAD);
        self.history.add_outgoing(header.ssrc, header.sequence_number, true, number, size, now);
    }

    /// The bridge says what arrived when.
    pub(super) fn feedback(
        &mut self,
        now: Instant,
        feedback: &TransportLayerCc,
        round_trip: Option<Duration>,
    ) {
        // The history takes packets of which a lost feedback would have told for lost ones; the feedback itself knows.
        let (mut packets, mut lost) = (0_usize, 0_usize);
        // It fills its last chunk up, and what fills it up looks lost.
        let told = usize::from(feedback.packet_status_count);
        for acknowledgement in convert_twcc(feedback).into_iter().take(told) {
            packets += 1;
            lost += usize::from(!acknowledgement.arrived);
            self.history.on_twcc_feedback(now, acknowledgement);
        }
        let mut reports = self.history.take_reports();
        self.history.prune_before(now.checked_sub(REMEMBERED).unwrap_or(now));
        if reports.is_empty() {
            return;
        }
        reports.retain(|report| report.arrival.is_some());
        reports.sort_by_key(|report| report.arrival);
        for report in &reports {
            self.arrived(report);
        }
        let round = Round {
            usage: self.trend.usage(),
            arriving: self.arriving(),
            packets,
            lost: lost as f64 / packets.max(1) as f64,
            round_trip: round_trip.unwrap_or(UNKNOWN_ROUND_TRIP),
        };
        self.control.update(now, round);
    }

    fn arrived(&mut self, report: &PacketReport) {
        let Some(arrival) = report.arrival else { return };
        self.trend.arrived(report.departure, arrival);
        if self.arrivals.back().is_some_and(|(last, _)| arrival < *last) {
            // Late in an earlier round, or the other end's clock began anew.
            if self.arrivals.back().is_some_and(|(last, _)| *last - arrival > WINDOW) {
                self.arrivals.clear();
                self.arrivals_since = None;
            }
            return;
        }
        self.arrivals_since.get_or_insert(arrival);
        self.arrivals.push_back((arrival, report.size));
        while self.arrivals.front().is_some_and(|(first, _)| arrival - *first > WINDOW) {
            self.arrivals.pop_front();
        }
    }

    /// Bits per second over the last half second, once there was one.
    fn arriving(&self) -> Option<f64> {
        let (last, _) = self.arrivals.back()?;
        let since = self.arrivals_since?;
        (*last - since >= WINDOW / 2).then_some(())?;
        let span = (*last - since).min(WINDOW);
        let bytes: usize = self.arrivals.iter().map(|(_, bytes)| bytes).sum();
        Some(bytes as f64 * 8.0 / span.as_secs_f64())
    }
}
