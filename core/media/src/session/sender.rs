//! What we send: the microphone's stream and the camera's encodings.
//!
//! In: Opus packets, encoded frames, NACKs. Out: RTP packets with sequence numbers, timestamps and the audio level,
//! without transport-wide numbers. Everything starts at random places below the middle of its range.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc_rtp::header::Header;
use rtc_rtp::packet::Packet;

use super::history::History;
use super::pacer::Pacer;
use super::rate::RateMeter;
use super::{MediaConfig, SendLayer, SendStats};
use crate::audio::OpusPacket;
use crate::codec::{Negotiated, Ssrc};
use crate::frame::EncodedFrame;
use crate::rtp::{Packetizer, PacketizerConfig, video_timestamp};

/// Silence after which the next Opus packet begins a talk spurt (RFC 3551 §4.1): the marker bit.
const PAUSE: Duration = Duration::from_millis(200);

/// More than this share of the estimate spent on retransmissions makes a full path fuller.
const RETRANSMITTED_SHARE: f64 = 0.4;

/// splitmix64: numbers nobody needs to be unable to guess.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below 32768, or a receiver that meets reordering at the first wrap guesses the wrong SRTP roll-over.
    fn sequence(&mut self) -> u16 {
        (self.next() & 0x7fff) as u16
    }
}

struct Audio {
    ssrc: Ssrc,
    next: u16,
    offset: u32,
    last: Option<Instant>,
    stats: SendStats,
    rate: RateMeter,
}

struct Layer {
    ssrc: Ssrc,
    next: u16,
    packetizer: Packetizer,
    history: Option<History>,
    stats: SendStats,
    rate: RateMeter,
}

impl Layer {
    fn new(layer: &SendLayer, random: &mut Random) -> Self {
        Self {
            ssrc: layer.ssrc,
            next: random.sequence(),
            packetizer: Packetizer::new(PacketizerConfig {
                picture_id: random.sequence(),
                base_index: random.next() as u8,
                temporal_layers: true,
            }),
            history: layer.rtx.map(|rtx| History::new(rtx, random.sequence())),
            stats: SendStats::default(),
            rate: RateMeter::default(),
        }
    }
}

/// The screen's place among the encodings, behind any camera's.
const SCREEN: usize = usize::MAX;

/// Which source of ours a key frame is wanted of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyframeOf {
    Camera,
    Screen,
}

/// All our streams.
pub(super) struct Sender {
    negotiated: Negotiated,
    audio: Option<Audio>,
    layers: Vec<Layer>,
    screen: Option<Layer>,
    /// One for all encodings: the bridge switches between them by it.
    video_base: u32,
    pacer: Pacer,
    estimate: f64,
    retransmitted: RateMeter,
}

impl Sender {
    pub(super) fn new(config: &MediaConfig, random: &mut Random, estimate: f64) -> Self {
        let audio = config.audio_ssrc.map(|ssrc| Audio {
            ssrc,
            next: random.sequence(),
            offset: random.next() as u32,
            last: None,
            stats: SendStats::default(),
            rate: RateMeter::default(),
        });
        let layers = config.video.iter().map(|layer| Layer::new(layer, random)).collect();
        Self {
            negotiated: config.negotiated.clone(),
            audio,
            layers,
            screen: None,
            video_base: random.next() as u32,
            pacer: Pacer::new(estimate),
            estimate,
            retransmitted: RateMeter::default(),
        }
    }

    /// The RTP packet for an Opus packet, if audio was negotiated.
    pub(super) fn audio(&mut self, now: Instant, opus: &OpusPacket) -> Option<Packet> {
        let payload_type = self.negotiated.opus_number()?;
        let audio = self.audio.as_mut()?;
        let resumed = audio.last.is_none_or(|last| now.saturating_duration_since(last) > PAUSE);
        let mut header = Header {
            version: 2,
            marker: resumed,
            payload_type,
            sequence_number: audio.next,
            timestamp: opus.timestamp.wrapping_add(audio.offset),
            ssrc: audio.ssrc.0,
            ..Header::default()
        };
        if let Some(id) = self.negotiated.audio_extensions.audio_level {
            let level = opus.level.min(127) | if opus.voice { 0x80 } else { 0 };
            // Ids come from the offer; one that fits no one-byte header costs only the level.
            let _ = header.set_extension(id, Bytes::copy_from_slice(&[level]));
        }
        let payload = Bytes::copy_from_slice(opus.payload());
        audio.next = audio.next.wrapping_add(1);
        audio.last = Some(now);
        audio.stats.packets += 1;
        audio.stats.bytes += payload.len() as u64;
        audio.rate.add(now, payload.len());
        Some(Packet { header, payload })
    }

    /// Begins or ends a shared screen; what still waits of the one before is thrown away.
    pub(super) fn set_screen(&mut self, screen: Option<SendLayer>, random: &mut Random) {
        self.pacer.forget(SCREEN);
        self.screen = screen.map(|layer| Layer::new(&layer, random));
    }

