//! A microphone that is a tone or a file, and a loudspeaker that is a beat and, when recording, a file.

use std::path::Path;

use treff_media::codec::Ssrc;
use treff_media::device::{AudioDevices, AudioInput, AudioOutput, DeviceError, SpeakerTap};
use treff_media::frame::{AudioBlock, SAMPLE_RATE};

use super::clock::Beat;
use super::recorder::{MixRecorder, Recorder};
use crate::arguments::AudioChoice;

/// A pleasant A.
const TONE_HERTZ: f32 = 440.0;
/// Loud enough to be the dominant speaker, not painful.
const TONE_LEVEL: f32 = 0.2;

/// The devices of a client without a sound card.
pub(crate) struct Devices {
    source: Source,
    recorder: Option<Recorder>,
}

enum Source {
    Tone,
    Samples(std::sync::Arc<[f32]>),
    None,
}

impl Devices {
    /// Reads the WAV file, if one was chosen.
    ///
    /// # Errors
    /// In words for a person.
    pub(crate) fn open(choice: &AudioChoice, recorder: Option<Recorder>) -> Result<Self, String> {
        let source = match choice {
            AudioChoice::Tone => Source::Tone,
            AudioChoice::None => Source::None,
            AudioChoice::Wav(path) => Source::Samples(read_wav(path)?.into()),
        };
        Ok(Self { source, recorder })
    }
}

impl AudioDevices for Devices {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        match &self.source {
            Source::Tone => Ok(Box::new(Tone { beat: Beat::new(), phase: 0.0 })),
            Source::Samples(samples) => {
                Ok(Box::new(Samples { beat: Beat::new(), samples: samples.clone(), next: 0 }))
            }
            Source::None => Err(DeviceError::Missing),
        }
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        Ok(Box::new(Speaker { beat: Beat::new(), mix: self.recorder.as_ref().map(Recorder::mix) }))
    }

    fn speaker_tap(&mut self) -> Option<Box<dyn SpeakerTap>> {
        self.recorder.as_ref().map(|recorder| Box::new(recorder.speakers()) as Box<dyn SpeakerTap>)
    }

    fn name_speaker(&mut self, ssrc: Ssrc, endpoint: &str) {
        if let Some(recorder) = &self.recorder {
            recorder.name(ssrc, endpoint);
        }
    }
}

struct Tone {
    beat: Beat,
    phase: f32,
}

impl AudioInput for Tone {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.beat.wait();
        let step = std::f32::consts::TAU * TONE_HERTZ / SAMPLE_RATE as f32;
        for sample in block {
            *sample = self.phase.sin() * TONE_LEVEL;
            self.phase = (self.phase + step) % std::f32::consts::TAU;
        }
        Ok(())
    }
}

/// A file, from the start again when it ends.
struct Samples {
    beat: Beat,
    samples: std::sync::Arc<[f32]>,
    next: usize,
}

impl AudioInput for Samples {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        self.beat.wait();
        for sample in block {
            *sample = self.samples[self.next];
            self.next = (self.next + 1) % self.samples.len();
        }
        Ok(())
    }
}

struct Speaker {
    beat: Beat,
    mix: Option<MixRecorder>,
}

impl AudioOutput for Speaker {
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
        self.beat.wait();
        if let Some(mix) = &mut self.mix {
            mix.write(block);
        }
        Ok(())
    }
}

/// A WAV file as mono samples.
fn read_wav(path: &Path) -> Result<Vec<f32>, String> {
    let name = path.display();
    let mut reader = hound::WavReader::open(path)
        .map_err(|error| format!("{name} cannot be read as WAV ({error}). Check the path and the format."))?;
    let spec = reader.spec();
    if spec.sample_rate != SAMPLE_RATE {
        return Err(format!(
            "{name} has {} samples a second, 48000 are needed. Convert it: sox IN.wav -r 48000 OUT.wav",
            spec.sample_rate
        ));
    }
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect(),
        hound::SampleFormat::Int => {
            let full = 2f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|sample| sample.map(|s| s as f32 / full)).collect()
        }
    };
    let samples = samples.map_err(|error| format!("{name} is damaged ({error})."))?;
    let channels = usize::from(spec.channels.max(1));
    let mono: Vec<f32> =
        samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
    if mono.is_empty() { Err(format!("{name} holds no sound.")) } else { Ok(mono) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(rate: u32, channels: u16) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("treff-{}-{rate}-{channels}.wav", std::process::id()));
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).expect("a file in the temporary folder");
        for _ in 0..960 * u32::from(channels) {
            writer.write_sample(16384i16).expect("space for a second");
        }
        writer.finalize().expect("a complete file");
        path
    }

    #[test]
    fn stereo_becomes_mono() {
        let path = wav(48_000, 2);
        let samples = read_wav(&path).expect("a fitting file");
        assert_eq!(samples.len(), 960);
        assert!(samples.iter().all(|s| (s - 0.5).abs() < 1e-4));
        std::fs::remove_file(path).expect("the file is ours");
    }

    #[test]
    fn another_rate_is_refused_with_a_way_out() {
        let path = wav(44_100, 1);
        let error = read_wav(&path).expect_err("44.1 kHz");
        assert!(error.contains("sox"), "{error}");
        std::fs::remove_file(path).expect("the file is ours");
    }

    #[test]
    fn a_missing_file_is_named() {
        assert!(read_wav(Path::new("/nowhere/song.wav")).expect_err("no file").contains("song.wav"));
    }
}
