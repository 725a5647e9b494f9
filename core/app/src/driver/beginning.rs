//! The ways to and from the first screen: a link or a name, a new meeting, another server for one that could not be
//! started, and home again.

use std::time::Instant;

use treff_link::LinkError;

use super::Driver;
use super::storage::random_u64;
use crate::door::error::UserError;
use crate::door::event::EndReason;
use crate::door::snapshot::Screen;
use crate::room_names;

/// A meeting that begins here: opened by its name alone, so that no link leads to it yet.
pub(super) struct Start {
    name: String,
    new: bool,
    /// Servers it was to begin on, the last one last.
    tried: Vec<String>,
}

impl Driver {
    /// Opens what was tapped, typed or pasted.
    pub(super) fn open(&mut self, now: Instant, link: &str, token: Option<String>) {
        let preferred = self.outlet.state.preferred_server.clone();
        let bare = matches!(treff_link::parse(link, None), Err(LinkError::NoServer));
        self.start = preferred.clone().filter(|_| bare).map(|server| Start {
            name: link.to_owned(),
            new: false,
            tried: vec![server],
        });
        self.open_on(now, link, preferred.as_deref(), token);
    }

    /// Opens a new meeting on the preferred server.
    pub(super) fn new_meeting(&mut self, now: Instant, language: Option<&str>) {
        if self.outlet.state.preferred_server.is_none() {
            return self.end(now, EndReason::Failed { error: UserError::NoServerChosen });
        }
        let name = room_names::make(language.unwrap_or_default(), random_u64);
        self.open(now, &name, None);
        if let Some(start) = &mut self.start {
            start.new = true;
        }
        self.outlet.state.new_meeting = self.outlet.state.screen == Screen::Prejoin;
        self.outlet.touch();
    }

    /// Begins the meeting that could not begin on a server of the list.
    pub(super) fn start_on(&mut self, now: Instant, server: &str) {
        let listed = self.outlet.state.servers.iter().any(|known| known.address == server);
        let over = matches!(self.outlet.state.screen, Screen::Ended { .. });
        let Some(start) = self.start.as_mut().filter(|_| listed && over) else {
            return tracing::debug!("There is no meeting to start on another server.");
        };
        start.tried.retain(|tried| tried != server);
        start.tried.push(server.to_owned());
        let (name, new) = (start.name.clone(), start.new);
        self.open_on(now, &name, Some(server), None);
        self.outlet.state.new_meeting = new && self.outlet.state.screen == Screen::Prejoin;
        self.outlet.touch();
    }

    /// After a meeting failed: the server of the list behind the one it was to begin on, if that one is the reason.
    pub(super) fn next_server(&self, reason: &EndReason) -> Option<String> {
        let state = &self.outlet.state;
        let start = self.start.as_ref().filter(|_| state.joined_at.is_none())?;
        if !matches!(reason, EndReason::Failed { error } if error.is_about_the_server()) {
            return None;
        }
        let failed = state.servers.iter().position(|server| start.tried.last() == Some(&server.address));
        let (before, behind) = state.servers.split_at(failed.map_or(0, |place| place + 1));
        let next = behind.iter().chain(before).find(|server| !start.tried.contains(&server.address));
        next.map(|server| server.address.clone())
    }

    /// Home from a meeting that is not entered, or over; who is in one leaves it first.
    pub(super) fn go_home(&mut self, now: Instant) {
        if !matches!(self.outlet.state.screen, Screen::Prejoin | Screen::Ended { .. }) {
            return;
        }
        self.drop_meeting(now);
        self.start = None;
        let state = &mut self.outlet.state;
        state.room.clear();
        state.link.clear();
        state.new_meeting = false;
        (state.joined_at, state.ended_at) = (None, None);
        self.outlet.touch();
    }
}
