//! Microphones, loudspeakers and cameras as a person chooses among them.

use std::fmt;

use serde::{Deserialize, Serialize};
use treff_media::device::DeviceError;

/// The devices that are there now, and which are chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// To speak into.
    pub microphones: Vec<Device>,
    /// To hear with.
    pub speakers: Vec<Device>,
    /// To be seen with.
    pub cameras: Vec<Device>,
    /// The chosen microphone; the system's default if absent or gone.
    pub microphone: Option<String>,
    /// The chosen loudspeaker; the system's default if absent or gone.
    pub speaker: Option<String>,
    /// The chosen camera; the first if absent or gone.
    pub camera: Option<String>,
    /// Why no microphone can be used, if so.
    pub microphone_problem: Option<DeviceProblem>,
    /// Why no loudspeaker can be used, if so.
    pub speaker_problem: Option<DeviceProblem>,
    /// Why no camera can be used, if so.
    pub camera_problem: Option<DeviceProblem>,
    /// Why the screen cannot be shared, if it was tried.
    pub share_problem: Option<DeviceProblem>,
    /// This platform can share a screen.
    pub can_share: bool,
}

/// One device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Stable across restarts where the platform allows.
    pub id: String,
    /// As the system names it.
    pub name: String,
}

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// To speak into.
    Microphone,
    /// To hear with.
    Speaker,
    /// To be seen with.
    Camera,
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Microphone => "microphone",
            Self::Speaker => "loudspeaker",
            Self::Camera => "camera",
        })
    }
}

/// Why a device cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeviceProblem {
    /// There is none.
    #[error("there is no such device")]
    Missing,
    /// Another program has it.
    #[error("the device is in use by another program")]
    Busy,
    /// The system or the person said no.
    #[error("access to the device was refused")]
    Refused,
    /// It went away or broke while in use.
    #[error("the device stopped working")]
    Failed,
}

impl From<&DeviceError> for DeviceProblem {
    fn from(error: &DeviceError) -> Self {
        match error {
            DeviceError::Missing => Self::Missing,
            DeviceError::Busy => Self::Busy,
            DeviceError::Refused => Self::Refused,
            _ => Self::Failed,
        }
    }
}
