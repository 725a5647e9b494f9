//! Devices chosen, lost and found in the middle of a call, and those that are open before it.

use treff_app::{
    Command, ConnectionState, DeviceKind, DeviceProblem, Event, Layout, Notice, Preview, Screen,
};
use treff_lab::LabOptions;
use treff_suites::{Guest, GuestOptions, NEXT_HERTZ};

use crate::{lab, quiet};

const HERTZ: f32 = 500.0;
const COLOUR: usize = 3;

fn ada() -> GuestOptions {
    let layout = Layout::Nothing;
    GuestOptions { microphone: true, camera: true, hertz: HERTZ, colour: COLOUR, layout, ..quiet() }
}

fn small() -> GuestOptions {
    GuestOptions { layout: Layout::Everyone { max_height: 180, last_n: -1 }, ..quiet() }
}

fn select(kind: DeviceKind, id: Option<&str>) -> Command {
    Command::SelectDevice { kind, id: id.map(str::to_owned) }
}

#[tokio::test]
async fn other_devices_are_chosen_in_the_call() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", ada()).await;
    let mut ben =
        Guest::join(&lab, "Pub", "Ben", GuestOptions { microphone: true, hertz: 900.0, ..small() }).await;
    let own = ada.endpoint();
    ben.hears(&own, HERTZ).await;
    ben.watches(&own, COLOUR).await;
    ada.hears(&ben.endpoint(), 900.0).await;
    for (kind, id) in [
        (DeviceKind::Microphone, "headset"),
        (DeviceKind::Speaker, "earphones"),
        (DeviceKind::Camera, "webcam"),
    ] {
        ada.desk.plug(kind, id);
    }
    let listed = |ada: &Guest| {
        let devices = &ada.snapshot().devices;
        let all = [&devices.microphones, &devices.speakers, &devices.cameras];
        all.iter().all(|list| list.len() == 2).then(|| devices.clone())
    };
    let devices = ada.sees("two of each", listed).await;
    assert_eq!(
        (devices.microphones[1].id.as_str(), devices.microphones[1].name.as_str()),
        ("headset", "The headset")
    );
    assert_eq!((devices.microphone, devices.can_share), (None, true));

    ada.does(select(DeviceKind::Microphone, Some("headset")));
    ben.hears(&own, HERTZ + NEXT_HERTZ).await;
    ada.does(select(DeviceKind::Speaker, Some("earphones")));
    ada.sees("the earphones", |ada| (ada.desk.played("earphones") > 20).then_some(())).await;
    ada.ears.forget();
    ada.hears(&ben.endpoint(), 900.0).await;
    ada.does(select(DeviceKind::Camera, Some("webcam")));
    ben.eyes.forget(&format!("{own}-v0"));
    ben.watches(&own, COLOUR + 1).await;

    let alone = |ada: &Guest| {
        let closed =
            ["microphone", "loudspeaker", "camera"].map(|kind| ada.desk.open(&format!("built-in-{kind}")));
        (closed == [0; 3]).then_some(())
    };
    ada.sees("the first ones closed", alone).await;
    assert_eq!(ada.snapshot().devices.microphone.as_deref(), Some("headset"));
    assert_eq!(ada.snapshot().connection, ConnectionState::Connected);
    assert!(!ada.was_told(|event| matches!(event, Event::Warning { .. } | Event::Reconnecting)));
}

#[tokio::test]
async fn a_device_that_goes_is_replaced_and_used_again_when_it_is_back() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", ada()).await;
    let mut ben =
        Guest::join(&lab, "Pub", "Ben", GuestOptions { microphone: true, hertz: 900.0, ..small() }).await;
    let own = ada.endpoint();
    let kinds = [
        (DeviceKind::Microphone, "headset"),
        (DeviceKind::Speaker, "earphones"),
        (DeviceKind::Camera, "webcam"),
    ];
    for (kind, id) in kinds {
        ada.desk.plug(kind, id);
        ada.does(select(kind, Some(id)));
    }
    ben.hears(&own, HERTZ + NEXT_HERTZ).await;
    ben.watches(&own, COLOUR + 1).await;
    ada.hears(&ben.endpoint(), 900.0).await;
    for (kind, id) in kinds {
        ada.desk.unplug(id);
        let replaced = |event: &Event| matches!(event, Event::Warning { notice: Notice::DeviceReplaced { kind: k }, .. } if *k == kind);
        ada.until("the other one", replaced).await;
    }
    ben.eyes.forget(&format!("{own}-v0"));
    ada.ears.forget();
    ben.hears(&own, HERTZ).await;
    ben.watches(&own, COLOUR).await;
    ada.hears(&ben.endpoint(), 900.0).await;
    assert_eq!(ada.snapshot().devices.microphone.as_deref(), Some("headset"), "the choice is remembered");

    ada.desk.plug(DeviceKind::Microphone, "headset");
    ada.desk.plug(DeviceKind::Camera, "webcam");
    ben.eyes.forget(&format!("{own}-v0"));
    ben.hears(&own, HERTZ + NEXT_HERTZ).await;
    ben.watches(&own, COLOUR + 1).await;
}

