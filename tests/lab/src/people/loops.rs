//! Media made once: encoded loops of the pattern and of tones, shared by everybody in the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use treff_codecs::fixture::Av1Loop;
use treff_codecs::pattern::{FrameNumber, Pattern};
use treff_codecs::{EncoderConfig, encoder};
use treff_media::audio::{Capture, CaptureConfig, OpusPacket};
use treff_media::codec::VideoCodec;
use treff_media::frame::{BLOCK_SAMPLES, EncodedFrame, SAMPLE_RATE};

/// Pictures and packets of two seconds.
const SECONDS: usize = 2;

/// How fast a loop plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pace {
    /// A camera, 30 pictures a second.
    Camera,
    /// A screen, 5 pictures a second.
    Screen,
}

impl Pace {
    pub(crate) fn rate(self) -> u8 {
        match self {
            Self::Camera => 30,
            Self::Screen => 5,
        }
    }
}

/// One encoding of a moving pattern. Slots the encoder left out are empty.
pub(crate) type CameraLoop = Arc<Vec<Option<EncodedFrame>>>;
/// Opus packets with their levels.
pub(crate) type ToneLoop = Arc<Vec<(Bytes, u8)>>;

type VideoKey = (VideoCodec, usize, u16, Pace);

/// The heights and bit rates of a camera's encodings.
fn encodings(codec: VideoCodec) -> &'static [(u16, u32)] {
    match codec {
        VideoCodec::Vp8 => &[(180, 150_000), (360, 500_000), (720, 1_500_000)],
        // One stream, small enough for software decoders on a busy machine.
        VideoCodec::Vp9 => &[(360, 400_000)],
        VideoCodec::H264 => &[(360, 600_000)],
        VideoCodec::Av1 => &[(720, 0)],
    }
}

/// All encodings of a camera in a colour, smallest first.
pub(crate) fn camera(codec: VideoCodec, colour: usize) -> Result<Vec<CameraLoop>, String> {
    encodings(codec)
        .iter()
        .enumerate()
        .map(|(layer, (height, bitrate))| video(codec, colour, *height, *bitrate, layer as u8, Pace::Camera))
        .collect()
}

/// A screen in a colour.
pub(crate) fn screen(colour: usize) -> Result<CameraLoop, String> {
    video(VideoCodec::Vp8, colour, 720, 1_000_000, 0, Pace::Screen)
}

fn video(
    codec: VideoCodec,
    colour: usize,
    height: u16,
    bitrate: u32,
    layer: u8,
    pace: Pace,
) -> Result<CameraLoop, String> {
    static MADE: OnceLock<Mutex<BTreeMap<VideoKey, CameraLoop>>> = OnceLock::new();
    let made = MADE.get_or_init(Mutex::default);
    let key = (codec, colour, height, pace);
    if let Some(done) = made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(done));
    }
    let frames = if codec == VideoCodec::Av1 {
        let mut recording = Av1Loop::new();
        (0..Av1Loop::LENGTH).map(|_| Some(recording.next_frame(Duration::ZERO))).collect()
    } else {
        encode(codec, colour, height, bitrate, layer, pace)?
    };
    let done = Arc::new(frames);
    made.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&done));
    Ok(done)
}

fn encode(
    codec: VideoCodec,
    colour: usize,
    height: u16,
    bitrate: u32,
    layer: u8,
    pace: Pace,
) -> Result<Vec<Option<EncodedFrame>>, String> {
    let width = height / 9 * 16;
    let rate = pace.rate();
    let config = EncoderConfig { width, height, framerate: rate, bitrate, layer };
    let mut encoder = encoder(codec, &config).map_err(|error| error.to_string())?;
    let mut pattern = Pattern::new(colour, width, height);
    (0..SECONDS * usize::from(rate))
        .map(|n| {
            let picture = pattern.draw(FrameNumber(n as u32));
            let at = Duration::from_secs_f64(n as f64 / f64::from(rate));
            encoder.encode(&picture, at).map_err(|error| error.to_string())
        })
        .collect()
}

/// A tone, or silence without a frequency.
pub(crate) fn tone(hertz: Option<f32>) -> Result<ToneLoop, String> {
    static MADE: OnceLock<Mutex<BTreeMap<u32, ToneLoop>>> = OnceLock::new();
    let made = MADE.get_or_init(Mutex::default);
    let key = hertz.map_or(0, |h| h as u32);
    if let Some(done) = made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(done));
    }
    let mut capture = Capture::new(CaptureConfig::default()).map_err(|error| error.to_string())?;
    let mut packet = OpusPacket::new();
    let mut packets = Vec::new();
    for block_number in 0..SECONDS * 100 {
        let mut block = [0.0; BLOCK_SAMPLES];
        if let Some(hertz) = hertz {
            for (n, sample) in block.iter_mut().enumerate() {
                let time = (block_number * BLOCK_SAMPLES + n) as f64 / f64::from(SAMPLE_RATE);
                *sample = 0.25 * (time * f64::from(hertz) * std::f64::consts::TAU).sin() as f32;
            }
        }
        if capture.push(&block, &mut packet) {
            let voice = if hertz.is_some() { 0x80 } else { 0 };
            packets.push((Bytes::copy_from_slice(packet.payload()), packet.level | voice));
        }
    }
    let done = Arc::new(packets);
    made.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&done));
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loop_begins_with_a_key_frame_and_is_made_once() {
        for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Av1] {
            let loops = camera(codec, 3).unwrap();
            assert_eq!(loops.len(), encodings(codec).len());
            for encoding in &loops {
                assert_eq!(encoding.len(), 60);
                assert!(encoding[0].as_ref().unwrap().keyframe, "{codec}");
                assert!(encoding[1..].iter().flatten().all(|f| !f.keyframe), "{codec}");
            }
            assert!(Arc::ptr_eq(&loops[0], &camera(codec, 3).unwrap()[0]));
        }
    }

    #[test]
    fn tones_are_loud_and_silence_is_not() {
        let loud = tone(Some(440.0)).unwrap();
        assert_eq!(loud.len(), 100);
        assert!(loud[10..].iter().all(|(_, level)| level & 0x7f < 30));
        assert!(tone(None).unwrap().iter().all(|(_, level)| *level == 127));
    }
}
