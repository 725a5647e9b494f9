//! One server's page.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{CheckState, Command, Finding, ForeignPurpose, Server, ServerFeature, Tone};

use crate::problem::problem;
use crate::rows::follow;
use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{AppWindow, CheckProgress, FindingKind, FindingRow, FindingTone, Problem, ServerAdapter};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let server = window.global::<ServerAdapter>();
    server.on_back(shared.callback(Shared::back));
    server.on_run_check(
        shared.callback(|shared| shared.dispatch(Command::CheckServer { address: address(shared) })),
    );
    server.on_prefer(
        shared.callback(|shared| {
            shared.dispatch(Command::SetPreferredServer { server: Some(address(shared)) })
        }),
    );
    server.on_remove(shared.callback(|shared| {
        shared.dispatch(Command::RemoveServer { address: address(shared) });
        shared.back();
    }));
    server.on_move(shared.callback_with(|shared, up: bool| {
        let address = address(shared);
        let place =
            shared.read(|state| state.snapshot.servers.iter().position(|server| server.address == address));
        let Some(place) = place.and_then(|place| u32::try_from(place).ok()) else { return };
        let position = if up { place.saturating_sub(1) } else { place + 1 };
        shared.dispatch(Command::MoveServer { address, position });
    }));
    let weak = Rc::downgrade(shared);
    server.on_edited(move |name: SharedString, notes: SharedString| {
        if let Some(shared) = weak.upgrade() {
            let address = address(&shared);
            shared.dispatch(Command::EditServer { address, name: name.into(), notes: notes.into() });
        }
    });
    server.on_open_website(shared.callback(|shared| open(shared, |server| server.website.clone())));
    server.on_open_terms(shared.callback(|shared| open(shared, |server| server.terms.clone())));
    server.on_open_privacy(shared.callback(|shared| open(shared, |server| server.privacy.clone())));
}

fn address(shared: &Shared) -> String {
    shared.read(|state| shown(state).to_owned())
}

fn shown(state: &State) -> &str {
    match state.places.last() {
        Some(Place::Server { address }) => address,
        _ => "",
    }
}

fn open(shared: &Shared, which: impl FnOnce(&Server) -> Option<String>) {
    if let Some(url) = shared.read(|state| state.server(shown(state)).and_then(which)) {
        shared.host.open(&url);
    }
}

pub(crate) fn show(window: &AppWindow, state: &State, entered: bool) {
    let adapter = ServerAdapter::get(window);
    let address = shown(state);
    let server = state.server(address);
    if entered || adapter.get_address() != address {
        adapter.set_name(state.server_name(address).into());
        adapter.set_notes(server.map(|server| server.notes.as_str().into()).unwrap_or_default());
    }
    let text =
        |part: fn(&Server) -> Option<&str>| SharedString::from(server.and_then(part).unwrap_or_default());
    adapter.set_address(address.into());
    adapter.set_operator(text(|server| server.operator.as_deref()));
    adapter.set_country(text(|server| server.country.as_deref()));
    adapter.set_hosting(text(|server| server.hosting.as_deref()));
    adapter.set_source_date(text(|server| server.source_date.as_deref()));
    adapter.set_in_eu(server.and_then(|server| server.in_eu).unwrap_or_default());
    adapter.set_has_website(server.is_some_and(|server| server.website.is_some()));
    adapter.set_has_terms(server.is_some_and(|server| server.terms.is_some()));
    adapter.set_has_privacy(server.is_some_and(|server| server.privacy.is_some()));
    let servers = &state.snapshot.servers;
    adapter.set_listed(server.is_some());
    adapter.set_first(servers.first().is_some_and(|first| first.address == address));
    adapter.set_last(servers.last().is_some_and(|last| last.address == address));
    adapter.set_preferred(state.snapshot.preferred_server.as_deref() == Some(address));
    show_check(&adapter, state.check(address));
}

/// How far a look is.
pub(crate) fn progress(check: Option<&CheckState>) -> CheckProgress {
    match check {
        None => CheckProgress::None,
        Some(CheckState::Running) => CheckProgress::Running,
        Some(CheckState::Done { .. }) => CheckProgress::Done,
        Some(CheckState::Failed { .. }) => CheckProgress::Failed,
    }
}

fn show_check(adapter: &ServerAdapter<'_>, check: Option<&CheckState>) {
    adapter.set_check(progress(check));
    adapter.set_problem(match check {
        Some(CheckState::Failed { error }) => problem(error),
        _ => Problem::default(),
    });
    if let Some(CheckState::Done { findings, .. }) = check {
        adapter.set_findings(follow(adapter.get_findings(), findings.iter().filter_map(row).collect()));
    }
}

/// A finding as a code; nothing for one this window has no words for.
pub(crate) fn row(finding: &Finding) -> Option<FindingRow> {
    let tone = match finding.tone() {
        Tone::Good => FindingTone::Good,
        Tone::Plain => FindingTone::Plain,
        Tone::Notice => FindingTone::Notice,
    };
    let (mut number, mut yes, mut text, mut date) = (0, false, "", "");
    let kind = match finding {
        Finding::Answers { milliseconds } => {
            number = i32::try_from(*milliseconds).unwrap_or(i32::MAX);
            FindingKind::Answers
        }
        Finding::Release { version, date: day } => {
            text = version;
            date = day.as_deref().unwrap_or_default();
            FindingKind::Release
        }
        Finding::Location { country, in_eu, stated } => {
            (yes, text, date) = (*in_eu, country, stated.as_deref().unwrap_or_default());
            FindingKind::Location
        }
        Finding::OpensRooms { anyone } => {
            yes = *anyone;
            FindingKind::OpensRooms
        }
        Finding::Feature { feature, offered } => {
            yes = *offered;
            feature_kind(*feature)?
        }
        Finding::BrowserLoads { purpose, host } => {
            text = host;
            purpose_kind(*purpose)
        }
        Finding::NothingForeign => FindingKind::NothingForeign,
        _ => return None,
    };
    Some(FindingRow { kind, tone, number, yes, text: text.into(), date: date.into() })
}

pub(crate) fn feature_kind(feature: ServerFeature) -> Option<FindingKind> {
    Some(match feature {
        ServerFeature::EndToEndEncryption => FindingKind::Encryption,
        ServerFeature::Lobby => FindingKind::Lobby,
        ServerFeature::DialIn => FindingKind::DialIn,
        ServerFeature::Recording => FindingKind::Recording,
        ServerFeature::LiveStreaming => FindingKind::Streaming,
        _ => return None,
    })
}

fn purpose_kind(purpose: ForeignPurpose) -> FindingKind {
    match purpose {
        ForeignPurpose::Analytics => FindingKind::LoadsAnalytics,
        ForeignPurpose::CallStatistics => FindingKind::LoadsStatistics,
        ForeignPurpose::Stun => FindingKind::LoadsStun,
        ForeignPurpose::Avatars => FindingKind::LoadsAvatars,
        ForeignPurpose::Giphy => FindingKind::LoadsGiphy,
        ForeignPurpose::Dropbox => FindingKind::LoadsDropbox,
        ForeignPurpose::Calendar => FindingKind::LoadsCalendar,
        ForeignPurpose::WebFront => FindingKind::LoadsFront,
        _ => FindingKind::LoadsOther,
    }
}
