//! A made camera for tests: a pattern, which the own tile shows as it shows a real camera's pictures.

use treff_codecs::SimulcastSource;
use treff_codecs::pattern::PatternSource;
use treff_media::device::{DeviceError, DeviceInfo, EncodedVideoSource, FrameSink, VideoSources};

use super::pictures::OwnPicture;

/// The pattern's person: a colour that none of the lab's first people has.
const PERSON: usize = 6;
/// The pattern's size and pace.
const PICTURES: (u16, u16, u8) = (1280, 720, 30);

/// Opens the pattern.
pub(super) struct MadeCamera(pub(super) OwnPicture);

impl VideoSources for MadeCamera {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let (width, height, fps) = PICTURES;
        let pattern = Box::new(PatternSource::new(PERSON, width, height, fps));
        Ok(Box::new(SimulcastSource::open_with_tap(pattern, sink, Some(self.0.tap()))?))
    }

    fn list(&mut self) -> Vec<DeviceInfo> {
        vec![DeviceInfo { id: "pattern".to_owned(), name: "Pattern".to_owned() }]
    }
}
