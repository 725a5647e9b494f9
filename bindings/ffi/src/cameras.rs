//! What Kotlin does for the camera: it opens it, draws its pictures and says when it is gone.
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
    fn open(&self, handle: u64, id: String) -> Result<(), CameraRefused>;
    /// Whether somebody wants its pictures: draw them on what `Surfaces.encoder` gives.
    fn watched(&self, handle: u64, watched: bool) -> Result<(), CameraRefused>;
    /// It is not wanted any more.
    fn close(&self, handle: u64) -> Result<(), CameraRefused>;
}

/// Why a camera does not open.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CameraRefused {
    /// The person has not allowed it.
    #[error("the camera is not allowed")]
    NotAllowed,
    /// An exception.
    #[error("{reason}")]
    Threw {
        /// Its message.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CameraRefused {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw { reason: error.reason }
    }
}

impl From<CameraRefused> for DeviceError {
    fn from(refused: CameraRefused) -> Self {
        match refused {
            CameraRefused::NotAllowed => Self::Refused,
            CameraRefused::Threw { reason } => Self::Failed(reason),
        }
    }
}

/// The camera behind `handle` gives nothing more: another app has it, the system forbids it, or it broke.
#[uniffi::export]
fn camera_ended(handle: u64, problem: DeviceProblem) {
    let error = match problem {
        DeviceProblem::Missing => DeviceError::Missing,
        DeviceProblem::Busy => DeviceError::Busy,
        DeviceProblem::Refused => DeviceError::Refused,
        _ => DeviceError::Failed("the camera stopped".to_owned()),
    };
    crate::media::camera_ended(handle, error);
}
