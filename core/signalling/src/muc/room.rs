//! Joining, being in and leaving the room.
//!
//! Inputs, from `Conference`: join, leave, something of our presence changed, the stream was lost. From the server:
//! presence from the room. Own timers: an unanswered join, the wait before another try, coalesced updates, the wait
//! for the echo when leaving.

use std::time::{Duration, Instant};

use minidom::Element;

use super::own_presence::OwnPresence;
use super::presence::{self, OccupantPresence};
use super::refusal::{self, Refusal};
use super::roster::{FocusIdentity, Roster};
use crate::event::{EndReason, Event};
use crate::ids::EndpointId;
use crate::jid;
use crate::ns;
use crate::output::Output;
use crate::xml::xml;

const JOIN_TIMEOUT: Duration = Duration::from_secs(20);
const LEAVE_TIMEOUT: Duration = Duration::from_secs(5);
/// Changes within this time go out together.
const COALESCE: Duration = Duration::from_millis(20);
/// Updates are at least this far apart.
const UPDATE_INTERVAL: Duration = Duration::from_millis(200);

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Outside,
    Joining { deadline: Instant },
    Inside,
    Leaving { until: Instant },
}

/// What became of a presence stanza.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RoomEvent {
    Nothing,
    /// We are in. `created`: the room is new and wants to be configured. `gone`: who left since we were last in.
    Joined {
        created: bool,
        gone: Vec<EndpointId>,
    },
    Refused(Refusal),
    /// We left as we wanted.
    Left,
    /// We were put out.
    Removed(EndReason),
    /// Somebody left.
    MemberLeft(EndpointId),
    /// The focus's presence: look at what it says.
    Focus,
    FocusLeft,
    Malformed,
}

/// The room and our place in it.
pub(crate) struct Room {
    pub(crate) jid: String,
    pub(crate) own: OwnPresence,
    pub(crate) roster: Roster,
    pub(crate) focus: FocusIdentity,
    pub(crate) password: Option<String>,
    state: State,
    endpoint: Option<EndpointId>,
    moderator: Option<bool>,
    focus_endpoint: Option<EndpointId>,
    anonymous_domain: bool,
    update_at: Option<Instant>,
    last_update: Option<Instant>,
}

impl Room {
    pub(crate) fn new(
        jid: String,
        own: OwnPresence,
        roster: Roster,
        focus: FocusIdentity,
        anonymous_domain: bool,
    ) -> Self {
        Self {
            jid,
            own,
            roster,
            focus,
            password: None,
            state: State::Outside,
            endpoint: None,
            moderator: None,
            focus_endpoint: None,
            anonymous_domain,
            update_at: None,
            last_update: None,
        }
    }

    /// Our own identity, once a join was tried.
    pub(crate) fn endpoint(&self) -> Option<&EndpointId> {
        self.endpoint.as_ref()
    }

    pub(crate) fn is_inside(&self) -> bool {
        self.state == State::Inside
    }

    /// Whether the server may think that we are in the room.
    pub(crate) fn is_involved(&self) -> bool {
        matches!(self.state, State::Inside | State::Joining { .. })
    }

    /// Whether we moderate it.
    pub(crate) fn is_moderator(&self) -> bool {
        self.moderator == Some(true)
    }

    /// Whether the focus is in the room.
    pub(crate) fn has_focus(&self) -> bool {
        self.focus_endpoint.is_some()
    }

    /// Whether the occupant address belongs to this room and is the focus's.
    pub(crate) fn is_focus(&self, from: &str) -> bool {
        jid::same_bare(from, &self.jid)
            && jid::resource(from)
                .is_some_and(|nick| self.focus_endpoint.as_ref().is_some_and(|focus| focus.as_str() == nick))
    }

    /// The focus's address in the room.
    pub(crate) fn focus_jid(&self) -> String {
        self.occupant(self.focus_endpoint.as_ref().map_or("focus", EndpointId::as_str))
    }

    pub(crate) fn occupant(&self, nick: &str) -> String {
        format!("{}/{nick}", self.jid)
    }

