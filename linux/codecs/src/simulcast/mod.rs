//! A camera with its encoders: one thread that captures, scales and encodes what the plan asks for, and
//! sleeps while the plan is empty and nobody wants the own picture. In: plans and key-frame requests. Out: encoded frames
//! of all active encodings, with one timestamp a picture.
//!
//! One thread is enough: three encodings of a 720p picture take about a sixth of a frame's time on a desktop
//! core.

mod pace;
mod pipeline;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use treff_media::device::{DeviceError, EncodePlan, EncodedVideoSource, FrameSink, SourceNews};

use crate::source::{PictureSource, PictureTap};
use pace::{framerate, next_slot};
use pipeline::Pipeline;

/// How often it is looked whether the own picture is wanted while nobody else watches.
const GLANCE: Duration = Duration::from_millis(100);

/// Encodes the pictures of a [`PictureSource`] in up to three sizes. Dropping it closes the source; a picture
/// being encoded at that moment may still reach the sink.
#[derive(Debug)]
pub struct SimulcastSource {
    capture_height: u16,
    shared: Arc<Shared>,
}

impl SimulcastSource {
    /// Starts the thread. Nothing is captured until a plan asks for it.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn open(source: Box<dyn PictureSource>, sink: FrameSink) -> Result<Self, DeviceError> {
        Self::open_with_tap(source, sink, None)
    }

    /// The same, perhaps with somebody who sees the pictures before they are encoded.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn open_with_tap(
        source: Box<dyn PictureSource>,
        sink: FrameSink,
        tap: Option<Box<dyn PictureTap>>,
    ) -> Result<Self, DeviceError> {
        let capture_height = source.width().min(source.height());
        let shared = Arc::new(Shared::default());
        let worker = Worker { shared: Arc::clone(&shared), pipeline: Pipeline::new(source), sink, tap };
        thread::Builder::new()
            .name("treff-capture".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self { capture_height, shared })
    }

    fn change(&self, change: impl FnOnce(&mut Control)) {
        change(&mut self.shared.lock());
        self.shared.wake.notify_one();
    }
}

impl EncodedVideoSource for SimulcastSource {
    fn capture_height(&self) -> u16 {
        self.capture_height
    }

    fn set_plan(&mut self, plan: &EncodePlan) {
        self.change(|control| control.plan = Some(plan.clone()));
    }

    fn request_keyframe(&mut self) {
        self.change(|control| control.keyframe = true);
    }
}

impl Drop for SimulcastSource {
    fn drop(&mut self) {
        self.change(|control| control.stop = true);
    }
}

#[derive(Debug, Default)]
struct Shared {
    control: Mutex<Control>,
    wake: Condvar,
}

/// What the owner wants and the thread has not taken yet.
#[derive(Debug, Default)]
struct Control {
    plan: Option<EncodePlan>,
    keyframe: bool,
    stop: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker {
    shared: Arc<Shared>,
    pipeline: Pipeline,
    sink: FrameSink,
    tap: Option<Box<dyn PictureTap>>,
}

impl Worker {
    fn run(mut self) {
        let epoch = Instant::now();
        let mut last = None;
        while let Some(at) = self.wait(epoch, last) {
            last = Some(at);
            if let Err(error) = self.pipeline.capture(at, &mut self.sink, self.tap.as_deref_mut()) {
                tracing::info!(%error, "The picture source has ended.");
                return (self.sink)(SourceNews::Ended(error));
            }
        }
    }

    /// The pace of pictures that only the tap wants.
    fn tapped_framerate(&self) -> Option<u8> {
        self.tap.as_ref().filter(|tap| tap.wants()).map(|_| self.pipeline.source_fps())
    }

    /// Takes new orders and waits for the time of the next picture. `None` when the owner is gone.
    fn wait(&mut self, epoch: Instant, last: Option<Duration>) -> Option<Duration> {
        let mut control = self.shared.lock();
        loop {
            if control.stop {
                return None;
            }
            if let Some(plan) = control.plan.take() {
                self.pipeline.set_plan(plan);
            }
            let Some(most) = self.pipeline.max_framerate().or_else(|| self.tapped_framerate()) else {
                // Encoders that start later start with key frames anyway.
                control.keyframe = false;
                control = match self.tap {
                    None => self.shared.wake.wait(control).unwrap_or_else(PoisonError::into_inner),
                    Some(_) => {
                        let woken = self.shared.wake.wait_timeout(control, GLANCE);
                        woken.unwrap_or_else(PoisonError::into_inner).0
                    }
                };
                continue;
            };
            let now = epoch.elapsed();
            let at = next_slot(last, now, framerate(most, self.pipeline.source_fps()));
            let early = at.saturating_sub(now);
            if early.is_zero() {
                if std::mem::take(&mut control.keyframe) {
                    self.pipeline.request_keyframe();
                }
                return Some(at);
            }
            control = self.shared.wake.wait_timeout(control, early).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
