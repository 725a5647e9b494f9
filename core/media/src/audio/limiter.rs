//! Keeps the mix of several loud speakers within -1..=1: turns the whole mix down at once and slowly up again, and
//! bends what still sticks out.

use crate::frame::{AudioBlock, BLOCK_SAMPLES};

/// Below this nothing is touched.
const KNEE: f32 = 0.9;
/// Samples over which the gain comes down: 1 ms.
const ATTACK: usize = 48;
/// Share of the way back up taken in each block: about 200 ms to recover.
const RELEASE: f32 = 0.08;

/// The state of one output.
#[derive(Debug)]
pub(super) struct Limiter {
    gain: f32,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self { gain: 1.0 }
    }

    /// Limits one block in place. A mix that never passes the knee comes out untouched.
    pub(super) fn process(&mut self, block: &mut AudioBlock) {
        let peak = block.iter().fold(0f32, |peak, s| peak.max(s.abs()));
        if peak <= KNEE && self.gain >= 1.0 {
            return;
        }
        let wanted = if peak > KNEE { KNEE / peak } else { 1.0 };
        let from = self.gain;
        let (to, ramp) = if wanted < from {
            (wanted, ATTACK)
        } else {
            // The last thousandth is taken in one step, so that a quiet mix becomes bit-exact again.
            let risen = from + (wanted - from) * RELEASE;
            (if risen > 0.999 { wanted } else { risen }, BLOCK_SAMPLES)
        };
        for (i, sample) in block.iter_mut().enumerate() {
            let progress = ((i + 1) as f32 / ramp as f32).min(1.0);
            *sample = bend(*sample * (from + (to - from) * progress));
        }
        self.gain = to;
    }
}

/// Identity up to the knee, then ever flatter towards 1.
fn bend(sample: f32) -> f32 {
    let size = sample.abs();
    if size <= KNEE {
        return sample;
    }
    let room = 1.0 - KNEE;
    (KNEE + room * ((size - KNEE) / room).tanh()).copysign(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(block: usize, amplitude: f32) -> AudioBlock {
        std::array::from_fn(|i| {
            let t = (block * BLOCK_SAMPLES + i) as f32 / 48_000.0;
            amplitude * (t * 440.0 * std::f32::consts::TAU).sin()
        })
    }

    #[test]
    fn a_quiet_mix_is_untouched() {
        let mut limiter = Limiter::new();
        let mut block = sine(0, 0.8);
        limiter.process(&mut block);
        assert_eq!(block, sine(0, 0.8));
    }

    #[test]
    fn a_mix_three_times_too_loud_stays_within_bounds_and_keeps_its_shape() {
        let mut limiter = Limiter::new();
        for n in 0..50 {
            let mut block = sine(n, 3.0);
            limiter.process(&mut block);
            assert!(block.iter().all(|s| s.abs() <= 1.0));
            if n > 2 {
                for (out, wanted) in block.iter().zip(sine(n, 0.9)) {
                    assert!((out - wanted).abs() < 0.02, "{out} instead of {wanted}");
                }
            }
        }
        let mut block = sine(50, 0.2);
        for n in 51..200 {
            block = sine(n, 0.2);
            limiter.process(&mut block);
        }
        assert_eq!(block, sine(199, 0.2), "back to full gain");
    }
}
