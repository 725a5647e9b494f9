//! From the driver's thread to the window's: events one by one, of snapshots only the newest.

use std::sync::{Arc, Mutex, PoisonError};

use treff_app::{Event, Observer, Snapshot};

use super::{Window, with_window};

/// Listens at the door.
pub(super) struct Bridge {
    /// The newest snapshot that the window has not taken yet.
    waiting: Arc<Mutex<Option<Arc<Snapshot>>>>,
}

impl Bridge {
    pub(super) fn new() -> Self {
        Self { waiting: Arc::default() }
    }
}

impl Observer for Bridge {
    fn on_event(&mut self, event: &Event) {
        if matches!(event, Event::Stats(_)) {
            return;
        }
        let event = event.clone();
        let _ = slint::invoke_from_event_loop(move || with_window(|window| window.happened(&event)));
    }

    fn on_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.replace(Arc::clone(snapshot)).is_some() {
            // The window is on its way and takes this one instead.
            return;
        }
        drop(waiting);
        let waiting = Arc::clone(&self.waiting);
        let told = slint::invoke_from_event_loop(move || {
            let newest = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(snapshot) = newest {
                with_window(|window: &Window| window.show(&snapshot));
            }
        });
        if told.is_err() {
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}
