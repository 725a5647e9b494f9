//! Stories of a tile with made-up decoders. Windows are letters.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use treff_media::device::PushOutcome;
use treff_media::frame::TemporalLayer;

use super::*;
use crate::media::codecs::tests::decoder;

/// What happened on the made-up device, in order: "open hard on a", "hard shows on a", "hard closes".
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn say(&self, what: String) {
        self.0.lock().expect("nobody panics").push(what);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("nobody panics"))
    }
}

struct FakeDevice {
    log: Log,
    /// Decoders that do not open.
    busy: Vec<&'static str>,
    /// Decoders that fail at a picture of this size.
    hates: Option<u16>,
}

impl OpensDecoders<char> for FakeDevice {
    fn open(
        &self,
        decoder: &DeviceCodec,
        _: &EncodedFrame,
        window: &char,
    ) -> Result<Box<dyn VideoDecoder<char>>, String> {
        if self.busy.contains(&decoder.name.as_str()) {
            return Err("in use".to_owned());
        }
        self.log.say(format!("open {} on {window}", decoder.name));
        let (name, log) = (decoder.name.clone(), self.log.clone());
        let hates = self.hates.filter(|_| decoder.hardware);
        Ok(Box::new(FakeDecoder { name, log, window: *window, hates, ready: Vec::new() }))
    }
}

struct FakeDecoder {
    name: String,
    log: Log,
    window: char,
    hates: Option<u16>,
    ready: Vec<u16>,
}

impl VideoDecoder<char> for FakeDecoder {
    fn queue(&mut self, frame: &EncodedFrame) -> Result<bool, String> {
        if self.hates == Some(frame.height) {
            return Err("a vendor's error".to_owned());
        }
        self.ready.push(frame.height);
        Ok(true)
    }

    fn show(&mut self, _: Duration) -> Result<Shown, String> {
        if self.ready.is_empty() {
            return Ok(Shown::Nothing);
        }
        let height = self.ready.remove(0);
        self.log.say(format!("{} shows {height} on {}", self.name, self.window));
        Ok(Shown::Picture)
    }

    fn move_to(&mut self, window: &char) -> Result<(), String> {
        self.window = *window;
        Ok(())
    }
}

impl Drop for FakeDecoder {
    fn drop(&mut self) {
        self.log.say(format!("{} closes", self.name));
    }
}

fn frame(keyframe: bool, height: u16) -> EncodedFrame {
    EncodedFrame {
        codec: VideoCodec::Vp8,
        data: vec![0; 10].into(),
        timestamp: Duration::ZERO,
        keyframe,
        layer: 0,
        temporal: TemporalLayer::default(),
        width: height,
        height,
    }
}

fn both_decoders() -> Arc<Codecs> {
    let all = vec![decoder(VideoCodec::Vp8, "soft", false), decoder(VideoCodec::Vp8, "hard", true)];
    Arc::new(Codecs::new(all))
}

/// Ben's tile on ada's phone, which has a hardware and a software decoder.
struct Phone {
    tile: Arc<Tile<char>>,
    decoding: Decoding<char>,
    log: Log,
    woken: Arc<AtomicU32>,
    visit: u64,
}

impl Phone {
    fn new(busy: &[&'static str], hates: Option<u16>) -> Self {
        let (tile, log, woken) = (Tile::new(), Log::default(), Arc::new(AtomicU32::new(0)));
        let bell = Arc::clone(&woken);
        let visit = tile.open(Arc::new(move || {
            bell.fetch_add(1, Ordering::Relaxed);
        }));
        let device = FakeDevice { log: log.clone(), busy: busy.to_vec(), hates };
        let decoding = Decoding::new(Arc::clone(&tile), visit, both_decoders(), Box::new(device));
        Self { tile, decoding, log, woken, visit }
    }

    /// Lets the thread work for one thing each.
    fn steps(&mut self, count: u32) {
        for _ in 0..count {
            assert!(self.decoding.step(), "the tile is open");
        }
    }
}

#[test]
fn pictures_go_to_the_surface_through_the_hardware() {
    let mut phone = Phone::new(&[], None);
    phone.tile.attach(1, 'a');
    assert!(phone.tile.stats().keyframe_needed, "a new Surface needs a whole picture");
    assert_eq!(phone.tile.push(frame(false, 180)), PushOutcome::KeyframeNeeded);
    assert_eq!(phone.tile.push(frame(true, 180)), PushOutcome::Accepted);
    assert_eq!(phone.tile.push(frame(false, 180)), PushOutcome::Accepted);
    phone.steps(3);
    assert_eq!(phone.log.take(), ["open hard on a", "hard shows 180 on a", "hard shows 180 on a"]);
    let stats = phone.tile.stats();
    assert_eq!((stats.frames_decoded, stats.frames_dropped, stats.height), (2, 1, 180));
    assert!(!stats.keyframe_needed);
    assert_eq!(phone.woken.load(Ordering::Relaxed), 2, "for the key frame and for the first picture");
}

#[test]
fn while_nobody_looks_nothing_is_decoded_or_asked_for() {
    let mut phone = Phone::new(&[], None);
    for key in [true, false, false] {
        assert_eq!(phone.tile.push(frame(key, 180)), PushOutcome::Accepted);
    }
    assert_eq!(phone.tile.stats().frames_dropped, 3);
    assert_eq!(phone.woken.load(Ordering::Relaxed), 0);
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 180));
    phone.steps(2);
    assert_eq!(phone.log.take(), ["open hard on a", "hard shows 180 on a"]);
}

