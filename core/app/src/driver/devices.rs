//! Microphones, loudspeakers and cameras: which there are, which are chosen, opening them, and what happens when one goes
//! away.
//!
//! In: choices of the person, news of the platform. Out: opened devices, and lists and problems in the snapshot. A device
//! that goes away in a call is replaced by the system's default once; if that goes at once too, the person is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use treff_media::audio::CaptureConfig;
use treff_media::device::{AudioDirection, DeviceError, DeviceInfo, EncodedVideoSource, SourceNews};
use treff_media::frame::EncodedFrame;

use super::{Driver, News};
use crate::audio::{Loudspeaker, Microphone, tone};
use crate::door::devices::{Device, DeviceKind, DeviceProblem, Devices};
use crate::door::notice::Notice;

/// Two devices of a kind that go within this time: a third would not fare better.
const STEADY: Duration = Duration::from_secs(5);

/// An open camera or screen.
pub(super) struct Source {
    /// To tell its news and frames from those of the source before.
    pub(super) id: u64,
    pub(super) video: Box<dyn EncodedVideoSource>,
}

/// An encoded picture of ours.
pub(super) struct OwnFrame {
    /// The [`Source::id`] it comes from.
    pub(super) source: u64,
    pub(super) frame: EncodedFrame,
}

/// What the driver remembers about devices beside the snapshot.
#[derive(Default)]
pub(super) struct DeviceMemory {
    last_id: u64,
    /// When a device of this kind was last replaced because it went away.
    replaced: BTreeMap<DeviceKind, Instant>,
}

