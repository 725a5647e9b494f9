//! What a moderator does at the door: password, lobby, letting in and turning away.
//!
//! Inputs, from the application: the changes and who may come in. From the server: the owner's form and its answers.

use std::time::Instant;

use minidom::Element;

use super::Conference;
use crate::event::Event;
use crate::ids::EndpointId;
use crate::muc::owner_form::{self, DoorChange};
use crate::ns;
use crate::output::{Answer, Purpose};
use crate::xml::xml;

impl Conference {
    /// Sets, changes or removes the room's password. `ProtectionRefused` follows when the server does not.
    pub fn set_password(&mut self, now: Instant, password: Option<String>) {
        let password = password.filter(|password| !password.is_empty());
        self.change_door(now, DoorChange { password: Some(password), lobby: None });
    }

    /// Switches the lobby on or off. `ProtectionRefused` follows when the server does not.
    pub fn set_lobby(&mut self, now: Instant, on: bool) {
        self.change_door(now, DoorChange { password: None, lobby: Some(on) });
    }

    /// Protects the room the moment we are in and moderate it; to be called before that.
    pub fn protect(&mut self, now: Instant, password: Option<String>, lobby: bool) {
        let password = password.filter(|password| !password.is_empty()).map(Some);
        self.doorkeeper.wish(DoorChange { password, lobby: lobby.then_some(true) });
        self.keep_door(now);
    }

    /// Lets somebody in who waits in the lobby.
    pub fn admit(&mut self, now: Instant, knocker: &EndpointId) {
        let known = self.doorkeeper.admit(knocker, &self.room.jid, &mut self.out);
        tracing::debug!(known, "Admission at {now:?}.");
    }

    /// Turns somebody away who waits in the lobby.
    pub fn refuse(&mut self, now: Instant, knocker: &EndpointId) {
        if let Some((lobby, order)) = self.doorkeeper.refusal(knocker) {
            self.out.request(now, "set", Some(&lobby), order, Purpose::DoorOrder);
        }
    }

    /// Whether we may change the password now.
    pub fn may_set_password(&self) -> bool {
        self.moderates()
    }

    /// Whether we may switch the lobby now, and the server has lobbies.
    pub fn may_set_lobby(&self) -> bool {
        self.moderates() && (self.lobby_offered() == Some(true) || self.doorkeeper.state().lobby)
    }

    fn moderates(&self) -> bool {
        self.room.is_inside() && self.room.is_moderator()
    }

    /// Whether the server has lobbies; unknown until its components are known.
    fn lobby_offered(&self) -> Option<bool> {
        self.server.components.as_ref().map(|components| components.address("lobbyrooms").is_some())
    }

    fn change_door(&mut self, now: Instant, change: DoorChange) {
        if !self.moderates() {
            self.out.event(Event::ProtectionRefused);
            return;
        }
        self.doorkeeper.change(change);
        self.keep_door(now);
    }

    /// Our role, the room or the server changed: does whatever is possible now.
    pub(super) fn keep_door(&mut self, now: Instant) {
        let moderator = self.moderates();
        self.doorkeeper.keep(moderator, &self.room.own, &mut self.out);
        self.doorkeeper.grant_wish(moderator, self.lobby_offered(), &mut self.out);
        if !moderator {
            return;
        }
        let room = self.room.jid.clone();
        let Some(change) = self.doorkeeper.begin_change() else { return };
        if change.lobby == Some(true) {
            // Whoever is in the room stays in it, also when their connection breaks.
            let members = self.room.roster.strangers().map(|account| {
                xml("item", ns::MUC_ADMIN).attr("affiliation", "member").attr("jid", account).build()
            });
            let members: Vec<Element> = members.collect();
            if !members.is_empty() {
                let order = xml("query", ns::MUC_ADMIN).children(members);
                self.out.request(now, "set", Some(&room), order, Purpose::Membership);
            }
        }
        self.out.request(now, "get", Some(&room), xml("query", ns::MUC_OWNER), Purpose::DoorForm);
    }

    /// The owner's form came, or did not.
    pub(super) fn door_form_answered(&mut self, now: Instant, answer: &Answer<'_>) {
        let form = match answer {
            Answer::Result(iq) => iq.get_child("query", ns::MUC_OWNER),
            _ => None,
        };
        let change = self.doorkeeper.current_change();
        let filled = form
            .zip(change)
            .and_then(|(form, change)| owner_form::door(form, change, self.doorkeeper.state()));
        match filled {
            Some(filled) => {
                let room = self.room.jid.clone();
                self.out.request(now, "set", Some(&room), filled, Purpose::DoorSubmit);
            }
            None => self.door_refused(now),
        }
    }

    /// The server took the change, or did not.
    pub(super) fn door_submit_answered(&mut self, now: Instant, answer: &Answer<'_>) {
        if !matches!(answer, Answer::Result(_)) {
            return self.door_refused(now);
        }
        if let Some(DoorChange { password: Some(password), .. }) = self.doorkeeper.end_change() {
            // After a broken connection we are nobody's owner and need it ourselves.
            self.room.password = password;
        }
        self.ask_room_info(now);
        self.keep_door(now);
    }

    fn door_refused(&mut self, now: Instant) {
        if self.doorkeeper.end_change().is_some() {
            self.out.event(Event::ProtectionRefused);
        }
        self.keep_door(now);
    }
}
