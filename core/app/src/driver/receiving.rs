//! What is received: which sources, how large, and the renderers that draw them. Nothing that is not shown is asked
//! for, assembled or decoded.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use treff_media::codec::{MediaKind, Ssrc};
use treff_media::device::{PushOutcome, RendererStats, VideoRenderer};
use treff_media::frame::EncodedFrame;
use treff_media::session::AudioPacket;
use treff_signalling::{ReceiveConstraints, SourceName};

use super::live::Live;
use super::settings::affordable;
use super::{Driver, News};
use crate::audio::Loudspeaker;
use crate::door::command::Layout;
use crate::door::devices::DeviceKind;
use crate::door::event::Event;

/// What a first look at a meeting asks for.
pub(super) const DEFAULT_LAYOUT: Layout = Layout::Everyone { max_height: 720, last_n: -1 };

pub(super) struct Receiving {
    pub(super) layout: Layout,
    pub(super) shown: BTreeMap<SourceName, Shown>,
    asked: Option<ReceiveConstraints>,
    heard: BTreeSet<Ssrc>,
    last_sound: Option<Instant>,
}

/// A source on screen.
pub(super) struct Shown {
    pub(super) renderer: Box<dyn VideoRenderer>,
    seen: bool,
}

impl Default for Receiving {
    fn default() -> Self {
        Self {
            layout: DEFAULT_LAYOUT,
            shown: BTreeMap::new(),
            asked: None,
            heard: BTreeSet::new(),
            last_sound: None,
        }
    }
}

impl Receiving {
    pub(super) fn close(&mut self, name: &SourceName) {
        self.shown.remove(name);
    }

    pub(super) fn close_all(&mut self) {
        self.shown.clear();
        self.heard.clear();
    }

    /// Whether anybody's sound came within that time.
    pub(super) fn heard_since(&self, now: Instant, time: Duration) -> bool {
        self.last_sound.is_some_and(|last| now.saturating_duration_since(last) < time)
    }

    fn wants(&self, name: &SourceName) -> bool {
        match &self.layout {
            Layout::Everyone { last_n, .. } => *last_n != 0,
            Layout::Tiles(tiles) => tiles.iter().any(|tile| tile.source == name.as_str()),
            Layout::Nothing => false,
        }
    }

    fn constraints(&self) -> ReceiveConstraints {
        match &self.layout {
            Layout::Everyone { max_height, last_n } => ReceiveConstraints {
                last_n: *last_n,
                default_max_height: *max_height,
                ..ReceiveConstraints::default()
            },
            Layout::Tiles(tiles) => {
                let name = |source: &String| SourceName::new(source.clone());
                ReceiveConstraints {
                    last_n: -1,
                    default_max_height: 0,
                    on_stage: tiles.iter().filter(|t| t.on_stage).map(|t| name(&t.source)).collect(),
                    per_source: tiles.iter().map(|t| (name(&t.source), t.height)).collect(),
                    ..ReceiveConstraints::default()
                }
            }
            Layout::Nothing => {
                ReceiveConstraints { last_n: 0, default_max_height: 0, ..ReceiveConstraints::default() }
            }
        }
    }
}

impl Driver {
    pub(super) fn set_layout(&mut self, now: Instant, layout: Layout) {
        self.layout = layout;
        self.update_receiving(now);
    }

    /// Brings renderers, the session and the bridge in line with what is to be seen.
    pub(super) fn update_receiving(&mut self, now: Instant) {
        let reporter = self.reporter();
        let Self { meeting, platform, layout, outlet, .. } = self;
        let Some(live) = meeting.as_mut().and_then(super::Meeting::live) else { return };
        let Live { receiving, media, people, conference, .. } = live;
        receiving.layout = affordable(layout, outlet.state.settings.data_use);
        let constraints = receiving.constraints();
        if receiving.asked.as_ref() != Some(&constraints) {
            conference.set_receive_constraints(now, constraints.clone());
            receiving.asked = Some(constraints);
        }
        let Some(media) = media else { return };
        let shows = |name: &SourceName| {
            let state = people.values().find_map(|person| person.sources.get(name));
            receiving.wants(name) && state.is_none_or(|state| !state.muted)
        };
        let videos = media.sources.iter().filter(|(_, source)| source.kind == MediaKind::Video);
        let wanted: BTreeMap<SourceName, bool> =
            videos.map(|(name, _)| (name.clone(), shows(name))).collect();
        for (name, wanted) in wanted {
            if let Some(source) = media.sources.get(&name) {
                media.session.set_wanted(source.ssrc, wanted);
            }
            if !wanted {
                receiving.shown.remove(&name);
            } else if let Entry::Vacant(place) = receiving.shown.entry(name.clone()) {
                let (reporter, news) = (reporter.clone(), name.to_string());
                let wake = Arc::new(move || reporter.send(News::Renderer(news.clone())));
                let renderer = platform.renderers.open(name.as_str(), wake);
                place.insert(Shown { renderer, seen: false });
            }
        }
    }

