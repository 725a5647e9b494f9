//! A made camera for tests: a pattern, which the own tile shows as it shows a real camera's pictures.

use treff_codecs::pattern::PatternSource;
use treff_codecs::{I420Frame, Painter, PictureTap, SimulcastSource};
use treff_media::device::{DeviceError, DeviceInfo, EncodedVideoSource, FrameSink, VideoSources};
use treff_ui::call::{OWN_PICTURE, PictureFeed, PictureStore};

use super::pictures::paint;

/// The pattern's person: a colour that none of the lab's first people has.
const PERSON: usize = 6;
/// The pattern's size and pace.
const PICTURES: (u16, u16, u8) = (1280, 720, 30);

/// Opens the pattern.
pub(super) struct MadeCamera(pub(super) PictureStore);

impl VideoSources for MadeCamera {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let (width, height, fps) = PICTURES;
        let tap = OwnTile { feed: self.0.feed(OWN_PICTURE), painter: Painter::default() };
        let pattern = Box::new(PatternSource::new(PERSON, width, height, fps));
        Ok(Box::new(SimulcastSource::open_with_tap(pattern, sink, Box::new(tap))?))
    }

    fn list(&mut self) -> Vec<DeviceInfo> {
        vec![DeviceInfo { id: "pattern".to_owned(), name: "Pattern".to_owned() }]
    }
}

/// The own tile, while it is on screen.
struct OwnTile {
    feed: PictureFeed,
    painter: Painter,
}

impl PictureTap for OwnTile {
    fn wants(&self) -> bool {
        self.feed.height().is_some()
    }

    fn take(&mut self, picture: &I420Frame) {
        paint(&mut self.feed, &mut self.painter, picture);
    }
}
