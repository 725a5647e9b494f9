//! What is sent: the microphone, the camera, and how much of it the others and the network take.
//!
//! A camera is open only while it is switched on. A microphone that was on stays open while muted if an observer wants
//! levels, so that a front end can tell somebody that they speak unheard; then nothing of it is encoded, and nothing
//! leaves. Nothing is encoded that nobody asked for.

use std::time::Instant;

use treff_deployment::Deployment;
use treff_media::audio::CaptureConfig;
use treff_media::codec::VideoCodec;
use treff_media::device::EncodePlan;
use treff_media::simulcast::{BitrateTable, LayerAllocator, LayerInputs, MaxBitrates, SourceKind};
use treff_signalling::SourceName;

use super::Driver;
use super::devices::Source;
use super::live::Live;
use super::settings::LOW_HEIGHT;
use super::share::Share;
use crate::audio::Microphone;
use crate::door::settings::DataUse;

/// Audio with FEC and headers, taken off the estimate before video gets its share. Bits per second.
const AUDIO_SHARE: u64 = 50_000;
/// The most a shared screen takes, by Jitsi's defaults. Bits per second.
const SCREEN_LIMIT: u64 = 2_500_000;
/// What is assumed before the first estimate. Bits per second.
const FIRST_ESTIMATE: u64 = 1_000_000;

pub(super) struct Sending {
    pub(super) microphone: Option<Microphone>,
    pub(super) camera: Option<Source>,
    pub(super) share: Option<Share>,
    allocator: LayerAllocator,
    /// The most anybody wants of our camera; nothing heard yet means all of it.
    wanted_height: Option<i32>,
    pub(super) estimate: Option<u64>,
    /// Start of the microphone's clock.
    audio_epoch: Option<Instant>,
}

impl Sending {
    pub(super) fn new(deployment: &Deployment) -> Self {
        Self {
            microphone: None,
            camera: None,
            share: None,
            allocator: LayerAllocator::new(bitrates(deployment)),
            wanted_height: None,
            estimate: None,
            audio_epoch: None,
        }
    }

    pub(super) fn request_keyframe(&mut self) {
        if let Some(camera) = &mut self.camera {
            camera.video.request_keyframe();
        }
    }

    pub(super) fn request_screen_keyframe(&mut self) {
        if let Some(share) = &mut self.share {
            share.request_keyframe();
        }
    }

    /// The encodings that are being made now.
    pub(super) fn plan(&self) -> &EncodePlan {
        self.allocator.plan()
    }

    /// A new session knows nothing of the old one's constraints.
    pub(super) fn forget_session(&mut self) {
        self.wanted_height = None;
        self.estimate = None;
        self.allocator.pause();
        if let Some(camera) = &mut self.camera {
            camera.video.set_plan(self.allocator.plan());
        }
        if let Some(share) = &mut self.share {
            share.forget_session();
        }
    }

    pub(super) fn close_all(&mut self) {
        self.microphone = None;
        self.share = None;
        self.close_camera();
    }

    pub(super) fn close_camera(&mut self) {
        self.camera = None;
        self.allocator.pause();
    }

    /// Takes a camera, perhaps in the place of another; it waits for its plan.
    pub(super) fn use_camera(&mut self, camera: Source) {
        self.camera = Some(camera);
        self.allocator.pause();
    }

    fn update_plans(&mut self, codec: VideoCodec, simulcast: bool, data_use: DataUse) {
        let estimate = self.estimate.unwrap_or(FIRST_ESTIMATE).saturating_sub(AUDIO_SHARE);
        let shared = self.share.as_ref().is_some_and(Share::is_wanted);
        self.update_camera(codec, simulcast, data_use, camera_share(estimate, shared));
        if let Some(share) = self.share.as_mut().filter(|share| share.name().is_some()) {
            let camera: u64 = self.allocator.plan().layers.iter().map(|layer| u64::from(layer.bitrate)).sum();
            share.update_plan(codec, estimate.saturating_sub(camera));
        }
    }

    fn update_camera(&mut self, codec: VideoCodec, simulcast: bool, data_use: DataUse, estimate: u64) {
        let Some(camera) = &mut self.camera else { return };
        let captured = match camera.video.capture_height() {
            // Nobody has picked or allowed it yet.
            0 => return,
            height if data_use == DataUse::Low => height.min(LOW_HEIGHT),
            height => height,
        };
        let inputs = LayerInputs {
            kind: SourceKind::Camera,
            capture_height: captured,
            codec,
            max_height: self.wanted_height.unwrap_or(-1),
            estimate,
            simulcast: simulcast && codec == VideoCodec::Vp8 && camera.video.simulcast(),
        };
        if let Some(plan) = self.allocator.update(&inputs) {
            camera.video.set_plan(plan);
        }
    }
}

