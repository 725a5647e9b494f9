//! How loud a stretch of samples is, as RFC 6464 writes it into packets: 0 is the loudest, 127 is silence.

/// The level of digital silence.
pub const SILENCE: u8 = 127;

/// The mean of the squares; 0 for no samples.
pub fn power(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return 0.0;
    }
    samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32
}

/// A mean square as the level of RFC 6464: decibels below the loudest square wave, 0..=127.
pub fn from_power(power: f32) -> u8 {
    if power.is_nan() || power <= 0.0 {
        return SILENCE;
    }
    (-10.0 * power.log10()).round().clamp(0.0, f32::from(SILENCE)) as u8
}

/// The level of `samples` in -dBov, 0..=127.
pub fn of(samples: &[f32]) -> u8 {
    from_power(power(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_square_is_zero_and_sine_three() {
        let square: Vec<f32> = (0..480).map(|i| if i % 48 < 24 { 1.0 } else { -1.0 }).collect();
        let sine: Vec<f32> = (0..480).map(|i| (i as f32 * std::f32::consts::TAU / 48.0).sin()).collect();
        assert_eq!(of(&square), 0);
        assert_eq!(of(&sine), 3);
        let quiet: Vec<f32> = sine.iter().map(|s| s * 0.01).collect();
        assert_eq!(of(&quiet), 43);
    }

    #[test]
    fn silence_and_nonsense_are_silent() {
        assert_eq!(of(&[]), SILENCE);
        assert_eq!(of(&[0.0; 480]), SILENCE);
        assert_eq!(of(&[1e-9; 480]), SILENCE);
        assert_eq!(of(&[f32::NAN; 480]), SILENCE);
        assert_eq!(of(&[8.0; 480]), 0);
    }
}
