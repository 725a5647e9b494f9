//! What Kotlin does for pictures of ours: it opens cameras, asks for the screen, draws what they show, and says when one is
//! gone.
//!
//! Pictures do not pass here: `Surfaces` of Kotlin's draws them on the encoders' own Surfaces.

use treff_app::DeviceProblem;
use treff_media::device::DeviceError;

/// A camera of this phone.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PhoneCamera {
    /// As the system calls it.
    pub id: String,
    /// The shorter side of its pictures, in pixels.
    pub height: u16,
}

/// The phone's cameras. Called from the core's thread: hand over to a thread of your own and return.
#[uniffi::export(with_foreign)]
pub trait Cameras: Send + Sync {
    /// From now on `handle` stands for this camera. It captures while it is watched or the own picture is on screen.
    fn open(&self, handle: u64, id: String) -> Result<(), CaptureRefused>;
    /// Whether somebody wants its pictures: draw them on what `Surfaces.encoder` gives.
    fn watched(&self, handle: u64, watched: bool) -> Result<(), CaptureRefused>;
    /// It is not wanted any more.
    fn close(&self, handle: u64) -> Result<(), CaptureRefused>;
}

/// The phone's screen, for others to see. Called from the core's thread, as [`Cameras`] is.
#[uniffi::export(with_foreign)]
pub trait Screens: Send + Sync {
    /// Lets the person pick what to show; from now on `handle` stands for it. [`screen_resized`] says that they have, and
    /// [`capture_ended`] that they will not.
    fn ask(&self, handle: u64) -> Result<(), CaptureRefused>;
    /// Whether somebody wants its pictures: draw them on what `Surfaces.encoder` gives, a still one again and again.
    fn watched(&self, handle: u64, watched: bool) -> Result<(), CaptureRefused>;
    /// It is not wanted any more, picked or not.
    fn close(&self, handle: u64) -> Result<(), CaptureRefused>;
}

/// Why nothing is captured.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CaptureRefused {
    /// The person has not allowed it.
    #[error("it is not allowed")]
    NotAllowed,
    /// An exception.
    #[error("{reason}")]
    Threw {
        /// Its message.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CaptureRefused {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw { reason: error.reason }
    }
}

impl From<CaptureRefused> for DeviceError {
    fn from(refused: CaptureRefused) -> Self {
        match refused {
            CaptureRefused::NotAllowed => Self::Refused,
            CaptureRefused::Threw { reason } => Self::Failed(reason),
        }
    }
}

/// The screen behind `handle` is shown in this size from now on: the person has picked it, or it was turned.
#[uniffi::export]
fn screen_resized(handle: u64, width: u16, height: u16) {
    crate::media::screen_resized(handle, (width, height));
}

/// The camera or screen behind `handle` gives nothing more: another app has it, the person or the system forbids it, or it
/// broke.
#[uniffi::export]
fn capture_ended(handle: u64, problem: DeviceProblem) {
    let error = match problem {
        DeviceProblem::Missing => DeviceError::Missing,
        DeviceProblem::Busy => DeviceError::Busy,
        DeviceProblem::Refused => DeviceError::Refused,
        _ => DeviceError::Failed("it stopped".to_owned()),
    };
    crate::media::capture_ended(handle, error);
}
