//! Presence to a room: coming in, changing, leaving.

use std::collections::{BTreeMap, VecDeque};

use minidom::Element;

use super::access::{Newcomer, Refusal};
use super::room::{Change, Occupant, Room};
use super::{Affiliation, Muc};
use crate::clock;
use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

impl Muc {
    pub(super) fn presence(&mut self, room: &Jid, nick: &str, from: &Jid, stanza: &Element) {
        let key = room.to_string();
        let present = self.room(room).and_then(|r| r.by_account(from)).map(|o| o.nick.clone());
        match (stanza.attr("type"), present) {
            (Some("unavailable"), Some(own)) => self.remove(&key, &own, None),
            (Some("unavailable"), None) => self.refuse(stanza, "cancel", "item-not-found"),
            (None, Some(own)) if own == nick => self.update(&key, nick, stanza),
            // Nicknames are the endpoint ids: Jitsi's servers refuse to change them.
            (None, Some(_)) => self.refuse(stanza, "cancel", "not-allowed"),
            (None, None) => self.join(room, nick, from, stanza),
            _ => {}
        }
    }

    fn join(&mut self, room: &Jid, nick: &str, from: &Jid, stanza: &Element) {
        let focus = *from == names::focus_account();
        let created = focus && room.domain == names::muc() && self.room(room).is_none();
        if created {
            self.create(room, None);
            if self.options.lobby && *room == names::room(&self.options.room) {
                self.set_lobby(room, true);
            }
        }
        let muc = stanza.get_child("x", ns::MUC);
        let newcomer = Newcomer {
            nick,
            account: from,
            password: muc.and_then(|x| x.get_child("password", ns::MUC)).map(Element::text),
            display_name: stanza.get_child("nick", ns::NICK).is_some_and(|n| !n.text().trim().is_empty()),
        };
        let verdict = match self.room(room) {
            Some(state) => self.admit(state, &newcomer),
            None => Err(Refusal::NoSuchRoom),
        };
        let affiliation = match verdict {
            Ok(affiliation) => affiliation,
            Err(refusal) => {
                let error = refusal.presence(room, nick, from, stanza.attr("id"));
                return self.send(error);
            }
        };
        let occupant = Occupant {
            nick: nick.to_owned(),
            account: from.clone(),
            affiliation,
            occupant_id: format!("{}=", self.random.token(43)),
            state: shown(stanza),
        };
        let history = wanted_history(muc);
        self.enter(room, occupant, created, history);
    }

    /// Puts an admitted occupant into the room and tells everyone, in Prosody's order.
    fn enter(&mut self, room: &Jid, occupant: Occupant, created: bool, history: usize) {
        let key = room.to_string();
        let nick = occupant.nick.clone();
        if let Some(state) = self.rooms.get_mut(&key) {
            state.occupants.insert(nick.clone(), occupant);
        }
        let Some(state) = self.rooms.get(&key) else { return };
        let Some(newcomer) = state.occupants.get(&nick) else { return };
        let change = Change::Joined { created };
        let mut out = Vec::new();
        for other in state.occupants.values().filter(|o| o.nick != nick) {
            if state.sees(newcomer, other) {
                out.push(state.presence(other, newcomer, &Change::Updated));
            }
            if state.sees(other, newcomer) {
                out.push(state.presence(newcomer, other, &change));
            }
        }
        let person = newcomer.account != names::focus_account();
        if person && self.options.components && state.lobby_of.is_none() {
            out.push(self.metadata_push(state, &newcomer.account));
        }
        out.push(state.presence(newcomer, newcomer, &change));
        let skipped = state.history.len().saturating_sub(history);
        for message in state.history.iter().skip(skipped) {
            let mut message = message.clone();
            xml::set(&mut message, "to", &newcomer.account.to_string());
            out.push(message);
        }
        out.push(subject(state, &newcomer.account));
        self.out.extend(out);
    }

    fn update(&mut self, room: &str, nick: &str, stanza: &Element) {
        let Some(occupant) = self.rooms.get_mut(room).and_then(|r| r.occupants.get_mut(nick)) else { return };
        occupant.state = shown(stanza);
        self.broadcast(room, nick, &Change::Updated);
    }

    /// Makes a room. Only the focus and the lobby switch get here.
    pub(super) fn create(&mut self, jid: &Jid, lobby_of: Option<&Jid>) {
        let room = Room {
            jid: jid.clone(),
            occupants: BTreeMap::new(),
            affiliations: BTreeMap::new(),
            password: self.options.password.clone().filter(|_| *jid == names::room(&self.options.room)),
            lobby: None,
            lobby_of: lobby_of.cloned(),
            subject: None,
            history: VecDeque::new(),
            metadata: serde_json::Map::new(),
            meeting_id: self.random.uuid(),
            created: clock::milliseconds(),
        };
        self.rooms.insert(jid.to_string(), room);
    }

    /// Sets an account's affiliation and tells the room if the account is in it.
    pub(crate) fn set_affiliation(&mut self, room: &Jid, account: &Jid, to: Affiliation, actor: &str) {
        let key = room.to_string();
        let Some(state) = self.rooms.get_mut(&key) else { return };
        state.affiliations.insert(account.bare_text(), to);
        let lobby = state.lobby.clone();
        let mut changed = Vec::new();
        for occupant in state.occupants.values_mut().filter(|o| o.account.bare() == account.bare()) {
            if occupant.affiliation != to {
                occupant.affiliation = to;
                changed.push(occupant.nick.clone());
            }
        }
        for nick in changed {
            self.broadcast(&key, &nick, &Change::Affiliation { actor: actor.to_owned() });
        }
        // Whoever is admitted is a member in the lobby too; moderators of the room moderate its lobby.
        if let Some(lobby) = lobby.and_then(|lobby| self.rooms.get_mut(&lobby.to_string())) {
            lobby.affiliations.insert(account.bare_text(), to);
            for occupant in lobby.occupants.values_mut().filter(|o| o.account.bare() == account.bare()) {
                occupant.affiliation = to;
            }
        }
    }
}

/// What a presence shows of its sender: everything but the joining protocol.
fn shown(stanza: &Element) -> Vec<Element> {
    stanza.children().filter(|child| !child.is("x", ns::MUC)).cloned().collect()
}

/// How many old messages a newcomer wants (XEP-0045 §7.2.14); Prosody's default is 20.
fn wanted_history(muc: Option<&Element>) -> usize {
    muc.and_then(|x| x.get_child("history", ns::MUC))
        .and_then(|history| history.attr("maxstanzas")?.parse().ok())
        .unwrap_or(20)
}

/// The subject message that ends a join, empty when nobody set one.
fn subject(room: &Room, to: &Jid) -> Element {
    let message = xml::client("message").with("type", "groupchat").with("to", to.to_string());
    match &room.subject {
        Some((nick, text)) => {
            message.with("from", room.jid.occupant(nick).to_string()).child(xml::client("subject").say(text))
        }
        None => message.with("from", room.jid.to_string()).child(xml::client("subject")),
    }
}
