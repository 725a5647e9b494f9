//! How the driver speaks: events at once, snapshots coalesced to at most twenty a second and only when changed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::client::Published;
use crate::door::event::Event;
use crate::door::snapshot::Snapshot;
use crate::platform::Observer;

/// The least time between two snapshots.
const SNAPSHOT_INTERVAL: Duration = Duration::from_millis(50);

pub(super) struct Outlet {
    /// The state to draw; whoever changes it calls [`Outlet::touch`].
    pub(super) state: Snapshot,
    observers: Vec<Box<dyn Observer>>,
    published: Published,
    changed: bool,
    last: Option<Instant>,
}

impl Outlet {
    pub(super) fn new(published: Published) -> Self {
        Self { state: Snapshot::default(), observers: Vec::new(), published, changed: true, last: None }
    }

    pub(super) fn subscribe(&mut self, mut observer: Box<dyn Observer>) {
        observer.on_snapshot(&self.published.get());
        self.observers.push(observer);
    }

    /// Tells an event. Audio and video go on meanwhile, so observers must be quick.
    pub(super) fn tell(&mut self, event: &Event) {
        for observer in &mut self.observers {
            observer.on_event(event);
        }
    }

    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.tell(&Event::Warning { text: text.into() });
    }

    /// Says that the state may have changed.
    pub(super) fn touch(&mut self) {
        self.changed = true;
    }

    /// When the next snapshot is due, if one is.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.changed.then(|| self.last.map_or_else(Instant::now, |last| last + SNAPSHOT_INTERVAL))
    }

    pub(super) fn publish_if_due(&mut self, now: Instant) {
        if self.deadline().is_some_and(|due| due <= now) {
            self.publish(now);
        }
    }

    /// Publishes the state if it differs from what was published before.
    pub(super) fn publish(&mut self, now: Instant) {
        self.changed = false;
        let before = self.published.get();
        self.state.revision = before.revision;
        if *before == self.state {
            return;
        }
        self.state.revision += 1;
        self.last = Some(now);
        self.publish_anyway();
    }

    /// Hands the present state to everyone, changed or not.
    pub(super) fn publish_anyway(&mut self) {
        let snapshot = Arc::new(self.state.clone());
        self.published.set(Arc::clone(&snapshot));
        for observer in &mut self.observers {
            observer.on_snapshot(&snapshot);
        }
    }
}
