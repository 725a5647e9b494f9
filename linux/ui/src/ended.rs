//! Over: why, how long, what next.

use std::rc::Rc;

use slint::{ComponentHandle, Global};
use treff_app::{Command, EndReason, Screen, UserError};

use crate::problem::{browser_address, problem};
use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{AppWindow, EndKind, EndedAdapter, Problem};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let ended = window.global::<EndedAdapter>();
    ended.on_home(shared.callback(|shared| shared.dispatch(Command::GoHome)));
    ended.on_rejoin(shared.callback(|shared| {
        // What could begin elsewhere stays something that begins.
        let start = shared
            .read(|state| state.snapshot.next_server.as_ref().map(|_| state.meeting_server().to_owned()));
        match start {
            Some(server) => shared.dispatch(Command::StartOn { server }),
            None => shared.open(shared.read(|state| again(state).to_owned())),
        }
    }));
    ended.on_begin_on_next(shared.callback(|shared| {
        if let Some(server) = shared.read(|state| state.snapshot.next_server.clone()) {
            shared.dispatch(Command::StartOn { server });
        }
    }));
    ended.on_open_browser(shared.callback(|shared| {
        if let Some(address) = shared.read(|state| failure(state).and_then(browser_address)) {
            shared.host.open(&address);
        }
    }));
    ended.on_choose_server(shared.callback(|shared| shared.go(Place::Servers)));
}

/// The link to try again with.
fn again(state: &State) -> &str {
    if state.snapshot.link.is_empty() { &state.opened } else { &state.snapshot.link }
}

fn reason(state: &State) -> Option<&EndReason> {
    match &state.snapshot.screen {
        Screen::Ended { reason } => Some(reason),
        _ => None,
    }
}

fn failure(state: &State) -> Option<&UserError> {
    match reason(state) {
        Some(EndReason::Failed { error }) => Some(error),
        _ => None,
    }
}

pub(crate) fn show(window: &AppWindow, state: &State) {
    let ended = EndedAdapter::get(window);
    let Some(reason) = reason(state) else { return };
    let (kind, by, words) = match reason {
        EndReason::Kicked { by, reason } => (EndKind::Kicked, by.as_deref(), reason.as_deref()),
        EndReason::EndedForAll { reason } => (EndKind::EndedForAll, None, reason.as_deref()),
        EndReason::Failed { .. } => (EndKind::Failed, None, None),
        _ => (EndKind::Left, None, None),
    };
    let error = failure(state);
    ended.set_meeting(state.meeting().into());
    ended.set_kind(kind);
    ended.set_by(by.unwrap_or_default().into());
    ended.set_reason(words.unwrap_or_default().into());
    ended.set_problem(error.map_or_else(Problem::default, problem));
    ended.set_minutes(minutes(state));
    // Whoever was removed may ask outside first; trying again at once helps nobody.
    ended.set_may_rejoin(kind != EndKind::Kicked && kind != EndKind::EndedForAll && !again(state).is_empty());
    ended.set_may_open_browser(error.and_then(browser_address).is_some());
    let elsewhere = matches!(
        error,
        Some(
            UserError::ServerNotFound { .. }
                | UserError::ServerUnreachable { .. }
                | UserError::ServerNotReady
        )
    );
    let next = state.snapshot.next_server.as_deref();
    ended.set_may_choose_server(elsewhere && next.is_none());
    let known = next.and_then(|next| state.server(next));
    ended.set_next(next.map(|next| state.server_name(next)).unwrap_or_default().into());
    ended.set_next_operator(known.and_then(|server| server.operator.as_deref()).unwrap_or_default().into());
    ended.set_next_country(known.and_then(|server| server.country.as_deref()).unwrap_or_default().into());
}

/// Whole minutes in the meeting; -1 if never in it.
fn minutes(state: &State) -> i32 {
    match (state.snapshot.joined_at, state.snapshot.ended_at) {
        (Some(from), Some(to)) => i32::try_from(to.saturating_sub(from) / 60_000).unwrap_or(i32::MAX),
        _ => -1,
    }
}
