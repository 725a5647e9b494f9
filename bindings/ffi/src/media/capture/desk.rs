//! One open camera or screen: where what is wanted of it meets its pictures and its encoders.
//!
//! Three threads come here: the core's driver with plans and key-frame requests, a thread of Kotlin's, which draws each
//! picture on the Surfaces of the encoders that are due, and one that runs the encoders. `S` is an encoder's Surface;
//! tests use a letter.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use treff_media::device::{DeviceError, EncodePlan};

use super::pace::Pace;

/// Simulcast encodings at most.
pub(super) const SLOTS: usize = 3;
/// Pictures that may be inside one encoder. More means that it does not keep up, and drawing would have to wait for it.
const INSIDE: usize = 3;
/// An encoder may keep a picture until the next one comes. So long after the last one nothing is expected of it any more.
const AT_REST: Duration = Duration::from_millis(500);

/// What the encoders' thread finds to do.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// What is wanted now, and the size of the upright picture, when one of them is new and both are known.
    pub(super) plan: Option<(EncodePlan, (u16, u16))>,
    pub(super) keyframe: bool,
    /// Which encoders may have a frame ready.
    pub(super) busy: [bool; SLOTS],
    /// Since when each encoder has been full.
    pub(super) full: [Option<Instant>; SLOTS],
    /// Nothing more comes of it.
    pub(super) ended: Option<DeviceError>,
    /// It is not wanted any more.
    pub(super) closed: bool,
}

/// Which encoders a picture is to be drawn for: bit n stands for encoding n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::media) struct Due {
    pub(in crate::media) draw: u8,
    /// These have another Surface than before, or none: ask [`Desk::surface`].
    pub(in crate::media) changed: u8,
}

struct Slot<S> {
    surface: Option<S>,
    changed: bool,
    /// Pictures inside the encoder, in microseconds of their own clock.
    inside: VecDeque<u64>,
    /// When the last one went in.
    drawn: Option<Instant>,
    full_since: Option<Instant>,
}

impl<S> Slot<S> {
    fn is_busy(&self, now: Instant) -> bool {
        let resting = self.drawn.is_none_or(|drawn| now.saturating_duration_since(drawn) >= AT_REST);
        self.full_since.is_some() || (!self.inside.is_empty() && !resting)
    }
}

impl<S> Default for Slot<S> {
    fn default() -> Self {
        Self { surface: None, changed: false, inside: VecDeque::new(), drawn: None, full_since: None }
    }
}

struct State<S> {
    plan: EncodePlan,
    shape: Option<(u16, u16)>,
    news: bool,
    keyframe: bool,
    ended: Option<DeviceError>,
    closed: bool,
    pace: Pace,
    slots: [Slot<S>; SLOTS],
    /// A moment on the pictures' clock, in microseconds, and how long this had been open then.
    clock: Option<(u64, Duration)>,
}

impl<S> State<S> {
    fn resize(&mut self, shape: (u16, u16)) {
        self.news |= self.shape != Some(shape);
        self.shape = Some(shape);
    }
}

/// See the module.
pub(super) struct Desk<S> {
    opened: Instant,
    state: Mutex<State<S>>,
    changed: Condvar,
}

