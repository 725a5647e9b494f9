//! A recorded AV1 stream of the pattern, looped: there is no AV1 encoder here, but receivers must be tested
//! with AV1.
//!
//! Made by `draw_pattern 7 1280 720 60 | ffmpeg -i - -c:v libaom-av1 -usage realtime -cpu-used 4
//! -lag-in-frames 0 -g 1000 -b:v 300k -pix_fmt yuv420p pattern-av1.ivf` (libaom 3.6): one key frame, then 59
//! frames that each show one picture.

use std::time::Duration;

use bytes::Bytes;
use treff_media::codec::VideoCodec;
use treff_media::frame::{EncodedFrame, TemporalLayer};

static IVF: &[u8] = include_bytes!("../fixtures/pattern-av1.ivf");
/// Bytes before the first frame, and before each frame.
const FILE_HEADER: usize = 32;
const FRAME_HEADER: usize = 12;
/// A temporal delimiter OBU, which RTP does not carry.
const TEMPORAL_DELIMITER: &[u8] = &[0x12, 0x00];

/// Gives the recorded frames again and again. Frame `n` shows pattern number `n`, up to [`Av1Loop::LENGTH`].
#[derive(Clone, Debug)]
pub struct Av1Loop {
    frames: Vec<Bytes>,
    next: usize,
}

impl Av1Loop {
    /// The person whose pattern it is.
    pub const PERSON: usize = 7;
    /// Width of the pictures in pixels.
    pub const WIDTH: u16 = 1280;
    /// Height of the pictures in pixels.
    pub const HEIGHT: u16 = 720;
    /// Frames in one round.
    pub const LENGTH: usize = 60;
    /// Frames a second when played at the speed it was drawn for.
    pub const FPS: u8 = 30;

    /// Starts at the key frame.
    pub fn new() -> Self {
        let mut frames = Vec::with_capacity(Self::LENGTH);
        let mut rest = IVF.get(FILE_HEADER..).unwrap_or_default();
        while let Some((header, body)) = rest.split_first_chunk::<FRAME_HEADER>() {
            let size = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
            let Some((unit, after)) = body.split_at_checked(size) else { break };
            frames.push(Bytes::from_static(unit.strip_prefix(TEMPORAL_DELIMITER).unwrap_or(unit)));
            rest = after;
        }
        Self { frames, next: 0 }
    }

    /// The next frame, marked with the time given.
    pub fn next_frame(&mut self, timestamp: Duration) -> EncodedFrame {
        let index = self.next % Self::LENGTH;
        self.next = (index + 1) % Self::LENGTH;
        EncodedFrame {
            codec: VideoCodec::Av1,
            data: self.frames.get(index).cloned().unwrap_or_default(),
            timestamp,
            keyframe: index == 0,
            layer: 0,
            temporal: TemporalLayer::default(),
            width: Self::WIDTH,
            height: Self::HEIGHT,
        }
    }

    /// Starts the round again, with the key frame.
    pub fn request_keyframe(&mut self) {
        self.next = 0;
    }
}

impl Default for Av1Loop {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{FrameNumber, dominant_colour, read};

    #[test]
    fn the_recording_decodes_to_the_numbered_pattern() {
        let mut recording = Av1Loop::new();
        assert_eq!(recording.frames.len(), Av1Loop::LENGTH);
        let mut decoder = crate::decoder(VideoCodec::Av1);
        for index in (0..Av1Loop::LENGTH).chain(0..5) {
            let frame = recording.next_frame(Duration::ZERO);
            let picture = decoder.decode(&frame).unwrap().unwrap();
            assert_eq!((picture.width(), picture.height()), (Av1Loop::WIDTH, Av1Loop::HEIGHT));
            assert_eq!(read(picture), Some(FrameNumber(index as u32)));
            assert_eq!(dominant_colour(picture), Some(Av1Loop::PERSON));
        }
        recording.request_keyframe();
        assert!(recording.next_frame(Duration::ZERO).keyframe);
    }
}