    pub(super) fn frame_arrived(&mut self, now: Instant, ssrc: Ssrc, frame: EncodedFrame) {
        self.with_live(|live| {
            let Some(media) = &mut live.media else { return };
            let shown = media.names.get(&ssrc).and_then(|name| live.receiving.shown.get_mut(name));
            if let Some(shown) = shown
                && shown.renderer.push(frame) == PushOutcome::KeyframeNeeded
            {
                media.session.request_keyframe(now, ssrc);
            }
        });
    }

    /// A renderer's first picture, or its cry for a key frame.
    pub(super) fn renderer_news(&mut self, now: Instant, source: &str) {
        let name = SourceName::new(source);
        let first: Option<RendererStats> = self.poll_live(|live| {
            let shown = live.receiving.shown.get_mut(&name)?;
            let stats = shown.renderer.stats();
            if stats.keyframe_needed
                && let Some(media) = &mut live.media
                && let Some(source) = media.sources.get(&name)
            {
                media.session.request_keyframe(now, source.ssrc);
            }
            (stats.frames_decoded > 0 && !std::mem::replace(&mut shown.seen, stats.frames_decoded > 0))
                .then_some(stats)
        });
        if let Some(RendererStats { codec: Some(codec), width, height, .. }) = first {
            let source = source.to_owned();
            self.outlet.tell(&Event::FirstVideo { source, codec, width, height });
        }
    }

    pub(super) fn audio_arrived(&mut self, now: Instant, packet: &AudioPacket) {
        let first = self.poll_live(|live| {
            let loudspeaker = live.loudspeaker.as_mut()?;
            loudspeaker.insert(packet.ssrc, packet.sequence, packet.timestamp, now, &packet.payload);
            live.receiving.last_sound = Some(now);
            if !live.receiving.heard.insert(packet.ssrc) {
                return None;
            }
            let media = live.media.as_ref()?;
            let name = media.names.get(&packet.ssrc)?;
            Some(media.sources.get(name)?.owner.to_string())
        });
        if let Some(endpoint) = first {
            self.outlet.tell(&Event::FirstAudio { endpoint });
        }
    }

    /// Opens the loudspeaker, if it is not open, for everybody who is there.
    pub(super) fn start_loudspeaker(&mut self) {
        if self.poll_live(|live| live.loudspeaker.as_ref().map(|_| ())).is_some() {
            return;
        }
        match self.open_loudspeaker() {
            Ok(loudspeaker) => self.use_loudspeaker(loudspeaker),
            Err(error) => self.give_up(DeviceKind::Speaker, &error),
        }
    }

    /// Lets a loudspeaker that was just opened play everybody, as loud as they were.
    pub(super) fn use_loudspeaker(&mut self, mut loudspeaker: Loudspeaker) {
        let volumes: BTreeMap<String, f32> =
            self.outlet.state.participants.iter().map(|p| (p.endpoint.clone(), p.volume)).collect();
        loudspeaker.silence(self.outlet.state.me.silence);
        self.with_live(|live| {
            let sources = live.media.iter().flat_map(|media| media.sources.values());
            for source in sources.filter(|source| source.kind == MediaKind::Audio) {
                loudspeaker.add(source.ssrc);
                if let Some(&gain) = volumes.get(source.owner.as_str()) {
                    loudspeaker.set_gain(source.ssrc, gain);
                }
            }
            live.loudspeaker = Some(loudspeaker);
        });
    }

    pub(super) fn set_silence(&mut self, on: bool) {
        self.outlet.state.me.silence = on;
        self.outlet.touch();
        self.with_live(|live| {
            if let Some(loudspeaker) = &live.loudspeaker {
                loudspeaker.silence(on);
            }
        });
    }

    pub(super) fn set_volume(&mut self, endpoint: &str, gain: f32) {
        let gain = if gain.is_finite() { gain.clamp(0.0, 4.0) } else { 1.0 };
        let known = self.outlet.state.participants.iter_mut().find(|p| p.endpoint == endpoint);
        let Some(known) = known else { return };
        known.volume = gain;
        self.outlet.touch();
        self.with_live(|live| {
            let (Some(media), Some(loudspeaker)) = (&live.media, &mut live.loudspeaker) else { return };
            let theirs = media.sources.values().filter(|s| s.owner.as_str() == endpoint);
            for source in theirs.filter(|source| source.kind == MediaKind::Audio) {
                loudspeaker.set_gain(source.ssrc, gain);
            }
        });
    }
}
