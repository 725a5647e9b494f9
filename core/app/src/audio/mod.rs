//! The two audio threads of a call, one per direction, clocked by their devices.
//!
//! In: a device opener, packets from the driver. Out: Opus packets and figures for the driver. Between the threads and
//! the driver lie lock-free rings: a thread never waits on the driver, and neither allocates once it runs.

mod loudspeaker;
mod microphone;
mod processed;
pub(crate) mod tone;

pub(crate) use loudspeaker::Loudspeaker;
pub(crate) use microphone::Microphone;
pub use processed::ProcessedAudio;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells a thread to stop when dropped. The thread ends at its device's next block; nobody waits for it.
struct StopOnDrop(Arc<AtomicBool>);

impl StopOnDrop {
    fn new() -> (Self, Arc<AtomicBool>) {
        let flag = Arc::new(AtomicBool::new(false));
        (Self(Arc::clone(&flag)), flag)
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
