//! Devices and codecs of the phone, behind the core's traits.
//!
//! What decides (which codec, when a key frame, when another stream) is plain Rust with fakes in its tests; only
//! `media_codec`, `decoder`, `encoder`, `aaudio` and `surfaces` touch the system, and they exist on Android alone.

mod audio;
mod capture;
mod chimes;
mod codecs;
mod decoding;
mod renderers;
mod tile;

#[cfg(target_os = "android")]
mod aaudio;
#[cfg(target_os = "android")]
mod decoder;
#[cfg(target_os = "android")]
mod encoder;
#[cfg(target_os = "android")]
mod media_codec;
#[cfg(not(target_os = "android"))]
mod nothing;
#[cfg(target_os = "android")]
mod surfaces;

use std::sync::Arc;

use treff_app::{Observer, Platform};
use treff_media::codec::VideoCodec;
use treff_media::device::{CodecCatalog, DeviceError};

#[cfg(target_os = "android")]
use self::{aaudio::AAudio as System, media_codec::MediaCodecs as Device, surfaces::DESKS, surfaces::TILES};
#[cfg(not(target_os = "android"))]
use self::{nothing::DESKS, nothing::Nothing as System, nothing::Nothing as Device, nothing::TILES};
use crate::capture::{Cameras, Screens};
use crate::config::Config;
use crate::network::Addresses;

/// The platform's half of a client; what Kotlin does not give is not there.
pub(crate) fn platform(
    config: &Config,
    cameras: Option<Arc<dyn Cameras>>,
    screens: Option<Arc<dyn Screens>>,
    addresses: Addresses,
) -> Platform {
    let decoders = Arc::new(codecs::Codecs::new(config.decoders.clone()));
    let pictures = capture::Pictures {
        desks: &DESKS,
        cameras,
        screens,
        all: config.cameras.clone(),
        chosen: None,
        encoders: Arc::new(codecs::Codecs::new(config.encoders.clone())),
        opener: || Box::new(Device),
    };
    Platform {
        audio: Box::new(audio::Phone { system: || System }),
        video: Box::new(pictures),
        renderers: Box::new(renderers::Renderers { tiles: &TILES, decoders, opener: || Box::new(Device) }),
        codecs: catalog(config),
        network: Box::new(addresses),
    }
}

/// Plays quiet sounds for what happens in a call.
pub(crate) fn chimes() -> Box<dyn Observer> {
    Box::new(chimes::Player::new(audio::Phone { system: || System }))
}

/// Kotlin says that a camera or screen gives nothing more.
pub(crate) fn capture_ended(handle: u64, error: DeviceError) {
    DESKS.end(handle, error);
}

/// Kotlin says how large a screen is.
pub(crate) fn screen_resized(handle: u64, shape: (u16, u16)) {
    DESKS.resize(handle, shape);
}

/// What may be announced: VP8 is every Jitsi client's duty, the rest only where the device has a decoder.
fn catalog(config: &Config) -> CodecCatalog {
    let decode = config.decoders.iter().map(|decoder| decoder.codec).chain([VideoCodec::Vp8]).collect();
    CodecCatalog { decode, encode: vec![VideoCodec::Vp8] }
}
