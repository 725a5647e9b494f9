//! The ways to and from the first screen: a new meeting, and home again.

use std::time::Instant;

use super::Driver;
use super::storage::random_u64;
use crate::door::error::UserError;
use crate::door::event::EndReason;
use crate::door::snapshot::Screen;
use crate::room_names;

impl Driver {
    /// Opens a new meeting on the preferred server.
    pub(super) fn new_meeting(&mut self, now: Instant, language: Option<&str>) {
        if self.outlet.state.preferred_server.is_none() {
            return self.end(now, EndReason::Failed { error: UserError::NoServerChosen });
        }
        let name = room_names::make(language.unwrap_or_default(), random_u64);
        self.open(now, &name, None);
        self.outlet.state.new_meeting = self.outlet.state.screen == Screen::Prejoin;
        self.outlet.touch();
    }

    /// Home from a meeting that is not entered, or over; who is in one leaves it first.
    pub(super) fn go_home(&mut self, now: Instant) {
        if !matches!(self.outlet.state.screen, Screen::Prejoin | Screen::Ended { .. }) {
            return;
        }
        self.drop_meeting(now);
        let state = &mut self.outlet.state;
        state.room.clear();
        state.link.clear();
        state.new_meeting = false;
        (state.joined_at, state.ended_at) = (None, None);
        self.outlet.touch();
    }
}
