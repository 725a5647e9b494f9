//! Stories of Ada's camera and screen with made-up encoders. Surfaces are letters: each encoder's has the next one.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use treff_media::device::{LayerPlan, SourceNews};
use treff_media::frame::EncodedFrame;

use super::desk::SLOTS;
use super::encoding::{Encoded, VideoEncoder};
use super::temporal::tests::{FLAT, LAYERED, bytes};
use super::*;
use crate::media::codecs::tests::decoder as codec;

/// What the made-up encoders of a phone are like, and what was asked of them.
#[derive(Default)]
struct Bench {
    /// "open hard 352x640 at 500000", "hard a key", "hard a at 300000", "hard a closes".
    log: Vec<String>,
    next: u8,
    /// Pictures that were drawn on each Surface and not encoded yet.
    drawn: Vec<(char, u64)>,
    /// Encoders that open this often and no more.
    room: Option<usize>,
    open: usize,
    /// What encoders are like by name.
    flat: Vec<&'static str>,
    liars: Vec<&'static str>,
    stuck: Vec<&'static str>,
    nonsense: Vec<&'static str>,
    dying: Vec<&'static str>,
}

type Shared = Rc<RefCell<Bench>>;

struct FakeEncoder {
    bench: Shared,
    name: String,
    surface: char,
    made: usize,
    key: bool,
    ready: VecDeque<Encoded>,
}

impl FakeEncoder {
    fn is(&self, kind: impl Fn(&Bench) -> &Vec<&'static str>) -> bool {
        kind(&self.bench.borrow()).contains(&self.name.as_str())
    }

    fn encode(&mut self) {
        let surface = self.surface;
        let ours = |(on, _): &mut (char, u64)| *on == surface;
        let pictures: Vec<u64> =
            self.bench.borrow_mut().drawn.extract_if(.., ours).map(|(_, at)| at).collect();
        for at in pictures {
            if self.key {
                self.made = 0;
                self.key = false;
            }
            let flat = self.is(|bench| &bench.flat) || self.is(|bench| &bench.liars);
            let frame = if flat { FLAT[self.made.min(2)] } else { LAYERED[self.made % 16] };
            // The pattern goes on without a key frame.
            let frame = if self.made > 0 && frame == LAYERED[0] { LAYERED[8] } else { frame };
            let data = if self.is(|bench| &bench.nonsense) { vec![1] } else { bytes(frame) };
            self.made += 1;
            self.ready.push_back(Encoded { data, at });
        }
    }
}

impl VideoEncoder for FakeEncoder {
    fn take(&mut self, _: Duration) -> Result<Option<Encoded>, String> {
        if self.is(|bench| &bench.dying) {
            return Err("a vendor's error".to_owned());
        }
        if !self.is(|bench| &bench.stuck) {
            self.encode();
        }
        Ok(self.ready.pop_front())
    }

    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), String> {
        self.bench.borrow_mut().log.push(format!("{} {} at {bitrate}", self.name, self.surface));
        Ok(())
    }

    fn request_keyframe(&mut self) -> Result<(), String> {
        self.key = true;
        self.bench.borrow_mut().log.push(format!("{} {} key", self.name, self.surface));
        Ok(())
    }
}

impl Drop for FakeEncoder {
    fn drop(&mut self) {
        let mut bench = self.bench.borrow_mut();
        bench.log.push(format!("{} {} closes", self.name, self.surface));
        bench.open -= 1;
    }
}

struct FakeOpener(Shared);

// SAFETY: the tests' thread is the only one.
unsafe impl Send for FakeOpener {}

