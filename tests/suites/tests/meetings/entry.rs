//! Doors: a room's password and its lobby.

use treff_app::{Command, Event, Screen, UserError, Waiting};
use treff_lab::{Lab, LabOptions};
use treff_suites::{Guest, GuestOptions};

use crate::{PATIENCE, ROOM, lab, quiet};

fn locked() -> LabOptions {
    let password = Some("open sesame".to_owned());
    LabOptions { password, ..LabOptions::default() }
}

fn knowing(password: &str) -> GuestOptions {
    GuestOptions { password: Some(password.to_owned()), ..quiet() }
}

async fn waits_for(guest: &mut Guest, waiting: Waiting) {
    let screen = Screen::Joining { waiting: Some(waiting) };
    guest.sees("the screen that asks", |guest| (guest.snapshot().screen == screen).then_some(())).await;
}

#[tokio::test]
async fn a_password_is_asked_for_until_it_is_right() {
    let lab = lab(locked()).await;
    let mut ada = Guest::knock_at(&lab, ROOM, "Ada", &quiet());
    ada.until("the question", |event| *event == Event::PasswordRequired { wrong: false }).await;
    waits_for(&mut ada, Waiting::Password { wrong: false }).await;
    ada.does(Command::EnterPassword { password: "open barley".to_owned() });
    ada.until("the second question", |event| *event == Event::PasswordRequired { wrong: true }).await;
    waits_for(&mut ada, Waiting::Password { wrong: true }).await;
    ada.does(Command::EnterPassword { password: "open sesame".to_owned() });
    ada.enters().await;
    ada.sees("the call", |ada| (ada.snapshot().screen == Screen::Call).then_some(())).await;
}

#[tokio::test]
async fn a_password_known_beforehand_is_not_asked_for() {
    let lab = lab(locked()).await;
    let ada = Guest::join(&lab, ROOM, "Ada", knowing("open sesame")).await;
    assert!(!ada.was_told(|event| matches!(event, Event::PasswordRequired { .. })));
    let mut ben = Guest::knock_at(&lab, ROOM, "Ben", &knowing("open barley"));
    ben.until("the question", |event| *event == Event::PasswordRequired { wrong: true }).await;
    ben.leave().await;
}

/// Ada is in the room, and Ben waits in its lobby.
async fn ben_waits(lab: &Lab) -> (Guest, Guest, String) {
    let ada = Guest::join(lab, ROOM, "Ada", quiet()).await;
    lab.set_lobby(ROOM, true).expect("Ada's room");
    let mut ben = Guest::knock_at(lab, ROOM, "Ben", &quiet());
    ben.until("the closed door", |event| *event == Event::LobbyRequired).await;
    waits_for(&mut ben, Waiting::Knock).await;
    ben.does(Command::Knock { name: "Ben".to_owned() });
    ben.until("the wait", |event| *event == Event::LobbyWaiting).await;
    waits_for(&mut ben, Waiting::Moderator).await;
    lab.wait_until("Ben in the lobby", PATIENCE, |lab| lab.knocking(ROOM).len() == 1).await.expect("a knock");
    let knocker = lab.knocking(ROOM).remove(0);
    assert_eq!(knocker.name, "Ben");
    (ada, ben, knocker.nick)
}

#[tokio::test]
async fn whoever_knocks_is_let_in() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben, nick) = ben_waits(&lab).await;
    lab.admit(ROOM, &nick).expect("Ben waits");
    ben.until("the open door", |event| *event == Event::LobbyAdmitted).await;
    ben.enters().await;
    ada.until(
        "Ben",
        |e| matches!(e, Event::ParticipantJoined { name, .. } if name.as_deref() == Some("Ben")),
    )
    .await;
    lab.wait_until("an empty lobby", PATIENCE, |lab| lab.knocking(ROOM).is_empty()).await.expect("he is in");
}

#[tokio::test]
async fn whoever_is_denied_is_told() {
    let lab = lab(LabOptions::default()).await;
    let (_ada, mut ben, nick) = ben_waits(&lab).await;
    lab.deny(ROOM, &nick).expect("Ben waits");
    assert_eq!(ben.fails().await, UserError::LobbyDenied);
    assert_eq!(lab.occupants(ROOM).len(), 1, "only Ada is in");
}

#[tokio::test]
async fn a_lobby_that_is_switched_off_lets_everybody_in() {
    let lab = lab(LabOptions::default()).await;
    let (_ada, mut ben, _) = ben_waits(&lab).await;
    lab.set_lobby(ROOM, false).expect("Ada's room");
    ben.until("the open door", |event| *event == Event::LobbyAdmitted).await;
    ben.enters().await;
}

#[tokio::test]
async fn whoever_waits_may_give_up() {
    let lab = lab(LabOptions::default()).await;
    let (_ada, ben, _) = ben_waits(&lab).await;
    ben.leave().await;
    lab.wait_until("an empty lobby", PATIENCE, |lab| lab.knocking(ROOM).is_empty()).await.expect("Ben went");
}

#[tokio::test]
async fn the_password_leads_past_the_lobby() {
    let lab = lab(LabOptions { lobby: true, ..locked() }).await;
    Guest::join(&lab, ROOM, "Ada", knowing("open sesame")).await;
    let mut ben = Guest::knock_at(&lab, ROOM, "Ben", &quiet());
    ben.until("the closed door", |event| *event == Event::LobbyRequired).await;
    ben.does(Command::EnterPassword { password: "open sesame".to_owned() });
    ben.enters().await;
}

#[tokio::test]
async fn the_password_leads_out_of_the_lobby() {
    let lab = lab(locked()).await;
    let ada = Guest::join(&lab, ROOM, "Ada", knowing("open sesame")).await;
    lab.set_lobby(ROOM, true).expect("Ada's room");
    let mut ben = Guest::knock_at(&lab, ROOM, "Ben", &quiet());
    ben.until("the closed door", |event| *event == Event::LobbyRequired).await;
    ben.does(Command::Knock { name: "Ben".to_owned() });
    ben.until("the wait", |event| *event == Event::LobbyWaiting).await;
    ben.does(Command::EnterPassword { password: "open barley".to_owned() });
    ben.until("the refusal", |event| *event == Event::PasswordRequired { wrong: true }).await;
    ben.does(Command::EnterPassword { password: "open sesame".to_owned() });
    ben.enters().await;
    ada.leave().await;
}
