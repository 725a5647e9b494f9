//! What a guest hears: the last half second of each speaker alone and of the mix, kept for measuring.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use treff_app::DeviceKind;
use treff_media::codec::Ssrc;
use treff_media::device::{
    AudioDevices, AudioDirection, AudioInput, AudioOutput, DeviceError, DeviceInfo, DeviceWatch, SpeakerTap,
};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

use crate::desk::{Desk, Handle, NEXT_HERTZ};

/// Samples kept of each speaker: half a second.
const KEPT: usize = SAMPLE_RATE as usize / 2;
/// Below this a voice counts as silent.
const AUDIBLE: f32 = 0.01;
/// Blocks of the mix between two rings of the bell.
const RING_EVERY: u64 = 5;

#[derive(Default)]
struct Heard {
    names: BTreeMap<Ssrc, String>,
    voices: BTreeMap<String, Window>,
    mix: Window,
}

/// The last half second of something.
#[derive(Default)]
struct Window {
    samples: Vec<f32>,
    blocks: u64,
}

impl Window {
    fn push(&mut self, block: &AudioBlock) {
        debug_assert_eq!(block.len(), BLOCK_SAMPLES, "a block is 10 ms");
        self.samples.extend_from_slice(block);
        self.blocks += 1;
        if self.samples.len() > KEPT {
            self.samples.drain(..self.samples.len() - KEPT);
        }
    }

    /// Everything, once it is half a second.
    fn full(&self) -> Option<&[f32]> {
        (self.samples.len() == KEPT).then_some(&self.samples)
    }
}

/// A shared view of what arrives at one guest's ears.
#[derive(Clone, Default)]
pub struct Ears {
    heard: Arc<Mutex<Heard>>,
    /// Rings a few times a second while anything is played, so that nobody has to look all the time.
    pub(crate) bell: Arc<Notify>,
}

impl Ears {
    /// The frequency of `endpoint`'s voice over the last half second they spoke, if it can be heard.
    pub fn frequency(&self, endpoint: &str) -> Option<f32> {
        self.with(|heard| {
            let samples = heard.voices.get(endpoint)?.full()?;
            let power = samples.iter().map(|s| s * s).sum::<f32>() / KEPT as f32;
            (power.sqrt() > AUDIBLE).then(|| strongest(samples))
        })
    }

    /// How strong the tone of `hertz` is in the last half second of the mix, as an amplitude.
    pub fn amplitude(&self, hertz: f32) -> Option<f32> {
        self.with(|heard| heard.mix.full().map(|mix| 2.0 * power(mix, hertz).max(0.0).sqrt() / KEPT as f32))
    }

    /// Forgets what was heard, so that only what comes from now on counts.
    pub fn forget(&self) {
        self.with(|heard| {
            heard.voices.clear();
            heard.mix = Window::default();
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The strongest frequency between 200 and 2000 Hz in steps of 10 Hz.
fn strongest(samples: &[f32]) -> f32 {
    let candidates = (20..=200).map(|step| step as f32 * 10.0);
    candidates.max_by(|a, b| power(samples, *a).total_cmp(&power(samples, *b))).unwrap_or_default()
}

/// The power of one frequency, by Goertzel's algorithm.
fn power(samples: &[f32], hertz: f32) -> f32 {
    let factor = 2.0 * (std::f32::consts::TAU * hertz / SAMPLE_RATE as f32).cos();
    let (mut before, mut last) = (0f32, 0f32);
    for sample in samples {
        (before, last) = (last, sample + factor * last - before);
    }
    before * before + last * last - factor * before * last
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
    /// Which devices there are.
    pub(crate) desk: Desk,
}

struct Tone {
    handle: Handle,
    beat: Beat,
    hertz: f32,
    phase: f32,
}

struct Speaker {
    handle: Handle,
    beat: Beat,
    ears: Ears,
}

struct Tap(Ears);

impl AudioDevices for SoundCard {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        let (handle, number) = self.desk.take(DeviceKind::Microphone)?;
        let hertz = self.hertz + NEXT_HERTZ * number as f32;
        Ok(Box::new(Tone { handle, beat: Beat(Instant::now()), hertz, phase: 0.0 }))
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        let (handle, _) = self.desk.take(DeviceKind::Speaker)?;
        Ok(Box::new(Speaker { handle, beat: Beat(Instant::now()), ears: self.ears.clone() }))
    }

    fn list(&mut self, direction: AudioDirection) -> Vec<DeviceInfo> {
        self.desk.list(kind(direction))
    }

    fn choose(&mut self, direction: AudioDirection, id: Option<&str>) {
        self.desk.choose(kind(direction), id);
    }

    fn watch(&mut self, changed: DeviceWatch) {
        self.desk.watch(changed);
    }

    fn set_noise_suppression(&mut self, on: bool) {
        self.desk.suppress_noise(on);
    }

    fn speaker_tap(&mut self) -> Option<Box<dyn SpeakerTap>> {
        Some(Box::new(Tap(self.ears.clone())))
    }

    fn name_speaker(&mut self, ssrc: Ssrc, endpoint: &str) {
        self.ears.with(|heard| heard.names.insert(ssrc, endpoint.to_owned()));
    }
}

fn kind(direction: AudioDirection) -> DeviceKind {
    match direction {
        AudioDirection::Input => DeviceKind::Microphone,
        AudioDirection::Output => DeviceKind::Speaker,
    }
}

impl AudioInput for Tone {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.beat.wait();
        self.handle.check()?;
        let step = std::f32::consts::TAU * self.hertz / SAMPLE_RATE as f32;
        for sample in block {
            *sample = 0.2 * self.phase.sin();
            self.phase = (self.phase + step) % std::f32::consts::TAU;
        }
        Ok(())
    }
}

impl AudioOutput for Speaker {
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
        self.beat.wait();
        self.handle.check()?;
        self.handle.count_block();
        let blocks = self.ears.with(|heard| {
            heard.mix.push(block);
            heard.mix.blocks
        });
        if blocks.is_multiple_of(RING_EVERY) {
            self.ears.bell.notify_one();
        }
        Ok(())
    }
}

impl SpeakerTap for Tap {
    fn speaker_block(&mut self, ssrc: Ssrc, block: &AudioBlock) {
        self.0.with(|heard| {
            let Some(name) = heard.names.get(&ssrc).cloned() else { return };
            heard.voices.entry(name).or_default().push(block);
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
        let amplitude = 2.0 * power(&tone, 660.0).sqrt() / KEPT as f32;
        assert!((amplitude - 1.0).abs() < 0.01, "{amplitude}");
        assert!(power(&tone, 900.0) < power(&tone, 660.0) / 1000.0);
    }
}