impl OpensEncoders<char> for FakeOpener {
    fn open(&self, codec: &crate::DeviceCodec, wish: Wish) -> Result<Opened<char>, String> {
        let mut bench = self.0.borrow_mut();
        if codec.hardware && bench.room.is_some_and(|room| bench.open >= room) {
            return Err("in use".to_owned());
        }
        let surface = char::from(b'a' + bench.next);
        bench.next += 1;
        bench.open += 1;
        let (width, height) = wish.size;
        bench.log.push(format!("open {} {width}x{height} at {}", codec.name, wish.bitrate));
        let layered = !bench.flat.contains(&codec.name.as_str());
        let encoder = FakeEncoder {
            bench: Rc::clone(&self.0),
            name: codec.name.clone(),
            surface,
            made: 0,
            key: false,
            ready: VecDeque::new(),
        };
        Ok(Opened { encoder: Box::new(encoder), surface, layered })
    }
}

/// Ada's camera or screen: upright, 720 × 1280, 30 pictures a second.
struct Ada {
    bench: Shared,
    desk: Arc<Desk<char>>,
    codecs: Arc<Codecs>,
    encoding: Encoding<char>,
    news: mpsc::Receiver<SourceNews>,
    start: Instant,
    pictures: u32,
    surfaces: [Option<char>; SLOTS],
    shape: (u16, u16),
}

impl Ada {
    fn new(prepare: impl FnOnce(&mut Bench)) -> Self {
        Self::with(SourceKind::Camera, prepare)
    }

    fn with(kind: SourceKind, prepare: impl FnOnce(&mut Bench)) -> Self {
        let bench = Shared::default();
        prepare(&mut bench.borrow_mut());
        let start = Instant::now();
        let desk = Arc::new(Desk::new(start));
        let codecs = Arc::new(Codecs::new(vec![
            codec(VideoCodec::Vp8, "soft", false),
            codec(VideoCodec::Vp8, "hard", true),
        ]));
        let (told, news) = mpsc::channel();
        let sink: FrameSink = Box::new(move |news| drop(told.send(news)));
        let opener = Box::new(FakeOpener(Rc::clone(&bench)));
        let encoding = Encoding::new(kind, Arc::clone(&desk), Arc::clone(&codecs), opener, sink);
        Self {
            bench,
            desk,
            codecs,
            encoding,
            news,
            start,
            pictures: 0,
            surfaces: [None; SLOTS],
            shape: (720, 1280),
        }
    }

    fn plan(&self, layers: &[(u8, u16)]) {
        let layers = layers.iter().map(|&(layer, height)| LayerPlan {
            layer,
            height,
            bitrate: u32::from(height) * 1000,
        });
        let plan = EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: 30, layers: layers.collect() };
        self.desk.set_plan(&plan);
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_secs(1) * self.pictures / 30
    }

    /// The camera's thread: draws one picture wherever it is due.
    fn draw(&mut self) -> Due {
        self.pictures += 1;
        // A camera's clock began long before.
        let nanoseconds = 7_000_000_000_000 + u64::from(self.pictures) * 1_000_000_000 / 30;
        let due = self.desk.due(self.now(), nanoseconds, self.shape);
        for index in 0..SLOTS {
            if due.changed & 1 << index != 0 {
                self.surfaces[index] = self.desk.surface(index);
            }
            if let Some(surface) = self.surfaces[index].filter(|_| due.draw & 1 << index != 0) {
                self.bench.borrow_mut().drawn.push((surface, nanoseconds / 1000));
            }
        }
        due
    }

    /// One picture, and what the encoders' thread does about it; false when that is at its end.
    fn picture(&mut self) -> bool {
        self.draw();
        self.work()
    }

    /// What the encoders' thread does about the news.
    fn work(&mut self) -> bool {
        let now = self.now();
        let work = self.desk.next(now);
        self.encoding.step(work, now)
    }

    fn pictures(&mut self, count: u32) {
        for _ in 0..count {
            assert!(self.picture(), "the camera goes on: {:?}", self.log());
        }
    }

    fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.bench.borrow_mut().log)
    }

    fn news(&self) -> Vec<SourceNews> {
        self.news.try_iter().collect()
    }

    fn frames(&self) -> Vec<EncodedFrame> {
        self.news()
            .into_iter()
            .map(|news| match news {
                SourceNews::Frame(frame) => frame,
                other => panic!("{other:?} instead of a frame"),
            })
            .collect()
    }
}

