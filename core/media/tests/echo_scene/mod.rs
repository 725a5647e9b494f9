//! A made room: somebody far away comes out of the loudspeaker, the loudspeaker into the microphone, and somebody near
//! talks over it. Everything is seeded, so that a figure can be repeated.
#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::f32::consts::TAU;
use std::ops::Range;
use std::time::Duration;

use treff_media::audio::VoiceProcessing;
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

const RATE: f32 = 48_000.0;
/// From the block's way to the loudspeaker until its sound reaches the microphone's block: both devices' buffers and a
/// metre of air.
pub(crate) const ECHO_DELAY: usize = 48 * 60;
/// How long the room goes on sounding: 200 ms until the tail is 30 dB down.
const TAIL: usize = 48 * 200;

/// A small seeded generator (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    /// In -1.0..1.0.
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32) - 1.0
    }
}

/// A voice: a gliding buzz through two formants that change with each syllable, hisses between, pauses between phrases.
pub(crate) fn voice(seed: u64, pitch: f32, seconds: usize) -> Vec<f32> {
    let mut random = Random(seed);
    let mut samples = Vec::with_capacity(seconds * 48_000);
    let mut phase = 0.0f32;
    while samples.len() < seconds * 48_000 {
        let pause = if random.unit() > 0.6 { 48 * 400 } else { 48 * 40 };
        let length = 48 * (130 + (random.unit().abs() * 150.0) as usize);
        let hiss = random.unit() > 0.7;
        let (first, second) = (300.0 + random.unit().abs() * 500.0, 900.0 + random.unit().abs() * 1_500.0);
        let (mut low, mut high) = (Resonator::new(first, 90.0), Resonator::new(second, 140.0));
        let mut air = Resonator::new(3_500.0 + random.unit().abs() * 3_000.0, 2_000.0);
        let glide = 1.0 + 0.15 * random.unit();
        for n in 0..length {
            let along = n as f32 / length as f32;
            let envelope = (along * TAU / 2.0).sin();
            let hertz = pitch * (1.0 + (glide - 1.0) * along);
            phase = (phase + hertz / RATE).fract();
            // A glottal pulse: closes faster than it opens.
            let pulse =
                if phase < 0.6 { phase / 0.6 } else { (1.0 - phase) / 0.4 } - 0.5 + 0.02 * random.unit();
            let sample = if hiss {
                0.3 * air.next(random.unit())
            } else {
                low.next(pulse) + 0.5 * high.next(pulse) + 0.05 * air.next(random.unit())
            };
            samples.push(sample * envelope);
        }
        samples.resize(samples.len() + pause, 0.0);
    }
    samples.truncate(seconds * 48_000);
    normalise(&mut samples, -26.0);
    samples
}

/// Brings the mean loudness to `decibels` below full scale.
pub(crate) fn normalise(samples: &mut [f32], decibels: f32) {
    let gain = 10f32.powf(decibels / 20.0) / power(samples).sqrt().max(1e-9);
    for sample in samples {
        *sample = (*sample * gain).clamp(-1.0, 1.0);
    }
}

/// A second-order resonance with about the same loudness whatever its frequency.
struct Resonator {
    a1: f32,
    a2: f32,
    gain: f32,
    y1: f32,
    y2: f32,
}

impl Resonator {
    fn new(hertz: f32, width: f32) -> Self {
        let radius = (-std::f32::consts::PI * width / RATE).exp();
        let a1 = 2.0 * radius * (TAU * hertz / RATE).cos();
        Self { a1, a2: -radius * radius, gain: 1.0 - radius, y1: 0.0, y2: 0.0 }
    }

