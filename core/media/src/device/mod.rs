//! What a platform implements: microphones, loudspeakers, cameras with their encoders, and renderers with their
//! decoders. Each trait is small and has a fake in the tests.

mod audio;
mod video;

use std::sync::Arc;

pub use audio::{AudioDevices, AudioDirection, AudioInput, AudioOutput, SpeakerTap};
pub use video::{
    CodecCatalog, EncodePlan, EncodedVideoSource, FrameSink, LayerPlan, PushOutcome, RendererFactory,
    RendererStats, RendererWake, SourceNews, VideoRenderer, VideoSources,
};

/// One device as a person chooses among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Stable across restarts where the platform allows.
    pub id: String,
    /// As the system names it.
    pub name: String,
}

/// Called by a platform, from any thread, when devices came, went, or another became the default. Cheap, never blocks;
/// the driver then lists them again.
pub type DeviceWatch = Arc<dyn Fn() + Send + Sync>;

/// Why a device did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// There is none of this kind.
    #[error("no such device")]
    Missing,
    /// Another program has it.
    #[error("the device is in use by another program")]
    Busy,
    /// The system or the person said no.
    #[error("access to the device was refused")]
    Refused,
    /// It went away or broke while in use; the text is for the log.
    #[error("the device failed: {0}")]
    Failed(String),
    /// It has nothing more to give, as a file at its end.
    #[error("the device has ended")]
    Ended,
}
