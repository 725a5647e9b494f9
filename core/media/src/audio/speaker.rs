//! One speaker: the packets waiting, the Opus decoder, the decoded samples, and where playing stands.
//!
//! In: payloads with arrival times. Out: 10 ms blocks, in the speaker's own loudness. This file sorts arrivals and keeps
//! the figures; [`play`] decides what each block is made of.
//!
//! Sequence numbers and timestamps are unwrapped to 64 bits on arrival and never compared as they came.

mod play;

use super::delay::DelayEstimator;
use super::level;
use super::packets::{Inserted, MAX_PAYLOAD, PacketBuffer};
use super::pcm::{MAX_PACKET_SAMPLES, PcmQueue};
use super::{AudioError, MS, Samples};
use crate::frame::SAMPLE_RATE;

/// A sequence number this far from the newest belongs to another stream.
const SEQUENCE_JUMP: i64 = 500;
/// A transit time this far from the base belongs to another clock.
const TRANSIT_JUMP: Samples = 3_000 * MS;
/// A pause shorter than this does not excuse an old sequence number.
const STRAGGLER: Samples = 1_000 * MS;

/// Figures of one speaker since it was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpeakerStats {
    /// Audio decoded from packets, in milliseconds.
    pub received_ms: u64,
    /// Audio invented because packets were lost or late, in milliseconds.
    pub concealed_ms: u64,
    /// Audio rebuilt from the redundancy in the following packet (Opus in-band FEC), in milliseconds.
    pub recovered_ms: u64,
    /// Audio left out to shorten the delay, in milliseconds.
    pub shortened_ms: u64,
    /// Audio heard twice to lengthen the delay, in milliseconds.
    pub lengthened_ms: u64,
    /// Interarrival jitter (RFC 3550), in milliseconds.
    pub jitter_ms: u32,
    /// How long after the fastest packet's arrival samples are to be played, in milliseconds.
    pub target_delay_ms: u32,
    /// How long after it they are played now, in milliseconds.
    pub delay_ms: u32,
    /// Packets that came, usable or not.
    pub packets: u64,
    /// Packets whose turn to be played had passed.
    pub packets_late: u64,
    /// Packets thrown away: duplicates, not Opus, too many at once, or from nowhere in sequence or time.
    pub packets_discarded: u64,
    /// Packets that had not come when their turn was.
    pub packets_lost: u64,
    /// Loudness of the last block as in RFC 6464: 0 is the loudest, 127 is silence.
    pub level: u8,
}

/// Sums behind [`SpeakerStats`], in samples.
#[derive(Debug, Default)]
struct Sums {
    received: Samples,
    concealed: Samples,
    recovered: Samples,
    shortened: Samples,
    lengthened: Samples,
    packets: u64,
    late: u64,
    discarded: u64,
    lost: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Nothing comes, nothing is played.
    Idle,
    /// Packets come again; the first is held back until the target delay has passed.
    Buffering,
    Playing,
}

/// The newest packet by sequence number.
#[derive(Clone, Copy, Debug)]
struct Newest {
    sequence: i64,
    timestamp: Samples,
}

/// A speaker's decoder and jitter buffer. [`Speaker::new`] allocates, so make it away from the playout thread.
pub struct Speaker {
    decoder: opus::Decoder,
    packets: PacketBuffer,
    pcm: PcmQueue,
    delay: DelayEstimator,
    mode: Mode,
    newest: Option<Newest>,
    last_arrival: Samples,
    /// The sequence number that would confirm a restart.
    suspect: Option<u16>,
    /// The last packet decoded, or given up.
    last_sequence: i64,
    /// Timestamp of the next sample to decode.
    position: Samples,
    /// Duration of the last packet decoded.
    frame: Samples,
    /// The sender said that it will be silent (Opus DTX).
    comfort: bool,
    comfort_run: Samples,
    /// Samples invented while waiting for a packet whose turn it was.
    held: Samples,
    /// Samples invented since the last real one.
    invented: Samples,
    /// Gain at the end of the queue: invented sound fades out, the next real one in.
    fade: f32,
    last_loss: Option<Samples>,
    /// The smallest delay seen since playing was last adjusted, and in how many blocks.
    window: (Samples, u32),
    delay_now: Samples,
    level: u8,
    sums: Sums,
}

impl Speaker {
    /// A decoder and a buffer for one speaker.
    ///
    /// # Errors
    /// When libopus cannot make a decoder (no memory).
    pub fn new() -> Result<Box<Self>, AudioError> {
        Ok(Box::new(Self {
            decoder: opus::Decoder::new(SAMPLE_RATE, opus::Channels::Mono)?,
            packets: PacketBuffer::new(),
            pcm: PcmQueue::new(),
            delay: DelayEstimator::new(),
            mode: Mode::Idle,
            newest: None,
            last_arrival: 0,
            suspect: None,
            last_sequence: i64::MIN,
            position: 0,
            frame: 20 * MS,
            comfort: false,
            comfort_run: 0,
            held: 0,
            invented: 0,
            fade: 0.0,
            last_loss: None,
            window: play::NO_WINDOW,
            delay_now: 0,
            level: level::SILENCE,
            sums: Sums::default(),
        }))
    }

