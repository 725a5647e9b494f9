//! The packets of one received stream that are not yet part of a delivered picture, by sequence number.
//!
//! In: packets in any order. Out: where complete pictures stand and where something is missing. Bounded in packets
//! and bytes against senders that never finish a picture.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bytes::Bytes;

use super::{av1, h264, vp8, vp9};
use crate::codec::VideoCodec;

/// About three seconds of the largest stream a bridge forwards.
const MAX_PACKETS: usize = 2048;
const MAX_BYTES: usize = 4 << 20;
/// How many beginnings of key frames are looked at; an honest stream has one or two.
const MAX_KEYFRAMES: usize = 8;

/// The payload descriptor of a packet, read when it arrived.
#[derive(Clone, Debug)]
pub(super) enum Descriptor {
    Vp8(vp8::Descriptor),
    Vp9(vp9::Descriptor),
    H264(h264::Descriptor),
    Av1(av1::Descriptor),
}

/// A packet that carries media.
#[derive(Clone, Debug)]
pub(super) struct Media {
    pub(super) descriptor: Descriptor,
    /// Behind the descriptor for VP8 and VP9, the whole payload for H.264 and AV1.
    pub(super) data: Bytes,
    /// Unwrapped.
    pub(super) timestamp: i64,
    pub(super) marker: bool,
}

impl Media {
    pub(super) fn codec(&self) -> VideoCodec {
        match self.descriptor {
            Descriptor::Vp8(_) => VideoCodec::Vp8,
            Descriptor::Vp9(_) => VideoCodec::Vp9,
            Descriptor::H264(_) => VideoCodec::H264,
            Descriptor::Av1(_) => VideoCodec::Av1,
        }
    }

    /// Certainly the first packet of a picture.
    fn starts_picture(&self) -> bool {
        match &self.descriptor {
            Descriptor::Vp8(d) => d.starts_picture,
            Descriptor::Vp9(d) => d.starts_picture(),
            Descriptor::H264(d) => d.starts_picture,
            Descriptor::Av1(d) => d.starts_sequence,
        }
    }

    /// A key frame seems to begin here (of H.264: its IDR slice).
    pub(super) fn starts_keyframe(&self) -> bool {
        match &self.descriptor {
            Descriptor::Vp8(d) => d.starts_picture && vp8::is_keyframe(&self.data),
            Descriptor::Vp9(d) => d.starts_keyframe(),
            Descriptor::H264(d) => d.idr,
            Descriptor::Av1(d) => d.starts_sequence,
        }
    }

    fn same_picture(&self, other: &Self) -> bool {
        self.timestamp == other.timestamp && self.codec() == other.codec()
    }
}

/// One kept packet.
#[derive(Clone, Debug)]
struct Kept {
    arrived: Instant,
    /// `None`: padding or another payload type, which only fills its sequence number.
    media: Option<Media>,
}

/// What begins at a sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// A whole picture.
    Complete {
        /// Its last sequence number.
        last: i64,
    },
    /// Something that needs this sequence number to go on.
    Missing {
        /// The first that has not arrived.
        at: i64,
    },
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct PacketBuffer {
    packets: BTreeMap<i64, Kept>,
    bytes: usize,
    /// Where key frames seem to begin.
    keyframes: BTreeSet<i64>,
}

impl PacketBuffer {
    /// Keeps a packet; false when it was there already.
    pub(super) fn insert(&mut self, sequence: i64, arrived: Instant, media: Option<Media>) -> bool {
        if self.packets.contains_key(&sequence) {
            return false;
        }
        if let Some(media) = &media {
            self.bytes += media.data.len();
            if media.starts_keyframe() {
                self.keyframes.insert(sequence);
            }
        }
        self.packets.insert(sequence, Kept { arrived, media });
        true
    }

    /// Throws the oldest packet away when there are too many; returns its sequence number.
    pub(super) fn shed(&mut self) -> Option<i64> {
        if self.packets.len() <= MAX_PACKETS && self.bytes <= MAX_BYTES {
            return None;
        }
        let (sequence, kept) = self.packets.pop_first()?;
        self.bytes -= kept.media.map_or(0, |m| m.data.len());
        self.keyframes.remove(&sequence);
        Some(sequence)
    }

