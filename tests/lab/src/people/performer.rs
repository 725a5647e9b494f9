//! Plays a person: packets of its loops at the right times, on the bridge's thread.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use treff_media::codec::VideoCodec;
use treff_media::rtp::{Packetizer, PacketizerConfig};

use super::loops::{CameraLoop, Pace, ToneLoop};
use super::{Stage, TURN};
use crate::bridge::{Command, Packet, PersonOrder, Place, inject, rtcp};
use crate::payloads;
use crate::random::Random;

const TICK: Duration = Duration::from_millis(10);
const AUDIO_PACKET: Duration = Duration::from_millis(20);
/// After so many audio packets the senders' clocks are reported: once a second.
const REPORT_EVERY: u64 = 50;

/// One encoding being played.
struct Encoding {
    ssrc: u32,
    frames: CameraLoop,
    packetizer: Packetizer,
    sequence: u16,
}

/// A source of pictures: a camera or a screen.
pub(crate) struct Track {
    name: String,
    codec: VideoCodec,
    pace: Pace,
    encodings: Vec<Encoding>,
    slot: usize,
    /// Pictures since the start, for the timestamp.
    played: u64,
    first_timestamp: u32,
    watched: u32,
}

impl Track {
    /// A track that nobody watches yet.
    pub(crate) fn new(
        name: String,
        codec: VideoCodec,
        pace: Pace,
        loops: Vec<(u32, CameraLoop)>,
        random: &mut Random,
    ) -> Self {
        let encodings = loops
            .into_iter()
            .map(|(ssrc, frames)| Encoding {
                ssrc,
                frames,
                packetizer: Packetizer::new(PacketizerConfig {
                    picture_id: random.next() as u16,
                    base_index: random.next() as u8,
                    temporal_layers: codec == VideoCodec::Vp8,
                }),
                sequence: random.next() as u16 & 0x3fff,
            })
            .collect();
        Self {
            name,
            codec,
            pace,
            encodings,
            slot: 0,
            played: 0,
            first_timestamp: random.next() as u32,
            watched: 0,
        }
    }

    fn due(&self, elapsed: Duration) -> bool {
        let rate = f64::from(self.pace.rate());
        (elapsed.as_secs_f64() * rate) as u64 > self.played
    }

    /// The packets of the next picture in every encoding somebody may want.
    fn next(&mut self) -> Vec<Packet> {
        let timestamp =
            self.first_timestamp.wrapping_add((self.played * 90_000 / u64::from(self.pace.rate())) as u32);
        let heights = |frames: &CameraLoop| frames.iter().flatten().map(|f| u32::from(f.height)).max();
        let mut packets = Vec::new();
        for (index, encoding) in self.encodings.iter_mut().enumerate() {
            let wanted = self.watched > 0
                && (index == 0 || heights(&encoding.frames).is_some_and(|height| height <= self.watched));
            let Some(frame) = encoding.frames.get(self.slot).and_then(Option::as_ref).filter(|_| wanted)
            else {
                continue;
            };
            for payload in encoding.packetizer.payloads(frame) {
                packets.push(Packet {
                    marker: payload.marker,
                    payload_type: payloads::number(self.codec),
                    sequence: encoding.sequence,
                    timestamp,
                    ssrc: encoding.ssrc,
                    extensions: Vec::new(),
                    payload: payload.bytes,
                });
                encoding.sequence = encoding.sequence.wrapping_add(1);
            }
        }
        let length = self.encodings.first().map_or(1, |e| e.frames.len().max(1));
        self.slot = (self.slot + 1) % length;
        self.played += 1;
        packets
    }
}

/// A person on the stage.
pub(crate) struct Performer {
    pub(crate) place: Place,
    pub(crate) index: usize,
    pub(crate) stage: Stage,
    pub(crate) bridge: mpsc::UnboundedSender<Command>,
    pub(crate) audio_ssrc: Option<u32>,
    pub(crate) tone: ToneLoop,
    pub(crate) silence: ToneLoop,
    pub(crate) camera: Option<Track>,
    pub(crate) share: Option<Track>,
    pub(crate) audio_muted: bool,
    pub(crate) video_muted: bool,
    pub(crate) first_timestamp: u32,
}

