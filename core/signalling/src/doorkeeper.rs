//! A moderator at the door: who knocks, and the room's password and lobby.
//!
//! Inputs, from `Conference`: whether we moderate, what the room says about itself, what the person wants. From the
//! server: presence from the lobby room. Own timer: how long protection waits for us to become a moderator.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use minidom::Element;

use crate::event::{Event, RoomInformation};
use crate::ids::EndpointId;
use crate::jid;
use crate::muc::own_presence::OwnPresence;
use crate::muc::owner_form::{DoorChange, DoorState};
use crate::muc::presence;
use crate::ns;
use crate::output::Output;
use crate::xml::xml;

/// The first one in a room is made its owner within a moment; after this somebody else is.
const MODERATOR_PATIENCE: Duration = Duration::from_secs(10);
/// More people than this in a lobby are not told one by one.
const MAX_KNOCKERS: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    /// Not in the lobby room.
    Out,
    /// In it, or on the way.
    In,
    /// It did not let us in, or put us out: not again before it was switched off and on.
    Failed,
}

/// Somebody who waits.
struct Knocker {
    /// Their address at the server, to invite them by.
    account: Option<String>,
}

/// Protection that waits for its moment.
struct Wish {
    change: DoorChange,
    /// Given up then; set once we are in the room.
    until: Option<Instant>,
}

/// The doorkeeper's state.
pub(crate) struct Doorkeeper {
    state: DoorState,
    lobby: Option<String>,
    watch: Watch,
    nick: Option<String>,
    knockers: BTreeMap<EndpointId, Knocker>,
    waiting: VecDeque<DoorChange>,
    /// Under way at the server.
    in_flight: Option<DoorChange>,
    wish: Option<Wish>,
}

impl Doorkeeper {
    pub(crate) fn new() -> Self {
        Self {
            state: DoorState::default(),
            lobby: None,
            watch: Watch::Out,
            nick: None,
            knockers: BTreeMap::new(),
            waiting: VecDeque::new(),
            in_flight: None,
            wish: None,
        }
    }

    pub(crate) fn state(&self) -> DoorState {
        self.state
    }

    /// Whether an address belongs to the lobby room, and we keep it.
    pub(crate) fn owns(&self, from: &str) -> bool {
        self.watch == Watch::In && self.lobby.as_deref().is_some_and(|lobby| jid::same_bare(lobby, from))
    }

    /// What the room says about its door.
    pub(crate) fn learn(&mut self, information: &RoomInformation) {
        self.state = DoorState { password: information.password_protected, lobby: information.members_only };
        if !information.members_only && self.watch == Watch::Failed {
            self.watch = Watch::Out;
        }
        if information.lobby_room.is_some() {
            self.lobby.clone_from(&information.lobby_room);
        }
    }

    /// Goes to the lobby room, or leaves it, as we may and must.
    pub(crate) fn keep(&mut self, moderator: bool, own: &OwnPresence, out: &mut Output) {
        let wanted = moderator && self.state.lobby && self.lobby.is_some();
        match (wanted, self.watch, self.lobby.clone()) {
            (true, Watch::Out, Some(lobby)) => {
                let nick = out.random.hex(8);
                out.send(own.lobby_element(&format!("{lobby}/{nick}")));
                self.nick = Some(nick);
                self.watch = Watch::In;
            }
            (false, Watch::In, Some(lobby)) => {
                if let Some(nick) = self.nick.take() {
                    let to = format!("{lobby}/{nick}");
                    out.send(xml("presence", ns::CLIENT).attr("to", to).attr("type", "unavailable"));
                }
                self.empty(out);
                self.watch = Watch::Out;
            }
            _ => {}
        }
    }

    /// Presence from the lobby room. `inside` tells whether an account is in the meeting already.
    pub(crate) fn presence(&mut self, element: &Element, inside: impl Fn(&str) -> bool, out: &mut Output) {
        if element.attr("type") == Some("error") {
            self.watch = Watch::Failed;
            return;
        }
        let Some(presence) = presence::parse(element) else { return };
        let endpoint = presence.participant.endpoint.clone();
        if presence.is_own() || Some(endpoint.as_str()) == self.nick.as_deref() {
            if !presence.available {
                self.empty(out);
                self.watch = Watch::Failed;
            }
            return;
        }
        if !presence.available {
            if self.knockers.remove(&endpoint).is_some() {
                out.event(Event::KnockEnded { endpoint });
            }
            return;
        }
        let known = self.knockers.contains_key(&endpoint);
        let ours = presence.participant.moderator || presence.real_jid.as_deref().is_some_and(inside);
        if known || ours || self.knockers.len() >= MAX_KNOCKERS {
            return;
        }
        self.knockers.insert(endpoint.clone(), Knocker { account: presence.real_jid });
        out.event(Event::KnockArrived { endpoint, name: presence.participant.name });
    }

