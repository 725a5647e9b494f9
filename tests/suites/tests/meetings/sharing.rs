//! A screen of ours beside the camera: seen by others, gone when it is over, whoever ends it.

use treff_app::{Command, DeviceProblem, Event, Layout, Notice};
use treff_lab::LabOptions;
use treff_suites::{Guest, GuestOptions, SCREEN};

use crate::{face, lab, quiet};

/// What is shown of Ada's camera and screen.
const CAMERA: usize = 2;
const DESKTOP: usize = 8;

/// Waits until somebody sees a few readable pictures of `source` in `colour`.
async fn watches(guest: &mut Guest, source: &str, colour: usize) {
    let clear = |guest: &Guest| {
        guest.eyes.sight(source).filter(|sight| sight.readable >= 5 && sight.colour == Some(colour))
    };
    guest.sees("the pictures", clear).await;
}

/// Waits until somebody is told of Ada's screen, or that there is none.
async fn told_of(guest: &mut Guest, ada: &str, screen: Option<&str>) {
    let screen = screen.map(str::to_owned);
    let track = |guest: &Guest| (guest.person(ada)?.tracks.screen == screen).then_some(());
    guest.sees("the track", track).await;
}

#[tokio::test]
async fn a_screen_is_seen_beside_the_camera_until_it_is_taken_back() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", face(CAMERA)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    let (camera, screen) = (format!("{own}-v0"), format!("{own}-v1"));
    watches(&mut ben, &camera, CAMERA).await;
    for _ in 0..2 {
        ada.does(Command::StartShare);
        told_of(&mut ben, &own, Some(&screen)).await;
        watches(&mut ben, &screen, DESKTOP).await;
        ada.sees("her own share", |ada| (ada.snapshot().me.screen == Some(screen.clone())).then_some(()))
            .await;
        ada.figures("what the screen costs", |stats| {
            stats
                .screen
                .as_ref()
                .is_some_and(|screen| screen.active && screen.height == 900 && screen.fps <= 7.0)
        })
        .await;
        let sight = ben.eyes.sight(&screen).expect("Ben sees it");
        assert_eq!((sight.width, sight.height, sight.backwards), (1600, 900, 0), "{sight:?}");
        ben.eyes.forget(&camera);
        watches(&mut ben, &camera, CAMERA).await;

        ada.does(Command::StopShare);
        told_of(&mut ben, &own, None).await;
        ada.sees("no share", |ada| ada.snapshot().me.screen.is_none().then_some(())).await;
        ada.sees("the screen closed", |ada| (ada.desk.open(SCREEN) == 0).then_some(())).await;
        ada.figures("no screen in the figures", |stats| stats.screen.is_none()).await;
        ben.eyes.forget(&screen);
    }
    ben.eyes.forget(&camera);
    watches(&mut ben, &camera, CAMERA).await;
    assert!(!ada.was_told(|event| matches!(event, Event::Warning { .. })), "all of it was asked for");
}

#[tokio::test]
async fn a_share_outlives_its_session_and_reaches_those_who_come_later() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    let screen = format!("{own}-v1");
    let colour = GuestOptions::default().colour + 6;
    ada.does(Command::StartShare);
    watches(&mut ben, &screen, colour).await;

    lab.reoffer("Pub", &own).expect("Ada is there");
    ada.until("the next offer", |event| *event == Event::OfferReceived).await;
    ada.until("the next session", |event| matches!(event, Event::MediaConnected { .. })).await;
    ben.eyes.forget(&screen);
    watches(&mut ben, &screen, colour).await;
    told_of(&mut ben, &own, Some(&screen)).await;

    let mut cleo = Guest::join(&lab, "Pub", "Cleo", quiet()).await;
    watches(&mut cleo, &screen, colour).await;
    assert_eq!(ada.desk.open(SCREEN), 1, "the person picked once");
}

#[tokio::test]
async fn a_share_that_the_system_ends_is_taken_back_and_told() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    ada.does(Command::StartShare);
    told_of(&mut ben, &own, Some(&format!("{own}-v1"))).await;
    ben.sees("the screen", |ben| ben.eyes.sight(&format!("{own}-v1"))).await;
    ada.desk.end_screen();
    told_of(&mut ben, &own, None).await;
    let problem = DeviceProblem::Failed;
    let lost = |event: &Event| matches!(event, Event::Warning { notice: Notice::ShareFailed { problem: p }, .. } if *p == problem);
    ada.until("the end of it", lost).await;
    let state = ada.snapshot();
    assert_eq!((&state.me.screen, state.devices.share_problem), (&None, Some(problem)));
}

#[tokio::test]
async fn nobody_encodes_or_decodes_a_screen_that_nobody_watches() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", face(CAMERA)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    let (camera, screen) = (format!("{own}-v0"), format!("{own}-v1"));
    ada.does(Command::StartShare);
    watches(&mut ben, &screen, DESKTOP).await;
    watches(&mut ben, &camera, CAMERA).await;

    // A hidden window.
    ben.does(Command::SetLayout { layout: Layout::Nothing });
    ada.figures("nothing being encoded", |stats| {
        stats.screen.as_ref().is_some_and(|screen| !screen.active && screen.fps == 0.0)
            && stats.sent.iter().all(|layer| !layer.active && layer.fps == 0.0)
    })
    .await;
    ben.figures("nothing being drawn", |stats| stats.video.is_empty()).await;
    ben.eyes.forget(&screen);
    ben.eyes.forget(&camera);
    let before = ben.stats().cloned();
    ben.figures("another second", |stats| Some(stats) != before.as_ref()).await;
    assert_eq!((ben.eyes.sight(&screen), ben.eyes.sight(&camera)), (None, None), "nothing was decoded");

    ben.does(Command::SetLayout { layout: Layout::Everyone { max_height: 720, last_n: -1 } });
    watches(&mut ben, &screen, DESKTOP).await;
    watches(&mut ben, &camera, CAMERA).await;
}
