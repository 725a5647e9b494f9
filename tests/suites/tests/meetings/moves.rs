//! Connections that break or move while the call goes on.

use treff_app::{BridgeChannel, Command, ConnectionState, Event, Layout, Screen};
use treff_lab::{BridgeChannels, Lab, LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

use crate::{PATIENCE, ROOM, lab, quiet};

fn both(hertz: f32, colour: usize) -> GuestOptions {
    let layout = Layout::Everyone { max_height: 180, last_n: -1 };
    GuestOptions { microphone: true, camera: true, hertz, colour, layout, ..quiet() }
}

/// A call between Ada and Ben in which both are heard and seen.
async fn ada_and_ben(lab: &Lab) -> (Guest, Guest) {
    let mut ada = Guest::join(lab, "Pub", "Ada", both(500.0, 1)).await;
    let mut ben = Guest::join(lab, "Pub", "Ben", both(800.0, 2)).await;
    meet(&mut ada, &mut ben).await;
    (ada, ben)
}

/// Waits until both hear and see each other, counting only what comes from now on.
async fn meet(ada: &mut Guest, ben: &mut Guest) {
    let (first, second) = (ada.endpoint(), ben.endpoint());
    for guest in [&*ada, &*ben] {
        guest.ears.forget();
        guest.eyes.forget(&format!("{first}-v0"));
        guest.eyes.forget(&format!("{second}-v0"));
    }
    ada.hears(&second, 800.0).await;
    ben.hears(&first, 500.0).await;
    ada.watches(&second, 2).await;
    ben.watches(&first, 1).await;
}

#[tokio::test]
async fn a_session_is_replaced_without_anybody_vanishing() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = ada_and_ben(&lab).await;
    for _ in 0..2 {
        lab.reoffer("Pub", &ada.endpoint()).expect("Ada is there");
        ada.until("the next offer", |event| *event == Event::OfferReceived).await;
        ada.until("the next session", |event| matches!(event, Event::MediaConnected { .. })).await;
        ada.sees("a whole call", |ada| {
            let state = ada.snapshot();
            assert_eq!(state.participants.len(), 1, "Ben stays on the screen");
            (state.connection == ConnectionState::Connected).then_some(())
        })
        .await;
        ada.until("its channel", |event| matches!(event, Event::BridgeChannelOpen { .. })).await;
        meet(&mut ada, &mut ben).await;
    }
    assert!(!ada.was_told(|event| matches!(event, Event::ParticipantLeft { .. })));
    assert!(!ben.was_told(|event| matches!(event, Event::ParticipantLeft { .. })));
}

#[tokio::test]
async fn a_lost_signalling_socket_comes_back_by_itself() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = ada_and_ben(&lab).await;
    let before = ada.endpoint();
    lab.drop_signalling("Pub", &before).expect("Ada has a socket");
    ada.until("the loss", |event| *event == Event::Reconnecting).await;
    let lost = |ada: &Guest| (ada.snapshot().connection == ConnectionState::Reconnecting).then_some(());
    ada.sees("the loss", lost).await;
    ada.enters().await;
    ada.until("the return", |event| *event == Event::Reconnected).await;
    ada.until("the session", |event| matches!(event, Event::MediaConnected { .. })).await;
    ada.sees("Ben again", |ada| ada.person(&ben.endpoint())).await;
    ben.sees("Ada alone", |ben| (ben.snapshot().participants.len() == 1).then_some(())).await;
    meet(&mut ada, &mut ben).await;
    let whole = |ada: &Guest| (ada.snapshot().connection == ConnectionState::Connected).then_some(());
    ada.sees("a whole call", whole).await;
    assert!(!ada.was_told(|event| matches!(event, Event::Ended { .. })));
    // The media session of before went with the old place in the room: to Ada all that is one loss.
    for news in [Event::Reconnecting, Event::Reconnected] {
        assert_eq!(ada.times_told(|event| *event == news), 1, "{news:?}");
    }
    ada.leave().await;
}