    fn next(&mut self, input: f32) -> f32 {
        let y = self.gain * input + self.a1 * self.y1 + self.a2 * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

/// The loudspeaker's sound as the microphone hears it: delayed, reverberant, a little distorted, `loss` decibels quieter.
pub(crate) fn echo_of(far: &[f32], loss: f32, seed: u64) -> Vec<f32> {
    // A few dozen reflections sound like a room and are cheap to add.
    let mut random = Random(seed);
    let mut taps = vec![(ECHO_DELAY, 1.0f32)];
    for n in 1..60 {
        let at = (n * TAIL / 60) + (random.unit() * 70.0) as usize;
        let decay = 10f32.powf(-30.0 * at as f32 / TAIL as f32 / 20.0);
        taps.push((ECHO_DELAY + at, 0.4 * decay * random.unit()));
    }
    let driven: Vec<f32> = far.iter().map(|s| (s * 1.5).tanh() / 1.5).collect();
    let mut echo = vec![0.0f32; far.len()];
    for (delay, gain) in taps {
        for (sum, sample) in echo[delay..].iter_mut().zip(&driven) {
            *sum += gain * sample;
        }
    }
    let gain = 10f32.powf(-loss / 20.0) * (power(far) / power(&echo).max(1e-12)).sqrt();
    echo.iter_mut().for_each(|s| *s *= gain);
    echo
}

/// Hiss of the microphone and a fan, `decibels` below full scale.
pub(crate) fn noise(samples: usize, decibels: f32, seed: u64) -> Vec<f32> {
    let mut random = Random(seed);
    let mut hum = 0.0f32;
    let mut noise: Vec<f32> = (0..samples)
        .map(|_| {
            hum = 0.95 * hum + 0.05 * random.unit();
            hum * 3.0 + 0.3 * random.unit()
        })
        .collect();
    normalise(&mut noise, decibels);
    noise
}

/// Who is heard when, in seconds from the start.
pub(crate) struct Room {
    pub(crate) far: Vec<f32>,
    pub(crate) near: Vec<f32>,
    pub(crate) echo: Vec<f32>,
    pub(crate) noise: Vec<f32>,
}

impl Room {
    /// Both directions made of given voices; silence outside of their `times`.
    pub(crate) fn new(
        (mut far, far_times): (Vec<f32>, Range<usize>),
        (mut near, near_times): (Vec<f32>, Range<usize>),
        echo_loss: f32,
    ) -> Self {
        let length = far.len().min(near.len());
        far.truncate(length);
        near.truncate(length);
        silence_outside(&mut far, &far_times);
        silence_outside(&mut near, &near_times);
        let echo = echo_of(&far, echo_loss, 7);
        let noise = noise(length, -66.0, 11);
        Self { far, near, echo, noise }
    }

    /// What comes out of `processing`. The devices' delay is told 20 ms wrong, as devices do.
    pub(crate) fn heard_through(&self, processing: &mut dyn VoiceProcessing) -> Vec<f32> {
        let hint = Duration::from_millis(40);
        let mut out = Vec::with_capacity(self.far.len());
        for n in 0..self.far.len() / BLOCK_SAMPLES {
            let block =
                |samples: &[f32]| -> AudioBlock { std::array::from_fn(|i| samples[n * BLOCK_SAMPLES + i]) };
            let (near, echo, noise) = (block(&self.near), block(&self.echo), block(&self.noise));
            let mut microphone: AudioBlock =
                std::array::from_fn(|i| (near[i] + echo[i] + noise[i]).clamp(-1.0, 1.0));
            processing.far_end(&block(&self.far));
            processing.near_end(&mut microphone, hint);
            out.extend_from_slice(&microphone);
        }
        out
    }
}

fn silence_outside(samples: &mut [f32], seconds: &Range<usize>) {
    let times = seconds.start * 48_000..seconds.end * 48_000;
    for (n, sample) in samples.iter_mut().enumerate() {
        if !times.contains(&n) {
            *sample = 0.0;
        }
    }
}

pub(crate) fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32
}

pub(crate) fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
}

pub(crate) fn seconds(samples: &[f32], times: Range<usize>) -> &[f32] {
    &samples[times.start * 48_000..times.end * 48_000]
}

/// How many samples later than `reference` the same sound is in `out`, up to 30 ms.
pub(crate) fn lag(reference: &[f32], out: &[f32]) -> usize {
    let length = reference.len().min(out.len()) - 1_440;
    let alike = |lag: usize| -> f32 { reference[..length].iter().zip(&out[lag..]).map(|(a, b)| a * b).sum() };
    (0..1_440).max_by(|a, b| alike(*a).total_cmp(&alike(*b))).unwrap_or(0)
}

/// How much of `near` is in `out`, in decibels: the median over the frames of 20 ms in which `near` speaks. 0 is all.
pub(crate) fn kept(near: &[f32], out: &[f32]) -> f32 {
    let loud = decibels(power(near)) - 15.0;
    let mut gains: Vec<f32> = near
        .chunks_exact(960)
        .zip(out.chunks_exact(960))
        .filter(|(near, _)| decibels(power(near)) > loud)
        .map(|(near, out)| {
            let along: f32 = near.iter().zip(out).map(|(a, b)| a * b).sum();
            20.0 * (along / near.iter().map(|s| s * s).sum::<f32>()).max(1e-3).log10()
        })
        .collect();
    gains.sort_by(f32::total_cmp);
    gains[gains.len() / 2]
}
