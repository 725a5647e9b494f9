//! The microphone's side: 10 ms blocks in, 20 ms Opus packets out, each with its level and whether somebody speaks.

use super::voice::VoiceDetector;
use super::{AudioError, level};
use crate::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// The most bytes the encoder may use for a packet: the size of the largest Opus frame (RFC 6716 §3.2.1).
pub const MAX_OPUS_BYTES: usize = 1275;
/// Samples in one packet: 20 ms.
const PACKET_SAMPLES: usize = 2 * BLOCK_SAMPLES;
/// An Opus packet this short says "silence from here" (DTX).
const DTX_BYTES: usize = 2;

/// How to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureConfig {
    /// Target in bits per second, 6 000..=510 000.
    pub bitrate: u32,
    /// How hard the encoder works, 0..=10.
    pub complexity: u8,
    /// Expected loss in percent: the more, the more redundancy each packet carries. 0 carries none.
    pub packet_loss: u8,
    /// Send next to nothing while nobody speaks. Off by default: the bridge finds the loudest by the levels.
    pub dtx: bool,
    /// RTP timestamp of the first sample; random in a call (RFC 3550 §5.1).
    pub first_timestamp: u32,
}

impl Default for CaptureConfig {
    fn default() -> Self {
        Self { bitrate: 32_000, complexity: 5, packet_loss: 5, dtx: false, first_timestamp: 0 }
    }
}

/// One packet to send.
#[derive(Clone)]
pub struct OpusPacket {
    /// The payload is the first `len` of these; [`OpusPacket::payload`] gives them.
    pub bytes: [u8; MAX_OPUS_BYTES],
    /// How many bytes there are.
    pub len: usize,
    /// RTP timestamp of the first sample, 48 kHz.
    pub timestamp: u32,
    /// Loudness as in RFC 6464: 0 is the loudest, 127 is silence.
    pub level: u8,
    /// Somebody speaks (the V bit of RFC 6464).
    pub voice: bool,
}

impl OpusPacket {
    /// An empty packet for [`Capture::push`] to fill.
    pub fn new() -> Self {
        Self { bytes: [0; MAX_OPUS_BYTES], len: 0, timestamp: 0, level: level::SILENCE, voice: false }
    }

    /// The RTP payload.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[..self.len.min(MAX_OPUS_BYTES)]
    }
}

impl Default for OpusPacket {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for OpusPacket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpusPacket")
            .field("len", &self.len)
            .field("timestamp", &self.timestamp)
            .field("level", &self.level)
            .field("voice", &self.voice)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    On,
    /// Muted, with one packet to go.
    Ending,
    Off,
}

/// An Opus encoder and what a microphone's packets say besides. Every block pushed moves the timestamp on, muted or not.
pub struct Capture {
    encoder: opus::Encoder,
    samples: [f32; PACKET_SAMPLES],
    filled: usize,
    /// Timestamp of the first sample of `samples`.
    timestamp: u32,
    sending: Sending,
    dtx: bool,
    in_dtx: bool,
    voice: VoiceDetector,
}

impl Capture {
    /// An encoder with in-band FEC.
    ///
    /// # Errors
    /// When libopus refuses a setting or has no memory.
    pub fn new(config: CaptureConfig) -> Result<Self, AudioError> {
        let mut encoder = opus::Encoder::new(SAMPLE_RATE, opus::Channels::Mono, opus::Application::Voip)?;
        encoder.set_complexity(i32::from(config.complexity.min(10)))?;
        encoder.set_inband_fec(true)?;
        encoder.set_dtx(config.dtx)?;
        let mut capture = Self {
            encoder,
            samples: [0.0; PACKET_SAMPLES],
            filled: 0,
            timestamp: config.first_timestamp,
            sending: Sending::On,
            dtx: config.dtx,
            in_dtx: false,
            voice: VoiceDetector::new(),
        };
        capture.set_bitrate(config.bitrate)?;
        capture.set_packet_loss(config.packet_loss)?;
        Ok(capture)
    }

    /// Sets the target in bits per second; values Opus cannot do are brought into its range.
    ///
    /// # Errors
    /// When libopus refuses.
    pub fn set_bitrate(&mut self, bitrate: u32) -> Result<(), AudioError> {
        let bitrate = bitrate.clamp(6_000, 510_000) as i32;
        Ok(self.encoder.set_bitrate(opus::Bitrate::Bits(bitrate))?)
    }

    /// Sets how much loss to expect, in percent: the receiver reports' fraction lost.
    ///
    /// # Errors
    /// When libopus refuses.
    pub fn set_packet_loss(&mut self, percent: u8) -> Result<(), AudioError> {
        Ok(self.encoder.set_packet_loss_perc(i32::from(percent.min(100)))?)
    }

    /// Sets how hard the encoder works, 0..=10.
    ///
    /// # Errors
    /// When libopus refuses.
    pub fn set_complexity(&mut self, complexity: u8) -> Result<(), AudioError> {
        Ok(self.encoder.set_complexity(i32::from(complexity.min(10)))?)
    }

    /// Mutes or unmutes. Nothing the microphone hears after muting is encoded. One more packet is sent that ends in
    /// silence, so that receivers do not draw out the last syllable; then nothing, like the web client.
    pub fn set_muted(&mut self, muted: bool) {
        self.sending = match (self.sending, muted) {
            (Sending::On, true) => {
                self.fade_out();
                Sending::Ending
            }
            (sending, true) => sending,
            (_, false) => Sending::On,
        };
    }

    /// Whether [`Capture::set_muted`] holds.
    pub fn is_muted(&self) -> bool {
        self.sending != Sending::On
    }

    /// Takes 10 ms from the microphone; true if that completed a packet to send, which is then in `packet`.
    pub fn push(&mut self, block: &AudioBlock, packet: &mut OpusPacket) -> bool {
        let half = &mut self.samples[self.filled..self.filled + BLOCK_SAMPLES];
        if self.sending == Sending::On {
            half.copy_from_slice(block);
        } else {
            half.fill(0.0);
        }
        self.filled += BLOCK_SAMPLES;
        if self.filled < PACKET_SAMPLES {
            return false;
        }
        self.filled = 0;
        packet.timestamp = self.timestamp;
        self.timestamp = self.timestamp.wrapping_add(PACKET_SAMPLES as u32);
        match self.sending {
            Sending::On => {}
            Sending::Ending => self.sending = Sending::Off,
            Sending::Off => return false,
        }
        let power = level::power(&self.samples);
        packet.level = level::from_power(power);
        packet.voice = self.voice.update(power);
        self.encode(packet)
    }

    fn encode(&mut self, packet: &mut OpusPacket) -> bool {
        // Encoding whole frames into a buffer of the largest size cannot fail; if it did, one packet would be missing.
        let Ok(len) = self.encoder.encode_float(&self.samples, &mut packet.bytes) else { return false };
        packet.len = len;
        let silent = self.dtx && len <= DTX_BYTES;
        let repeated = silent && self.in_dtx;
        self.in_dtx = silent;
        len > 0 && !repeated
    }

    /// Lets what is already waiting for its packet end softly.
    fn fade_out(&mut self) {
        let count = self.filled.max(1) as f32;
        for (i, sample) in self.samples[..self.filled].iter_mut().enumerate() {
            *sample *= 1.0 - (i + 1) as f32 / count;
        }
    }
}
