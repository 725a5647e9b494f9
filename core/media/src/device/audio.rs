//! Microphones and loudspeakers: blocking pulls and pushes of 10 ms blocks, paced by the device's own clock.

use super::DeviceError;
use crate::codec::Ssrc;
use crate::frame::AudioBlock;

/// A microphone. Its thread calls [`AudioInput::read_block`] in a loop; the device's clock paces it.
pub trait AudioInput: Send {
    /// Waits for the next 10 ms and writes them to `block`. Must not allocate.
    ///
    /// # Errors
    /// When the device is gone or has ended: the thread then stops and the person is told.
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError>;
}

/// A loudspeaker. Its thread calls [`AudioOutput::write_block`] in a loop; the device's clock paces it.
pub trait AudioOutput: Send {
    /// Waits until there is room for 10 ms and hands `block` over. Must not allocate.
    ///
    /// # Errors
    /// When the device is gone.
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError>;
}

/// Hears each speaker alone before the mix: recording writes a file per speaker with it.
pub trait SpeakerTap: Send {
    /// One speaker's 10 ms that went into the mix. Called on the playout thread; must not block.
    fn speaker_block(&mut self, ssrc: Ssrc, block: &AudioBlock);
}

/// Opens audio devices. The driver keeps one of these and opens what a call needs.
pub trait AudioDevices: Send {
    /// Opens the chosen microphone.
    ///
    /// # Errors
    /// The call then goes on without one.
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError>;

    /// Opens the chosen loudspeaker.
    ///
    /// # Errors
    /// The call then goes on without one.
    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError>;

    /// A listener for each speaker alone, if somebody wants one.
    fn speaker_tap(&mut self) -> Option<Box<dyn SpeakerTap>> {
        None
    }

    /// Tells whose voice `ssrc` is, before the tap hears its first block.
    fn name_speaker(&mut self, ssrc: Ssrc, endpoint: &str) {
        let _ = (ssrc, endpoint);
    }
}
