//! IQs to a room: disco, the owner's form, and a moderator's powers (XEP-0045 §8 to §10).

use minidom::Element;
use serde_json::json;

use super::room::{Change, Removal};
use super::{Affiliation, Muc, forms};
use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

impl Muc {
    pub(super) fn iq_to_room(&mut self, room: &Jid, from: &Jid, iq: &Element) {
        let kind = iq.attr("type").unwrap_or_default();
        let Some(payload) = xml::payload(iq).filter(|_| matches!(kind, "get" | "set")) else { return };
        if self.room(room).is_none() {
            return self.refuse(iq, "cancel", "item-not-found");
        }
        match (kind, payload.name(), payload.ns().as_str()) {
            ("get", "query", ns::DISCO_INFO) => {
                let answer = self.room(room).map(|r| xml::result(iq).child(forms::disco(r)));
                self.out.extend(answer);
            }
            ("get", "ping", ns::PING) => self.send(xml::result(iq)),
            ("get", "query", ns::MUC_OWNER) if self.moderates(room, from) => {
                let answer = self.room(room).map(|r| xml::result(iq).child(forms::owner_form(r)));
                self.out.extend(answer);
            }
            ("set", "query", ns::MUC_OWNER) if self.moderates(room, from) => {
                self.configure(room, from, payload);
                self.send(xml::result(iq));
            }
            ("set", "query", ns::MUC_ADMIN) if self.moderates(room, from) => self.administer(room, from, iq),
            (_, "query", ns::MUC_OWNER | ns::MUC_ADMIN) => self.refuse(iq, "auth", "forbidden"),
            _ => self.refuse(iq, "cancel", "service-unavailable"),
        }
    }

    fn moderates(&self, room: &Jid, account: &Jid) -> bool {
        self.room(room).is_some_and(|r| {
            r.affiliation(account) == Affiliation::Owner
                || r.by_account(account).is_some_and(|o| o.moderator())
        })
    }

    /// Applies the fields of a submitted owner's form that mean something here.
    fn configure(&mut self, room: &Jid, from: &Jid, query: &Element) {
        let Some(form) = query.get_child("x", ns::DATA_FORM) else { return };
        if let Some(secret) = forms::field(form, "muc#roomconfig_roomsecret") {
            let locked = forms::field(form, "muc#roomconfig_passwordprotectedroom")
                .is_none_or(|v| matches!(v.as_str(), "1" | "true"));
            self.set_password(room, Some(secret).filter(|s| locked && !s.is_empty()));
        }
        if let Some(members_only) = forms::field(form, "muc#roomconfig_membersonly") {
            let on = matches!(members_only.as_str(), "1" | "true");
            self.set_lobby(room, on);
            let actor = self.room(room).and_then(|r| r.by_account(from)).map(|o| o.nick.clone());
            if let Some(actor) = actor {
                let notice = json!({"type": "lobby-notify", "event": "LOBBY-ENABLED", "value": on});
                self.lobby_notice(room, &actor, &notice);
            }
        }
    }

    /// Locks or unlocks a room.
    pub(crate) fn set_password(&mut self, room: &Jid, password: Option<String>) {
        let key = room.to_string();
        let Some(state) = self.rooms.get_mut(&key) else { return };
        state.password = password;
        self.configuration_changed(&key);
    }

    /// Status 104: ask the room again what it is like.
    pub(super) fn configuration_changed(&mut self, room: &str) {
        let Some(state) = self.rooms.get(room) else { return };
        let stanzas: Vec<Element> = state
            .people()
            .map(|o| {
                let status = xml::el("status", ns::MUC_USER).with("code", "104");
                xml::client("message")
                    .with("type", "groupchat")
                    .with("from", room)
                    .with("to", o.account.to_string())
                    .child(xml::el("x", ns::MUC_USER).child(status))
            })
            .collect();
        self.out.extend(stanzas);
    }

    /// Kicks and affiliations.
    fn administer(&mut self, room: &Jid, from: &Jid, iq: &Element) {
        let actor = self.room(room).and_then(|r| r.by_account(from)).map(|o| o.nick.clone());
        let items: Vec<Element> = iq
            .get_child("query", ns::MUC_ADMIN)
            .into_iter()
            .flat_map(Element::children)
            .filter(|child| child.is("item", ns::MUC_ADMIN))
            .cloned()
            .collect();
        for item in &items {
            let reason = item.get_child("reason", ns::MUC_ADMIN).map(Element::text).unwrap_or_default();
            if let (Some("none"), Some(nick)) = (item.attr("role"), item.attr("nick")) {
                if self.room(room).is_none_or(|r| !r.occupants.contains_key(nick)) {
                    return self.refuse(iq, "cancel", "item-not-found");
                }
                if nick == names::FOCUS_NICK {
                    return self.refuse(iq, "cancel", "not-allowed");
                }
                let denied = self.waiting(room, nick);
                self.kick(room, nick, actor.as_deref(), &reason);
                if let Some((main, name)) = denied {
                    self.denial_notice(&main, room, nick, &name, from);
                }
            } else if let (Some(affiliation), Some(jid)) = (item.attr("affiliation"), item.attr("jid")) {
                let Some(affiliation) = Affiliation::parse(affiliation) else {
                    return self.refuse(iq, "modify", "bad-request");
                };
                let actor = actor.as_deref().unwrap_or(names::FOCUS_NICK);
                self.set_affiliation(room, &Jid::parse(jid), affiliation, actor);
            } else {
                return self.refuse(iq, "modify", "bad-request");
            }
        }
        // Jitsi's lobby lets no IQ out but disco#info: it obeys without a word.
        if self.room(room).is_none_or(|r| r.lobby_of.is_none()) {
            self.send(xml::result(iq));
        }
    }

    /// Removes somebody from a room with status 307.
    pub(crate) fn kick(&mut self, room: &Jid, nick: &str, actor: Option<&str>, reason: &str) {
        let removal = Removal::Kicked { actor: actor.map(str::to_owned), reason: reason.to_owned() };
        self.remove(&room.to_string(), nick, Some(&removal));
    }

    fn denial_notice(&mut self, main: &Jid, lobby: &Jid, nick: &str, name: &str, from: &Jid) {
        let Some(actor) = self.room(main).and_then(|r| r.by_account(from)).map(|o| o.nick.clone()) else {
            return;
        };
        let notice = json!({"type": "lobby-notify", "event": "LOBBY-ACCESS-DENIED",
            "value": lobby.occupant(nick).to_string(), "name": name});
        self.lobby_notice(main, &actor, &notice);
    }

    /// Replaces an occupant's presence without a stanza from it: what synthetic people do.
    pub(crate) fn replace_state(&mut self, room: &Jid, nick: &str, state: Vec<Element>) {
        let key = room.to_string();
        let Some(occupant) = self.rooms.get_mut(&key).and_then(|r| r.occupants.get_mut(nick)) else { return };
        occupant.state = state;
        self.broadcast(&key, nick, &Change::Updated);
    }
}
