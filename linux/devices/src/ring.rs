//! Sound between a device's callback and the thread that wants blocks of it. The callback's ends copy samples and ring a
//! bell: no lock, no allocation. The thread's ends wait for the bell, and go on in silence while a device is missing, so
//! that a call outlives an unplugged headset.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use treff_media::device::{AudioInput, AudioOutput, DeviceError};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Room for the largest bite a device takes (8192 samples) and what waits before it.
const CAPACITY: usize = 24 * BLOCK_SAMPLES;
/// A device that is silent for so long has stalled.
const STALL: Duration = Duration::from_millis(250);
/// How long a stalled stream waits for another device before it gives up.
const PATIENCE: Duration = Duration::from_secs(3);
/// The length of a block.
const BLOCK: Duration = Duration::from_millis(10);

/// Wakes one thread. Ringing never blocks.
#[derive(Debug)]
struct Bell(OwnedFd);

impl Bell {
    fn new() -> Result<Self, DeviceError> {
        eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)
            .map(Self)
            .map_err(|error| DeviceError::Failed(error.to_string()))
    }

    fn ring(&self) {
        // Full means that it rings already.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    /// False if it did not ring in time.
    fn wait(&self, longest: Duration) -> bool {
        let mut fds = [PollFd::new(&self.0, PollFlags::IN)];
        let longest = Timespec { tv_sec: longest.as_secs() as i64, tv_nsec: longest.subsec_nanos().into() };
        let rang = poll(&mut fds, Some(&longest)).is_ok_and(|ready| ready > 0);
        let _ = rustix::io::read(&self.0, &mut [0u8; 8]);
        rang
    }
}

/// What both ends know of the stream.
#[derive(Debug)]
pub(crate) struct StreamState {
    bell: Bell,
    /// Samples the device takes or gives at a time.
    bite: AtomicUsize,
    failure: OnceLock<DeviceError>,
}

impl StreamState {
    /// The stream has ended; only the first reason counts.
    pub(crate) fn fail(&self, error: DeviceError) {
        let _ = self.failure.set(error);
        self.bell.ring();
    }

    fn check(&self) -> Result<(), DeviceError> {
        self.failure.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    fn bite(&self) -> usize {
        self.bite.load(Ordering::Relaxed)
    }
}

fn new_state() -> Result<Arc<StreamState>, DeviceError> {
    let (bell, bite) = (Bell::new()?, AtomicUsize::new(BLOCK_SAMPLES));
    Ok(Arc::new(StreamState { bell, bite, failure: OnceLock::new() }))
}

fn duration(samples: usize) -> Duration {
    Duration::from_micros(samples as u64 * 1_000_000 / u64::from(SAMPLE_RATE))
}

/// Whether there is any device left that could take over.
pub(crate) type AnyLeft = Box<dyn Fn() -> bool + Send>;

/// Tells a stall from a working stream, and when to give up.
struct Stall {
    since: Option<Instant>,
    any_left: AnyLeft,
}

impl Stall {
    fn new(any_left: AnyLeft) -> Self {
        Self { since: None, any_left }
    }

    fn longest_wait(&self) -> Duration {
        if self.since.is_some() { BLOCK } else { STALL }
    }

