//! One source on its way to one Surface: the frames that wait, the Surface that is there now, and the figures.
//!
//! Three threads meet here: the core's driver pushes frames, Kotlin's main thread attaches and takes away Surfaces, and a
//! thread per visible tile decodes. `W` is the window; tests use a number.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use treff_media::codec::VideoCodec;
use treff_media::device::{PushOutcome, RendererStats, RendererWake};
use treff_media::frame::EncodedFrame;

/// Frames that may wait for the decoder: half a second at 30 a second. More means that it does not keep up.
const QUEUE: usize = 15;

/// What the decoding thread finds to do.
#[derive(Debug)]
pub(super) enum Work<W> {
    /// Show pictures there from now on; without a window there is nothing to decode for. Answer with [`Tile::holds`].
    Window(Option<(u64, W)>),
    /// Decode this.
    Frame(EncodedFrame),
    /// Nothing in the time given.
    Nothing,
    /// The tile is gone.
    Closed,
}

struct State<W> {
    frames: VecDeque<EncodedFrame>,
    /// The window Kotlin wants, with its token.
    window: Option<(u64, W)>,
    /// The token of the window that a decoder has, and the visit in which it got it.
    held: Option<(u64, u64)>,
    /// Counts how often the source became visible: a thread of an earlier visit may still be on its way out.
    visit: u64,
    /// Frames are thrown away until one that needs no other.
    waits_for_key: bool,
    /// The source is visible, and this tells the core of news about it.
    wake: Option<RendererWake>,
    stats: RendererStats,
}

/// See the module.
pub(super) struct Tile<W> {
    state: Mutex<State<W>>,
    changed: Condvar,
}

impl<W: Clone> Tile<W> {
    pub(super) fn new() -> Arc<Self> {
        let state = State {
            frames: VecDeque::new(),
            window: None,
            held: None,
            visit: 0,
            waits_for_key: true,
            wake: None,
            stats: RendererStats::default(),
        };
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The source became visible: frames will come. Gives the number of this visit.
    pub(super) fn open(&self, wake: RendererWake) -> u64 {
        let mut state = self.lock();
        state.wake = Some(wake);
        state.visit += 1;
        state.frames.clear();
        state.waits_for_key = true;
        state.stats = RendererStats::default();
        self.changed.notify_all();
        state.visit
    }

    /// It no longer is: the thread of that visit ends.
    pub(super) fn close(&self, visit: u64) {
        let mut state = self.lock();
        if state.visit != visit {
            return;
        }
        state.wake = None;
        state.frames.clear();
        self.changed.notify_all();
    }

    /// Shows the source in `window` from now on.
    pub(super) fn attach(&self, token: u64, window: W) {
        let mut state = self.lock();
        state.window = Some((token, window));
        self.changed.notify_all();
        if state.waits_for_key {
            state.stats.keyframe_needed = true;
            wake(state);
        }
    }

    /// Takes the window of that token away, and waits until no decoder has it, as `surfaceDestroyed` demands: false if
    /// `patience` was not enough.
    pub(super) fn detach(&self, token: u64, patience: Duration) -> bool {
        let mut state = self.lock();
        if state.window.as_ref().is_some_and(|(attached, _)| *attached == token) {
            state.window = None;
            state.frames.clear();
            state.waits_for_key = true;
        }
        self.changed.notify_all();
        let held = |state: &mut State<W>| state.held.is_some_and(|(held, _)| held == token);
        let waited = self.changed.wait_timeout_while(state, patience, held);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Whether anything but the registry may still need it.
    pub(super) fn in_use(&self) -> bool {
        let state = self.lock();
        state.wake.is_some() || state.window.is_some()
    }

    /// Takes the next frame. While no window is there it is thrown away without asking for a key frame: nobody looks.
    pub(super) fn push(&self, frame: EncodedFrame) -> PushOutcome {
        let mut state = self.lock();
        if frame.keyframe {
            if state.waits_for_key {
                state.waits_for_key = false;
                state.frames.clear();
            }
        } else if state.waits_for_key {
            state.stats.frames_dropped += 1;
            let watched = state.window.is_some();
            return if watched { PushOutcome::KeyframeNeeded } else { PushOutcome::Accepted };
        }
        if state.window.is_none() {
            state.waits_for_key = true;
            state.stats.frames_dropped += 1;
            return PushOutcome::Accepted;
        }
        if state.frames.len() >= QUEUE {
            // The decoder is behind. What waits is stale, and what follows refers to it.
            state.stats.frames_dropped += state.frames.len() as u64 + 1;
            state.frames.clear();
            state.waits_for_key = true;
            return PushOutcome::KeyframeNeeded;
        }
        state.frames.push_back(frame);
        state.stats.keyframe_needed = false;
        self.changed.notify_all();
        PushOutcome::Accepted
    }

    /// The next thing to do in a visit; waits for it, no longer than `patience` if one is given.
    pub(super) fn next(&self, visit: u64, patience: Option<Duration>) -> Work<W> {
        let deadline = patience.map(|patience| Instant::now() + patience);
        let mut state = self.lock();
        loop {
            if state.wake.is_none() || state.visit != visit {
                return Work::Closed;
            }
            // A Surface takes one decoder at a time: an earlier visit's has to let go first.
            if state.held.is_none_or(|(_, holder)| holder == visit) {
                if state.window.as_ref().map(|(token, _)| *token) != state.held.map(|(token, _)| token) {
                    return Work::Window(state.window.clone());
                }
                if let Some(frame) = state.frames.pop_front() {
                    return Work::Frame(frame);
                }
            }
            state = match deadline {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Work::Nothing;
                    }
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Puts back a frame that the decoder had no room for.
    pub(super) fn put_back(&self, frame: EncodedFrame) {
        let mut state = self.lock();
        if !state.waits_for_key {
            state.frames.push_front(frame);
        }
    }

    /// The decoding thread has done what [`Work::Window`] told: its decoder shows on the window of that token, or there
    /// is no decoder any more.
    pub(super) fn holds(&self, visit: u64, token: Option<u64>) {
        let mut state = self.lock();
        if state.held.is_none_or(|(_, holder)| holder == visit) {
            state.held = token.map(|token| (token, visit));
        }
        self.changed.notify_all();
    }

    /// The decoder lost its references: nothing more can be shown before a key frame.
    pub(super) fn need_key(&self) {
        let mut state = self.lock();
        state.waits_for_key = true;
        state.stats.frames_dropped += state.frames.len() as u64;
        state.frames.clear();
        state.stats.keyframe_needed = true;
        wake(state);
    }

    /// Counts a picture that was shown, of this codec and size.
    pub(super) fn shown(&self, codec: VideoCodec, (width, height): (u16, u16)) {
        let mut state = self.lock();
        let stats = &mut state.stats;
        let before = (stats.codec, stats.width, stats.height);
        (stats.codec, stats.width, stats.height) = (Some(codec), width, height);
        stats.frames_decoded += 1;
        if before != (stats.codec, stats.width, stats.height) {
            wake(state);
        }
    }

    /// Counts a frame that nothing came of.
    pub(super) fn dropped(&self) {
        self.lock().stats.frames_dropped += 1;
    }

    pub(super) fn stats(&self) -> RendererStats {
        self.lock().stats
    }
}

/// Tells the core, without holding the lock: it may ask for the figures at once.
fn wake<W>(state: MutexGuard<'_, State<W>>) {
    let wake = state.wake.clone();
    drop(state);
    if let Some(wake) = wake {
        wake();
    }
}
