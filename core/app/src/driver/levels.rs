//! How loud it is, ten times a second, while there is a microphone to measure or somebody to hear and an observer who wants
//! to know. Silence is told once.

use std::time::{Duration, Instant};

use treff_signalling::SourceName;

use super::Driver;
use crate::door::event::{Event, SpeakerLevel};

/// Between two levels.
const INTERVAL: Duration = Duration::from_millis(100);
/// After the last packet of anybody, their ring has faded by then.
const HEARD: Duration = Duration::from_secs(1);
/// Decibels below full scale that count as silence.
const SILENT: f32 = 60.0;

#[derive(Default)]
pub(super) struct Levels {
    last: Option<Instant>,
    /// Silence was told.
    silent: bool,
}

impl Driver {
    /// When the next levels are due, if anybody has a use for them.
    pub(super) fn levels_deadline(&self, now: Instant) -> Option<Instant> {
        let live = self.meeting.as_ref().and_then(super::Meeting::live_ref);
        let in_call = live
            .is_some_and(|live| live.sending.microphone.is_some() || live.receiving.heard_since(now, HEARD));
        let measured = self.outlet.wants_levels() && (self.preview.microphone.is_some() || in_call);
        measured.then(|| self.levels.last.map_or(now, |last| last + INTERVAL))
    }

    pub(super) fn levels_if_due(&mut self, now: Instant) {
        if self.levels_deadline(now).is_none_or(|due| due > now) {
            return;
        }
        self.levels.last = Some(now);
        let mut me = self.preview.microphone.as_ref().map_or(0.0, |microphone| by_ear(microphone.level()));
        let mut speakers = Vec::new();
        self.with_live(|live| {
            if let Some(microphone) = &live.sending.microphone {
                me = by_ear(microphone.level());
            }
            let (Some(loudspeaker), Some(media)) = (&mut live.loudspeaker, &live.media) else { return };
            loudspeaker.measure(true);
            while let Some(heard) = loudspeaker.next_level() {
                let level = by_ear(heard.level);
                let owner = media.names.get(&heard.ssrc).and_then(SourceName::endpoint);
                if let Some(endpoint) = owner.filter(|_| level > 0.0).map(|owner| owner.to_string()) {
                    keep_loudest(&mut speakers, endpoint, level);
                }
            }
        });
        let silent = me == 0.0 && speakers.is_empty();
        if !(silent && std::mem::replace(&mut self.levels.silent, silent)) {
            self.levels.silent = silent;
            self.outlet.tell(&Event::Levels { me, speakers });
        }
    }
}

/// A late tick finds two levels of one speaker.
fn keep_loudest(speakers: &mut Vec<SpeakerLevel>, endpoint: String, level: f32) {
    match speakers.iter_mut().find(|speaker| speaker.endpoint == endpoint) {
        Some(known) => known.level = known.level.max(level),
        None => speakers.push(SpeakerLevel { endpoint, level }),
    }
}

/// A level of RFC 6464 as an ear would rate it: decibels, not pressure, from silence at 0.0 to full scale at 1.0.
fn by_ear(level: u8) -> f32 {
    (1.0 - f32::from(level) / SILENT).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_become_a_share() {
        assert_eq!([0, 15, 30, 60, 127].map(by_ear), [1.0, 0.75, 0.5, 0.0, 0.0]);
    }

    #[test]
    fn two_levels_of_one_speaker_are_the_louder_one() {
        let mut speakers = Vec::new();
        for (endpoint, level) in [("ada", 0.2), ("ben", 0.5), ("ada", 0.6)] {
            keep_loudest(&mut speakers, endpoint.to_owned(), level);
        }
        let expected =
            [("ada", 0.6), ("ben", 0.5)].map(|(e, level)| SpeakerLevel { endpoint: e.to_owned(), level });
        assert_eq!(speakers, expected);
    }
}