/// What the camera may take of the estimate beside a screen: the screen is what everybody looks at, and takes half until
/// it has all it can use.
fn camera_share(estimate: u64, shared: bool) -> u64 {
    if shared { (estimate / 2).max(estimate.saturating_sub(SCREEN_LIMIT)) } else { estimate }
}

/// The library's limits, with the deployment's in place of those it sets.
pub(super) fn bitrates(deployment: &Deployment) -> BitrateTable {
    let mut table = BitrateTable::default();
    for (name, set) in &deployment.video.max_bitrates {
        let Ok(codec) = name.parse::<VideoCodec>() else { continue };
        let limits = MaxBitrates {
            low: set.low,
            standard: set.standard,
            high: set.high,
            full_hd: set.full_hd,
            ultra_hd: set.ultra_hd,
            screen: set.screen_share,
        };
        table.set(codec, limits);
    }
    table
}

impl Driver {
    pub(super) fn set_microphone(&mut self, now: Instant, on: bool) {
        self.outlet.state.me.microphone = on;
        self.outlet.touch();
        self.with_live(|live| {
            live.conference.set_audio_muted(now, !on);
            if let Some(microphone) = live.sending.microphone.as_ref().filter(|_| on) {
                microphone.set_muted(false);
            }
        });
        if on {
            self.update_sending(now);
        } else {
            self.microphone_off();
        }
    }

    pub(super) fn set_camera(&mut self, now: Instant, on: bool) {
        let on = on && self.pictures();
        self.outlet.state.me.camera = on;
        self.outlet.touch();
        self.with_live(|live| live.conference.set_video_muted(now, !on));
        if on {
            self.update_sending(now);
        } else {
            self.camera_off();
        }
    }

    /// Silences the microphone; signalling knows already, or is told by the caller.
    pub(super) fn microphone_off(&mut self) {
        self.outlet.state.me.microphone = false;
        self.outlet.touch();
        let measured = self.outlet.wants_levels();
        self.with_live(|live| match &live.sending.microphone {
            Some(microphone) if measured => microphone.set_muted(true),
            _ => live.sending.microphone = None,
        });
    }

    /// Closes the camera; signalling knows already, or is told by the caller.
    pub(super) fn camera_off(&mut self) {
        self.outlet.state.me.camera = false;
        self.outlet.touch();
        self.with_live(|live| live.sending.close_camera());
    }

    pub(super) fn sender_constraint(&mut self, now: Instant, source: &SourceName, max_height: i32) {
        self.with_live(|live| {
            if live.me.as_ref().is_some_and(|me| me.camera_source() == *source) {
                live.sending.wanted_height = Some(max_height);
            } else if let Some(share) = live.sending.share.as_mut().filter(|s| s.name() == Some(source)) {
                share.want(max_height);
            }
        });
        self.update_sending(now);
    }

    /// Brings devices and encoders in line with what is switched on and what is wanted.
    pub(super) fn update_sending(&mut self, now: Instant) {
        let connected = self.poll_live(|live| live.media.as_ref().map(|media| media.connected));
        if connected != Some(true) {
            return;
        }
        if self.outlet.state.me.microphone {
            self.open_microphone(now);
        }
        if self.outlet.state.me.camera {
            self.open_camera(now);
        }
        self.signal_share(now);
        self.plan_encodings();
    }

    fn open_microphone(&mut self, now: Instant) {
        if self.poll_live(|live| live.sending.microphone.as_ref().map(|_| ())).is_some() {
            return;
        }
        let config = self.capture_config(now);
        match self.start_microphone(config, false) {
            Ok(microphone) => self.with_live(|live| live.sending.microphone = Some(microphone)),
            Err(error) => self.microphone_failed(now, &error),
        }
    }

    /// How to begin encoding now: the clock of a microphone goes on while it is closed.
    pub(super) fn capture_config(&mut self, now: Instant) -> CaptureConfig {
        let elapsed = self.poll_live(|live| {
            let epoch = *live.sending.audio_epoch.get_or_insert(now);
            Some(now.saturating_duration_since(epoch).as_millis())
        });
        let first_timestamp = (elapsed.unwrap_or(0) as u64).wrapping_mul(48) as u32;
        CaptureConfig { first_timestamp, ..CaptureConfig::default() }
    }

