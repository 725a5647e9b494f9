//! Encoding and decoding the pattern with every codec.

use std::time::Duration;

use treff_media::codec::VideoCodec;
use treff_media::frame::EncodedFrame;

use crate::pattern::{self, FrameNumber, Pattern};
use crate::{EncoderConfig, decoder, encoder};

const FPS: u8 = 30;

fn config(width: u16, height: u16, bitrate: u32) -> EncoderConfig {
    EncoderConfig { width, height, framerate: FPS, bitrate, layer: 0 }
}

fn at(number: u32) -> Duration {
    Duration::from_secs(1) * number / u32::from(FPS)
}

/// Pictures 0 to `count` of ben's pattern, encoded.
fn encoded(codec: VideoCodec, width: u16, height: u16, count: u32) -> Vec<EncodedFrame> {
    let mut encoder = encoder(codec, &config(width, height, 800_000)).unwrap();
    let mut pattern = Pattern::new(1, width, height);
    (0..count)
        .filter_map(|number| encoder.encode(&pattern.draw(FrameNumber(number)), at(number)).unwrap())
        .collect()
}

fn number_at(timestamp: Duration) -> FrameNumber {
    pattern::PatternSource::number(timestamp, FPS)
}

#[test]
fn every_codec_keeps_number_and_colour() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264] {
        for (width, height) in [(1280, 720), (640, 360), (320, 180)] {
            let frames = encoded(codec, width, height, 12);
            assert!(frames.len() >= 10, "{codec} dropped too much");
            assert!(frames[0].keyframe && frames[1..].iter().all(|frame| !frame.keyframe));
            let mut decoder = decoder(codec);
            for frame in &frames {
                assert_eq!((frame.width, frame.height), (width, height));
                let picture = decoder.decode(frame).unwrap().unwrap();
                assert_eq!((picture.width(), picture.height()), (width, height));
                assert_eq!(pattern::read(picture), Some(number_at(frame.timestamp)), "{codec} {height}");
                assert_eq!(pattern::dominant_colour(picture), Some(1));
            }
        }
    }
}
