//! What the audio threads cost in each 10 ms, against the bare codec: `cargo bench -p treff-media --bench audio`.
//!
//! Every figure is for one second of sound, so that 1 ms of it is 0.1 % of a core.

use std::f32::consts::TAU;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use treff_media::audio::{
    Capture, CaptureConfig, OpusPacket, Playout, ProcessingConfig, VoiceProcessing, VoiceProcessor,
};
use treff_media::codec::Ssrc;
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

const BLOCKS: usize = 100;

/// A second of a voice-like buzz.
fn microphone() -> Vec<AudioBlock> {
    (0..BLOCKS)
        .map(|n| {
            std::array::from_fn(|i| {
                let t = (n * BLOCK_SAMPLES + i) as f32 / 48_000.0;
                let envelope = (t * 3.0 * TAU).sin().max(0.0);
                0.2 * envelope * (1..8).map(|h| (t * 130.0 * h as f32 * TAU).sin() / h as f32).sum::<f32>()
            })
        })
        .collect()
}

fn capture() -> Capture {
    Capture::new(CaptureConfig::default()).expect("libopus has memory")
}

/// A minute of packets.
fn packets() -> Vec<OpusPacket> {
    let (blocks, mut capture, mut packet) = (microphone(), capture(), OpusPacket::new());
    let mut packets = Vec::new();
    for block in std::iter::repeat_n(&blocks, 60).flatten() {
        if capture.push(block, &mut packet) {
            packets.push(packet.clone());
        }
    }
    packets
}

/// A call that has been going on for two seconds, and how to go on with it.
struct Call {
    playout: Playout,
    epoch: Instant,
    tick: u64,
    talking: u32,
}

impl Call {
    fn new(present: u32, talking: u32, packets: &[OpusPacket]) -> Self {
        let epoch = Instant::now();
        let mut playout = Playout::new(epoch);
        for ssrc in 1..=present {
            playout.add(Ssrc(ssrc)).expect("libopus has memory");
        }
        let mut call = Self { playout, epoch, tick: 0, talking };
        call.second(packets);
        call.second(packets);
        call
    }

    fn second(&mut self, packets: &[OpusPacket]) {
        let mut block = [0.0; BLOCK_SAMPLES];
        for _ in 0..BLOCKS {
            let now = self.epoch + Duration::from_millis(10 * self.tick);
            if self.tick.is_multiple_of(2) {
                let n = self.tick / 2;
                let payload = packets[n as usize % packets.len()].payload();
                for ssrc in 1..=self.talking {
                    self.playout.insert(Ssrc(ssrc), n as u16, n as u32 * 960, payload, now);
                }
            }
            self.playout.pull(now, &mut block, None);
            black_box(&block);
            self.tick += 1;
        }
    }
}

fn playout(c: &mut Criterion) {
    let packets = packets();
    let mut group = c.benchmark_group("playout of 1 s");
    for speakers in [1, 5, 20] {
        group.bench_function(format!("{speakers} talking"), |b| {
            let mut call = Call::new(speakers, speakers, &packets);
            b.iter(|| call.second(&packets));
        });
    }
    group.bench_function("100 present, none talking", |b| {
        let mut call = Call::new(100, 0, &packets);
        b.iter(|| call.second(&packets));
    });
    group.bench_function("bare decoding of 1", |b| {
        let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("libopus has memory");
        let mut samples = [0.0; 960];
        b.iter(|| {
            for packet in &packets[..BLOCKS / 2] {
                black_box(decoder.decode_float(packet.payload(), &mut samples, false)).expect("own packet");
            }
        });
    });
    group.finish();
}

fn capturing(c: &mut Criterion) {
    let blocks = microphone();
    let mut group = c.benchmark_group("capture of 1 s");
    for complexity in [5, 9] {
        group.bench_function(format!("complexity {complexity}"), |b| {
            let (mut capture, mut packet) = (capture(), OpusPacket::new());
            capture.set_complexity(complexity).expect("in range");
            b.iter(|| {
                for block in &blocks {
                    black_box(capture.push(block, &mut packet));
                }
            });
        });
    }
    group.bench_function("bare encoding, complexity 5", |b| {
        let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip)
            .expect("libopus has memory");
        encoder.set_complexity(5).expect("in range");
        encoder.set_inband_fec(true).expect("a flag");
        encoder.set_packet_loss_perc(5).expect("in range");
        encoder.set_bitrate(opus::Bitrate::Bits(32_000)).expect("in range");
        let samples = blocks.concat();
        let mut bytes = [0; 1275];
        b.iter(|| {
            for frame in samples.chunks_exact(960) {
                black_box(encoder.encode_float(frame, &mut bytes)).expect("a whole frame");
            }
        });
    });
    group.bench_function("muted", |b| {
        b.iter_batched_ref(
            || {
                let mut capture = capture();
                capture.set_muted(true);
                (capture, OpusPacket::new())
            },
            |(capture, packet)| {
                for block in &blocks {
                    black_box(capture.push(block, packet));
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn cleaning(c: &mut Criterion) {
    let blocks = microphone();
    c.bench_function("echo cancelling, noise suppression and gain control of 1 s", |b| {
        let mut processor = VoiceProcessor::new(ProcessingConfig::default());
        b.iter(|| {
            for block in &blocks {
                processor.far_end(block);
                processor.near_end(&mut block.clone(), Duration::from_millis(40));
            }
        });
    });
}

criterion_group!(benches, playout, capturing, cleaning);
criterion_main!(benches);
