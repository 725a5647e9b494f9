//! Who and what the scenes are about: made-up people, servers and devices.

use treff_app::{
    CheckState, Comparison, ComparisonLine, Device, Devices, EndReason, Finding, ForeignPurpose,
    RecentMeeting, Screen, Server, ServerCheck, ServerFeature, Settings, Snapshot, UserError,
};

use super::host::NOW;

const DAY: u64 = 86_400_000;

fn device(id: &str, name: &str) -> Device {
    Device { id: id.to_owned(), name: name.to_owned() }
}

fn server(address: &str, name: &str, operator: &str, country: &str) -> Server {
    Server {
        address: address.to_owned(),
        name: name.to_owned(),
        preset: true,
        operator: Some(operator.to_owned()),
        country: Some(country.to_owned()),
        in_eu: Some(true),
        source_date: Some("2026-10-01".to_owned()),
        ..Server::default()
    }
}

fn recent(room: &str, server: &str, days: u64) -> RecentMeeting {
    RecentMeeting {
        link: format!("https://{server}/{}", room.replace(' ', "")),
        room: room.to_owned(),
        server: server.to_owned(),
        joined_at: NOW - days * DAY,
    }
}

/// The first start: presets, nothing chosen.
pub(crate) fn first_start() -> Snapshot {
    Snapshot {
        servers: vec![
            server("meet.example.org", "Beispielserver", "Beispielverein e. V.", "DE"),
            server("visio.example.net", "Visio Exemple", "Association Exemple", "FR"),
            server("meet.example.at", "Treffpunkt Wien", "Verein Freies Netz", "AT"),
            server("meet.example.nl", "Ontmoeting", "Stichting Voorbeeld", "NL"),
        ],
        devices: Devices {
            microphones: vec![device("m1", "Built-in microphone"), device("m2", "Jabra Evolve 65")],
            speakers: vec![device("s1", "Built-in loudspeakers"), device("s2", "Jabra Evolve 65")],
            cameras: vec![device("c1", "Integrated camera")],
            ..Devices::default()
        },
        ..Snapshot::default()
    }
}

/// At home, after some meetings.
pub(crate) fn snapshot() -> Snapshot {
    Snapshot {
        preferred_server: Some("meet.example.org".to_owned()),
        settings: Settings { name: "Ruth".to_owned(), welcomed: true, ..Settings::default() },
        recent: vec![
            recent("Elterngruppe Dienstag", "meet.example.org", 1),
            recent("Lesekreis Nord", "visio.example.net", 4),
            recent("Chorprobe Alt", "meet.example.com", 21),
        ],
        ..first_start()
    }
}

/// A meeting opened or under way.
pub(crate) fn meeting(screen: Screen) -> Snapshot {
    Snapshot {
        screen,
        room: "Elterngruppe Dienstag".to_owned(),
        link: "https://meet.example.org/ElterngruppeDienstag".to_owned(),
        ..snapshot()
    }
}

/// A meeting that is over.
pub(crate) fn ended(reason: EndReason) -> Snapshot {
    Snapshot { joined_at: Some(NOW - 47 * 60_000), ended_at: Some(NOW), ..meeting(Screen::Ended { reason }) }
}

/// A meeting that could not be entered.
pub(crate) fn failed(error: UserError) -> Snapshot {
    meeting(Screen::Ended { reason: EndReason::Failed { error } })
}

/// What a look at a server may find.
pub(crate) fn findings() -> Vec<Finding> {
    let offered = |feature, offered| Finding::Feature { feature, offered };
    vec![
        Finding::Answers { milliseconds: 41 },
        Finding::Release { version: "2.0.10184".to_owned(), date: Some("2026-08".to_owned()) },
        Finding::Location { country: "DE".to_owned(), in_eu: true, stated: Some("2026-10-01".to_owned()) },
        Finding::OpensRooms { anyone: true },
        offered(ServerFeature::Lobby, true),
        offered(ServerFeature::EndToEndEncryption, true),
        offered(ServerFeature::DialIn, false),
        Finding::BrowserLoads { purpose: ForeignPurpose::WebFront, host: "Cloudflare".to_owned() },
        Finding::NothingForeign,
    ]
}

/// What looks at some servers may find: the second is loaded with foreign services, the third does not answer, the
/// fourth is still being looked at.
fn looks(address: &str) -> CheckState {
    let offered = |feature, offered| Finding::Feature { feature, offered };
    let loads = |purpose, host: &str| Finding::BrowserLoads { purpose, host: host.to_owned() };
    match address {
        // One that loads nothing foreign.
        "meet.example.org" => {
            let mut findings = findings();
            findings.retain(|finding| !matches!(finding, Finding::BrowserLoads { .. }));
            CheckState::Done { findings, at: NOW }
        }
        "visio.example.net" => CheckState::Done {
            findings: vec![
                Finding::Answers { milliseconds: 112 },
                Finding::Release { version: "8252".to_owned(), date: None },
                Finding::Location { country: "FR".to_owned(), in_eu: true, stated: None },
                Finding::OpensRooms { anyone: false },
                offered(ServerFeature::Lobby, true),
                offered(ServerFeature::EndToEndEncryption, false),
                offered(ServerFeature::DialIn, true),
                loads(ForeignPurpose::Analytics, "statistiques.example.com"),
                loads(ForeignPurpose::Avatars, "www.gravatar.com"),
            ],
            at: NOW,
        },
        "meet.example.at" => CheckState::Failed {
            error: UserError::ServerUnreachable { server: "meet.example.at".to_owned() },
        },
        _ => CheckState::Running,
    }
}

/// These servers side by side.
pub(crate) fn compared(addresses: &[&str], home: Snapshot) -> Snapshot {
    let found = |address: &str| match looks(address) {
        CheckState::Done { findings, .. } => findings,
        _ => Vec::new(),
    };
    let mut topics: Vec<_> =
        addresses.iter().flat_map(|address| found(address)).map(|finding| finding.topic()).collect();
    topics.sort();
    topics.dedup();
    let line = |topic| ComparisonLine {
        topic,
        cells: addresses
            .iter()
            .map(|address| found(address).into_iter().filter(|finding| finding.topic() == topic).collect())
            .collect(),
    };
    let servers = addresses.iter().map(|address| (*address).to_owned());
    let check = |address: &&str| ServerCheck { address: (*address).to_owned(), state: looks(address) };
    Snapshot {
        checks: addresses.iter().map(check).collect(),
        comparison: Some(Comparison {
            servers: servers.collect(),
            lines: topics.into_iter().map(line).collect(),
        }),
        ..home
    }
}