    /// Lets somebody in: an invitation that the room passes on. False if nobody of that name waits.
    pub(crate) fn admit(&self, endpoint: &EndpointId, room: &str, out: &mut Output) -> bool {
        let Some(account) = self.knockers.get(endpoint).and_then(|knocker| knocker.account.as_deref()) else {
            return false;
        };
        let invite = xml("invite", ns::MUC_USER).attr("to", account);
        out.send(xml("message", ns::CLIENT).attr("to", room).child(xml("x", ns::MUC_USER).child(invite)));
        true
    }

    /// The order that puts somebody out of the lobby, and whom to give it to.
    pub(crate) fn refusal(&self, endpoint: &EndpointId) -> Option<(String, Element)> {
        let lobby = self.lobby.clone().filter(|_| self.knockers.contains_key(endpoint))?;
        let item = xml("item", ns::MUC_ADMIN).attr("nick", endpoint.as_str()).attr("role", "none");
        Some((lobby, xml("query", ns::MUC_ADMIN).child(item).build()))
    }

    /// Protection for the moment we moderate the room.
    pub(crate) fn wish(&mut self, change: DoorChange) {
        self.wish =
            Some(change).filter(|change| !change.is_empty()).map(|change| Wish { change, until: None });
    }

    /// We are in the room: the wish's time begins.
    pub(crate) fn entered(&mut self, now: Instant) {
        if let Some(wish) = &mut self.wish {
            wish.until.get_or_insert(now + MODERATOR_PATIENCE);
        }
    }

    /// Turns the wish into a change once we moderate. `lobby_offered` is unknown until the server told.
    pub(crate) fn grant_wish(&mut self, moderator: bool, lobby_offered: Option<bool>, out: &mut Output) {
        let Some(offered) = lobby_offered.filter(|_| moderator) else { return };
        let Some(Wish { mut change, .. }) = self.wish.take() else { return };
        if change.lobby == Some(true) && !offered {
            change.lobby = None;
            out.event(Event::ProtectionRefused);
        }
        self.change(change);
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.wish.as_ref().and_then(|wish| wish.until)
    }

    /// Gives the wish up when its time is over.
    pub(crate) fn handle_timeout(&mut self, now: Instant, out: &mut Output) {
        if self.poll_timeout().is_some_and(|until| until <= now) {
            self.wish = None;
            out.event(Event::ProtectionRefused);
        }
    }

    /// Something shall change; one change after the other goes to the server.
    pub(crate) fn change(&mut self, change: DoorChange) {
        if !change.is_empty() {
            self.waiting.push_back(change);
        }
    }

    /// The next change to be made, if none is under way.
    pub(crate) fn begin_change(&mut self) -> Option<&DoorChange> {
        if self.in_flight.is_some() {
            return None;
        }
        self.in_flight = self.waiting.pop_front();
        self.in_flight.as_ref()
    }

    /// The change under way.
    pub(crate) fn current_change(&self) -> Option<&DoorChange> {
        self.in_flight.as_ref()
    }

    /// The change is made, or refused.
    pub(crate) fn end_change(&mut self) -> Option<DoorChange> {
        self.in_flight.take()
    }

    /// The stream is gone, and with it our place at the door and what was under way.
    pub(crate) fn stream_lost(&mut self, out: &mut Output) {
        self.empty(out);
        self.watch = Watch::Out;
        self.nick = None;
        self.state = DoorState::default();
        if self.in_flight.take().is_some() || !self.waiting.is_empty() {
            self.waiting.clear();
            out.event(Event::ProtectionRefused);
        }
    }

    fn empty(&mut self, out: &mut Output) {
        for endpoint in std::mem::take(&mut self.knockers).into_keys() {
            out.event(Event::KnockEnded { endpoint });
        }
    }
}