    /// Removes all packets before `sequence`; returns the media among them, in order.
    pub(super) fn take_before(&mut self, sequence: i64) -> Vec<Media> {
        let mut taken = Vec::new();
        while let Some(first) = self.packets.first_entry().filter(|first| *first.key() < sequence) {
            taken.extend(first.remove().media);
        }
        self.bytes -= taken.iter().map(|media| media.data.len()).sum::<usize>();
        self.keyframes = self.keyframes.split_off(&sequence);
        taken
    }

    /// The packets of a run.
    pub(super) fn media(&self, first: i64, last: i64) -> impl Iterator<Item = &Media> + Clone {
        self.packets.range(first..=last).filter_map(|(_, kept)| kept.media.as_ref())
    }

    /// `sequence` is there and only fills its number.
    pub(super) fn is_filler(&self, sequence: i64) -> bool {
        self.packets.get(&sequence).is_some_and(|kept| kept.media.is_none())
    }

    /// The first kept number from `sequence` on.
    pub(super) fn first_from(&self, sequence: i64) -> Option<i64> {
        self.packets.range(sequence..).next().map(|(found, _)| *found)
    }

    /// When the first packet behind `sequence` arrived: since then it has been known to be missing.
    pub(super) fn earliest_arrival_from(&self, sequence: i64) -> Option<Instant> {
        self.packets.range(sequence..).map(|(_, kept)| kept.arrived).min()
    }

    /// When the newest beginning of a key frame arrived.
    pub(super) fn keyframe_begun(&self) -> Option<Instant> {
        self.packets.get(self.keyframes.last()?).map(|kept| kept.arrived)
    }

    /// The first complete key frame from `from` on: where it begins.
    pub(super) fn complete_keyframe(&self, from: i64) -> Option<i64> {
        let newest = self.keyframes.range(from..).rev().take(MAX_KEYFRAMES);
        let complete = newest.filter_map(|slice| {
            let begin = self.begin_of_picture(*slice, from);
            let complete = self.starts_picture(begin) && matches!(self.run_from(begin), Run::Complete { .. });
            complete.then_some(begin)
        });
        complete.min()
    }

    /// Goes back over the packets of the same picture: an IDR slice comes after its parameter sets.
    fn begin_of_picture(&self, mut sequence: i64, from: i64) -> i64 {
        let media = |at: i64| self.packets.get(&at).and_then(|kept| kept.media.as_ref());
        let Some(this) = media(sequence) else { return sequence };
        while sequence > from
            && media(sequence - 1).is_some_and(|before| !before.marker && before.same_picture(this))
        {
            sequence -= 1;
        }
        sequence
    }

    /// A picture certainly begins at `sequence`.
    pub(super) fn starts_picture(&self, sequence: i64) -> bool {
        let media = |at| self.packets.get(&at).map(|kept| kept.media.as_ref());
        let Some(Some(this)) = media(sequence) else { return false };
        this.starts_picture()
            || match media(sequence - 1) {
                Some(Some(before)) => before.marker || !this.same_picture(before),
                Some(None) => true,
                None => false,
            }
    }

    /// Follows the packets of one picture from `start` to its marker, or to the next picture where the marker is
    /// wanting.
    pub(super) fn run_from(&self, start: i64) -> Run {
        let mut first: Option<&Media> = None;
        let mut expected = start;
        for (&sequence, kept) in self.packets.range(start..) {
            if sequence != expected {
                break;
            }
            expected += 1;
            let Some(media) = &kept.media else { continue };
            if first.is_some_and(|first| !first.same_picture(media)) {
                return Run::Complete { last: sequence - 1 };
            }
            if media.marker {
                return Run::Complete { last: sequence };
            }
            first = first.or(Some(media));
        }
        Run::Missing { at: expected }
    }

    /// The first complete picture from `from` on whose beginning is certain. Looks at no more than `budget` packets.
    pub(super) fn next_complete(&self, from: i64, budget: &mut usize) -> Option<(i64, i64)> {
        let mut at = self.first_from(from)?;
        loop {
            *budget = budget.checked_sub(1)?;
            if self.starts_picture(at) {
                match self.run_from(at) {
                    Run::Complete { last } => return Some((at, last)),
                    Run::Missing { at: missing } => at = missing,
                }
            } else {
                at += 1;
            }
            at = self.first_from(at)?;
        }
    }

    /// Nothing is kept.
    pub(super) fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }
}
