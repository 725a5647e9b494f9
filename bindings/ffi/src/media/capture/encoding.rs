//! What the encoders' thread of a camera or screen does: starts, adjusts and replaces encoders as the plan wants, and hands
//! their frames to the core.
//!
//! One encoder per active encoding. When one starts, all begin anew with whole pictures, since a bridge counts those
//! within 300 ms as one group. An encoder that fails or gets stuck makes room for the next in the list. The first frames
//! show whether an encoder makes temporal layers; from one that does not the core is asked for a single encoding, since a
//! bridge leaves simulcast without them at the smallest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use treff_media::codec::VideoCodec;
use treff_media::device::{DeviceError, EncodePlan, FrameSink, LayerPlan, SourceNews};
use treff_media::frame::EncodedFrame;
use treff_media::simulcast::SourceKind;

use super::desk::{Desk, SLOTS, Work};
use super::sizes::layer_size;
use super::temporal::TemporalReader;
use crate::config::DeviceCodec;
use crate::media::codecs::Codecs;

/// How long one encoder is waited for before the thread looks at the others and at its orders.
const LOOK_AROUND: Duration = Duration::from_millis(4);
/// An encoder that is full for so long is stuck.
const STUCK: Duration = Duration::from_secs(2);
/// So many frames show whether there are temporal layers: two periods, and some that the encoder may leave out.
const VERDICT: u64 = 12;
/// Frames in a row that are none of the format.
const NONSENSE: u32 = 3;

/// What an encoder is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) struct Wish {
    pub(in crate::media) size: (u16, u16),
    /// Bits a second.
    pub(in crate::media) bitrate: u32,
    /// Pictures a second at most.
    pub(in crate::media) framerate: u8,
}

/// A frame as an encoder gives it.
#[derive(Clone, Debug)]
pub(in crate::media) struct Encoded {
    pub(in crate::media) data: Vec<u8>,
    /// When its picture was taken, in microseconds of the pictures' clock.
    pub(in crate::media) at: u64,
}

/// An encoder at work, as the system gives them.
pub(in crate::media) trait VideoEncoder {
    /// The next frame that is ready; waits for it no longer than `patience`.
    fn take(&mut self, patience: Duration) -> Result<Option<Encoded>, String>;
    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), String>;
    fn request_keyframe(&mut self) -> Result<(), String>;
}

/// A new encoder.
pub(in crate::media) struct Opened<S> {
    pub(in crate::media) encoder: Box<dyn VideoEncoder>,
    /// Where its pictures are to be drawn.
    pub(in crate::media) surface: S,
    /// It says that it makes three temporal layers.
    pub(in crate::media) layered: bool,
}

/// Makes encoders.
pub(in crate::media) trait OpensEncoders<S>: Send {
    fn open(&self, codec: &DeviceCodec, wish: Wish) -> Result<Opened<S>, String>;
}

struct Running {
    codec: DeviceCodec,
    wish: Wish,
    encoder: Box<dyn VideoEncoder>,
    reader: TemporalReader,
    /// The size that the last key frame told.
    size: (u16, u16),
    frames: u64,
    nonsense: u32,
    /// Whether a frame of each temporal id was seen.
    ids: [bool; 3],
    /// What it makes was looked at long enough.
    judged: bool,
}

/// The state of the thread.
pub(super) struct Encoding<S> {
    kind: SourceKind,
    desk: Arc<Desk<S>>,
    codecs: Arc<Codecs>,
    opener: Box<dyn OpensEncoders<S>>,
    sink: FrameSink,
    plan: EncodePlan,
    shape: (u16, u16),
    running: [Option<Running>; SLOTS],
    /// Encoders that did not open or gave nothing, per encoding, since the plan became another one.
    tried: [Vec<String>; SLOTS],
}

impl<S: Clone> Encoding<S> {
    pub(super) fn new(
        kind: SourceKind,
        desk: Arc<Desk<S>>,
        codecs: Arc<Codecs>,
        opener: Box<dyn OpensEncoders<S>>,
        sink: FrameSink,
    ) -> Self {
        Self {
            kind,
            desk,
            codecs,
            opener,
            sink,
            plan: EncodePlan::default(),
            shape: (0, 0),
            running: Default::default(),
            tried: Default::default(),
        }
    }

