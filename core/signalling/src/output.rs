//! Where all small machines put what they want: actions, events and requests that await an answer.
//! In: elements and events. Out: the two queues that `Conference` is polled for, and the purpose of each answer.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use minidom::Element;

use crate::action::Action;
use crate::event::Event;
use crate::ns;
use crate::random::Random;
use crate::stats::Stats;
use crate::xml::{Xml, write_frame, xml};

/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

/// What an outstanding request was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    ServerDisco,
    LobbyDisco,
    RoomDisco,
    IceServers {
        version: u8,
    },
    Conference,
    OwnerForm,
    OwnerSubmit,
    /// The owner's form, to change the door.
    DoorForm,
    DoorSubmit,
    /// Somebody is put out of the lobby.
    DoorOrder,
    /// Those inside become members.
    Membership,
    Ping,
    Accept {
        sid: String,
        with_sources: bool,
    },
    AddSource {
        sid: String,
        name: String,
    },
    RemoveSource,
    Restart {
        sid: String,
    },
    Decline,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Answer<'a> {
    Result(&'a Element),
    Error(&'a Element),
    Timeout,
}

struct Outstanding {
    purpose: Purpose,
    to: Option<String>,
    deadline: Instant,
}

/// The queues and the table of outstanding requests.
pub(crate) struct Output {
    actions: VecDeque<Action>,
    events: VecDeque<Event>,
    outstanding: BTreeMap<String, Outstanding>,
    pub(crate) random: Random,
    pub(crate) stats: Stats,
}

impl Output {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            actions: VecDeque::new(),
            events: VecDeque::new(),
            outstanding: BTreeMap::new(),
            random: Random::new(seed),
            stats: Stats::default(),
        }
    }

    pub(crate) fn action(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(crate) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Queues one element as a frame.
    pub(crate) fn send(&mut self, element: impl Into<Element>) {
        match write_frame(&element.into()) {
            Some(frame) => self.action(Action::SendFrame(frame)),
            None => self.stats.unsendable += 1,
        }
    }

    /// Sends an IQ request and remembers what it is for.
    pub(crate) fn request(
        &mut self,
        now: Instant,
        kind: &str,
        to: Option<&str>,
        payload: impl Into<Element>,
        purpose: Purpose,
    ) {
        self.request_within(now, ANSWER_TIMEOUT, kind, to, payload, purpose);
    }

    pub(crate) fn request_within(
        &mut self,
        now: Instant,
        timeout: Duration,
        kind: &str,
        to: Option<&str>,
        payload: impl Into<Element>,
        purpose: Purpose,
    ) {
        let id = self.random.uuid();
        self.send(
            xml("iq", ns::CLIENT).attr("type", kind).attr_opt("to", to).attr("id", &id).child(payload.into()),
        );
        let outstanding = Outstanding { purpose, to: to.map(str::to_owned), deadline: now + timeout };
        self.outstanding.insert(id, outstanding);
    }

    /// What an answer is for, if it was asked for and comes from whom it was asked.
    pub(crate) fn claim(&mut self, iq: &Element) -> Option<Purpose> {
        let id = iq.attr("id")?;
        let asked = self.outstanding.get(id)?;
        if let (Some(to), Some(from)) = (&asked.to, iq.attr("from"))
            && !to.eq_ignore_ascii_case(from)
        {
            return None;
        }
        self.outstanding.remove(id).map(|outstanding| outstanding.purpose)
    }

    /// A request whose answer is overdue.
    pub(crate) fn overdue(&mut self, now: Instant) -> Option<Purpose> {
        let id =
            self.outstanding.iter().find(|(_, asked)| asked.deadline <= now).map(|(id, _)| id.clone())?;
        self.outstanding.remove(&id).map(|outstanding| outstanding.purpose)
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.outstanding.values().map(|asked| asked.deadline).min()
    }

    /// Forgets all requests, and the frames not yet sent: the socket they belong to is gone.
    pub(crate) fn connection_lost(&mut self) {
        self.outstanding.clear();
        self.actions.retain(|action| !matches!(action, Action::SendFrame(_)));
    }

    /// An empty or filled result for a request.
    pub(crate) fn answer(&mut self, iq: &Element, payload: Option<Xml>) {
        let answer = reply(iq, "result");
        self.send(match payload {
            Some(payload) => answer.child(payload),
            None => answer,
        });
    }

    /// A stanza error for a request, with an application condition if there is one.
    pub(crate) fn refuse(&mut self, iq: &Element, kind: &str, condition: &str, specific: Option<Xml>) {
        let error =
            xml("error", ns::CLIENT).attr("type", kind).child(xml(condition, ns::STANZAS)).children(specific);
        self.send(reply(iq, "error").child(error));
    }
}

