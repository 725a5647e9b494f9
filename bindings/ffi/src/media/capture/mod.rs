//! Camera and screen: pictures that Kotlin draws, encoders that this crate runs, and the core's [`VideoSources`] over both.
//!
//! ```text
//! Camera2 or MediaProjection ─ one Surface ─ GL, a thread of Kotlin's ─┬─ own picture
//!                                               │ due, surface         ├─ encoder 0 ─┐
//!                                             Desk ── plans ── core    ├─ encoder 1 ─┼─ frames ─ core
//!                                               │                      └─ encoder 2 ─┘
//!                                             Encoding, a thread per open camera or screen
//! ```

mod desk;
mod encoding;
mod pace;
mod sizes;
mod temporal;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use treff_media::codec::VideoCodec;
use treff_media::device::{DeviceError, DeviceInfo, EncodePlan, EncodedVideoSource, FrameSink, VideoSources};
use treff_media::simulcast::SourceKind;

use self::desk::{Desk, Due};
use self::encoding::Encoding;
use super::codecs::Codecs;
use crate::capture::{Cameras, CaptureRefused, PhoneCamera, Screens};

#[cfg(target_os = "android")]
pub(super) use self::encoding::{Encoded, VideoEncoder};
pub(super) use self::encoding::{Opened, OpensEncoders, Wish};

/// Every open camera and screen of this process by its handle: where Kotlin finds what to draw for.
pub(super) struct Desks<S> {
    by_handle: Mutex<BTreeMap<u64, Arc<Desk<S>>>>,
    last: AtomicU64,
}

impl<S: Clone> Desks<S> {
    pub(super) const fn new() -> Self {
        Self { by_handle: Mutex::new(BTreeMap::new()), last: AtomicU64::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Desk<S>>>> {
        self.by_handle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self) -> (u64, Arc<Desk<S>>) {
        let handle = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let desk = Arc::new(Desk::new(Instant::now()));
        self.lock().insert(handle, Arc::clone(&desk));
        (handle, desk)
    }

    fn get(&self, handle: u64) -> Option<Arc<Desk<S>>> {
        self.lock().get(&handle).cloned()
    }

    /// The screen has this size from now on.
    pub(super) fn resize(&self, handle: u64, shape: (u16, u16)) {
        if let Some(desk) = self.get(handle) {
            desk.resize(shape);
        }
    }

    /// Nothing more comes of this camera or screen.
    pub(super) fn end(&self, handle: u64, error: DeviceError) {
        if let Some(desk) = self.get(handle) {
            desk.end(error);
        }
    }

    /// See [`Desk::due`]; nothing for what is not open any more.
    #[cfg_attr(not(target_os = "android"), allow(dead_code, reason = "JNI calls it, on Android"))]
    pub(super) fn due(&self, handle: u64, nanoseconds: u64, shape: (u16, u16)) -> Due {
        self.get(handle).map(|desk| desk.due(Instant::now(), nanoseconds, shape)).unwrap_or_default()
    }

    /// See [`Desk::surface`].
    #[cfg_attr(not(target_os = "android"), allow(dead_code, reason = "JNI calls it, on Android"))]
    pub(super) fn surface(&self, handle: u64, index: usize) -> Option<S> {
        self.get(handle)?.surface(index)
    }
}

/// The phone's cameras and its screen, one of each open at a time as far as the person is concerned.
pub(super) struct Pictures<S: 'static> {
    pub(super) desks: &'static Desks<S>,
    /// Kotlin's side of cameras; without it there is none.
    pub(super) cameras: Option<Arc<dyn Cameras>>,
    /// Kotlin's side of the screen; without it none can be shared.
    pub(super) screens: Option<Arc<dyn Screens>>,
    pub(super) all: Vec<PhoneCamera>,
    pub(super) chosen: Option<String>,
    pub(super) encoders: Arc<Codecs>,
    pub(super) opener: fn() -> Box<dyn OpensEncoders<S>>,
}

impl<S: Clone + Send + 'static> Pictures<S> {
    /// A source without encoders yet; its drop closes what Kotlin opens for it.
    fn source(&self, kotlin: Kotlin) -> Source<S> {
        let (handle, desk) = self.desks.add();
        Source {
            desks: self.desks,
            desk,
            handle,
            kotlin,
            encoders: Arc::clone(&self.encoders),
            watched: false,
        }
    }

