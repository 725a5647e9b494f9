use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use treff_media::codec::VideoCodec;
use treff_media::device::LayerPlan;
use treff_media::frame::EncodedFrame;

use super::*;
use crate::frame::I420Frame;
use crate::pattern::{self, FrameNumber, PatternSource};

const FPS: u8 = 30;

fn plan(layers: &[(u8, u16)]) -> EncodePlan {
    let layers =
        layers.iter().map(|&(layer, height)| LayerPlan { layer, height, bitrate: u32::from(height) * 1500 });
    EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: FPS, layers: layers.collect() }
}

fn all() -> EncodePlan {
    plan(&[(0, 180), (1, 360), (2, 720)])
}

/// A pipeline on ada's pattern with the frames it made.
struct Ada {
    pipeline: Pipeline,
    sink: FrameSink,
    frames: mpsc::Receiver<EncodedFrame>,
    taken: u32,
}

impl Ada {
    fn new() -> Self {
        let (sender, frames) = mpsc::channel();
        let sink = Box::new(move |news| {
            let SourceNews::Frame(frame) = news else { panic!("{news:?} instead of a frame") };
            sender.send(frame).unwrap();
        });
        let pipeline = Pipeline::new(Box::new(PatternSource::new(0, 1280, 720, FPS)));
        Self { pipeline, sink, frames, taken: 0 }
    }

    /// Takes one picture: its frames.
    fn capture(&mut self) -> Vec<EncodedFrame> {
        let at = Duration::from_secs(1) * self.taken / u32::from(FPS);
        self.taken += 1;
        self.pipeline.capture(at, &mut self.sink, None).unwrap();
        self.frames.try_iter().collect()
    }
}

fn keyframes(frames: &[EncodedFrame]) -> Vec<bool> {
    frames.iter().map(|frame| frame.keyframe).collect()
}

#[test]
fn three_encodings_share_timestamps_and_decode() {
    let mut ada = Ada::new();
    ada.pipeline.set_plan(all());
    let mut decoders = BTreeMap::new();
    for _ in 0..8 {
        let frames = ada.capture();
        let sizes: Vec<_> = frames.iter().map(|frame| (frame.layer, frame.width, frame.height)).collect();
        assert_eq!(sizes, [(0, 320, 180), (1, 640, 360), (2, 1280, 720)]);
        assert!(frames.iter().all(|frame| frame.timestamp == frames[0].timestamp));
        for frame in &frames {
            let decoder = decoders.entry(frame.layer).or_insert_with(|| crate::decoder(frame.codec));
            let picture = decoder.decode(frame).unwrap().unwrap();
            assert_eq!(pattern::read(picture), Some(PatternSource::number(frame.timestamp, FPS)));
        }
    }
}

#[test]
fn a_key_frame_request_reaches_every_encoding() {
    let mut ada = Ada::new();
    ada.pipeline.set_plan(all());
    assert_eq!(keyframes(&ada.capture()), [true; 3]);
    assert_eq!(keyframes(&ada.capture()), [false; 3]);
    ada.pipeline.request_keyframe();
    assert_eq!(keyframes(&ada.capture()), [true; 3]);
}

#[test]
fn an_encoding_that_becomes_active_starts_all_with_key_frames() {
    let mut ada = Ada::new();
    ada.pipeline.set_plan(plan(&[(0, 180)]));
    ada.capture();
    assert_eq!(keyframes(&ada.capture()), [false]);
    ada.pipeline.set_plan(plan(&[(0, 180), (2, 720)]));
    assert_eq!(keyframes(&ada.capture()), [true; 2]);
    ada.pipeline.set_plan(plan(&[(2, 720)]));
    let frames = ada.capture();
    assert_eq!((frames.len(), frames[0].layer, frames[0].keyframe), (1, 2, false));
}

#[test]
fn a_new_rate_needs_no_key_frame_but_a_new_size_or_codec_does() {
    let mut ada = Ada::new();
    ada.pipeline.set_plan(plan(&[(0, 180)]));
    ada.capture();
    let mut next = plan(&[(0, 180)]);
    next.layers[0].bitrate /= 2;
    ada.pipeline.set_plan(next.clone());
    assert_eq!(keyframes(&ada.capture()), [false]);
    next.layers[0].height = 240;
    ada.pipeline.set_plan(next.clone());
    let frames = ada.capture();
    assert_eq!((frames[0].height, frames[0].keyframe), (240, true));
    next.codec = Some(VideoCodec::H264);
    ada.pipeline.set_plan(next);
    let frames = ada.capture();
    assert_eq!((frames[0].codec, frames[0].keyframe), (VideoCodec::H264, true));
}

