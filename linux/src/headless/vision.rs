//! A camera that is a pattern or a file, and renderers that decode and, when recording, write.

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

/// The cameras of a client without one.
pub(crate) struct Cameras(Source);

enum Source {
    Pattern,
    File(PathBuf),
    None,
}

impl Cameras {
    /// Checks the file, if one was chosen.
    ///
    /// # Errors
    /// In words for a person.
    pub(crate) fn open(choice: &VideoChoice) -> Result<Self, String> {
        Ok(Self(match choice {
            VideoChoice::Pattern => Source::Pattern,
            VideoChoice::None => Source::None,
            VideoChoice::Y4m(path) => {
                Y4mSource::open(path).map_err(|error| {
                    let name = path.display();
                    format!("{name} cannot be read as Y4M ({error}). Convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m")
                })?;
                Source::File(path.clone())
            }
        }))
    }
}

impl VideoSources for Cameras {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let pictures: Box<dyn PictureSource> = match &self.0 {
            Source::Pattern => {
                let (width, height, fps) = PATTERN;
                Box::new(PatternSource::new(0, width, height, fps))
            }
            Source::File(path) => {
                Box::new(Y4mSource::open(path).map_err(|error| DeviceError::Failed(error.to_string()))?)
            }
            Source::None => return Err(DeviceError::Missing),
        };
        Ok(Box::new(SimulcastSource::open(pictures, sink)?))
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