#[test]
fn busy_hardware_falls_back_to_software() {
    let mut phone = Phone::new(&["hard"], None);
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 360));
    phone.steps(2);
    assert_eq!(phone.log.take(), ["open soft on a", "soft shows 360 on a"]);
}

#[test]
fn a_decoder_that_fails_makes_room_for_the_next_at_the_next_key_frame() {
    let mut phone = Phone::new(&[], Some(720));
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 720));
    phone.steps(2);
    assert_eq!(phone.log.take(), ["open hard on a", "hard closes"]);
    assert!(phone.tile.stats().keyframe_needed);
    assert_eq!(phone.tile.push(frame(false, 720)), PushOutcome::KeyframeNeeded);
    phone.tile.push(frame(true, 720));
    phone.steps(1);
    assert_eq!(phone.log.take(), ["open soft on a", "soft shows 720 on a"]);
}

#[test]
fn a_phone_without_a_decoder_that_works_shows_nothing_and_does_not_end() {
    let mut phone = Phone::new(&["hard", "soft"], None);
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 360));
    phone.steps(2);
    assert!(phone.log.take().is_empty());
    assert_eq!(phone.tile.stats().frames_dropped, 1);
}

#[test]
fn the_stage_takes_over_from_the_grid_without_a_new_key_frame() {
    let mut phone = Phone::new(&[], None);
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 180));
    phone.steps(2);
    phone.tile.attach(2, 'b');
    assert_eq!(phone.tile.push(frame(false, 180)), PushOutcome::Accepted);
    phone.steps(2);
    assert_eq!(phone.log.take(), ["open hard on a", "hard shows 180 on a", "hard shows 180 on b"]);
    // The grid's own Surface goes away later, and takes nothing with it.
    assert!(phone.tile.detach(1, Duration::ZERO));
    assert_eq!(phone.tile.push(frame(false, 180)), PushOutcome::Accepted);
    phone.steps(1);
    assert_eq!(phone.log.take(), ["hard shows 180 on b"]);
}

#[test]
fn a_surface_that_is_destroyed_while_decoding_is_let_go_before_detach_returns() {
    let (tile, log) = (Tile::new(), Log::default());
    let visit = tile.open(Arc::new(|| ()));
    let device = FakeDevice { log: log.clone(), busy: Vec::new(), hates: None };
    tile.attach(1, 'a');
    tile.push(frame(true, 180));
    tile.push(frame(false, 180));
    let ours = Arc::clone(&tile);
    let thread = thread::spawn(move || Decoding::new(ours, visit, both_decoders(), Box::new(device)).run());
    while tile.stats().frames_decoded < 2 {
        thread::yield_now();
    }
    assert!(tile.detach(1, Duration::from_secs(20)));
    assert_eq!(log.take().last().map(String::as_str), Some("hard closes"));
    tile.close(visit);
    thread.join().expect("the thread ends with its visit");
}

#[test]
fn too_many_frames_are_thrown_away_until_the_next_key_frame() {
    let phone = Phone::new(&[], None);
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 180));
    let outcomes: Vec<_> = (0..20).map(|_| phone.tile.push(frame(false, 180))).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == PushOutcome::Accepted).count(), 14);
    assert_eq!(phone.tile.push(frame(true, 180)), PushOutcome::Accepted);
    assert_eq!(phone.tile.stats().frames_dropped, 21);
}

#[test]
fn the_next_visit_waits_until_the_last_ones_decoder_is_gone() {
    let mut phone = Phone::new(&[], None);
    phone.tile.attach(1, 'a');
    phone.tile.push(frame(true, 180));
    phone.steps(2);
    // Ben leaves the screen and comes back before his thread has noticed.
    phone.tile.close(phone.visit);
    let visit = phone.tile.open(Arc::new(|| ()));
    phone.tile.push(frame(true, 180));
    assert!(matches!(phone.tile.next(visit, Some(Duration::ZERO)), Work::Nothing));
    assert!(!phone.decoding.step(), "the old visit is over");
    phone.decoding.run();
    assert!(matches!(phone.tile.next(visit, Some(Duration::ZERO)), Work::Window(Some((1, 'a')))));
}
