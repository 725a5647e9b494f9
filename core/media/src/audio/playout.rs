//! The mix of all speakers.
//!
//! In: packets and gains per speaker, and a request every 10 ms. Out: one block of everybody, and each speaker's own block
//! for those who listen in. A speaker who says nothing costs a comparison.

use std::time::Instant;

use super::command::PlayoutCommand;
use super::limiter::Limiter;
use super::speaker::{Speaker, SpeakerStats};
use super::{AudioError, Samples, level};
use crate::codec::Ssrc;
use crate::device::SpeakerTap;
use crate::frame::{AudioBlock, BLOCK_SAMPLES};

/// How many speakers fit.
pub const MAX_SPEAKERS: usize = 512;

struct Entry {
    ssrc: Ssrc,
    idle: bool,
    gain: f32,
    /// The gain at the end of the last block.
    reached: f32,
    /// The loudest block since the levels were taken: 0 is the loudest.
    loudest: u8,
    speaker: Box<Speaker>,
}

/// Jitter buffers, decoders and gains of all speakers, mixed.
pub struct Playout {
    epoch: Instant,
    /// Sorted by SSRC.
    speakers: Vec<Entry>,
    limiter: Limiter,
}

impl Playout {
    /// An empty mix. `epoch` is any moment; times given later are counted from it.
    pub fn new(epoch: Instant) -> Self {
        Self { epoch, speakers: Vec::with_capacity(MAX_SPEAKERS), limiter: Limiter::new() }
    }

    /// Makes and adds a speaker. Allocates: where that matters, make a [`Speaker`] elsewhere and use
    /// [`Playout::add_speaker`]. A speaker who is there already stays as it is.
    ///
    /// # Errors
    /// When libopus has no memory for a decoder or [`MAX_SPEAKERS`] are there.
    pub fn add(&mut self, ssrc: Ssrc) -> Result<(), AudioError> {
        if self.find(ssrc).is_ok() {
            return Ok(());
        }
        match self.add_speaker(ssrc, Speaker::new()?) {
            None => Ok(()),
            Some(_) => Err(AudioError::TooManySpeakers),
        }
    }

    /// Adds a speaker made elsewhere. Gives back the one it replaces, or `speaker` itself if there is no room: drop it
    /// where freeing memory does not matter.
    #[must_use = "dropping frees memory"]
    pub fn add_speaker(&mut self, ssrc: Ssrc, mut speaker: Box<Speaker>) -> Option<Box<Speaker>> {
        match self.find(ssrc) {
            Ok(at) => {
                let entry = &mut self.speakers[at];
                std::mem::swap(&mut entry.speaker, &mut speaker);
                entry.idle = entry.speaker.is_idle();
                Some(speaker)
            }
            Err(_) if self.speakers.len() >= MAX_SPEAKERS => Some(speaker),
            Err(at) => {
                let idle = speaker.is_idle();
                self.speakers.insert(
                    at,
                    Entry { ssrc, idle, gain: 1.0, reached: 1.0, loudest: level::SILENCE, speaker },
                );
                None
            }
        }
    }

    /// Takes a speaker out of the mix.
    #[must_use = "dropping frees memory"]
    pub fn remove(&mut self, ssrc: Ssrc) -> Option<Box<Speaker>> {
        let at = self.find(ssrc).ok()?;
        Some(self.speakers.remove(at).speaker)
    }

    /// Turns a speaker up or down: 1 is as it comes, 0 is silence. Negative gains and nonsense count as 0.
    pub fn set_gain(&mut self, ssrc: Ssrc, gain: f32) {
        if let Ok(at) = self.find(ssrc) {
            self.speakers[at].gain = if gain.is_finite() { gain.max(0.0) } else { 0.0 };
        }
    }

    /// Hands over a packet; false if nobody with that SSRC was added.
    pub fn insert(
        &mut self,
        ssrc: Ssrc,
        sequence: u16,
        timestamp: u32,
        payload: &[u8],
        arrival: Instant,
    ) -> bool {
        let arrival = self.samples(arrival);
        let Ok(at) = self.find(ssrc) else { return false };
        let entry = &mut self.speakers[at];
        entry.speaker.insert(arrival, sequence, timestamp, payload);
        entry.idle = entry.speaker.is_idle();
        true
    }

