//! What moderators do to us: mute, kick, end the meeting; and becoming one.

use treff_app::{Command, EndReason, Event, Screen};
use treff_lab::LabOptions;
use treff_media::codec::MediaKind;
use treff_suites::{Guest, GuestOptions};

use crate::{PATIENCE, lab, quiet, voice};

#[tokio::test]
async fn a_moderator_mutes_us_and_we_unmute_ourselves() {
    let lab = lab(LabOptions::default()).await;
    let options =
        GuestOptions { hertz: 500.0, layout: treff_app::Layout::Nothing, ..GuestOptions::default() };
    let mut ada = Guest::join(&lab, "Pub", "Ada", options).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", voice(800.0)).await;
    let (own, moderator) = (ada.endpoint(), ben.endpoint());
    ben.hears(&own, 500.0).await;
    lab.mute("Pub", &own, MediaKind::Audio, Some(&moderator)).expect("Ada is there");
    let told = Event::MutedByModerator { media: "audio".to_owned(), by: Some(moderator.clone()) };
    ada.until("the mute", |event| *event == told).await;
    ada.sees("herself muted", |ada| (!ada.snapshot().me.microphone).then_some(())).await;
    ben.sees("Ada muted", |ben| (!ben.person(&own)?.tracks.microphone).then_some(())).await;
    ben.hears_no_more(500.0).await;
    lab.mute("Pub", &own, MediaKind::Video, None).expect("Ada is there");
    let told = Event::MutedByModerator { media: "video".to_owned(), by: None };
    ada.until("the second mute", |event| *event == told).await;
    ben.sees("no camera", |ben| ben.person(&own)?.tracks.camera.is_none().then_some(())).await;
    ben.ears.forget();
    ada.does(Command::SetMicrophone { on: true });
    ben.hears(&own, 500.0).await;
}

#[tokio::test]
async fn a_kick_is_final_and_names_who_and_why() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    ada.sees("Ben", |ada| ada.person(&ben.endpoint())).await;
    lab.kick("Pub", &own, Some(&ben.endpoint()), "Too loud").expect("Ada is there");
    let reason = ada.ends().await;
    let (by, words) = (Some("Ben".to_owned()), Some("Too loud".to_owned()));
    assert_eq!(reason, EndReason::Kicked { by, reason: words });
    let over = Screen::Ended { reason };
    let state = ada.sees("the end", |ada| Some(ada.snapshot()).filter(|state| state.screen == over)).await;
    assert!(state.participants.is_empty());
    ben.until("Ada leaving", |e| matches!(e, Event::ParticipantLeft { endpoint, .. } if *endpoint == own))
        .await;
    assert_eq!(lab.occupants("Pub").len(), 1);
}

#[tokio::test]
async fn a_meeting_that_is_ended_for_all_ends_for_all() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    lab.end_meeting("Pub").expect("the room is there");
    for guest in [&mut ada, &mut ben] {
        let reason = guest.ends().await;
        let words = Some("The meeting has been terminated".to_owned());
        assert_eq!(reason, EndReason::EndedForAll { reason: words });
    }
}

#[tokio::test]
async fn a_moderator_is_shown_as_one() {
    let lab = lab(LabOptions { owner_delay: None, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    assert!(!ada.snapshot().me.moderator);
    let own = ada.endpoint();
    lab.grant_moderator("Pub", &own).expect("Ada is there");
    ada.sees("her powers", |ada| ada.snapshot().me.moderator.then_some(())).await;
    ben.sees("Ada's powers", |ben| ben.person(&own)?.moderator.then_some(())).await;
    lab.wait_until("one moderator", PATIENCE, |lab| {
        lab.occupants("Pub").iter().filter(|occupant| occupant.moderator).count() == 1
    })
    .await
    .expect("only Ada");
}
