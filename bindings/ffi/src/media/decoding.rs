//! What a tile's thread does: takes frames and Surfaces from its [`Tile`] and leads them through a decoder.
//!
//! A decoder is made for the first key frame of a codec, falls back to the next one when it fails, and is let go as soon
//! as its Surface is taken away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use treff_media::codec::VideoCodec;
use treff_media::frame::EncodedFrame;

use super::codecs::Codecs;
use super::tile::{Tile, Work};
use crate::config::DeviceCodec;

/// How long a decoder that has frames is waited for before the thread looks at its tile again.
const LOOK_AROUND: Duration = Duration::from_millis(10);
/// A frame without a picture after this long is one that shows none (VP8's alternate references).
const PICTURELESS: Duration = Duration::from_millis(300);

/// A decoder with a window, as the system gives them.
pub(super) trait VideoDecoder<W> {
    /// Takes a frame, or returns false while it has no room.
    fn queue(&mut self, frame: &EncodedFrame) -> Result<bool, String>;
    /// Shows what is ready; waits for it no longer than `patience`.
    fn show(&mut self, patience: Duration) -> Result<Shown, String>;
    /// Shows on another window from now on.
    fn move_to(&mut self, window: &W) -> Result<(), String>;
}

/// What [`VideoDecoder::show`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "android"), allow(dead_code, reason = "only Android has decoders"))]
pub(super) enum Shown {
    /// Nothing was ready.
    Nothing,
    /// The pictures have this size from now on; none was shown.
    Size(u16, u16),
    /// One picture was shown.
    Picture,
}

/// Makes decoders.
pub(super) trait OpensDecoders<W>: Send {
    /// A decoder that shows on `window`, for a stream that begins with `key`.
    fn open(
        &self,
        decoder: &DeviceCodec,
        key: &EncodedFrame,
        window: &W,
    ) -> Result<Box<dyn VideoDecoder<W>>, String>;
}

/// A decoder at work.
struct Running<W> {
    decoder: DeviceCodec,
    inner: Box<dyn VideoDecoder<W>>,
    size: (u16, u16),
    pictures: u64,
    /// Frames taken whose pictures have not been shown, and when the last was taken.
    pending: u32,
    last_taken: Instant,
}

/// The state of a tile's thread.
pub(super) struct Decoding<W> {
    tile: Arc<Tile<W>>,
    visit: u64,
    decoders: Arc<Codecs>,
    opener: Box<dyn OpensDecoders<W>>,
    window: Option<W>,
    running: Option<Running<W>>,
    codec: Option<VideoCodec>,
    /// Decoders that did not open or failed since the codec or the window changed.
    tried: Vec<String>,
}

impl<W: Clone> Decoding<W> {
    /// For one visit of a tile.
    pub(super) fn new(
        tile: Arc<Tile<W>>,
        visit: u64,
        decoders: Arc<Codecs>,
        opener: Box<dyn OpensDecoders<W>>,
    ) -> Self {
        Self { tile, visit, decoders, opener, window: None, running: None, codec: None, tried: Vec::new() }
    }

    /// Works until the tile is closed. Sleeps for as long as there is nothing to do.
    pub(super) fn run(mut self) {
        while self.step() {}
        self.running = None;
        self.tile.holds(self.visit, None);
    }

    /// One thing done; false at the end.
    pub(super) fn step(&mut self) -> bool {
        let busy = self.running.as_ref().is_some_and(|running| running.pending > 0);
        match self.tile.next(self.visit, busy.then_some(Duration::ZERO)) {
            Work::Closed => return false,
            Work::Window(window) => self.show_on(window),
            Work::Frame(frame) => self.decode(frame),
            Work::Nothing => {}
        }
        self.show();
        true
    }

    fn show_on(&mut self, window: Option<(u64, W)>) {
        let (token, window) = window.unzip();
        let moved = match (&mut self.running, &window) {
            (Some(running), Some(window)) => running.inner.move_to(window).is_ok(),
            (None, _) => true,
            (Some(_), None) => false,
        };
        if !moved {
            self.running = None;
        }
        self.tried.clear();
        self.window = window;
        self.tile.holds(self.visit, token);
        if self.window.is_some() && !moved {
            self.tile.need_key();
        }
    }

    fn decode(&mut self, frame: EncodedFrame) {
        if self.codec != Some(frame.codec) {
            self.codec = Some(frame.codec);
            self.tried.clear();
            self.running = None;
        }
        if self.running.is_none() {
            if !frame.keyframe {
                self.tile.need_key();
                return;
            }
            self.open(&frame);
        }
        let Some(running) = &mut self.running else {
            self.tile.dropped();
            return;
        };
        match running.inner.queue(&frame) {
            Ok(true) => {
                running.pending += 1;
                running.last_taken = Instant::now();
            }
            Ok(false) => {
                // Room comes with the next picture that is shown.
                running.pending = running.pending.max(1);
                self.tile.put_back(frame);
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Opens the best decoder that does open.
    fn open(&mut self, key: &EncodedFrame) {
        let Some(window) = &self.window else { return };
        while let Some(decoder) = self.decoders.best(key.codec, &self.tried) {
            match self.opener.open(&decoder, key, window) {
                Ok(inner) => {
                    let size = (key.width, key.height);
                    let last_taken = Instant::now();
                    self.running =
                        Some(Running { decoder, inner, size, pictures: 0, pending: 0, last_taken });
                    return;
                }
                // All of a phone's hardware may be busy with other tiles: no reason to avoid it for good.
                Err(error) => {
                    tracing::warn!("The decoder {} does not open: {error}.", decoder.name);
                    self.tried.push(decoder.name);
                }
            }
        }
        tracing::error!("No decoder on this device takes {}.", key.codec);
    }

    /// Shows what the decoder has ready.
    fn show(&mut self) {
        let Some(running) = &mut self.running else { return };
        if running.pending == 0 {
            return;
        }
        match running.inner.show(LOOK_AROUND) {
            Ok(Shown::Picture) => {
                running.pending -= 1;
                running.pictures += 1;
                self.tile.shown(running.decoder.codec, running.size);
            }
            Ok(Shown::Size(width, height)) => running.size = (width, height),
            Ok(Shown::Nothing) if running.last_taken.elapsed() > PICTURELESS => running.pending = 0,
            Ok(Shown::Nothing) => {}
            Err(error) => self.fail(&error),
        }
    }

    /// The decoder is of no use any more: the next key frame gets the next one.
    fn fail(&mut self, error: &str) {
        let Some(running) = self.running.take() else { return };
        tracing::warn!(
            "The decoder {} failed after {} pictures: {error}.",
            running.decoder.name,
            running.pictures
        );
        self.decoders.failed(&running.decoder.name, running.pictures > 0);
        if running.pictures == 0 {
            self.tried.push(running.decoder.name);
        }
        self.tile.need_key();
    }
}

#[cfg(test)]
mod tests;
