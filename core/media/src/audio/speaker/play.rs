//! What each block of a speaker is made of: a packet, redundancy from the next one, an invention, or nothing; and
//! the small steps by which the delay follows its target.

use super::{Mode, Speaker};
use crate::audio::packets::{Queued, carries_previous};
use crate::audio::pcm::MAX_PACKET_SAMPLES;
use crate::audio::stretch::{MAX_LAG, find_step};
use crate::audio::{MS, Samples, level};
use crate::frame::{AudioBlock, BLOCK_SAMPLES};

const BLOCK: Samples = BLOCK_SAMPLES as Samples;
/// Opus works in multiples of 2.5 ms.
const OPUS_STEP: Samples = 120;
/// Invented sound stays at full gain for so long ...
const FADE_AFTER: Samples = 40 * MS;
/// ... and then takes so long to vanish.
const FADE_TIME: Samples = 80 * MS;
/// Waiting longer than this for a packet is a pause.
const PAUSE_AFTER: Samples = 200 * MS;
/// Comfort noise without a word from the sender ends after this (senders repeat themselves every 400 ms).
const COMFORT_LIMIT: Samples = 1_200 * MS;
/// Samples over which real sound comes back after a fade: 5 ms.
const RETURN: usize = 240;
/// How long a loss keeps the delay long enough for redundancy to be there in time.
const LOSS_MEMORY: Samples = 10_000 * MS;
/// The delay may exceed the target by this before it is shortened ...
const UPPER: Samples = 15 * MS;
/// ... fall below it by this before it is lengthened ...
const LOWER: Samples = 10 * MS;
/// ... and exceed it by this before whole packets are dropped.
const TOO_LATE: Samples = 500 * MS;
/// From here on steps follow each other faster: too short a delay costs words, too long a one only patience.
const FAR_ABOVE: Samples = 100 * MS;
/// See [`FAR_ABOVE`].
const FAR_BELOW: Samples = 25 * MS;
/// Blocks watched before a step, usually and when far off. Also bounds how fast a voice may seem.
const PATIENCE: (u32, u32) = (8, 4);

/// Nothing seen since the last adjustment.
pub(super) const NO_WINDOW: (Samples, u32) = (Samples::MAX, 0);

/// What comes next.
enum Next {
    Packet(Queued),
    /// The packet before this one, from the redundancy in it.
    Recover(Queued, Samples),
    /// A lost packet of this length.
    Conceal(Samples),
    /// The sender pauses.
    Comfort(Samples),
    /// Nothing is there, though it should be.
    Hold,
}

impl Speaker {
    /// Writes the next 10 ms; false (and nothing written) if the speaker has nothing to say.
    pub(in crate::audio) fn block(&mut self, now: Samples, block: &mut AudioBlock) -> bool {
        match self.mode {
            Mode::Idle => return false,
            Mode::Buffering => {
                if !self.start(now) {
                    return false;
                }
            }
            Mode::Playing => {}
        }
        self.steer(now);
        while self.pcm.len() < BLOCK_SAMPLES && self.mode == Mode::Playing {
            self.extend(now);
        }
        self.pcm.pop(block);
        self.level = if self.mode == Mode::Playing { level::of(block) } else { level::SILENCE };
        true
    }

    /// The delay to aim at.
    pub(super) fn target(&self, now: Samples) -> Samples {
        let target = self.delay.target();
        match self.last_loss {
            // Redundancy comes with the next packet, so that one has to be there when the first is missed.
            Some(at) if now - at < LOSS_MEMORY => target.max(self.frame + BLOCK),
            _ => target,
        }
    }

    /// Stops playing and forgets what was left.
    pub(super) fn rest(&mut self) {
        self.mode = Mode::Idle;
        self.pcm.clear();
        self.comfort = false;
        self.comfort_run = 0;
        self.held = 0;
        self.invented = 0;
        self.fade = 0.0;
        self.window = NO_WINDOW;
        self.level = level::SILENCE;
        self.delay_now = 0;
    }

    /// Starts with the first waiting packet once it is old enough.
    fn start(&mut self, now: Samples) -> bool {
        let Some(head) = self.packets.first() else { return false };
        if !self.is_due(&head, now) {
            return false;
        }
        self.last_sequence = head.sequence - 1;
        self.position = head.timestamp;
        self.mode = Mode::Playing;
        true
    }

