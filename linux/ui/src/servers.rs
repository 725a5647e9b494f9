//! The list of servers.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::Command;

use crate::problem::problem;
use crate::rows::follow;
use crate::state::{Place, ServersState, State};
use crate::ui::Shared;
use crate::{AppWindow, Problem, ServerRow, ServersAdapter};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let servers = window.global::<ServersAdapter>();
    servers.on_back(shared.callback(Shared::back));
    servers.on_open(
        shared.callback_with(|shared, address: SharedString| {
            shared.go(Place::Server { address: address.into() })
        }),
    );
    servers.on_address_edited(shared.callback_with(|shared, _: SharedString| {
        shared.update(|state| state.servers = ServersState::default());
    }));
    servers.on_add(shared.callback_with(|shared, text: SharedString| {
        let text = text.trim().to_owned();
        // An address or a link is one word; a list that somebody passed on is more.
        shared.dispatch(match text.contains(char::is_whitespace) || text.contains('{') {
            true => Command::ImportServers { text },
            false => Command::AddServer { address: text, name: None },
        });
    }));
    servers.on_export_list(shared.callback(|shared| shared.dispatch(Command::ExportServers)));
    servers.on_restore(shared.callback(|shared| shared.dispatch(Command::RestorePresets)));
}

/// Empties the field after it was of use.
pub(crate) fn clear_field(window: &AppWindow) {
    ServersAdapter::get(window).set_address(SharedString::default());
}

pub(crate) fn show(window: &AppWindow, state: &State, entered: bool) {
    let adapter = ServersAdapter::get(window);
    if entered {
        clear_field(window);
    }
    let known = slint::Model::row_count(&adapter.get_servers());
    let preferred = state.snapshot.preferred_server.as_deref();
    let rows: Vec<ServerRow> = state
        .snapshot
        .servers
        .iter()
        .map(|server| ServerRow {
            address: server.address.as_str().into(),
            name: state.server_name(&server.address).into(),
            operator: server.operator.as_deref().unwrap_or_default().into(),
            country: server.country.as_deref().unwrap_or_default().into(),
            preferred: preferred == Some(server.address.as_str()),
        })
        .collect();
    if rows.len() > known && known > 0 && state.servers.problem.is_none() {
        // The added server is in the list now.
        clear_field(window);
    }
    adapter.set_servers(follow(adapter.get_servers(), rows));
    adapter.set_problem(state.servers.problem.as_ref().map_or_else(Problem::default, problem));
    adapter.set_exported(state.servers.exported);
    adapter.set_imported(state.servers.imported.map_or(-1, |added| i32::try_from(added).unwrap_or(i32::MAX)));
}
