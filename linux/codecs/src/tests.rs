//! Encoding and decoding the pattern with every codec.

use std::time::Duration;

use treff_media::codec::VideoCodec;
use treff_media::frame::EncodedFrame;

use crate::fixture::Av1Loop;
use crate::pattern::{self, FrameNumber, Pattern};
use crate::{CodecError, Decoder, EncoderConfig, I420Frame, decoder, encoder};

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

#[test]
fn vp8_without_its_upper_temporal_layers_still_decodes() {
    let frames = encoded(VideoCodec::Vp8, 320, 180, 60);
    let order: Vec<_> = frames[..5].iter().map(|frame| (frame.temporal.id, frame.temporal.sync)).collect();
    assert_eq!(order, [(0, false), (2, true), (1, true), (2, false), (0, false)]);
    for highest in [1, 0] {
        let mut decoder = decoder(VideoCodec::Vp8);
        let mut whole = crate::decoder(VideoCodec::Vp8);
        let mut kept = 0;
        for frame in &frames {
            let reference = whole.decode(frame).unwrap().unwrap().clone();
            if frame.temporal.id > highest {
                continue;
            }
            kept += 1;
            // Not only decodable: the same picture as with all layers, so nothing that was left out is
            // missed.
            assert_eq!(*decoder.decode(frame).unwrap().unwrap(), reference);
        }
        assert_eq!(kept, 60 >> (2 - highest));
    }
}

#[test]
fn a_receiver_may_step_up_at_a_sync_frame() {
    let frames = encoded(VideoCodec::Vp8, 320, 180, 40);
    let mut whole = decoder(VideoCodec::Vp8);
    let mut decoder = decoder(VideoCodec::Vp8);
    let mut highest = 0;
    for (index, frame) in frames.iter().enumerate() {
        let reference = whole.decode(frame).unwrap().unwrap().clone();
        if index > 20 && frame.temporal.sync {
            highest = highest.max(frame.temporal.id);
        }
        if frame.temporal.id <= highest {
            assert_eq!(*decoder.decode(frame).unwrap().unwrap(), reference, "frame {index}");
        }
    }
    assert_eq!(highest, 2);
}

#[test]
fn key_frames_come_on_demand_and_only_then() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264] {
        let mut encoder = encoder(codec, &config(320, 180, 500_000)).unwrap();
        let mut pattern = Pattern::new(1, 320, 180);
        for number in 0..200 {
            if number == 150 {
                encoder.request_keyframe();
            }
            let picture = pattern.draw(FrameNumber(number));
            let frame = encoder.encode(&picture, at(number)).unwrap().unwrap();
            assert_eq!(frame.keyframe, number == 0 || number == 150, "{codec} {number}");
            assert!(!frame.keyframe || frame.temporal.id == 0);
            if number == 150 {
                // Decodable by somebody who has seen nothing else.
                let mut newcomer = decoder(codec);
                assert_eq!(pattern::read(newcomer.decode(&frame).unwrap().unwrap()), Some(FrameNumber(150)));
            }
        }
    }
}

/// A pseudo-random sequence (xorshift64), equal in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// Detail that moves, so that the encoder has something to spend bits on.
fn busy_picture(number: u32) -> I420Frame {
    let mut picture = I420Frame::new(640, 360);
    let mut random = Random(0x9e37_79b9);
    let noise: Vec<u8> = (0..1024).map(|_| 96 + random.below(64) as u8).collect();
    let [mut y, ..] = picture.planes_mut();
    for row in 0..y.height {
        let shift = row * 37 + number as usize * (3 + row / 90);
        for (column, pixel) in y.row(row).iter_mut().enumerate() {
            *pixel = noise[(column / 4 + shift) % noise.len()];
        }
    }
    picture
}

#[test]
fn bit_rates_follow_the_target() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264] {
        let mut encoder = encoder(codec, &config(640, 360, 400_000)).unwrap();
        let mut bits = [0, 0];
        for number in 0..240 {
            if number == 120 {
                encoder.set_bitrate(1_200_000).unwrap();
            }
            let size = encoder
                .encode(&busy_picture(number), at(number))
                .unwrap()
                .map_or(0, |frame| frame.data.len());
            // The first second of each target is left out: start and change take time to settle.
            if number % 120 >= 30 {
                bits[number as usize / 120] += size * 8;
            }
        }
        for (bits, target) in bits.into_iter().zip([400_000, 1_200_000]) {
            let rate = bits / 3;
            assert!(
                (target * 6 / 10..target * 14 / 10).contains(&rate),
                "{codec}: {rate} bit/s for {target}"
            );
        }
    }
}

