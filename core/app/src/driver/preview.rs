//! Devices before the call, to see and hear oneself: a microphone that is measured and a camera that the platform shows.
//! Nothing is encoded, nothing leaves. Whatever ends the wait before the call closes them.

use std::time::Instant;

use treff_media::audio::CaptureConfig;
use treff_media::device::DeviceError;

use super::Driver;
use super::devices::Source;
use crate::audio::Microphone;
use crate::door::devices::DeviceKind;
use crate::door::snapshot::{Preview, Screen};

#[derive(Default)]
pub(super) struct PreviewDevices {
    /// What the person wants open; what is open may be less.
    wish: Preview,
    pub(super) microphone: Option<Microphone>,
    pub(super) camera: Option<Source>,
}

impl Driver {
    pub(super) fn set_preview(&mut self, now: Instant, microphone: bool, camera: bool) {
        self.preview.wish = Preview { microphone, camera };
        self.update_preview(now);
    }

    /// Opens and closes as wished, while there is a meeting to enter. What failed is tried again.
    pub(super) fn update_preview(&mut self, now: Instant) {
        if self.outlet.state.screen != Screen::Prejoin {
            self.preview.wish = Preview::default();
        }
        let wish = self.preview.wish;
        if !wish.microphone {
            self.preview.microphone = None;
        } else if self.preview.microphone.is_none() {
            self.preview.microphone = self.start_microphone(CaptureConfig::default(), true).ok();
        }
        if !wish.camera || !self.pictures() {
            self.preview.camera = None;
        } else if self.preview.camera.is_none() {
            self.preview.camera = self.start_camera(now).ok();
        }
        self.describe_preview();
    }

    pub(super) fn close_preview(&mut self) {
        self.preview = PreviewDevices::default();
        self.describe_preview();
    }

    pub(super) fn close_preview_camera(&mut self) {
        self.preview.camera = None;
        self.describe_preview();
    }

    /// One of them went away; it is opened again when devices change.
    pub(super) fn preview_failed(&mut self, kind: DeviceKind, error: &DeviceError) {
        *self.problem(kind) = Some(error.into());
        self.describe_preview();
    }

    fn describe_preview(&mut self) {
        let open =
            Preview { microphone: self.preview.microphone.is_some(), camera: self.preview.camera.is_some() };
        self.outlet.state.preview = open;
        self.outlet.touch();
    }
}
