//! The list of servers.

use std::collections::BTreeSet;
use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{Command, Server};

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
    servers.on_search_edited(shared.callback_with(|shared, search: SharedString| {
        shared.update(|state| state.servers_search.text = search.into());
    }));
    servers.on_choose_place(shared.callback_with(|shared, place: SharedString| {
        shared.update(|state| state.servers_search.place = place.into());
    }));
    servers.on_add(shared.callback_with(|shared, text: SharedString| {
        let text = text.trim().to_owned();
        // An address or a link is one word; a list that somebody passed on is more.
        shared.dispatch(match text.contains(char::is_whitespace) || text.contains('{') {
            true => Command::ImportServers { text },
            false => Command::AddServer { address: text, name: None },
        });
    }));
    servers.on_compare(shared.callback(|shared| shared.go(Place::Compare)));
    servers.on_export_list(shared.callback(|shared| shared.dispatch(Command::ExportServers)));
    servers.on_restore(shared.callback(|shared| shared.dispatch(Command::RestorePresets)));
}

/// Empties the field after it was of use.
pub(crate) fn clear_field(window: &AppWindow) {
    ServersAdapter::get(window).set_address(SharedString::default());
}

/// What is looked for in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Search {
    pub(crate) text: String,
    /// Empty for everywhere, "EU", or a country's ISO 3166 code.
    pub(crate) place: String,
}

impl Search {
    /// Whether a server fits.
    fn finds(&self, server: &Server) -> bool {
        let here = match self.place.as_str() {
            "" => true,
            "EU" => server.in_eu == Some(true),
            country => server.country.as_deref() == Some(country),
        };
        let text = self.text.trim().to_lowercase();
        let operator = server.operator.as_deref().unwrap_or_default();
        let told = [&server.name, &server.address, operator, &server.notes];
        here && told.iter().any(|told| told.to_lowercase().contains(&text))
    }
}

/// The countries of the list, each once, by code.
fn countries(servers: &[Server]) -> Vec<SharedString> {
    let codes: BTreeSet<&str> = servers.iter().filter_map(|server| server.country.as_deref()).collect();
    codes.into_iter().map(SharedString::from).collect()
}

pub(crate) fn show(window: &AppWindow, state: &State, entered: bool) {
    let adapter = ServersAdapter::get(window);
    if entered {
        clear_field(window);
        adapter.set_search(state.servers_search.text.as_str().into());
    }
    let servers = &state.snapshot.servers;
    let known = i32::try_from(servers.len()).unwrap_or(i32::MAX);
    if known > adapter.get_known() && adapter.get_known() > 0 && state.servers.problem.is_none() {
        // The added server is in the list now.
        clear_field(window);
    }
    let preferred = state.snapshot.preferred_server.as_deref();
    let rows = servers.iter().filter(|server| state.servers_search.finds(server)).map(|server| ServerRow {
        address: server.address.as_str().into(),
        name: state.server_name(&server.address).into(),
        operator: server.operator.as_deref().unwrap_or_default().into(),
        country: server.country.as_deref().unwrap_or_default().into(),
        preferred: preferred == Some(server.address.as_str()),
    });
    adapter.set_servers(follow(adapter.get_servers(), rows.collect()));
    adapter.set_known(known);
    adapter.set_countries(follow(adapter.get_countries(), countries(servers)));
    adapter.set_some_in_eu(servers.iter().any(|server| server.in_eu == Some(true)));
    adapter.set_place(state.servers_search.place.as_str().into());
    adapter.set_problem(state.servers.problem.as_ref().map_or_else(Problem::default, problem));
    adapter.set_exported(state.servers.exported);
    adapter.set_imported(state.servers.imported.map_or(-1, |added| i32::try_from(added).unwrap_or(i32::MAX)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(name: &str, country: &str, in_eu: bool) -> Server {
        Server {
            name: name.to_owned(),
            address: format!("{}.example.org", name.to_lowercase()),
            operator: Some("Verein Freies Netz".to_owned()),
            country: Some(country.to_owned()),
            in_eu: Some(in_eu),
            ..Server::default()
        }
    }

    #[test]
    fn a_search_looks_at_names_operators_and_places() {
        let list = [
            server("Treffpunkt", "AT", true),
            server("Alpen", "CH", false),
            server("Ontmoeting", "NL", true),
        ];
        let found = |text: &str, place: &str| -> Vec<&str> {
            let search = Search { text: text.to_owned(), place: place.to_owned() };
            list.iter().filter(|server| search.finds(server)).map(|server| server.name.as_str()).collect()
        };
        assert_eq!(found("", ""), ["Treffpunkt", "Alpen", "Ontmoeting"]);
        assert_eq!(found("TREFF", ""), ["Treffpunkt"]);
        assert_eq!(found("freies netz", "EU"), ["Treffpunkt", "Ontmoeting"]);
        assert_eq!(found("", "CH"), ["Alpen"]);
        assert!(found("nobody", "").is_empty());
        assert_eq!(countries(&list), ["AT", "CH", "NL"]);
    }
}