#[test]
fn each_wanted_encoding_has_an_encoder_of_its_own() {
    let mut ada = Ada::new(|_| ());
    ada.plan(&[(0, 180), (1, 360), (2, 720)]);
    ada.pictures(1);
    let opened =
        ["open hard 176x320 at 180000", "open hard 352x640 at 360000", "open hard 720x1280 at 720000"];
    assert_eq!(ada.log(), [&opened[..], &["hard a key", "hard b key", "hard c key"]].concat());
    ada.pictures(9);
    let frames = ada.frames();
    assert_eq!(frames.len(), 27);
    for three in frames.chunks(3) {
        assert_eq!(three.iter().map(|frame| frame.layer).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(three.iter().all(|frame| frame.timestamp == three[0].timestamp), "one clock for all");
    }
    let ids: Vec<u8> =
        frames.iter().filter(|frame| frame.layer == 1).map(|frame| frame.temporal.id).collect();
    assert_eq!(ids, [0, 2, 1, 2, 0, 2, 1, 2, 0]);
    assert_eq!(frames.iter().filter(|frame| frame.keyframe).count(), 3);
    // Time counts from when the camera was opened: one picture came before the first that was encoded.
    assert_eq!(frames[0].timestamp.as_millis(), 66);
}

#[test]
fn only_what_is_wanted_is_encoded() {
    let mut ada = Ada::new(|_| ());
    assert_eq!(ada.draw(), Due::default(), "nobody watches");
    ada.plan(&[(0, 180), (1, 360)]);
    ada.pictures(2);
    ada.log();
    ada.plan(&[(0, 180)]);
    ada.pictures(1);
    assert_eq!(ada.log(), ["hard b closes"]);
    ada.news();
    let due = ada.draw();
    assert_eq!((due.draw, due.changed), (0b001, 0b010));
    ada.plan(&[]);
    ada.pictures(1);
    assert_eq!(ada.log(), ["hard a closes"]);
    assert_eq!(ada.draw().draw, 0);
}

#[test]
fn a_new_rate_is_set_live_and_a_new_layer_makes_all_begin_anew() {
    let mut ada = Ada::new(|_| ());
    ada.plan(&[(0, 180)]);
    ada.pictures(3);
    ada.log();
    let mut plan = EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: 30, layers: Vec::new() };
    plan.layers.push(LayerPlan { layer: 0, height: 180, bitrate: 90_000 });
    ada.desk.set_plan(&plan);
    ada.pictures(1);
    assert_eq!(ada.log(), ["hard a at 90000"]);
    plan.layers.push(LayerPlan { layer: 1, height: 360, bitrate: 300_000 });
    ada.desk.set_plan(&plan);
    ada.pictures(1);
    assert_eq!(ada.log(), ["open hard 352x640 at 300000", "hard a key", "hard b key"]);
}

#[test]
fn a_key_frame_request_reaches_every_encoding_at_once() {
    let mut ada = Ada::new(|_| ());
    ada.plan(&[(0, 180), (1, 360), (2, 720)]);
    ada.pictures(5);
    ada.log();
    ada.news();
    ada.desk.request_keyframe();
    ada.pictures(2);
    assert_eq!(ada.log(), ["hard a key", "hard b key", "hard c key"]);
    let keys: Vec<bool> = ada.frames().iter().map(|frame| frame.keyframe).collect();
    assert_eq!(keys, [true, true, true, false, false, false]);
}

#[test]
fn a_turned_phone_gets_encoders_of_the_other_shape() {
    let mut ada = Ada::new(|_| ());
    ada.plan(&[(1, 360)]);
    ada.pictures(2);
    ada.log();
    ada.shape = (1280, 720);
    ada.pictures(1);
    assert_eq!(ada.log(), ["hard a closes", "open hard 640x352 at 360000", "hard b key"]);
    ada.shape = (1280, 720);
    ada.pictures(2);
    assert_eq!(ada.log(), Vec::<String>::new(), "half a turn changes no size");
}