    /// Works until camera or screen is closed or ends. Sleeps while there is nothing to do.
    pub(super) fn run(mut self) {
        loop {
            let work = self.desk.next(Instant::now());
            if !self.step(work, Instant::now()) {
                return;
            }
        }
    }

    /// One round; false at the end.
    pub(super) fn step(&mut self, work: Work, now: Instant) -> bool {
        if work.closed {
            return false;
        }
        if let Some(error) = work.ended {
            (self.sink)(SourceNews::Ended(error));
            return false;
        }
        if work.keyframe {
            self.request_keyframes();
        }
        if let Some((plan, shape)) = work.plan {
            // A camera's size never changes, it is only turned; a screen's is known from here on.
            let resized = self.kind == SourceKind::Screen && shape != self.shape;
            self.follow(plan, shape);
            if resized {
                (self.sink)(SourceNews::Resized);
            }
        }
        for (index, busy) in work.busy.into_iter().enumerate() {
            if busy {
                self.take(index);
            }
            let stuck = |since: &Instant| now.saturating_duration_since(*since) >= STUCK;
            if work.full[index].filter(stuck).is_some_and(|since| self.desk.is_full_since(index, since)) {
                self.fail(index, "it gives nothing");
            }
        }
        if self.plan.layers.is_empty() || self.running.iter().any(Option::is_some) {
            return true;
        }
        tracing::error!("No encoder on this device works.");
        (self.sink)(SourceNews::Ended(DeviceError::Failed("no encoder works".to_owned())));
        false
    }

    /// Brings the encoders in line with the plan.
    fn follow(&mut self, plan: EncodePlan, shape: (u16, u16)) {
        let active = |plan: &EncodePlan| plan.layers.iter().map(|layer| layer.layer).collect::<Vec<_>>();
        if active(&plan) != active(&self.plan) {
            self.tried = Default::default();
        }
        (self.plan, self.shape) = (plan, shape);
        for index in 0..SLOTS {
            if self.running[index].is_some() && self.wanted(index).is_none() {
                self.running[index] = None;
                self.desk.draw_on(index, None);
            }
        }
        let mut started = false;
        for index in 0..SLOTS {
            let Some(layer) = self.wanted(index) else { continue };
            started |= self.adjust(index, layer);
        }
        if started {
            self.request_keyframes();
        }
    }

    fn wanted(&self, index: usize) -> Option<LayerPlan> {
        self.plan.layers.iter().find(|layer| usize::from(layer.layer) == index).copied()
    }

    fn wish(&self, layer: LayerPlan, hardware: bool) -> Wish {
        Wish {
            size: layer_size(self.shape, layer.height, hardware),
            bitrate: layer.bitrate,
            framerate: self.plan.max_framerate,
        }
    }

    /// Gives an encoding its bit rate, or another encoder if the size is another; whether one started.
    fn adjust(&mut self, index: usize, layer: LayerPlan) -> bool {
        let hardware = self.running[index].as_ref().is_some_and(|running| running.codec.hardware);
        let wish = self.wish(layer, hardware);
        match &mut self.running[index] {
            Some(running) if running.wish.size == wish.size && running.wish.framerate == wish.framerate => {
                if running.wish.bitrate == wish.bitrate {
                    return false;
                }
                match running.encoder.set_bitrate(wish.bitrate) {
                    Ok(()) => running.wish = wish,
                    Err(error) => tracing::debug!("An encoder kept its bit rate: {error}."),
                }
                false
            }
            _ => self.start(index, layer),
        }
    }

