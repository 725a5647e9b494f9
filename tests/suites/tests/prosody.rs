//! Behind Debian's Prosody: the client, the focus and the bridge meet on a server that none of us wrote.
//!
//! Each test starts a Prosody of its own on ports of its own. It needs Debian's package `prosody`, which `./dev test`
//! installs.

use std::time::Duration;

use treff_app::{BridgeChannel, Command, Event, Screen, Waiting};
use treff_lab::{BridgeChannels, ConferenceRequest, ConfigDialect, Lab, LabError, LabOptions, Server};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

const PATIENCE: Duration = Duration::from_secs(20);
const ROOM: &str = "Wirtshaus";

async fn prosody(options: LabOptions) -> Lab {
    let options = LabOptions { server: Server::Prosody, room: ROOM.to_owned(), ..options };
    Lab::start(options).await.unwrap_or_else(|error| panic!("{error}"))
}

fn voice_and_face(hertz: f32, colour: usize) -> GuestOptions {
    GuestOptions { hertz, colour, ..GuestOptions::default() }
}

fn quiet() -> GuestOptions {
    GuestOptions { microphone: false, camera: false, ..GuestOptions::default() }
}

async fn says(speaker: &Guest, listener: &mut Guest, words: &str, private: bool) {
    let to = private.then(|| listener.endpoint());
    speaker.does(Command::SendChat { text: words.to_owned(), to });
    let heard =
        listener.until(words, |event| matches!(event, Event::Chat { text, .. } if text == words)).await;
    let Event::Chat { from, private: whispered, .. } = heard else { panic!("{heard:?} is no message") };
    assert_eq!((from, whispered), (Some(speaker.endpoint()), private));
}

async fn ada_and_ben_meet(options: LabOptions, channel: BridgeChannel) {
    let lab = prosody(options).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", voice_and_face(500.0, 1)).await;
    let mut ben = Guest::join(&lab, ROOM, "Ben", voice_and_face(800.0, 2)).await;
    let (ada_id, ben_id) = (ada.endpoint(), ben.endpoint());
    for guest in [&mut ada, &mut ben] {
        guest.until("the channel", |event| *event == Event::BridgeChannelOpen { kind: channel }).await;
    }
    ada.hears(&ben_id, 800.0).await;
    ben.hears(&ada_id, 500.0).await;
    assert_eq!(ada.watches(&ben_id, 2).await.backwards, 0, "Ben's pictures come in order");
    assert_eq!(ben.watches(&ada_id, 1).await.backwards, 0, "Ada's pictures come in order");
    says(&ada, &mut ben, "Do you see me, <Ben> & all?", false).await;
    says(&ben, &mut ada, "Clearly 👋", false).await;
    says(&ben, &mut ada, "And this is for you only", true).await;
    assert_eq!(ada.person(&ben_id).and_then(|ben| ben.name).as_deref(), Some("Ben"));
    lab.wait_until("Ada's powers", PATIENCE, |lab| {
        lab.occupants(ROOM).iter().any(|occupant| occupant.name == "Ada" && occupant.moderator)
    })
    .await
    .expect("the first one in is the owner");
    ben.leave().await;
    ada.until("Ben leaving", |e| matches!(e, Event::ParticipantLeft { endpoint, .. } if *endpoint == ben_id))
        .await;
    ada.leave().await;
    lab.wait_until("an empty room", PATIENCE, |lab| lab.occupants(ROOM).is_empty()).await.expect("all left");
}

#[tokio::test]
async fn voices_and_faces_over_sctp_with_an_iq_request() {
    let options = LabOptions {
        bridge_channels: BridgeChannels { sctp: true, websocket: false },
        ..LabOptions::default()
    };
    ada_and_ben_meet(options, BridgeChannel::Sctp).await;
}

#[tokio::test]
async fn voices_and_faces_over_a_websocket_with_an_http_request() {
    let options = LabOptions {
        bridge_channels: BridgeChannels { sctp: false, websocket: true },
        conference_request: ConferenceRequest::Http,
        dialect: ConfigDialect::Docker,
        ..LabOptions::default()
    };
    ada_and_ben_meet(options, BridgeChannel::WebSocket).await;
}

