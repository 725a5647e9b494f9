//! Speakers, a seeded network and a playout on a fake clock, shared by the audio tests.
#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use treff_media::audio::{Capture, CaptureConfig, OpusPacket, Playout, SpeakerStats};
use treff_media::codec::Ssrc;
use treff_media::device::SpeakerTap;
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

pub(crate) const ADA: Ssrc = Ssrc(0x00ad_a000);
pub(crate) const BEN: Ssrc = Ssrc(0x00be_4000);

/// A small seeded generator (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In 0.0..1.0.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What the way from one speaker to us is like.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Network {
    pub(crate) delay_ms: f64,
    /// Evenly spread on top of the delay; packets may overtake one another.
    pub(crate) jitter_ms: f64,
    pub(crate) loss: f64,
    pub(crate) duplicates: f64,
}

/// What a microphone hears.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sound {
    Silence,
    Tone {
        frequency: f32,
        amplitude: f32,
    },
    /// A buzz with harmonics in syllables of 200 ms and pauses of 100 ms: enough like speech for Opus and for VADs.
    Speech {
        pitch: f32,
    },
}

impl Sound {
    pub(crate) fn block(self, number: u64) -> AudioBlock {
        std::array::from_fn(|i| {
            let n = number * BLOCK_SAMPLES as u64 + i as u64;
            let t = n as f32 / 48_000.0;
            // The phase is taken from whole samples modulo a second, so that it stays exact for minutes.
            let phase = |frequency: f32| (n % 48_000) as f32 / 48_000.0 * frequency * TAU;
            match self {
                Self::Silence => 0.0,
                Self::Tone { frequency, amplitude } => amplitude * phase(frequency).sin(),
                Self::Speech { pitch } => {
                    let syllable = (t / 0.3).fract();
                    let envelope = if syllable < 0.667 { (syllable / 0.667 * TAU / 2.0).sin() } else { 0.0 };
                    let voice =
                        (1..12).map(|h| (phase(pitch * h as f32) + h as f32).sin() / h as f32).sum::<f32>();
                    0.2 * envelope * voice
                }
            }
        })
    }
}

pub(crate) struct Sender {
    pub(crate) ssrc: Ssrc,
    pub(crate) capture: Capture,
    pub(crate) sound: Sound,
    pub(crate) network: Network,
    /// How much faster than ours the sender's clock runs.
    pub(crate) ppm: f64,
    pub(crate) sequence: u16,
    /// Drops exactly the packets it says, counted from 0.
    pub(crate) lose: fn(u64) -> bool,
    pub(crate) sent: u64,
    blocks: u64,
    started_ms: f64,
    random: Random,
    packet: OpusPacket,
}

struct InFlight {
    arrival_ms: f64,
    ssrc: Ssrc,
    sequence: u16,
    timestamp: u32,
    payload: Vec<u8>,
}

