//! What finders, openers and watchers of devices share: the inventory, and whom to tell of changes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use treff_media::device::DeviceWatch;

use crate::inventory::{Change, DeviceKind, Inventory, Moved};

/// Hears of every change, from the thread that noticed it. Cheap, never blocks.
pub type MoveWatch = Arc<dyn Fn(&Moved) + Send + Sync>;

#[derive(Default)]
struct Watchers {
    audio: Option<DeviceWatch>,
    video: Option<DeviceWatch>,
    moved: Vec<MoveWatch>,
}

/// Whether the first look round is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum FirstLook {
    #[default]
    Going,
    Found,
    NoServer,
}

#[derive(Default)]
pub(crate) struct Shared {
    inventory: Mutex<Inventory>,
    watchers: Mutex<Watchers>,
    first_look: Mutex<FirstLook>,
    looked: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Reads the inventory.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Inventory) -> T) -> T {
        ask(&lock(&self.inventory))
    }

    /// Changes the inventory and tells everybody who wants to know.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Inventory) -> Change) {
        let change = change(&mut lock(&self.inventory));
        // Cloned, so that a watcher may come back and ask.
        let watchers = lock(&self.watchers);
        let list = match change.listed {
            Some(DeviceKind::Camera) => watchers.video.clone(),
            Some(_) => watchers.audio.clone(),
            None => None,
        };
        let moved: Vec<_> = if change.moved.is_some() { watchers.moved.clone() } else { Vec::new() };
        drop(watchers);
        if let Some(changed) = list {
            changed();
        }
        if let Some(news) = change.moved {
            moved.iter().for_each(|watch| watch(&news));
        }
    }

    pub(crate) fn watch_audio(&self, changed: DeviceWatch) {
        lock(&self.watchers).audio = Some(changed);
    }

    pub(crate) fn watch_video(&self, changed: DeviceWatch) {
        lock(&self.watchers).video = Some(changed);
    }

    pub(crate) fn watch_moves(&self, watch: MoveWatch) {
        lock(&self.watchers).moved.push(watch);
    }

    /// The first look round is over: `found` a server, or there is none.
    pub(crate) fn looked(&self, found: bool) {
        let mut look = lock(&self.first_look);
        if *look == FirstLook::Going {
            *look = if found { FirstLook::Found } else { FirstLook::NoServer };
            self.looked.notify_all();
        }
    }

    /// Waits for the first look round; true if there is a server.
    pub(crate) fn wait_for_look(&self, longest: Duration) -> bool {
        let look = lock(&self.first_look);
        let waited = self.looked.wait_timeout_while(look, longest, |look| *look == FirstLook::Going);
        *waited.unwrap_or_else(PoisonError::into_inner).0 == FirstLook::Found
    }
}
