//! One endpoint of a conference: what it sends, what it wants, and what it is being sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::SourceDescription;
use super::allocation::{Wishes, usual_heights};
use super::egress::Egress;
use super::feedback::FeedbackRecorder;
use super::ingress::Ingress;
use super::observe::{EndpointReport, ReceivedPacket};
use super::rtp::Packet;
use crate::focus::Medium;
use crate::payloads;

/// An encoding that brought nothing for so long is not being sent.
const ALIVE: Duration = Duration::from_millis(1500);

/// Where an SSRC belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) source: usize,
    pub(super) encoding: usize,
    pub(super) retransmission: bool,
}

/// A packet with its place, retransmissions unwrapped.
pub(super) struct Received {
    pub(super) source: SourceDescription,
    pub(super) encoding: usize,
    pub(super) packet: Packet,
    pub(super) alive: Vec<bool>,
}

/// An endpoint: a client or a synthetic person.
pub(super) struct Endpoint {
    /// Has no transport; orders go to it directly.
    pub(super) person: bool,
    pub(super) sources: Vec<SourceDescription>,
    routes: BTreeMap<u32, Route>,
    pub(super) ingress: BTreeMap<u32, Ingress>,
    pub(super) feedback: FeedbackRecorder,
    /// By source name.
    pub(super) egress: BTreeMap<String, Egress>,
    pub(super) wishes: Wishes,
    /// What the endpoint said its video sources are.
    pub(super) video_types: BTreeMap<String, String>,
    /// The last constraint it was told, by source.
    pub(super) told: BTreeMap<String, u32>,
    pub(super) forwarded: Vec<String>,
    pub(super) asked_keyframe: BTreeMap<String, Instant>,
    heights: BTreeMap<(usize, usize), u16>,
    transport_cc: u16,
    pub(super) report: EndpointReport,
    pub(super) taps: Vec<UnboundedSender<ReceivedPacket>>,
    /// SSRCs the transport lets in.
    pub(super) admitted: BTreeSet<u32>,
}

impl Endpoint {
    pub(super) fn new(now: Instant, person: bool) -> Self {
        Self {
            person,
            sources: Vec::new(),
            routes: BTreeMap::new(),
            ingress: BTreeMap::new(),
            feedback: FeedbackRecorder::new(now),
            egress: BTreeMap::new(),
            wishes: Wishes::default(),
            video_types: BTreeMap::new(),
            told: BTreeMap::new(),
            forwarded: Vec::new(),
            asked_keyframe: BTreeMap::new(),
            heights: BTreeMap::new(),
            transport_cc: 0,
            report: EndpointReport::default(),
            taps: Vec::new(),
            admitted: BTreeSet::new(),
        }
    }

    /// Replaces what the endpoint sends.
    pub(super) fn set_sources(&mut self, sources: Vec<SourceDescription>) {
        self.routes.clear();
        self.heights.clear();
        for (index, source) in sources.iter().enumerate() {
            for (encoding, (ssrc, rtx)) in source.encodings.iter().enumerate() {
                let route = Route { source: index, encoding, retransmission: false };
                self.routes.insert(*ssrc, route);
                if let Some(rtx) = rtx {
                    self.routes.insert(*rtx, Route { retransmission: true, ..route });
                }
            }
        }
        self.ingress.retain(|ssrc, _| self.routes.contains_key(ssrc));
        self.sources = sources;
    }

    /// All SSRCs it may send on.
    pub(super) fn ssrcs(&self) -> BTreeSet<u32> {
        self.routes.keys().copied().collect()
    }

    /// Video sources that are being sent at all.
    pub(super) fn live_video(&self) -> impl Iterator<Item = &SourceDescription> {
        self.sources.iter().filter(|s| {
            s.medium == Medium::Video && self.video_types.get(&s.name).is_none_or(|kind| kind != "none")
        })
    }

    /// The heights of a source's encodings, as far as known.
    pub(super) fn heights(&self, name: &str) -> Vec<u16> {
        let Some(index) = self.sources.iter().position(|s| s.name == name) else { return Vec::new() };
        let mut heights = usual_heights(self.sources[index].encodings.len());
        for (encoding, height) in heights.iter_mut().enumerate() {
            *height = self.heights.get(&(index, encoding)).copied().unwrap_or(*height);
        }
        heights
    }

