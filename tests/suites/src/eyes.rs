//! What a guest sees: the last decoded picture of each source, read as the numbered pattern.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use treff_codecs::pattern::{PatternSource, dominant_colour, read};
use treff_codecs::{DecodingRenderer, SimulcastSource};
use treff_media::codec::VideoCodec;
use treff_media::device::{
    DeviceError, EncodedVideoSource, FrameSink, RendererFactory, RendererWake, VideoRenderer, VideoSources,
};

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
}

/// A shared view of what arrives at one guest's eyes.
#[derive(Clone, Default)]
pub struct Eyes(Arc<Mutex<BTreeMap<String, Sight>>>);

impl Eyes {
    /// The source as it was last seen.
    pub fn sight(&self, source: &str) -> Option<Sight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(source).cloned()
    }
}

/// A guest's screen.
pub(crate) struct Screen(pub(crate) Eyes);

impl RendererFactory for Screen {
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer> {
        let (eyes, name) = (self.0.clone(), source_name.to_owned());
        let sink = Box::new(move |picture: &treff_codecs::I420Frame, _, codec| {
            let number = read(picture).map(|number| number.0);
            let colour = dominant_colour(picture);
            let mut sights = eyes.0.lock().unwrap_or_else(PoisonError::into_inner);
            let sight = sights.entry(name.clone()).or_default();
            sight.pictures += 1;
            sight.codec = Some(codec);
            (sight.width, sight.height) = (picture.width(), picture.height());
            sight.colour = colour;
            if let Some(number) = number {
                sight.readable += 1;
                sight.backwards += u64::from(sight.number.is_some_and(|before| number < before));
                sight.number = Some(number);
            }
        });
        Box::new(DecodingRenderer::new(sink, wake))
    }
}

/// A guest's camera: the pattern in their colour.
pub(crate) struct Camera {
    pub(crate) colour: usize,
}

impl VideoSources for Camera {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let pattern = Box::new(PatternSource::new(self.colour, 1280, 720, 15));
        Ok(Box::new(SimulcastSource::open(pattern, sink)?))
    }
}
