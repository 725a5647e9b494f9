//! What the driver's thread tells the playout thread, in values that pass through a lock-free ring without allocating.

use std::fmt;
use std::time::Instant;

use super::packets::MAX_PAYLOAD;
use super::speaker::Speaker;
use crate::codec::Ssrc;

/// One RTP payload with what the jitter buffer needs to know, in one fixed-size value.
#[derive(Clone, Copy)]
pub struct PlayoutPacket {
    ssrc: Ssrc,
    sequence: u16,
    timestamp: u32,
    arrival: Instant,
    len: u16,
    bytes: [u8; MAX_PAYLOAD],
}

impl PlayoutPacket {
    /// Copies a payload; `None` if it is longer than [`MAX_PAYLOAD`] and so cannot be Opus.
    pub fn new(ssrc: Ssrc, sequence: u16, timestamp: u32, arrival: Instant, payload: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_PAYLOAD];
        bytes.get_mut(..payload.len())?.copy_from_slice(payload);
        Some(Self { ssrc, sequence, timestamp, arrival, len: payload.len() as u16, bytes })
    }

    /// Whose packet it is.
    pub fn ssrc(&self) -> Ssrc {
        self.ssrc
    }

    /// The RTP sequence number.
    pub fn sequence(&self) -> u16 {
        self.sequence
    }

    /// The RTP timestamp.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// When it came.
    pub fn arrival(&self) -> Instant {
        self.arrival
    }

    /// The Opus packet.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for PlayoutPacket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlayoutPacket")
            .field("ssrc", &self.ssrc)
            .field("sequence", &self.sequence)
            .field("timestamp", &self.timestamp)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// One order for [`Playout::apply`](super::Playout::apply).
#[expect(
    clippy::large_enum_variant,
    reason = "a box around the packet would be the allocation this type avoids"
)]
pub enum PlayoutCommand {
    /// A packet came.
    Insert(PlayoutPacket),
    /// Somebody joined; the decoder was made on the driver's side.
    Add {
        /// Whose packets it takes.
        ssrc: Ssrc,
        /// The decoder and jitter buffer.
        speaker: Box<Speaker>,
    },
    /// Somebody left; the speaker comes back to be dropped.
    Remove {
        /// Who.
        ssrc: Ssrc,
    },
    /// Somebody is to be louder or quieter.
    SetGain {
        /// Who.
        ssrc: Ssrc,
        /// 1 is as it comes.
        gain: f32,
    },
}
