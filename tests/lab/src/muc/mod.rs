//! Multi-user chat as Prosody with Jitsi's modules does it: rooms, occupants, passwords, lobbies.
//!
//! In: stanzas addressed to a room or an occupant, from real addresses. Out: stanzas to real addresses. The focus is
//! an occupant like any other here and is only known by its account.

mod access;
mod admin;
mod forms;
mod join;
mod lobby;
mod messages;
mod room;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use minidom::Element;

pub(crate) use self::room::{Affiliation, Occupant, Room};
use crate::jid::Jid;
use crate::names;
use crate::options::LabOptions;
use crate::random::Random;
use crate::xml::{self, Build, ns};

/// All rooms of both room domains.
pub(crate) struct Muc {
    options: Arc<LabOptions>,
    random: Random,
    rooms: BTreeMap<String, Room>,
    out: VecDeque<Element>,
}

impl Muc {
    pub(crate) fn new(options: Arc<LabOptions>, random: Random) -> Self {
        Self { options, random, rooms: BTreeMap::new(), out: VecDeque::new() }
    }

    /// The next stanza to deliver to a real address.
    pub(crate) fn poll(&mut self) -> Option<Element> {
        self.out.pop_front()
    }

    /// A stanza for a room (`room@…`) or one of its occupants (`room@…/nick`).
    pub(crate) fn stanza(&mut self, stanza: &Element) {
        let to = Jid::parse(stanza.attr("to").unwrap_or_default());
        let from = Jid::parse(stanza.attr("from").unwrap_or_default());
        match (stanza.name(), to.resource.as_deref()) {
            ("presence", Some(nick)) => self.presence(&to.bare(), nick, &from, stanza),
            ("iq", Some(nick)) => self.iq_to_occupant(&to.bare(), nick, &from, stanza),
            ("iq", None) => self.iq_to_room(&to, &from, stanza),
            ("message", Some(nick)) => self.private_message(&to.bare(), nick, &from, stanza),
            ("message", None) => self.message_to_room(&to, &from, stanza),
            _ => {}
        }
    }

    /// An account is gone for good: it leaves every room.
    pub(crate) fn account_gone(&mut self, account: &Jid) {
        let rooms: Vec<(String, String)> = self
            .rooms
            .values()
            .filter_map(|room| room.by_account(account).map(|o| (room.jid.to_string(), o.nick.clone())))
            .collect();
        for (room, nick) in rooms {
            self.remove(&room, &nick, None);
        }
    }

    /// The room, if somebody made it.
    pub(crate) fn room(&self, jid: &Jid) -> Option<&Room> {
        self.rooms.get(&jid.to_string())
    }

    /// The room in which this account is.
    pub(crate) fn room_of(&self, account: &Jid) -> Option<&Room> {
        self.rooms.values().find(|room| room.jid.domain == names::muc() && room.by_account(account).is_some())
    }

    fn send(&mut self, stanza: Element) {
        self.out.push_back(stanza);
    }

    /// Passes an IQ on to an occupant, with the sender's occupant address as its origin (XEP-0045 §17.4).
    fn iq_to_occupant(&mut self, room: &Jid, nick: &str, from: &Jid, stanza: &Element) {
        let Some((sender, target)) = self.room(room).and_then(|room| {
            let sender = room.by_account(from)?;
            Some((room.jid.occupant(&sender.nick), room.occupants.get(nick).map(|o| o.account.clone())))
        }) else {
            return self.refuse(stanza, "modify", "not-acceptable");
        };
        let Some(target) = target else {
            return self.refuse(stanza, "cancel", "item-not-found");
        };
        let mut forwarded = stanza.clone();
        xml::set(&mut forwarded, "from", &sender.to_string());
        xml::set(&mut forwarded, "to", &target.to_string());
        self.send(forwarded);
    }

    /// Answers a request with an error; responses are dropped.
    fn refuse(&mut self, stanza: &Element, kind: &str, condition: &str) {
        if matches!(stanza.attr("type"), Some("result" | "error")) {
            return;
        }
        let reply = xml::el(stanza.name(), ns::CLIENT)
            .with("type", "error")
            .with_some("id", stanza.attr("id"))
            .with_some("from", stanza.attr("to"))
            .with_some("to", stanza.attr("from"))
            .child(xml::stanza_error(kind, condition));
        self.send(reply);
    }

    /// Presence of `nick` to every occupant who may see it.
    fn broadcast(&mut self, room: &str, nick: &str, change: &room::Change) {
        let Some(room) = self.rooms.get(room) else { return };
        let Some(subject) = room.occupants.get(nick) else { return };
        let stanzas: Vec<Element> = room
            .occupants
            .values()
            .filter(|receiver| room.sees(receiver, subject))
            .map(|receiver| room.presence(subject, receiver, change))
            .collect();
        self.out.extend(stanzas);
    }

    /// Somebody leaves or is removed. The room goes with its last occupant.
    fn remove(&mut self, room: &str, nick: &str, removal: Option<&room::Removal>) {
        let change = room::Change::Gone(removal.cloned());
        self.broadcast(room, nick, &change);
        let Some(state) = self.rooms.get_mut(room) else { return };
        state.occupants.remove(nick);
        // A room that only the focus is left in ends too; Jicofo leaves it at once.
        if state.jid.domain == names::muc() && state.occupants.keys().all(|n| n == names::FOCUS_NICK) {
            if state.occupants.contains_key(names::FOCUS_NICK) {
                self.broadcast(room, names::FOCUS_NICK, &room::Change::Gone(None));
            }
            if let Some(lobby) = self.rooms.remove(room).and_then(|r| r.lobby) {
                self.destroy(&lobby.to_string(), None, "");
            }
        }
    }

    /// Ends a room for everyone in it.
    pub(crate) fn destroy(&mut self, room: &str, alternative: Option<&Jid>, reason: &str) {
        let Some(state) = self.rooms.get(room) else { return };
        let removal =
            room::Removal::Destroyed { alternative: alternative.cloned(), reason: reason.to_owned() };
        let stanzas: Vec<Element> = state
            .occupants
            .values()
            .map(|o| state.presence(o, o, &room::Change::Gone(Some(removal.clone()))))
            .collect();
        self.out.extend(stanzas);
        self.rooms.remove(room);
    }
}
