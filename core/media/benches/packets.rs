//! What a packet costs from the sender's call to the receiver's event: SRTP, feedback, reports and congestion control
//! on both ends, over a network in memory. Halve it for one end.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::Duration;

use common::session::{call, events, opus, vp8};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn speech(criterion: &mut Criterion) {
    let mut world = call();
    let mut index = 0;
    let mut group = criterion.benchmark_group("packets");
    group.throughput(Throughput::Elements(1));
    group.bench_function("opus across", |bencher| {
        bencher.iter(|| {
            world.ada.send_audio(world.now, &opus(index));
            world.run(Duration::from_millis(20));
            index += 1;
            assert!(!black_box(events(&mut world.bridge)).is_empty());
            black_box(events(&mut world.ada));
        });
    });
    group.finish();
}

fn pictures(criterion: &mut Criterion) {
    let mut world = call();
    // Until the estimate lets a frame out before the next one.
    for index in 0..75 {
        world.ada.send_video(world.now, vp8(index, 0, index == 0, 11_500));
        world.run(Duration::from_millis(40));
        events(&mut world.bridge);
        events(&mut world.ada);
    }
    let mut index = 75;
    let mut group = criterion.benchmark_group("packets");
    // 10 packets of about 1200 bytes.
    group.throughput(Throughput::Elements(10));
    group.bench_function("vp8 frame across", |bencher| {
        bencher.iter(|| {
            world.ada.send_video(world.now, vp8(index, 0, false, 11_500));
            world.run(Duration::from_millis(40));
            index += 1;
            assert!(!black_box(events(&mut world.bridge)).is_empty());
            black_box(events(&mut world.ada));
        });
    });
    group.finish();
}

criterion_group!(benches, speech, pictures);
criterion_main!(benches);
