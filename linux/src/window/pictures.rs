//! From decoders and the own camera to the window: each picture is painted once, on the thread that has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use treff_codecs::{DecodingRenderer, I420Frame, Painter, PictureTap, painted_size};
use treff_media::device::{RendererFactory, RendererWake, VideoRenderer};
use treff_ui::call::{OWN_PICTURE, PictureFeed, PictureStore};

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
        let mut tile = Tile::new(&self.store, source_name);
        let sink = Box::new(move |picture: &I420Frame, _, _| tile.paint(picture, false));
        Box::new(DecodingRenderer::new(sink, wake))
    }
}

/// Paints the pictures of one source, as large as they are shown.
struct Tile {
    feed: PictureFeed,
    painter: Painter,
}

impl Tile {
    fn new(store: &PictureStore, source: &str) -> Self {
        Self { feed: store.feed(source), painter: Painter::default() }
    }

    fn paint(&mut self, picture: &I420Frame, mirrored: bool) {
        let Some(height) = self.feed.height() else { return };
        let size = painted_size((picture.width(), picture.height()), height);
        let painter = &mut self.painter;
        self.feed
            .paint(size.0.into(), size.1.into(), |rgb| painter.paint(picture, size, mirrored, rgb).is_ok());
    }
}

/// The own camera's way into the window, whichever camera it is. Cloning shares the wish for a mirror.
#[derive(Clone)]
pub(super) struct OwnPicture {
    store: PictureStore,
    mirrored: Arc<AtomicBool>,
}

impl OwnPicture {
    pub(super) fn new(store: PictureStore) -> Self {
        Self { store, mirrored: Arc::default() }
    }

    /// As in a mirror from the next picture on: only here, never for others.
    pub(super) fn set_mirrored(&self, mirrored: bool) {
        self.mirrored.store(mirrored, Ordering::Relaxed);
    }

    /// For a camera that opens.
    pub(super) fn tap(&self) -> Box<dyn PictureTap> {
        Box::new(OwnTile { tile: Tile::new(&self.store, OWN_PICTURE), mirrored: Arc::clone(&self.mirrored) })
    }
}

/// Paints what one camera sees while that is on screen.
struct OwnTile {
    tile: Tile,
    mirrored: Arc<AtomicBool>,
}

impl PictureTap for OwnTile {
    fn wants(&self) -> bool {
        self.tile.feed.height().is_some()
    }

    fn take(&mut self, picture: &I420Frame) {
        self.tile.paint(picture, self.mirrored.load(Ordering::Relaxed));
    }
}

#[cfg(test)]
mod tests {
    use treff_codecs::pattern::{FrameNumber, Pattern};
    use treff_ui::call::Pixels;

    use super::*;

    fn shown(store: &PictureStore) -> Pixels {
        let (source, pixels) = store.take().pop().expect("a picture");
        assert_eq!(source, OWN_PICTURE);
        pixels
    }

    #[test]
    fn ada_sees_herself_as_in_a_mirror_if_she_likes() {
        let store = PictureStore::new(Arc::new(|| {}));
        let own = OwnPicture::new(store.clone());
        let mut tap = own.tap();
        assert!(!tap.wants(), "not on screen");
        store.show(&[(OWN_PICTURE.to_owned(), 180)].into());
        assert!(tap.wants());
        let picture = Pattern::new(2, 320, 180).draw(FrameNumber(5));
        tap.take(&picture);
        let plain = shown(&store);
        own.set_mirrored(true);
        tap.take(&picture);
        let mirrored = shown(&store);
        assert_ne!(plain.as_slice(), mirrored.as_slice());
        for (row, mirror) in plain.as_slice().chunks(320).zip(mirrored.as_slice().chunks(320)) {
            assert!(row.iter().rev().eq(mirror));
        }
    }
}