    /// Queues the packets of a camera's frame. Frames of unknown encodings or codecs that were not negotiated are dropped.
    pub(super) fn video(&mut self, frame: &EncodedFrame) {
        self.queue(usize::from(frame.layer), frame);
    }

    /// Queues the packets of a screen's frame.
    pub(super) fn screen(&mut self, frame: &EncodedFrame) {
        self.queue(SCREEN, frame);
    }

    fn queue(&mut self, index: usize, frame: &EncodedFrame) {
        let Some(payload_type) = self.negotiated.video_number(frame.codec) else { return };
        let layer = if index == SCREEN { self.screen.as_mut() } else { self.layers.get_mut(index) };
        let Some(layer) = layer else { return };
        let timestamp = video_timestamp(self.video_base, frame.timestamp);
        layer.stats.frames += 1;
        layer.stats.keyframes += u64::from(frame.keyframe);
        for payload in layer.packetizer.payloads(frame) {
            let header = Header {
                version: 2,
                marker: payload.marker,
                payload_type,
                sequence_number: layer.next,
                timestamp,
                ssrc: layer.ssrc.0,
                ..Header::default()
            };
            layer.next = layer.next.wrapping_add(1);
            self.pacer.push(index, Packet { header, payload: payload.bytes });
        }
    }

    /// The next video packet whose time has come.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Packet> {
        let (index, packet) = self.pacer.pop(now)?;
        let layer = if index == SCREEN { self.screen.as_mut() } else { self.layers.get_mut(index) }?;
        layer.stats.packets += 1;
        layer.stats.bytes += packet.payload.len() as u64;
        layer.rate.add(now, packet.payload.len());
        if let Some(history) = &mut layer.history {
            history.keep(now, &packet);
        }
        Some(packet)
    }

    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.pacer.deadline(now)
    }

    pub(super) fn set_estimate(&mut self, estimate: f64) {
        self.estimate = estimate;
        self.pacer.set_estimate(estimate);
    }

    /// The retransmissions asked for, as far as they do not fill the path themselves.
    pub(super) fn nacked(
        &mut self,
        now: Instant,
        ssrc: Ssrc,
        numbers: impl Iterator<Item = u16>,
        round_trip: Option<Duration>,
    ) -> Vec<Packet> {
        let negotiated = &self.negotiated;
        let mut layers = self.layers.iter_mut().chain(&mut self.screen);
        let Some(layer) = layers.find(|layer| layer.ssrc == ssrc) else { return Vec::new() };
        layer.stats.nacks += 1;
        let Some(history) = &mut layer.history else { return Vec::new() };
        let budget = (self.estimate * RETRANSMITTED_SHARE) as u64;
        let mut packets = Vec::new();
        for number in numbers {
            if self.retransmitted.bits_per_second(now) > budget {
                break;
            }
            let Some(packet) = history.again(now, number, round_trip, negotiated) else { continue };
            self.retransmitted.add(now, packet.payload.len());
            layer.rate.add(now, packet.payload.len());
            layer.stats.retransmitted += 1;
            packets.push(packet);
        }
        packets
    }

    /// Takes note of a request for a key frame, if the SSRC is one of ours. The bridge names any encoding of the camera
    /// and means all.
    pub(super) fn keyframe_requested(&mut self, ssrc: Ssrc) -> Option<KeyframeOf> {
        if let Some(screen) = self.screen.as_mut().filter(|screen| screen.ssrc == ssrc) {
            screen.stats.plis += 1;
            return Some(KeyframeOf::Screen);
        }
        let layer = self.layers.iter_mut().find(|layer| layer.ssrc == ssrc)?;
        layer.stats.plis += 1;
        Some(KeyframeOf::Camera)
    }

    /// Takes note of what the bridge missed of a stream; whether it is one of ours.
    pub(super) fn reported(&mut self, ssrc: Ssrc, fraction_lost: u8) -> bool {
        if let Some(audio) = self.audio.as_mut().filter(|audio| audio.ssrc == ssrc) {
            audio.stats.fraction_lost = fraction_lost;
            return true;
        }
        let mut layers = self.layers.iter_mut().chain(&mut self.screen);
        layers
            .find(|layer| layer.ssrc == ssrc)
            .map(|layer| layer.stats.fraction_lost = fraction_lost)
            .is_some()
    }

    pub(super) fn stats(&mut self, now: Instant) -> BTreeMap<Ssrc, SendStats> {
        let mut all = BTreeMap::new();
        if let Some(audio) = &mut self.audio {
            let bitrate = audio.rate.bits_per_second(now);
            all.insert(audio.ssrc, SendStats { bitrate, ..audio.stats });
        }
        for layer in self.layers.iter_mut().chain(&mut self.screen) {
            let bitrate = layer.rate.bits_per_second(now);
            all.insert(layer.ssrc, SendStats { bitrate, ..layer.stats });
        }
        all.retain(|_, stats| stats.packets > 0);
        all
    }
}
