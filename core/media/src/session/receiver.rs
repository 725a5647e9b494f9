//! What others send: which stream a packet belongs to, retransmissions undone, frames put together, key frames and
//! missing packets asked for.
//!
//! In: checked RTP packets of signalled SSRCs. Out: events, and RTCP to send. Sources nobody looks at cost a row in a
//! map: their packets are counted and nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;

use super::chain::Compound;
use super::nack::{NackTracker, pairs};
use super::reception::Reception;
use super::{AudioPacket, ReceiveStats, RemoteMedia, SessionEvent};
use crate::codec::{MediaKind, Negotiated, PayloadKind, Ssrc};
use crate::rtp::{RtpPacket, VideoAssembler};

/// At least so long between two requests for a key frame of one source.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(400);
/// RFC 3550 §6.2 allows less; receivers of conferences want to know sooner.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// Blocks in one receiver report at most (five bits).
const MAX_BLOCKS: usize = 31;

struct Source {
    rtx: Option<Ssrc>,
    kind: MediaKind,
    reception: Reception,
    stats: ReceiveStats,
    /// Figures of assemblers that are gone.
    settled: ReceiveStats,
}

/// A video source somebody looks at.
struct Watched {
    assembler: VideoAssembler,
    nacks: NackTracker,
    keyframe_asked: Option<Instant>,
    /// The caller wants one.
    keyframe_wished: bool,
    /// Nothing can be shown without one.
    keyframe_needed: bool,
}

/// All streams of others.
pub(super) struct Receiver {
    negotiated: Negotiated,
    /// Whom our RTCP comes from.
    sender_ssrc: u32,
    sources: BTreeMap<Ssrc, Source>,
    by_rtx: BTreeMap<Ssrc, Ssrc>,
    watched: BTreeMap<Ssrc, Watched>,
    report_due: Option<Instant>,
}

impl Receiver {
    pub(super) fn new(negotiated: Negotiated, sender_ssrc: u32) -> Self {
        Self {
            negotiated,
            sender_ssrc,
            sources: BTreeMap::new(),
            by_rtx: BTreeMap::new(),
            watched: BTreeMap::new(),
            report_due: None,
        }
    }

    /// Adds a source; what it replaces, if its SSRC was known.
    pub(super) fn add(&mut self, media: RemoteMedia) -> Option<RemoteMedia> {
        let replaced = self.remove(media.ssrc);
        let source = Source {
            rtx: media.rtx,
            kind: media.kind,
            reception: Reception::new(clock_rate(media.kind)),
            stats: ReceiveStats::default(),
            settled: ReceiveStats::default(),
        };
        self.sources.insert(media.ssrc, source);
        if let Some(rtx) = media.rtx {
            self.by_rtx.insert(rtx, media.ssrc);
        }
        replaced
    }

    pub(super) fn remove(&mut self, ssrc: Ssrc) -> Option<RemoteMedia> {
        let source = self.sources.remove(&ssrc)?;
        self.watched.remove(&ssrc);
        if let Some(rtx) = source.rtx {
            self.by_rtx.remove(&rtx);
        }
        Some(RemoteMedia { ssrc, rtx: source.rtx, kind: source.kind })
    }

    /// Starts or stops putting a video source's frames together.
    pub(super) fn set_wanted(&mut self, ssrc: Ssrc, wanted: bool) {
        let Some(source) = self.sources.get_mut(&ssrc).filter(|source| source.kind == MediaKind::Video)
        else {
            return;
        };
        if !wanted {
            if let Some(watched) = self.watched.remove(&ssrc) {
                source.settled = add_assembled(source.settled, &watched.assembler);
            }
        } else if !self.watched.contains_key(&ssrc) {
            let watched = Watched {
                assembler: VideoAssembler::new(&self.negotiated),
                nacks: NackTracker::default(),
                keyframe_asked: None,
                keyframe_wished: false,
                keyframe_needed: false,
            };
            self.watched.insert(ssrc, watched);
        }
    }

    /// Wishes for a key frame; asked for at once or as soon as it is polite.
    pub(super) fn request_keyframe(&mut self, ssrc: Ssrc) {
        if let Some(watched) = self.watched.get_mut(&ssrc) {
            watched.keyframe_wished = true;
        }
    }

    /// Takes a packet of a signalled SSRC.
    pub(super) fn packet(&mut self, now: Instant, packet: RtpPacket, events: &mut VecDeque<SessionEvent>) {
        self.report_due.get_or_insert(now + REPORT_INTERVAL);
        if let Some(primary) = self.by_rtx.get(&packet.ssrc).copied() {
            self.retransmission(now, primary, &packet, events);
            return;
        }
        let Some(source) = self.sources.get_mut(&packet.ssrc) else { return };
        source.reception.arrived(now, packet.sequence, packet.timestamp);
        if packet.is_padding_only() {
            source.stats.probes += 1;
        } else {
            source.stats.packets += 1;
            source.stats.bytes += packet.payload.len() as u64;
        }
        match source.kind {
            MediaKind::Audio => self.audio(packet, events),
            MediaKind::Video => self.video(now, packet.ssrc, &packet, events),
        }
    }

    fn audio(&self, packet: RtpPacket, events: &mut VecDeque<SessionEvent>) {
        if packet.is_padding_only() || self.negotiated.kind(packet.payload_type) != Some(PayloadKind::Opus) {
            return;
        }
        let level = packet.audio_level(&self.negotiated.audio_extensions).map(|level| level.level);
        events.push_back(SessionEvent::Audio(AudioPacket {
            ssrc: packet.ssrc,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            level,
            payload: packet.payload,
        }));
    }