fn reply(iq: &Element, kind: &str) -> Xml {
    xml("iq", ns::CLIENT)
        .attr("type", kind)
        .attr_opt("to", iq.attr("from"))
        .attr("id", iq.attr("id").unwrap_or_default())
}

/// The defined condition of a stanza error, its text, and the error element.
pub(crate) struct StanzaError<'a> {
    pub(crate) element: Option<&'a Element>,
    pub(crate) condition: &'a str,
    pub(crate) text: Option<String>,
}

impl<'a> StanzaError<'a> {
    /// Reads the error of a stanza of type `error`.
    pub(crate) fn of(stanza: &'a Element) -> Self {
        let element = stanza.children().find(|child| child.name() == "error");
        let children = || element.into_iter().flat_map(Element::children);
        let condition = children().find(|child| child.has_ns(ns::STANZAS) && child.name() != "text");
        let text = children()
            .find(|child| child.name() == "text")
            .map(Element::text)
            .filter(|text| !text.is_empty());
        Self { element, condition: condition.map_or("undefined-condition", Element::name), text }
    }

    /// A child of the error by name, in whatever namespace.
    pub(crate) fn child(&self, name: &str) -> Option<&'a Element> {
        self.element?.children().find(|child| child.name() == name)
    }

    /// The text, or the condition where there is none.
    pub(crate) fn describe(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.condition.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    #[test]
    fn only_whom_we_asked_may_answer() {
        let now = Instant::now();
        let mut out = Output::new(1);
        out.request(now, "get", Some("focus.example"), xml("ping", ns::PING), Purpose::Ping);
        let Some(Action::SendFrame(frame)) = out.poll_action() else { panic!("no frame") };
        let id = parse_frame(&frame).unwrap().attr("id").unwrap().to_owned();
        let answer = |from: &str| {
            xml("iq", ns::CLIENT).attr("type", "result").attr("id", &id).attr("from", from).build()
        };
        assert_eq!(out.claim(&answer("mallory.example")), None);
        assert_eq!(out.claim(&answer("focus.example")), Some(Purpose::Ping));
        assert_eq!(out.claim(&answer("focus.example")), None);
    }

    #[test]
    fn an_unanswered_request_becomes_overdue() {
        let now = Instant::now();
        let mut out = Output::new(1);
        out.request(now, "get", None, xml("ping", ns::PING), Purpose::Ping);
        assert_eq!(out.overdue(now + Duration::from_secs(14)), None);
        assert_eq!(out.next_deadline(), Some(now + ANSWER_TIMEOUT));
        assert_eq!(out.overdue(now + ANSWER_TIMEOUT), Some(Purpose::Ping));
    }

    #[test]
    fn a_stanza_error_is_read() {
        let iq = parse_frame(
            "<iq xmlns='jabber:client' type='error'><error type='cancel'><not-allowed \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No</text>\
             <room-does-not-exist xmlns='http://jitsi.org/jitmeet'/></error></iq>",
        )
        .unwrap();
        let error = StanzaError::of(&iq);
        assert_eq!((error.condition, error.describe().as_str()), ("not-allowed", "No"));
        assert!(error.child("room-does-not-exist").is_some());
    }
}
