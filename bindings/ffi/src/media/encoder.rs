//! Android's MediaCodec, encoding from a Surface.
//!
//! By the system's own functions: a codec whose process dies gives no buffer for an index that it gave before, which
//! `ndk`'s safe half takes for impossible.

use std::ffi::{CStr, CString};
use std::ops::RangeInclusive;
use std::ptr::{self, NonNull};
use std::time::Duration;

use ndk::media::media_format::MediaFormat;
use ndk::native_window::NativeWindow;
use ndk_sys as sys;

use super::camera::{Encoded, Opened, OpensEncoders, VideoEncoder, Wish};
use super::media_codec::{MediaCodecs, mime};
use crate::config::DeviceCodec;

/// MediaCodecInfo.CodecCapabilities.COLOR_FormatSurface.
const FROM_SURFACE: i32 = 0x7f00_0789;
/// MediaCodecInfo.EncoderCapabilities.BITRATE_MODE_CBR.
const CONSTANT_BITRATE: i32 = 2;
/// Seconds between key frames: they come on request, not by the clock.
const KEY_FRAME_GAP: i32 = 3600;
/// AMEDIACODEC_INFO_OUTPUT_BUFFERS_CHANGED, _OUTPUT_FORMAT_CHANGED and _TRY_AGAIN_LATER.
const NEWS: RangeInclusive<isize> = -3..=-1;
/// MediaFormat.KEY_TEMPORAL_LAYERING.
const LAYERING: &CStr = c"ts-schema";
/// WebRTC's three layers for VP8. An encoder that makes others or none says so in its output format.
const LAYERS: &CStr = c"webrtc.vp8.3-layer";

