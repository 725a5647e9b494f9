//! Finds how many samples of a voice can be left out or heard twice without anybody noticing: one pitch period, or
//! any number of samples where there is silence.

use super::level;

/// The shortest step: 2.5 ms (a voice of 400 Hz).
const MIN_LAG: usize = 120;
/// The longest step: 15 ms (a voice of 67 Hz).
pub(super) const MAX_LAG: usize = 720;
/// The step taken in silence: 10 ms.
const SILENT_LAG: usize = 480;
/// Mean square below which nothing is audible: -60 dBov.
const SILENT_POWER: f32 = 1e-6;
/// The search runs on every eighth sample first.
const DECIMATION: usize = 8;
/// Samples compared for each candidate.
const WINDOW: usize = 480;

/// A possible step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// Samples to leave out or repeat.
    pub(super) lag: usize,
    /// How alike the two stretches are that will be melted: 1 is the same.
    pub(super) likeness: f32,
    /// Nothing is audible there.
    pub(super) silent: bool,
}

/// The best step at the start of `samples`; `None` if there are too few to look at.
pub(super) fn find_step(samples: &[f32]) -> Option<Step> {
    let samples = &samples[..samples.len().min(2 * MAX_LAG)];
    let max_lag = (samples.len() / 2).min(samples.len().saturating_sub(WINDOW));
    if max_lag < SILENT_LAG {
        return None;
    }
    if level::power(samples) < SILENT_POWER {
        return Some(Step { lag: SILENT_LAG, likeness: 1.0, silent: true });
    }
    let coarse = coarse_lag(samples, max_lag);
    let from = coarse.saturating_sub(DECIMATION).max(MIN_LAG);
    let to = (coarse + DECIMATION).min(max_lag);
    let (lag, _) = best_lag(samples, from..=to, WINDOW)?;
    let likeness = correlation(&samples[..lag], &samples[lag..2 * lag]);
    Some(Step { lag, likeness, silent: false })
}

/// The best lag as seen on every eighth sample.
fn coarse_lag(samples: &[f32], max_lag: usize) -> usize {
    let mut thin = [0f32; 2 * MAX_LAG / DECIMATION];
    let count = samples.len() / DECIMATION;
    for (value, chunk) in thin.iter_mut().zip(samples.chunks_exact(DECIMATION)) {
        *value = chunk.iter().sum();
    }
    let lags = MIN_LAG / DECIMATION..=max_lag / DECIMATION;
    best_lag(&thin[..count], lags, WINDOW / DECIMATION).map_or(MIN_LAG, |(lag, _)| lag * DECIMATION)
}

fn best_lag(samples: &[f32], lags: std::ops::RangeInclusive<usize>, window: usize) -> Option<(usize, f32)> {
    lags.filter(|lag| lag + window <= samples.len())
        .map(|lag| (lag, correlation(&samples[..window], &samples[lag..lag + window])))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The normalised cross-correlation, -1..=1.
fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut left, mut right) = (0f32, 0f32, 0f32);
    for (a, b) in a.iter().zip(b) {
        product += a * b;
        left += a * a;
        right += b * b;
    }
    let scale = (left * right).sqrt();
    if scale > f32::MIN_POSITIVE { product / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A voice-like pulse train with three harmonics.
    fn voice(period: f32, count: usize) -> Vec<f32> {
        (0..count)
            .map(|i| {
                let phase = i as f32 * std::f32::consts::TAU / period;
                0.3 * phase.sin() + 0.2 * (2.0 * phase + 1.0).sin() + 0.1 * (5.0 * phase).sin()
            })
            .collect()
    }

    #[test]
    fn the_step_is_a_whole_number_of_pitch_periods() {
        for period in [150.0, 217.0, 400.0, 531.0, 700.0] {
            let step = find_step(&voice(period, 1440)).unwrap();
            let periods = step.lag as f32 / period;
            assert!((periods - periods.round()).abs() < 0.02, "{periods} periods of {period}");
            assert!(step.likeness > 0.98);
            assert!(!step.silent);
        }
    }

    #[test]
    fn noise_has_no_good_step() {
        let mut state = 7u32;
        let noise: Vec<f32> = (0..1440)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state as f32 / u32::MAX as f32 - 0.5
            })
            .collect();
        assert!(find_step(&noise).unwrap().likeness < 0.5);
    }

    #[test]
    fn silence_may_be_cut_anywhere_and_too_little_nowhere() {
        let step = find_step(&[0.0; 960]).unwrap();
        assert!(step.silent && step.lag == SILENT_LAG);
        assert_eq!(find_step(&[0.0; 959]), None);
        assert_eq!(find_step(&[]), None);
    }
}
