//! The decoded samples of one speaker that are waiting to be played, in one contiguous run.

use crate::frame::{AudioBlock, BLOCK_SAMPLES};

/// The longest Opus packet: 120 ms.
pub(super) const MAX_PACKET_SAMPLES: usize = 5760;
/// Room for the longest packet on top of what time-stretching wants to look at (30 ms), what it may add, and a block.
const CAPACITY: usize = MAX_PACKET_SAMPLES + 4 * 720 + 2 * BLOCK_SAMPLES;

/// A queue of samples with a fixed capacity.
#[derive(Debug)]
pub(super) struct PcmQueue {
    samples: Box<[f32]>,
    start: usize,
    end: usize,
}

impl PcmQueue {
    pub(super) fn new() -> Self {
        Self { samples: vec![0.0; CAPACITY].into_boxed_slice(), start: 0, end: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
    }

    pub(super) fn as_slice(&self) -> &[f32] {
        &self.samples[self.start..self.end]
    }

    /// Space for at most `count` samples behind the last one; [`PcmQueue::commit`] makes them part of the queue.
    pub(super) fn room(&mut self, count: usize) -> &mut [f32] {
        if self.end + count > CAPACITY {
            self.samples.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let end = (self.end + count).min(CAPACITY);
        &mut self.samples[self.end..end]
    }

    /// Appends the first `count` samples written to the last [`PcmQueue::room`].
    pub(super) fn commit(&mut self, count: usize) {
        self.end = (self.end + count).min(CAPACITY);
    }

    /// Takes the next block out; what is missing is silence.
    pub(super) fn pop(&mut self, block: &mut AudioBlock) {
        let count = self.len().min(BLOCK_SAMPLES);
        block[..count].copy_from_slice(&self.samples[self.start..self.start + count]);
        block[count..].fill(0.0);
        self.start += count;
        if self.start == self.end {
            self.clear();
        }
    }

    /// Shortens the queue by `lag` samples: the first `lag` melt into the next `lag`.
    pub(super) fn melt(&mut self, lag: usize) {
        if 2 * lag > self.len() {
            return;
        }
        let (first, second) = self.samples[self.start..self.end].split_at_mut(lag);
        for (i, (a, b)) in first.iter().zip(second.iter_mut()).enumerate() {
            let weight = (i + 1) as f32 / (lag + 1) as f32;
            *b = a * (1.0 - weight) + *b * weight;
        }
        self.start += lag;
    }

    /// Lengthens the queue by `lag` samples: the first `lag` are heard a second time, melted into.
    pub(super) fn repeat(&mut self, lag: usize) {
        let len = self.len();
        if 2 * lag > len || len + lag > CAPACITY {
            return;
        }
        // Makes sure there is room behind the end.
        let _ = self.room(lag);
        let queue = &mut self.samples[self.start..self.end + lag];
        queue.copy_within(lag..len, 2 * lag);
        for i in 0..lag {
            let weight = (i + 1) as f32 / (lag + 1) as f32;
            queue[lag + i] = queue[2 * lag + i] * (1.0 - weight) + queue[i] * weight;
        }
        self.end += lag;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 480 Hz tone: its period is 100 samples.
    fn filled(count: usize) -> PcmQueue {
        let mut queue = PcmQueue::new();
        for (i, sample) in queue.room(count).iter_mut().enumerate() {
            *sample = (i as f32 * std::f32::consts::TAU / 100.0).sin();
        }
        queue.commit(count);
        queue
    }

    fn assert_smooth(queue: &PcmQueue) {
        for (i, sample) in queue.as_slice().iter().enumerate() {
            let wanted = (i as f32 * std::f32::consts::TAU / 100.0).sin();
            assert!((sample - wanted).abs() < 1e-3, "sample {i}: {sample} instead of {wanted}");
        }
    }

    #[test]
    fn melting_and_repeating_whole_periods_is_inaudible() {
        let mut queue = filled(1440);
        queue.melt(300);
        assert_eq!(queue.len(), 1140);
        assert_smooth(&queue);
        queue.repeat(500);
        assert_eq!(queue.len(), 1640);
        assert_smooth(&queue);
    }

    #[test]
    fn too_short_a_queue_is_left_alone() {
        let mut queue = filled(500);
        queue.melt(300);
        queue.repeat(300);
        assert_eq!(queue.len(), 500);
        assert_smooth(&queue);
    }

    #[test]
    fn blocks_come_out_in_order_and_the_rest_is_silence() {
        let mut queue = filled(700);
        let mut block = [9.0; BLOCK_SAMPLES];
        queue.pop(&mut block);
        assert_eq!(block[0], 0.0);
        queue.pop(&mut block);
        assert!((block[0] - (480.0 * std::f32::consts::TAU / 100.0).sin()).abs() < 1e-3);
        assert!(block[220..].iter().all(|s| *s == 0.0));
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn the_longest_packet_fits_behind_a_stretched_rest() {
        let mut queue = filled(1440);
        queue.repeat(720);
        assert_eq!(queue.room(MAX_PACKET_SAMPLES).len(), MAX_PACKET_SAMPLES);
    }
}
