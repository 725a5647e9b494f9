//! Android's MediaCodec, decoding onto a Surface.

use std::time::Duration;

use ndk::media::media_codec::{
    DequeuedInputBufferResult, DequeuedOutputBufferInfoResult, MediaCodec, MediaCodecDirection,
};
use ndk::media::media_format::MediaFormat;
use ndk::native_window::NativeWindow;
use treff_media::codec::VideoCodec;
use treff_media::frame::EncodedFrame;

use super::decoding::{OpensDecoders, Shown, VideoDecoder};
use crate::config::DeviceCodec;

/// What a stream's size is said to be where its first frame does not tell; the decoder finds out by itself.
const USUAL_SIZE: (u16, u16) = (1280, 720);
/// The largest pictures that come: simulcast may switch up to these in mid-stream.
const LARGEST_SIZE: (i32, i32) = (1920, 1920);

/// Makes MediaCodec decoders and encoders.
pub(super) struct MediaCodecs;

impl OpensDecoders<NativeWindow> for MediaCodecs {
    fn open(
        &self,
        decoder: &DeviceCodec,
        key: &EncodedFrame,
        window: &NativeWindow,
    ) -> Result<Box<dyn VideoDecoder<NativeWindow>>, String> {
        let codec = MediaCodec::from_codec_name(&decoder.name).ok_or("the system has none of that name")?;
        codec.configure(&format(key), Some(window), MediaCodecDirection::Decoder).map_err(words)?;
        codec.start().map_err(words)?;
        Ok(Box::new(Decoding(codec)))
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

pub(super) fn mime(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::Vp8 => "video/x-vnd.on2.vp8",
        VideoCodec::Vp9 => "video/x-vnd.on2.vp9",
        VideoCodec::H264 => "video/avc",
        VideoCodec::Av1 => "video/av01",
    }
}

struct Decoding(MediaCodec);

impl VideoDecoder<NativeWindow> for Decoding {
    fn queue(&mut self, frame: &EncodedFrame) -> Result<bool, String> {
        let found = self.0.dequeue_input_buffer(Duration::ZERO).map_err(words)?;
        let DequeuedInputBufferResult::Buffer(mut buffer) = found else { return Ok(false) };
        let room = buffer.buffer_mut();
        let Some(part) = room.get_mut(..frame.data.len()) else {
            return Err(format!("a frame of {} bytes, room for {}", frame.data.len(), room.len()));
        };
        for (to, from) in part.iter_mut().zip(frame.data.iter()) {
            to.write(*from);
        }
        let at = u64::try_from(frame.timestamp.as_micros()).unwrap_or_default();
        self.0.queue_input_buffer(buffer, 0, frame.data.len(), at, 0).map_err(words)?;
        Ok(true)
    }

    fn show(&mut self, patience: Duration) -> Result<Shown, String> {
        match self.0.dequeue_output_buffer(patience).map_err(words)? {
            DequeuedOutputBufferInfoResult::Buffer(buffer) => {
                self.0.release_output_buffer(buffer, true).map_err(words)?;
                Ok(Shown::Picture)
            }
            DequeuedOutputBufferInfoResult::OutputFormatChanged => Ok(size(&self.0.output_format())),
            _ => Ok(Shown::Nothing),
        }
    }

    fn move_to(&mut self, window: &NativeWindow) -> Result<(), String> {
        self.0.set_output_surface(window).map_err(words)
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

fn words(error: ndk::media_error::MediaError) -> String {
    error.to_string()
}
