//! Android's MediaCodec, decoding onto a Surface.

use std::time::Duration;

use ndk::media::media_format::MediaFormat;
use ndk::native_window::NativeWindow;
use ndk_sys as sys;
use treff_media::frame::EncodedFrame;

use super::decoding::{OpensDecoders, Shown, VideoDecoder};
use super::media_codec::{Codec, MediaCodecs, Output, Way, check, mime};
use crate::config::DeviceCodec;

/// What a stream's size is said to be where its first frame does not tell; the decoder finds out by itself.
const USUAL_SIZE: (u16, u16) = (1280, 720);
/// The largest pictures that come: simulcast may switch up to these in mid-stream.
const LARGEST_SIZE: (i32, i32) = (1920, 1920);

impl OpensDecoders<NativeWindow> for MediaCodecs {
    fn open(
        &self,
        decoder: &DeviceCodec,
        key: &EncodedFrame,
        window: &NativeWindow,
    ) -> Result<Box<dyn VideoDecoder<NativeWindow>>, String> {
        let codec = Codec::named(&decoder.name)?;
        codec.configure(&format(key), Way::DecodeOnto(window))?;
        codec.start()?;
        Ok(Box::new(codec))
    }
}

fn format(key: &EncodedFrame) -> MediaFormat {
    let (width, height) = if key.width == 0 { USUAL_SIZE } else { (key.width, key.height) };
    let mut format = MediaFormat::new();
    format.set_str("mime", mime(key.codec));
    format.set_i32("width", width.into());
    format.set_i32("height", height.into());
    format.set_i32("max-width", LARGEST_SIZE.0);
    format.set_i32("max-height", LARGEST_SIZE.1);
    // Real time, ahead of background work (android.media.MediaFormat.KEY_PRIORITY), and pictures as soon as they are
    // decoded (KEY_LOW_LATENCY, read from API 30 on).
    format.set_i32("priority", 0);
    format.set_i32("low-latency", 1);
    format
}

impl VideoDecoder<NativeWindow> for Codec {
    fn queue(&mut self, frame: &EncodedFrame) -> Result<bool, String> {
        self.input(&frame.data, u64::try_from(frame.timestamp.as_micros()).unwrap_or_default())
    }

    fn show(&mut self, patience: Duration) -> Result<Shown, String> {
        match self.output(patience)? {
            Output::Buffer(index, _) => self.release(index, true).map(|()| Shown::Picture),
            Output::Format => Ok(self.output_format().as_ref().map_or(Shown::Nothing, size)),
            Output::Nothing => Ok(Shown::Nothing),
        }
    }

    fn move_to(&mut self, window: &NativeWindow) -> Result<(), String> {
        // SAFETY: the codec is ours and started, the window alive; the codec acquires a reference of its own.
        check("setOutputSurface", unsafe {
            sys::AMediaCodec_setOutputSurface(self.raw(), window.ptr().as_ptr())
        })
    }
}

/// The visible part of the pictures: buffers are often larger.
fn size(format: &MediaFormat) -> Shown {
    let span = |from: &str, to: &str| Some(format.i32(to)? - format.i32(from)? + 1);
    let width = span("crop-left", "crop-right").or_else(|| format.i32("width"));
    let height = span("crop-top", "crop-bottom").or_else(|| format.i32("height"));
    match (width.and_then(|w| u16::try_from(w).ok()), height.and_then(|h| u16::try_from(h).ok())) {
        (Some(width), Some(height)) => Shown::Size(width, height),
        _ => Shown::Nothing,
    }
}