    fn open_camera(&mut self, now: Instant) {
        if self.poll_live(|live| live.sending.camera.as_ref().map(|_| ())).is_some() {
            return;
        }
        match self.start_camera(now) {
            Ok(camera) => self.with_live(|live| live.sending.use_camera(camera)),
            Err(error) => self.camera_failed(now, &error),
        }
    }

    fn plan_encodings(&mut self) {
        let sends = self
            .poll_live(|live| (live.sending.camera.is_some() || live.sending.share.is_some()).then_some(()));
        let codec = sends.and_then(|()| self.send_codec());
        let data_use = self.outlet.state.settings.data_use;
        if let Some(codec) = codec {
            self.with_live(|live| {
                let simulcast = !live.deployment.disable_simulcast;
                live.sending.update_plans(codec, simulcast, data_use);
            });
        }
    }

    /// The first codec of our preference that everybody can decode. VP8 always can be.
    fn send_codec(&mut self) -> Option<VideoCodec> {
        let encodable = self.platform.codecs.encode.clone();
        let wish = self.config.send_codec;
        self.poll_live(|live| {
            let Live { media, people, .. } = live;
            let negotiated = &media.as_ref()?.negotiated;
            let everybody = |codec: &VideoCodec| {
                *codec == VideoCodec::Vp8
                    || people
                        .values()
                        .filter(|p| !p.hidden)
                        .all(|p| p.codecs.iter().any(|c| c == codec.name()))
            };
            let mut usable = encodable.into_iter().filter(|codec| negotiated.video_number(*codec).is_some());
            match wish {
                Some(wish) => usable.find(|codec| *codec == wish),
                None => usable.find(everybody),
            }
        })
    }

    /// `jitsi_participant_codecList`: what can be decoded, in the deployment's order of preference.
    pub(super) fn codec_list(&self, deployment: &Deployment) -> Vec<String> {
        let decodable = &self.platform.codecs.decode;
        let preferred = deployment.video.codec_preference.iter().filter_map(|name| name.parse().ok());
        let mut list: Vec<VideoCodec> = preferred.filter(|codec| decodable.contains(codec)).collect();
        list.extend(decodable.iter().filter(|codec| !list.contains(codec)).copied().collect::<Vec<_>>());
        list.iter().map(|codec| codec.name().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use treff_media::device::EncodedVideoSource;

    use super::*;

    #[test]
    fn a_screen_leaves_half_to_the_camera_and_takes_no_more_than_it_can_use() {
        for (estimate, alone, beside) in
            [(1_000_000, 1_000_000, 500_000), (6_000_000, 6_000_000, 3_500_000), (0, 0, 0)]
        {
            assert_eq!(camera_share(estimate, false), alone);
            assert_eq!(camera_share(estimate, true), beside);
        }
    }

    /// A camera whose encoders turn out to make no temporal layers.
    struct Ada {
        flat: bool,
        plan: Arc<Mutex<EncodePlan>>,
    }

    impl EncodedVideoSource for Ada {
        fn capture_height(&self) -> u16 {
            720
        }

        fn simulcast(&self) -> bool {
            !self.flat
        }

        fn set_plan(&mut self, plan: &EncodePlan) {
            *self.plan.lock().expect("nobody panics") = plan.clone();
        }

        fn request_keyframe(&mut self) {}
    }

    #[test]
    fn without_temporal_layers_one_good_encoding_is_planned() {
        let address = treff_link::parse("https://meet.example.org/Chor", None).expect("a link");
        let mut sending = Sending::new(&treff_deployment::defaults(&address));
        let heights = |sending: &mut Sending, flat| {
            let plan = Arc::new(Mutex::new(EncodePlan::default()));
            sending.use_camera(Source { id: 1, video: Box::new(Ada { flat, plan: Arc::clone(&plan) }) });
            sending.update_plans(VideoCodec::Vp8, true, DataUse::Auto);
            let plan = plan.lock().expect("nobody panics");
            plan.layers.iter().map(|layer| (layer.layer, layer.height)).collect::<Vec<_>>()
        };
        assert_eq!(heights(&mut sending, false), [(0, 180), (1, 360)], "as far as the first estimate goes");
        assert_eq!(heights(&mut sending, true), [(0, 720)]);
    }
}
