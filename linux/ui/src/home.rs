//! The first screen.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{Command, RecentMeeting, Settings};

use crate::host::Host;
use crate::problem::{browser_address, problem};
use crate::rows::follow;
use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{AppWindow, HomeAdapter, Problem, Recent, ServerChoice, SettingsPage, day};

/// So many servers are offered at the first start; the rest is behind "More servers".
const CHOICES: usize = 3;

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let home = window.global::<HomeAdapter>();
    home.on_join(shared.callback_with(|shared, link: SharedString| {
        let link = link.trim();
        if !link.is_empty() {
            shared.open(link.to_owned());
        }
    }));
    home.on_link_edited(shared.callback_with(|shared, _: SharedString| {
        // What was wrong with the text before says nothing about this one.
        if shared.read(|state| state.link_problem().is_some()) {
            shared.dispatch(Command::GoHome);
        }
    }));
    home.on_new_meeting(shared.callback(|shared| {
        let language = shared.read(|state| match &state.snapshot.settings.language {
            Some(language) => language.clone(),
            None => state.desktop.language.clone(),
        });
        shared.dispatch(Command::NewMeeting { language: Some(language).filter(|text| !text.is_empty()) });
    }));
    home.on_open_recent(shared.callback_with(|shared, link: SharedString| shared.open(link.into())));
    home.on_choose_server(shared.callback_with(|shared, address: SharedString| {
        shared.dispatch(Command::SetPreferredServer { server: Some(address.into()) });
        welcomed(shared);
    }));
    home.on_skip_welcome(shared.callback(welcomed));
    home.on_open_servers(shared.callback(|shared| shared.go(Place::Servers)));
    home.on_open_settings(shared.callback(|shared| shared.go(Place::Settings(SettingsPage::List))));
    home.on_open_browser(shared.callback(|shared| {
        if let Some(address) = shared.read(|state| state.link_problem().and_then(browser_address)) {
            shared.host.open(&address);
        }
    }));
}

fn welcomed(shared: &Shared) {
    let settings = shared.read(|state| state.snapshot.settings.clone());
    shared.dispatch(Command::ChangeSettings { settings: Settings { welcomed: true, ..settings } });
}

pub(crate) fn show(window: &AppWindow, state: &State, host: &dyn Host) {
    let home = HomeAdapter::get(window);
    let snapshot = &state.snapshot;
    home.set_problem(state.link_problem().map_or_else(Problem::default, problem));
    let server = snapshot.preferred_server.as_deref().unwrap_or_default();
    home.set_server(state.server_name(server).into());
    home.set_welcome(!snapshot.settings.welcomed && server.is_empty() && !snapshot.servers.is_empty());
    let choices = snapshot.servers.iter().take(CHOICES).map(|server| ServerChoice {
        address: server.address.as_str().into(),
        name: if server.name.is_empty() {
            server.address.as_str().into()
        } else {
            server.name.as_str().into()
        },
        operator: server.operator.as_deref().unwrap_or_default().into(),
        country: server.country.as_deref().unwrap_or_default().into(),
        in_eu: server.in_eu.unwrap_or_default(),
    });
    home.set_choices(follow(home.get_choices(), choices.collect()));
    let today = host.local_time(host.now()).date();
    let recent = snapshot.recent.iter().map(|meeting: &RecentMeeting| Recent {
        link: meeting.link.as_str().into(),
        room: meeting.room.as_str().into(),
        server: state.server_name(&meeting.server).into(),
        day: day::day(host.local_time(meeting.joined_at).date(), today),
    });
    home.set_recent(follow(home.get_recent(), recent.collect()));
}