#[tokio::test]
async fn whoever_comes_back_to_an_empty_room_is_simply_in_it() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, ben) = ada_and_ben(&lab).await;
    lab.drop_signalling("Pub", &ada.endpoint()).expect("Ada has a socket");
    ada.until("the loss", |event| *event == Event::Reconnecting).await;
    let gone = ben.endpoint();
    ben.leave().await;
    ada.until("Ben gone", |e| matches!(e, Event::ParticipantLeft { endpoint, .. } if *endpoint == gone))
        .await;
    ada.until("the return", |event| *event == Event::Reconnected).await;
    let alone = |ada: &Guest| {
        let state = ada.snapshot();
        (state.connection == ConnectionState::Joined && state.participants.is_empty()).then_some(())
    };
    ada.sees("herself alone", alone).await;
}

#[tokio::test]
async fn a_lost_bridge_socket_is_opened_again() {
    let channels = BridgeChannels { sctp: false, websocket: true };
    let people = vec![Person::new("Cleo", VideoCodec::Vp8)];
    let lab = lab(LabOptions { bridge_channels: channels, people, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", quiet()).await;
    let open = Event::BridgeChannelOpen { kind: BridgeChannel::WebSocket };
    ada.until("the channel", |event| *event == open).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let (_, colour, _) = lab.marks("Cleo").expect("Cleo is there");
    ada.watches(&cleo, colour).await;
    lab.drop_bridge_channel(ROOM, &ada.endpoint()).expect("Ada is there");
    ada.until("the channel again", |event| *event == open).await;
    ada.does(Command::SetLayout { layout: Layout::Nothing });
    let own = ada.endpoint();
    lab.wait_for_report(ROOM, &own, "the new wishes", PATIENCE, |report| report.forwarded.is_empty())
        .await
        .expect("the new channel works");
    ada.eyes.forget(&format!("{cleo}-v0"));
    ada.does(Command::SetLayout { layout: Layout::Everyone { max_height: 180, last_n: -1 } });
    ada.watches(&cleo, colour).await;
}

#[tokio::test]
async fn a_dead_path_to_the_bridge_is_replaced() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = ada_and_ben(&lab).await;
    lab.silence_bridge("Pub", &ada.endpoint()).expect("Ada is there");
    ada.until("the loss", |event| *event == Event::Reconnecting).await;
    ada.until("the next offer", |event| *event == Event::OfferReceived).await;
    ada.until("the session", |event| matches!(event, Event::MediaConnected { .. })).await;
    ada.until("good news", |event| *event == Event::Reconnected).await;
    assert_eq!(ada.snapshot().participants.len(), 1, "Ben stays on the screen");
    meet(&mut ada, &mut ben).await;
    // The path fell silent, was given up, and its session replaced: to Ada all that is one loss.
    for news in [Event::Reconnecting, Event::Reconnected] {
        assert_eq!(ada.times_told(|event| *event == news), 1, "{news:?}");
    }
}

#[tokio::test]
async fn whoever_opens_another_meeting_leaves_the_first() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let before = ada.endpoint();
    ben.sees("Ada", |ben| ben.person(&before)).await;
    ada.does(Command::Open { link: lab.link("Garden"), token: None });
    ada.slips_in(None);
    ada.enters().await;
    ben.until("Ada leaving", |e| matches!(e, Event::ParticipantLeft { endpoint, .. } if *endpoint == before))
        .await;
    let inside = |ada: &Guest| {
        let state = ada.snapshot();
        (state.screen == Screen::Call && state.room == "garden").then_some(state)
    };
    assert!(ada.sees("the garden", inside).await.participants.is_empty());
    assert_eq!(lab.occupants("Pub").len(), 1);
}

#[tokio::test]
async fn whoever_is_alone_is_offered_a_session_when_company_returns() {
    let options =
        LabOptions { alone_timeout: std::time::Duration::from_millis(200), ..LabOptions::default() };
    let lab = lab(options).await;
    let (mut ada, ben) = ada_and_ben(&lab).await;
    ben.leave().await;
    let alone = |ada: &Guest| {
        let state = ada.snapshot();
        (state.participants.is_empty() && state.connection == ConnectionState::Joined).then_some(())
    };
    ada.sees("herself alone", alone).await;
    let mut cleo = Guest::join(&lab, "Pub", "Cleo", both(800.0, 2)).await;
    ada.until("another session", |event| *event == Event::OfferReceived).await;
    meet(&mut ada, &mut cleo).await;
}
