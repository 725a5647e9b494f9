use std::sync::mpsc::{self, Receiver};

use bytes::Bytes;

use super::*;
use crate::encoder::{EncoderConfig, encoder};
use crate::fixture::Av1Loop;
use crate::pattern::{self, FrameNumber, Pattern};

type Seen = (Option<FrameNumber>, VideoCodec, Duration);

/// A renderer for ben's picture, what it showed, and its calls for attention.
fn renderer() -> (DecodingRenderer, Receiver<Seen>, Receiver<()>) {
    let (sender, seen) = mpsc::channel();
    let (calls, called) = mpsc::channel();
    let wake: RendererWake = Arc::new(move || calls.send(()).unwrap_or(()));
    let sink = move |picture: &I420Frame, timestamp, codec| {
        let _ = sender.send((pattern::read(picture), codec, timestamp));
    };
    (DecodingRenderer::new(Box::new(sink), wake), seen, called)
}

fn frames(codec: VideoCodec, numbers: std::ops::Range<u32>) -> Vec<EncodedFrame> {
    let config = EncoderConfig { width: 320, height: 180, framerate: 30, bitrate: 400_000, layer: 0 };
    let mut encoder = encoder(codec, &config).unwrap();
    let mut pattern = Pattern::new(1, 320, 180);
    numbers
        .map(|number| {
            let at = Duration::from_secs(1) * number / 30;
            encoder.encode(&pattern.draw(FrameNumber(number)), at).unwrap().unwrap()
        })
        .collect()
}

#[test]
fn pictures_arrive_in_order_with_their_timestamps() {
    let (mut renderer, seen, _) = renderer();
    for (number, frame) in frames(VideoCodec::Vp8, 0..10).into_iter().enumerate() {
        let timestamp = frame.timestamp;
        assert_eq!(renderer.push(frame), PushOutcome::Accepted);
        let expected = (Some(FrameNumber(number as u32)), VideoCodec::Vp8, timestamp);
        assert_eq!(seen.recv().unwrap(), expected);
    }
    let stats = renderer.stats();
    assert_eq!((stats.codec, stats.width, stats.height), (Some(VideoCodec::Vp8), 320, 180));
    assert_eq!((stats.frames_decoded, stats.frames_dropped, stats.keyframe_needed), (10, 0, false));
}

#[test]
fn the_codec_may_change_at_any_frame() {
    let (mut renderer, seen, _) = renderer();
    let mut number = 0;
    for codec in [VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Vp8, VideoCodec::Vp9] {
        for frame in frames(codec, number..number + 3) {
            assert_eq!(renderer.push(frame), PushOutcome::Accepted);
            let (read, by, _) = seen.recv().unwrap();
            assert_eq!((read, by), (Some(FrameNumber(number)), codec));
            number += 1;
        }
    }
    renderer.push(Av1Loop::new().next_frame(Duration::ZERO));
    assert_eq!(seen.recv().unwrap().1, VideoCodec::Av1);
    assert_eq!(renderer.stats().height, Av1Loop::HEIGHT);
}

#[test]
fn a_broken_frame_is_survived_by_the_next_key_frame() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264] {
        let (mut renderer, seen, called) = renderer();
        let mut first = frames(codec, 0..4);
        let late = first.pop().unwrap();
        for frame in first {
            renderer.push(frame);
            seen.recv().unwrap();
        }
        // For the first picture.
        called.recv().unwrap();
        let mut broken = frames(codec, 20..21).remove(0);
        broken.data = Bytes::from_static(&[0x83; 2]);
        renderer.push(broken);
        // For the failure.
        called.recv().unwrap();
        assert!(renderer.stats().keyframe_needed);
        assert_eq!(renderer.push(late), PushOutcome::KeyframeNeeded, "{codec}");
        for frame in frames(codec, 30..32) {
            assert_eq!(renderer.push(frame), PushOutcome::Accepted);
        }
        assert_eq!(seen.recv().unwrap().0, Some(FrameNumber(30)), "{codec}");
        assert_eq!(seen.recv().unwrap().0, Some(FrameNumber(31)));
        let stats = renderer.stats();
        assert_eq!((stats.frames_decoded, stats.frames_dropped, stats.keyframe_needed), (5, 2, false));
    }
}

#[test]
fn a_renderer_that_is_behind_asks_for_a_key_frame() {
    let (gate, wait) = mpsc::channel::<()>();
    let (sender, seen) = mpsc::channel();
    let sink = move |picture: &I420Frame, _, _| {
        let _ = wait.recv();
        let _ = sender.send(pattern::read(picture));
    };
    let mut renderer = DecodingRenderer::new(Box::new(sink), Arc::new(|| {}));
    let mut refused = 0;
    for frame in frames(VideoCodec::Vp8, 0..40) {
        refused += u32::from(renderer.push(frame) == PushOutcome::KeyframeNeeded);
    }
    // One may be in the thread's hands beside those in the queue.
    assert!((9..=10).contains(&refused), "{refused}");
    assert!(renderer.stats().keyframe_needed);
    drop(gate);
    let shown: Vec<_> = seen.iter().take(40 - refused as usize).collect();
    assert_eq!(shown.last().copied().flatten(), Some(FrameNumber(39 - refused)));
    let key = frames(VideoCodec::Vp8, 50..51).remove(0);
    assert_eq!(renderer.push(key), PushOutcome::Accepted);
    assert_eq!(seen.recv().unwrap(), Some(FrameNumber(50)));
}

#[test]
fn the_thread_ends_with_the_renderer() {
    let mut names = Vec::new();
    let (sender, seen) = mpsc::channel();
    let mut factory = DecodingRendererFactory::new(move |name: &str| {
        names.push(name.to_owned());
        let sender = sender.clone();
        let count = names.len();
        Box::new(move |_, _, _| sender.send(count).unwrap_or(()))
    });
    let mut ada = factory.open("ada-v0", Arc::new(|| {}));
    let mut ben = factory.open("ben-v0", Arc::new(|| {}));
    let frame = frames(VideoCodec::Vp8, 0..1).remove(0);
    ada.push(frame.clone());
    assert_eq!(seen.recv(), Ok(1));
    ben.push(frame);
    assert_eq!(seen.recv(), Ok(2));
    drop((ada, ben, factory));
    // The last sender goes with the last thread.
    assert!(seen.recv().is_err());
}
