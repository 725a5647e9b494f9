//! What a guest hears: each speaker's last half second, kept for measuring.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use treff_media::codec::Ssrc;
use treff_media::device::{AudioDevices, AudioInput, AudioOutput, DeviceError, SpeakerTap};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Samples kept of each speaker: half a second.
const KEPT: usize = SAMPLE_RATE as usize / 2;
/// Below this a voice counts as silent.
const AUDIBLE: f32 = 0.01;

#[derive(Default)]
struct Heard {
    names: BTreeMap<Ssrc, String>,
    samples: BTreeMap<String, Vec<f32>>,
}

/// A shared view of what arrives at one guest's ears.
#[derive(Clone, Default)]
pub struct Ears(Arc<Mutex<Heard>>);

impl Ears {
    /// The frequency of `endpoint`'s voice over the last half second, if it can be heard.
    pub fn frequency(&self, endpoint: &str) -> Option<f32> {
        self.with(|heard| {
            let samples = heard.samples.get(endpoint).filter(|samples| samples.len() == KEPT)?;
            let power = samples.iter().map(|s| s * s).sum::<f32>() / KEPT as f32;
            (power.sqrt() > AUDIBLE).then(|| strongest(samples))
        })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The strongest frequency between 200 and 2000 Hz in steps of 10 Hz, by Goertzel's algorithm.
fn strongest(samples: &[f32]) -> f32 {
    let power = |hertz: f32| {
        let factor = 2.0 * (std::f32::consts::TAU * hertz / SAMPLE_RATE as f32).cos();
        let (mut before, mut last) = (0f32, 0f32);
        for sample in samples {
            (before, last) = (last, sample + factor * last - before);
        }
        before * before + last * last - factor * before * last
    };
    let candidates = (20..=200).map(|step| step as f32 * 10.0);
    candidates.max_by(|a, b| power(*a).total_cmp(&power(*b))).unwrap_or_default()
}

/// Ten milliseconds at a time, on this machine's clock.
struct Beat(Instant);

impl Beat {
    fn wait(&mut self) {
        self.0 += Duration::from_millis(10);
        if let Some(rest) = self.0.checked_duration_since(Instant::now()) {
            thread::sleep(rest);
        }
    }
}

/// A guest's sound card.
pub(crate) struct SoundCard {
    pub(crate) ears: Ears,
    /// What they say.
    pub(crate) hertz: f32,
}

struct Tone {
    beat: Beat,
    hertz: f32,
    phase: f32,
}

struct Silence(Beat);

struct Tap(Ears);

impl AudioDevices for SoundCard {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        Ok(Box::new(Tone { beat: Beat(Instant::now()), hertz: self.hertz, phase: 0.0 }))
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        Ok(Box::new(Silence(Beat(Instant::now()))))
    }

    fn speaker_tap(&mut self) -> Option<Box<dyn SpeakerTap>> {
        Some(Box::new(Tap(self.ears.clone())))
    }

    fn name_speaker(&mut self, ssrc: Ssrc, endpoint: &str) {
        self.ears.with(|heard| heard.names.insert(ssrc, endpoint.to_owned()));
    }
}

impl AudioInput for Tone {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.beat.wait();
        let step = std::f32::consts::TAU * self.hertz / SAMPLE_RATE as f32;
        for sample in block {
            *sample = 0.2 * self.phase.sin();
            self.phase = (self.phase + step) % std::f32::consts::TAU;
        }
        Ok(())
    }
}

impl AudioOutput for Silence {
    fn write_block(&mut self, _: &AudioBlock) -> Result<(), DeviceError> {
        self.0.wait();
        Ok(())
    }
}

impl SpeakerTap for Tap {
    fn speaker_block(&mut self, ssrc: Ssrc, block: &AudioBlock) {
        self.0.with(|heard| {
            let Some(name) = heard.names.get(&ssrc).cloned() else { return };
            let samples = heard.samples.entry(name).or_default();
            samples.extend_from_slice(block);
            if samples.len() > KEPT {
                samples.drain(..samples.len() - KEPT);
            }
            debug_assert_eq!(block.len(), BLOCK_SAMPLES, "a block is 10 ms");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_recognised() {
        let tone: Vec<f32> = (0..KEPT)
            .map(|n| (std::f32::consts::TAU * 660.0 * n as f32 / SAMPLE_RATE as f32).sin())
            .collect();
        assert_eq!(strongest(&tone), 660.0);
    }
}
