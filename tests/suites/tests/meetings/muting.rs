//! Microphones and cameras switched off and on: what others see of it, hear and see no more, and get back.

use treff_app::{Command, Layout};
use treff_lab::{LabOptions, Person};
use treff_media::codec::{MediaKind, VideoCodec};
use treff_suites::{Guest, GuestOptions};

use crate::{ROOM, lab, quiet, voice};

fn small() -> GuestOptions {
    GuestOptions { layout: Layout::Everyone { max_height: 180, last_n: -1 }, ..quiet() }
}

#[tokio::test]
async fn a_microphone_goes_off_and_on() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", voice(500.0)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", voice(800.0)).await;
    let own = ada.endpoint();
    for _ in 0..2 {
        ben.hears(&own, 500.0).await;
        ben.hears_as_loud(500.0, 0.2).await;
        ada.does(Command::SetMicrophone { on: false });
        ben.sees("Ada muted", |ben| (!ben.person(&own)?.tracks.microphone).then_some(())).await;
        ben.hears_no_more(500.0).await;
        ada.sees("herself muted", |ada| (!ada.snapshot().me.microphone).then_some(())).await;
        ben.ears.forget();
        ada.does(Command::SetMicrophone { on: true });
        ben.sees("Ada unmuted", |ben| ben.person(&own)?.tracks.microphone.then_some(())).await;
    }
    ben.hears(&own, 500.0).await;
    ada.hears(&ben.endpoint(), 800.0).await;
}

#[tokio::test]
async fn a_camera_goes_off_and_on() {
    let lab = lab(LabOptions::default()).await;
    let shown = GuestOptions { camera: true, colour: 3, ..quiet() };
    let mut ada = Guest::join(&lab, "Pub", "Ada", shown).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", small()).await;
    let own = ada.endpoint();
    let source = format!("{own}-v0");
    for _ in 0..2 {
        ben.watches(&own, 3).await;
        ada.does(Command::SetCamera { on: false });
        ben.sees("no camera", |ben| ben.person(&own)?.tracks.camera.is_none().then_some(())).await;
        ben.sees("no figures", |ben| ben.stats()?.video.is_empty().then_some(())).await;
        ada.sees("herself hidden", |ada| (!ada.snapshot().me.camera).then_some(())).await;
        ben.eyes.forget(&source);
        ada.does(Command::SetCamera { on: true });
        ben.sees("the camera", |ben| (ben.person(&own)?.tracks.camera == Some(source.clone())).then_some(()))
            .await;
    }
    ben.watches(&own, 3).await;
}

#[tokio::test]
async fn others_mute_and_unmute() {
    let people = vec![Person::new("Cleo", VideoCodec::Vp8)];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", small()).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let (hertz, colour, _) = lab.marks("Cleo").expect("Cleo is there");
    ada.hears(&cleo, hertz).await;
    ada.watches(&cleo, colour).await;
    for kind in [MediaKind::Audio, MediaKind::Video] {
        lab.mute_person(ROOM, "Cleo", kind, true).expect("Cleo is there");
    }
    let off = |ada: &Guest| {
        let tracks = ada.person(&cleo)?.tracks;
        (!tracks.microphone && tracks.camera.is_none()).then_some(())
    };
    ada.sees("Cleo muted", off).await;
    ada.hears_no_more(hertz).await;
    ada.eyes.forget(&format!("{cleo}-v0"));
    ada.ears.forget();
    for kind in [MediaKind::Audio, MediaKind::Video] {
        lab.mute_person(ROOM, "Cleo", kind, false).expect("Cleo is there");
    }
    ada.watches(&cleo, colour).await;
    ada.hears(&cleo, hertz).await;
}

#[tokio::test]
async fn whoever_enters_muted_can_speak_and_show_later() {
    let lab = lab(LabOptions::default()).await;
    let ada = Guest::join(&lab, "Pub", "Ada", GuestOptions { hertz: 500.0, colour: 4, ..quiet() }).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", small()).await;
    let own = ada.endpoint();
    let nothing = |ben: &Guest| {
        let tracks = ben.person(&own)?.tracks;
        (!tracks.microphone && tracks.camera.is_none()).then_some(())
    };
    ben.sees("a silent Ada", nothing).await;
    ada.does(Command::SetMicrophone { on: true });
    ada.does(Command::SetCamera { on: true });
    ben.hears(&own, 500.0).await;
    ben.watches(&own, 4).await;
}

#[tokio::test]
async fn a_deployment_may_have_everyone_start_muted() {
    let lab = lab(LabOptions { start_muted: Some((true, true)), ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", GuestOptions::default()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let muted = |ada: &Guest| {
        let me = &ada.snapshot().me;
        (!me.microphone && !me.camera).then_some(())
    };
    ada.sees("herself muted", muted).await;
    let own = ada.endpoint();
    ben.sees("Ada muted", |ben| {
        let tracks = ben.person(&own)?.tracks;
        (!tracks.microphone && tracks.camera.is_none()).then_some(())
    })
    .await;
    ada.does(Command::SetMicrophone { on: true });
    ben.sees("Ada unmuted", |ben| ben.person(&own)?.tracks.microphone.then_some(())).await;
    ben.hears(&own, 500.0).await;
}
