//! The lists of devices, wherever they are shown, and which devices are open before a call.

use std::rc::Rc;

use slint::{ComponentHandle, Global, ModelRc, SharedString};
use treff_app::{Command, Device, DeviceKind};

use crate::problem::device_code;
use crate::rows::follow;
use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{AppWindow, DeviceChoice, DeviceUse, DevicesAdapter, ScreenKind, SettingsPage};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let devices = window.global::<DevicesAdapter>();
    let weak = Rc::downgrade(shared);
    devices.on_choose(move |device_use, id| {
        let Some(shared) = weak.upgrade() else { return };
        let kind = match device_use {
            DeviceUse::Microphone => DeviceKind::Microphone,
            DeviceUse::Speaker => DeviceKind::Speaker,
            DeviceUse::Camera => DeviceKind::Camera,
        };
        let id = Some(id.to_string()).filter(|id| !id.is_empty());
        shared.dispatch(Command::SelectDevice { kind, id });
    });
    devices.on_test_speaker(shared.callback(|shared| shared.dispatch(Command::TestSpeaker)));
}

pub(crate) fn show(window: &AppWindow, state: &State) {
    let adapter = DevicesAdapter::get(window);
    let devices = &state.snapshot.devices;
    adapter.set_microphone_problem(device_code(devices.microphone_problem));
    adapter.set_speaker_problem(device_code(devices.speaker_problem));
    adapter.set_camera_problem(device_code(devices.camera_problem));
    let (microphones, microphone) = choices(&devices.microphones, devices.microphone.as_deref());
    let (speakers, speaker) = choices(&devices.speakers, devices.speaker.as_deref());
    let (cameras, camera) = choices(&devices.cameras, devices.camera.as_deref());
    let keep = |shown: ModelRc<DeviceChoice>, list| follow(shown, list);
    adapter.set_microphones(keep(adapter.get_microphones(), microphones));
    adapter.set_speakers(keep(adapter.get_speakers(), speakers));
    adapter.set_cameras(keep(adapter.get_cameras(), cameras));
    adapter.set_microphone(microphone);
    adapter.set_speaker(speaker);
    adapter.set_camera(camera);
}

/// The rows for a kind of device, the system's choice first, and the chosen one's name.
fn choices(devices: &[Device], chosen: Option<&str>) -> (Vec<DeviceChoice>, SharedString) {
    // A device that is gone is not chosen; the system's choice stands in, as in the core.
    let chosen = devices.iter().find(|device| Some(device.id.as_str()) == chosen);
    if devices.is_empty() {
        return (Vec::new(), SharedString::default());
    }
    let row = |id: &str, name: &str, on| DeviceChoice { id: id.into(), name: name.into(), chosen: on };
    let mut rows = vec![row("", "", chosen.is_none())];
    rows.extend(devices.iter().map(|device| row(&device.id, &device.name, Some(device) == chosen)));
    (rows, chosen.map(|device| device.name.as_str().into()).unwrap_or_default())
}

/// Which devices the screen wants open: microphone, camera.
pub(crate) fn preview(state: &State, screen: ScreenKind) -> (bool, bool) {
    match screen {
        ScreenKind::Prejoin => (state.entry.microphone, state.entry.camera),
        ScreenKind::Settings if state.places.last() == Some(&Place::Settings(SettingsPage::Devices)) => {
            (true, false)
        }
        _ => (false, false),
    }
}
