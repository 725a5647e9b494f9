//! Android's MediaCodec, encoding from a Surface.

use std::ffi::CStr;
use std::ptr::{self, NonNull};
use std::time::Duration;

use ndk::media::media_format::MediaFormat;
use ndk::native_window::NativeWindow;
use ndk_sys as sys;

use super::capture::{Encoded, Opened, OpensEncoders, VideoEncoder, Wish};
use super::media_codec::{Codec, MediaCodecs, Output, Way, check, mime};
use crate::config::DeviceCodec;

/// MediaCodecInfo.CodecCapabilities.COLOR_FormatSurface.
const FROM_SURFACE: i32 = 0x7f00_0789;
/// MediaCodecInfo.EncoderCapabilities.BITRATE_MODE_CBR.
const CONSTANT_BITRATE: i32 = 2;
/// Seconds between key frames: they come on request, not by the clock.
const KEY_FRAME_GAP: i32 = 3600;
/// MediaFormat.KEY_TEMPORAL_LAYERING.
const LAYERING: &CStr = c"ts-schema";
/// WebRTC's three layers for VP8. An encoder that makes others or none says so in its output format.
const LAYERS: &CStr = c"webrtc.vp8.3-layer";

impl OpensEncoders<NativeWindow> for MediaCodecs {
    fn open(&self, codec: &DeviceCodec, wish: Wish) -> Result<Opened<NativeWindow>, String> {
        let encoder = Codec::named(&codec.name)?;
        encoder.configure(&format(codec, wish), Way::Encode)?;
        let surface = input(&encoder)?;
        let layered = makes_layers(&encoder);
        encoder.start()?;
        Ok(Opened { encoder: Box::new(encoder), surface, layered })
    }
}

fn format(codec: &DeviceCodec, wish: Wish) -> MediaFormat {
    let mut format = MediaFormat::new();
    format.set_str("mime", mime(codec.codec));
    format.set_i32("width", wish.size.0.into());
    format.set_i32("height", wish.size.1.into());
    format.set_i32("color-format", FROM_SURFACE);
    format.set_i32("bitrate", number(wish.bitrate));
    format.set_i32("bitrate-mode", CONSTANT_BITRATE);
    format.set_i32("frame-rate", wish.framerate.max(1).into());
    format.set_i32("i-frame-interval", KEY_FRAME_GAP);
    // Real time (KEY_PRIORITY).
    format.set_i32("priority", 0);
    // SAFETY: format and texts are alive; the call copies both.
    unsafe { sys::AMediaFormat_setString(format.as_ptr(), LAYERING.as_ptr(), LAYERS.as_ptr()) };
    format
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// The Surface to draw pictures on.
fn input(encoder: &Codec) -> Result<NativeWindow, String> {
    let mut window = ptr::null_mut();
    // SAFETY: the codec is ours and configured; the call writes one pointer.
    check("createInputSurface", unsafe { sys::AMediaCodec_createInputSurface(encoder.raw(), &mut window) })?;
    let window = NonNull::new(window).ok_or("there is no Surface")?;
    // SAFETY: the window comes with a reference that is ours.
    Ok(unsafe { NativeWindow::from_ptr(window) })
}

/// Whether the codec took up the wish for temporal layers.
fn makes_layers(encoder: &Codec) -> bool {
    let Some(format) = encoder.output_format() else { return false };
    let mut found = ptr::null();
    // SAFETY: format and key are alive; a text that is found lives as long as the format.
    unsafe {
        sys::AMediaFormat_getString(format.as_ptr(), LAYERING.as_ptr(), &mut found)
            && !found.is_null()
            && CStr::from_ptr(found) == LAYERS
    }
}

fn set(encoder: &Codec, key: &str, value: i32) -> Result<(), String> {
    let mut parameters = MediaFormat::new();
    parameters.set_i32(key, value);
    // SAFETY: the codec is ours and started; the call copies the parameters.
    check(key, unsafe { sys::AMediaCodec_setParameters(encoder.raw(), parameters.as_ptr()) })
}

impl VideoEncoder for Codec {
    fn take(&mut self, patience: Duration) -> Result<Option<Encoded>, String> {
        let Output::Buffer(index, info) = self.output(patience)? else { return Ok(None) };
        let data = self.copy(index, &info);
        self.release(index, false)?;
        let data = data.ok_or("it took a buffer back")?;
        let config = info.flags & sys::AMEDIACODEC_BUFFER_FLAG_CODEC_CONFIG as u32 != 0;
        let at = u64::try_from(info.presentationTimeUs).unwrap_or_default();
        Ok((!config && !data.is_empty()).then_some(Encoded { data, at }))
    }

    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), String> {
        // MediaCodec.PARAMETER_KEY_VIDEO_BITRATE.
        set(self, "video-bitrate", number(bitrate))
    }

    fn request_keyframe(&mut self) -> Result<(), String> {
        // MediaCodec.PARAMETER_KEY_REQUEST_SYNC_FRAME.
        set(self, "request-sync", 0)
    }
}
