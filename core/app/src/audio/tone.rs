//! Two soft notes to try a loudspeaker by, and the thread that plays a short sound.

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

/// The notes.
pub(crate) fn tone() -> impl Iterator<Item = AudioBlock> + Send + 'static {
    (0..NOTES.len() * NOTE_BLOCKS).map(block)
}

/// Plays a short sound into `output` on a thread of its own that ends with it, and calls `failed` if the device fails
/// before it is over.
///
/// # Errors
/// When the system has no thread to give.
pub fn play_sound(
    mut output: Box<dyn AudioOutput>,
    sound: impl Iterator<Item = AudioBlock> + Send + 'static,
    failed: impl FnOnce(DeviceError) + Send + 'static,
) -> Result<(), DeviceError> {
    let work = move || {
        let rest = || std::iter::repeat_n([0.0; BLOCK_SAMPLES], REST_BLOCKS);
        for block in rest().chain(sound).chain(rest()) {
            if let Err(error) = output.write_block(&block) {
                return failed(error);
            }
        }
    };
    let thread = thread::Builder::new().name("treff-tone".to_owned()).spawn(work);
    thread.map(drop).map_err(|error| DeviceError::Failed(error.to_string()))
}

/// The block with this number.
fn block(number: usize) -> AudioBlock {
    let (note, within) = (NOTES[number / NOTE_BLOCKS], (number % NOTE_BLOCKS) * BLOCK_SAMPLES);
    let length = (NOTE_BLOCKS * BLOCK_SAMPLES) as f32;
    std::array::from_fn(|index| {
        let at = (within + index) as f32;
        // A bell's shape without a click at either end.
        let envelope = (at / 480.0).min(1.0) * (1.0 - at / length).powi(2);
        AMPLITUDE * envelope * (TAU * note * at / SAMPLE_RATE as f32).sin()
    })
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
        play_sound(Box::new(Speaker { heard, left: usize::MAX }), tone(), |error| panic!("{error}"))
            .expect("a thread");
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
        play_sound(Box::new(Speaker { heard, left: 3 }), tone(), move |error| drop(told.send(error)))
            .expect("a thread");
        assert_eq!(failure.recv(), Ok(DeviceError::Busy));
    }
}