impl Performer {
    /// Plays until the person leaves or the lab ends.
    pub(crate) async fn perform(mut self, mut orders: mpsc::UnboundedReceiver<PersonOrder>) {
        let start = Instant::now();
        let mut spoken: u64 = 0;
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => {
                        if !self.take(order, start) {
                            return;
                        }
                    }
                    None => return,
                },
                _ = ticks.tick() => {
                    let elapsed = start.elapsed();
                    while elapsed >= AUDIO_PACKET * (spoken as u32 + 1) {
                        self.speak(spoken);
                        spoken += 1;
                        if spoken.is_multiple_of(REPORT_EVERY) {
                            self.report(elapsed);
                        }
                    }
                    for track in [&mut self.camera, &mut self.share].into_iter().flatten() {
                        while track.due(elapsed) {
                            let packets = track.next();
                            let muted = track.pace == Pace::Camera && self.video_muted;
                            for packet in packets.iter().filter(|_| !muted) {
                                inject(&self.bridge, &self.place, packet.write());
                            }
                        }
                    }
                }
            }
        }
    }

    /// Whose turn it is to speak.
    fn speaking(&self) -> bool {
        let people = self.stage.count.load(Ordering::Relaxed).max(1) as u64;
        let turn = self.stage.epoch.elapsed().as_millis() as u64 / TURN.as_millis() as u64;
        turn % people == self.index as u64 % people
    }

    fn speak(&self, number: u64) {
        let Some(ssrc) = self.audio_ssrc.filter(|_| !self.audio_muted) else { return };
        let packets = if self.speaking() { &self.tone } else { &self.silence };
        let Some((payload, level)) = packets.get(number as usize % packets.len().max(1)) else { return };
        let packet = Packet {
            marker: false,
            payload_type: payloads::OPUS,
            sequence: (number as u16).wrapping_add(1),
            timestamp: self.first_timestamp.wrapping_add((number * 960) as u32),
            ssrc,
            extensions: vec![(payloads::AUDIO_LEVEL, Bytes::copy_from_slice(&[*level]))],
            payload: payload.clone(),
        };
        inject(&self.bridge, &self.place, packet.write());
    }

    /// Sender reports of everything being sent, so that receivers can align sound and picture.
    fn report(&self, elapsed: Duration) {
        let ntp = rtcp::ntp_now();
        let at = |first: u32, rate: f64| first.wrapping_add((elapsed.as_secs_f64() * rate) as u32);
        let mut streams: Vec<(u32, u32)> = Vec::new();
        streams.extend(self.audio_ssrc.map(|ssrc| (ssrc, at(self.first_timestamp, 48_000.0))));
        for track in [&self.camera, &self.share].into_iter().flatten() {
            let timestamp = at(track.first_timestamp, 90_000.0);
            streams.extend(track.encodings.iter().map(|encoding| (encoding.ssrc, timestamp)));
        }
        for (ssrc, timestamp) in streams {
            let report = rtcp::sender_report(ssrc, ntp, timestamp, 0, 0);
            // The bridge ends with the lab, and so do its people.
            let _ = self.bridge.send(Command::InjectReport { place: self.place.clone(), report });
        }
    }

    /// Follows an order; false when it was to leave.
    fn take(&mut self, order: PersonOrder, start: Instant) -> bool {
        match order {
            PersonOrder::Keyframe { source } => {
                if let Some(track) = self.track(&source) {
                    track.slot = 0;
                }
            }
            PersonOrder::Watched { source, max_height } => {
                if let Some(track) = self.track(&source) {
                    let woken = track.watched < max_height;
                    track.watched = max_height;
                    // An encoding that comes in starts with a key frame.
                    if woken {
                        track.slot = 0;
                    }
                }
            }
            PersonOrder::MuteAudio(muted) => self.audio_muted = muted,
            PersonOrder::MuteVideo(muted) => self.video_muted = muted,
            PersonOrder::Share(track) => {
                self.share = track.map(|mut track| {
                    track.played = (start.elapsed().as_secs_f64() * f64::from(track.pace.rate())) as u64;
                    *track
                });
            }
            PersonOrder::Leave => return false,
        }
        true
    }

    fn track(&mut self, source: &str) -> Option<&mut Track> {
        [&mut self.camera, &mut self.share].into_iter().flatten().find(|track| track.name == source)
    }
}
