//! A short chime to try a loudspeaker with, and the thread that plays short sounds.

use std::f32::consts::TAU;
use std::thread;

use treff_media::device::{AudioOutput, DeviceError};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Two notes, a fifth apart: frequency in hertz, and how many blocks each lasts.
const NOTES: [(f32, usize); 2] = [(523.25, 30), (783.99, 50)];
/// Not painful in a headset.
const LEVEL: f32 = 0.25;

/// The chime, block by block; each note swells in a moment and dies away.
pub(crate) fn chime() -> impl Iterator<Item = AudioBlock> + Send + 'static {
    NOTES.into_iter().flat_map(|(hertz, count)| {
        (0..count).map(move |number| {
            std::array::from_fn(|i| {
                let sample = (number * BLOCK_SAMPLES + i) as f32;
                let along = sample / (count * BLOCK_SAMPLES) as f32;
                let swell = (sample / 480.0).min(1.0) * (1.0 - along) * (1.0 - along);
                LEVEL * swell * (sample / SAMPLE_RATE as f32 * hertz * TAU).sin()
            })
        })
    })
}

/// Plays a short sound on a thread of its own, which ends with it.
///
/// # Errors
/// When the system has no thread to give.
pub(crate) fn play(
    mut output: Box<dyn AudioOutput>,
    sound: impl Iterator<Item = AudioBlock> + Send + 'static,
) -> Result<(), DeviceError> {
    let work = move || {
        // What lies in the device's buffers is heard before it closes.
        let silence = std::iter::repeat_n([0.0; BLOCK_SAMPLES], 20);
        for block in sound.chain(silence) {
            if let Err(error) = output.write_block(&block) {
                return tracing::debug!("A sound was cut short: {error}.");
            }
        }
    };
    let spawned = thread::Builder::new().name("treff-chime".to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| DeviceError::Failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chime_is_short_and_never_clicks() {
        let samples: Vec<f32> = chime().flatten().collect();
        assert_eq!(samples.len(), 80 * BLOCK_SAMPLES);
        assert!(samples.iter().any(|s| *s > 0.2) && samples.iter().all(|s| s.abs() <= LEVEL));
        let steepest = samples.windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.04, "{steepest}");
        assert!(samples.last().is_some_and(|s| s.abs() < 0.001));
    }
}
