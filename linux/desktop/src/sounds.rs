//! Quiet sounds for a knock, a person who joins, and a message; made of a few sines when they are needed.
//!
//! In: what happened and when. Out: a [`Chime`] of 10 ms blocks, 48 kHz mono, -1.0..=1.0, the form that
//! `treff_media::device::AudioOutput` takes, so that a front end plays it on any output or mixes it into a call.
//! No files, no samples of others: each sound is a short list of [`Note`]s, written down here.

use std::collections::BTreeMap;
use std::f32::consts::TAU;
use std::time::Duration;

/// Samples a second.
pub const SAMPLE_RATE: u32 = 48_000;
/// Samples in a block: 10 ms.
pub const BLOCK_SAMPLES: usize = 480;
/// 10 ms of sound.
pub type Block = [f32; BLOCK_SAMPLES];

/// The time in which a note reaches its full loudness: any shorter and it clicks.
const ATTACK: f32 = 0.006;
/// The time in which a note's end fades to nothing.
const RELEASE: f32 = 0.02;
/// No sound is louder than this: about -14 dB below full scale, well under speech.
pub const PEAK: f32 = 0.2;
/// The same sound is not heard again within this time: twenty people who join together are one sound.
const PAUSE: Duration = Duration::from_millis(1500);

/// What can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sound {
    /// Somebody knocks: two low, wooden beats.
    Knock,
    /// Somebody joined: two notes that rise by a fourth.
    Join,
    /// A message: one high, short note.
    Message,
}

/// One note: a sine and its octave that fade away.
#[derive(Clone, Copy, Debug)]
struct Note {
    /// Seconds after the sound's beginning.
    start: f32,
    /// Seconds.
    length: f32,
    /// Hertz.
    pitch: f32,
    /// Share of the octave above: 0 is a flute, 1 rather a bell.
    octave: f32,
    /// Seconds until it is a third as loud.
    decay: f32,
    /// Loudness, as a share of full scale.
    level: f32,
}

impl Sound {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Knock, Self::Join, Self::Message];

    fn notes(self) -> &'static [Note] {
        match self {
            Self::Knock => &[
                Note { start: 0.0, length: 0.16, pitch: 196.0, octave: 0.45, decay: 0.035, level: 0.14 },
                Note { start: 0.17, length: 0.18, pitch: 196.0, octave: 0.45, decay: 0.035, level: 0.14 },
            ],
            Self::Join => &[
                Note { start: 0.0, length: 0.22, pitch: 587.33, octave: 0.15, decay: 0.09, level: 0.08 },
                Note { start: 0.11, length: 0.29, pitch: 783.99, octave: 0.15, decay: 0.11, level: 0.08 },
            ],
            Self::Message => {
                &[Note { start: 0.0, length: 0.2, pitch: 1174.66, octave: 0.1, decay: 0.06, level: 0.07 }]
            }
        }
    }

    /// The whole sound from its beginning.
    #[must_use]
    pub fn chime(self) -> Chime {
        let end = self.notes().iter().map(|note| note.start + note.length).fold(0.0, f32::max);
        let blocks = (end * SAMPLE_RATE as f32 / BLOCK_SAMPLES as f32).ceil() as usize;
        Chime { sound: self, next: 0, blocks }
    }
}

/// A sound on its way out, block by block. Making a block allocates nothing.
#[derive(Clone, Debug)]
pub struct Chime {
    sound: Sound,
    next: usize,
    blocks: usize,
}

impl Iterator for Chime {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.next == self.blocks {
            return None;
        }
        let first = self.next * BLOCK_SAMPLES;
        self.next += 1;
        let notes = self.sound.notes();
        Some(std::array::from_fn(|index| {
            let time = (first + index) as f32 / SAMPLE_RATE as f32;
            notes.iter().map(|note| note.at(time)).sum()
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.blocks - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Chime {}

impl Note {
    /// The note's value at a time of its sound.
    fn at(&self, time: f32) -> f32 {
        let time = time - self.start;
        if !(0.0..self.length).contains(&time) {
            return 0.0;
        }
        let rise = (time / ATTACK).min(1.0);
        let fall = ((self.length - time) / RELEASE).min(1.0);
        let wave = (TAU * self.pitch * time).sin() + self.octave * (TAU * 2.0 * self.pitch * time).sin();
        self.level * rise * fall * (-time / self.decay).exp() * wave
    }
}

/// Decides whether a sound is heard: it can be turned off, and it does not repeat at once.
#[derive(Clone, Debug)]
pub struct Chimes {
    on: bool,
    last: BTreeMap<Sound, Duration>,
}

impl Chimes {
    /// With sounds on or off, as the settings say.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self { on, last: BTreeMap::new() }
    }

    /// Turns all sounds on or off.
    pub fn set_on(&mut self, on: bool) {
        self.on = on;
    }

    /// Something happened at `now` (on any clock that only goes forward): the sound to play, if it is to be heard.
    pub fn happened(&mut self, sound: Sound, now: Duration) -> Option<Chime> {
        if !self.on || self.last.get(&sound).is_some_and(|last| now.saturating_sub(*last) < PAUSE) {
            return None;
        }
        self.last.insert(sound, now);
        Some(sound.chime())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(sound: Sound) -> Vec<f32> {
        sound.chime().flatten().collect()
    }

    #[test]
    fn sounds_are_quiet_short_and_there() {
        for sound in Sound::ALL {
            let samples = samples(sound);
            let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
            assert!(peak <= PEAK, "{sound:?} peaks at {peak}");
            assert!(peak >= 0.03, "{sound:?} can hardly be heard at {peak}");
            let length = samples.len() as f32 / SAMPLE_RATE as f32;
            assert!((0.1..=0.5).contains(&length), "{sound:?} lasts {length} s");
        }
    }

    #[test]
    fn nothing_clicks() {
        for sound in Sound::ALL {
            let samples = samples(sound);
            assert_eq!(samples.first(), Some(&0.0));
            let last = samples.last().expect("a sound has samples").abs();
            assert!(last < 0.001, "{sound:?} ends at {last}");
            let step = samples.windows(2).fold(0.0f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
            // The steepest that a sine of 1.2 kHz and its octave at these levels is; a click is several times that.
            assert!(step < 0.02, "{sound:?} steps by {step}");
        }
    }

    #[test]
    fn sounds_can_be_told_apart_by_their_pitch() {
        let crossings = |sound| {
            let samples = samples(sound);
            let heard = &samples[..BLOCK_SAMPLES * 8];
            heard.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count()
        };
        let (knock, join, message) =
            (crossings(Sound::Knock), crossings(Sound::Join), crossings(Sound::Message));
        assert!(knock * 2 < join && join * 3 < message * 2, "{knock} {join} {message}");
    }

    #[test]
    fn twenty_who_join_together_are_one_sound() {
        let mut chimes = Chimes::new(true);
        let heard = (0..20).filter(|n| chimes.happened(Sound::Join, Duration::from_millis(n * 50)).is_some());
        assert_eq!(heard.count(), 1);
        assert!(
            chimes.happened(Sound::Knock, Duration::from_secs(1)).is_some(),
            "another sound is not held back"
        );
        assert!(chimes.happened(Sound::Join, Duration::from_secs(3)).is_some());
    }

    #[test]
    fn turned_off_means_silent() {
        let mut chimes = Chimes::new(false);
        assert!(Sound::ALL.into_iter().all(|sound| chimes.happened(sound, Duration::ZERO).is_none()));
        chimes.set_on(true);
        assert!(chimes.happened(Sound::Message, Duration::ZERO).is_some());
    }
}
