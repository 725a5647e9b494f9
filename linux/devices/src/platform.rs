//! The driver's view of [`Devices`].

use treff_media::device::{
    AudioDevices, AudioDirection, AudioInput, AudioOutput, DeviceError, DeviceInfo, DeviceWatch,
    EncodedVideoSource, FrameSink, VideoSources,
};

use crate::devices::Devices;
use crate::inventory::{Device, DeviceKind};

fn kind(direction: AudioDirection) -> DeviceKind {
    match direction {
        AudioDirection::Input => DeviceKind::Microphone,
        AudioDirection::Output => DeviceKind::Speaker,
    }
}

fn infos(devices: Vec<Device>) -> Vec<DeviceInfo> {
    devices.into_iter().map(|device| DeviceInfo { id: device.id, name: device.name }).collect()
}

impl AudioDevices for Devices {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        self.open_microphone()
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        self.open_speaker()
    }

    fn list(&mut self, direction: AudioDirection) -> Vec<DeviceInfo> {
        infos(Self::list(self, kind(direction)))
    }

    fn choose(&mut self, direction: AudioDirection, id: Option<&str>) {
        Self::choose(self, kind(direction), id);
    }

    fn watch(&mut self, changed: DeviceWatch) {
        self.shared().watch_audio(changed);
    }
}

impl VideoSources for Devices {
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        Self::open_camera(self, sink)
    }

    fn open_screen(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        Self::open_screen(self, sink)
    }

    fn can_share(&self) -> bool {
        Self::can_share(self)
    }

    fn list(&mut self) -> Vec<DeviceInfo> {
        infos(Self::list(self, DeviceKind::Camera))
    }

    fn choose(&mut self, id: Option<&str>) {
        Self::choose(self, DeviceKind::Camera, id);
    }

    fn watch(&mut self, changed: DeviceWatch) {
        self.shared().watch_video(changed);
    }
}