    /// Asks to be let in. The nickname follows from our address: some servers insist on that.
    pub(crate) fn join(&mut self, now: Instant, full_jid: &str, billing_id: Option<&str>, out: &mut Output) {
        let nick = nickname(full_jid).unwrap_or_else(|| out.random.hex(8));
        self.join_as(now, EndpointId::new(nick), billing_id, out);
    }

    /// Asks again under a random nickname.
    pub(crate) fn join_renamed(&mut self, now: Instant, billing_id: Option<&str>, out: &mut Output) {
        let nick = out.random.hex(8);
        self.join_as(now, EndpointId::new(nick), billing_id, out);
    }

    fn join_as(&mut self, now: Instant, endpoint: EndpointId, billing_id: Option<&str>, out: &mut Output) {
        let former = self.endpoint.replace(endpoint.clone()).filter(|former| *former != endpoint);
        self.roster.begin(former);
        self.focus_endpoint = None;
        self.moderator = None;
        self.own.sources_known = false;
        self.own.screen = None;
        self.update_at = None;
        self.state = State::Joining { deadline: now + JOIN_TIMEOUT };
        let x = xml("x", ns::MUC)
            .children(self.password.as_ref().map(|password| xml("password", ns::MUC).text(password)))
            .children(billing_id.map(|id| xml("billingid", ns::MUC).text(id)));
        let to = self.occupant(endpoint.as_str());
        out.send(self.own.element(&endpoint, &to, Some(x)));
        self.last_update = Some(now);
    }

    /// Leaves; the echo ends it.
    pub(crate) fn leave(&mut self, now: Instant, out: &mut Output) {
        self.say_unavailable(out);
        self.update_at = None;
        self.state = State::Leaving { until: now + LEAVE_TIMEOUT };
    }

    /// Leaves without waiting, because another join follows.
    pub(crate) fn drop_out(&mut self, out: &mut Output) {
        self.say_unavailable(out);
        self.state = State::Outside;
    }

    fn say_unavailable(&self, out: &mut Output) {
        if let Some(endpoint) = &self.endpoint {
            let to = self.occupant(endpoint.as_str());
            out.send(xml("presence", ns::CLIENT).attr("to", to).attr("type", "unavailable"));
        }
    }

    /// The stream is gone. The roster stays as it was told, until a rejoin says what changed.
    pub(crate) fn stream_lost(&mut self) {
        self.state = State::Outside;
        self.update_at = None;
    }

    /// Something of our presence changed: it goes out soon, together with what else changes.
    pub(crate) fn changed(&mut self, now: Instant) {
        if self.state == State::Inside && self.update_at.is_none() {
            let earliest = self.last_update.map_or(now, |last| last + UPDATE_INTERVAL);
            self.update_at = Some(earliest.max(now + COALESCE));
        }
    }

    /// Presence from this room.
    pub(crate) fn presence(&mut self, now: Instant, element: &Element, out: &mut Output) -> RoomEvent {
        if element.attr("type") == Some("error") {
            return self.error(element);
        }
        let Some(presence) = presence::parse(element) else { return RoomEvent::Nothing };
        let malformed = presence.malformed;
        let event = if presence.is_own() || Some(&presence.participant.endpoint) == self.endpoint.as_ref() {
            self.own_presence(now, presence, out)
        } else if self.focus.matches(&presence)
            || Some(&presence.participant.endpoint) == self.focus_endpoint.as_ref()
        {
            self.focus_presence(&presence)
        } else {
            self.member_presence(presence, out)
        };
        if malformed && event == RoomEvent::Nothing { RoomEvent::Malformed } else { event }
    }

    fn error(&mut self, element: &Element) -> RoomEvent {
        match self.state {
            State::Joining { .. } => {
                self.state = State::Outside;
                RoomEvent::Refused(refusal::parse(element, self.anonymous_domain))
            }
            // Leaving a room that is gone is as good as having left.
            State::Leaving { .. } => {
                self.state = State::Outside;
                RoomEvent::Left
            }
            _ => RoomEvent::Nothing,
        }
    }

