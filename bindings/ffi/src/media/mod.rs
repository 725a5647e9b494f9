//! Devices and codecs of the phone, behind the core's traits.
//!
//! What decides (which decoder, when a key frame, when another stream) is plain Rust with fakes in its tests; only
//! `media_codec`, `aaudio` and `surfaces` touch the system, and they exist on Android alone.

mod audio;
mod decoders;
mod decoding;
mod renderers;
mod tile;

#[cfg(target_os = "android")]
mod aaudio;
#[cfg(target_os = "android")]
mod media_codec;
#[cfg(not(target_os = "android"))]
mod nothing;
#[cfg(target_os = "android")]
mod surfaces;

use std::sync::Arc;

use treff_app::Platform;
use treff_media::codec::VideoCodec;
use treff_media::device::{CodecCatalog, DeviceError, EncodedVideoSource, FrameSink, VideoSources};

#[cfg(target_os = "android")]
use self::{aaudio::AAudio as System, media_codec::MediaCodecs as Codecs, surfaces::TILES};
#[cfg(not(target_os = "android"))]
use self::{nothing::Nothing as System, nothing::Nothing as Codecs, nothing::TILES};
use crate::config::Config;
use crate::network::Addresses;

/// The platform's half of a client.
pub(crate) fn platform(config: &Config, addresses: Addresses) -> Platform {
    let decoders = Arc::new(decoders::Decoders::new(config.decoders.clone()));
    Platform {
        audio: Box::new(audio::Phone { system: || System }),
        video: Box::new(NoCamera),
        renderers: Box::new(renderers::Renderers { tiles: &TILES, decoders, opener: || Box::new(Codecs) }),
        codecs: catalog(config),
        network: Box::new(addresses),
    }
}

/// What may be announced: VP8 is every Jitsi client's duty, the rest only where the device has a decoder.
fn catalog(config: &Config) -> CodecCatalog {
    let decode = config.decoders.iter().map(|decoder| decoder.codec).chain([VideoCodec::Vp8]).collect();
    CodecCatalog { decode, encode: vec![VideoCodec::Vp8] }
}

/// The camera is not built yet, and says so.
struct NoCamera;

impl VideoSources for NoCamera {
    fn open_camera(&mut self, _: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        Err(DeviceError::Missing)
    }
}