    /// Figures so far.
    pub(super) fn stats(&self) -> SpeakerStats {
        let ms = |samples: Samples| (samples.max(0) / MS) as u64;
        SpeakerStats {
            received_ms: ms(self.sums.received),
            concealed_ms: ms(self.sums.concealed),
            recovered_ms: ms(self.sums.recovered),
            shortened_ms: ms(self.sums.shortened),
            lengthened_ms: ms(self.sums.lengthened),
            jitter_ms: ms(self.delay.jitter()) as u32,
            target_delay_ms: ms(self.target(self.last_arrival)) as u32,
            delay_ms: ms(self.delay_now) as u32,
            packets: self.sums.packets,
            packets_late: self.sums.late,
            packets_discarded: self.sums.discarded,
            packets_lost: self.sums.lost,
            level: self.level,
        }
    }

    /// Loudness of the last block as in RFC 6464.
    pub(super) fn level(&self) -> u8 {
        self.level
    }

    /// Nothing to play and nothing waiting.
    pub(super) fn is_idle(&self) -> bool {
        self.mode == Mode::Idle
    }

    /// Takes one RTP payload.
    pub(super) fn insert(&mut self, arrival: Samples, sequence: u16, timestamp: u32, payload: &[u8]) {
        self.sums.packets += 1;
        let Some(duration) = packet_duration(payload) else {
            self.sums.discarded += 1;
            return;
        };
        let Some(Newest { sequence, timestamp }) = self.place(arrival, sequence, timestamp) else { return };
        self.last_arrival = arrival;
        if self.newest.is_none_or(|newest| sequence > newest.sequence) {
            self.newest = Some(Newest { sequence, timestamp });
        }
        self.delay.packet(arrival, timestamp);
        if sequence <= self.last_sequence {
            self.sums.late += 1;
            return;
        }
        if self.packets.insert(sequence, timestamp, duration, payload) != Inserted::Stored {
            self.sums.discarded += 1;
        }
        if self.mode == Mode::Idle {
            self.mode = Mode::Buffering;
        }
    }

    /// Unwraps the numbers of a packet and decides whether it continues the stream, resumes it, restarts it or is lost.
    fn place(&mut self, arrival: Samples, sequence: u16, timestamp: u32) -> Option<Newest> {
        let Some(newest) = self.newest else {
            return Some(Newest { sequence: sequence.into(), timestamp: timestamp.into() });
        };
        let step = i64::from(sequence.wrapping_sub(newest.sequence as u16) as i16);
        let forward = i64::from(timestamp.wrapping_sub(newest.timestamp as u32) as i32);
        let placed = Newest { sequence: newest.sequence + step, timestamp: newest.timestamp + forward };
        let drift = self.delay.base().map_or(0, |base| arrival - placed.timestamp - base);
        let jumped = step.abs() > SEQUENCE_JUMP || drift.abs() > TRANSIT_JUMP;
        if self.mode != Mode::Idle {
            if !jumped {
                self.suspect = None;
                return Some(placed);
            }
            // One packet from nowhere may be a stray; two in a row are a restart (RFC 3550 §A.1).
            if self.suspect != Some(sequence) {
                self.suspect = Some(sequence.wrapping_add(1));
                self.sums.discarded += 1;
                return None;
            }
        } else if step <= 0 && !jumped {
            if arrival - self.last_arrival < STRAGGLER {
                self.sums.late += 1;
                return None;
            }
        } else if step.abs() <= SEQUENCE_JUMP {
            self.resume(drift);
            self.sums.lost += (step - 1).max(0) as u64;
            return Some(placed);
        }
        self.restart();
        Some(Newest { sequence: sequence.into(), timestamp: timestamp.into() })
    }

    /// The stream goes on after a pause: a mute, or a network that was away.
    fn resume(&mut self, drift: Samples) {
        // A little later than before is the network; anything else is a timestamp that did not count the pause.
        if !(-100 * MS..=500 * MS).contains(&drift) {
            self.delay.forget_base();
        }
    }

    /// Another stream under the same SSRC: what the decoder knows does not apply to it.
    fn restart(&mut self) {
        self.suspect = None;
        self.newest = None;
        self.last_sequence = i64::MIN;
        self.packets.clear();
        self.delay.forget_base();
        // Resetting cannot fail on a decoder that was made; if it did, decoding would only sound odd for a moment.
        let _ = self.decoder.reset_state();
        self.rest();
        self.mode = Mode::Buffering;
    }
}

/// Samples in an Opus packet; `None` if it is none.
fn packet_duration(payload: &[u8]) -> Option<Samples> {
    if payload.is_empty() || payload.len() > MAX_PAYLOAD {
        return None;
    }
    let samples = opus::packet::get_nb_samples(payload, SAMPLE_RATE).ok()?;
    (1..=MAX_PACKET_SAMPLES).contains(&samples).then_some(samples as Samples)
}