/// Everybody, and the time in milliseconds since the start.
pub(crate) struct Scene {
    pub(crate) epoch: Instant,
    pub(crate) now_ms: f64,
    pub(crate) playout: Playout,
    pub(crate) senders: Vec<Sender>,
    in_flight: Vec<InFlight>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let epoch = Instant::now();
        Self { epoch, now_ms: 0.0, playout: Playout::new(epoch), senders: Vec::new(), in_flight: Vec::new() }
    }

    pub(crate) fn add(&mut self, ssrc: Ssrc, sound: Sound, network: Network) -> &mut Sender {
        // The least effort: these tests are about what comes after encoding.
        let config = CaptureConfig { first_timestamp: 1_000_000, complexity: 0, ..Default::default() };
        self.add_with(ssrc, sound, network, config)
    }

    pub(crate) fn add_with(
        &mut self,
        ssrc: Ssrc,
        sound: Sound,
        network: Network,
        config: CaptureConfig,
    ) -> &mut Sender {
        self.playout.add(ssrc).unwrap();
        self.senders.push(Sender {
            ssrc,
            capture: Capture::new(config).unwrap(),
            sound,
            network,
            ppm: 0.0,
            sequence: 1000,
            lose: |_| false,
            sent: 0,
            blocks: 0,
            started_ms: self.now_ms,
            random: Random(u64::from(ssrc.0)),
            packet: OpusPacket::new(),
        });
        self.senders.last_mut().unwrap()
    }

    pub(crate) fn stats(&self, ssrc: Ssrc) -> SpeakerStats {
        self.playout.stats(ssrc).unwrap()
    }

    pub(crate) fn at(&self, ms: f64) -> Instant {
        self.epoch + Duration::from_secs_f64(ms / 1000.0)
    }

    /// Runs for a while; gives all that was heard.
    pub(crate) fn run(&mut self, ms: u64) -> Vec<f32> {
        self.run_with(ms, |_, _| {}, None)
    }

    /// Runs for a while, looking at each block.
    pub(crate) fn run_with(
        &mut self,
        ms: u64,
        mut look: impl FnMut(&Playout, &AudioBlock),
        mut tap: Option<&mut dyn SpeakerTap>,
    ) -> Vec<f32> {
        let mut heard = Vec::new();
        let mut block = [0.0; BLOCK_SAMPLES];
        for _ in 0..ms / 10 {
            self.now_ms += 10.0;
            self.send();
            self.deliver();
            let now = self.at(self.now_ms);
            // A plain reborrow would have to outlive the loop.
            match tap {
                Some(ref mut tap) => self.playout.pull(now, &mut block, Some(&mut **tap)),
                None => self.playout.pull(now, &mut block, None),
            }
            look(&self.playout, &block);
            heard.extend_from_slice(&block);
        }
        heard
    }

    /// Runs for a while with a device that asks for several blocks at once.
    pub(crate) fn run_bunched(&mut self, ms: u64, bunch: u64) -> Vec<f32> {
        let mut heard = Vec::new();
        let mut block = [0.0; BLOCK_SAMPLES];
        for n in 0..ms / 10 {
            self.now_ms += 10.0;
            self.send();
            self.deliver();
            for _ in 0..if (n + 1) % bunch == 0 { bunch } else { 0 } {
                self.playout.pull(self.at(self.now_ms), &mut block, None);
                heard.extend_from_slice(&block);
            }
        }
        heard
    }

    fn send(&mut self) {
        for sender in &mut self.senders {
            let period = 10.0 / (1.0 + sender.ppm * 1e-6);
            loop {
                let due = sender.started_ms + (sender.blocks + 1) as f64 * period;
                if due > self.now_ms {
                    break;
                }
                let block = sender.sound.block(sender.blocks);
                sender.blocks += 1;
                if !sender.capture.push(&block, &mut sender.packet) {
                    continue;
                }
                let sequence = sender.sequence;
                sender.sequence = sequence.wrapping_add(1);
                sender.sent += 1;
                let copies = if sender.random.unit() < sender.network.duplicates { 2 } else { 1 };
                let lost = sender.random.unit() < sender.network.loss || (sender.lose)(sender.sent - 1);
                for _ in 0..copies {
                    let jitter = sender.random.unit() * sender.network.jitter_ms;
                    if !lost {
                        self.in_flight.push(InFlight {
                            arrival_ms: due + sender.network.delay_ms + jitter,
                            ssrc: sender.ssrc,
                            sequence,
                            timestamp: sender.packet.timestamp,
                            payload: sender.packet.payload().to_vec(),
                        });
                    }
                }
            }
        }
    }

    fn deliver(&mut self) {
        self.in_flight.sort_by(|a, b| a.arrival_ms.total_cmp(&b.arrival_ms));
        let arrived = self.in_flight.partition_point(|p| p.arrival_ms <= self.now_ms);
        for p in self.in_flight.drain(..arrived).collect::<Vec<_>>() {
            let arrival = self.at(p.arrival_ms);
            assert!(self.playout.insert(p.ssrc, p.sequence, p.timestamp, &p.payload, arrival));
        }
    }
}

/// The amplitude of one frequency in `samples` (Goertzel).
pub(crate) fn amplitude(samples: &[f32], frequency: f32) -> f32 {
    let omega = f64::from(frequency) / 48_000.0 * std::f64::consts::TAU;
    let coefficient = 2.0 * omega.cos();
    let (mut s1, mut s2) = (0f64, 0f64);
    for sample in samples {
        let s0 = f64::from(*sample) + coefficient * s1 - s2;
        (s2, s1) = (s1, s0);
    }
    let power = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
    (power.max(0.0).sqrt() * 2.0 / samples.len() as f64) as f32
}

/// The strongest frequency from 100 Hz to 2 kHz, in steps of 5 Hz.
pub(crate) fn dominant(samples: &[f32]) -> f32 {
    (20..400u16)
        .map(|n| f32::from(n) * 5.0)
        .max_by(|a, b| amplitude(samples, *a).total_cmp(&amplitude(samples, *b)))
        .unwrap()
}

/// The quietest 10 ms, as a mean square.
pub(crate) fn quietest(samples: &[f32]) -> f32 {
    samples.chunks_exact(BLOCK_SAMPLES).map(treff_media::audio::level::power).fold(f32::MAX, f32::min)
}

/// The largest jump between neighbouring samples.
pub(crate) fn largest_step(samples: &[f32]) -> f32 {
    samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
}