#[tokio::test]
async fn a_password_that_the_focus_sets_is_asked_for_until_it_is_right() {
    let lab = prosody(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", quiet()).await;
    lab.lock(ROOM, Some("open sesame")).await.expect("the focus owns the room");
    let mut ben = Guest::knock_at(&lab, ROOM, "Ben", &quiet());
    ben.until("the question", |event| *event == Event::PasswordRequired { wrong: false }).await;
    ben.does(Command::EnterPassword { password: "open barley".to_owned() });
    ben.until("the second question", |event| *event == Event::PasswordRequired { wrong: true }).await;
    let waiting = Screen::Joining { waiting: Some(Waiting::Password { wrong: true }) };
    ben.sees("the screen that asks", |ben| (ben.snapshot().screen == waiting).then_some(())).await;
    assert_eq!(lab.occupants(ROOM).len(), 1, "only Ada is in");
    ben.does(Command::EnterPassword { password: "open sesame".to_owned() });
    ben.enters().await;
    says(&ben, &mut ada, "Here I am", false).await;

    lab.lock(ROOM, None).await.expect("the focus owns the room");
    let cleo = Guest::join(&lab, ROOM, "Cleo", quiet()).await;
    assert!(
        !cleo.was_told(|event| matches!(event, Event::PasswordRequired { .. })),
        "the room is open again"
    );
}

#[tokio::test]
async fn a_room_that_is_made_with_a_password_has_it_before_anybody_is_in() {
    for conference_request in [ConferenceRequest::Iq, ConferenceRequest::Http] {
        let password = Some("open sesame".to_owned());
        let lab = prosody(LabOptions { password, conference_request, ..LabOptions::default() }).await;
        let mut ada = Guest::knock_at(&lab, ROOM, "Ada", &quiet());
        ada.until("the question", |event| *event == Event::PasswordRequired { wrong: false }).await;
        let knowing = GuestOptions { password: Some("open sesame".to_owned()), ..quiet() };
        let ben = Guest::join(&lab, ROOM, "Ben", knowing).await;
        assert!(!ben.was_told(|event| matches!(event, Event::PasswordRequired { .. })));
    }
}

#[tokio::test]
async fn lost_sockets_come_back_by_themselves() {
    let lab = prosody(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", voice_and_face(500.0, 1)).await;
    let mut ben = Guest::join(&lab, ROOM, "Ben", voice_and_face(800.0, 2)).await;
    ada.hears(&ben.endpoint(), 800.0).await;
    let before = [ada.endpoint(), ben.endpoint()];
    lab.drop_all_signalling();
    for guest in [&mut ada, &mut ben] {
        guest.until("the loss", |event| *event == Event::Reconnecting).await;
        guest.enters().await;
        guest.until("the return", |event| *event == Event::Reconnected).await;
        assert!(!before.contains(&guest.endpoint()), "a new account has a new name");
    }
    ada.hears(&ben.endpoint(), 800.0).await;
    ben.watches(&ada.endpoint(), 1).await;
    for guest in [&mut ada, &mut ben] {
        let alone = |guest: &Guest| (guest.snapshot().participants.len() == 1).then_some(());
        guest.sees("no ghost of anybody", alone).await;
    }
    says(&ben, &mut ada, "There we are again", false).await;
}

#[tokio::test]
async fn synthetic_people_are_there_too() {
    let password = Some("open sesame".to_owned());
    let options = LabOptions { password, ..LabOptions::default() }.with_people(2, VideoCodec::Vp8);
    let lab = prosody(options).await;
    let knowing = GuestOptions { password: Some("open sesame".to_owned()), ..quiet() };
    let mut cleo = Guest::join(&lab, ROOM, "Cleo", knowing).await;
    for name in ["Ada", "Ben"] {
        let (hertz, colour, _) = lab.marks(name).expect("a synthetic person");
        let endpoint = lab.endpoint(ROOM, name).expect("they are in the room");
        cleo.hears(&endpoint, hertz).await;
        cleo.watches(&endpoint, colour).await;
    }
    lab.chat(ROOM, "Ada", "Welcome", None).expect("Ada is there");
    cleo.until("a welcome", |event| matches!(event, Event::Chat { text, .. } if text == "Welcome")).await;
    let ben = lab.endpoint(ROOM, "Ben").expect("he is in the room");
    lab.remove_person("Ben").expect("he is there");
    cleo.until("Ben leaving", |e| matches!(e, Event::ParticipantLeft { endpoint, .. } if *endpoint == ben))
        .await;
}

#[tokio::test]
async fn what_a_bare_prosody_cannot_do_is_refused() {
    let options = LabOptions { server: Server::Prosody, lobby: true, ..LabOptions::default() };
    let Err(error) = Lab::start(options).await else { panic!("there is no lobby without Jitsi's modules") };
    assert_eq!(error.to_string(), "the lab could not start: a bare Prosody has no lobby");
    let lab = prosody(LabOptions::default()).await;
    assert!(matches!(lab.lock("nowhere", Some("secret")).await, Err(LabError::Unknown(_))));
    assert!(matches!(lab.set_lobby(ROOM, true), Err(LabError::Unknown(_))));
}
