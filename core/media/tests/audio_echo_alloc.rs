//! Counts what cleaning a microphone's blocks asks of the allocator. The library cannot do without; it should not get worse.

mod echo_scene;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use echo_scene::voice;
use treff_media::audio::{ProcessingConfig, VoiceProcessing, VoiceProcessor};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting each thread's requests.
struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counters are plain thread-local cells without
// destructors and do not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        BYTES.with(|bytes| bytes.set(bytes.get() + layout.size() as u64));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn cleaning_a_block_allocates_a_few_small_things_at_most() {
    let (far, near) = (voice(1, 105.0, 3), voice(2, 210.0, 3));
    let mut processor = VoiceProcessor::new(ProcessingConfig::default());
    let blocks = far.len() / BLOCK_SAMPLES;
    let before = (CALLS.with(Cell::get), BYTES.with(Cell::get));
    for n in 0..blocks {
        let block = |s: &[f32]| -> AudioBlock { std::array::from_fn(|i| s[n * BLOCK_SAMPLES + i]) };
        processor.far_end(&block(&far));
        processor.near_end(&mut block(&near), Duration::from_millis(40));
    }
    let calls = (CALLS.with(Cell::get) - before.0) as f64 / blocks as f64;
    let bytes = (BYTES.with(Cell::get) - before.1) as f64 / blocks as f64;
    println!("{calls:.1} allocations and {bytes:.0} bytes a block");
    assert!(calls < 100.0 && bytes < 40_000.0, "{calls} allocations, {bytes} bytes a block");
}
