//! Messages: group chat with history, private chat, the subject, invitations, and the room's shared metadata.

use minidom::Element;
use serde_json::{Value, json};

use super::Muc;
use super::room::Room;
use crate::clock;
use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

/// How many group messages a room remembers (Prosody's default).
const HISTORY: usize = 20;

impl Muc {
    pub(super) fn message_to_room(&mut self, room: &Jid, from: &Jid, stanza: &Element) {
        if stanza.attr("type") == Some("error") {
            return;
        }
        let Some(nick) = self.room(room).and_then(|r| r.by_account(from)).map(|o| o.nick.clone()) else {
            return self.refuse(stanza, "modify", "not-acceptable");
        };
        if stanza.attr("type") == Some("groupchat") {
            return self.groupchat(room, &nick, stanza);
        }
        let guests: Vec<(Jid, Option<String>)> = stanza
            .get_child("x", ns::MUC_USER)
            .into_iter()
            .flat_map(Element::children)
            .filter(|child| child.is("invite", ns::MUC_USER))
            .filter_map(|child| child.attr("to"))
            .map(|to| (Jid::parse(to), stanza.attr("id").map(str::to_owned)))
            .collect();
        let lobby = self.room(room).and_then(|r| r.lobby.clone());
        let moderator = self.room(room).and_then(|r| r.occupants.get(&nick)).is_some_and(|o| o.moderator());
        if lobby.is_some() && !moderator {
            return self.refuse(stanza, "auth", "forbidden");
        }
        for (guest, id) in guests {
            let waiting = lobby.as_ref().and_then(|lobby| {
                let nick = self.room(lobby)?.by_account(&guest)?.nick.clone();
                Some((nick.clone(), self.waiting(lobby, &nick)?.1))
            });
            self.invite(room, from, &guest, id.as_deref());
            if let (Some(lobby), Some((guest_nick, name))) = (&lobby, waiting) {
                let notice = json!({"type": "lobby-notify", "event": "LOBBY-ACCESS-GRANTED",
                    "value": lobby.occupant(&guest_nick).to_string(), "name": name});
                self.lobby_notice(room, &nick, &notice);
            }
        }
    }

    fn groupchat(&mut self, room: &Jid, nick: &str, stanza: &Element) {
        let key = room.to_string();
        let id = stanza.attr("id").map_or_else(|| self.random.token(24), str::to_owned);
        let Some(state) = self.rooms.get_mut(&key) else { return };
        let Some(sender) = state.occupants.get(nick) else { return };
        let mut message = xml::client("message")
            .with("type", "groupchat")
            .with("from", room.occupant(nick).to_string())
            .with("id", id)
            .children_from(stanza.children().cloned());
        let subject = stanza.get_child("subject", ns::CLIENT).map(Element::text);
        let body = stanza.get_child("body", ns::CLIENT).is_some();
        if let (Some(subject), false) = (subject, body) {
            if !sender.moderator() {
                return self.refuse(stanza, "auth", "forbidden");
            }
            state.subject = Some((nick.to_owned(), subject));
        } else {
            message = message.child(xml::el("occupant-id", ns::OCCUPANT_ID).with("id", &sender.occupant_id));
        }
        if body {
            let delay =
                xml::el("delay", ns::DELAY).with("from", room.to_string()).with("stamp", clock::stamp());
            state.history.push_back(message.clone().child(delay));
            if state.history.len() > HISTORY {
                state.history.pop_front();
            }
        }
        let copies: Vec<Element> = state
            .occupants
            .values()
            .map(|receiver| message.clone().with("to", receiver.account.to_string()))
            .collect();
        self.out.extend(copies);
    }

    pub(super) fn private_message(&mut self, room: &Jid, nick: &str, from: &Jid, stanza: &Element) {
        if stanza.attr("type") == Some("error") {
            return;
        }
        let found = self.room(room).and_then(|r| {
            let sender = r.by_account(from)?;
            Some((sender.nick.clone(), r.occupants.get(nick).map(|o| o.account.clone())))
        });
        let Some((sender, target)) = found else {
            return self.refuse(stanza, "modify", "not-acceptable");
        };
        let Some(target) = target else {
            return self.refuse(stanza, "cancel", "item-not-found");
        };
        let message = xml::client("message")
            .with_some("type", stanza.attr("type"))
            .with_some("id", stanza.attr("id"))
            .with("from", room.occupant(&sender).to_string())
            .with("to", target.to_string())
            .children_from(stanza.children().cloned())
            .child(xml::el("x", ns::MUC_USER));
        self.send(message);
    }

    /// A moderator sets a key of the room's metadata through the component (`room_metadata`).
    pub(crate) fn set_metadata(&mut self, from: &Jid, stanza: &Element) {
        let Some(request) = stanza.get_child("room_metadata", ns::JITMEET) else { return };
        let Some(room) = self.room_of(from).map(|r| r.jid.clone()) else { return };
        let allowed = self.room(&room).and_then(|r| r.by_account(from)).is_some_and(|o| o.moderator());
        let Ok(Value::Object(request)) = serde_json::from_str::<Value>(&request.text()) else { return };
        let Some(Value::String(key)) = request.get("key") else { return };
        if !allowed {
            return;
        }
        let value = request.get("data").cloned().unwrap_or(Value::Null);
        let Some(state) = self.rooms.get_mut(&room.to_string()) else { return };
        state.metadata.insert(key.clone(), value);
        self.metadata_changed(&room.to_string());
    }

    /// A moderator ends the meeting for all through the component (`end_conference`).
    pub(crate) fn end_conference(&mut self, from: &Jid) {
        let Some(room) = self.room_of(from) else { return };
        if room.by_account(from).is_some_and(|o| o.moderator()) {
            let key = room.jid.to_string();
            self.destroy(&key, None, "The meeting has been terminated");
        }
    }

    /// Sends the metadata, without the services, to everyone.
    pub(super) fn metadata_changed(&mut self, room: &str) {
        let Some(state) = self.rooms.get(room).filter(|_| self.options.components) else { return };
        let metadata = Value::Object(state.metadata.clone());
        let stanzas: Vec<Element> =
            state.people().map(|o| metadata_message(state, &o.account, &metadata)).collect();
        self.out.extend(stanzas);
    }

    /// The push a newcomer gets right before its own presence; only this one holds the services.
    pub(super) fn metadata_push(&self, room: &Room, to: &Jid) -> Element {
        let mut metadata = room.metadata.clone();
        metadata
            .insert("services".to_owned(), json!([{"type": "stun", "host": names::HOST, "port": "3478"}]));
        metadata_message(room, to, &Value::Object(metadata))
    }
}

fn metadata_message(room: &Room, to: &Jid, metadata: &Value) -> Element {
    let text = json!({"type": "room_metadata", "metadata": metadata}).to_string();
    xml::client("message")
        .with("from", names::component("metadata"))
        .with("to", to.to_string())
        .child(xml::el("json-message", ns::JITMEET).with("room", room.jid.to_string()).say(&text))
}