    /// Lets its pictures be encoded. An encoder never leaves the thread that it is made on.
    fn encode(
        &self,
        source: Source<S>,
        kind: SourceKind,
        sink: FrameSink,
    ) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let (desk, encoders, opener) = (Arc::clone(&source.desk), Arc::clone(&self.encoders), self.opener);
        let encode = move || Encoding::new(kind, desk, encoders, opener(), sink).run();
        thread::Builder::new()
            .name("treff-encode".to_owned())
            .spawn(encode)
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Box::new(source))
    }
}

impl<S: Clone + Send + 'static> VideoSources for Pictures<S> {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let cameras = self.cameras.clone().ok_or(DeviceError::Missing)?;
        let chosen = self.all.iter().find(|camera| Some(&camera.id) == self.chosen.as_ref());
        let camera = chosen.or(self.all.first()).ok_or(DeviceError::Missing)?;
        let source = self.source(Kotlin::Camera(Arc::clone(&cameras), camera.height));
        cameras.open(source.handle, camera.id.clone())?;
        self.encode(source, SourceKind::Camera, sink)
    }

    fn open_screen(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let screens = self.screens.clone().ok_or(DeviceError::Missing)?;
        let source = self.source(Kotlin::Screen(Arc::clone(&screens)));
        screens.ask(source.handle)?;
        self.encode(source, SourceKind::Screen, sink)
    }

    fn can_share(&self) -> bool {
        self.screens.is_some()
    }

    fn list(&mut self) -> Vec<DeviceInfo> {
        // Which way each looks is said in the person's language, by who shows it.
        self.all.iter().map(|camera| DeviceInfo { id: camera.id.clone(), name: String::new() }).collect()
    }

    fn choose(&mut self, id: Option<&str>) {
        self.chosen = id.map(str::to_owned);
    }
}

/// Who captures.
enum Kotlin {
    /// A camera, and the shorter side of its pictures.
    Camera(Arc<dyn Cameras>, u16),
    Screen(Arc<dyn Screens>),
}

impl Kotlin {
    fn watched(&self, handle: u64, watched: bool) -> Result<(), CaptureRefused> {
        match self {
            Self::Camera(cameras, _) => cameras.watched(handle, watched),
            Self::Screen(screens) => screens.watched(handle, watched),
        }
    }

    fn close(&self, handle: u64) -> Result<(), CaptureRefused> {
        match self {
            Self::Camera(cameras, _) => cameras.close(handle),
            Self::Screen(screens) => screens.close(handle),
        }
    }
}

/// The core's end of an open camera or screen.
struct Source<S: Clone + 'static> {
    desks: &'static Desks<S>,
    desk: Arc<Desk<S>>,
    handle: u64,
    kotlin: Kotlin,
    encoders: Arc<Codecs>,
    watched: bool,
}

impl<S: Clone + Send> EncodedVideoSource for Source<S> {
    fn capture_height(&self) -> u16 {
        match self.kotlin {
            Kotlin::Camera(_, height) => height,
            Kotlin::Screen(_) => self.desk.shape().map_or(0, |(width, height)| width.min(height)),
        }
    }

    fn simulcast(&self) -> bool {
        self.encoders.layered(VideoCodec::Vp8)
    }

    fn set_plan(&mut self, plan: &EncodePlan) {
        self.desk.set_plan(plan);
        let watched = !plan.layers.is_empty();
        if std::mem::replace(&mut self.watched, watched) != watched
            && let Err(error) = self.kotlin.watched(self.handle, watched)
        {
            self.desk.end(error.into());
        }
    }

    fn request_keyframe(&mut self) {
        self.desk.request_keyframe();
    }
}

impl<S: Clone + 'static> Drop for Source<S> {
    fn drop(&mut self) {
        self.desk.close();
        self.desks.lock().remove(&self.handle);
        if let Err(error) = self.kotlin.close(self.handle) {
            tracing::error!("A camera or screen does not close: {error}.");
        }
    }
}

#[cfg(test)]
mod tests;
