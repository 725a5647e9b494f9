//! Microphones and loudspeakers: blocking pulls and pushes of 10 ms blocks, paced by the device's own clock.

use std::time::Duration;

use super::{DeviceError, DeviceInfo, DeviceWatch};
use crate::codec::Ssrc;
use crate::frame::AudioBlock;

/// A microphone. Its thread calls [`AudioInput::read_block`] in a loop; the device's clock paces it.
pub trait AudioInput: Send {
    /// Waits for the next 10 ms and writes them to `block`. Must not allocate.
    ///
    /// # Errors
    /// When the device is gone or has ended: the thread then stops and the person is told.
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError>;

    /// How long ago the sound of the block last read was in the air, as far as the device knows. Helps the echo canceller.
    fn delay(&self) -> Duration {
        Duration::ZERO
    }
}

/// A loudspeaker. Its thread calls [`AudioOutput::write_block`] in a loop; the device's clock paces it.
pub trait AudioOutput: Send {
    /// Waits until there is room for 10 ms and hands `block` over. Must not allocate.
    ///
    /// # Errors
    /// When the device is gone.
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError>;

    /// How long until the block last written will be in the air, as far as the device knows. Helps the echo canceller.
    fn delay(&self) -> Duration {
        Duration::ZERO
    }
}

/// Hears each speaker alone before the mix: recording writes a file per speaker with it.
pub trait SpeakerTap: Send {
    /// One speaker's 10 ms that went into the mix. Called on the playout thread; must not block.
    fn speaker_block(&mut self, ssrc: Ssrc, block: &AudioBlock);
}

/// Into the computer or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudioDirection {
    /// Microphones.
    Input,
    /// Loudspeakers.
    Output,
}

/// Opens audio devices. The driver keeps one of these and opens what a call needs. Every method is called on the
/// driver's thread and must return at once.
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

    /// The devices there are now, in the system's order. None where the system alone decides.
    fn list(&mut self, direction: AudioDirection) -> Vec<DeviceInfo> {
        let _ = direction;
        Vec::new()
    }

    /// Chooses what the next open opens; what is open already stays as it is. The system's default for `None` and for an
    /// id that is not there.
    fn choose(&mut self, direction: AudioDirection, id: Option<&str>) {
        let _ = (direction, id);
    }

    /// Keeps `changed` and calls it whenever [`AudioDevices::list`] would say something new. Called once.
    fn watch(&mut self, changed: DeviceWatch) {
        let _ = changed;
    }

    /// Whether steady noise is to be taken out of the microphone, at once and for what is opened later.
    fn set_noise_suppression(&mut self, on: bool) {
        let _ = on;
    }

    /// A listener for each speaker alone, if somebody wants one.
    fn speaker_tap(&mut self) -> Option<Box<dyn SpeakerTap>> {
        None
    }

    /// Tells whose voice `ssrc` is, before the tap hears its first block.
    fn name_speaker(&mut self, ssrc: Ssrc, endpoint: &str) {
        let _ = (ssrc, endpoint);
    }
}
