//! People and screens that come and go in mid-call.

use treff_app::{Event, Layout, Tracks};
use treff_lab::{LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

use crate::{ROOM, lab, quiet};

fn small() -> GuestOptions {
    GuestOptions { layout: Layout::Everyone { max_height: 180, last_n: -1 }, ..quiet() }
}

#[tokio::test]
async fn a_newcomer_is_seen_and_heard_and_gone_when_they_leave() {
    let people = vec![Person::new("Cleo", VideoCodec::Vp8)];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", small()).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let (_, cleo_colour, _) = lab.marks("Cleo").expect("Cleo is there");
    ada.watches(&cleo, cleo_colour).await;

    lab.add_people(ROOM, vec![Person::new("Dora", VideoCodec::Vp9)]).await.expect("a seat for Dora");
    let dora = lab.endpoint(ROOM, "Dora").expect("Dora is there");
    let (hertz, colour, _) = lab.marks("Dora").expect("Dora is there");
    ada.until("Dora", |e| matches!(e, Event::ParticipantJoined { endpoint, .. } if *endpoint == dora)).await;
    ada.watches(&dora, colour).await;
    ada.hears(&dora, hertz).await;
    let camera = Some(format!("{dora}-v0"));
    assert_eq!(ada.person(&dora).map(|p| p.tracks), Some(Tracks { microphone: true, camera, screen: None }));

    lab.remove_person("Dora").expect("Dora is there");
    let left = Event::ParticipantLeft { endpoint: dora.clone(), name: Some("Dora".to_owned()) };
    ada.until("Dora leaving", |event| *event == left).await;
    ada.sees("Cleo alone", |ada| (ada.snapshot().participants.len() == 1).then_some(())).await;
    ada.sees("figures of Cleo alone", |ada| {
        let stats = ada.stats()?;
        let of_dora = stats.video.iter().any(|video| video.source.starts_with(&dora))
            || stats.speakers.iter().any(|speaker| speaker.endpoint == dora);
        (!of_dora && stats.video.len() == 1).then_some(())
    })
    .await;
    ada.hears_no_more(hertz).await;
    ada.eyes.forget(&format!("{cleo}-v0"));
    ada.watches(&cleo, cleo_colour).await;
}

#[tokio::test]
async fn a_shared_screen_is_a_track_of_its_own() {
    let people = vec![Person::new("Cleo", VideoCodec::Vp8)];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", GuestOptions { camera: false, ..small() }).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let (_, camera_colour, screen_colour) = lab.marks("Cleo").expect("Cleo is there");
    ada.watches(&cleo, camera_colour).await;
    assert_ne!(camera_colour, screen_colour);
    let screen = format!("{cleo}-v1");
    let shared = |ada: &Guest| ada.person(&cleo).map(|person| person.tracks.screen);

    for _ in 0..2 {
        lab.share_screen(ROOM, "Cleo", true).expect("Cleo is there");
        ada.sees("the track", |ada| (shared(ada)? == Some(screen.clone())).then_some(())).await;
        let clear = |ada: &Guest| ada.eyes.sight(&screen).filter(|sight| sight.readable >= 5);
        let sight = ada.sees("the screen", clear).await;
        assert_eq!((sight.colour, sight.readable), (Some(screen_colour), sight.pictures));
        let both = |ada: &Guest| (ada.stats()?.video.len() == 2).then_some(());
        ada.sees("figures of camera and screen", both).await;

        lab.share_screen(ROOM, "Cleo", false).expect("Cleo is there");
        ada.sees("no track", |ada| (shared(ada)?.is_none()).then_some(())).await;
        let alone = |ada: &Guest| (ada.stats()?.video.len() == 1).then_some(());
        ada.sees("figures of the camera alone", alone).await;
        ada.eyes.forget(&screen);
    }
    ada.eyes.forget(&format!("{cleo}-v0"));
    ada.watches(&cleo, camera_colour).await;
}
