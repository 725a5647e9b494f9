//! The sounds themselves, made of a few sines when they are needed. No files, no samples of others: each is a short list
//! of [`Note`]s, written down here. Out: blocks as `treff_media::device::AudioOutput` takes them.

use std::f32::consts::TAU;

use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// The time in which a note reaches its full loudness: any shorter and it clicks.
const ATTACK: f32 = 0.006;
/// The time in which a note's end fades to nothing.
const RELEASE: f32 = 0.02;

/// What can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sound {
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
    pub(super) fn chime(self) -> Chime {
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
    type Item = AudioBlock;

    fn next(&mut self) -> Option<AudioBlock> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Sound; 3] = [Sound::Knock, Sound::Join, Sound::Message];
    /// No sound is louder than this: about -14 dB below full scale, well under speech.
    const PEAK: f32 = 0.2;

    fn samples(sound: Sound) -> Vec<f32> {
        sound.chime().flatten().collect()
    }

    #[test]
    fn sounds_are_quiet_short_and_there() {
        for sound in ALL {
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
        for sound in ALL {
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
}
