//! Two soft notes to try a loudspeaker by, on a thread of their own that ends with them.

use std::f32::consts::TAU;
use std::thread;

use treff_media::device::{AudioOutput, DeviceError};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// A fourth upwards sounds like a question answered.
const NOTES: [f32; 2] = [523.25, 698.46];
/// Blocks of one note: 350 ms.
const NOTE_BLOCKS: usize = 35;
/// Silence in front, which some devices swallow, and behind, for what the device still holds.
const REST_BLOCKS: usize = 10;
/// Well below speech at its loudest.
const AMPLITUDE: f32 = 0.2;

/// Plays the notes into `output`, and calls `failed` if the device fails before they are over.
pub(crate) fn play(
    mut output: Box<dyn AudioOutput>,
    failed: impl FnOnce(DeviceError) + Send + 'static,
) -> Result<(), DeviceError> {
    let work = move || {
        let mut block = [0.0; BLOCK_SAMPLES];
        for number in 0..2 * REST_BLOCKS + NOTES.len() * NOTE_BLOCKS {
            fill(number, &mut block);
            if let Err(error) = output.write_block(&block) {
                return failed(error);
            }
        }
    };
    let thread = thread::Builder::new().name("treff-tone".to_owned()).spawn(work);
    thread.map(drop).map_err(|error| DeviceError::Failed(error.to_string()))
}

/// The block with this number.
fn fill(number: usize, block: &mut AudioBlock) {
    let played = number.checked_sub(REST_BLOCKS);
    let Some((note, within)) = played
        .and_then(|played| Some((NOTES.get(played / NOTE_BLOCKS)?, (played % NOTE_BLOCKS) * BLOCK_SAMPLES)))
    else {
        return block.fill(0.0);
    };
    let length = (NOTE_BLOCKS * BLOCK_SAMPLES) as f32;
    for (index, sample) in block.iter_mut().enumerate() {
        let at = (within + index) as f32;
        // A bell's shape without a click at either end.
        let envelope = (at / 480.0).min(1.0) * (1.0 - at / length).powi(2);
        *sample = AMPLITUDE * envelope * (TAU * note * at / SAMPLE_RATE as f32).sin();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Speaker {
        heard: mpsc::Sender<AudioBlock>,
        left: usize,
    }

    impl AudioOutput for Speaker {
        fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
            self.left = self.left.checked_sub(1).ok_or(DeviceError::Busy)?;
            self.heard.send(*block).map_err(|_| DeviceError::Ended)
        }
    }

    #[test]
    fn two_notes_without_a_click() {
        let (heard, blocks) = mpsc::channel();
        play(Box::new(Speaker { heard, left: usize::MAX }), |error| panic!("{error}")).expect("a thread");
        let samples: Vec<f32> = blocks.iter().flatten().collect();
        assert_eq!(samples.len(), 90 * BLOCK_SAMPLES, "0.9 s and the thread is gone");
        let loudest = samples.iter().fold(0f32, |most, sample| most.max(sample.abs()));
        assert!((0.1..=AMPLITUDE).contains(&loudest), "{loudest}");
        let step = samples.windows(2).fold(0f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(step < 0.03, "a click of {step}");
    }

    #[test]
    fn a_device_that_fails_is_told() {
        let (heard, _blocks) = mpsc::channel();
        let (told, failure) = mpsc::channel();
        play(Box::new(Speaker { heard, left: 3 }), move |error| drop(told.send(error))).expect("a thread");
        assert_eq!(failure.recv(), Ok(DeviceError::Busy));
    }
}