#[tokio::test]
async fn with_nothing_left_the_person_is_told_and_the_call_goes_on() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", ada()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", small()).await;
    let own = ada.endpoint();
    ben.hears(&own, HERTZ).await;
    ben.watches(&own, COLOUR).await;
    for kind in ["microphone", "camera"] {
        ada.desk.unplug(&format!("built-in-{kind}"));
    }
    let off = |ben: &Guest| {
        let tracks = ben.person(&own)?.tracks;
        (!tracks.microphone && tracks.camera.is_none()).then_some(())
    };
    ben.sees("Ada silent and unseen", off).await;
    let problems = |ada: &Guest| {
        let state = ada.snapshot();
        let told = state.devices.microphone_problem.is_some() && state.devices.camera_problem.is_some();
        (told && !state.me.microphone && !state.me.camera).then_some(())
    };
    ada.sees("what is wrong", problems).await;
    ada.does(Command::SetMicrophone { on: true });
    let missing = |event: &Event| {
        let notice = Notice::MicrophoneFailed { problem: DeviceProblem::Missing };
        matches!(event, Event::Warning { notice: n, .. } if *n == notice)
    };
    ada.until("that there is none", missing).await;
    ada.desk.plug(DeviceKind::Microphone, "headset");
    ada.sees("no problem", |ada| ada.snapshot().devices.microphone_problem.is_none().then_some(())).await;
    ada.does(Command::SetMicrophone { on: true });
    ben.ears.forget();
    ben.hears(&own, HERTZ).await;
}

#[tokio::test]
async fn before_the_call_one_sees_and_hears_oneself_and_nothing_stays_open() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::new(&lab, &ada());
    let preview = |on| Command::SetPreview { microphone: on, camera: on };
    ada.does(preview(true));
    ada.does(Command::Open { link: lab.link("Pub"), token: None });
    ada.sees("the meeting's door", |ada| (ada.snapshot().screen == Screen::Prejoin).then_some(())).await;
    assert_eq!(ada.desk.all_open(), 0, "at home there is no preview");

    ada.does(preview(true));
    let loud =
        |event: &Event| matches!(event, Event::Levels { me, speakers } if *me > 0.5 && speakers.is_empty());
    ada.until("her own level", loud).await;
    let open = Preview { microphone: true, camera: true };
    ada.sees("both open", |ada| (ada.snapshot().preview == open).then_some(())).await;
    assert_eq!(ada.desk.all_open(), 2);
    ada.does(preview(false));
    ada.sees("both closed", |ada| (ada.desk.all_open() == 0).then_some(())).await;

    ada.desk.unplug("built-in-camera");
    ada.does(preview(true));
    let problem = |ada: &Guest| {
        let state = ada.snapshot();
        let told = state.devices.camera_problem == Some(DeviceProblem::Missing);
        (told && state.preview == Preview { microphone: true, camera: false }).then_some(())
    };
    ada.sees("what is wrong", problem).await;
    ada.desk.plug(DeviceKind::Camera, "webcam");
    ada.sees("both open", |ada| (ada.snapshot().preview == open).then_some(())).await;

    ada.slips_in(Some("Ada"));
    ada.enters().await;
    ada.sees("no preview", |ada| (ada.snapshot().preview == Preview::default()).then_some(())).await;
    ada.sees("nothing open", |ada| (ada.desk.all_open() == 0).then_some(())).await;
}

#[tokio::test]
async fn levels_tell_who_is_heard_and_that_one_speaks_while_muted() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", GuestOptions { camera: false, ..ada() }).await;
    let mut ben =
        Guest::join(&lab, "Pub", "Ben", GuestOptions { microphone: true, hertz: 900.0, ..small() }).await;
    let (own, other) = (ada.endpoint(), ben.endpoint());
    let both = |event: &Event| match event {
        Event::Levels { me, speakers } => {
            *me > 0.6 && matches!(&speakers[..], [ben] if ben.endpoint == other && ben.level > 0.6)
        }
        _ => false,
    };
    ada.until("both", both).await;

    ada.does(Command::SetMicrophone { on: false });
    ben.sees("Ada muted", |ben| (!ben.person(&own)?.tracks.microphone).then_some(())).await;
    ben.hears_no_more(HERTZ).await;
    ada.until("her own level, unheard", both).await;
    let sent = ada.figures("a second", |_| true).await.audio_packets_sent;
    let after = ada.figures("no further packet", |stats| stats.audio_packets_sent <= sent + 1).await;
    assert!(after.audio_packets_sent <= sent + 1);

    ben.does(Command::SetMicrophone { on: false });
    let alone =
        |event: &Event| matches!(event, Event::Levels { me, speakers } if *me > 0.6 && speakers.is_empty());
    ada.until("only her own", alone).await;
    ada.leave().await;
}

#[tokio::test]
async fn a_loudspeaker_is_tried_by_a_tone() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::new(&lab, &ada());
    ada.does(Command::TestSpeaker);
    ada.sees("the tone", |ada| (ada.desk.played("built-in-loudspeaker") >= 90).then_some(())).await;
    ada.sees("its end", |ada| (ada.desk.all_open() == 0).then_some(())).await;
    ada.desk.unplug("built-in-loudspeaker");
    ada.does(Command::TestSpeaker);
    let missing =
        |ada: &Guest| (ada.snapshot().devices.speaker_problem == Some(DeviceProblem::Missing)).then_some(());
    ada.sees("what is wrong", missing).await;
}
