//! The playout thread: packets from the driver through jitter buffers and decoders into the device.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};
use treff_media::audio::{Playout, PlayoutCommand, PlayoutPacket, Speaker, SpeakerStats};
use treff_media::codec::Ssrc;
use treff_media::device::{AudioOutput, DeviceError, SpeakerTap};
use treff_media::frame::BLOCK_SAMPLES;

use super::StopOnDrop;

/// Orders that may wait for the thread: ten speakers' packets for half a second.
const ORDERS: usize = 256;
/// Reports and used-up speakers that may wait for the driver.
const REPORTS: usize = 256;
/// How often the thread reports on those it plays.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

/// What the thread says about one speaker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeakerReport {
    pub(crate) ssrc: Ssrc,
    pub(crate) stats: SpeakerStats,
}

/// A running loudspeaker. Dropping it closes the device.
pub(crate) struct Loudspeaker {
    orders: Producer<PlayoutCommand>,
    reports: Consumer<SpeakerReport>,
    /// Speakers the thread is done with: freed here, not there.
    used: Consumer<Box<Speaker>>,
    dropped: u64,
    _stop: StopOnDrop,
}

impl Loudspeaker {
    /// Starts playing into `output`; `ended` is called if the device ends.
    pub(crate) fn start(
        output: Box<dyn AudioOutput>,
        tap: Option<Box<dyn SpeakerTap>>,
        ended: impl FnOnce(DeviceError) + Send + 'static,
    ) -> Result<Self, DeviceError> {
        let (orders, order_inbox) = RingBuffer::new(ORDERS);
        let (report_outbox, reports) = RingBuffer::new(REPORTS);
        let (used_outbox, used) = RingBuffer::new(REPORTS);
        let (stop, stopped) = StopOnDrop::new();
        let mut thread = PlayoutThread {
            output,
            tap,
            playout: Playout::new(Instant::now()),
            orders: order_inbox,
            reports: report_outbox,
            used: used_outbox,
        };
        thread::Builder::new()
            .name("treff-playout".to_owned())
            .spawn(move || {
                if let Err(error) = thread.run(&stopped) {
                    ended(error);
                }
            })
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self { orders, reports, used, dropped: 0, _stop: stop })
    }

    /// Somebody's audio source appeared.
    pub(crate) fn add(&mut self, ssrc: Ssrc) {
        match Speaker::new() {
            Ok(speaker) => self.order(PlayoutCommand::Add { ssrc, speaker }),
            Err(error) => tracing::error!("No decoder for a speaker: {error}."),
        }
    }

    /// Somebody's audio source is gone.
    pub(crate) fn remove(&mut self, ssrc: Ssrc) {
        self.order(PlayoutCommand::Remove { ssrc });
    }

    /// How loud somebody is heard.
    pub(crate) fn set_gain(&mut self, ssrc: Ssrc, gain: f32) {
        self.order(PlayoutCommand::SetGain { ssrc, gain });
    }

    /// A packet that arrived at `arrival`.
    pub(crate) fn insert(
        &mut self,
        ssrc: Ssrc,
        sequence: u16,
        timestamp: u32,
        arrival: Instant,
        payload: &[u8],
    ) {
        match PlayoutPacket::new(ssrc, sequence, timestamp, arrival, payload) {
            Some(packet) => self.order(PlayoutCommand::Insert(packet)),
            None => self.dropped += 1,
        }
    }

    /// The thread's next report.
    pub(crate) fn next_report(&mut self) -> Option<SpeakerReport> {
        while self.used.pop().is_ok() {}
        self.reports.pop().ok()
    }

    fn order(&mut self, order: PlayoutCommand) {
        if self.orders.push(order).is_err() {
            self.dropped += 1;
            tracing::debug!(dropped = self.dropped, "The playout thread does not keep up.");
        }
    }
}

struct PlayoutThread {
    output: Box<dyn AudioOutput>,
    tap: Option<Box<dyn SpeakerTap>>,
    playout: Playout,
    orders: Consumer<PlayoutCommand>,
    reports: Producer<SpeakerReport>,
    used: Producer<Box<Speaker>>,
}

impl PlayoutThread {
    fn run(&mut self, stopped: &AtomicBool) -> Result<(), DeviceError> {
        let mut block = [0.0; BLOCK_SAMPLES];
        let mut next_report = Instant::now();
        while !stopped.load(Ordering::Relaxed) {
            self.obey();
            let now = Instant::now();
            let tap = self.tap.as_deref_mut().map(|tap| tap as &mut dyn SpeakerTap);
            self.playout.pull(now, &mut block, tap);
            self.output.write_block(&block)?;
            if now >= next_report {
                next_report = now + REPORT_INTERVAL;
                self.report();
            }
        }
        Ok(())
    }

    fn obey(&mut self) {
        while let Ok(order) = self.orders.pop() {
            if let Some(speaker) = self.playout.apply(order)
                && let Err(rtrb::PushError::Full(speaker)) = self.used.push(speaker)
            {
                // Only if the driver is stuck while hundreds leave: then a pause does no harm.
                drop(speaker);
            }
        }
    }

    fn report(&mut self) {
        let heard = self.playout.all_stats().filter(|(_, stats)| stats.packets > 0);
        for (ssrc, stats) in heard {
            if self.reports.push(SpeakerReport { ssrc, stats }).is_err() {
                break;
            }
        }
    }
}