#[test]
fn an_encoding_the_hardware_has_no_room_for_is_made_in_software() {
    let mut ada = Ada::new(|bench| bench.room = Some(2));
    ada.plan(&[(0, 180), (1, 360), (2, 720)]);
    ada.pictures(1);
    assert_eq!(
        ada.log()[..3],
        ["open hard 176x320 at 180000", "open hard 352x640 at 360000", "open soft 720x1280 at 720000"]
    );
}

#[test]
fn an_encoder_that_fails_makes_room_for_the_next_at_once() {
    let mut ada = Ada::new(|bench| bench.dying = vec!["hard"]);
    ada.plan(&[(1, 360)]);
    ada.pictures(3);
    let log = ada.log();
    assert_eq!(log[..3], ["open hard 352x640 at 360000", "hard a key", "hard a closes"]);
    assert_eq!(log[3..], ["open soft 360x640 at 360000", "soft b key"]);
    ada.pictures(3);
    assert!(ada.frames()[0].keyframe);
    assert_eq!(ada.codecs.best(VideoCodec::Vp8, &[]).map(|codec| codec.name).as_deref(), Some("soft"));
}

#[test]
fn an_encoder_that_gives_something_else_is_not_believed() {
    let mut ada = Ada::new(|bench| bench.nonsense = vec!["hard"]);
    ada.plan(&[(1, 360)]);
    ada.pictures(8);
    assert!(ada.log().contains(&"open soft 360x640 at 360000".to_owned()));
    assert!(ada.frames().iter().all(|frame| frame.temporal.id < 3 && frame.width == 320));
}

#[test]
fn a_stuck_encoder_is_given_two_seconds_and_no_more_pictures() {
    let mut ada = Ada::new(|bench| bench.stuck = vec!["hard"]);
    ada.plan(&[(1, 360)]);
    ada.pictures(58);
    assert_eq!(ada.bench.borrow().drawn.len(), 3, "drawing must not wait for it");
    assert!(!ada.log().contains(&"hard a closes".to_owned()));
    ada.pictures(8);
    assert_eq!(ada.log()[..2], ["hard a closes", "open soft 360x640 at 360000"]);
}

#[test]
fn without_temporal_layers_the_core_is_asked_for_one_good_encoding() {
    let mut ada = Ada::new(|bench| bench.flat = vec!["hard"]);
    assert!(ada.codecs.layered(VideoCodec::Vp8), "nobody knows yet");
    ada.plan(&[(0, 180), (1, 360), (2, 720)]);
    ada.pictures(1);
    assert_eq!(ada.news(), [SourceNews::Resized], "once for all three");
    assert!(!ada.codecs.layered(VideoCodec::Vp8));
    ada.plan(&[(0, 720)]);
    ada.pictures(3);
    let frames = ada.frames();
    assert!(!frames.is_empty() && frames.iter().all(|frame| frame.temporal.id == 0 && frame.layer == 0));
}

#[test]
fn an_encoder_that_only_says_it_makes_layers_is_found_out() {
    let mut ada = Ada::new(|bench| bench.liars = vec!["hard"]);
    ada.plan(&[(2, 720)]);
    ada.pictures(12);
    assert!(ada.codecs.layered(VideoCodec::Vp8));
    ada.pictures(1);
    assert!(ada.news().contains(&SourceNews::Resized));
    assert!(!ada.codecs.layered(VideoCodec::Vp8));
}

#[test]
fn a_phone_without_an_encoder_that_works_says_so() {
    let mut ada = Ada::new(|bench| bench.dying = vec!["hard", "soft"]);
    ada.plan(&[(1, 360)]);
    let pictures = (0..20).take_while(|_| ada.picture()).count();
    assert!(pictures < 10);
    assert!(matches!(ada.news().last(), Some(SourceNews::Ended(DeviceError::Failed(_)))));
}

