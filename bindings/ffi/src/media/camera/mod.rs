//! The camera: pictures that Kotlin draws, encoders that this crate runs, and the core's [`VideoSources`] over both.
//!
//! ```text
//! Camera2 ─ one Surface ─ GL, Kotlin's camera thread ─┬─ own picture
//!                             │ due, surface          ├─ encoder 0 ─┐
//!                           Desk ── plans ── core     ├─ encoder 1 ─┼─ frames ─ core
//!                             │                       └─ encoder 2 ─┘
//!                           Encoding, a thread per open camera
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

use self::desk::{Desk, Due};
use self::encoding::Encoding;
use super::codecs::Codecs;
use crate::cameras::{Cameras, PhoneCamera};

#[cfg(target_os = "android")]
pub(super) use self::encoding::{Encoded, VideoEncoder};
pub(super) use self::encoding::{Opened, OpensEncoders, Wish};

/// Every open camera of this process by its handle: where Kotlin finds what to draw for.
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

    /// Nothing more comes of this camera.
    pub(super) fn end(&self, handle: u64, error: DeviceError) {
        if let Some(desk) = self.get(handle) {
            desk.end(error);
        }
    }

    /// See [`Desk::due`]; nothing for a camera that is not open any more.
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

/// The phone's cameras, one open at a time as far as the person is concerned.
pub(super) struct PhoneCameras<S: 'static> {
    pub(super) desks: &'static Desks<S>,
    /// Kotlin's side; without it there is no camera.
    pub(super) kotlin: Option<Arc<dyn Cameras>>,
    pub(super) all: Vec<PhoneCamera>,
    pub(super) chosen: Option<String>,
    pub(super) encoders: Arc<Codecs>,
    pub(super) opener: fn() -> Box<dyn OpensEncoders<S>>,
}

impl<S: Clone + Send + 'static> VideoSources for PhoneCameras<S> {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let kotlin = self.kotlin.clone().ok_or(DeviceError::Missing)?;
        let chosen = self.all.iter().find(|camera| Some(&camera.id) == self.chosen.as_ref());
        let camera = chosen.or(self.all.first()).ok_or(DeviceError::Missing)?;
        let (handle, desk) = self.desks.add();
        // From here on its drop closes what is open.
        let open = OpenCamera {
            desks: self.desks,
            desk: Arc::clone(&desk),
            handle,
            kotlin,
            encoders: Arc::clone(&self.encoders),
            height: camera.height,
            watched: false,
        };
        open.kotlin.open(handle, camera.id.clone())?;
        let (encoders, opener) = (Arc::clone(&self.encoders), self.opener);
        // An encoder never leaves the thread that it is made on.
        let encode = move || Encoding::new(desk, encoders, opener(), sink).run();
        thread::Builder::new()
            .name("treff-encode".to_owned())
            .spawn(encode)
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Box::new(open))
    }

    fn list(&mut self) -> Vec<DeviceInfo> {
        // Which way each looks is said in the person's language, by who shows it.
        self.all.iter().map(|camera| DeviceInfo { id: camera.id.clone(), name: String::new() }).collect()
    }

    fn choose(&mut self, id: Option<&str>) {
        self.chosen = id.map(str::to_owned);
    }
}

/// The core's end of an open camera.
struct OpenCamera<S: Clone + 'static> {
    desks: &'static Desks<S>,
    desk: Arc<Desk<S>>,
    handle: u64,
    kotlin: Arc<dyn Cameras>,
    encoders: Arc<Codecs>,
    height: u16,
    watched: bool,
}

impl<S: Clone + Send> EncodedVideoSource for OpenCamera<S> {
    fn capture_height(&self) -> u16 {
        self.height
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

impl<S: Clone + 'static> Drop for OpenCamera<S> {
    fn drop(&mut self) {
        self.desk.close();
        self.desks.lock().remove(&self.handle);
        if let Err(error) = self.kotlin.close(self.handle) {
            tracing::error!("The camera does not close: {error}.");
        }
    }
}

#[cfg(test)]
mod tests;
