//! Quiet sounds in a call: a knock, somebody who joins, a message. In: the core's events and states. Out: sound on the
//! chosen loudspeaker.

use std::time::Instant;

use treff_app::{Chimes, Event, Snapshot};
use treff_devices::Devices;

/// Plays what the core's [`Chimes`] decide.
pub(super) struct Sounds {
    chimes: Chimes,
    started: Instant,
    /// None in tests, where nobody listens.
    speaker: Option<Devices>,
}

impl Sounds {
    pub(super) fn new(speaker: Option<Devices>) -> Self {
        Self { chimes: Chimes::default(), started: Instant::now(), speaker }
    }

    /// Keeps to whether there is a call.
    pub(super) fn follow(&mut self, snapshot: &Snapshot) {
        self.chimes.follow(snapshot, self.started.elapsed());
    }

    /// Plays what belongs to an event.
    pub(super) fn happened(&mut self, event: &Event, snapshot: &Snapshot) {
        let Some(chime) = self.chimes.happened(event, snapshot, self.started.elapsed()) else { return };
        if let Some(Err(error)) = self.speaker.as_ref().map(|speaker| speaker.play(chime)) {
            tracing::debug!(%error, "A sound was not played.");
        }
    }
}