    fn is_due(&self, head: &Queued, now: Samples) -> bool {
        self.delay.base().is_none_or(|base| now - base - head.timestamp >= self.target(now))
    }

    /// Decides what comes next and appends it to the queue.
    fn extend(&mut self, now: Samples) {
        match self.next(now) {
            Next::Packet(head) => self.decode(&head),
            Next::Recover(head, count) => self.recover(&head, count, now),
            Next::Conceal(count) => self.conceal(count, now),
            Next::Comfort(count) => self.comfort(count),
            Next::Hold => self.hold(),
        }
    }

    fn next(&mut self, now: Samples) -> Next {
        let Some(head) = self.packets.first() else {
            return if self.comfort { Next::Comfort(BLOCK) } else { Next::Hold };
        };
        let gap = head.timestamp - self.position;
        let missing = head.sequence - self.last_sequence - 1;
        if gap < OPUS_STEP {
            return Next::Packet(head);
        }
        if missing == 0 || (self.comfort && gap > self.frame) {
            if self.is_due(&head, now) {
                self.window = NO_WINDOW;
                return Next::Packet(head);
            }
            return Next::Comfort(gap.min(BLOCK) / OPUS_STEP * OPUS_STEP);
        }
        self.next_after_loss(&head, missing, gap, now)
    }

    fn next_after_loss(&mut self, head: &Queued, missing: i64, gap: Samples, now: Samples) -> Next {
        let one = (gap / missing / OPUS_STEP * OPUS_STEP).clamp(OPUS_STEP, MAX_PACKET_SAMPLES as Samples);
        let mut missing = missing;
        // What was invented while waiting stands for what turned out to be lost; and when playing lags behind anyway,
        // only the one packet that may be rebuilt is worth the time.
        while missing > 0 && (self.held * 2 >= one || (missing > 1 && self.is_due(head, now))) {
            if self.held > 0 {
                self.sums.concealed += self.held.min(one);
            }
            self.held = (self.held - one).max(0);
            self.give_up(one, now);
            missing -= 1;
            self.window = NO_WINDOW;
        }
        match missing {
            0 => Next::Packet(*head),
            1 if one >= head.duration.min(self.frame) && carries_previous(self.packets.payload(head)) => {
                Next::Recover(*head, one)
            }
            _ => Next::Conceal(one),
        }
    }

    /// Counts the next packet as lost and moves past it.
    fn give_up(&mut self, count: Samples, now: Samples) {
        self.position += count;
        self.last_sequence += 1;
        self.sums.lost += 1;
        self.last_loss = Some(now);
    }

    fn decode(&mut self, head: &Queued) {
        let room = self.pcm.room(head.duration as usize);
        let payload = self.packets.payload(head);
        let is_comfort = payload.len() <= 2;
        let decoded = self.decoder.decode_float(payload, room, false);
        self.packets.pop();
        self.position = head.timestamp + head.duration;
        self.last_sequence = head.sequence;
        match decoded {
            Ok(count) => {
                self.sums.received += count as Samples;
                self.append_real(count);
            }
            Err(_) => {
                self.sums.discarded += 1;
                self.invent(head.duration, true);
                self.sums.concealed += head.duration;
            }
        }
        self.sums.concealed += self.held;
        self.held = 0;
        self.comfort = is_comfort;
        self.comfort_run = 0;
        self.frame = head.duration;
    }

    fn recover(&mut self, head: &Queued, count: Samples, now: Samples) {
        let room = self.pcm.room(count as usize);
        if self.decoder.decode_float(self.packets.payload(head), room, true).is_err() {
            self.conceal(count, now);
            return;
        }
        self.give_up(count, now);
        self.sums.recovered += count;
        self.append_real(count as usize);
    }

    fn conceal(&mut self, count: Samples, now: Samples) {
        self.give_up(count, now);
        self.sums.concealed += count;
        self.invent(count, true);
    }

    /// The sender is silent on purpose, so time goes on without packets.
    fn comfort(&mut self, count: Samples) {
        self.position += count;
        self.comfort_run += count;
        let ending = self.comfort_run >= COMFORT_LIMIT;
        // Without the sender's word for it, a step in its timestamps fades like a loss.
        self.invent(count, ending || !self.comfort);
        if self.fade <= 0.0 && self.packets.is_empty() {
            self.rest();
        }
    }