    /// Which encodings of a source bring packets.
    pub(super) fn alive(&self, now: Instant, name: &str) -> Vec<bool> {
        let Some(source) = self.sources.iter().find(|s| s.name == name) else { return Vec::new() };
        let recent = |ssrc: &u32| {
            let last = self.ingress.get(ssrc).and_then(|i| i.last_arrival);
            last.is_some_and(|at| now.saturating_duration_since(at) < ALIVE)
        };
        source.encodings.iter().map(|(ssrc, _)| recent(ssrc)).collect()
    }

    /// A media packet came from it. Nothing comes out of duplicates, probes and strangers.
    pub(super) fn receive(&mut self, now: Instant, packet: Packet) -> Option<Received> {
        if let Some(number) = packet.extension(payloads::TRANSPORT_CC)
            && let Some(number) = number.get(..2)
        {
            self.feedback.arrived(now, u16::from_be_bytes([number[0], number[1]]));
        }
        let route = *self.routes.get(&packet.ssrc)?;
        let packet = if route.retransmission { self.unwrap(packet, route)? } else { packet };
        if packet.payload.is_empty() {
            self.report.probes += 1;
            return None;
        }
        let source = self.sources[route.source].clone();
        let clock = if source.medium == Medium::Audio { 48_000 } else { 90_000 };
        let recovered = route.retransmission;
        let ingress = self.ingress.entry(packet.ssrc).or_insert_with(|| Ingress::new(packet.ssrc, clock));
        if !ingress.arrived(now, packet.sequence, packet.timestamp, recovered) {
            return None;
        }
        let nacked = ingress.nacked;
        self.count(&source, route, &packet, nacked);
        self.taps.retain(|tap| {
            let copy = ReceivedPacket {
                source: source.name.clone(),
                encoding: route.encoding,
                packet: packet.write().into(),
                recovered,
            };
            tap.send(copy).is_ok()
        });
        let alive = self.alive(now, &source.name);
        Some(Received { source, encoding: route.encoding, packet, alive })
    }

    /// The original behind a retransmission (RFC 4588 §4).
    fn unwrap(&mut self, packet: Packet, route: Route) -> Option<Packet> {
        let (Some(original), Some(payload_type)) =
            (packet.payload.get(..2), payloads::associated(packet.payload_type))
        else {
            self.report.probes += 1;
            return None;
        };
        let sequence = u16::from_be_bytes([original[0], original[1]]);
        let ssrc = self.sources[route.source].encodings[route.encoding].0;
        let payload = packet.payload.slice(2..);
        Some(Packet { ssrc, payload_type, sequence, payload, ..packet })
    }

    fn count(&mut self, source: &SourceDescription, route: Route, packet: &Packet, nacked: u64) {
        let stream = self.report.streams.entry(packet.ssrc).or_default();
        stream.source.clone_from(&source.name);
        stream.packets += 1;
        stream.bytes += packet.payload.len() as u64;
        stream.nacked = nacked;
        stream.recovered += u64::from(route.retransmission);
        if let Some(codec) = payloads::codec(packet.payload_type)
            && super::codec::begins_keyframe(codec, &packet.payload)
        {
            stream.keyframes += 1;
            let vp8 = (codec == treff_media::codec::VideoCodec::Vp8)
                .then(|| super::codec::Vp8::read(&packet.payload))
                .flatten();
            if let Some(height) = vp8.and_then(|v| v.height) {
                stream.height = Some(height);
                self.heights.insert((route.source, route.encoding), height);
            }
        }
    }

    /// Readies a packet for this receiver: its transport-wide number and the time of sending.
    pub(super) fn stamp(&mut self, mut packet: Packet, since_start: Duration) -> Packet {
        packet.extensions.retain(|(id, _)| *id != payloads::MID);
        packet.set_extension(payloads::TRANSPORT_CC, &self.transport_cc.to_be_bytes());
        self.transport_cc = self.transport_cc.wrapping_add(1);
        if packet.payload_type != payloads::OPUS {
            // Seconds in 6.18 fixed point.
            let time = (since_start.as_secs_f64() * 262_144.0) as u64 & 0xff_ffff;
            packet.set_extension(payloads::ABS_SEND_TIME, &(time as u32).to_be_bytes()[1..]);
        }
        packet
    }

    /// The source and the stream that go to this receiver under an SSRC.
    pub(super) fn egress_of(&mut self, ssrc: u32) -> Option<(&String, &mut Egress)> {
        self.egress.iter_mut().find(|(_, egress)| egress.ssrc() == ssrc)
    }
}
