//! The figures of a call, put together once a second from the session, the renderers and the playout thread.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use treff_media::audio::SpeakerStats as PlayoutStats;
use treff_media::codec::Ssrc;
use treff_media::frame::EncodedFrame;
use treff_media::session::Session;
use treff_signalling::SourceName;

use super::Driver;
use super::live::Live;
use crate::door::event::Event;
use crate::door::stats::{DropStats, LayerStats, ProcessStats, SpeakerStats, Stats, VideoStats};

const INTERVAL: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Figures {
    due: Option<Instant>,
    last: Option<Instant>,
    decoded: BTreeMap<SourceName, u64>,
    received: BTreeMap<SourceName, u64>,
    layers: BTreeMap<u8, Layer>,
    screen: Layer,
    speakers: BTreeMap<Ssrc, PlayoutStats>,
    pub(super) audio_packets_sent: u64,
    /// Datagrams and packets that sessions of before dropped.
    dropped: (u64, u64),
}

#[derive(Default)]
struct Layer {
    width: u16,
    height: u16,
    frames: u32,
    bytes: u64,
}

impl Layer {
    fn add(&mut self, frame: &EncodedFrame) {
        self.width = frame.width;
        self.height = frame.height;
        self.frames += 1;
        self.bytes += frame.data.len() as u64;
    }

    /// What left since the last time.
    fn take(&mut self, seconds: f64, active: bool) -> LayerStats {
        let (frames, bytes) = (std::mem::take(&mut self.frames), std::mem::take(&mut self.bytes));
        LayerStats {
            width: self.width,
            height: self.height,
            fps: f64::from(frames) / seconds,
            bitrate: (bytes as f64 * 8.0 / seconds) as u64,
            active,
        }
    }
}

impl Figures {
    pub(super) fn start(&mut self, now: Instant) {
        self.due = Some(now + INTERVAL);
        self.last = Some(now);
        // Another session counts its bytes from nothing.
        self.received.clear();
    }

    /// A session ends; what it dropped still counts.
    pub(super) fn keep(&mut self, session: &Session) {
        self.dropped = self.dropped_with(session);
    }

    fn dropped_with(&self, session: &Session) -> (u64, u64) {
        let (datagrams, packets) = session.dropped();
        (self.dropped.0 + datagrams, self.dropped.1 + packets)
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// A picture of the camera left.
    pub(super) fn frame_sent(&mut self, frame: &EncodedFrame) {
        self.layers.entry(frame.layer).or_default().add(frame);
    }

    /// A picture of the shared screen left.
    pub(super) fn screen_sent(&mut self, frame: &EncodedFrame) {
        self.screen.add(frame);
    }
}

impl Driver {
    pub(super) fn figures_if_due(&mut self, now: Instant) {
        let stats = self.poll_live(|live| {
            let due = live.figures.due?;
            if due > now || live.media.is_none() {
                return None;
            }
            live.figures.due = Some(now + INTERVAL);
            let stats = live.gather(now);
            Some((live.quality.update(&stats), stats))
        });
        if let Some((quality, stats)) = stats {
            if std::mem::replace(&mut self.outlet.state.quality, quality) != quality {
                self.outlet.touch();
            }
            self.outlet.tell(&Event::Stats(stats));
        }
    }
}

impl Live {
    fn gather(&mut self, now: Instant) -> Stats {
        let Self { conference, figures, media, receiving, sending, loudspeaker, .. } = self;
        let seconds = figures.last.map_or(1.0, |last| now.duration_since(last).as_secs_f64().max(0.001));
        figures.last = Some(now);
        let Some(media) = media else { return Stats::default() };
        let (datagrams, packets) = figures.dropped_with(&media.session);
        let session = media.session.stats(now);
        let mut video = Vec::new();
        for (name, shown) in &receiving.shown {
            let drawn = shown.renderer.stats();
            let ssrc = media.sources.get(name).map(|source| source.ssrc);
            let stream = ssrc.and_then(|ssrc| session.received.get(&ssrc).copied()).unwrap_or_default();
            let decoded_before = figures.decoded.insert(name.clone(), drawn.frames_decoded).unwrap_or(0);
            let bytes_before = figures.received.insert(name.clone(), stream.bytes).unwrap_or(0);
            video.push(VideoStats {
                source: name.to_string(),
                codec: drawn.codec,
                width: drawn.width,
                height: drawn.height,
                fps: drawn.frames_decoded.saturating_sub(decoded_before) as f64 / seconds,
                frames_decoded: drawn.frames_decoded,
                frames_dropped: drawn.frames_dropped,
                freezes: stream.freezes,
                packets_lost: stream.packets_lost,
                nacks: stream.nacks,
                plis: stream.plis,
                bitrate: (stream.bytes.saturating_sub(bytes_before) as f64 * 8.0 / seconds) as u64,
            });
        }
        while let Some(report) = loudspeaker.as_mut().and_then(|l| l.next_report()) {
            figures.speakers.insert(report.ssrc, report.stats);
        }
        figures.speakers.retain(|ssrc, _| media.names.contains_key(ssrc));
        let speakers = figures.speakers.iter().filter_map(|(ssrc, stats)| {
            let source = media.sources.get(media.names.get(ssrc)?)?;
            Some(SpeakerStats {
                endpoint: source.owner.to_string(),
                received_ms: stats.received_ms,
                concealed_ms: stats.concealed_ms,
                jitter_ms: f64::from(stats.jitter_ms),
            })
        });
        let active = |layer: u8| sending.plan().layers.iter().any(|planned| planned.layer == layer);
        let sent = figures.layers.iter_mut().map(|(&index, layer)| layer.take(seconds, active(index)));
        let share = sending.share.as_ref().filter(|share| share.name().is_some());
        let screen = share.map(|share| figures.screen.take(seconds, !share.plan().layers.is_empty()));
        let lost = session.sent.values().map(|sent| sent.fraction_lost).max().unwrap_or(0);
        Stats {
            video,
            speakers: speakers.collect(),
            sent: sent.collect(),
            screen,
            sent_lost: f64::from(lost) / 256.0,
            audio_packets_sent: figures.audio_packets_sent,
            estimate: sending.estimate,
            rtt_ms: session.round_trip.map(|rtt| rtt.as_secs_f64() * 1000.0),
            dropped: dropped(&conference.stats(), datagrams, packets),
            process: process(),
        }
    }
}

fn dropped(signalling: &treff_signalling::Stats, datagrams: u64, packets: u64) -> DropStats {
    DropStats {
        frames: signalling.malformed_frames,
        stanzas: signalling.malformed_stanzas + signalling.untrusted_stanzas,
        bridge_messages: signalling.malformed_bridge_messages,
        datagrams,
        packets,
    }
}

/// CPU and memory of this process, from Linux's proc file system; zero where there is none.
fn process() -> ProcessStats {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return ProcessStats::default() };
    // The command in parentheses may hold spaces: count fields after it (proc(5): utime is 14, stime 15, rss 24).
    let fields: Vec<&str> =
        stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    let number = |field: usize| fields.get(field - 3).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    // Linux reports times to user space in hundredths of a second and memory in pages of 4 KiB on our targets.
    ProcessStats { cpu_s: (number(14) + number(15)) as f64 / 100.0, rss_bytes: number(24) * 4096 }
}
