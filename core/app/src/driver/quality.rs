//! How well the network carries the call, in one word. In: each second's figures. Out: the word, which changes only when
//! the figures have said so for a while. Pure: a minute of trouble is a test of no time.

use std::collections::BTreeMap;

use crate::door::snapshot::Quality;
use crate::door::stats::Stats;

/// Seconds that a worse word must hold before it is said.
const WORSE_AFTER: u32 = 2;
/// Seconds that a better word must hold before it is said.
const BETTER_AFTER: u32 = 5;

/// From here on pictures suffer; from here on voices do.
struct Limits {
    fair: f64,
    poor: f64,
}

impl Limits {
    fn judge(&self, value: f64) -> Quality {
        match value {
            value if value >= self.poor => Quality::Poor,
            value if value >= self.fair => Quality::Fair,
            _ => Quality::Good,
        }
    }
}

/// Share of sound that was made up for what was lost or late.
const CONCEALED: Limits = Limits { fair: 0.02, poor: 0.08 };
/// Share of our packets that the bridge missed. Opus repairs a few percent by itself.
const SENT_LOST: Limits = Limits { fair: 0.05, poor: 0.12 };
/// Milliseconds to the bridge and back: people begin to talk over each other, then wait for each other.
const ROUND_TRIP: Limits = Limits { fair: 350.0, poor: 700.0 };
/// Less sound than this in a second says nothing about the network. Milliseconds.
const ENOUGH_SOUND: u64 = 200;

/// Sums of one speaker: milliseconds received and made up.
type Sound = (u64, u64);

/// Judges a call second by second.
#[derive(Debug, Default)]
pub(super) struct QualityMeter {
    said: Quality,
    /// What the last seconds had to say, if it is something else, and how many of them.
    brewing: Option<(Quality, u32)>,
    sounds: BTreeMap<String, Sound>,
    freezes: BTreeMap<String, u64>,
}

impl QualityMeter {
    /// Takes the figures of another second; the word for the last few of them.
    pub(super) fn update(&mut self, stats: &Stats) -> Quality {
        let now = self.judge(stats);
        if now == self.said {
            self.brewing = None;
            return self.said;
        }
        let worse = rank(now) > rank(self.said);
        // Trouble that changes its face is still trouble: the word nearer to what was said has held for both.
        let (word, seconds) = match self.brewing {
            Some((before, seconds)) if (rank(before) > rank(self.said)) == worse => {
                let nearer = if (rank(before) < rank(now)) == worse { before } else { now };
                (nearer, seconds + 1)
            }
            _ => (now, 1),
        };
        let first = self.said == Quality::Unknown;
        if seconds >= if worse || first { WORSE_AFTER } else { BETTER_AFTER } {
            self.said = word;
            self.brewing = None;
        } else {
            self.brewing = Some((word, seconds));
        }
        self.said
    }

    fn judge(&mut self, stats: &Stats) -> Quality {
        let concealed = self.concealed(stats);
        let frozen = if self.frozen(stats) { Quality::Fair } else { Quality::Good };
        let words = [
            CONCEALED.judge(concealed),
            SENT_LOST.judge(stats.sent_lost),
            ROUND_TRIP.judge(stats.rtt_ms.unwrap_or(0.0)),
            frozen,
        ];
        words.into_iter().max_by_key(|word| rank(*word)).unwrap_or_default()
    }

    /// The share of what was played in this second that was made up.
    fn concealed(&mut self, stats: &Stats) -> f64 {
        let (mut received, mut concealed) = (0, 0);
        let mut sounds = BTreeMap::new();
        for speaker in &stats.speakers {
            let now: Sound = (speaker.received_ms, speaker.concealed_ms);
            if let Some(before) = self.sounds.get(&speaker.endpoint) {
                received += now.0.saturating_sub(before.0);
                concealed += now.1.saturating_sub(before.1);
            }
            sounds.insert(speaker.endpoint.clone(), now);
        }
        self.sounds = sounds;
        let all = received + concealed;
        if all < ENOUGH_SOUND { 0.0 } else { concealed as f64 / all as f64 }
    }

    /// A picture that has been seen moving stood still.
    fn frozen(&mut self, stats: &Stats) -> bool {
        let freezes = stats.video.iter().map(|video| (video.source.clone(), video.freezes)).collect();
        let before = std::mem::replace(&mut self.freezes, freezes);
        self.freezes.iter().any(|(source, now)| before.get(source).is_some_and(|before| now > before))
    }
}

