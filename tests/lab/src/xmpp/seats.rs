//! Seats of synthetic people: in the lab's own rooms directly, in another server's by stanzas like anybody's.

use std::time::Instant;

use minidom::Element;

use super::Core;
use crate::jid::Jid;
use crate::muc::Affiliation;
use crate::names;
use crate::xml::{self, Build, ns};

impl Core {
    /// Somebody without a client joins as `occupant`.
    pub(crate) fn seat(&mut self, now: Instant, occupant: &Jid, account: &Jid, state: Vec<Element>) {
        let room = occupant.bare();
        let password = match &self.uplinks {
            Some(_) => self.focus.password(&room),
            None => {
                // Synthetic people never wait in the lobby.
                self.muc.set_affiliation(&room, account, Affiliation::Member, names::FOCUS_NICK);
                self.muc.room(&room).and_then(|room| room.password.clone())
            }
        };
        let password = password.map(|password| xml::el("password", ns::MUC).say(&password));
        let muc = xml::el("x", ns::MUC).children_from(password);
        self.inject(now, presence(occupant, account).child(muc).children_from(state));
    }

    /// They show something else from now on.
    pub(crate) fn restate(&mut self, now: Instant, occupant: &Jid, account: &Jid, state: Vec<Element>) {
        match (&self.uplinks, &occupant.resource) {
            (None, Some(nick)) => {
                self.muc.replace_state(&occupant.bare(), nick, state);
                self.run(now);
            }
            _ => self.inject(now, presence(occupant, account).children_from(state)),
        }
    }

    /// They leave.
    pub(crate) fn unseat(&mut self, now: Instant, occupant: &Jid, account: &Jid) {
        if self.uplinks.is_some() {
            return self.inject(now, presence(occupant, account).with("type", "unavailable"));
        }
        self.muc.account_gone(account);
        self.run(now);
    }
}

fn presence(occupant: &Jid, account: &Jid) -> Element {
    xml::client("presence").with("from", account.to_string()).with("to", occupant.to_string())
}
