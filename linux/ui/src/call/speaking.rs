//! Who is heard right now, for the rings; and whether we speak into a muted microphone. In: levels, about ten times a
//! second, and the time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use treff_app::SpeakerLevel;

/// Louder than a quiet room.
const LOUD: f32 = 0.12;
/// A ring stays between words.
const HOLD: Duration = Duration::from_millis(700);
/// So much louder, and for so long, that it is speech and not a cough.
const SPEECH: f32 = 0.25;
const SPEECH_LASTS: Duration = Duration::from_millis(600);
/// Being told once is enough for a while.
const TOLD_AGAIN: Duration = Duration::from_secs(30);

/// Follows the levels.
#[derive(Debug, Default)]
pub(super) struct Speaking {
    loud: BTreeMap<String, Instant>,
    me: Option<Instant>,
    /// Since when we speak while muted, and when that was last heard.
    muted: Option<(Instant, Instant)>,
    told: Option<Instant>,
}

impl Speaking {
    /// Takes the newest levels. Whether the person should be told that nobody hears them.
    pub(super) fn hear(&mut self, now: Instant, me: f32, others: &[SpeakerLevel], muted: bool) -> bool {
        for speaker in others.iter().filter(|speaker| speaker.level >= LOUD) {
            self.loud.insert(speaker.endpoint.clone(), now);
        }
        self.loud.retain(|_, last| now.duration_since(*last) < HOLD);
        if !muted {
            self.muted = None;
            if me >= LOUD {
                self.me = Some(now);
            }
            return false;
        }
        self.me = None;
        if me < SPEECH {
            self.muted = self.muted.filter(|(_, last)| now.duration_since(*last) < HOLD / 2);
            return false;
        }
        let (since, _) = self.muted.unwrap_or((now, now));
        self.muted = Some((since, now));
        let due = self.told.is_none_or(|told| now.duration_since(told) >= TOLD_AGAIN);
        let tell = due && now.duration_since(since) >= SPEECH_LASTS;
        if tell {
            self.told = Some(now);
        }
        tell
    }

    /// Who is heard at `now`.
    pub(super) fn speakers(&self, now: Instant) -> BTreeSet<String> {
        let fresh = |last: &Instant| now.duration_since(*last) < HOLD;
        self.loud.iter().filter(|(_, last)| fresh(last)).map(|(endpoint, _)| endpoint.clone()).collect()
    }

    /// Whether we are heard at `now`.
    pub(super) fn me(&self, now: Instant) -> bool {
        self.me.is_some_and(|last| now.duration_since(last) < HOLD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(endpoint: &str, level: f32) -> SpeakerLevel {
        SpeakerLevel { endpoint: endpoint.to_owned(), level }
    }

    #[test]
    fn a_ring_stays_between_words_and_goes_in_silence() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut speaking = Speaking::default();
        speaking.hear(start, 0.3, &[level("ada", 0.4), level("ben", 0.05)], false);
        assert!(speaking.speakers(at(600)).contains("ada") && speaking.me(at(600)));
        assert!(!speaking.speakers(at(100)).contains("ben"));
        speaking.hear(at(650), 0.0, &[], false);
        assert!(speaking.speakers(at(650)).contains("ada"));
        speaking.hear(at(750), 0.0, &[], false);
        assert!(speaking.speakers(at(750)).is_empty() && !speaking.me(at(750)));
    }

    #[test]
    fn speaking_while_muted_is_told_once() {
        let start = Instant::now();
        let at = |tenths: u64| start + Duration::from_millis(tenths * 100);
        let mut speaking = Speaking::default();
        let told: Vec<u64> = (0..400).filter(|&t| speaking.hear(at(t), 0.5, &[], true)).collect();
        assert_eq!(told, [6, 306]);
    }

    #[test]
    fn a_cough_is_not_speech() {
        let start = Instant::now();
        let at = |tenths: u64| start + Duration::from_millis(tenths * 100);
        let mut speaking = Speaking::default();
        let coughs = (0..100).any(|t| speaking.hear(at(t), if t % 10 < 2 { 0.9 } else { 0.0 }, &[], true));
        assert!(!coughs);
    }
}
