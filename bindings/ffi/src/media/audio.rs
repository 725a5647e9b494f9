//! Microphone and loudspeaker as lines that survive a change of device.
//!
//! A headset that is plugged in, Bluetooth that goes away or another route end the system's stream. A line then opens the
//! next one, on the audio thread that uses it, and gives up only when several in a row do not open or carry nothing.

use std::time::Duration;

use treff_media::device::{AudioDevices, AudioDirection, AudioInput, AudioOutput, DeviceError};
use treff_media::frame::AudioBlock;

/// Streams that may fail in a row before the device counts as gone.
const ATTEMPTS: u32 = 5;
/// Between two attempts: as long as a phone takes to change routes.
const BREATH: Duration = Duration::from_millis(200);

/// Opens the system's streams: 48 kHz, mono, float, for speech.
pub(super) trait AudioSystem: Send {
    /// A started stream on the route of the moment.
    fn open(&self, direction: AudioDirection) -> Result<Box<dyn AudioStream>, DeviceError>;
    /// Waits.
    fn pause(&self, time: Duration);
}

/// A stream that runs. Both calls wait for the device's clock and give how many samples went through, 0 if the device
/// takes too long.
pub(super) trait AudioStream: Send {
    /// From the microphone.
    fn read(&mut self, samples: &mut [f32]) -> Result<usize, DeviceError>;
    /// To the loudspeaker.
    fn write(&mut self, samples: &[f32]) -> Result<usize, DeviceError>;
}

/// The phone's microphone and loudspeaker; which ones is the system's and the audio route's business.
pub(super) struct Phone<S> {
    /// Makes the system for each line.
    pub(super) system: fn() -> S,
}

impl<S: AudioSystem + 'static> AudioDevices for Phone<S> {
    // Opening takes up to a tenth of a second, so that the line does it on its own thread.
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        Ok(Box::new(Line::new((self.system)(), AudioDirection::Input)))
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        Ok(Box::new(Line::new((self.system)(), AudioDirection::Output)))
    }
}

struct Line<S> {
    system: S,
    direction: AudioDirection,
    stream: Option<Box<dyn AudioStream>>,
    /// Streams that carried nothing, in a row.
    failures: u32,
    /// There was sound before.
    carried: bool,
}

impl<S: AudioSystem> Line<S> {
    fn new(system: S, direction: AudioDirection) -> Self {
        Self { system, direction, stream: None, failures: 0, carried: false }
    }

    /// Moves a whole block through `part`, which moves some of it from the given place on.
    fn carry(
        &mut self,
        length: usize,
        mut part: impl FnMut(&mut dyn AudioStream, usize) -> Result<usize, DeviceError>,
    ) -> Result<(), DeviceError> {
        let mut done = 0;
        while done < length {
            match self.stream().and_then(|stream| part(stream, done)) {
                Ok(moved) if moved > 0 => {
                    done += moved;
                    self.failures = 0;
                    self.carried = true;
                }
                Ok(_) => self.lose(DeviceError::Failed("the device moves no sound".to_owned()))?,
                Err(error) => self.lose(error)?,
            }
        }
        Ok(())
    }

    /// The stream that runs, or the next one.
    fn stream(&mut self) -> Result<&mut dyn AudioStream, DeviceError> {
        let stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.system.open(self.direction)?,
        };
        Ok(self.stream.insert(stream).as_mut())
    }

    /// The stream failed: takes a breath before the next one, or gives up.
    fn lose(&mut self, error: DeviceError) -> Result<(), DeviceError> {
        self.stream = None;
        self.failures += 1;
        let never_there = !self.carried && error == DeviceError::Missing;
        if self.failures >= ATTEMPTS || never_there {
            return Err(error);
        }
        tracing::info!("An audio stream ended: {error}. Opening the next one.");
        self.system.pause(BREATH);
        Ok(())
    }
}

impl<S: AudioSystem> AudioInput for Line<S> {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.carry(block.len(), |stream, done| stream.read(&mut block[done..]))
    }
}

impl<S: AudioSystem> AudioOutput for Line<S> {
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
        self.carry(block.len(), |stream, done| stream.write(&block[done..]))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use treff_media::frame::BLOCK_SAMPLES;

