//! What the window remembers beyond the core's snapshot: which page lies over the meeting, and what is half typed.

use std::collections::BTreeSet;

use treff_app::{CheckState, EndReason, Screen, Server, ServerCheck, Snapshot, UserError};

use crate::host::{Desktop, Saved};
use crate::problem::is_about_the_link;
use crate::servers::Search;
use crate::{ScreenKind, SettingsPage};

/// A page that lies over what the core shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    Settings(SettingsPage),
    Servers,
    Server { address: String },
    Compare,
    Licences,
}

/// Everything the presenters draw from.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) snapshot: Snapshot,
    pub(crate) desktop: Desktop,
    /// Pages over it, the uppermost last.
    pub(crate) places: Vec<Place>,
    /// The new meeting's link was looked at, and the way leads on.
    pub(crate) proceeded: bool,
    pub(crate) entry: Entry,
    pub(crate) servers: ServersState,
    pub(crate) servers_search: Search,
    /// Addresses of the servers that are, or will be, side by side.
    pub(crate) compared: BTreeSet<String>,
    pub(crate) devices_open: bool,
    pub(crate) new_meeting: NewMeetingState,
    /// What was last asked for as a preview: microphone, camera.
    pub(crate) preview: (bool, bool),
    /// The link that was opened last.
    pub(crate) opened: String,
    /// The diagnostics were copied.
    pub(crate) copied: bool,
}

/// How the opened meeting will be entered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) microphone: bool,
    pub(crate) camera: bool,
    pub(crate) has_picture: bool,
}

/// What the list of servers shows besides the servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServersState {
    pub(crate) problem: Option<UserError>,
    pub(crate) exported: bool,
    pub(crate) imported: Option<u32>,
}

/// What the page of a new meeting shows besides the meeting.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewMeetingState {
    pub(crate) copied: bool,
    pub(crate) saved: Option<Saved>,
    pub(crate) qr_open: bool,
    pub(crate) lobby: bool,
}

impl State {
    /// Which screen is shown.
    pub(crate) fn screen(&self) -> ScreenKind {
        match self.places.last() {
            Some(Place::Settings(_)) => return ScreenKind::Settings,
            Some(Place::Servers) => return ScreenKind::Servers,
            Some(Place::Server { .. }) => return ScreenKind::Server,
            Some(Place::Compare) => return ScreenKind::Compare,
            Some(Place::Licences) => return ScreenKind::Licences,
            None => {}
        }
        match &self.snapshot.screen {
            Screen::Prejoin if self.snapshot.new_meeting && !self.proceeded => ScreenKind::NewMeeting,
            Screen::Prejoin => ScreenKind::Prejoin,
            Screen::Joining { .. } => ScreenKind::Waiting,
            Screen::Call => ScreenKind::Call,
            Screen::Ended { .. } if self.link_problem().is_none() => ScreenKind::Ended,
            _ => ScreenKind::Home,
        }
    }

    /// What is wrong with what was typed at home.
    pub(crate) fn link_problem(&self) -> Option<&UserError> {
        match &self.snapshot.screen {
            Screen::Ended { reason: EndReason::Failed { error } } if is_about_the_link(error) => Some(error),
            _ => None,
        }
    }

    /// The meeting's name for display.
    pub(crate) fn meeting(&self) -> &str {
        match &self.snapshot.subject {
            Some(subject) if !subject.is_empty() => subject,
            _ => &self.snapshot.room,
        }
    }

    /// The server of the opened meeting, as its link spells it.
    pub(crate) fn meeting_server(&self) -> &str {
        let link = self.snapshot.link.as_str();
        let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
        rest.rsplit_once('/').map_or(rest, |(server, _)| server)
    }

    /// What is known about a server.
    pub(crate) fn server(&self, address: &str) -> Option<&Server> {
        self.snapshot.servers.iter().find(|server| server.address == address)
    }

    /// What a look at a server found.
    pub(crate) fn check(&self, address: &str) -> Option<&CheckState> {
        self.snapshot
            .checks
            .iter()
            .find(|check| check.address == address)
            .map(|ServerCheck { state, .. }| state)
    }

    /// The person's name for a server, else its address.
    pub(crate) fn server_name(&self, address: &str) -> String {
        match self.server(address) {
            Some(server) if !server.name.is_empty() => server.name.clone(),
            _ => address.to_owned(),
        }
    }
}
