//! A conference on the bridge: packets in from each endpoint, packets and messages out to the others.
//!
//! In: media, RTCP and channel messages of endpoints, and the time. Out: [`Output`]s. No socket and no clock.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::SourceDescription;
use super::allocation::{UNLIMITED, encoding_for};
use super::colibri::{self, FromEndpoint};
use super::egress::Egress;
use super::endpoint::{Endpoint, Received};
use super::handle::PersonOrder;
use super::rtcp::{self, Report};
use super::rtp::Packet;
use super::speaker::Speakers;
use crate::focus::Medium;
use crate::payloads;
use crate::random::Random;

/// How often the conference wants to be woken.
pub(crate) const TICK: Duration = Duration::from_millis(20);
const FEEDBACK_EVERY: u64 = 3;
const ALLOCATE_EVERY: u64 = 10;
const REPORT_EVERY: u64 = 50;
const STATS_EVERY: u64 = 500;
/// Key frames of one source are asked for no more often.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(300);
/// What an idle bridge on loopback was seen to estimate.
const DOWNLINK: u64 = 17_762_988;
/// Loopback.
const ROUND_TRIP: Duration = Duration::from_millis(50);

/// Something for an endpoint.
pub(crate) enum Output {
    Rtp { endpoint: String, packet: Packet },
    Rtcp { endpoint: String, bytes: Vec<u8> },
    Channel { endpoint: String, text: String },
    Person { endpoint: String, order: PersonOrder },
}

/// The state of a conference.
pub(crate) struct Conference {
    start: Instant,
    pub(super) bridge_ssrc: u32,
    pub(super) endpoints: BTreeMap<String, Endpoint>,
    speakers: Speakers,
    random: Random,
    ticks: u64,
    out: VecDeque<Output>,
}

impl Conference {
    pub(crate) fn new(now: Instant, bridge_ssrc: u32, random: Random) -> Self {
        Self {
            start: now,
            bridge_ssrc,
            endpoints: BTreeMap::new(),
            speakers: Speakers::default(),
            random,
            ticks: 0,
            out: VecDeque::new(),
        }
    }