fn rank(quality: Quality) -> u8 {
    match quality {
        Quality::Unknown | Quality::Good => 0,
        Quality::Fair => 1,
        Quality::Poor => 2,
    }
}

#[cfg(test)]
mod tests {
    use Quality::{Fair, Good, Poor, Unknown};

    use super::*;
    use crate::door::stats::{SpeakerStats, VideoStats};

    /// A call whose figures the test makes up, second by second.
    #[derive(Default)]
    struct Call {
        meter: QualityMeter,
        sound: Sound,
        freezes: u64,
    }

    /// One second: share of made-up sound, share of ours that is lost, round trip, a freeze.
    type Second = (f64, f64, f64, bool);

    const FINE: Second = (0.0, 0.0, 40.0, false);

    impl Call {
        fn second(&mut self, (concealed, lost, rtt, freeze): Second) -> Quality {
            let made_up = (concealed * 1000.0) as u64;
            self.sound = (self.sound.0 + 1000 - made_up, self.sound.1 + made_up);
            self.freezes += u64::from(freeze);
            self.meter.update(&Stats {
                speakers: vec![SpeakerStats {
                    endpoint: "ben".to_owned(),
                    received_ms: self.sound.0,
                    concealed_ms: self.sound.1,
                    ..SpeakerStats::default()
                }],
                video: vec![VideoStats {
                    source: "ben-v0".to_owned(),
                    freezes: self.freezes,
                    ..VideoStats::default()
                }],
                rtt_ms: Some(rtt),
                sent_lost: lost,
                ..Stats::default()
            })
        }

        fn seconds(&mut self, count: usize, second: Second) -> Quality {
            (0..count).map(|_| self.second(second)).last().unwrap_or_default()
        }
    }

    #[test]
    fn steady_figures_have_one_word() {
        for (second, word) in [
            (FINE, Good),
            ((0.019, 0.04, 300.0, false), Good),
            ((0.03, 0.0, 40.0, false), Fair),
            ((0.10, 0.0, 40.0, false), Poor),
            ((0.0, 0.06, 40.0, false), Fair),
            ((0.0, 0.20, 40.0, false), Poor),
            ((0.0, 0.0, 400.0, false), Fair),
            ((0.0, 0.0, 900.0, false), Poor),
            ((0.0, 0.0, 40.0, true), Fair),
            ((0.03, 0.20, 400.0, true), Poor),
        ] {
            assert_eq!(Call::default().seconds(10, second), word, "{second:?}");
        }
    }

    #[test]
    fn the_first_word_takes_two_seconds() {
        let mut call = Call::default();
        assert_eq!([call.second(FINE), call.second(FINE)], [Unknown, Good]);
    }

    #[test]
    fn one_bad_second_changes_nothing_and_two_do() {
        let mut call = Call::default();
        call.seconds(3, FINE);
        let bad = (0.2, 0.0, 40.0, false);
        assert_eq!([call.second(bad), call.second(FINE), call.second(bad)], [Good; 3]);
        assert_eq!(call.second(bad), Poor);
    }

    #[test]
    fn better_is_said_after_five_good_seconds_in_a_row() {
        let mut call = Call::default();
        let bad = (0.2, 0.0, 40.0, false);
        assert_eq!(call.seconds(3, bad), Poor);
        assert_eq!(call.seconds(4, FINE), Poor);
        assert_eq!(call.second(bad), Poor, "and once more from the start");
        assert_eq!(call.seconds(4, FINE), Poor);
        assert_eq!(call.second(FINE), Good);
    }

    #[test]
    fn trouble_that_changes_its_face_is_the_milder_one() {
        let mut call = Call::default();
        call.seconds(3, FINE);
        assert_eq!(call.second((0.2, 0.0, 40.0, false)), Good);
        assert_eq!(call.second((0.03, 0.0, 40.0, false)), Fair);
    }

    #[test]
    fn silence_and_newcomers_say_nothing() {
        let mut meter = QualityMeter::default();
        let of = |endpoint: &str, concealed_ms| Stats {
            speakers: vec![SpeakerStats {
                endpoint: endpoint.to_owned(),
                concealed_ms,
                ..SpeakerStats::default()
            }],
            ..Stats::default()
        };
        // Cleo's sums are from before; Dora made up 100 ms in a second of silence.
        for stats in [of("cleo", 90_000), of("dora", 0), of("dora", 100), of("dora", 200)] {
            meter.update(&stats);
        }
        assert_eq!(meter.update(&of("dora", 300)), Good);
    }
}
