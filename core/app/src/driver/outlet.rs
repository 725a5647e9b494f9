//! How the driver speaks: events at once, snapshots coalesced to at most twenty a second and only when changed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::client::Published;
use crate::door::event::Event;
use crate::door::notice::Notice;
use crate::door::snapshot::{ConnectionState, Snapshot};
use crate::platform::Observer;

/// The least time between two snapshots.
const SNAPSHOT_INTERVAL: Duration = Duration::from_millis(50);

pub(super) struct Outlet {
    /// The state to draw; whoever changes it calls [`Outlet::touch`].
    pub(super) state: Snapshot,
    observers: Vec<Box<dyn Observer>>,
    wants_levels: bool,
    published: Published,
    changed: bool,
    /// When the last snapshot went out.
    last: Option<Instant>,
}

impl Outlet {
    pub(super) fn new(published: Published) -> Self {
        Self {
            state: Snapshot::default(),
            observers: Vec::new(),
            wants_levels: false,
            published,
            changed: true,
            last: None,
        }
    }

    pub(super) fn subscribe(&mut self, mut observer: Box<dyn Observer>) {
        observer.on_snapshot(&self.published.get());
        self.wants_levels |= observer.wants_levels();
        self.observers.push(observer);
    }

    /// Somebody listens for levels.
    pub(super) fn wants_levels(&self) -> bool {
        self.wants_levels
    }

    /// Tells an event. Audio and video go on meanwhile, so observers must be quick.
    pub(super) fn tell(&mut self, event: &Event) {
        for observer in &mut self.observers {
            observer.on_event(event);
        }
    }

    pub(super) fn warn(&mut self, notice: Notice) {
        let text = notice.to_string();
        self.tell(&Event::Warning { notice, text });
    }

    /// The connection is lost and will be back. Told once, however many of its parts say so.
    pub(super) fn lost(&mut self) {
        self.touch();
        let before = std::mem::replace(&mut self.state.connection, ConnectionState::Reconnecting);
        if before != ConnectionState::Reconnecting {
            self.tell(&Event::Reconnecting);
        }
    }

    /// The connection is `now` as it should be; told as good news to whoever heard that it was lost.
    pub(super) fn found(&mut self, now: ConnectionState) {
        self.touch();
        let before = std::mem::replace(&mut self.state.connection, now);
        if before == ConnectionState::Reconnecting {
            self.tell(&Event::Reconnected);
        }
    }

    /// Says that the state may have changed.
    pub(super) fn touch(&mut self) {
        self.changed = true;
    }

    /// When the next snapshot is due, if one is waiting.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.last.filter(|_| self.changed).map(|last| last + SNAPSHOT_INTERVAL)
    }

    pub(super) fn publish_if_due(&mut self, now: Instant) {
        if self.changed && self.deadline().is_none_or(|due| due <= now) {
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    struct Ada(Sender<u64>);

    impl Observer for Ada {
        fn on_event(&mut self, _: &Event) {}

        fn on_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
            self.0.send(snapshot.revision).expect("the test listens");
        }
    }

    #[test]
    fn snapshots_are_coalesced_and_only_sent_when_changed() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let published = Published::default();
        let (told, revisions) = channel();
        let mut outlet = Outlet::new(published.clone());
        outlet.subscribe(Box::new(Ada(told)));
        outlet.state.room = "Pub".to_owned();
        outlet.publish_if_due(at(0));
        outlet.state.subject = Some("Rare".to_owned());
        outlet.touch();
        outlet.publish_if_due(at(10));
        outlet.state.subject = Some("Rare diseases".to_owned());
        outlet.touch();
        assert_eq!(outlet.deadline(), Some(at(50)));
        outlet.publish_if_due(at(50));
        outlet.touch();
        outlet.publish_if_due(at(200));
        assert_eq!(revisions.try_iter().collect::<Vec<_>>(), [0, 1, 2], "the present one, then two changes");
        assert_eq!(published.get().subject.as_deref(), Some("Rare diseases"));
    }
}
