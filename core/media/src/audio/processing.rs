//! What a microphone's blocks go through before they are encoded: echo cancelling, noise suppression, gain control.
//!
//! In: the blocks that go to the loudspeaker, and the blocks that come from the microphone. Out: the microphone's blocks
//! with the loudspeaker, the fan and the distance taken out. No clock and no thread: whoever owns the microphone's thread
//! calls [`VoiceProcessing::far_end`] and [`VoiceProcessing::near_end`] in the order things happen.

use std::time::Duration;

use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
    NoiseSuppressionLevel, Pipeline,
};
use sonora::{AudioProcessing, Config, StreamConfig};

use crate::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// The longest delay that is told to the canceller; it finds longer ones by itself or not at all.
const MAX_DELAY: Duration = Duration::from_millis(500);

/// Cleans a microphone's blocks. A platform whose system does that already (Android's voice preset) needs none.
pub trait VoiceProcessing: Send {
    /// Takes 10 ms that are on their way to the loudspeaker.
    fn far_end(&mut self, block: &AudioBlock);

    /// Cleans 10 ms from the microphone. `delay` is how long a block takes from [`VoiceProcessing::far_end`] through
    /// loudspeaker and microphone to here, as far as the devices know: a hint, to find the echo sooner.
    fn near_end(&mut self, block: &mut AudioBlock, delay: Duration);

    /// Changes which parts are wanted, keeping what was learnt of the room. May allocate.
    fn configure(&mut self, config: ProcessingConfig);
}

/// Which parts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessingConfig {
    /// Take out what comes from the loudspeaker.
    pub echo_cancelling: bool,
    /// Take out fans and hiss.
    pub noise_suppression: bool,
    /// Bring quiet and loud voices to one loudness.
    pub gain_control: bool,
}

impl Default for ProcessingConfig {
    fn default() -> Self {
        Self { echo_cancelling: true, noise_suppression: true, gain_control: true }
    }
}

impl ProcessingConfig {
    /// Nothing at all: for music, and for microphones with processing of their own.
    pub const OFF: Self = Self { echo_cancelling: false, noise_suppression: false, gain_control: false };

    fn for_webrtc(self) -> Config {
        let noise = NoiseSuppression { level: NoiseSuppressionLevel::Moderate, ..Default::default() };
        // Starting at 15 dB, as the library would, shouts for the first second on a good microphone.
        let adaptive = AdaptiveDigital { initial_gain_db: 6.0, max_gain_db: 30.0, ..Default::default() };
        let gain = GainController2 { adaptive_digital: Some(adaptive), ..Default::default() };
        Config {
            // The whole band of Opus, not only the half that the library takes by default.
            pipeline: Pipeline {
                maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
                ..Default::default()
            },
            high_pass_filter: (self != Self::OFF).then(HighPassFilter::default),
            echo_canceller: self.echo_cancelling.then(EchoCanceller::default),
            noise_suppression: self.noise_suppression.then_some(noise),
            gain_controller2: self.gain_control.then_some(gain),
            ..Default::default()
        }
    }
}

/// WebRTC's audio processing (AEC3, its noise suppressor, AGC2), in Rust.
///
/// The library keeps its large buffers but makes a few small vectors a block (`tests/audio_echo_alloc.rs` counts them), so
/// this belongs on the microphone's thread and never into a device's callback.
pub struct VoiceProcessor {
    webrtc: AudioProcessing,
    cleaned: Box<AudioBlock>,
}

impl VoiceProcessor {
    /// A processor that knows neither room nor voice yet. Finding the echo takes it a second or two of sound from the
    /// loudspeaker, so keep it while a call lasts.
    pub fn new(config: ProcessingConfig) -> Self {
        let format = StreamConfig::new(SAMPLE_RATE, 1);
        let webrtc = AudioProcessing::builder()
            .config(config.for_webrtc())
            .capture_config(format)
            .render_config(format)
            .build();
        Self { webrtc, cleaned: Box::new([0.0; BLOCK_SAMPLES]) }
    }
}

impl VoiceProcessing for VoiceProcessor {
    fn far_end(&mut self, block: &AudioBlock) {
        // It fails only for formats other than the one given at the start, and what it would write is not needed.
        let _ = self.webrtc.process_render_f32(&[block], &mut [self.cleaned.as_mut_slice()]);
    }

    fn near_end(&mut self, block: &mut AudioBlock, delay: Duration) {
        let delay = delay.min(MAX_DELAY).as_millis() as i32;
        let done = self
            .webrtc
            .set_stream_delay_ms(delay)
            .and_then(|()| self.webrtc.process_capture_f32(&[&*block], &mut [self.cleaned.as_mut_slice()]));
        // It fails only for formats other than the one given at the start; the block then stays as it came.
        if done.is_ok() {
            block.copy_from_slice(self.cleaned.as_slice());
        }
    }

    fn configure(&mut self, config: ProcessingConfig) {
        self.webrtc.apply_config(config.for_webrtc());
    }
}

impl std::fmt::Debug for VoiceProcessor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoiceProcessor").finish_non_exhaustive()
    }
}