impl<S: Clone> Desk<S> {
    pub(super) fn new(opened: Instant) -> Self {
        let state = State {
            plan: EncodePlan::default(),
            shape: None,
            news: false,
            keyframe: false,
            ended: None,
            closed: false,
            pace: Pace::default(),
            slots: Default::default(),
            clock: None,
        };
        Self { opened, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State<S>)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// What is wanted from now on.
    pub(super) fn set_plan(&self, plan: &EncodePlan) {
        self.change(|state| {
            state.news |= state.plan != *plan;
            state.plan = plan.clone();
        });
    }

    /// Whole pictures are wanted of all encoders.
    pub(super) fn request_keyframe(&self) {
        self.change(|state| state.keyframe = true);
    }

    /// Its pictures have this size, upright.
    pub(super) fn resize(&self, shape: (u16, u16)) {
        self.change(|state| state.resize(shape));
    }

    /// The size that is known.
    pub(super) fn shape(&self) -> Option<(u16, u16)> {
        self.lock().shape
    }

    /// Nothing more comes of it; the first reason counts.
    pub(super) fn end(&self, error: DeviceError) {
        self.change(|state| {
            state.ended.get_or_insert(error);
        });
    }

    /// It is not wanted any more.
    pub(super) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    /// A picture was taken at `nanoseconds` of its own clock, upright of the size `shape`: for which encoders it is
    /// to be drawn.
    pub(super) fn due(&self, now: Instant, nanoseconds: u64, shape: (u16, u16)) -> Due {
        let at = nanoseconds / 1000;
        let mut due = Due::default();
        self.change(|state| {
            state.clock.get_or_insert_with(|| (at, now.saturating_duration_since(self.opened)));
            state.resize(shape);
            let limit = state.plan.max_framerate;
            let wanted = !state.plan.layers.is_empty() && state.pace.takes(Duration::from_micros(at), limit);
            for (bit, slot) in state.slots.iter_mut().enumerate() {
                due.changed |= u8::from(slot.changed) << bit;
                if wanted && slot.surface.is_some() && slot.inside.len() < INSIDE {
                    slot.inside.push_back(at);
                    slot.drawn = Some(now);
                    if slot.inside.len() == INSIDE {
                        slot.full_since = Some(now);
                    }
                    due.draw |= 1 << bit;
                }
            }
        });
        due
    }

    /// The Surface to draw on for encoding `index` from now on.
    pub(super) fn surface(&self, index: usize) -> Option<S> {
        let mut state = self.lock();
        let slot = state.slots.get_mut(index)?;
        slot.changed = false;
        slot.surface.clone()
    }

    /// Encoding `index` has another encoder, or none.
    pub(super) fn draw_on(&self, index: usize, surface: Option<S>) {
        self.change(|state| {
            if let Some(slot) = state.slots.get_mut(index) {
                *slot = Slot { surface, changed: true, ..Slot::default() };
            }
        });
    }

    /// The picture taken at `at` microseconds, and what came before it, is out of the encoder. When it was taken, since
    /// this was opened.
    pub(super) fn came_out(&self, index: usize, at: u64) -> Duration {
        let mut state = self.lock();
        if let Some(slot) = state.slots.get_mut(index) {
            while slot.inside.front().is_some_and(|inside| *inside <= at) {
                slot.inside.pop_front();
            }
            slot.full_since = slot.full_since.filter(|_| slot.inside.len() >= INSIDE);
        }
        let (first, elapsed) = state.clock.unwrap_or_default();
        elapsed + Duration::from_micros(at.saturating_sub(first))
    }

    /// Whether encoding `index` is still as full as it was then.
    pub(super) fn is_full_since(&self, index: usize, since: Instant) -> bool {
        self.lock().slots.get(index).is_some_and(|slot| slot.full_since == Some(since))
    }

    /// What there is to do; waits for something while the encoders have nothing inside.
    pub(super) fn next(&self, now: Instant) -> Work {
        let mut state = self.lock();
        loop {
            let known = state.shape.is_some() || state.plan.layers.is_empty();
            let news = state.news && known;
            let busy: [bool; SLOTS] = std::array::from_fn(|index| state.slots[index].is_busy(now));
            if news || busy.contains(&true) || state.keyframe || state.closed || state.ended.is_some() {
                state.news &= !news;
                return Work {
                    plan: news.then(|| (state.plan.clone(), state.shape.unwrap_or_default())),
                    keyframe: std::mem::take(&mut state.keyframe),
                    busy,
                    full: std::array::from_fn(|index| state.slots[index].full_since),
                    ended: state.ended.clone(),
                    closed: state.closed,
                };
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
