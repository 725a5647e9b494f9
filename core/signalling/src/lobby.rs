//! The lobby, seen by one who knocks: a room of its own in which only moderators are visible.
//!
//! Inputs, from `Conference`: a lobby is required, knock, cancel, we got into the meeting. From the server: presence from
//! the lobby room. Own timers: none (an unanswered knock shows nothing worse than waiting).

use minidom::Element;

use crate::jid;
use crate::muc::own_presence::OwnPresence;
use crate::muc::presence::{self, OccupantPresence};
use crate::muc::refusal::{self, Refusal};
use crate::ns;
use crate::output::Output;
use crate::xml::xml;

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// No lobby is involved.
    None,
    /// The person decides whether to knock.
    Offered,
    Knocking,
    Waiting,
}

/// What became of a presence stanza from the lobby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LobbyEvent {
    Nothing,
    /// We stand in the lobby.
    Joined,
    /// A moderator refused us.
    Denied,
    /// The lobby is gone: try the meeting itself.
    Open,
    /// The meeting is over.
    MeetingOver {
        reason: Option<String>,
    },
    DisplayNameRequired,
    /// The lobby does not let us in.
    Refused {
        text: String,
    },
}

/// The lobby of the meeting.
pub(crate) struct Lobby {
    state: State,
    room: Option<String>,
    nick: Option<String>,
    /// The lobby component says that a name has to be given.
    pub(crate) display_name_required: bool,
}

impl Lobby {
    pub(crate) fn new() -> Self {
        Self { state: State::None, room: None, nick: None, display_name_required: false }
    }

    /// The meeting's room sent us here.
    pub(crate) fn required(&mut self, room: String) {
        self.room = Some(room);
        self.state = State::Offered;
    }

    /// Whether an address belongs to the lobby room.
    pub(crate) fn owns(&self, from: &str) -> bool {
        self.room.as_deref().is_some_and(|room| jid::same_bare(room, from))
    }

    /// Whether a knock makes sense now.
    pub(crate) fn can_knock(&self) -> bool {
        self.state == State::Offered
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Knocking | State::Waiting)
    }

    /// Whether the lobby plays a part at present.
    pub(crate) fn is_involved(&self) -> bool {
        self.state != State::None
    }

    /// Enters the lobby under a fresh nickname.
    pub(crate) fn knock(&mut self, own: &OwnPresence, out: &mut Output) {
        let Some(room) = &self.room else { return };
        let nick = out.random.hex(8);
        out.send(own.lobby_element(&format!("{room}/{nick}")));
        self.nick = Some(nick);
        self.state = State::Knocking;
    }

    /// Gives up waiting, or leaves because we are in the meeting.
    pub(crate) fn leave(&mut self, out: &mut Output) {
        if let (true, Some(room), Some(nick)) = (self.is_waiting(), &self.room, &self.nick) {
            out.send(
                xml("presence", ns::CLIENT).attr("to", format!("{room}/{nick}")).attr("type", "unavailable"),
            );
        }
        self.state = State::None;
    }

    /// Gives up waiting; a later knock is possible.
    pub(crate) fn cancel(&mut self, out: &mut Output) {
        if self.is_waiting() {
            self.leave(out);
            self.state = State::Offered;
        }
    }

    /// The stream is gone; the meeting's room will tell whether the lobby is still needed.
    pub(crate) fn stream_lost(&mut self) {
        self.state = State::None;
    }

    /// Presence from the lobby room.
    pub(crate) fn presence(&mut self, element: &Element) -> LobbyEvent {
        if element.attr("type") == Some("error") {
            return self.error(element);
        }
        let Some(presence) = presence::parse(element) else { return LobbyEvent::Nothing };
        let own = presence.is_own() || Some(presence.participant.endpoint.as_str()) == self.nick.as_deref();
        match (&self.state, own, presence.available) {
            (State::Knocking, true, true) => {
                self.state = State::Waiting;
                LobbyEvent::Joined
            }
            (State::Knocking | State::Waiting, true, false) => self.removed(presence),
            _ => LobbyEvent::Nothing,
        }
    }

    fn removed(&mut self, presence: OccupantPresence) -> LobbyEvent {
        match presence.destroyed {
            Some(destroyed) => {
                self.state = State::None;
                match destroyed.alternative {
                    Some(_) => LobbyEvent::Open,
                    None => LobbyEvent::MeetingOver { reason: destroyed.reason },
                }
            }
            None => {
                self.state = State::Offered;
                LobbyEvent::Denied
            }
        }
    }

    fn error(&mut self, element: &Element) -> LobbyEvent {
        if self.state != State::Knocking {
            return LobbyEvent::Nothing;
        }
        self.state = State::Offered;
        match refusal::parse(element, false) {
            Refusal::NoSuchRoom => {
                self.state = State::None;
                LobbyEvent::Open
            }
            Refusal::DisplayName => LobbyEvent::DisplayNameRequired,
            Refusal::Other { text } => LobbyEvent::Refused { text },
            other => LobbyEvent::Refused { text: format!("{other:?}") },
        }
    }
}
