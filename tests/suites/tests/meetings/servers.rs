//! The list of servers, looks at them, and links of other systems.

use treff_app::{
    CheckState, Command, Comparison, ComparisonTopic, Event, Finding, ForeignPurpose, OtherService,
    Protection, Screen, UserError,
};
use treff_lab::{Lab, LabOptions};
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
    assert_eq!(ada.snapshot().screen, Screen::Home);
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

/// A place from which both labs can be reached and are trusted.
fn between(one: &Lab, other: &Lab) -> Surroundings {
    let (mut place, other) = (Surroundings::of(one), Surroundings::of(other));
    place.resolve.extend(other.resolve);
    place.root = Some([place.root, other.root].into_iter().flatten().collect());
    place
}

/// The lab's address on a list.
fn address(lab: &Lab) -> String {
    format!("meet.lab.test:{}", lab.address().port())
}

const NOWHERE: &str = "nowhere.invalid";

fn add(ada: &Guest, address: &str) {
    ada.does(Command::AddServer { address: address.to_owned(), name: None });
}

#[tokio::test]
async fn ada_sets_three_servers_side_by_side() {
    let (one, other) = (lab(LabOptions::default()).await, lab(LabOptions::default()).await);
    let mut ada = Guest::somewhere(between(&one, &other), &quiet());
    let servers = [address(&one), NOWHERE.to_owned(), address(&other)];
    servers.iter().for_each(|server| add(&ada, server));
    let chosen = vec![address(&other), address(&one), NOWHERE.to_owned(), "unlisted.example".to_owned()];
    ada.does(Command::CompareServers { addresses: chosen });
    let table = ada
        .sees("the whole table", |ada| {
            let snapshot = ada.snapshot();
            let over = |check: &treff_app::ServerCheck| check.state != CheckState::Running;
            let looked = snapshot.checks.len() == 3 && snapshot.checks.iter().all(over);
            snapshot.comparison.clone().filter(|_| looked)
        })
        .await;
    let Comparison { servers: compared, lines } = table;
    assert_eq!(compared, servers, "in the order of the list");
    let speed = &lines.first().expect("a line").cells;
    assert_eq!(lines[0].topic, ComparisonTopic::Answers);
    assert!(
        matches!(speed[0][..], [Finding::Answers { .. }])
            && matches!(speed[2][..], [Finding::Answers { .. }])
    );
    assert!(lines.iter().all(|line| line.cells[1].is_empty()), "nobody answers there");
    let hosts = lines.last().expect("a line");
    assert!(hosts.topic == ComparisonTopic::BrowserLoads && !hosts.cells[0].is_empty(), "{hosts:?}");
    ada.does(Command::CompareServers { addresses: Vec::new() });
    ada.sees("no table", |ada| ada.snapshot().comparison.is_none().then_some(())).await;
    assert_eq!(one.conference_requests() + other.conference_requests(), 0, "nobody was disturbed");
}

/// Ada, whose preferred server does not exist and stands before the lab's on her list.
async fn ada_with_a_server_that_is_down(lab: &Lab) -> Guest {
    let mut ada = Guest::new(lab, &quiet());
    ada.does(Command::SetPreferredServer { server: Some(NOWHERE.to_owned()) });
    add(&ada, &address(lab));
    let listed =
        |ada: &Guest| ada.snapshot().servers.last().filter(|s| s.address == address(lab)).map(|_| ());
    ada.sees("both servers", listed).await;
    ada
}

#[tokio::test]
async fn a_new_meeting_is_offered_the_next_server_and_moves_on_a_tap_only() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = ada_with_a_server_that_is_down(&lab).await;
    ada.does(Command::NewMeeting { language: None });
    assert_eq!(ada.fails().await.code(), "server_not_found");
    let offered = ada
        .sees("an offer", |ada| ada.snapshot().next_server.clone().map(|next| (next, ada.snapshot())))
        .await;
    assert_eq!(offered.0, address(&lab));
    assert!(matches!(offered.1.screen, Screen::Ended { .. }));
    ada.does(Command::StartOn { server: "unlisted.example".to_owned() });
    ada.does(Command::StartOn { server: offered.0 });
    let moved =
        ada.sees("it, there", |ada| Some(ada.snapshot()).filter(|s| s.screen == Screen::Prejoin)).await;
    assert_eq!((moved.room.as_str(), moved.new_meeting), (offered.1.room.as_str(), true));
    assert_eq!(moved.link, offered.1.link.replace(NOWHERE, &address(&lab)));
    assert_eq!(moved.preferred_server.as_deref(), Some(NOWHERE), "what she prefers is hers to change");
    assert_eq!((moved.next_server.as_deref(), lab.conference_requests()), (None, 0));
    ada.does(Command::Join {
        name: Some("Ada".to_owned()),
        password: None,
        microphone: false,
        camera: false,
        protection: Protection::default(),
    });
    ada.until("Ada in the room", |event| matches!(event, Event::Joined { .. })).await;
}

#[tokio::test]
async fn a_room_of_that_name_is_offered_elsewhere_but_a_link_leads_where_it_points() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = ada_with_a_server_that_is_down(&lab).await;
    ada.does(Command::Open { link: format!("https://{NOWHERE}/Pub"), token: None });
    assert_eq!(ada.fails().await.code(), "server_not_found");
    ada.does(Command::StartOn { server: address(&lab) });
    ada.does(Command::MoveServer { address: NOWHERE.to_owned(), position: 99 });
    let first = ada
        .sees("the other order", |ada| {
            let servers = ada.snapshot().servers.clone();
            servers.last().filter(|last| last.address == NOWHERE)?;
            Some(servers[0].address.clone())
        })
        .await;
    assert_eq!(ada.snapshot().next_server, None);
    assert!(matches!(ada.snapshot().screen, Screen::Ended { .. }), "the link's meeting stays where it was");
    ada.does(Command::Open { link: "Pub".to_owned(), token: None });
    assert_eq!(ada.fails().await.code(), "server_not_found");
    let next = ada.sees("an offer", |ada| ada.snapshot().next_server.clone()).await;
    assert_eq!(next, first, "behind the last comes the first");
    ada.does(Command::GoHome);
    ada.sees("no offer at home", |ada| ada.snapshot().next_server.is_none().then_some(())).await;
}
