//! The shared screen: a second video source of ours, `<endpoint>-v1`, beside the camera.
//!
//! In: the wish to share, what the person picked, what the bridge wants of it. Out: the source signalled and sent while
//! there is a session, signalled anew with each session, and taken back when the share ends, whoever ends it.

use std::time::Instant;

use treff_media::codec::VideoCodec;
use treff_media::device::{DeviceError, EncodePlan};
use treff_media::session::SendLayer;
use treff_media::simulcast::{BitrateTable, LayerAllocator, LayerInputs, SourceKind};
use treff_signalling::{LocalSource, MediaKind, SourceName, VideoType};

use super::Driver;
use super::devices::Source;
use super::live::Live;
use super::media::{random_ssrc, signalled};
use crate::door::notice::Notice;
use crate::door::snapshot::Screen;

pub(super) struct Share {
    source: Source,
    allocator: LayerAllocator,
    /// The most anybody wants of it; nothing heard yet means all of it.
    wanted_height: Option<i32>,
    /// What it is called in the running session, once it is part of it.
    name: Option<SourceName>,
}

impl Share {
    fn new(source: Source, table: BitrateTable) -> Self {
        Self { source, allocator: LayerAllocator::new(table), wanted_height: None, name: None }
    }

    /// Whether this is the source with that [`Source::id`].
    pub(super) fn is(&self, id: u64) -> bool {
        self.source.id == id
    }

    pub(super) fn name(&self) -> Option<&SourceName> {
        self.name.as_ref()
    }

    /// Somebody watches it.
    pub(super) fn is_wanted(&self) -> bool {
        self.name.is_some() && self.wanted_height != Some(0)
    }

    pub(super) fn plan(&self) -> &EncodePlan {
        self.allocator.plan()
    }

    pub(super) fn want(&mut self, max_height: i32) {
        self.wanted_height = Some(max_height);
    }

    pub(super) fn request_keyframe(&mut self) {
        self.source.video.request_keyframe();
    }

    /// A new session knows nothing of it.
    pub(super) fn forget_session(&mut self) {
        self.name = None;
        self.wanted_height = None;
        self.allocator.pause();
        self.source.video.set_plan(self.allocator.plan());
    }

    pub(super) fn update_plan(&mut self, codec: VideoCodec, estimate: u64) {
        let inputs = LayerInputs {
            kind: SourceKind::Screen,
            capture_height: self.source.video.capture_height(),
            codec,
            max_height: self.wanted_height.unwrap_or(-1),
            estimate,
            simulcast: false,
        };
        if let Some(plan) = self.allocator.update(&inputs) {
            self.source.video.set_plan(plan);
        }
    }
}

impl Driver {
    pub(super) fn start_share(&mut self, now: Instant) {
        let shared = self.poll_live(|live| Some(live.sending.share.is_some()));
        if self.outlet.state.screen != Screen::Call || shared != Some(false) {
            return;
        }
        if !self.outlet.state.devices.can_share {
            let error = if self.pictures() { DeviceError::Missing } else { DeviceError::Refused };
            return self.share_failed(&error);
        }
        match self.open_screen(now) {
            Ok(source) => {
                self.with_live(|live| {
                    let table = super::sending::bitrates(&live.deployment);
                    live.sending.share = Some(Share::new(source, table));
                });
                self.update_sending(now);
            }
            Err(error) => self.share_failed(&error),
        }
    }

    pub(super) fn stop_share(&mut self, now: Instant) {
        let stopped = self.poll_live(|live| {
            let share = live.sending.share.take()?;
            if let Some(name) = share.name() {
                live.conference.remove_local_source(now, name);
            }
            if let Some(media) = &mut live.media {
                media.session.set_screen(now, None);
            }
            Some(())
        });
        if stopped.is_some() {
            self.outlet.state.me.screen = None;
            self.outlet.touch();
            self.update_sending(now);
        }
    }

    /// The platform says that the share is over. A person who picks nothing knows what they did.
    pub(super) fn share_ended(&mut self, now: Instant, error: &DeviceError) {
        let begun = self.outlet.state.me.screen.is_some();
        self.stop_share(now);
        self.outlet.state.devices.share_problem = Some(error.into());
        if begun || *error != DeviceError::Refused {
            self.outlet.warn(Notice::ShareFailed { problem: error.into() });
        }
    }

    fn share_failed(&mut self, error: &DeviceError) {
        self.outlet.state.devices.share_problem = Some(error.into());
        self.outlet.touch();
        self.outlet.warn(Notice::ShareFailed { problem: error.into() });
    }

    /// The focus did not take it; a notice before said why.
    pub(super) fn share_refused(&mut self, now: Instant, name: &SourceName) {
        let ours = self.poll_live(|live| Some(live.sending.share.as_ref()?.name()? == name));
        if ours == Some(true) {
            self.stop_share(now);
        }
    }

    /// Makes the screen part of the session as soon as both are there.
    pub(super) fn signal_share(&mut self, now: Instant) {
        self.with_live(|live| live.signal_share(now));
        let name = self.poll_live(|live| live.sending.share.as_ref()?.name().map(ToString::to_string));
        if name.is_some() && self.outlet.state.me.screen != name {
            self.outlet.state.me.screen = name;
            self.outlet.touch();
        }
    }
}

impl Live {
    fn signal_share(&mut self, now: Instant) {
        let (Some(share), Some(media), Some(me)) = (&mut self.sending.share, &mut self.media, &self.me)
        else {
            return;
        };
        if share.name.is_some() || share.source.video.capture_height() == 0 {
            return;
        }
        let (ssrc, rtx) = (random_ssrc(), random_ssrc());
        media.session.set_screen(now, Some(SendLayer { ssrc, rtx: Some(rtx) }));
        let name = me.screen_source();
        self.conference.add_local_source(
            now,
            LocalSource {
                name: name.clone(),
                kind: MediaKind::Video,
                ssrcs: vec![signalled(ssrc)],
                rtx: vec![signalled(rtx)],
                video_type: VideoType::Desktop,
            },
        );
        share.name = Some(name);
    }
}