impl OpensEncoders<NativeWindow> for MediaCodecs {
    fn open(&self, codec: &DeviceCodec, wish: Wish) -> Result<Opened<NativeWindow>, String> {
        let encoder = Encoder::named(&codec.name)?;
        encoder.configure(&format(codec, wish))?;
        let surface = encoder.input()?;
        let layered = encoder.makes_layers();
        // SAFETY: the codec is ours and configured.
        check("start", unsafe { sys::AMediaCodec_start(encoder.raw()) })?;
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

/// A codec of ours; it stays on the thread that made it.
struct Encoder(NonNull<sys::AMediaCodec>);

impl Encoder {
    fn named(name: &str) -> Result<Self, String> {
        let name = CString::new(name).map_err(|error| error.to_string())?;
        // SAFETY: the text is alive; the call gives a codec of ours or nothing.
        let codec = unsafe { sys::AMediaCodec_createCodecByName(name.as_ptr()) };
        NonNull::new(codec).map(Self).ok_or_else(|| "the system has none of that name".to_owned())
    }

    fn raw(&self) -> *mut sys::AMediaCodec {
        self.0.as_ptr()
    }

    fn configure(&self, format: &MediaFormat) -> Result<(), String> {
        let encode = sys::AMEDIACODEC_CONFIGURE_FLAG_ENCODE as u32;
        // SAFETY: codec and format are alive; no Surface to show on and no key belongs to an encoder.
        let status = unsafe {
            sys::AMediaCodec_configure(self.raw(), format.as_ptr(), ptr::null_mut(), ptr::null_mut(), encode)
        };
        check("configure", status)
    }

    /// The Surface to draw pictures on.
    fn input(&self) -> Result<NativeWindow, String> {
        let mut window = ptr::null_mut();
        // SAFETY: the codec is ours and configured; the call writes one pointer.
        check("createInputSurface", unsafe { sys::AMediaCodec_createInputSurface(self.raw(), &mut window) })?;
        let window = NonNull::new(window).ok_or("there is no Surface")?;
        // SAFETY: the window comes with a reference that is ours.
        Ok(unsafe { NativeWindow::from_ptr(window) })
    }

    /// Whether the codec took up the wish for temporal layers.
    fn makes_layers(&self) -> bool {
        // SAFETY: the codec is ours and configured; the format, if there is one, is ours.
        let Some(format) = NonNull::new(unsafe { sys::AMediaCodec_getOutputFormat(self.raw()) }) else {
            return false;
        };
        // SAFETY: as above; it is deleted with this value.
        let format = unsafe { MediaFormat::from_ptr(format) };
        let mut found = ptr::null();
        // SAFETY: format and key are alive; a text that is found lives as long as the format.
        unsafe {
            sys::AMediaFormat_getString(format.as_ptr(), LAYERING.as_ptr(), &mut found)
                && !found.is_null()
                && CStr::from_ptr(found) == LAYERS
        }
    }

    fn set(&self, key: &str, value: i32) -> Result<(), String> {
        let mut parameters = MediaFormat::new();
        parameters.set_i32(key, value);
        // SAFETY: the codec is ours and started; the call copies the parameters.
        check(key, unsafe { sys::AMediaCodec_setParameters(self.raw(), parameters.as_ptr()) })
    }

    /// The bytes of an output buffer, unless the codec has taken it back.
    fn copy(&self, index: usize, info: &sys::AMediaCodecBufferInfo) -> Option<Vec<u8>> {
        let mut room = 0;
        // SAFETY: the codec is ours and the index was just given by it; the call writes one number.
        let start = unsafe { sys::AMediaCodec_getOutputBuffer(self.raw(), index, &mut room) };
        let start = NonNull::new(start)?;
        let (offset, size) = (usize::try_from(info.offset).ok()?, usize::try_from(info.size).ok()?);
        // SAFETY: the buffer has that much room, and stays until it is released.
        let buffer = unsafe { std::slice::from_raw_parts(start.as_ptr(), room) };
        buffer.get(offset..offset.checked_add(size)?).map(<[u8]>::to_vec)
    }
}

impl VideoEncoder for Encoder {
    fn take(&mut self, patience: Duration) -> Result<Option<Encoded>, String> {
        let mut info = sys::AMediaCodecBufferInfo { offset: 0, size: 0, presentationTimeUs: 0, flags: 0 };
        let patience = i64::try_from(patience.as_micros()).unwrap_or(i64::MAX);
        // SAFETY: the codec is ours and started; the call writes `info`.
        let found = unsafe { sys::AMediaCodec_dequeueOutputBuffer(self.raw(), &mut info, patience) };
        let Ok(index) = usize::try_from(found) else { return nothing(found) };
        let data = self.copy(index, &info);
        // SAFETY: as above, and nothing refers to the buffer any more.
        check("releaseOutputBuffer", unsafe {
            sys::AMediaCodec_releaseOutputBuffer(self.raw(), index, false)
        })?;
        let data = data.ok_or("it took a buffer back")?;
        let config = info.flags & sys::AMEDIACODEC_BUFFER_FLAG_CODEC_CONFIG as u32 != 0;
        let at = u64::try_from(info.presentationTimeUs).unwrap_or_default();
        Ok((!config && !data.is_empty()).then_some(Encoded { data, at }))
    }

    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), String> {
        // MediaCodec.PARAMETER_KEY_VIDEO_BITRATE.
        self.set("video-bitrate", number(bitrate))
    }

    fn request_keyframe(&mut self) -> Result<(), String> {
        // MediaCodec.PARAMETER_KEY_REQUEST_SYNC_FRAME.
        self.set("request-sync", 0)
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: ours, and not used after this; one that is broken already cannot be stopped, only deleted.
        unsafe {
            sys::AMediaCodec_stop(self.raw());
            sys::AMediaCodec_delete(self.raw());
        }
    }
}

/// News that carry no frame, or an error.
fn nothing(code: isize) -> Result<Option<Encoded>, String> {
    if NEWS.contains(&code) { Ok(None) } else { Err(format!("dequeueOutputBuffer says {code}")) }
}

fn check(what: &str, status: sys::media_status_t) -> Result<(), String> {
    if status == sys::media_status_t::AMEDIA_OK { Ok(()) } else { Err(format!("{what} says {}", status.0)) }
}