    /// A packet is late: everything moves back until it comes, or until this is a pause.
    fn hold(&mut self) {
        self.held += BLOCK;
        self.window = NO_WINDOW;
        self.invent(BLOCK, true);
        if self.invented >= PAUSE_AFTER {
            self.rest();
        }
    }

    /// Appends what libopus makes up; it fades away if nothing real follows.
    fn invent(&mut self, count: Samples, fading: bool) {
        let room = self.pcm.room(count as usize);
        let gain = if fading {
            self.invented += count;
            let past = (self.invented - FADE_AFTER).clamp(0, FADE_TIME);
            self.fade.min(1.0 - past as f32 / FADE_TIME as f32)
        } else {
            self.fade
        };
        // Once it has faded nothing needs to be made up; a decoder that has nothing to offer is the same.
        if self.fade <= 0.0 || self.decoder.decode_float(&[], room, false).is_err() {
            room.fill(0.0);
        } else {
            ramp(room, self.fade, gain);
        }
        self.fade = gain;
        let written = room.len();
        self.pcm.commit(written);
    }

    /// Makes `count` real samples in the queue's room part of it.
    fn append_real(&mut self, count: usize) {
        if self.fade < 1.0 {
            let room = self.pcm.room(count);
            let edge = count.min(RETURN);
            ramp(&mut room[..edge], self.fade, 1.0);
            self.fade = 1.0;
        }
        self.invented = 0;
        self.pcm.commit(count);
    }

    /// Compares the delay with its target and takes a step if it is off.
    fn steer(&mut self, now: Samples) {
        let Some(base) = self.delay.base() else { return };
        let played = self.position - self.pcm.len() as Samples;
        self.delay_now = now - base - played;
        // The smallest of several blocks counts: a device that asks for blocks in bunches needs the latest of them.
        self.window = (self.window.0.min(self.delay_now), self.window.1 + 1);
        let target = self.target(now);
        let excess = self.window.0 - target;
        let far_off = !(-FAR_BELOW..=FAR_ABOVE).contains(&excess);
        let patience = if far_off { PATIENCE.1 } else { PATIENCE.0 };
        if self.window.1 < patience {
            return;
        }
        self.window = NO_WINDOW;
        if excess > TOO_LATE {
            self.skip(base, now - target);
        } else if excess > UPPER {
            self.step(-1, likeness_needed(excess - UPPER, 85 * MS));
        } else if excess < -LOWER {
            self.step(1, likeness_needed(-excess - LOWER, 50 * MS));
        }
    }

    /// Drops whole packets that should have been played before `due`.
    fn skip(&mut self, base: Samples, due: Samples) {
        while let Some(head) = self.packets.first() {
            if base + head.timestamp >= due {
                break;
            }
            self.packets.pop();
            self.sums.discarded += 1;
            self.last_sequence = head.sequence;
            self.position = head.timestamp + head.duration;
        }
    }

    /// Leaves out (-1) or repeats (1) a piece of the queue if there is one alike enough.
    fn step(&mut self, direction: i8, likeness: f32) {
        while self.pcm.len() < 2 * MAX_LAG {
            match self.packets.first() {
                Some(head) if head.timestamp == self.position => self.decode(&head),
                _ => break,
            }
        }
        let Some(step) = find_step(self.pcm.as_slice()) else { return };
        if step.likeness < likeness {
            return;
        }
        if direction < 0 {
            self.pcm.melt(step.lag);
            self.sums.shortened += step.lag as Samples;
        } else {
            self.pcm.repeat(step.lag);
            self.sums.lengthened += step.lag as Samples;
        }
    }
}

/// The further off the delay is, the less perfect a step has to be.
fn likeness_needed(off: Samples, scale: Samples) -> f32 {
    0.9 - 0.9 * (off as f32 / scale as f32).min(1.0)
}

/// Multiplies by a gain that moves evenly.
fn ramp(samples: &mut [f32], from: f32, to: f32) {
    if from >= 1.0 && to >= 1.0 {
        return;
    }
    let count = samples.len().max(1) as f32;
    for (i, sample) in samples.iter_mut().enumerate() {
        *sample *= from + (to - from) * (i + 1) as f32 / count;
    }
}