    fn retransmission(
        &mut self,
        now: Instant,
        primary: Ssrc,
        packet: &RtpPacket,
        events: &mut VecDeque<SessionEvent>,
    ) {
        let Some(source) = self.sources.get_mut(&primary) else { return };
        let Some(PayloadKind::Rtx { associated }) = self.negotiated.kind(packet.payload_type) else {
            source.stats.probes += 1;
            return;
        };
        let ids = &self.negotiated.video_extensions;
        match packet.recover(primary, associated, ids).filter(|original| !original.payload.is_empty()) {
            Some(original) => {
                source.stats.recovered += 1;
                self.video(now, primary, &original, events);
            }
            None => source.stats.probes += 1,
        }
    }

    fn video(&mut self, now: Instant, ssrc: Ssrc, packet: &RtpPacket, events: &mut VecDeque<SessionEvent>) {
        let Some(watched) = self.watched.get_mut(&ssrc) else { return };
        watched.nacks.arrived(now, packet.sequence);
        watched.assembler.push(now, packet);
        watched.deliver(now, ssrc, events);
    }

    /// A sender report came.
    pub(super) fn sender_reported(&mut self, now: Instant, ssrc: Ssrc, ntp_time: u64) {
        if let Some(source) = self.sources.get_mut(&ssrc) {
            source.reception.sender_reported(now, ntp_time);
        }
    }

    /// Does what is due: frames that waited long enough, NACKs, requests for key frames, reports.
    pub(super) fn work(
        &mut self,
        now: Instant,
        round_trip: Option<Duration>,
        events: &mut VecDeque<SessionEvent>,
        out: &mut Compound,
    ) {
        if self.report_due.is_some_and(|due| due <= now) {
            self.report_due = None;
            self.report(now, out);
        }
        for (&ssrc, watched) in &mut self.watched {
            if watched.assembler.poll_timeout().is_some_and(|due| due <= now) {
                watched.deliver(now, ssrc, events);
            }
            let Some(source) = self.sources.get_mut(&ssrc) else { continue };
            if watched.nacks.deadline().is_some_and(|due| due <= now) {
                let numbers = watched.nacks.due(now, round_trip);
                if !numbers.is_empty() {
                    source.stats.nacks += 1;
                    out.push(Box::new(TransportLayerNack {
                        sender_ssrc: self.sender_ssrc,
                        media_ssrc: ssrc.0,
                        nacks: pairs(&numbers),
                    }));
                }
            }
            watched.keyframe_needed = watched.assembler.needs_keyframe(now).is_some();
            if watched.keyframe_due().is_some_and(|due| due.is_none_or(|due| due <= now)) {
                watched.keyframe_wished = false;
                watched.keyframe_asked = Some(now);
                source.stats.plis += 1;
                out.push(Box::new(PictureLossIndication {
                    sender_ssrc: self.sender_ssrc,
                    media_ssrc: ssrc.0,
                }));
            }
        }
    }

    fn report(&mut self, now: Instant, out: &mut Compound) {
        let mut blocks = self
            .sources
            .iter_mut()
            .filter_map(|(ssrc, source)| source.reception.report(now, ssrc.0))
            .peekable();
        while blocks.peek().is_some() {
            let reports = blocks.by_ref().take(MAX_BLOCKS).collect();
            let report = ReceiverReport { ssrc: self.sender_ssrc, reports, ..ReceiverReport::default() };
            out.push(Box::new(report));
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let watched = self.watched.values().flat_map(|watched| {
            [watched.assembler.poll_timeout(), watched.nacks.deadline(), watched.keyframe_due().flatten()]
        });
        watched.chain([self.report_due]).flatten().min()
    }

    pub(super) fn stats(&self) -> BTreeMap<Ssrc, ReceiveStats> {
        let all = self.sources.iter().map(|(&ssrc, source)| {
            let mut stats = ReceiveStats {
                frames: source.settled.frames,
                keyframes: source.settled.keyframes,
                freezes: source.settled.freezes,
                frozen: source.settled.frozen,
                packets_lost: source.settled.packets_lost,
                jitter: source.reception.jitter(),
                ..source.stats
            };
            match self.watched.get(&ssrc) {
                Some(watched) => stats = add_assembled(stats, &watched.assembler),
                None if source.kind == MediaKind::Audio => stats.packets_lost = source.reception.lost(),
                None => {}
            }
            (ssrc, stats)
        });
        all.collect()
    }
}

impl Watched {
    /// Hands over the frames that are complete.
    fn deliver(&mut self, now: Instant, ssrc: Ssrc, events: &mut VecDeque<SessionEvent>) {
        while let Some(frame) = self.assembler.poll_frame(now) {
            if frame.keyframe {
                self.keyframe_wished = false;
            }
            events.push_back(SessionEvent::Video { ssrc, frame });
        }
    }

    /// Whether a key frame should be asked for, and the earliest time for it if it was asked for before.
    fn keyframe_due(&self) -> Option<Option<Instant>> {
        (self.keyframe_wished || self.keyframe_needed)
            .then(|| self.keyframe_asked.map(|asked| asked + KEYFRAME_INTERVAL))
    }
}

fn clock_rate(kind: MediaKind) -> u32 {
    match kind {
        MediaKind::Audio => 48_000,
        MediaKind::Video => 90_000,
    }
}

fn add_assembled(stats: ReceiveStats, assembler: &VideoAssembler) -> ReceiveStats {
    let assembled = assembler.stats();
    ReceiveStats {
        frames: stats.frames + assembled.frames,
        keyframes: stats.keyframes + assembled.keyframes,
        freezes: stats.freezes + assembled.freezes,
        frozen: stats.frozen + assembled.frozen,
        packets_lost: stats.packets_lost + i64::try_from(assembled.packets_lost).unwrap_or(i64::MAX),
        ..stats
    }
}