#[test]
fn a_camera_that_another_app_takes_ends_with_its_reason() {
    let mut ada = Ada::new(|_| ());
    ada.plan(&[(0, 180)]);
    ada.pictures(2);
    ada.news();
    ada.desk.end(DeviceError::Busy);
    ada.desk.end(DeviceError::Failed("later".to_owned()));
    assert!(!ada.picture());
    assert_eq!(ada.news(), [SourceNews::Ended(DeviceError::Busy)]);
}

#[test]
fn a_screen_tells_its_size_before_anybody_watches_and_whenever_it_is_turned() {
    let mut ada = Ada::with(SourceKind::Screen, |_| ());
    ada.desk.resize((720, 1280));
    assert!(ada.work());
    assert_eq!((ada.news(), ada.log()), (vec![SourceNews::Resized], Vec::new()));
    ada.plan(&[(0, 720)]);
    ada.pictures(2);
    assert_eq!(ada.log()[0], "open hard 720x1280 at 720000");
    assert_eq!(ada.frames().len(), 1);
    ada.desk.resize((1280, 720));
    ada.shape = (1280, 720);
    ada.pictures(2);
    assert_eq!(ada.log(), ["hard a closes", "open hard 1280x720 at 720000", "hard b key"]);
    assert!(ada.news().contains(&SourceNews::Resized));
}

#[test]
fn what_an_encoder_makes_of_a_still_screen_says_nothing_about_the_camera() {
    let mut ada = Ada::with(SourceKind::Screen, |bench| bench.liars = vec!["hard"]);
    ada.plan(&[(0, 720)]);
    ada.pictures(20);
    assert!(ada.codecs.layered(VideoCodec::Vp8));
}

/// Kotlin's side: notes what it is told.
#[derive(Default)]
struct FakeKotlin {
    told: Mutex<Vec<String>>,
    refuses: bool,
    /// What it was told to open last.
    handle: AtomicU64,
}

impl FakeKotlin {
    fn say(&self, what: String) -> Result<(), CaptureRefused> {
        self.told.lock().expect("nobody panics").push(what);
        if self.refuses { Err(CaptureRefused::NotAllowed) } else { Ok(()) }
    }
}

impl Screens for FakeKotlin {
    fn ask(&self, handle: u64) -> Result<(), CaptureRefused> {
        self.handle.store(handle, Ordering::Relaxed);
        self.say("ask".to_owned())
    }

    fn watched(&self, _: u64, watched: bool) -> Result<(), CaptureRefused> {
        self.say(format!("screen watched {watched}"))
    }

    fn close(&self, _: u64) -> Result<(), CaptureRefused> {
        self.say("close screen".to_owned())
    }
}

impl Cameras for FakeKotlin {
    fn open(&self, _: u64, id: String) -> Result<(), CaptureRefused> {
        self.say(format!("open {id}"))
    }

    fn watched(&self, _: u64, watched: bool) -> Result<(), CaptureRefused> {
        self.say(format!("watched {watched}"))
    }

    fn close(&self, _: u64) -> Result<(), CaptureRefused> {
        self.say("close".to_owned())
    }
}

fn phone(kotlin: Option<Arc<FakeKotlin>>) -> Pictures<char> {
    static DESKS: Desks<char> = Desks::new();
    struct NoEncoders;
    impl OpensEncoders<char> for NoEncoders {
        fn open(&self, _: &crate::DeviceCodec, _: Wish) -> Result<Opened<char>, String> {
            Err("none".to_owned())
        }
    }
    let camera = |id: &str, height| PhoneCamera { id: id.to_owned(), height };
    Pictures {
        desks: &DESKS,
        cameras: kotlin.clone().map(|kotlin| kotlin as Arc<dyn Cameras>),
        screens: kotlin.map(|kotlin| kotlin as Arc<dyn Screens>),
        all: vec![camera("front", 720), camera("back", 1080)],
        chosen: None,
        encoders: Arc::new(Codecs::new(Vec::new())),
        opener: || Box::new(NoEncoders),
    }
}