#[test]
fn a_codec_without_encoder_gives_nothing() {
    let mut ada = Ada::new();
    let mut wish = all();
    wish.codec = Some(VideoCodec::Av1);
    ada.pipeline.set_plan(wish);
    assert!(ada.capture().is_empty());
    ada.pipeline.set_plan(all());
    assert_eq!(ada.capture().len(), 3);
}

/// Counts how often it is asked; ends after `left` pictures.
struct Counting {
    inner: PatternSource,
    asked: mpsc::Sender<Duration>,
    left: u32,
}

impl PictureSource for Counting {
    fn width(&self) -> u16 {
        self.inner.width()
    }

    fn height(&self) -> u16 {
        self.inner.height()
    }

    fn fps(&self) -> u8 {
        self.inner.fps()
    }

    fn next(&mut self, at: Duration) -> Result<I420Frame, DeviceError> {
        self.left = self.left.checked_sub(1).ok_or(DeviceError::Ended)?;
        let _ = self.asked.send(at);
        self.inner.next(at)
    }
}

#[test]
fn the_thread_captures_only_while_somebody_watches_and_ends_with_its_owner() {
    let (asked, asks) = mpsc::channel();
    let (sender, frames) = mpsc::channel();
    let source = Counting { inner: PatternSource::new(0, 320, 180, 200), asked, left: u32::MAX };
    let sink = Box::new(move |news| {
        if let SourceNews::Frame(frame) = news {
            let _ = sender.send(frame);
        }
    });
    let mut camera = SimulcastSource::open(Box::new(source), sink).unwrap();
    assert_eq!(camera.capture_height(), 180);

    let mut wish = plan(&[(0, 180)]);
    wish.max_framerate = 200;
    camera.set_plan(&wish);
    let first = frames.recv().unwrap();
    let second = frames.recv().unwrap();
    assert!(first.keyframe && !second.keyframe);
    assert!(second.timestamp > first.timestamp);
    // Slots of 5 ms, some of them perhaps missed.
    assert_eq!((second.timestamp - first.timestamp).as_micros() % 5000, 0);

    camera.set_plan(&EncodePlan::default());
    drop(camera);
    // Both channels close: the thread is gone, and with it source and sink.
    while frames.recv().is_ok() {}
    assert!(asks.iter().count() >= 2);
}

#[test]
fn nothing_is_captured_without_a_plan() {
    let (asked, asks) = mpsc::channel();
    let source = Counting { inner: PatternSource::new(0, 320, 180, 200), asked, left: u32::MAX };
    let mut camera = SimulcastSource::open(Box::new(source), Box::new(drop)).unwrap();
    camera.request_keyframe();
    drop(camera);
    assert_eq!(asks.iter().count(), 0);
}

/// Tells of each picture it sees while it is to want some.
struct Mirror {
    wants: Arc<AtomicBool>,
    seen: mpsc::Sender<Option<FrameNumber>>,
}

impl PictureTap for Mirror {
    fn wants(&self) -> bool {
        self.wants.load(Ordering::Relaxed)
    }

    fn take(&mut self, picture: &I420Frame) {
        let _ = self.seen.send(pattern::read(picture));
    }
}

#[test]
fn ada_sees_herself_before_anybody_watches() {
    let (wants, (seen, pictures)) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
    let (asked, asks) = mpsc::channel();
    let source = Counting { inner: PatternSource::new(0, 320, 180, 200), asked, left: u32::MAX };
    let mirror = Box::new(Mirror { wants: Arc::clone(&wants), seen });
    let sink = Box::new(|news| panic!("nobody asked for {news:?}"));
    let camera = SimulcastSource::open_with_tap(Box::new(source), sink, Some(mirror)).unwrap();
    assert!(asks.try_recv().is_err(), "captured for nobody");
    wants.store(true, Ordering::Relaxed);
    let first = pictures.recv().unwrap().expect("a whole picture");
    assert_ne!(pictures.recv().unwrap().expect("a whole picture"), first, "it moves");
    drop(camera);
    while pictures.recv().is_ok() {}
}

#[test]
fn the_thread_ends_with_its_source_and_says_so() {
    let (asked, asks) = mpsc::channel();
    let (told, news) = mpsc::channel();
    let source = Counting { inner: PatternSource::new(0, 320, 180, 200), asked, left: 3 };
    let sink = Box::new(move |news| told.send(news).unwrap());
    let mut camera = SimulcastSource::open(Box::new(source), sink).unwrap();
    camera.set_plan(&plan(&[(0, 180)]));
    assert_eq!(asks.iter().count(), 3);
    let news: Vec<SourceNews> = news.iter().collect();
    assert_eq!(news.last(), Some(&SourceNews::Ended(DeviceError::Ended)));
    assert_eq!(news.len(), 4, "three pictures and the end: {news:?}");
}
