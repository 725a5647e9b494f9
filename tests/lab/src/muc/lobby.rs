//! The lobby: a second room where people knock while only members may join the first (Jitsi's `muc_lobby_rooms`).

use minidom::Element;

use super::room::Removal;
use super::{Affiliation, Muc};
use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

impl Muc {
    /// Switches the lobby of a room on or off.
    pub(crate) fn set_lobby(&mut self, room: &Jid, on: bool) {
        let key = room.to_string();
        let lobby = Jid { domain: names::lobby(), ..room.clone() };
        let Some(state) = self.rooms.get_mut(&key) else { return };
        if state.lobby.is_some() == on {
            return;
        }
        if on {
            state.lobby = Some(lobby.clone());
            state.metadata.insert("lobbyEnabled".to_owned(), true.into());
            // Whoever is inside stays a member, so that a lost connection does not end in the lobby.
            let inside: Vec<String> = state.people().map(|o| o.account.bare_text()).collect();
            for account in inside {
                state.affiliations.entry(account).or_insert(Affiliation::Member);
            }
            let affiliations = state.affiliations.clone();
            self.create(&lobby, Some(room));
            if let Some(lobby) = self.rooms.get_mut(&lobby.to_string()) {
                lobby.affiliations = affiliations;
            }
        } else {
            state.lobby = None;
            state.metadata.insert("lobbyEnabled".to_owned(), false.into());
            // Waiting people take the room's address as: come in, the door is open.
            self.destroy(&lobby.to_string(), Some(room), "Lobby room closed.");
        }
        self.configuration_changed(&key);
        self.metadata_changed(&key);
    }

    /// Lets somebody in who waits in the lobby: a mediated invitation to the main room, which makes a member.
    pub(crate) fn invite(&mut self, room: &Jid, inviter: &Jid, guest: &Jid, id: Option<&str>) {
        let Some(password) = self.room(room).map(|r| r.password.clone()) else { return };
        self.set_affiliation(room, guest, Affiliation::Member, names::FOCUS_NICK);
        let mut user = xml::el("x", ns::MUC_USER).child(
            xml::el("invite", ns::MUC_USER)
                .with("from", inviter.to_string())
                .child(xml::el("reason", ns::MUC_USER)),
        );
        if let Some(password) = &password {
            user = user.child(xml::el("password", ns::MUC_USER).say(password));
        }
        let message = xml::client("message")
            .with("from", room.to_string())
            .with("to", guest.to_string())
            .with_some("id", id)
            .child(user)
            .child(xml::client("body").say(&format!("{inviter} invited you to the room {room}")))
            .child(xml::el("x", ns::CONFERENCE).with("jid", room.to_string()));
        self.send(message);
    }

    /// Refuses somebody who waits in the lobby.
    pub(crate) fn deny(&mut self, lobby: &Jid, nick: &str, actor: Option<&str>) {
        let removal =
            Removal::Kicked { actor: actor.map(str::to_owned), reason: "You have been kicked.".to_owned() };
        self.remove(&lobby.to_string(), nick, Some(&removal));
    }

    /// Tells everyone inside what became of the lobby or of somebody in it.
    pub(super) fn lobby_notice(&mut self, room: &Jid, actor: &str, notice: &serde_json::Value) {
        let Some(state) = self.room(room) else { return };
        let text = notice.to_string();
        let stanzas: Vec<Element> = state
            .people()
            .map(|o| {
                xml::client("message")
                    .with("type", "groupchat")
                    .with("from", room.occupant(actor).to_string())
                    .with("to", o.account.to_string())
                    .child(xml::el("json-message", ns::JITMEET).say(&text))
            })
            .collect();
        self.out.extend(stanzas);
    }

    /// The name shown of somebody who waits, and the room they wait for.
    pub(super) fn waiting(&self, lobby: &Jid, nick: &str) -> Option<(Jid, String)> {
        let state = self.room(lobby)?;
        let main = state.lobby_of.clone()?;
        let name = state
            .occupants
            .get(nick)?
            .state
            .iter()
            .find(|child| child.is("nick", ns::NICK))
            .map(Element::text)
            .unwrap_or_default();
        Some((main, name))
    }
}
