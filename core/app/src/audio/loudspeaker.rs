//! The playout thread: packets from the driver through jitter buffers and decoders into the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};
use treff_media::audio::{Playout, PlayoutCommand, PlayoutPacket, Speaker, SpeakerStats};
use treff_media::codec::Ssrc;
use treff_media::device::{AudioOutput, DeviceError, SpeakerTap};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

use super::StopOnDrop;

/// Orders that may wait for the thread: ten speakers' packets for half a second.
const ORDERS: usize = 256;
/// Reports and used-up speakers that may wait for the driver.
const REPORTS: usize = 256;
/// How often the thread reports on those it plays.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);
/// Levels that may wait for the driver: those who are heard at once, twice over.
const LEVELS: usize = 64;
/// Blocks of 10 ms that a level speaks for.
const LEVEL_BLOCKS: u32 = 10;
/// Devices that may wait to be taken over.
const OUTPUTS: usize = 4;

/// What the thread says about one speaker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeakerReport {
    pub(crate) ssrc: Ssrc,
    pub(crate) stats: SpeakerStats,
}

/// How loud one speaker was, as in RFC 6464.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeakerLevel {
    pub(crate) ssrc: Ssrc,
    pub(crate) level: u8,
}

/// A running loudspeaker. Dropping it closes the device.
pub(crate) struct Loudspeaker {
    /// To tell its news from those of the loudspeaker before.
    pub(crate) id: u64,
    orders: Producer<PlayoutCommand>,
    reports: Consumer<SpeakerReport>,
    /// Speakers the thread is done with: freed here, not there.
    used: Consumer<Box<Speaker>>,
    levels: Consumer<SpeakerLevel>,
    measured: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
    outputs: Producer<Box<dyn AudioOutput>>,
    /// Devices the thread is done with: closed here, not there.
    closed: Consumer<Box<dyn AudioOutput>>,
    dropped: u64,
    _stop: StopOnDrop,
}

impl Loudspeaker {
    /// Starts playing into `output`; `ended` is called if the device ends.
    pub(crate) fn start(
        id: u64,
        output: Box<dyn AudioOutput>,
        tap: Option<Box<dyn SpeakerTap>>,
        ended: impl FnOnce(DeviceError) + Send + 'static,
    ) -> Result<Self, DeviceError> {
        let (orders, order_inbox) = RingBuffer::new(ORDERS);
        let (report_outbox, reports) = RingBuffer::new(REPORTS);
        let (used_outbox, used) = RingBuffer::new(REPORTS);
        let (level_outbox, levels) = RingBuffer::new(LEVELS);
        let (outputs, output_inbox) = RingBuffer::new(OUTPUTS);
        let (closed_outbox, closed) = RingBuffer::new(2 * OUTPUTS);
        let measured = Arc::new(AtomicBool::new(false));
        let silent = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = StopOnDrop::new();
        let mut thread = PlayoutThread {
            output,
            tap,
            playout: Playout::new(Instant::now()),
            orders: order_inbox,
            reports: report_outbox,
            used: used_outbox,
            levels: level_outbox,
            measured: Arc::clone(&measured),
            measuring: false,
            silent: Arc::clone(&silent),
            loudness: 1.0,
            outputs: output_inbox,
            closed: closed_outbox,
        };
        thread::Builder::new()
            .name("treff-playout".to_owned())
            .spawn(move || {
                if let Err(error) = thread.run(&stopped) {
                    ended(error);
                }
            })
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self {
            id,
            orders,
            reports,
            used,
            levels,
            measured,
            silent,
            outputs,
            closed,
            dropped: 0,
            _stop: stop,
        })
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
        while self.closed.pop().is_ok() {}
        self.reports.pop().ok()
    }

    /// Goes on in another device from the next block; nobody's sound is interrupted by more than that.
    pub(crate) fn switch(&mut self, output: Box<dyn AudioOutput>) {
        while self.closed.pop().is_ok() {}
        if self.outputs.push(output).is_err() {
            tracing::debug!("The playout thread does not take another device.");
        }
    }

    /// Whether nobody is heard; packets are taken and decoded all the same, so that everybody is back at once.
    pub(crate) fn silence(&self, on: bool) {
        self.silent.store(on, Ordering::Relaxed);
    }

    /// Whether the thread tells levels.
    pub(crate) fn measure(&self, on: bool) {
        self.measured.store(on, Ordering::Relaxed);
    }

    /// How loud somebody was who could be heard lately.
    pub(crate) fn next_level(&mut self) -> Option<SpeakerLevel> {
        self.levels.pop().ok()
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
    levels: Producer<SpeakerLevel>,
    measured: Arc<AtomicBool>,
    /// As it was at the last levels.
    measuring: bool,
    silent: Arc<AtomicBool>,
    /// Of the last block's end: 0 in silence, else 1.
    loudness: f32,
    outputs: Consumer<Box<dyn AudioOutput>>,
    closed: Producer<Box<dyn AudioOutput>>,
}

impl PlayoutThread {
    fn run(&mut self, stopped: &AtomicBool) -> Result<(), DeviceError> {
        let mut block = [0.0; BLOCK_SAMPLES];
        let mut next_report = Instant::now();
        let mut blocks: u32 = 0;
        while !stopped.load(Ordering::Relaxed) {
            self.obey();
            let now = Instant::now();
            let tap = self.tap.as_deref_mut().map(|tap| tap as &mut dyn SpeakerTap);
            self.playout.pull(now, &mut block, tap);
            self.hush(&mut block);
            self.output.write_block(&block)?;
            blocks = blocks.wrapping_add(1);
            if blocks.is_multiple_of(LEVEL_BLOCKS) {
                self.tell_levels();
            }
            if now >= next_report {
                next_report = now + REPORT_INTERVAL;
                self.report();
            }
        }
        Ok(())
    }

    /// Keeps silence if that is wanted, without a click on the way in or out.
    fn hush(&mut self, block: &mut AudioBlock) {
        let (from, to) = (self.loudness, if self.silent.load(Ordering::Relaxed) { 0.0 } else { 1.0 });
        self.loudness = to;
        if from == 1.0 && to == 1.0 {
            return;
        }
        let step = (to - from) / BLOCK_SAMPLES as f32;
        for (index, sample) in block.iter_mut().enumerate() {
            *sample *= from + step * (index + 1) as f32;
        }
    }

    fn obey(&mut self) {
        while let Ok(output) = self.outputs.pop() {
            let before = std::mem::replace(&mut self.output, output);
            // There are more places than devices can wait, and the driver empties them before it sends another.
            let _ = self.closed.push(before);
        }
        while let Ok(order) = self.orders.pop() {
            if let Some(speaker) = self.playout.apply(order)
                && let Err(rtrb::PushError::Full(speaker)) = self.used.push(speaker)
            {
                // Only if the driver is stuck while hundreds leave: then a pause does no harm.
                drop(speaker);
            }
        }
    }

    fn tell_levels(&mut self) {
        let before = std::mem::replace(&mut self.measuring, self.measured.load(Ordering::Relaxed));
        if !self.measuring {
            return;
        }
        let levels = &mut self.levels;
        self.playout.take_levels(|ssrc, level| {
            // The first ones are of any time before. A full ring means that the driver is stuck.
            if before {
                let _ = levels.push(SpeakerLevel { ssrc, level });
            }
        });
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