#[test]
fn nothing_is_captured_for_nobody() {
    let kotlin = Arc::new(FakeKotlin::default());
    let mut phone = phone(Some(Arc::clone(&kotlin)));
    assert_eq!(phone.list().iter().map(|device| device.id.as_str()).collect::<Vec<_>>(), ["front", "back"]);
    let mut camera = phone.open_camera(Box::new(drop)).expect("there is one");
    assert_eq!(camera.capture_height(), 720, "known before anything is captured");
    camera.set_plan(&EncodePlan::default());
    let layers = vec![LayerPlan { layer: 0, height: 180, bitrate: 1 }];
    let plan = EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: 30, layers };
    camera.set_plan(&plan);
    camera.set_plan(&plan);
    camera.set_plan(&EncodePlan::default());
    drop(camera);
    phone.choose(Some("back"));
    drop(phone.open_camera(Box::new(drop)));
    let told = kotlin.told.lock().expect("nobody panics");
    assert_eq!(*told, ["open front", "watched true", "watched false", "close", "open back", "close"]);
}

#[test]
fn a_camera_that_is_not_allowed_does_not_open() {
    let kotlin = Arc::new(FakeKotlin { refuses: true, ..FakeKotlin::default() });
    let mut phone = phone(Some(Arc::clone(&kotlin)));
    assert_eq!(phone.open_camera(Box::new(drop)).err(), Some(DeviceError::Refused));
    assert_eq!(*kotlin.told.lock().expect("nobody panics"), ["open front", "close"], "nothing stays behind");
}

#[test]
fn a_phone_without_a_camera_has_none() {
    assert_eq!(phone(None).open_camera(Box::new(drop)).err(), Some(DeviceError::Missing));
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_screen_is_asked_for_known_when_it_was_picked_and_drawn_while_it_is_watched() {
    let kotlin = Arc::new(FakeKotlin::default());
    let mut phone = phone(Some(Arc::clone(&kotlin)));
    assert!(phone.can_share());
    let (told, news) = mpsc::channel();
    let mut screen =
        phone.open_screen(Box::new(move |news| drop(told.send(news)))).expect("it can be asked for");
    assert_eq!(screen.capture_height(), 0, "nobody knows what the person will pick");
    phone.desks.resize(kotlin.handle.load(Ordering::Relaxed), (864, 1920));
    assert_eq!(news.recv_timeout(LONG), Ok(SourceNews::Resized));
    assert_eq!(screen.capture_height(), 864);
    let layers = vec![LayerPlan { layer: 0, height: 864, bitrate: 1 }];
    screen.set_plan(&EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: 5, layers });
    screen.set_plan(&EncodePlan::default());
    drop(screen);
    let told = kotlin.told.lock().expect("nobody panics");
    assert_eq!(*told, ["ask", "screen watched true", "screen watched false", "close screen"]);
}

#[test]
fn a_person_who_picks_nothing_is_told_as_that() {
    let kotlin = Arc::new(FakeKotlin::default());
    let mut phone = phone(Some(Arc::clone(&kotlin)));
    let (told, news) = mpsc::channel();
    let _screen =
        phone.open_screen(Box::new(move |news| drop(told.send(news)))).expect("it can be asked for");
    phone.desks.end(kotlin.handle.load(Ordering::Relaxed), DeviceError::Refused);
    assert_eq!(news.recv_timeout(LONG), Ok(SourceNews::Ended(DeviceError::Refused)));
}

#[test]
fn where_nothing_can_be_shared_the_core_knows() {
    let mut phone = phone(None);
    assert!(!phone.can_share());
    assert_eq!(phone.open_screen(Box::new(drop)).err(), Some(DeviceError::Missing));
}