    /// The next thing to send.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.endpoints.is_empty()
    }

    /// A newcomer, or one who starts over.
    pub(crate) fn add(&mut self, now: Instant, id: &str, person: bool) {
        self.remove(now, id);
        let mut endpoint = Endpoint::new(now, person);
        for source in self.endpoints.values().flat_map(|e| &e.sources) {
            endpoint.egress.insert(source.name.clone(), egress(source, &mut self.random));
        }
        self.endpoints.insert(id.to_owned(), endpoint);
    }

    /// Somebody is gone.
    pub(crate) fn remove(&mut self, now: Instant, id: &str) {
        self.set_sources(now, id, Vec::new());
        if self.endpoints.remove(id).is_some() {
            if self.speakers.forget(id) {
                self.announce_speaker();
            }
            self.allocate(now);
        }
    }

    /// Everything an endpoint sends from now on. Nobody is added by this.
    pub(crate) fn set_sources(&mut self, now: Instant, id: &str, sources: Vec<SourceDescription>) {
        let Some(endpoint) = self.endpoints.get_mut(id) else { return };
        let before = std::mem::take(&mut endpoint.sources);
        endpoint.set_sources(sources.clone());
        // A source that comes again is told anew.
        endpoint.told.retain(|name, _| sources.iter().any(|source| source.name == *name));
        for (_, other) in self.endpoints.iter_mut().filter(|(other, _)| *other != id) {
            for source in &before {
                if !sources.contains(source) {
                    other.egress.remove(&source.name);
                }
            }
            for source in &sources {
                let missing = || egress(source, &mut self.random);
                other.egress.entry(source.name.clone()).or_insert_with(missing);
            }
        }
        self.allocate(now);
    }

    /// A decrypted RTP packet of an endpoint.
    pub(crate) fn rtp(&mut self, now: Instant, id: &str, bytes: &Bytes) {
        let Some(packet) = Packet::parse(bytes) else { return };
        let Some(received) = self.endpoints.get_mut(id).and_then(|e| e.receive(now, packet)) else { return };
        if received.source.medium == Medium::Audio {
            let level = received.packet.extension(payloads::AUDIO_LEVEL).and_then(|b| b.first().copied());
            if let Some(level) = level
                && self.speakers.heard(now, id, level & 0x7f)
            {
                self.announce_speaker();
                self.allocate(now);
            }
        }
        self.forward(now, id, &received);
    }

    fn forward(&mut self, now: Instant, from: &str, received: &Received) {
        let since_start = now.saturating_duration_since(self.start);
        for (id, receiver) in self.endpoints.iter_mut().filter(|(id, e)| *id != from && !e.person) {
            let Some(egress) = receiver.egress.get_mut(&received.source.name) else { continue };
            let packet = match received.source.medium {
                Medium::Audio => Some(egress.forward_audio(&received.packet)),
                Medium::Video => egress.forward(received.encoding, &received.packet, |encoding| {
                    received.alive.get(encoding).copied().unwrap_or(false)
                }),
            };
            if let Some(packet) = packet {
                let packet = receiver.stamp(packet, since_start);
                self.out.push_back(Output::Rtp { endpoint: id.clone(), packet });
            }
        }
    }

    /// A decrypted compound RTCP packet of an endpoint.
    pub(crate) fn rtcp(&mut self, now: Instant, id: &str, bytes: &[u8]) {
        for report in rtcp::read(bytes) {
            match report {
                Report::Sender { ssrc, ntp, rtp } => self.sender_report(now, id, ssrc, ntp, rtp),
                Report::Nack { media, lost } => self.nack(now, id, media, &lost),
                Report::Keyframe { media } => {
                    let Some(endpoint) = self.endpoints.get_mut(id) else { return };
                    endpoint.report.keyframe_requests += 1;
                    if let Some(name) = endpoint.egress_of(media).map(|(name, _)| name.clone()) {
                        self.request_keyframe(now, &name);
                    }
                }
                Report::Receiver => self.count(id, |r| r.receiver_reports += 1),
                Report::TransportFeedback => self.count(id, |r| r.transport_feedback += 1),
            }
        }
    }

    fn count(&mut self, id: &str, add: impl FnOnce(&mut super::EndpointReport)) {
        if let Some(endpoint) = self.endpoints.get_mut(id) {
            add(&mut endpoint.report);
        }
    }

    fn nack(&mut self, now: Instant, id: &str, media: u32, lost: &[u16]) {
        let since_start = now.saturating_duration_since(self.start);
        let Some(endpoint) = self.endpoints.get_mut(id) else { return };
        endpoint.report.nacks_received += lost.len() as u64;
        for sequence in lost {
            let again = endpoint.egress_of(media).and_then(|(_, egress)| egress.retransmit(*sequence));
            if let Some(packet) = again {
                endpoint.report.retransmitted += 1;
                let packet = endpoint.stamp(packet, since_start);
                self.out.push_back(Output::Rtp { endpoint: id.to_owned(), packet });
            }
        }
    }

    /// Passes a sender's clock on to those who get the stream, in their numbers.
    fn sender_report(&mut self, now: Instant, id: &str, ssrc: u32, ntp: u64, rtp: u32) {
        let Some(endpoint) = self.endpoints.get_mut(id) else { return };
        if let Some(ingress) = endpoint.ingress.get_mut(&ssrc) {
            ingress.sender_report(now, ntp);
        }
        let found = endpoint.sources.iter().find_map(|source| {
            let encoding = source.encodings.iter().position(|(media, _)| *media == ssrc)?;
            Some((source.name.clone(), source.medium, encoding))
        });
        let Some((name, medium, encoding)) = found else { return };
        for (other, receiver) in self.endpoints.iter().filter(|(other, e)| *other != id && !e.person) {
            let Some(egress) = receiver.egress.get(&name).filter(|e| e.packets > 0) else { continue };
            let mapped = match medium {
                Medium::Audio => Some(rtp),
                Medium::Video => egress.map_timestamp(encoding, rtp),
            };
            if let Some(mapped) = mapped {
                let bytes = rtcp::sender_report(egress.ssrc(), ntp, mapped, egress.packets, egress.octets);
                self.out.push_back(Output::Rtcp { endpoint: other.clone(), bytes });
            }
        }
    }

    /// A bridge channel opened.
    pub(crate) fn channel_opened(&mut self, now: Instant, id: &str, kind: &'static str) {
        let Some(endpoint) = self.endpoints.get_mut(id) else { return };
        endpoint.report.channel = Some(kind);
        endpoint.told.clear();
        endpoint.forwarded.clear();
        let video: Vec<String> =
            endpoint.sources.iter().filter(|s| s.medium == Medium::Video).map(|s| s.name.clone()).collect();
        if kind == "websocket" {
            self.say(id, colibri::server_hello());
        }
        for name in video {
            self.say(id, colibri::sender_constraints(&name, 0));
            if let Some(endpoint) = self.endpoints.get_mut(id) {
                endpoint.told.insert(name, 0);
            }
        }
        self.say(id, colibri::forwarded_sources(&[]));
        if self.speakers.dominant().is_some() {
            let text = self.speaker_text();
            self.say(id, text);
        }
        self.allocate(now);
    }

    /// A bridge channel is gone.
    pub(crate) fn channel_closed(&mut self, id: &str) {
        self.count(id, |r| r.channel = None);
    }

    /// A message on a bridge channel.
    pub(crate) fn message(&mut self, now: Instant, id: &str, text: &str) {
        let (class, message) = colibri::read(text);
        let Some(endpoint) = self.endpoints.get_mut(id) else { return };
        *endpoint.report.messages.entry(class).or_default() += 1;
        match message {
            Err(error) => {
                tracing::warn!(%error, "a channel message was not accepted");
                endpoint.report.rejected_messages += 1;
            }
            Ok(FromEndpoint::Hello) => self.say(id, colibri::server_hello()),
            Ok(FromEndpoint::Constraints(constraints)) => {
                endpoint.wishes.update(constraints);
                self.allocate(now);
            }
            Ok(FromEndpoint::LastN(last_n)) => {
                endpoint.wishes.set_last_n(last_n);
                self.allocate(now);
            }
            Ok(FromEndpoint::VideoType { source, kind }) => self.set_video_type(now, id, &source, kind),
            Ok(FromEndpoint::Message { to, message }) => {
                self.relay(id, &to, &colibri::relayed(message, id));
            }
            Ok(FromEndpoint::Stats(message)) => self.relay(id, "", &colibri::relayed(message, id)),
            Ok(FromEndpoint::Ignored) => {}
        }
    }

    /// What an endpoint says one of its sources is; `none` means muted.
    pub(crate) fn set_video_type(&mut self, now: Instant, id: &str, source: &str, kind: String) {
        if let Some(endpoint) = self.endpoints.get_mut(id) {
            endpoint.video_types.insert(source.to_owned(), kind);
            self.allocate(now);
        }
    }

    /// Sends a text to one endpoint, or to all but the sender.
    pub(crate) fn relay(&mut self, from: &str, to: &str, text: &str) {
        let receivers: Vec<String> =
            self.endpoints.keys().filter(|id| *id != from && (to.is_empty() || *id == to)).cloned().collect();
        for id in receivers {
            self.say(&id, text.to_owned());
        }
    }

    /// Sends a text on an endpoint's channel, if it has one.
    pub(crate) fn say(&mut self, id: &str, text: String) {
        if self.endpoints.get(id).is_some_and(|e| e.report.channel.is_some()) {
            self.out.push_back(Output::Channel { endpoint: id.to_owned(), text });
        }
    }

    /// Connectivity of an endpoint, told to the others.
    pub(crate) fn connectivity(&mut self, id: &str, active: bool) {
        self.relay(id, "", &colibri::connectivity(id, active));
    }

    fn speaker_text(&self) -> String {
        let mut order = self.speakers.order();
        let dominant = order.next().unwrap_or_default();
        colibri::dominant_speaker(dominant, &order.collect::<Vec<_>>())
    }

    fn announce_speaker(&mut self) {
        if self.speakers.dominant().is_some() {
            let text = self.speaker_text();
            self.relay("", "", &text);
        }
    }

    /// Decides anew who gets what, and tells senders and receivers what changed.
    fn allocate(&mut self, now: Instant) {
        let order = self.video_order();
        let mut needed: BTreeMap<String, u32> = BTreeMap::new();
        let mut news = Vec::new();
        let ids: Vec<String> = self.endpoints.keys().cloned().collect();
        for id in &ids {
            let Some(receiver) = self.endpoints.get(id).filter(|e| !e.person) else { continue };
            let others: Vec<String> =
                order.iter().filter(|(owner, _)| owner != id).map(|(_, name)| name.clone()).collect();
            let chosen = receiver.wishes.choose(&others);
            for (name, height) in &chosen {
                let most = needed.entry(name.clone()).or_default();
                *most = (*most).max(*height);
            }
            let wanted: BTreeMap<&String, usize> = chosen
                .iter()
                .filter_map(|(name, height)| {
                    let (owner, _) = order.iter().find(|(_, n)| n == name)?;
                    Some((name, encoding_for(&self.endpoints.get(owner)?.heights(name), *height)))
                })
                .collect();
            let mut forwarded: Vec<String> = chosen.iter().map(|(name, _)| name.clone()).collect();
            let all: Vec<(String, Option<usize>)> =
                receiver.egress.keys().map(|n| (n.clone(), wanted.get(n).copied())).collect();
            let Some(receiver) = self.endpoints.get_mut(id) else { continue };
            for (name, desired) in all {
                if let Some(egress) = receiver.egress.get_mut(&name)
                    && egress.desired() != desired
                {
                    egress.set_desired(desired);
                }
            }
            forwarded.sort();
            if receiver.forwarded != forwarded {
                receiver.forwarded.clone_from(&forwarded);
                receiver.report.forwarded.clone_from(&forwarded);
                news.push((id.clone(), colibri::forwarded_sources(&forwarded)));
            }
        }
        for (id, text) in news {
            self.say(&id, text);
        }
        self.constrain(&needed);
        self.request_keyframes(now);
    }

    /// Video sources with their owners, those of recent speakers first.
    fn video_order(&self) -> Vec<(String, String)> {
        let spoken: Vec<&str> = self.speakers.order().collect();
        let mut order: Vec<(usize, String, String)> = Vec::new();
        for (id, endpoint) in &self.endpoints {
            let rank = spoken.iter().position(|s| s == id).unwrap_or(usize::MAX);
            order.extend(endpoint.live_video().map(|s| (rank, id.clone(), s.name.clone())));
        }
        order.sort();
        order.into_iter().map(|(_, owner, name)| (owner, name)).collect()
    }

    /// Tells senders how large anybody wants them.
    fn constrain(&mut self, needed: &BTreeMap<String, u32>) {
        let mut news = Vec::new();
        for (id, endpoint) in &mut self.endpoints {
            for source in endpoint.sources.iter().filter(|s| s.medium == Medium::Video) {
                let height = needed.get(&source.name).copied().unwrap_or(0).min(UNLIMITED);
                if endpoint.told.get(&source.name) == Some(&height) {
                    continue;
                }
                if endpoint.person {
                    endpoint.told.insert(source.name.clone(), height);
                    let order = PersonOrder::Watched { source: source.name.clone(), max_height: height };
                    self.out.push_back(Output::Person { endpoint: id.clone(), order });
                } else if endpoint.report.channel.is_some() {
                    endpoint.told.insert(source.name.clone(), height);
                    news.push((id.clone(), colibri::sender_constraints(&source.name, height)));
                }
            }
        }
        for (id, text) in news {
            self.say(&id, text);
        }
    }

    /// Asks for key frames wherever a receiver waits for an encoding that is being sent.
    fn request_keyframes(&mut self, now: Instant) {
        let mut waiting = Vec::new();
        for owner in self.endpoints.values() {
            for source in owner.live_video() {
                let alive = owner.alive(now, &source.name);
                let waits =
                    self.endpoints.values().filter_map(|e| e.egress.get(&source.name)).any(|egress| {
                        let Some(desired) = egress.desired() else { return false };
                        let best = (0..=desired).rev().find(|e| alive.get(*e) == Some(&true));
                        best.is_some() && egress.current() != best
                    });
                if waits {
                    waiting.push(source.name.clone());
                }
            }
        }
        for name in waiting {
            self.request_keyframe(now, &name);
        }
    }

    /// Asks the sender of a source for key frames, not too often. As in Jitsi's bridge the request names the
    /// smallest encoding and means all of them.
    pub(crate) fn request_keyframe(&mut self, now: Instant, name: &str) {
        let bridge_ssrc = self.bridge_ssrc;
        for (id, endpoint) in &mut self.endpoints {
            let Some(source) = endpoint.sources.iter().find(|s| s.name == name) else { continue };
            let recently = |at: &Instant| now.saturating_duration_since(*at) < KEYFRAME_INTERVAL;
            if endpoint.asked_keyframe.get(name).is_some_and(recently) {
                return;
            }
            let Some((ssrc, _)) = source.encodings.first().copied() else { return };
            endpoint.asked_keyframe.insert(name.to_owned(), now);
            self.out.push_back(if endpoint.person {
                let order = PersonOrder::Keyframe { source: name.to_owned() };
                Output::Person { endpoint: id.clone(), order }
            } else {
                Output::Rtcp { endpoint: id.clone(), bytes: rtcp::picture_loss(bridge_ssrc, ssrc) }
            });
            return;
        }
    }

    /// Every [`TICK`]: repeats, reports, second thoughts.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.ticks += 1;
        let ticks = self.ticks;
        for (id, endpoint) in self.endpoints.iter_mut().filter(|(_, e)| !e.person) {
            let mut send = |bytes| self.out.push_back(Output::Rtcp { endpoint: id.clone(), bytes });
            let video: Vec<u32> = endpoint
                .sources
                .iter()
                .filter(|s| s.medium == Medium::Video)
                .flat_map(|s| s.encodings.iter().filter(|(_, rtx)| rtx.is_some()).map(|(ssrc, _)| *ssrc))
                .collect();
            for ssrc in video {
                let lost = endpoint.ingress.get_mut(&ssrc).map(|i| i.nacks(now, ROUND_TRIP));
                if let Some(lost) = lost.filter(|lost| !lost.is_empty()) {
                    send(rtcp::nack(self.bridge_ssrc, ssrc, &lost));
                }
            }
            if ticks.is_multiple_of(FEEDBACK_EVERY) {
                let media = endpoint.ingress.keys().next().copied().unwrap_or(0);
                if let Some(bytes) = endpoint.feedback.report(self.bridge_ssrc, media) {
                    send(bytes);
                }
                endpoint.report.transport_cc = endpoint.feedback.seen;
            }
            if ticks.is_multiple_of(REPORT_EVERY) {
                let blocks: Vec<_> = endpoint.ingress.values_mut().filter_map(|i| i.block(now)).collect();
                for blocks in blocks.chunks(31) {
                    send(rtcp::receiver_report(self.bridge_ssrc, blocks));
                }
            }
        }
        if ticks.is_multiple_of(ALLOCATE_EVERY) {
            self.allocate(now);
        }
        if ticks.is_multiple_of(STATS_EVERY) {
            self.relay("", "", &colibri::connection_stats(DOWNLINK));
        }
    }
}

fn egress(source: &SourceDescription, random: &mut Random) -> Egress {
    let (ssrc, rtx) = source.encodings.first().copied().unwrap_or_default();
    Egress::new(ssrc, rtx, random.next() as u16)
}
