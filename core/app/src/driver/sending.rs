//! What is sent: the microphone, the camera, and how much of it the others and the network take.
//!
//! A device is open only while it is switched on; nothing is encoded that nobody asked for.

use std::time::Instant;

use treff_deployment::Deployment;
use treff_media::audio::CaptureConfig;
use treff_media::codec::VideoCodec;
use treff_media::device::{DeviceError, EncodePlan, EncodedVideoSource, SourceNews};
use treff_media::simulcast::{BitrateTable, LayerAllocator, LayerInputs, MaxBitrates, SourceKind};
use treff_signalling::SourceName;

use super::live::Live;
use super::{Driver, News};
use crate::audio::Microphone;
use crate::door::notice::Notice;

/// Audio with FEC and headers, taken off the estimate before video gets its share. Bits per second.
const AUDIO_SHARE: u64 = 50_000;
/// What is assumed before the first estimate. Bits per second.
const FIRST_ESTIMATE: u64 = 1_000_000;

pub(super) struct Sending {
    pub(super) microphone: Option<Microphone>,
    camera: Option<Box<dyn EncodedVideoSource>>,
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
            allocator: LayerAllocator::new(bitrates(deployment)),
            wanted_height: None,
            estimate: None,
            audio_epoch: None,
        }
    }

    pub(super) fn request_keyframe(&mut self) {
        if let Some(camera) = &mut self.camera {
            camera.request_keyframe();
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
            camera.set_plan(self.allocator.plan());
        }
    }

    pub(super) fn close_all(&mut self) {
        self.microphone = None;
        self.close_camera();
    }

    fn close_camera(&mut self) {
        self.camera = None;
        self.allocator.pause();
    }

    fn update_plan(&mut self, codec: VideoCodec, simulcast: bool) {
        let Some(camera) = &mut self.camera else { return };
        let inputs = LayerInputs {
            kind: SourceKind::Camera,
            capture_height: camera.capture_height(),
            codec,
            max_height: self.wanted_height.unwrap_or(-1),
            estimate: self.estimate.unwrap_or(FIRST_ESTIMATE).saturating_sub(AUDIO_SHARE),
            simulcast: simulcast && codec == VideoCodec::Vp8,
        };
        if let Some(plan) = self.allocator.update(&inputs) {
            camera.set_plan(plan);
        }
    }
}

/// The library's limits, with the deployment's in place of those it sets.
fn bitrates(deployment: &Deployment) -> BitrateTable {
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
        self.with_live(|live| live.conference.set_audio_muted(now, !on));
        if on {
            self.update_sending(now);
        } else {
            self.microphone_off();
        }
    }

    pub(super) fn set_camera(&mut self, now: Instant, on: bool) {
        self.outlet.state.me.camera = on;
        self.outlet.touch();
        self.with_live(|live| live.conference.set_video_muted(now, !on));
        if on {
            self.update_sending(now);
        } else {
            self.camera_off();
        }
    }

    /// Closes the microphone; signalling knows already, or is told by the caller.
    pub(super) fn microphone_off(&mut self) {
        self.outlet.state.me.microphone = false;
        self.outlet.touch();
        self.with_live(|live| live.sending.microphone = None);
    }

    /// Closes the camera; signalling knows already, or is told by the caller.
    pub(super) fn camera_off(&mut self) {
        self.outlet.state.me.camera = false;
        self.outlet.touch();
        self.with_live(|live| live.sending.close_camera());
    }

    pub(super) fn sender_constraint(&mut self, now: Instant, source: &SourceName, max_height: i32) {
        let ours = self.poll_live(|live| live.me.as_ref().map(|me| me.camera_source() == *source));
        if ours == Some(true) {
            self.with_live(|live| live.sending.wanted_height = Some(max_height));
            self.update_sending(now);
        }
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
            self.plan_encodings();
        }
    }

    fn open_microphone(&mut self, now: Instant) {
        let first_timestamp = self.poll_live(|live| {
            let closed = live.sending.microphone.is_none();
            let epoch = *live.sending.audio_epoch.get_or_insert(now);
            let elapsed = now.duration_since(epoch).as_millis();
            closed.then_some((elapsed as u64).wrapping_mul(48) as u32)
        });
        let Some(first_timestamp) = first_timestamp else { return };
        let reporter = self.reporter();
        let ready = std::sync::Arc::clone(&self.audio_ready);
        let config = CaptureConfig { first_timestamp, ..CaptureConfig::default() };
        let started = self.platform.audio.open_input().and_then(|input| {
            Microphone::start(input, config, ready, move |error| reporter.send(News::MicrophoneEnded(error)))
        });
        match started {
            Ok(microphone) => self.with_live(|live| live.sending.microphone = Some(microphone)),
            Err(error) => self.microphone_ended(now, &error),
        }
    }

    pub(super) fn microphone_ended(&mut self, now: Instant, error: &DeviceError) {
        self.set_microphone(now, false);
        self.outlet.warn(Notice::MicrophoneFailed { problem: error.into() });
    }

    fn open_camera(&mut self, now: Instant) {
        if self.poll_live(|live| live.sending.camera.as_ref().map(|_| ())).is_some() {
            return;
        }
        let frames = self.frames.clone();
        let reporter = self.reporter();
        let sink = Box::new(move |news| match news {
            SourceNews::Frame(frame) => {
                // A full queue means that the driver is stuck; a lost frame is repaired by the next key frame.
                let _ = frames.try_send(frame);
            }
            SourceNews::Resized => reporter.send(News::CameraResized),
            SourceNews::Ended(error) => reporter.send(News::CameraEnded(error)),
        });
        match self.platform.video.open_camera(sink) {
            Ok(camera) => self.with_live(|live| live.sending.camera = Some(camera)),
            Err(error) => self.camera_ended(now, &error),
        }
    }

    pub(super) fn camera_ended(&mut self, now: Instant, error: &DeviceError) {
        self.set_camera(now, false);
        self.outlet.warn(Notice::CameraFailed { problem: error.into() });
    }

    fn plan_encodings(&mut self) {
        if let Some(codec) = self.send_codec() {
            self.with_live(|live| {
                let simulcast = !live.deployment.disable_simulcast;
                live.sending.update_plan(codec, simulcast);
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
