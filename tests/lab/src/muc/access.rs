//! Who may join a room: nicknames, passwords, members only, room for one more.

use minidom::Element;

use super::{Affiliation, Muc, Room};
use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

/// Why somebody may not come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Only the focus makes rooms.
    NoSuchRoom,
    Nickname(&'static str),
    NickTaken,
    DisplayName {
        lobby: bool,
    },
    Password,
    MembersOnly {
        lobby: Jid,
    },
    Full,
}

impl Refusal {
    /// The presence error as Prosody and Jitsi's modules send it.
    pub(super) fn presence(&self, room: &Jid, nick: &str, to: &Jid, id: Option<&str>) -> Element {
        let mut outside = Vec::new();
        let error = match self {
            Self::NoSuchRoom => xml::stanza_error("cancel", "not-allowed")
                .child(xml::error_text("Room creation is restricted")),
            Self::Nickname(text) => xml::stanza_error("cancel", "not-allowed").child(xml::error_text(text)),
            Self::NickTaken => xml::stanza_error("cancel", "conflict"),
            Self::DisplayName { lobby } => xml::stanza_error("modify", "not-acceptable").child(
                xml::el("displayname-required", ns::JITMEET).with_some("lobby", lobby.then_some("true")),
            ),
            Self::Password => xml::stanza_error("auth", "not-authorized").with("by", room.to_string()),
            Self::MembersOnly { lobby } => {
                outside.push(xml::client("lobbyroom").say(&lobby.to_string()));
                outside.push(xml::el("x", ns::MUC));
                xml::stanza_error("auth", "registration-required")
                    .with("code", "407")
                    .child(xml::el("lobbyroom", ns::JITMEET).say(&lobby.to_string()))
            }
            Self::Full => xml::stanza_error("cancel", "service-unavailable"),
        };
        xml::client("presence")
            .with("type", "error")
            .with("from", room.occupant(nick).to_string())
            .with("to", to.to_string())
            .with_some("id", id)
            .child(error)
            .children_from(outside)
    }
}

/// What a newcomer shows at the door.
pub(super) struct Newcomer<'a> {
    pub(super) nick: &'a str,
    pub(super) account: &'a Jid,
    pub(super) password: Option<String>,
    pub(super) display_name: bool,
}

impl Muc {
    /// Checks a newcomer, in the order in which Prosody and the modules do.
    pub(super) fn admit(&self, room: &Room, newcomer: &Newcomer<'_>) -> Result<Affiliation, Refusal> {
        if *newcomer.account == names::focus_account() {
            return Ok(Affiliation::Owner);
        }
        self.check_nickname(newcomer)?;
        if room.occupants.contains_key(newcomer.nick) {
            return Err(Refusal::NickTaken);
        }
        let affiliation = room.affiliation(newcomer.account);
        if affiliation == Affiliation::Owner {
            return Ok(affiliation);
        }
        let lobby = room.lobby_of.is_some();
        if (lobby || self.options.display_name_required) && !newcomer.display_name {
            return Err(Refusal::DisplayName { lobby });
        }
        let password_right = room.password.is_some() && newcomer.password == room.password;
        match &room.lobby {
            // The right password goes past the lobby.
            Some(lobby) if affiliation < Affiliation::Member && !password_right => {
                return Err(Refusal::MembersOnly { lobby: lobby.clone() });
            }
            _ if room.password.is_some() && !password_right => return Err(Refusal::Password),
            _ => {}
        }
        if !lobby && self.options.max_occupants.is_some_and(|max| room.people().count() >= max) {
            return Err(Refusal::Full);
        }
        Ok(affiliation)
    }

    fn check_nickname(&self, newcomer: &Newcomer<'_>) -> Result<(), Refusal> {
        let nick = newcomer.nick;
        let plain = nick.starts_with(|c: char| c.is_ascii_alphanumeric())
            && nick.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !plain || nick == names::FOCUS_NICK {
            return Err(Refusal::Nickname("Invalid nickname"));
        }
        let prefix = newcomer.account.local.as_deref().and_then(|local| local.get(..8));
        if self.options.strict_nicknames && prefix != Some(nick) {
            return Err(Refusal::Nickname("Invalid anonymous user ID"));
        }
        Ok(())
    }
}