    fn own_presence(&mut self, now: Instant, presence: OccupantPresence, out: &mut Output) -> RoomEvent {
        if !presence.available {
            return self.own_departure(presence);
        }
        match self.state {
            State::Joining { .. } if presence.is_own() => {
                let endpoint = presence.participant.endpoint;
                self.endpoint = Some(endpoint.clone());
                self.state = State::Inside;
                self.last_update = Some(now);
                out.event(Event::Joined { endpoint, room: self.jid.clone() });
                self.role(presence.participant.moderator, out);
                let gone = self.roster.settle(out);
                RoomEvent::Joined { created: presence.statuses.contains(&201), gone }
            }
            State::Inside => {
                self.role(presence.participant.moderator, out);
                RoomEvent::Nothing
            }
            _ => RoomEvent::Nothing,
        }
    }

    fn role(&mut self, moderator: bool, out: &mut Output) {
        let known = self.moderator.replace(moderator);
        if known.unwrap_or(false) != moderator {
            out.event(Event::OwnRoleChanged { moderator });
        }
    }

    fn own_departure(&mut self, presence: OccupantPresence) -> RoomEvent {
        let leaving = matches!(self.state, State::Leaving { .. });
        // While joining this can only be the echo of an earlier departure.
        if matches!(self.state, State::Outside | State::Joining { .. }) {
            return RoomEvent::Nothing;
        }
        self.state = State::Outside;
        self.update_at = None;
        if leaving {
            return RoomEvent::Left;
        }
        let (actor, reason) = (presence.actor, presence.reason);
        RoomEvent::Removed(match presence.destroyed {
            Some(destroyed) => EndReason::Destroyed { reason: destroyed.reason },
            None if presence.statuses.iter().any(|status| matches!(status, 301 | 307)) => {
                EndReason::Kicked { actor, reason }
            }
            // 321, 322 and 332: membership withdrawn, or the service goes down.
            None => EndReason::NotAllowed { text: reason },
        })
    }

    fn focus_presence(&mut self, presence: &OccupantPresence) -> RoomEvent {
        if presence.available {
            self.focus_endpoint = Some(presence.participant.endpoint.clone());
            return RoomEvent::Focus;
        }
        let left = self.focus_endpoint.take().is_some();
        if left && self.state == State::Inside { RoomEvent::FocusLeft } else { RoomEvent::Nothing }
    }

    fn member_presence(&mut self, presence: OccupantPresence, out: &mut Output) -> RoomEvent {
        let live = self.state == State::Inside;
        if presence.available {
            self.roster.update(presence, live, out);
            return RoomEvent::Nothing;
        }
        let endpoint = presence.participant.endpoint;
        self.roster.remove(&endpoint, live, out);
        RoomEvent::MemberLeft(endpoint)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Joining { deadline } => Some(deadline),
            State::Inside => self.update_at,
            State::Leaving { until } => Some(until),
            State::Outside => None,
        }
    }

    /// Sends what is due. `Left` when the echo of leaving is overdue; `Refused` when a join was never answered.
    pub(crate) fn handle_timeout(&mut self, now: Instant, out: &mut Output) -> RoomEvent {
        match self.state {
            State::Joining { deadline } if deadline <= now => {
                self.state = State::Outside;
                return RoomEvent::Refused(Refusal::Other { text: String::new() });
            }
            State::Leaving { until } if until <= now => {
                self.state = State::Outside;
                return RoomEvent::Left;
            }
            State::Inside if self.update_at.is_some_and(|at| at <= now) => self.update(now, out),
            _ => {}
        }
        RoomEvent::Nothing
    }

    fn update(&mut self, now: Instant, out: &mut Output) {
        self.update_at = None;
        self.last_update = Some(now);
        if let Some(endpoint) = &self.endpoint {
            let to = self.occupant(endpoint.as_str());
            out.send(self.own.element(endpoint, &to, None));
        }
    }
}

/// The first eight characters of the local part, where those are hex digits.
fn nickname(full_jid: &str) -> Option<String> {
    let start = jid::local(full_jid)?.get(..8)?;
    start.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).then(|| start.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nickname_follows_from_the_address() {
        assert_eq!(nickname("6f8d2b9f-0b1d-468c@meet.example/r").as_deref(), Some("6f8d2b9f"));
        for other in ["qtivqovujskiuzgw@meet.example/r", "abc@meet.example", "meet.example", "ABCDEF01-@meet"]
        {
            assert_eq!(nickname(other), None, "{other}");
        }
    }
}
