//! What a platform implements: microphones, loudspeakers, cameras with their encoders, and renderers with their
//! decoders. Each trait is small and has a fake in the tests.

mod audio;
mod video;

pub use audio::{AudioDevices, AudioInput, AudioOutput, SpeakerTap};
pub use video::{
    CodecCatalog, EncodePlan, EncodedVideoSource, FrameSink, LayerPlan, PushOutcome, RendererFactory,
    RendererStats, RendererWake, VideoRenderer, VideoSources,
};

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
