//! Devices whose microphone is cleaned: the blocks that go to the loudspeaker are kept for the microphone's thread, which
//! takes their echo out of what it reads.
//!
//! In: a platform's devices. Out: the same devices for the driver. The two threads share a lock-free ring of blocks and
//! two small numbers. Each thread holds its end of the ring while its device is open and lays it back for the next one,
//! so that what was learnt of the room outlives a change of devices; waiting for that never blocks.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};
use treff_media::audio::{ProcessingConfig, VoiceProcessing, VoiceProcessor};
use treff_media::codec::Ssrc;
use treff_media::device::{
    AudioDevices, AudioDirection, AudioInput, AudioOutput, DeviceError, DeviceInfo, DeviceWatch, SpeakerTap,
};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

/// Blocks between the two threads: half a second. More is left out.
const REFERENCE: usize = 50;

/// Wraps a platform's devices whose microphone hears its loudspeaker.
pub struct ProcessedAudio<D> {
    devices: D,
    config: ProcessingConfig,
    link: Arc<Link>,
}

impl<D: AudioDevices> ProcessedAudio<D> {
    /// Cleans with WebRTC's processing, as `config` says.
    pub fn new(devices: D, config: ProcessingConfig) -> Self {
        Self::with(devices, config, Box::new(VoiceProcessor::new(config)))
    }

    /// Cleans with `processing`, which is set as `config` says.
    pub fn with(devices: D, config: ProcessingConfig, processing: Box<dyn VoiceProcessing>) -> Self {
        let (producer, blocks) = RingBuffer::new(REFERENCE);
        let link = Link {
            noise_suppression: AtomicBool::new(config.noise_suppression),
            playing_micros: AtomicU32::new(0),
            far: Mutex::new(Some(producer)),
            near: Mutex::new(Some(NearEnd { blocks, processing, config })),
        };
        Self { devices, config, link: Arc::new(link) }
    }
}

impl<D: AudioDevices> AudioDevices for ProcessedAudio<D> {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        let input = self.devices.open_input()?;
        Ok(Box::new(CleanInput { input, near: None, link: Arc::clone(&self.link) }))
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        let output = self.devices.open_output()?;
        Ok(Box::new(HeardOutput { output, far: None, link: Arc::clone(&self.link) }))
    }

    fn list(&mut self, direction: AudioDirection) -> Vec<DeviceInfo> {
        self.devices.list(direction)
    }

    fn choose(&mut self, direction: AudioDirection, id: Option<&str>) {
        self.devices.choose(direction, id);
    }

    fn watch(&mut self, changed: DeviceWatch) {
        self.devices.watch(changed);
    }

    fn set_noise_suppression(&mut self, on: bool) {
        self.config.noise_suppression = on;
        self.link.noise_suppression.store(on, Ordering::Relaxed);
    }

    fn speaker_tap(&mut self) -> Option<Box<dyn SpeakerTap>> {
        self.devices.speaker_tap()
    }

    fn name_speaker(&mut self, ssrc: Ssrc, endpoint: &str) {
        self.devices.name_speaker(ssrc, endpoint);
    }
}

/// What the threads share. The locks are only ever tried, and only while a device opens or closes.
struct Link {
    noise_suppression: AtomicBool,
    /// The loudspeaker's delay.
    playing_micros: AtomicU32,
    far: Mutex<Option<Producer<AudioBlock>>>,
    near: Mutex<Option<NearEnd>>,
}

struct NearEnd {
    blocks: Consumer<AudioBlock>,
    processing: Box<dyn VoiceProcessing>,
    config: ProcessingConfig,
}

impl NearEnd {
    /// Forgets what was played while nobody listened.
    fn drain(&mut self) {
        while self.blocks.pop().is_ok() {}
    }

    fn clean(&mut self, block: &mut AudioBlock, delay: Duration, noise_suppression: bool) {
        if self.config.noise_suppression != noise_suppression {
            self.config.noise_suppression = noise_suppression;
            self.processing.configure(self.config);
        }
        while let Ok(far) = self.blocks.pop() {
            self.processing.far_end(&far);
        }
        self.processing.near_end(block, delay);
    }
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.try_lock().ok()?.take()
}

fn lay_back<T>(slot: &Mutex<Option<T>>, thing: Option<T>) {
    if thing.is_some() {
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = thing;
    }
}

struct HeardOutput {
    output: Box<dyn AudioOutput>,
    /// None until the loudspeaker before this one has laid it back.
    far: Option<Producer<AudioBlock>>,
    link: Arc<Link>,
}

impl AudioOutput for HeardOutput {
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
        if self.far.is_none() {
            self.far = take(&self.link.far);
        }
        if let Some(far) = &mut self.far {
            // Full while the microphone is closed.
            let _ = far.push(*block);
        }
        let written = self.output.write_block(block);
        let micros = u32::try_from(self.output.delay().as_micros()).unwrap_or(u32::MAX);
        self.link.playing_micros.store(micros, Ordering::Relaxed);
        written
    }

    fn delay(&self) -> Duration {
        self.output.delay()
    }
}

impl Drop for HeardOutput {
    fn drop(&mut self) {
        lay_back(&self.link.far, self.far.take());
    }
}

struct CleanInput {
    input: Box<dyn AudioInput>,
    /// None until the microphone before this one has laid it back.
    near: Option<NearEnd>,
    link: Arc<Link>,
}

impl AudioInput for CleanInput {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.input.read_block(block)?;
        if self.near.is_none() {
            self.near = take(&self.link.near);
            if let Some(near) = &mut self.near {
                near.drain();
            }
        }
        match &mut self.near {
            Some(near) => {
                let playing = Duration::from_micros(self.link.playing_micros.load(Ordering::Relaxed).into());
                let noise_suppression = self.link.noise_suppression.load(Ordering::Relaxed);
                near.clean(block, playing + self.input.delay(), noise_suppression);
            }
            // Better a moment of silence than an echo.
            None => *block = [0.0; BLOCK_SAMPLES],
        }
        Ok(())
    }

    fn delay(&self) -> Duration {
        self.input.delay()
    }
}

impl Drop for CleanInput {
    fn drop(&mut self) {
        lay_back(&self.link.near, self.near.take());
    }
}

#[cfg(test)]
mod tests;
