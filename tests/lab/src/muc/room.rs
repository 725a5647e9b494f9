//! One room: who is in it, what they may do, and the presence stanzas that say so.

use std::collections::{BTreeMap, VecDeque};

use minidom::Element;

use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

/// What Prosody gives to new moderators, as recorded from a real deployment.
const PERMISSIONS: [&str; 9] = [
    "live-translation-subscribe",
    "send-groupchat",
    "live-translation",
    "livestreaming",
    "outbound-call",
    "recording",
    "flip",
    "transcription",
    "create-polls",
];

/// A lasting relation of an account to a room (XEP-0045 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Affiliation {
    None,
    Member,
    Owner,
}

impl Affiliation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Self::None),
            "member" => Some(Self::Member),
            "owner" | "admin" => Some(Self::Owner),
            _ => None,
        }
    }
}

/// Somebody in a room.
#[derive(Clone, Debug)]
pub(crate) struct Occupant {
    pub(crate) nick: String,
    /// The real, full address.
    pub(crate) account: Jid,
    pub(crate) affiliation: Affiliation,
    /// Stable per account and room, and not the endpoint id (XEP-0421).
    pub(crate) occupant_id: String,
    /// The children of the last presence, without the `muc` one.
    pub(crate) state: Vec<Element>,
}

impl Occupant {
    pub(crate) fn moderator(&self) -> bool {
        self.affiliation == Affiliation::Owner
    }
}

/// Why somebody goes who did not leave.
#[derive(Clone, Debug)]
pub(crate) enum Removal {
    /// Status 307.
    Kicked { actor: Option<String>, reason: String },
    /// The room ends, perhaps in favour of another.
    Destroyed { alternative: Option<Jid>, reason: String },
}

/// What a presence tells.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Came in; the owner of a new room gets status 201.
    Joined { created: bool },
    /// Changed something in its own presence.
    Updated,
    /// Was given or lost an affiliation.
    Affiliation { actor: String },
    /// Is gone.
    Gone(Option<Removal>),
}

/// A room of either room domain.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) jid: Jid,
    pub(crate) occupants: BTreeMap<String, Occupant>,
    /// Affiliations by bare account.
    pub(crate) affiliations: BTreeMap<String, Affiliation>,
    pub(crate) password: Option<String>,
    /// The lobby room, when only members may join.
    pub(crate) lobby: Option<Jid>,
    /// For a lobby room: the room it belongs to.
    pub(crate) lobby_of: Option<Jid>,
    pub(crate) subject: Option<(String, String)>,
    /// Group messages for those who come later.
    pub(crate) history: VecDeque<Element>,
    pub(crate) metadata: serde_json::Map<String, serde_json::Value>,
    pub(crate) meeting_id: String,
    pub(crate) created: u64,
}

impl Room {
    /// Who has this real address here.
    pub(crate) fn by_account(&self, account: &Jid) -> Option<&Occupant> {
        self.occupants.values().find(|o| &o.account == account)
    }

    /// Occupants without the focus.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Occupant> {
        self.occupants.values().filter(|o| o.nick != names::FOCUS_NICK)
    }

    /// The affiliation an account has before it joins.
    pub(crate) fn affiliation(&self, account: &Jid) -> Affiliation {
        self.affiliations.get(&account.bare_text()).copied().unwrap_or(Affiliation::None)
    }

    /// In a lobby people see the moderators and themselves only.
    pub(crate) fn sees(&self, receiver: &Occupant, subject: &Occupant) -> bool {
        self.lobby_of.is_none()
            || receiver.moderator()
            || subject.moderator()
            || receiver.nick == subject.nick
    }

    /// The presence of `subject` as `receiver` gets it.
    pub(crate) fn presence(&self, subject: &Occupant, receiver: &Occupant, change: &Change) -> Element {
        let own = subject.nick == receiver.nick;
        let mut presence = xml::client("presence")
            .with("from", self.jid.occupant(&subject.nick).to_string())
            .with("to", receiver.account.to_string());
        let gone = matches!(change, Change::Gone(_));
        if gone {
            presence = presence.with("type", "unavailable");
        } else {
            presence = presence.children_from(subject.state.iter().cloned());
        }
        let id = xml::el("occupant-id", ns::OCCUPANT_ID).with("id", &subject.occupant_id);
        presence = presence.child(id).child(self.user(subject, receiver, change));
        if own && subject.moderator() && matches!(change, Change::Affiliation { .. }) {
            let permissions = PERMISSIONS
                .iter()
                .map(|name| xml::el("p", ns::JITMEET).with("name", name).with("val", "true"));
            presence = presence.child(xml::el("permissions", ns::JITMEET).children_from(permissions));
        }
        presence
    }

    /// The `muc#user` child: item and statuses in Prosody's order.
    fn user(&self, subject: &Occupant, receiver: &Occupant, change: &Change) -> Element {
        let own = subject.nick == receiver.nick;
        let mut user = xml::el("x", ns::MUC_USER);
        let status = |code: &str| xml::el("status", ns::MUC_USER).with("code", code);
        if own && matches!(change, Change::Joined { .. }) {
            user = user.child(status("100"));
        }
        if let Change::Gone(Some(Removal::Kicked { .. })) = change {
            user = user.child(status("307"));
        }
        if let Change::Gone(Some(Removal::Destroyed { alternative, reason })) = change {
            let destroy = xml::el("destroy", ns::MUC_USER)
                .with_some("jid", alternative.as_ref().map(ToString::to_string).as_deref())
                .child(xml::el("reason", ns::MUC_USER).say(reason));
            user = user.child(destroy);
        }
        user = user.child(self.item(subject, receiver, change));
        if own && matches!(change, Change::Joined { created: true }) {
            user = user.child(status("201"));
        }
        if own {
            user = user.child(status("110"));
        }
        user
    }

    fn item(&self, subject: &Occupant, receiver: &Occupant, change: &Change) -> Element {
        let role = match change {
            Change::Gone(_) => "none",
            _ if subject.moderator() => "moderator",
            _ => "participant",
        };
        let mut item = xml::el("item", ns::MUC_USER)
            .with("affiliation", subject.affiliation.name())
            .with("role", role)
            .with("jid", subject.account.to_string());
        match change {
            Change::Affiliation { actor } => {
                item = item.child(xml::el("actor", ns::MUC_USER).with("nick", actor));
            }
            Change::Gone(Some(Removal::Kicked { actor, reason })) => {
                if let Some(actor) = actor {
                    // Only moderators learn the actor's real address.
                    let account = self.occupants.get(actor).filter(|_| receiver.moderator());
                    let child = xml::el("actor", ns::MUC_USER)
                        .with("nick", actor)
                        .with_some("jid", account.map(|o| o.account.to_string()).as_deref());
                    item = item.child(child);
                }
                item = item.child(xml::el("reason", ns::MUC_USER).say(reason));
            }
            _ => {}
        }
        item
    }
}
