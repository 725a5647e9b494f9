//! The list of servers, looks at them, and links of other systems.

use treff_app::{CheckState, Command, Event, Finding, ForeignPurpose, OtherService, UserError};
use treff_lab::LabOptions;
use treff_suites::{Guest, Surroundings};

use crate::{lab, quiet};

fn refused(event: &Event) -> bool {
    matches!(event, Event::ServerRefused { .. })
}

/// The state of the only look, once it is no longer under way.
async fn looked(ada: &mut Guest) -> CheckState {
    ada.sees("the look", |ada| {
        let state = ada.snapshot().checks.first()?.state.clone();
        (state != CheckState::Running).then_some(state)
    })
    .await
}

#[tokio::test]
async fn a_list_begins_with_presets_and_becomes_ones_own() {
    let mut ada = Guest::somewhere(Surroundings::default(), &quiet());
    let addresses =
        |ada: &Guest| ada.snapshot().servers.iter().map(|s| s.address.clone()).collect::<Vec<_>>();
    ada.sees("presets", |ada| addresses(ada).contains(&"meet.ffmuc.net".to_owned()).then_some(())).await;
    let presets = addresses(&ada);
    ada.does(Command::AddServer {
        address: "https://Pub.example.org/Standup".to_owned(),
        name: Some("Pub".to_owned()),
    });
    ada.does(Command::MoveServer { address: "pub.example.org".to_owned(), position: 0 });
    ada.does(Command::RemoveServer { address: "framatalk.org".to_owned() });
    ada.does(Command::EditServer {
        address: "pub.example.org".to_owned(),
        name: "The pub".to_owned(),
        notes: "Ben runs it".to_owned(),
    });
    let first = ada
        .sees("the pub", |ada| ada.snapshot().servers.first().filter(|s| s.name == "The pub").cloned())
        .await;
    assert!(!first.preset && first.notes == "Ben runs it" && first.operator.is_none());
    assert!(!addresses(&ada).contains(&"framatalk.org".to_owned()));
    ada.does(Command::ExportServers);
    let text = match ada.until("the text", |e| matches!(e, Event::ServersExported { .. })).await {
        Event::ServersExported { text } => text,
        other => panic!("{other:?}"),
    };
    let mut ben = Guest::somewhere(Surroundings::default(), &quiet());
    ben.does(Command::ImportServers { text });
    ben.until("one new server", |event| *event == Event::ServersImported { added: 1 }).await;
    ben.sees("the pub", |ben| addresses(ben).contains(&"pub.example.org".to_owned()).then_some(())).await;
    ada.does(Command::RestorePresets);
    ada.sees("all presets", |ada| (addresses(ada).len() == presets.len() + 1).then_some(())).await;
}

#[tokio::test]
async fn what_is_no_server_is_refused_and_nothing_is_lost() {
    let mut ada = Guest::somewhere(Surroundings::default(), &quiet());
    let before =
        ada.sees("presets", |ada| Some(ada.snapshot().servers.clone()).filter(|s| !s.is_empty())).await;
    for address in ["", "standup", "mailto:ada@example.org", "https://"] {
        ada.does(Command::AddServer { address: address.to_owned(), name: None });
        let error = ada.until("a refusal", refused).await;
        assert!(
            matches!(error, Event::ServerRefused { error: UserError::ServerInvalid { .. } }),
            "{address}: {error:?}"
        );
    }
    ada.does(Command::ImportServers {
        text: "{\"treff_servers\":1,\"servers\":[{\"address\":\"ftp://x\"}]}".to_owned(),
    });
    ada.until("a refusal", refused).await;
    ada.does(Command::AddServer { address: "https://zoom.us/j/1".to_owned(), name: None });
    let expected =
        UserError::OtherService { service: OtherService::Zoom, url: "https://zoom.us/j/1".to_owned() };
    assert_eq!(ada.until("a refusal", refused).await, Event::ServerRefused { error: expected.clone() });
    assert_eq!(ada.snapshot().servers, before);
    ada.does(Command::Open { link: "https://zoom.us/j/1".to_owned(), token: None });
    assert_eq!(ada.fails().await, expected);
}

#[tokio::test]
async fn a_look_at_a_server_tells_figures_and_facts() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::new(&lab, &quiet());
    // A meeting's link does as well as an address.
    ada.does(Command::CheckServer { address: lab.link("Pub") });
    let CheckState::Done { findings, at } = looked(&mut ada).await else {
        panic!("{:?}", ada.snapshot().checks)
    };
    assert!(at > 0 && matches!(findings[0], Finding::Answers { .. }));
    assert!(findings.contains(&Finding::OpensRooms { anyone: true }));
    let gravatar =
        Finding::BrowserLoads { purpose: ForeignPurpose::Avatars, host: "www.gravatar.com".to_owned() };
    assert!(findings.contains(&gravatar) && !findings.contains(&Finding::NothingForeign), "{findings:?}");
    assert_eq!(lab.conference_requests(), 0, "nobody was disturbed");
    assert_eq!(ada.snapshot().screen, treff_app::Screen::Home);
}

#[tokio::test]
async fn a_server_that_cannot_be_looked_at_says_why() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::somewhere(Surroundings { root: None, ..Surroundings::of(&lab) }, &quiet());
    ada.does(Command::CheckServer { address: lab.link("Pub") });
    let state = looked(&mut ada).await;
    assert!(
        matches!(&state, CheckState::Failed { error } if error.code() == "certificate_invalid"),
        "{state:?}"
    );
    let mut ben = Guest::somewhere(Surroundings::default(), &quiet());
    ben.does(Command::CheckServer { address: "nowhere.invalid".to_owned() });
    let state = looked(&mut ben).await;
    assert!(
        matches!(&state, CheckState::Failed { error } if error.code() == "server_not_found"),
        "{state:?}"
    );
}
