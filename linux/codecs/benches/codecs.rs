//! What decoding and encoding cost: a 720p VP8 frame through the bare decoder and through a renderer's
//! thread, and one picture in three encodings.

use std::hint::black_box;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use treff_codecs::pattern::{FrameNumber, Pattern};
use treff_codecs::{DecodingRenderer, EncoderConfig, I420Frame, decoder, encoder, scale};
use treff_media::codec::VideoCodec;
use treff_media::device::VideoRenderer;
use treff_media::frame::EncodedFrame;

const FRAMES: u32 = 120;

fn at(number: u32) -> Duration {
    Duration::from_secs(1) * number / 30
}

fn config(layer: u8) -> EncoderConfig {
    let (width, height, bitrate) =
        [(320, 180, 200_000), (640, 360, 500_000), (1280, 720, 1_500_000)][usize::from(layer)];
    EncoderConfig { width, height, framerate: 30, bitrate, layer }
}

fn recorded() -> Vec<EncodedFrame> {
    let mut pattern = Pattern::new(0, 1280, 720);
    let mut encoder = encoder(VideoCodec::Vp8, &config(2)).expect("libvpx is installed");
    (0..FRAMES)
        .filter_map(|number| encoder.encode(&pattern.draw(FrameNumber(number)), at(number)).expect("encodes"))
        .collect()
}

fn decoding(bench: &mut Criterion) {
    let frames = recorded();
    let mut group = bench.benchmark_group("decode 720p VP8, per frame");

    let mut bare = decoder(VideoCodec::Vp8);
    let mut next = frames.iter().cycle();
    group.bench_function("bare", |bencher| {
        bencher.iter(|| black_box(bare.decode(next.next().expect("it cycles")).expect("decodes")).is_some());
    });

    let (sender, shown) = mpsc::channel();
    let sink = move |_: &I420Frame, _, _| sender.send(()).unwrap_or(());
    let mut renderer = DecodingRenderer::new(Box::new(sink), Arc::new(|| {}));
    let mut next = frames.iter().cycle();
    group.bench_function("through DecodingRenderer", |bencher| {
        bencher.iter(|| {
            renderer.push(next.next().expect("it cycles").clone());
            shown.recv()
        });
    });
    group.finish();
}

fn encoding(bench: &mut Criterion) {
    let mut pattern = Pattern::new(0, 1280, 720);
    let pictures: Vec<_> = (0..60)
        .map(|number| {
            let picture = pattern.draw(FrameNumber(number));
            picture.clone()
        })
        .collect();
    let mut encoders: Vec<_> =
        (0..3).map(|layer| encoder(VideoCodec::Vp8, &config(layer)).expect("libvpx is installed")).collect();
    let (mut middle, mut small) = (I420Frame::new(640, 360), I420Frame::new(320, 180));
    let mut number = 0;
    bench.bench_function("encode one picture in three layers", |bencher| {
        bencher.iter(|| {
            let picture = &pictures[number as usize % pictures.len()];
            scale(picture, &mut middle);
            scale(&middle, &mut small);
            for (encoder, input) in encoders.iter_mut().zip([&small, &middle, picture]) {
                black_box(encoder.encode(input, at(number)).expect("encodes"));
            }
            number += 1;
        });
    });
    bench.bench_function("scale 720p to 360p and 180p", |bencher| {
        bencher.iter(|| {
            scale(&pictures[0], &mut middle);
            scale(&middle, &mut small);
        });
    });
    bench.bench_function("draw a pattern", |bencher| {
        bencher.iter(|| {
            number += 1;
            pattern.draw(FrameNumber(number))
        });
    });
}

criterion_group!(benches, decoding, encoding);
criterion_main!(benches);
