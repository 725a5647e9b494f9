//! What stands on a guest's desk: microphones, loudspeakers and cameras that a test plugs in and out, and a screen to share.
//! Counts what is open, so that a test sees what was left running.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use treff_app::DeviceKind;
use treff_codecs::pattern::PatternSource;
use treff_codecs::{I420Frame, PictureSource};
use treff_media::device::{DeviceError, DeviceInfo, DeviceWatch};

/// How much another device of a guest differs from their first: by hertz, or by colours.
pub const NEXT_HERTZ: f32 = 300.0;

/// A shared view of the devices of one guest.
#[derive(Clone)]
pub struct Desk {
    state: Arc<Mutex<State>>,
    /// Rings when a device is closed.
    bell: Arc<Notify>,
}

#[derive(Default)]
struct State {
    devices: BTreeMap<DeviceKind, Vec<DeviceInfo>>,
    chosen: BTreeMap<DeviceKind, String>,
    /// How often each device is open now.
    open: BTreeMap<String, usize>,
    /// Blocks played by each loudspeaker.
    played: BTreeMap<String, u64>,
    watches: Vec<DeviceWatch>,
    noise_suppression: Option<bool>,
    screen_ended: bool,
}

impl Desk {
    /// One device of each kind, which is never plugged out: `built-in-microphone` and so on.
    pub(crate) fn new(bell: Arc<Notify>) -> Self {
        let desk = Self { state: Arc::default(), bell };
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker, DeviceKind::Camera] {
            desk.with(|state| {
                let id = format!("built-in-{kind}");
                state.devices.entry(kind).or_default().push(DeviceInfo { name: id.clone(), id });
            });
        }
        desk
    }

    /// Plugs a device in.
    pub fn plug(&self, kind: DeviceKind, id: &str) {
        self.with(|state| {
            let device = DeviceInfo { id: id.to_owned(), name: format!("The {id}") };
            state.devices.entry(kind).or_default().push(device);
        });
        self.tell();
    }

    /// Pulls a device out, in use or not.
    pub fn unplug(&self, id: &str) {
        self.with(|state| {
            for devices in state.devices.values_mut() {
                devices.retain(|device| device.id != id);
            }
        });
        self.tell();
    }

    /// The system takes the shared screen back.
    pub fn end_screen(&self) {
        self.with(|state| state.screen_ended = true);
    }

    /// How many handles of a device are open.
    pub fn open(&self, id: &str) -> usize {
        self.with(|state| state.open.get(id).copied().unwrap_or(0))
    }

    /// How many handles of anything are open.
    pub fn all_open(&self) -> usize {
        self.with(|state| state.open.values().sum())
    }

    /// How many blocks a loudspeaker has played.
    pub fn played(&self, id: &str) -> u64 {
        self.with(|state| state.played.get(id).copied().unwrap_or(0))
    }

    /// What was last said about noise.
    pub fn noise_suppression(&self) -> Option<bool> {
        self.with(|state| state.noise_suppression)
    }

    fn tell(&self) {
        // Called without the lock, as a platform would from a thread of its own.
        for watch in self.with(|state| state.watches.clone()) {
            watch();
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn list(&self, kind: DeviceKind) -> Vec<DeviceInfo> {
        self.with(|state| state.devices.get(&kind).cloned().unwrap_or_default())
    }

    pub(crate) fn choose(&self, kind: DeviceKind, id: Option<&str>) {
        self.with(|state| match id {
            Some(id) => drop(state.chosen.insert(kind, id.to_owned())),
            None => drop(state.chosen.remove(&kind)),
        });
    }

    pub(crate) fn watch(&self, watch: DeviceWatch) {
        self.with(|state| state.watches.push(watch));
    }

    pub(crate) fn suppress_noise(&self, on: bool) {
        self.with(|state| state.noise_suppression = Some(on));
    }

    /// Opens the chosen device, or the first: its id and its number among its kind.
    pub(crate) fn take(&self, kind: DeviceKind) -> Result<(Handle, usize), DeviceError> {
        let found = self.with(|state| {
            let devices = state.devices.get(&kind)?;
            let chosen = state.chosen.get(&kind);
            let number = devices.iter().position(|device| Some(&device.id) == chosen).unwrap_or(0);
            Some((devices.get(number)?.id.clone(), number))
        });
        let (id, number) = found.ok_or(DeviceError::Missing)?;
        Ok((Handle::new(self, &id), number))
    }

    pub(crate) fn take_screen(&self) -> Handle {
        self.with(|state| state.screen_ended = false);
        Handle::new(self, SCREEN)
    }
}

/// The id under which an open screen counts.
pub const SCREEN: &str = "screen";

/// An open device.
pub(crate) struct Handle {
    desk: Desk,
    id: String,
}

impl Handle {
    fn new(desk: &Desk, id: &str) -> Self {
        desk.with(|state| *state.open.entry(id.to_owned()).or_default() += 1);
        Self { desk: desk.clone(), id: id.to_owned() }
    }

    /// Fails once the device is gone.
    pub(crate) fn check(&self) -> Result<(), DeviceError> {
        let there = self.desk.with(|state| {
            if self.id == SCREEN {
                return !state.screen_ended;
            }
            state.devices.values().flatten().any(|device| device.id == self.id)
        });
        if there { Ok(()) } else { Err(DeviceError::Failed(format!("{} is gone", self.id))) }
    }

    pub(crate) fn count_block(&self) {
        self.desk.with(|state| *state.played.entry(self.id.clone()).or_default() += 1);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.desk.with(|state| {
            if let Some(count) = state.open.get_mut(&self.id) {
                *count -= 1;
            }
        });
        self.desk.bell.notify_one();
    }
}

/// A pattern that ends when its device is pulled out.
pub(crate) struct Pictures {
    pub(crate) pattern: PatternSource,
    pub(crate) handle: Handle,
}

impl PictureSource for Pictures {
    fn width(&self) -> u16 {
        self.pattern.width()
    }

    fn height(&self) -> u16 {
        self.pattern.height()
    }

    fn fps(&self) -> u8 {
        self.pattern.fps()
    }

    fn next(&mut self, at: Duration) -> Result<I420Frame, DeviceError> {
        self.handle.check()?;
        self.pattern.next(at)
    }
}