    /// Opens the best encoder that does open.
    fn start(&mut self, index: usize, layer: LayerPlan) -> bool {
        // The hardware may have room for one fewer than we want: the old one goes first.
        if self.running[index].take().is_some() {
            self.desk.draw_on(index, None);
        }
        while let Some(codec) = self.codecs.best(VideoCodec::Vp8, &self.tried[index]) {
            let wish = self.wish(layer, codec.hardware);
            match self.opener.open(&codec, wish) {
                Ok(Opened { encoder, surface, layered }) => {
                    let size = wish.size;
                    self.running[index] = Some(Running {
                        codec,
                        wish,
                        encoder,
                        reader: TemporalReader::default(),
                        size,
                        frames: 0,
                        nonsense: 0,
                        ids: [false; 3],
                        // A still screen shows little of what its encoder can do.
                        judged: self.kind == SourceKind::Screen,
                    });
                    self.desk.draw_on(index, Some(surface));
                    if !layered {
                        self.found_flat(index);
                    }
                    return true;
                }
                // All of a phone's hardware may be busy with other encodings: no reason to avoid it for good.
                Err(error) => {
                    tracing::warn!("The encoder {} does not open: {error}.", codec.name);
                    self.tried[index].push(codec.name);
                }
            }
        }
        false
    }

    fn request_keyframes(&mut self) {
        for running in self.running.iter_mut().flatten() {
            if let Err(error) = running.encoder.request_keyframe() {
                tracing::debug!("An encoder makes no key frame: {error}.");
            }
        }
    }

    /// Hands over what an encoder has ready.
    fn take(&mut self, index: usize) {
        let mut patience = LOOK_AROUND;
        loop {
            let Some(running) = &mut self.running[index] else { return };
            match running.encoder.take(patience) {
                Ok(Some(encoded)) => self.pass_on(index, encoded),
                Ok(None) => return,
                Err(error) => return self.fail(index, &error),
            }
            patience = Duration::ZERO;
        }
    }

    fn pass_on(&mut self, index: usize, encoded: Encoded) {
        let timestamp = self.desk.came_out(index, encoded.at);
        let Some(running) = &mut self.running[index] else { return };
        let Some(standing) = running.reader.read(&encoded.data) else {
            running.nonsense += 1;
            if running.nonsense >= NONSENSE {
                self.fail(index, "it gives no VP8 frames");
            }
            return;
        };
        running.nonsense = 0;
        running.frames += 1;
        running.size = standing.key.unwrap_or(running.size);
        running.ids[usize::from(standing.temporal.id)] = true;
        let (width, height) = running.size;
        let verdict = !running.judged && running.frames >= VERDICT;
        let flat = verdict && running.ids.contains(&false);
        running.judged |= verdict;
        (self.sink)(SourceNews::Frame(EncodedFrame {
            codec: VideoCodec::Vp8,
            data: encoded.data.into(),
            timestamp,
            keyframe: standing.key.is_some(),
            // There are three.
            layer: index as u8,
            temporal: standing.temporal,
            width,
            height,
        }));
        if flat {
            self.found_flat(index);
        }
    }

    /// The encoder of this encoding makes no temporal layers: the core is to plan anew.
    fn found_flat(&mut self, index: usize) {
        let Some(running) = &mut self.running[index] else { return };
        running.judged = true;
        let before = self.codecs.layered(VideoCodec::Vp8);
        self.codecs.is_flat(&running.codec.name);
        if before && !self.codecs.layered(VideoCodec::Vp8) {
            tracing::info!("The encoder {} makes no temporal layers.", running.codec.name);
            (self.sink)(SourceNews::Resized);
        }
    }

    /// An encoder is of no use any more: the next one takes its place.
    fn fail(&mut self, index: usize, error: &str) {
        let Some(running) = self.running[index].take() else { return };
        let (name, frames) = (running.codec.name, running.frames);
        drop(running.encoder);
        tracing::warn!("The encoder {name} failed after {frames} pictures: {error}.");
        self.desk.draw_on(index, None);
        let before = self.codecs.layered(VideoCodec::Vp8);
        self.codecs.failed(&name, frames > 0);
        if frames == 0 {
            self.tried[index].push(name);
        }
        let started = self.wanted(index).is_some_and(|layer| self.start(index, layer));
        if started {
            self.request_keyframes();
        }
        if before != self.codecs.layered(VideoCodec::Vp8) {
            (self.sink)(SourceNews::Resized);
        }
    }
}
