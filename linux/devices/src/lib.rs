//! Microphones, loudspeakers, cameras and screens of a Linux desktop or phone, behind the traits of treff-media.
//!
//! [`Devices`] is all of it: PipeWire for sound, cameras and screens, asked for through portals where an app is sandboxed;
//! PulseAudio or ALSA and V4L2 where there is no PipeWire. In: a person's choices. Out: lists that follow what is plugged
//! in, blocks of sound, encoded pictures, the own picture.
#![warn(missing_docs)]

mod devices;
mod inventory;
mod picture;
mod pipewire;
mod plain;
mod platform;
mod portal;
mod ring;
mod shared;
mod tone;
mod v4l2;

pub use devices::Devices;
pub use inventory::{Device, DeviceKind, Moved};
pub use shared::MoveWatch;