    /// Does what the driver asked for. Gives back a speaker that is no longer needed: drop it where freeing memory does
    /// not matter.
    #[must_use = "dropping frees memory"]
    pub fn apply(&mut self, command: PlayoutCommand) -> Option<Box<Speaker>> {
        match command {
            PlayoutCommand::Insert(packet) => {
                self.insert(
                    packet.ssrc(),
                    packet.sequence(),
                    packet.timestamp(),
                    packet.payload(),
                    packet.arrival(),
                );
                None
            }
            PlayoutCommand::Add { ssrc, speaker } => self.add_speaker(ssrc, speaker),
            PlayoutCommand::Remove { ssrc } => self.remove(ssrc),
            PlayoutCommand::SetGain { ssrc, gain } => {
                self.set_gain(ssrc, gain);
                None
            }
        }
    }

    /// The next 10 ms of everybody, due `now`. `tap` hears each speaker who says something before gains and mix.
    pub fn pull(&mut self, now: Instant, block: &mut AudioBlock, mut tap: Option<&mut dyn SpeakerTap>) {
        let now = self.samples(now);
        block.fill(0.0);
        let mut alone = [0f32; BLOCK_SAMPLES];
        for entry in self.speakers.iter_mut().filter(|entry| !entry.idle) {
            let speaks = entry.speaker.block(now, &mut alone);
            entry.idle = entry.speaker.is_idle();
            let (from, to) = (entry.reached, entry.gain);
            entry.reached = to;
            if !speaks {
                continue;
            }
            entry.loudest = entry.loudest.min(entry.speaker.level());
            if let Some(tap) = tap.as_deref_mut() {
                tap.speaker_block(entry.ssrc, &alone);
            }
            mix(block, &alone, from, to);
        }
        self.limiter.process(block);
    }

    /// Tells how loud everybody was who could be heard since the last call, as in RFC 6464: 0 is the loudest. Does not
    /// allocate.
    pub fn take_levels(&mut self, mut each: impl FnMut(Ssrc, u8)) {
        for entry in self.speakers.iter_mut().filter(|entry| entry.loudest < level::SILENCE) {
            each(entry.ssrc, std::mem::replace(&mut entry.loudest, level::SILENCE));
        }
    }

    /// Figures of one speaker.
    pub fn stats(&self, ssrc: Ssrc) -> Option<SpeakerStats> {
        self.find(ssrc).ok().map(|at| self.speakers[at].speaker.stats())
    }

    /// Figures of everybody, in the order of their SSRCs. Does not allocate.
    pub fn all_stats(&self) -> impl Iterator<Item = (Ssrc, SpeakerStats)> + '_ {
        self.speakers.iter().map(|entry| (entry.ssrc, entry.speaker.stats()))
    }

    fn find(&self, ssrc: Ssrc) -> Result<usize, usize> {
        self.speakers.binary_search_by_key(&ssrc, |entry| entry.ssrc)
    }

    /// A moment on the 48 kHz media clock.
    fn samples(&self, at: Instant) -> Samples {
        let micros = match at.checked_duration_since(self.epoch) {
            Some(after) => after.as_micros() as Samples,
            None => -(self.epoch.duration_since(at).as_micros() as Samples),
        };
        micros * 48 / 1000
    }
}

/// Adds `alone` to `block` with a gain that moves evenly, so that turning a speaker down does not click.
fn mix(block: &mut AudioBlock, alone: &AudioBlock, from: f32, to: f32) {
    if from == to {
        for (sum, sample) in block.iter_mut().zip(alone) {
            *sum += sample * to;
        }
        return;
    }
    let step = (to - from) / BLOCK_SAMPLES as f32;
    for (i, (sum, sample)) in block.iter_mut().zip(alone).enumerate() {
        *sum += sample * (from + step * (i + 1) as f32);
    }
}
