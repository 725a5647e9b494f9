//! Proves that what runs on the audio threads neither allocates nor frees, once speakers are there.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod audio_scene;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use audio_scene::{ADA, BEN, Random, Sound};
use treff_media::audio::{
    Capture, CaptureConfig, OpusPacket, Playout, PlayoutCommand, PlayoutPacket, Speaker,
};
use treff_media::codec::Ssrc;
use treff_media::device::SpeakerTap;
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting calls of each thread.
struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counter is a plain thread-local cell without a
// destructor and does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` called the allocator.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = CALLS.with(Cell::get);
    work();
    CALLS.with(Cell::get) - before
}

struct Listener(f32);

impl SpeakerTap for Listener {
    fn speaker_block(&mut self, _: Ssrc, block: &AudioBlock) {
        self.0 += block[0];
    }
}

fn microphone(n: u64) -> AudioBlock {
    Sound::Speech { pitch: 130.0 }.block(n)
}

#[test]
fn everything_may_move_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<PlayoutCommand>();
    is_send::<Playout>();
    is_send::<Capture>();
}

#[test]
fn the_counter_counts() {
    assert!(allocations(|| drop(black_box(vec![1, 2, 3]))) >= 2);
}

#[test]
fn playing_a_bad_network_for_a_minute_allocates_nothing() {
    let epoch = Instant::now();
    let mut playout = Playout::new(epoch);
    playout.add(ADA).unwrap();
    playout.add(BEN).unwrap();
    let mut capture = Capture::new(CaptureConfig { packet_loss: 20, ..Default::default() }).unwrap();
    let mut packet = OpusPacket::new();
    let mut block = [0.0; BLOCK_SAMPLES];
    let mut listener = Listener(0.0);
    let mut random = Random(3);
    let mut sequence = 0u16;
    let mut loudest = u8::MAX;
    let count = allocations(|| {
        for n in 0..6_000u64 {
            let now = epoch + Duration::from_millis(n * 10);
            if capture.push(&microphone(n), &mut packet) {
                sequence = sequence.wrapping_add(1);
                for ssrc in [ADA, BEN] {
                    let arrival = now + Duration::from_millis(random.next() % 50);
                    // Loss, duplicates, a pause of five seconds and a full buffer now and then.
                    let copies = random.next() % 20;
                    let copies = if (1_000..1_500).contains(&n) { 0 } else { copies.min(1) + copies / 19 };
                    for _ in 0..copies {
                        playout.insert(ssrc, sequence, packet.timestamp, packet.payload(), arrival);
                    }
                }
            }
            if n % 700 < 500 {
                playout.pull(now, &mut block, Some(&mut listener));
                playout.take_levels(|_, level| loudest = loudest.min(level));
            }
        }
    });
    assert_eq!(count, 0);
    assert!(loudest < 60, "speech was heard: {loudest}");
    let stats = playout.stats(ADA).unwrap();
    assert!(stats.recovered_ms > 0 && stats.concealed_ms > 0 && stats.packets_discarded > 0, "{stats:?}");
    assert!(stats.shortened_ms + stats.lengthened_ms > 0, "{stats:?}");
}

#[test]
fn capturing_allocates_nothing_whatever_is_set() {
    let mut capture = Capture::new(CaptureConfig { dtx: true, ..Default::default() }).unwrap();
    let mut packet = OpusPacket::new();
    let count = allocations(|| {
        for n in 0..1_000 {
            let block = if n % 300 < 150 { microphone(n) } else { [0.0; BLOCK_SAMPLES] };
            black_box(capture.push(&block, &mut packet));
            if n % 100 == 0 {
                capture.set_muted(n % 200 == 0);
                capture.set_bitrate(16_000 + n as u32 * 100).unwrap();
                capture.set_packet_loss((n / 100) as u8).unwrap();
            }
        }
    });
    assert_eq!(count, 0);
}

#[test]
fn commands_move_speakers_without_allocating() {
    let epoch = Instant::now();
    let mut playout = Playout::new(epoch);
    let ada = Speaker::new().unwrap();
    let another = Speaker::new().unwrap();
    let mut retired = [None, None];
    let count = allocations(|| {
        assert!(playout.apply(PlayoutCommand::Add { ssrc: ADA, speaker: ada }).is_none());
        let packet = PlayoutPacket::new(ADA, 7, 960, epoch, &[0x78, 0, 0]).unwrap();
        assert!(playout.apply(PlayoutCommand::Insert(packet)).is_none());
        assert!(playout.apply(PlayoutCommand::SetGain { ssrc: ADA, gain: 0.5 }).is_none());
        retired[0] = playout.apply(PlayoutCommand::Add { ssrc: ADA, speaker: another });
        retired[1] = playout.apply(PlayoutCommand::Remove { ssrc: ADA });
    });
    assert_eq!(count, 0);
    assert!(retired.iter().all(Option::is_some), "for the driver's side to drop");
    assert!(playout.stats(ADA).is_none());
    assert!(PlayoutPacket::new(ADA, 7, 960, epoch, &[0; 1501]).is_none());
}