/// A busy machine misses pictures, and bridges ask for key frames meanwhile.
#[test]
fn an_uneven_pace_does_not_silence_an_encoder() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264] {
        for seed in 1..=8 {
            let mut random = Random(seed * 0x9e37_79b9);
            let mut encoder = encoder(codec, &config(320, 180, 200_000)).unwrap();
            let mut pattern = Pattern::new(1, 320, 180);
            let (mut number, mut silent, mut longest) = (0, 0, 0);
            for _ in 0..150 {
                number += if random.below(6) == 0 { 1 + random.below(45) as u32 } else { 1 };
                if random.below(25) == 0 {
                    encoder.request_keyframe();
                }
                let frame = encoder.encode(&pattern.draw(FrameNumber(number)), at(number)).unwrap();
                silent = if frame.is_some() { 0 } else { silent + 1 };
                longest = longest.max(silent);
            }
            assert!(longest <= 5, "{codec} left out {longest} pictures in a row with seed {seed}");
        }
    }
}

#[test]
fn temporal_layers_have_distinct_rates() {
    let mut encoder = encoder(VideoCodec::Vp8, &config(640, 360, 1_000_000)).unwrap();
    let mut bytes = [0; 3];
    for number in 0..120 {
        let frame = encoder.encode(&busy_picture(number), at(number)).unwrap();
        if let Some(frame) = frame {
            bytes[usize::from(frame.temporal.id)] += frame.data.len();
        }
    }
    let total: usize = bytes.iter().sum();
    assert!(bytes.iter().all(|&layer| layer > total / 10), "{bytes:?}");
}

#[test]
fn deltas_need_their_key_frame_first() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264] {
        let frames = encoded(codec, 320, 180, 3);
        let mut decoder = decoder(codec);
        assert_eq!(decoder.decode(&frames[1]), Err(CodecError::KeyframeNeeded));
        assert!(decoder.decode(&frames[0]).unwrap().is_some());
        let other = if codec == VideoCodec::Vp8 { VideoCodec::Vp9 } else { VideoCodec::Vp8 };
        let foreign = EncodedFrame { codec: other, ..frames[1].clone() };
        assert_eq!(decoder.decode(&foreign), Err(CodecError::OtherCodec));
        // That frame was never this decoder's, so nothing is lost.
        assert!(decoder.decode(&frames[1]).unwrap().is_some());
    }
}

#[test]
fn pictures_that_are_too_large_are_refused() {
    let mut frame = encoded(VideoCodec::Vp8, 320, 180, 1).remove(0);
    let mut bytes = frame.data.to_vec();
    bytes[6..10].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    frame.data = bytes.into();
    let refused = CodecError::Size { width: 0x3fff, height: 0x3fff };
    assert_eq!(decoder(VideoCodec::Vp8).decode(&frame), Err(refused));
    assert!(encoder(VideoCodec::Vp8, &config(8192, 16, 1_000_000)).is_err());
}

/// Breaks a frame somewhere: flips, runs, cuts, insertions.
fn mutate(data: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = data.to_vec();
    for _ in 0..=random.below(3) {
        // Headers are where the damage is worst.
        let reach = if random.below(2) == 0 { bytes.len().min(40) } else { bytes.len() };
        let place = random.below(reach.max(1));
        match random.below(5) {
            0 => bytes.truncate(place),
            1 => bytes.insert(place.min(bytes.len()), random.below(256) as u8),
            2 => bytes.iter_mut().skip(place).take(8).for_each(|byte| *byte = random.below(256) as u8),
            3 => bytes.extend_from_within(place.min(bytes.len())..),
            _ => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        }
    }
    bytes
}

fn originals(codec: VideoCodec) -> Vec<EncodedFrame> {
    if codec == VideoCodec::Av1 {
        let mut recording = Av1Loop::new();
        return (0..6).map(|number| recording.next_frame(at(number))).collect();
    }
    encoded(codec, 320, 180, 6)
}

/// `rounds` broken streams for each codec; a whole one afterwards must decode.
fn attack(rounds: usize, seed: u64) {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Av1] {
        let frames = originals(codec);
        let mut random = Random(seed);
        let mut decoder: Box<dyn Decoder> = decoder(codec);
        for _ in 0..rounds {
            for frame in &frames {
                let data = match random.below(3) {
                    0 => frame.data.clone(),
                    _ => mutate(&frame.data, &mut random).into(),
                };
                let keyframe = frame.keyframe || random.below(4) == 0;
                let broken = EncodedFrame { data, keyframe, ..frame.clone() };
                if let Ok(Some(picture)) = decoder.decode(&broken) {
                    // Every pixel can be read.
                    let sum: usize = picture
                        .planes()
                        .iter()
                        .flat_map(|plane| plane.rows())
                        .map(|row| usize::from(row[0]))
                        .sum();
                    assert!(sum < usize::MAX);
                    pattern::read(picture);
                }
            }
        }
        let mut fresh = frames.iter();
        // A failed decoder waits for a key frame, a confused one is put right by it.
        assert!(fresh.any(|frame| decoder.decode(frame).is_ok()), "{codec}");
        let first = decoder.decode(&frames[0]).unwrap().unwrap();
        assert!(pattern::read(first).is_some(), "{codec}");
    }
}

#[test]
fn hostile_bytes_are_errors_at_most() {
    attack(60, 0x1234_5678_9abc_def1);
}