    /// Called when the wait was in vain.
    fn goes_on(&mut self) -> Result<(), DeviceError> {
        let since = *self.since.get_or_insert_with(Instant::now);
        if since.elapsed() > PATIENCE && !(self.any_left)() { Err(DeviceError::Missing) } else { Ok(()) }
    }
}

/// The callback's end of a microphone.
pub(crate) struct CaptureEnd {
    samples: Producer<f32>,
    state: Arc<StreamState>,
}

impl CaptureEnd {
    /// Takes what the device has; what nobody reads is lost.
    pub(crate) fn take(&mut self, samples: impl ExactSizeIterator<Item = f32>) {
        self.state.bite.store(samples.len(), Ordering::Relaxed);
        let count = samples.len().min(self.samples.slots());
        if let Ok(chunk) = self.samples.write_chunk_uninit(count) {
            chunk.fill_from_iter(samples);
        }
        self.state.bell.ring();
    }
}

/// The thread's end of a microphone. `hold` keeps the device open.
pub(crate) struct RingInput<H> {
    samples: Consumer<f32>,
    state: Arc<StreamState>,
    stall: Stall,
    _hold: H,
}

/// A microphone's two ends. `open` starts the device and gives what keeps it open.
///
/// # Errors
/// Those of `open`.
pub(crate) fn capture<H>(
    any_left: AnyLeft,
    open: impl FnOnce(CaptureEnd, Arc<StreamState>) -> Result<H, DeviceError>,
) -> Result<RingInput<H>, DeviceError> {
    let (producer, samples) = RingBuffer::new(CAPACITY);
    let state = new_state()?;
    let hold = open(CaptureEnd { samples: producer, state: Arc::clone(&state) }, Arc::clone(&state))?;
    Ok(RingInput { samples, state, stall: Stall::new(any_left), _hold: hold })
}

impl<H: Send> RingInput<H> {
    /// A thread that was held up does not stay late: old sound is left out.
    fn catch_up(&mut self) {
        let (waiting, bite) = (self.samples.slots(), self.state.bite());
        if waiting > 2 * bite + 8 * BLOCK_SAMPLES {
            let late = waiting - bite - 2 * BLOCK_SAMPLES;
            if let Ok(chunk) = self.samples.read_chunk(late) {
                chunk.commit_all();
            }
        }
    }
}

impl<H: Send> AudioInput for RingInput<H> {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.catch_up();
        loop {
            if let Ok(chunk) = self.samples.read_chunk(BLOCK_SAMPLES) {
                for (to, from) in block.iter_mut().zip(chunk) {
                    *to = from;
                }
                self.stall.since = None;
                return Ok(());
            }
            self.state.check()?;
            let stalled = self.stall.since.is_some();
            if !self.state.bell.wait(self.stall.longest_wait()) {
                self.stall.goes_on()?;
                if stalled {
                    block.fill(0.0);
                    return Ok(());
                }
            }
        }
    }

    fn delay(&self) -> Duration {
        duration(self.samples.slots() + self.state.bite())
    }
}

/// The callback's end of a loudspeaker.
pub(crate) struct PlaybackEnd {
    samples: Consumer<f32>,
    state: Arc<StreamState>,
}

impl PlaybackEnd {
    /// Gives the next `count` samples to `put`, one after the other; silence when there are none.
    pub(crate) fn give(&mut self, count: usize, mut put: impl FnMut(f32)) {
        self.state.bite.store(count, Ordering::Relaxed);
        let mut missing = count;
        if let Ok(chunk) = self.samples.read_chunk(count.min(self.samples.slots())) {
            missing -= chunk.len();
            chunk.into_iter().for_each(&mut put);
        }
        (0..missing).for_each(|_| put(0.0));
        self.state.bell.ring();
    }
}

/// The thread's end of a loudspeaker. `hold` keeps the device open.
pub(crate) struct RingOutput<H> {
    samples: Producer<f32>,
    state: Arc<StreamState>,
    stall: Stall,
    _hold: H,
}

/// A loudspeaker's two ends. `open` starts the device and gives what keeps it open.
///
/// # Errors
/// Those of `open`.
pub(crate) fn playback<H>(
    any_left: AnyLeft,
    open: impl FnOnce(PlaybackEnd, Arc<StreamState>) -> Result<H, DeviceError>,
) -> Result<RingOutput<H>, DeviceError> {
    let (samples, consumer) = RingBuffer::new(CAPACITY);
    let state = new_state()?;
    let hold = open(PlaybackEnd { samples: consumer, state: Arc::clone(&state) }, Arc::clone(&state))?;
    Ok(RingOutput { samples, state, stall: Stall::new(any_left), _hold: hold })
}

impl<H: Send> RingOutput<H> {
    fn waiting(&self) -> usize {
        CAPACITY - self.samples.slots()
    }
}

impl<H: Send> AudioOutput for RingOutput<H> {
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
        loop {
            self.state.check()?;
            // The next bite and a block besides lie ready, no more: what waits here is heard late.
            let enough = self.state.bite().clamp(BLOCK_SAMPLES, CAPACITY - 3 * BLOCK_SAMPLES) + BLOCK_SAMPLES;
            if self.waiting() <= enough
                && let Ok(chunk) = self.samples.write_chunk_uninit(BLOCK_SAMPLES)
            {
                chunk.fill_from_iter(block.iter().copied());
                return Ok(());
            }
            let stalled = self.stall.since.is_some();
            if self.state.bell.wait(self.stall.longest_wait()) {
                self.stall.since = None;
            } else {
                self.stall.goes_on()?;
                if stalled {
                    return Ok(());
                }
            }
        }
    }

    fn delay(&self) -> Duration {
        duration(self.waiting() + self.state.bite())
    }
}

#[cfg(test)]
mod tests;
