//! The room's door in a moderator's hands: password, lobby, letting in, turning away, and protection from the start.

use treff_app::{Command, Event, Notice, Protection, UserError};
use treff_lab::{Lab, LabOptions};
use treff_suites::{Guest, GuestOptions};

use crate::{PATIENCE, lab, quiet};

/// Ada, who came first and moderates, and Ben.
async fn two(lab: &Lab) -> (Guest, Guest) {
    let mut ada = Guest::join(lab, "Pub", "Ada", quiet()).await;
    let ben = Guest::join(lab, "Pub", "Ben", quiet()).await;
    ada.sees("her permissions", |ada| {
        let door = &ada.snapshot().door;
        (door.may_set_password && door.may_set_lobby).then_some(())
    })
    .await;
    (ada, ben)
}

async fn knocks(lab: &Lab, name: &str) -> Guest {
    let mut guest = Guest::knock_at(lab, "Pub", name, &quiet());
    guest.until("the lobby", |event| *event == Event::LobbyRequired).await;
    guest.does(Command::Knock { name: name.to_owned() });
    guest.until("waiting", |event| *event == Event::LobbyWaiting).await;
    guest
}

#[tokio::test]
async fn a_moderator_locks_the_room_and_opens_it_again() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = two(&lab).await;
    assert!(!ben.snapshot().door.may_set_password && !ben.snapshot().door.may_set_lobby);
    ada.does(Command::SetRoomPassword { password: Some("rose".to_owned()) });
    for guest in [&mut ada, &mut ben] {
        guest.sees("the lock", |guest| guest.snapshot().door.password_set.then_some(())).await;
    }
    let mut cleo = Guest::knock_at(&lab, "Pub", "Cleo", &quiet());
    cleo.until("the question", |event| *event == Event::PasswordRequired { wrong: false }).await;
    cleo.does(Command::EnterPassword { password: "rose".to_owned() });
    cleo.enters().await;
    ada.does(Command::SetRoomPassword { password: None });
    ada.sees("no lock", |ada| (!ada.snapshot().door.password_set).then_some(())).await;
    Guest::join(&lab, "Pub", "Dora", quiet()).await;
}

#[tokio::test]
async fn whoever_knocks_is_let_in_or_turned_away() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, ben) = two(&lab).await;
    ada.does(Command::SetLobby { on: true });
    ada.sees("the lobby", |ada| ada.snapshot().door.lobby.then_some(())).await;
    let mut cleo = knocks(&lab, "Cleo").await;
    let mut emil = knocks(&lab, "Emil").await;
    let waiting = ada
        .sees("two who wait", |ada| Some(ada.snapshot().door.knocking.clone()).filter(|list| list.len() == 2))
        .await;
    let id = |name: &str| waiting.iter().find(|knocker| knocker.name == name).expect("waits").id.clone();
    assert!(ada.was_told(|event| matches!(event, Event::KnockArrived { name, .. } if name == "Emil")));
    assert!(!ben.was_told(|event| matches!(event, Event::KnockArrived { .. })), "only moderators hear it");
    ada.does(Command::Admit { knocker: id("Cleo") });
    ada.does(Command::Refuse { knocker: id("Emil") });
    cleo.enters().await;
    assert_eq!(emil.fails().await, UserError::LobbyDenied);
    ada.sees("nobody at the door", |ada| ada.snapshot().door.knocking.is_empty().then_some(())).await;
    let fay = knocks(&lab, "Fay").await;
    ada.does(Command::SetLobby { on: false });
    let mut fay = fay;
    fay.enters().await;
}

#[tokio::test]
async fn a_new_meeting_is_protected_from_its_first_second() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::new(&lab, &quiet());
    let server = format!("meet.lab.test:{}", lab.address().port());
    ada.does(Command::SetPreferredServer { server: Some(server.clone()) });
    ada.does(Command::NewMeeting { language: Some("de".to_owned()) });
    let state = ada.sees("a new meeting", |ada| Some(ada.snapshot()).filter(|state| state.new_meeting)).await;
    assert_eq!(state.room.split('-').count(), 4, "{}", state.room);
    assert_eq!(state.link, format!("https://{server}/{}", state.room));
    let protection = Protection { password: Some("rose".to_owned()), lobby: true };
    ada.does(Command::Join {
        name: Some("Ada".to_owned()),
        password: None,
        microphone: false,
        camera: false,
        protection,
    });
    ada.enters().await;
    let room = state.room.clone();
    ada.sees("both", |ada| {
        let door = &ada.snapshot().door;
        (door.password_set && door.lobby).then_some(())
    })
    .await;
    let mut ben = Guest::knock_at(&lab, &room, "Ben", &quiet());
    ben.until("the lobby", |event| *event == Event::LobbyRequired).await;
    ben.does(Command::EnterPassword { password: "rose".to_owned() });
    ben.enters().await;
}

#[tokio::test]
async fn protection_of_somebody_elses_room_is_told_to_be_refused() {
    let lab = lab(LabOptions { owner_delay: None, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    ada.does(Command::SetRoomPassword { password: Some("rose".to_owned()) });
    let refused = |event: &Event| matches!(event, Event::Warning { notice: Notice::ProtectionRefused, .. });
    ada.until("the refusal", refused).await;
    assert!(!ada.snapshot().door.password_set && !ada.snapshot().door.may_set_password);
}

#[tokio::test]
async fn home_is_reached_from_before_and_after_a_meeting_but_not_out_of_one() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::new(&lab, &GuestOptions { ..quiet() });
    ada.does(Command::Open { link: lab.link("Pub"), token: None });
    ada.sees("the meeting", |ada| (ada.snapshot().screen == treff_app::Screen::Prejoin).then_some(())).await;
    ada.does(Command::GoHome);
    ada.sees("home", |ada| (ada.snapshot().screen == treff_app::Screen::Home).then_some(())).await;
    assert!(ada.snapshot().room.is_empty() && ada.snapshot().link.is_empty());
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    ben.does(Command::GoHome);
    ben.does(Command::SendChat { text: "Still here".to_owned(), to: None });
    ben.sees("the message", |ben| (!ben.snapshot().chat.is_empty()).then_some(())).await;
    lab.wait_until("Ben", PATIENCE, |lab| lab.endpoint("Pub", "Ben").is_some()).await.expect("still in");
}