    use super::*;

    /// What one stream does, call by call; it is gone after the last.
    type Script = Vec<Result<usize, DeviceError>>;

    #[derive(Clone, Default)]
    struct FakeSystem {
        streams: Arc<Mutex<VecDeque<Result<Script, DeviceError>>>>,
        breaths: Arc<Mutex<u32>>,
    }

    impl FakeSystem {
        fn with(streams: impl IntoIterator<Item = Result<Script, DeviceError>>) -> Self {
            let system = Self::default();
            system.streams.lock().expect("one thread").extend(streams);
            system
        }
    }

    impl AudioSystem for FakeSystem {
        fn open(&self, _: AudioDirection) -> Result<Box<dyn AudioStream>, DeviceError> {
            let next = self.streams.lock().expect("one thread").pop_front();
            let script = next.unwrap_or(Err(DeviceError::Missing))?;
            Ok(Box::new(FakeStream(script.into())))
        }

        fn pause(&self, _: Duration) {
            *self.breaths.lock().expect("one thread") += 1;
        }
    }

    struct FakeStream(VecDeque<Result<usize, DeviceError>>);

    impl AudioStream for FakeStream {
        fn read(&mut self, samples: &mut [f32]) -> Result<usize, DeviceError> {
            let moved = self.write(samples)?;
            samples[..moved].fill(0.5);
            Ok(moved)
        }

        fn write(&mut self, samples: &[f32]) -> Result<usize, DeviceError> {
            let next = self.0.pop_front().unwrap_or_else(|| Err(gone()))?;
            Ok(next.min(samples.len()))
        }
    }

    fn gone() -> DeviceError {
        DeviceError::Failed("disconnected".to_owned())
    }

    fn input(system: &FakeSystem) -> Line<FakeSystem> {
        Line::new(system.clone(), AudioDirection::Input)
    }

    #[test]
    fn a_block_is_put_together_from_what_the_device_gives() {
        let system = FakeSystem::with([Ok(vec![Ok(192), Ok(192), Ok(192)])]);
        let mut block = [0.0; BLOCK_SAMPLES];
        assert_eq!(input(&system).read_block(&mut block), Ok(()));
        assert!(block.iter().all(|sample| *sample == 0.5), "every sample comes from the device");
    }

    #[test]
    fn a_headset_that_goes_away_in_mid_call_is_followed_by_the_next_route() {
        let system = FakeSystem::with([Ok(vec![Ok(480), Ok(100)]), Ok(vec![Ok(480), Ok(480)])]);
        let mut line = input(&system);
        let mut block = [0.0; BLOCK_SAMPLES];
        for _ in 0..2 {
            assert_eq!(line.read_block(&mut block), Ok(()));
        }
        assert_eq!(*system.breaths.lock().expect("one thread"), 1);
    }

    #[test]
    fn a_device_that_moves_no_sound_counts_as_gone_in_the_end() {
        let stuck = || Ok(vec![Ok(0)]);
        let system = FakeSystem::with([stuck(), stuck(), stuck(), stuck(), stuck(), stuck()]);
        let block = [0.0; BLOCK_SAMPLES];
        let mut line = Line::new(system.clone(), AudioDirection::Output);
        assert!(matches!(line.write_block(&block), Err(DeviceError::Failed(_))));
        assert_eq!(system.streams.lock().expect("one thread").len(), 1, "five streams were tried");
    }

    #[test]
    fn no_microphone_is_said_at_once() {
        let (system, mut block) = (FakeSystem::default(), [0.0; BLOCK_SAMPLES]);
        assert_eq!(input(&system).read_block(&mut block), Err(DeviceError::Missing));
        assert_eq!(*system.breaths.lock().expect("one thread"), 0);
    }

    #[test]
    fn a_device_that_is_missing_only_while_the_route_changes_comes_back() {
        let streams = [Ok(vec![Ok(480)]), Err(DeviceError::Missing), Ok(vec![Ok(480)])];
        let mut line = input(&FakeSystem::with(streams));
        let mut block = [0.0; BLOCK_SAMPLES];
        for _ in 0..2 {
            assert_eq!(line.read_block(&mut block), Ok(()));
        }
    }
}
