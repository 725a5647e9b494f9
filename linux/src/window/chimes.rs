//! Quiet sounds in a call: a knock, somebody who joins, a message. In: the core's events and states. Out: sound on the
//! chosen loudspeaker.

use std::time::{Duration, Instant};

use treff_app::{Event, Screen, Snapshot};
use treff_desktop::sounds::{Chime, Chimes, Sound};
use treff_devices::Devices;

/// After entering, those who are there already and what was said before are told all at once.
const ARRIVING: Duration = Duration::from_secs(2);
/// In a larger meeting somebody comes all the time.
const INTIMATE: usize = 10;

/// Decides and plays.
pub(super) struct Sounds {
    chimes: Chimes,
    started: Instant,
    /// When we came into the room we are in.
    entered: Option<Duration>,
    /// None in tests, where nobody listens.
    speaker: Option<Devices>,
}

impl Sounds {
    pub(super) fn new(speaker: Option<Devices>) -> Self {
        Self { chimes: Chimes::new(true), started: Instant::now(), entered: None, speaker }
    }

    /// Keeps to the settings and to whether there is a call.
    pub(super) fn follow(&mut self, snapshot: &Snapshot) {
        self.chimes.set_on(snapshot.settings.sounds);
        if !matches!(snapshot.screen, Screen::Call) {
            self.entered = None;
        } else if self.entered.is_none() {
            self.entered = Some(self.started.elapsed());
        }
    }

    /// Plays what belongs to an event.
    pub(super) fn happened(&mut self, event: &Event, snapshot: &Snapshot) {
        let Some(chime) = self.chime(event, snapshot, self.started.elapsed()) else { return };
        if let Some(Err(error)) = self.speaker.as_ref().map(|speaker| speaker.play(chime)) {
            tracing::debug!(%error, "A sound was not played.");
        }
    }

    fn chime(&mut self, event: &Event, snapshot: &Snapshot, now: Duration) -> Option<Chime> {
        if now.saturating_sub(self.entered?) < ARRIVING {
            return None;
        }
        let sound = match event {
            Event::KnockArrived { .. } => Sound::Knock,
            Event::ParticipantJoined { .. } if snapshot.participants.len() <= INTIMATE => Sound::Join,
            Event::Chat { from, .. } if from.as_deref() != Some(snapshot.me.endpoint.as_str()) => {
                Sound::Message
            }
            _ => return None,
        };
        self.chimes.happened(sound, now)
    }
}

#[cfg(test)]
mod tests {
    use treff_app::Participant;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn call() -> Snapshot {
        let mut snapshot = Snapshot { screen: Screen::Call, ..Snapshot::default() };
        snapshot.me.endpoint = "ada".to_owned();
        snapshot
    }

    /// Ada, who came in at the first second.
    fn ada() -> Sounds {
        Sounds { entered: Some(SECOND), ..Sounds::new(None) }
    }

    fn joined() -> Event {
        Event::ParticipantJoined { endpoint: "ben".to_owned(), name: None }
    }

    fn said(from: &str) -> Event {
        Event::Chat { from: Some(from.to_owned()), name: None, text: "Hello".to_owned(), private: false }
    }

    #[test]
    fn those_who_were_there_before_make_no_sound() {
        let mut ada = ada();
        assert!(ada.chime(&joined(), &call(), 2 * SECOND).is_none());
        assert!(ada.chime(&joined(), &call(), 4 * SECOND).is_some());
        ada.entered = None;
        assert!(ada.chime(&joined(), &call(), 9 * SECOND).is_none(), "not in a call");
    }

    #[test]
    fn ones_own_words_make_no_sound() {
        let mut ada = ada();
        assert!(ada.chime(&said("ada"), &call(), 9 * SECOND).is_none());
        assert!(ada.chime(&said("ben"), &call(), 9 * SECOND).is_some());
    }

    #[test]
    fn a_crowd_comes_and_goes_in_silence_but_a_knock_is_heard() {
        let (mut ada, mut crowd) = (ada(), call());
        crowd.participants = vec![Participant::default(); 30];
        assert!(ada.chime(&joined(), &crowd, 9 * SECOND).is_none());
        let knock = Event::KnockArrived { id: "ben".to_owned(), name: "Ben".to_owned() };
        assert!(ada.chime(&knock, &crowd, 9 * SECOND).is_some());
    }

    #[test]
    fn the_settings_turn_sounds_off() {
        let (mut ada, mut quiet) = (ada(), call());
        quiet.settings.sounds = false;
        ada.follow(&quiet);
        assert!(ada.chime(&said("ben"), &quiet, 9 * SECOND).is_none());
    }
}
