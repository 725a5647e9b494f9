//! What a guest sees: the last decoded picture of each source, read as the numbered pattern.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use treff_app::DeviceKind;
use treff_codecs::pattern::{PatternSource, dominant_colour, read};
use treff_codecs::{DecodingRenderer, SimulcastSource};
use treff_media::codec::VideoCodec;
use treff_media::device::{
    DeviceError, DeviceInfo, DeviceWatch, EncodedVideoSource, FrameSink, RendererFactory, RendererWake,
    VideoRenderer, VideoSources,
};

use crate::desk::{Desk, Pictures};

/// A source as it was last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Pictures decoded so far.
    pub pictures: u64,
    /// The codec of the last one.
    pub codec: Option<VideoCodec>,
    /// Width of the last one.
    pub width: u16,
    /// Height of the last one.
    pub height: u16,
    /// The frame number in the last one that could be read.
    pub number: Option<u32>,
    /// Pictures with a readable number.
    pub readable: u64,
    /// Pictures whose number was lower than the one before.
    pub backwards: u64,
    /// Whose colour it had.
    pub colour: Option<usize>,
    /// The different heights, in the order they came.
    pub heights: Vec<u16>,
    /// The longest time between two pictures.
    pub longest_gap: Duration,
    last: Option<Instant>,
}

impl Sight {
    fn take(&mut self, picture: &treff_codecs::I420Frame, codec: VideoCodec) {
        let now = Instant::now();
        self.pictures += 1;
        self.codec = Some(codec);
        (self.width, self.height) = (picture.width(), picture.height());
        if self.heights.last() != Some(&self.height) {
            self.heights.push(self.height);
        }
        if let Some(last) = self.last.replace(now) {
            self.longest_gap = self.longest_gap.max(now.duration_since(last));
        }
        self.colour = dominant_colour(picture);
        if let Some(number) = read(picture).map(|number| number.0) {
            self.readable += 1;
            self.backwards += u64::from(self.number.is_some_and(|before| number < before));
            self.number = Some(number);
        }
    }
}

/// A shared view of what arrives at one guest's eyes.
#[derive(Clone, Default)]
pub struct Eyes(Arc<Mutex<BTreeMap<String, Sight>>>);

impl Eyes {
    /// The source as it was last seen.
    pub fn sight(&self, source: &str) -> Option<Sight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(source).cloned()
    }

    /// Forgets what was seen of a source, so that only what comes from now on counts.
    pub fn forget(&self, source: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(source);
    }
}

/// A guest's screen.
pub(crate) struct Screen(pub(crate) Eyes);

impl RendererFactory for Screen {
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer> {
        let (eyes, name) = (self.0.clone(), source_name.to_owned());
        let sink = Box::new(move |picture: &treff_codecs::I420Frame, _, codec| {
            let mut sights = eyes.0.lock().unwrap_or_else(PoisonError::into_inner);
            sights.entry(name.clone()).or_default().take(picture, codec);
        });
        Box::new(DecodingRenderer::new(sink, wake))
    }
}

/// A guest's camera: the pattern in their colour.
pub(crate) struct Camera {
    pub(crate) colour: usize,
    /// Which devices there are.
    pub(crate) desk: Desk,
}

impl Camera {
    /// How far a shared screen's colour is from their first camera's; each further camera is one colour on.
    const SCREEN: usize = 6;
}

impl VideoSources for Camera {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let (handle, number) = self.desk.take(DeviceKind::Camera)?;
        let pattern = PatternSource::new(self.colour + number, 1280, 720, 15);
        Ok(Box::new(SimulcastSource::open(Box::new(Pictures { pattern, handle }), sink)?))
    }

    fn open_screen(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let handle = self.desk.take_screen();
        let pattern = PatternSource::new(self.colour + Self::SCREEN, 1600, 900, 15);
        Ok(Box::new(SimulcastSource::open(Box::new(Pictures { pattern, handle }), sink)?))
    }

    fn can_share(&self) -> bool {
        true
    }

    fn list(&mut self) -> Vec<DeviceInfo> {
        self.desk.list(DeviceKind::Camera)
    }

    fn choose(&mut self, id: Option<&str>) {
        self.desk.choose(DeviceKind::Camera, id);
    }

    fn watch(&mut self, changed: DeviceWatch) {
        self.desk.watch(changed);
    }
}
