//! From decoders and the own camera to the window: each picture is painted once, on the thread that has it.

use std::sync::mpsc;
use std::thread;

use treff_codecs::{DecodingRenderer, I420Frame, Painter, painted_size};
use treff_devices::{Devices, OwnPicture};
use treff_media::device::{RendererFactory, RendererWake, VideoRenderer};
use treff_ui::call::{PictureFeed, PictureStore};

/// Decodes every visible source into the store.
pub(super) struct Renderers {
    store: PictureStore,
}

impl Renderers {
    pub(super) fn new(store: PictureStore) -> Self {
        Self { store }
    }
}

impl RendererFactory for Renderers {
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer> {
        let mut feed = self.store.feed(source_name);
        let mut painter = Painter::default();
        let sink = Box::new(move |picture: &I420Frame, _, _| paint(&mut feed, &mut painter, picture));
        Box::new(DecodingRenderer::new(sink, wake))
    }
}

/// Paints a picture as large as it is shown. Nothing is mirrored here: whoever shows the own picture does that.
pub(super) fn paint(feed: &mut PictureFeed, painter: &mut Painter, picture: &I420Frame) {
    let Some(height) = feed.height() else { return };
    let size = painted_size((picture.width(), picture.height()), height);
    feed.paint(size.0.into(), size.1.into(), |rgba| painter.paint(picture, size, false, rgba).is_ok());
}

/// The own camera's pictures.
pub(super) struct OwnPictures {
    own: OwnPicture,
    feed: PictureFeed,
    painter: Painter,
    seen: u64,
}

impl OwnPictures {
    /// Paints them on a thread of its own for as long as the devices live.
    pub(super) fn follow(devices: &Devices, feed: PictureFeed) {
        let own = devices.own_picture();
        // One waiting call is enough: the newest picture is asked for.
        let (wake, calls) = mpsc::sync_channel(1);
        own.watch(move || {
            let _ = wake.try_send(());
        });
        let mut pictures = Self { own, feed, painter: Painter::default(), seen: 0 };
        let spawned = thread::Builder::new().name("treff-own".to_owned()).spawn(move || {
            while calls.recv().is_ok() {
                pictures.paint();
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "No thread to paint the own picture on: it stays dark.");
        }
    }

    fn paint(&mut self) {
        if self.feed.height().is_none() {
            return;
        }
        let newer = self.own.newer(self.seen).or_else(|| {
            // Another camera counts from one again.
            let (number, picture) = self.own.newer(0)?;
            (number < self.seen).then_some((number, picture))
        });
        if let Some((number, picture)) = newer {
            self.seen = number;
            paint(&mut self.feed, &mut self.painter, &picture);
        }
    }
}
