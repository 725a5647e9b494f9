//! Synthetic participants: seats in the room, tones and moving patterns straight into the bridge, no client at all.
//!
//! A person's media is a loop of two seconds, encoded once and shared by all labs of the process; playing it costs
//! next to nothing. Tests recognise people by the frequency of their tone and the colour of their pattern.

pub(crate) mod loops;
mod performer;
mod signalling;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use treff_codecs::pattern::COLOURS;
use treff_media::codec::VideoCodec;

pub(crate) use self::loops::{CameraLoop, Pace};
pub(crate) use self::performer::{Performer, Track};
pub(crate) use self::signalling::{account, presence, sources};
use crate::bridge::{PersonOrder, Place};
use crate::focus::EndpointSources;
use crate::jid::Jid;
use crate::options::Person;
use crate::random::Random;

/// How long somebody speaks before the next one does.
pub(crate) const TURN: Duration = Duration::from_secs(3);

/// What a person sends on.
#[derive(Clone, Debug)]
pub(crate) struct Ssrcs {
    pub(crate) audio: u32,
    /// Media and retransmission, smallest picture first.
    pub(crate) camera: Vec<(u32, u32)>,
    pub(crate) share: (u32, u32),
}

/// A synthetic person in a room.
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) nick: String,
    pub(crate) index: usize,
    pub(crate) place: Place,
    pub(crate) ssrcs: Ssrcs,
    pub(crate) orders: mpsc::UnboundedSender<PersonOrder>,
    pub(crate) audio_muted: bool,
    pub(crate) video_muted: bool,
    pub(crate) sharing: bool,
    pub(crate) raised_hand: Option<u64>,
    pub(crate) account: Jid,
    pub(crate) room: Jid,
}

impl Member {
    /// Everything this person signals now.
    pub(crate) fn sources(&self) -> EndpointSources {
        sources(&self.nick, &self.person, &self.ssrcs, self.sharing)
    }
}

/// What all people of a lab share.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) epoch: Instant,
    /// How many there are who take turns.
    pub(crate) count: Arc<AtomicUsize>,
}

impl Ssrcs {
    pub(crate) fn new(codec: VideoCodec, random: &mut Random) -> Self {
        let encodings = if codec == VideoCodec::Vp8 { 3 } else { 1 };
        Self {
            audio: random.ssrc(),
            camera: (0..encodings).map(|_| (random.ssrc(), random.ssrc())).collect(),
            share: (random.ssrc(), random.ssrc()),
        }
    }
}

/// The frequency of a person's tone in hertz.
pub(crate) fn tone(index: usize) -> f32 {
    // Whole periods fit into the loop, and no tone is a multiple of another.
    320.0 + 70.0 * (index % 16) as f32
}

/// The colour index of a person's camera and of its screen.
pub(crate) fn colours(index: usize, codec: VideoCodec) -> (usize, usize) {
    let camera =
        if codec == VideoCodec::Av1 { treff_codecs::fixture::Av1Loop::PERSON } else { index % COLOURS };
    (camera, (index + COLOURS / 2) % COLOURS)
}
