//! Quiet sounds in a call for a knock, somebody who joins, and a message. In: the core's events and states, and when they
//! came. Out: a [`Chime`] for the front end to play beside the call's own sound.

mod sound;

use std::collections::BTreeMap;
use std::time::Duration;

pub use self::sound::Chime;
use self::sound::Sound;
use crate::door::event::Event;
use crate::door::snapshot::{Screen, Snapshot};

/// The same sound is not heard again within this time: twenty people who join together are one sound.
const PAUSE: Duration = Duration::from_millis(1500);
/// After entering, those who are there already and what was said before are told all at once.
const ARRIVING: Duration = Duration::from_secs(2);
/// In a larger meeting somebody comes all the time.
const INTIMATE: usize = 10;

/// Decides what is heard. Times are of any clock that only goes forward.
#[derive(Clone, Debug, Default)]
pub struct Chimes {
    /// When we came into the room we are in.
    entered: Option<Duration>,
    last: BTreeMap<Sound, Duration>,
}

impl Chimes {
    /// Keeps to whether there is a call.
    pub fn follow(&mut self, snapshot: &Snapshot, now: Duration) {
        if !matches!(snapshot.screen, Screen::Call) {
            self.entered = None;
        } else if self.entered.is_none() {
            self.entered = Some(now);
        }
    }

    /// What is to be heard of an event, if anything.
    pub fn happened(&mut self, event: &Event, snapshot: &Snapshot, now: Duration) -> Option<Chime> {
        if !snapshot.settings.sounds || snapshot.me.silence || now.saturating_sub(self.entered?) < ARRIVING {
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
        if self.last.get(&sound).is_some_and(|last| now.saturating_sub(*last) < PAUSE) {
            return None;
        }
        self.last.insert(sound, now);
        Some(sound.chime())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::snapshot::Participant;

    const SECOND: Duration = Duration::from_secs(1);

    fn call() -> Snapshot {
        let mut snapshot = Snapshot { screen: Screen::Call, ..Snapshot::default() };
        snapshot.me.endpoint = "ada".to_owned();
        snapshot
    }

    /// Ada, who came in at the first second.
    fn ada() -> Chimes {
        let mut ada = Chimes::default();
        ada.follow(&call(), SECOND);
        ada
    }

    fn joined() -> Event {
        Event::ParticipantJoined { endpoint: "ben".to_owned(), name: None }
    }

    fn said(from: &str) -> Event {
        Event::Chat { from: Some(from.to_owned()), name: None, text: "Hello".to_owned(), private: false }
    }

    fn knocked() -> Event {
        Event::KnockArrived { id: "ben".to_owned(), name: "Ben".to_owned() }
    }

    #[test]
    fn those_who_were_there_before_make_no_sound() {
        let mut ada = ada();
        assert!(ada.happened(&joined(), &call(), 2 * SECOND).is_none());
        assert!(ada.happened(&joined(), &call(), 4 * SECOND).is_some());
        ada.follow(&Snapshot::default(), 8 * SECOND);
        assert!(ada.happened(&joined(), &call(), 9 * SECOND).is_none(), "not in a call");
    }

    #[test]
    fn ones_own_words_make_no_sound() {
        let mut ada = ada();
        assert!(ada.happened(&said("ada"), &call(), 9 * SECOND).is_none());
        assert!(ada.happened(&said("ben"), &call(), 9 * SECOND).is_some());
    }

    #[test]
    fn a_crowd_comes_and_goes_in_silence_but_a_knock_is_heard() {
        let (mut ada, mut crowd) = (ada(), call());
        crowd.participants = vec![Participant::default(); 30];
        assert!(ada.happened(&joined(), &crowd, 9 * SECOND).is_none());
        assert!(ada.happened(&knocked(), &crowd, 9 * SECOND).is_some());
    }

    #[test]
    fn twenty_who_join_together_are_one_sound() {
        let mut ada = ada();
        let times = (0..20).map(|n| 9 * SECOND + Duration::from_millis(n * 50));
        let heard = times.filter(|now| ada.happened(&joined(), &call(), *now).is_some());
        assert_eq!(heard.count(), 1);
        assert!(ada.happened(&knocked(), &call(), 10 * SECOND).is_some(), "another sound is not held back");
        assert!(ada.happened(&joined(), &call(), 12 * SECOND).is_some());
    }

    #[test]
    fn the_settings_and_a_held_call_keep_it_quiet() {
        let mut quiet = call();
        quiet.settings.sounds = false;
        assert!(ada().happened(&said("ben"), &quiet, 9 * SECOND).is_none());
        let mut held = call();
        held.me.silence = true;
        assert!(ada().happened(&said("ben"), &held, 9 * SECOND).is_none());
    }
}
