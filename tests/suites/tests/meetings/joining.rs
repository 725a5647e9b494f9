//! Ways in that do not go straight: a focus that is not ready or refuses, tokens, full rooms, names that are demanded.

use treff_app::{Command, Event, Screen, UserError, Waiting};
use treff_lab::{ConferenceRequest, Lab, LabOptions, Refusal, TokenPolicy};
use treff_suites::Guest;

use crate::{lab, quiet};

const FORMS: [ConferenceRequest; 2] = [ConferenceRequest::Iq, ConferenceRequest::Http];

async fn lab_with(form: ConferenceRequest) -> Lab {
    lab(LabOptions { conference_request: form, ..LabOptions::default() }).await
}

#[tokio::test]
async fn a_focus_that_is_not_ready_is_asked_again() {
    for form in FORMS {
        let lab = lab_with(form).await;
        lab.conference_not_ready(1);
        Guest::join(&lab, "Pub", "Ada", quiet()).await;
        assert_eq!(lab.conference_requests(), 2, "{form:?}");
    }
}

#[tokio::test]
async fn a_stale_session_is_asked_for_anew() {
    let lab = lab_with(ConferenceRequest::Iq).await;
    lab.refuse_conference(Refusal::SessionInvalid);
    Guest::join(&lab, "Pub", "Ada", quiet()).await;
}

#[tokio::test]
async fn a_reservation_system_speaks_in_its_own_words() {
    for form in FORMS {
        let lab = lab_with(form).await;
        let text = "The room is booked from noon on".to_owned();
        lab.refuse_conference(Refusal::Reservation { code: 409, text: text.clone() });
        let mut ada = Guest::knock_at(&lab, "Pub", "Ada", &quiet());
        let error = ada.fails().await;
        assert_eq!(error, UserError::Refused { text }, "{form:?}");
        assert_eq!(error.code(), "refused");
    }
}

#[tokio::test]
async fn a_broken_focus_ends_the_attempt() {
    let lab = lab_with(ConferenceRequest::Iq).await;
    lab.refuse_conference(Refusal::Failed);
    let mut ada = Guest::knock_at(&lab, "Pub", "Ada", &quiet());
    assert_eq!(ada.fails().await.code(), "refused");
    ada.sees("the end", |ada| matches!(ada.snapshot().screen, Screen::Ended { .. }).then_some(())).await;
}

#[tokio::test]
async fn a_server_that_is_being_updated_is_not_ready() {
    let lab = lab_with(ConferenceRequest::Iq).await;
    lab.refuse_conference(Refusal::ShuttingDown);
    let mut ada = Guest::knock_at(&lab, "Pub", "Ada", &quiet());
    ada.until("the notice", |e| matches!(e, Event::Warning { text, .. } if text.contains("updated"))).await;
    assert_eq!(ada.fails().await, UserError::ServerNotReady);
}

#[tokio::test]
async fn a_broken_http_focus_is_asked_by_iq() {
    let lab = lab_with(ConferenceRequest::Http).await;
    lab.refuse_conference(Refusal::Failed);
    Guest::join(&lab, "Pub", "Ada", quiet()).await;
    assert_eq!(lab.conference_requests(), 2);
}

#[tokio::test]
async fn a_host_is_waited_for_until_the_person_gives_up() {
    for form in FORMS {
        let lab = lab_with(form).await;
        lab.refuse_conference(Refusal::NotAuthorized);
        let mut ada = Guest::knock_at(&lab, "Pub", "Ada", &quiet());
        ada.until("the wait for the host", |event| *event == Event::WaitingForHost).await;
        let waiting = Screen::Joining { waiting: Some(Waiting::Host) };
        ada.sees("the waiting screen", |ada| (ada.snapshot().screen == waiting).then_some(())).await;
        ada.leave().await;
    }
}

fn arrives_with(lab: &Lab, token: Option<&str>) -> Guest {
    let guest = Guest::new(lab, &quiet());
    guest.does(Command::Open { link: lab.link("Pub"), token: token.map(str::to_owned) });
    guest.slips_in(None);
    guest
}

#[tokio::test]
async fn a_token_opens_what_is_closed_without_it() {
    let tokens = TokenPolicy::Required(vec!["good.to.go".to_owned()]);
    let lab = lab(LabOptions { tokens, ..LabOptions::default() }).await;
    for refused in [None, Some("no.longer.valid")] {
        let error = arrives_with(&lab, refused).fails().await;
        assert_eq!(error.code(), "not_authorised", "{refused:?}");
    }
    arrives_with(&lab, Some("good.to.go")).enters().await;
    let ada = Guest::new(&lab, &quiet());
    ada.does(Command::Open { link: format!("{}?jwt=good.to.go", lab.link("Pub")), token: None });
    ada.slips_in(None);
    { ada }.enters().await;
}

#[tokio::test]
async fn a_full_room_says_so() {
    let lab = lab(LabOptions { max_occupants: Some(1), ..LabOptions::default() }).await;
    let ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::knock_at(&lab, "Pub", "Ben", &quiet());
    assert_eq!(ben.fails().await, UserError::RoomFull);
    ada.leave().await;
    Guest::join(&lab, "Pub", "Ben", quiet()).await;
}

#[tokio::test]
async fn a_name_is_given_when_it_is_demanded() {
    let lab = lab(LabOptions { display_name_required: true, ..LabOptions::default() }).await;
    let mut ada = arrives_with(&lab, None);
    ada.until("the question", |event| *event == Event::DisplayNameRequired).await;
    let waiting = Screen::Joining { waiting: Some(Waiting::DisplayName) };
    ada.sees("the question", |ada| (ada.snapshot().screen == waiting).then_some(())).await;
    ada.does(Command::SetDisplayName { name: "Ada".to_owned() });
    ada.enters().await;
    assert_eq!(lab.occupants("Pub")[0].name, "Ada");
}

#[tokio::test]
async fn strict_servers_choose_the_nickname() {
    let lab = lab(LabOptions { strict_nicknames: true, ..LabOptions::default() }).await;
    let ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    assert_eq!(lab.endpoint("Pub", "Ada"), Some(ada.endpoint()));
}
