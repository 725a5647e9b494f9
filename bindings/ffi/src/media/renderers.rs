//! The tiles by source name: where the core's renderers and Kotlin's Surfaces find each other, in any order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use treff_media::device::{PushOutcome, RendererFactory, RendererStats, RendererWake, VideoRenderer};
use treff_media::frame::EncodedFrame;

use super::codecs::Codecs;
use super::decoding::{Decoding, OpensDecoders};
use super::tile::Tile;

/// How long Kotlin's main thread waits for a decoder to let go of a Surface. A frame takes a tenth of that.
const LETTING_GO: Duration = Duration::from_millis(500);

/// Every tile that is visible, has a Surface, or both.
pub(super) struct Tiles<W> {
    by_source: Mutex<BTreeMap<String, Arc<Tile<W>>>>,
    tokens: AtomicU64,
}

impl<W: Clone> Tiles<W> {
    pub(super) const fn new() -> Self {
        Self { by_source: Mutex::new(BTreeMap::new()), tokens: AtomicU64::new(1) }
    }

    fn of(&self, source: &str) -> Arc<Tile<W>> {
        let mut tiles = self.by_source.lock().unwrap_or_else(PoisonError::into_inner);
        tiles.retain(|name, tile| name == source || tile.in_use());
        Arc::clone(tiles.entry(source.to_owned()).or_insert_with(Tile::new))
    }

    #[cfg_attr(not(target_os = "android"), allow(dead_code, reason = "JNI calls it, on Android"))]
    /// Shows `source` in `window` until the token is given to [`Tiles::detach`]; an earlier window of the source is left.
    pub(super) fn attach(&self, source: &str, window: W) -> u64 {
        let token = self.tokens.fetch_add(1, Ordering::Relaxed);
        self.of(source).attach(token, window);
        token
    }

    #[cfg_attr(not(target_os = "android"), allow(dead_code, reason = "JNI calls it, on Android"))]
    /// Takes the window away. When this returns nothing draws into it any more.
    pub(super) fn detach(&self, source: &str, token: u64) {
        if !self.of(source).detach(token, LETTING_GO) {
            tracing::error!("A decoder does not let go of its Surface.");
        }
    }
}

/// Makes the core's renderers: one thread with a decoder for each visible source.
pub(super) struct Renderers<W: 'static> {
    pub(super) tiles: &'static Tiles<W>,
    pub(super) decoders: Arc<Codecs>,
    pub(super) opener: fn() -> Box<dyn OpensDecoders<W>>,
}

impl<W: Clone + Send + 'static> RendererFactory for Renderers<W> {
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer> {
        let tile = self.tiles.of(source_name);
        let visit = tile.open(wake);
        let (ours, decoders, opener) = (Arc::clone(&tile), Arc::clone(&self.decoders), self.opener);
        // A decoder never leaves the thread that it is made on.
        let decode = move || Decoding::new(ours, visit, decoders, opener()).run();
        let started = thread::Builder::new().name("treff-decode".to_owned()).spawn(decode);
        if let Err(error) = started {
            tracing::error!("No thread to decode on: {error}.");
        }
        Box::new(Renderer { tile, visit })
    }
}

/// The core's end of a tile.
struct Renderer<W: Clone> {
    tile: Arc<Tile<W>>,
    visit: u64,
}

impl<W: Clone + Send> VideoRenderer for Renderer<W> {
    fn push(&mut self, frame: EncodedFrame) -> PushOutcome {
        self.tile.push(frame)
    }

    fn stats(&self) -> RendererStats {
        self.tile.stats()
    }
}

impl<W: Clone> Drop for Renderer<W> {
    fn drop(&mut self) {
        self.tile.close(self.visit);
    }
}