impl Driver {
    /// Chooses what was chosen before, and listens for what comes and goes.
    pub(super) fn start_devices(&mut self) {
        let devices = &mut self.outlet.state.devices;
        devices.microphone = self.storage.chosen_device(DeviceKind::Microphone);
        devices.speaker = self.storage.chosen_device(DeviceKind::Speaker);
        devices.camera = self.storage.chosen_device(DeviceKind::Camera);
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker, DeviceKind::Camera] {
            self.choose(kind, self.chosen(kind).as_deref());
        }
        self.platform.audio.set_noise_suppression(self.outlet.state.settings.noise_suppression);
        let reporter = self.lasting_reporter();
        let watch = Arc::new(move || reporter.send(News::DevicesChanged));
        self.platform.audio.watch(watch.clone());
        self.platform.video.watch(watch);
        self.describe_devices();
    }

    /// Writes down what there is.
    pub(super) fn describe_devices(&mut self) {
        let drawn = |list: Vec<DeviceInfo>| {
            list.into_iter().map(|device| Device { id: device.id, name: device.name }).collect()
        };
        let pictures = self.pictures();
        let devices = &mut self.outlet.state.devices;
        devices.microphones = drawn(self.platform.audio.list(AudioDirection::Input));
        devices.speakers = drawn(self.platform.audio.list(AudioDirection::Output));
        devices.cameras = drawn(self.platform.video.list());
        devices.can_share = pictures && self.platform.video.can_share();
        self.outlet.touch();
    }

    /// Something was plugged in or out: a chosen device that is back is used again, and one that was missing is tried.
    pub(super) fn devices_changed(&mut self, now: Instant) {
        let before = self.outlet.state.devices.clone();
        self.describe_devices();
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker, DeviceKind::Camera] {
            let after = &self.outlet.state.devices;
            if list(&before, kind) == list(after, kind) {
                continue;
            }
            let there = |devices: &Devices| {
                self.chosen(kind).is_some_and(|id| list(devices, kind).iter().any(|device| device.id == id))
            };
            let back = there(after) && !there(&before);
            *self.problem(kind) = None;
            if back {
                self.reopen(now, kind);
            }
        }
        if self.poll_live(|live| live.media.as_ref().map(|_| ())).is_some() {
            self.start_loudspeaker();
        }
        self.update_preview(now);
    }

    pub(super) fn select_device(&mut self, now: Instant, kind: DeviceKind, id: Option<String>) {
        self.storage.choose_device(kind, id.as_deref());
        self.choose(kind, id.as_deref());
        let devices = &mut self.outlet.state.devices;
        match kind {
            DeviceKind::Microphone => devices.microphone = id,
            DeviceKind::Speaker => devices.speaker = id,
            DeviceKind::Camera => devices.camera = id,
        }
        *self.problem(kind) = None;
        self.outlet.touch();
        self.reopen(now, kind);
        self.update_preview(now);
    }

    fn chosen(&self, kind: DeviceKind) -> Option<String> {
        let devices = &self.outlet.state.devices;
        match kind {
            DeviceKind::Microphone => devices.microphone.clone(),
            DeviceKind::Speaker => devices.speaker.clone(),
            DeviceKind::Camera => devices.camera.clone(),
        }
    }

    fn choose(&mut self, kind: DeviceKind, id: Option<&str>) {
        match kind {
            DeviceKind::Microphone => self.platform.audio.choose(AudioDirection::Input, id),
            DeviceKind::Speaker => self.platform.audio.choose(AudioDirection::Output, id),
            DeviceKind::Camera => self.platform.video.choose(id),
        }
    }

    pub(super) fn problem(&mut self, kind: DeviceKind) -> &mut Option<DeviceProblem> {
        let devices = &mut self.outlet.state.devices;
        match kind {
            DeviceKind::Microphone => &mut devices.microphone_problem,
            DeviceKind::Speaker => &mut devices.speaker_problem,
            DeviceKind::Camera => &mut devices.camera_problem,
        }
    }

    /// Keeps in the snapshot whether opening went well.
    fn noted<T>(&mut self, kind: DeviceKind, opened: Result<T, DeviceError>) -> Result<T, DeviceError> {
        *self.problem(kind) = opened.as_ref().err().map(DeviceProblem::from);
        self.outlet.touch();
        opened
    }

    /// Puts the chosen device in the place of the one that is open, if one is. What is open stays until the other one
    /// works, or for good if it does not.
    fn reopen(&mut self, now: Instant, kind: DeviceKind) {
        let replaced = match kind {
            DeviceKind::Microphone => self.replace_microphone(now),
            DeviceKind::Speaker => self.replace_loudspeaker(),
            DeviceKind::Camera => self.replace_camera(now),
        };
        if let Err(error) = replaced {
            self.outlet.warn(failed(kind, &error));
        }
    }

    fn replace_microphone(&mut self, now: Instant) -> Result<(), DeviceError> {
        if self.preview.microphone.is_some() {
            let microphone = self.start_microphone(CaptureConfig::default(), true)?;
            self.preview.microphone = Some(microphone);
        }
        if self.poll_live(|live| live.sending.microphone.as_ref().map(|_| ())).is_some() {
            let muted = !self.outlet.state.me.microphone;
            let config = self.capture_config(now);
            let microphone = self.start_microphone(config, muted)?;
            self.with_live(|live| live.sending.microphone = Some(microphone));
        }
        Ok(())
    }

    fn replace_loudspeaker(&mut self) -> Result<(), DeviceError> {
        if self.poll_live(|live| live.loudspeaker.as_ref().map(|_| ())).is_none() {
            return Ok(());
        }
        let output = self.platform.audio.open_output();
        let output = self.noted(DeviceKind::Speaker, output)?;
        self.with_live(|live| {
            if let Some(loudspeaker) = &mut live.loudspeaker {
                loudspeaker.switch(output);
            }
        });
        Ok(())
    }

    fn replace_camera(&mut self, now: Instant) -> Result<(), DeviceError> {
        if self.preview.camera.is_some() {
            // Two cameras at once are more than some systems have power or consent for; here a gap harms nobody.
            self.preview.camera = None;
            self.preview.camera = Some(self.start_camera(now)?);
        }
        if self.poll_live(|live| live.sending.camera.as_ref().map(|_| ())).is_some() {
            let camera = match self.start_camera(now) {
                // The same camera, or one that shares its hardware.
                Err(DeviceError::Busy) => {
                    self.with_live(|live| live.sending.close_camera());
                    self.start_camera(now)
                }
                other => other,
            };
            match camera {
                Ok(camera) => self.with_live(|live| live.sending.use_camera(camera)),
                Err(error) => {
                    let closed = self.poll_live(|live| Some(live.sending.camera.is_none()));
                    if closed == Some(true) {
                        self.set_camera(now, false);
                    }
                    return Err(error);
                }
            }
            self.update_sending(now);
        }
        Ok(())
    }

    fn next_id(&mut self) -> u64 {
        self.devices.last_id += 1;
        self.devices.last_id
    }

    pub(super) fn start_microphone(
        &mut self,
        config: CaptureConfig,
        muted: bool,
    ) -> Result<Microphone, DeviceError> {
        let id = self.next_id();
        let (reporter, ready) = (self.reporter(), Arc::clone(&self.audio_ready));
        let started = self.platform.audio.open_input().and_then(|input| {
            let ended = move |error| reporter.send(News::MicrophoneEnded(id, error));
            Microphone::start(id, input, config, muted, ready, ended)
        });
        self.noted(DeviceKind::Microphone, started)
    }

    pub(super) fn start_camera(&mut self, now: Instant) -> Result<Source, DeviceError> {
        let id = self.next_id();
        let sink = self.sink(now, id);
        let opened = self.platform.video.open_camera(sink);
        self.noted(DeviceKind::Camera, opened.map(|video| Source { id, video }))
    }

    pub(super) fn open_screen(&mut self, now: Instant) -> Result<Source, DeviceError> {
        let id = self.next_id();
        let sink = self.sink(now, id);
        let opened = self.platform.video.open_screen(sink);
        self.outlet.state.devices.share_problem = opened.as_ref().err().map(DeviceProblem::from);
        self.outlet.touch();
        opened.map(|video| Source { id, video })
    }

    /// Where a camera or screen puts its news. Each counts time from its own start, receivers see one stream: what is
    /// added here keeps timestamps from going back when a camera is opened again.
    fn sink(&self, now: Instant, id: u64) -> treff_media::device::FrameSink {
        let (frames, reporter) = (self.frames.clone(), self.reporter());
        let since_start = now.saturating_duration_since(self.epoch);
        Box::new(move |news| match news {
            SourceNews::Frame(mut frame) => {
                frame.timestamp += since_start;
                // A full queue means that the driver is stuck; a lost frame is repaired by the next key frame.
                let _ = frames.try_send(OwnFrame { source: id, frame });
            }
            SourceNews::Resized => reporter.send(News::SourceResized),
            SourceNews::Ended(error) => reporter.send(News::SourceEnded(id, error)),
        })
    }

    pub(super) fn open_loudspeaker(&mut self) -> Result<Loudspeaker, DeviceError> {
        let id = self.next_id();
        let tap = self.platform.audio.speaker_tap();
        let reporter = self.reporter();
        let started = self.platform.audio.open_output().and_then(|output| {
            let ended = move |error| reporter.send(News::LoudspeakerEnded(id, error));
            Loudspeaker::start(id, output, tap, ended)
        });
        self.noted(DeviceKind::Speaker, started)
    }

    /// Whether the default may take the place of a device that ended with `error`.
    fn may_replace(&mut self, now: Instant, kind: DeviceKind, error: &DeviceError) -> bool {
        if matches!(error, DeviceError::Refused) {
            return false;
        }
        let before = self.devices.replaced.insert(kind, now);
        before.is_none_or(|before| now.saturating_duration_since(before) >= STEADY)
    }

    /// Opens the system's default instead of a device that went away. The person's choice stays what it was.
    fn with_default<T>(
        &mut self,
        kind: DeviceKind,
        open: impl FnOnce(&mut Self) -> Result<T, DeviceError>,
    ) -> Option<T> {
        self.choose(kind, None);
        let opened = open(self);
        self.choose(kind, self.chosen(kind).as_deref());
        let opened = opened.ok()?;
        self.outlet.warn(Notice::DeviceReplaced { kind });
        Some(opened)
    }

    pub(super) fn microphone_ended(&mut self, now: Instant, id: u64, error: &DeviceError) {
        if self.preview.microphone.take_if(|microphone| microphone.id == id).is_some() {
            return self.preview_failed(DeviceKind::Microphone, error);
        }
        let ours = self.poll_live(|live| live.sending.microphone.take_if(|microphone| microphone.id == id));
        if ours.is_none() {
            return;
        }
        // Muted, it was only open to be measured; it is opened again when it is wanted.
        if !self.outlet.state.me.microphone {
            return;
        }
        if self.may_replace(now, DeviceKind::Microphone, error) {
            let config = self.capture_config(now);
            let other =
                self.with_default(DeviceKind::Microphone, |driver| driver.start_microphone(config, false));
            if let Some(microphone) = other {
                return self.with_live(|live| live.sending.microphone = Some(microphone));
            }
        }
        self.microphone_failed(now, error);
    }

    pub(super) fn microphone_failed(&mut self, now: Instant, error: &DeviceError) {
        self.set_microphone(now, false);
        self.with_live(|live| live.sending.microphone = None);
        self.give_up(DeviceKind::Microphone, error);
    }

    /// A camera or a screen says that nothing more comes.
    pub(super) fn source_ended(&mut self, now: Instant, id: u64, error: &DeviceError) {
        if self.preview.camera.take_if(|camera| camera.id == id).is_some() {
            return self.preview_failed(DeviceKind::Camera, error);
        }
        if self
            .poll_live(|live| live.sending.share.as_ref().filter(|share| share.is(id)).map(|_| ()))
            .is_some()
        {
            return self.share_ended(now, error);
        }
        let ours =
            self.poll_live(|live| live.sending.camera.as_ref().filter(|camera| camera.id == id).map(|_| ()));
        if ours.is_none() {
            return;
        }
        self.with_live(|live| live.sending.close_camera());
        if self.may_replace(now, DeviceKind::Camera, error)
            && let Some(camera) = self.with_default(DeviceKind::Camera, |driver| driver.start_camera(now))
        {
            self.with_live(|live| live.sending.use_camera(camera));
            return self.update_sending(now);
        }
        self.camera_failed(now, error);
    }

    pub(super) fn camera_failed(&mut self, now: Instant, error: &DeviceError) {
        self.set_camera(now, false);
        self.give_up(DeviceKind::Camera, error);
    }

    pub(super) fn loudspeaker_ended(&mut self, now: Instant, id: u64, error: &DeviceError) {
        let ours = self.poll_live(|live| live.loudspeaker.take_if(|loudspeaker| loudspeaker.id == id));
        if ours.is_none() {
            return;
        }
        if self.may_replace(now, DeviceKind::Speaker, error)
            && let Some(loudspeaker) = self.with_default(DeviceKind::Speaker, Self::open_loudspeaker)
        {
            return self.use_loudspeaker(loudspeaker);
        }
        self.give_up(DeviceKind::Speaker, error);
    }

    /// Says that there is no device of this kind for now.
    pub(super) fn give_up(&mut self, kind: DeviceKind, error: &DeviceError) {
        *self.problem(kind) = Some(error.into());
        self.outlet.touch();
        self.outlet.warn(failed(kind, error));
    }

    /// Plays a short tone. In a call it goes beside the call's own sound, as far as the device takes two.
    pub(super) fn test_speaker(&mut self) {
        let reporter = self.lasting_reporter();
        let played = self.platform.audio.open_output().and_then(|output| {
            tone::play_sound(output, tone::tone(), move |error| reporter.send(News::SpeakerTestFailed(error)))
        });
        let in_call = self.poll_live(|live| live.loudspeaker.as_ref().map(|_| ())).is_some();
        match played {
            Err(_) if in_call => {}
            played => drop(self.noted(DeviceKind::Speaker, played)),
        }
    }
}

fn list(devices: &Devices, kind: DeviceKind) -> &[Device] {
    match kind {
        DeviceKind::Microphone => &devices.microphones,
        DeviceKind::Speaker => &devices.speakers,
        DeviceKind::Camera => &devices.cameras,
    }
}

fn failed(kind: DeviceKind, error: &DeviceError) -> Notice {
    let problem = error.into();
    match kind {
        DeviceKind::Microphone => Notice::MicrophoneFailed { problem },
        DeviceKind::Speaker => Notice::SpeakerFailed { problem },
        DeviceKind::Camera => Notice::CameraFailed { problem },
    }
}
