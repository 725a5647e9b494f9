//! What is heard and what is said: a jitter buffer, an Opus decoder and a gain per speaker mixed into 10 ms blocks,
//! and a microphone's blocks encoded into 20 ms Opus packets.
//!
//! In: RTP payloads with their arrival times, blocks of PCM. Out: blocks of PCM, Opus packets, figures. Everything that
//! needs memory (decoders, buffers) is made in [`Speaker::new`], [`Playout::new`] and [`Capture::new`]; the calls made
//! every 10 ms neither allocate nor free. [`PlayoutCommand`] is what the driver's thread sends to the playout thread.

mod capture;
mod command;
mod delay;
pub mod level;
mod limiter;
mod packets;
mod pcm;
mod playout;
mod processing;
mod speaker;
mod stretch;
mod voice;

pub use capture::{Capture, CaptureConfig, MAX_OPUS_BYTES, OpusPacket};
pub use command::{PlayoutCommand, PlayoutPacket};
pub use packets::MAX_PAYLOAD;
pub use playout::{MAX_SPEAKERS, Playout};
pub use processing::{ProcessingConfig, VoiceProcessing, VoiceProcessor};
pub use speaker::{Speaker, SpeakerStats};

/// Why an audio object could not be made or set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// libopus refused; the text is for the log.
    #[error("Opus: {0}")]
    Opus(#[from] opus::Error),
    /// [`MAX_SPEAKERS`] are there already.
    #[error("no room for another speaker")]
    TooManySpeakers,
}

/// Samples of the 48 kHz media clock: the unit of every duration in this module.
type Samples = i64;

/// Samples in a millisecond.
const MS: Samples = 48;
