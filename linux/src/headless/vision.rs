//! A camera and a screen that are a pattern or a file, and renderers that decode and, when recording, write.

use std::path::PathBuf;

use treff_codecs::pattern::PatternSource;
use treff_codecs::y4m::Y4mSource;
use treff_codecs::{DecodingRenderer, PictureSource, SimulcastSource};
use treff_media::codec::VideoCodec;
use treff_media::device::{
    CodecCatalog, DeviceError, EncodedVideoSource, FrameSink, RendererFactory, RendererWake, VideoRenderer,
    VideoSources,
};

use super::recorder::Recorder;
use crate::arguments::VideoChoice;

/// The pattern's size and pace.
const PATTERN: (u16, u16, u8) = (1280, 720, 30);

/// The pattern of a shared screen is that of this person, so that it cannot be taken for the camera's.
const SCREEN: usize = 6;
/// Pictures of a shared screen a second.
const SCREEN_PACE: u8 = 15;

/// The cameras and screens of a client without any.
pub(super) struct Cameras {
    camera: Source,
    screen: Source,
}

enum Source {
    Pattern,
    File(PathBuf),
    None,
}

impl Cameras {
    /// Checks the files, if some were chosen.
    ///
    /// # Errors
    /// In words for a person.
    pub(super) fn open(camera: &VideoChoice, screen: &VideoChoice) -> Result<Self, String> {
        Ok(Self { camera: Source::open(camera)?, screen: Source::open(screen)? })
    }
}

impl Source {
    fn open(choice: &VideoChoice) -> Result<Self, String> {
        Ok(match choice {
            VideoChoice::Pattern => Self::Pattern,
            VideoChoice::None => Self::None,
            VideoChoice::Y4m(path) => {
                Y4mSource::open(path).map_err(|error| {
                    let name = path.display();
                    format!("{name} cannot be read as Y4M ({error}). Convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m")
                })?;
                Self::File(path.clone())
            }
        })
    }

    /// Its pictures with their encoders; the pattern is that of person number `person`.
    fn start(
        &self,
        person: usize,
        fps: u8,
        sink: FrameSink,
    ) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let pictures: Box<dyn PictureSource> = match self {
            Self::Pattern => Box::new(PatternSource::new(person, PATTERN.0, PATTERN.1, fps)),
            Self::File(path) => {
                Box::new(Y4mSource::open(path).map_err(|error| DeviceError::Failed(error.to_string()))?)
            }
            Self::None => return Err(DeviceError::Missing),
        };
        Ok(Box::new(SimulcastSource::open(pictures, sink)?))
    }
}

impl VideoSources for Cameras {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        self.camera.start(0, PATTERN.2, sink)
    }

    fn open_screen(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        self.screen.start(SCREEN, SCREEN_PACE, sink)
    }

    fn can_share(&self) -> bool {
        !matches!(self.screen, Source::None)
    }
}

/// Decodes every visible source; writes it down when recording.
pub(super) struct Renderers {
    recorder: Option<Recorder>,
}

impl Renderers {
    pub(super) fn new(recorder: Option<Recorder>) -> Self {
        Self { recorder }
    }
}

impl RendererFactory for Renderers {
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer> {
        let mut file = self.recorder.as_ref().map(|recorder| recorder.pictures(source_name));
        let sink = Box::new(move |picture: &_, _, _| {
            if let Some(file) = &mut file {
                file.write(picture);
            }
        });
        Box::new(DecodingRenderer::new(sink, wake))
    }
}

/// What this build can encode and decode; with `wish`, encode with that codec only.
///
/// # Errors
/// In words for a person, when `wish` cannot be encoded.
pub(super) fn catalog(wish: Option<VideoCodec>) -> Result<CodecCatalog, String> {
    let mut catalog = treff_codecs::catalog();
    if let Some(codec) = wish {
        if !catalog.encode.contains(&codec) {
            let can: Vec<_> = catalog.encode.iter().map(|codec| codec.name()).collect();
            return Err(format!("{codec} cannot be encoded here. Choose one of {}.", can.join(", ")));
        }
        catalog.encode = vec![codec];
    }
    Ok(catalog)
}
