//! The XMPP stream over WebSocket (RFC 7395): opening, SASL ANONYMOUS, binding, acknowledgements and closing.
//!
//! Inputs, from the driver (through `Conference`): the socket opened; an element arrived.
//! From `Conference`: close. Own timers: none (`Conference` limits the time a login may take).

pub(crate) mod backoff;
pub(crate) mod ping;

use minidom::Element;

use crate::ns;
use crate::output::Output;
use crate::xml::{Read, Xml, xml};

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// No socket, or it is not open yet.
    Idle,
    /// `<open/>` went out; features are awaited.
    Opening {
        authenticated: bool,
    },
    Authenticating,
    Binding {
        id: String,
    },
    StartingSession {
        id: String,
        jid: String,
    },
    Ready,
}

/// What an element meant for the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamEvent {
    /// Handled here.
    Nothing,
    /// A stanza for the rest of the machine.
    Stanza,
    /// Logged in, with this full address.
    Bound(String),
    /// The server does not let us in.
    Refused { text: Option<String> },
    /// The server ends the stream.
    Closed { shutdown: bool },
    /// No element a server may send in this state.
    Unexpected,
}

/// One stream; reset for each new socket.
pub(crate) struct Stream {
    domain: String,
    state: State,
    /// Stanzas received since acknowledgements were enabled (XEP-0198). We never enable them, but count if they come.
    received: Option<u32>,
}

impl Stream {
    pub(crate) fn new(domain: String) -> Self {
        Self { domain, state: State::Idle, received: None }
    }

    pub(crate) fn reset(&mut self) {
        self.state = State::Idle;
        self.received = None;
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.state == State::Ready
    }

    /// The socket is open.
    pub(crate) fn opened(&mut self, out: &mut Output) {
        self.state = State::Opening { authenticated: false };
        out.send(self.open());
    }

    fn open(&self) -> Xml {
        xml("open", ns::FRAMING).attr("to", &self.domain).attr("version", "1.0")
    }

    /// Says good-bye; the driver closes the socket afterwards.
    pub(crate) fn close(&mut self, out: &mut Output) {
        if self.state == State::Ready {
            out.send(xml("presence", ns::CLIENT).attr("type", "unavailable"));
        }
        if self.state != State::Idle {
            out.send(xml("close", ns::FRAMING));
        }
        self.reset();
    }

    pub(crate) fn element(&mut self, element: &Element, out: &mut Output) -> StreamEvent {
        if element.has_ns(ns::CLIENT) {
            return self.stanza(element, out);
        }
        match (element.name(), element.ns().as_str()) {
            ("open", ns::FRAMING) => StreamEvent::Nothing,
            ("close", ns::FRAMING) => StreamEvent::Closed { shutdown: false },
            ("features", ns::STREAMS) => self.features(element, out),
            ("error", ns::STREAMS) => {
                StreamEvent::Closed { shutdown: element.child_named("system-shutdown").is_some() }
            }
            ("success", ns::SASL) if self.state == State::Authenticating => {
                self.state = State::Opening { authenticated: true };
                out.send(self.open());
                StreamEvent::Nothing
            }
            ("failure", ns::SASL) if self.state == State::Authenticating => {
                StreamEvent::Refused { text: element.child_text("text") }
            }
            (_, ns::ACKS) => self.acknowledgement(element, out),
            _ => StreamEvent::Unexpected,
        }
    }

    fn features(&mut self, features: &Element, out: &mut Output) -> StreamEvent {
        match self.state {
            State::Opening { authenticated: false } => {
                let anonymous = features.get_child("mechanisms", ns::SASL).is_some_and(|list| {
                    list.children().any(|mechanism| mechanism.text().trim() == "ANONYMOUS")
                });
                if !anonymous {
                    return StreamEvent::Refused { text: None };
                }
                self.state = State::Authenticating;
                out.send(xml("auth", ns::SASL).attr("mechanism", "ANONYMOUS"));
            }
            State::Opening { authenticated: true } => {
                let session = features.get_child("session", ns::SESSION);
                let needed = session.is_some_and(|session| session.child_named("optional").is_none());
                let id = format!("{}-{}", if needed { "bind-session" } else { "bind" }, out.random.hex(8));
                out.send(iq_set(&id, xml("bind", ns::BIND)));
                self.state = State::Binding { id };
            }
            _ => return StreamEvent::Unexpected,
        }
        StreamEvent::Nothing
    }

    fn stanza(&mut self, stanza: &Element, out: &mut Output) -> StreamEvent {
        if let Some(received) = &mut self.received {
            *received = received.wrapping_add(1);
        }
        match &self.state {
            State::Binding { id } if answers(stanza, id) => {
                let needs_session = id.starts_with("bind-session");
                let jid = stanza.get_child("bind", ns::BIND).and_then(|bind| bind.child_text("jid"));
                let Some(jid) = jid.filter(|_| stanza.attr("type") == Some("result")) else {
                    return StreamEvent::Closed { shutdown: false };
                };
                if needs_session {
                    let id = out.random.hex(8);
                    out.send(iq_set(&id, xml("session", ns::SESSION)));
                    self.state = State::StartingSession { id, jid };
                    return StreamEvent::Nothing;
                }
                self.state = State::Ready;
                StreamEvent::Bound(jid)
            }
            State::StartingSession { id, jid } if answers(stanza, id) => {
                let jid = jid.clone();
                self.state = State::Ready;
                StreamEvent::Bound(jid)
            }
            State::Ready | State::Binding { .. } | State::StartingSession { .. } => StreamEvent::Stanza,
            _ => StreamEvent::Unexpected,
        }
    }

    fn acknowledgement(&mut self, element: &Element, out: &mut Output) -> StreamEvent {
        match (element.name(), self.received) {
            ("enabled", _) => self.received = Some(0),
            ("r", Some(received)) => out.send(xml("a", ns::ACKS).attr("h", received.to_string())),
            _ => {}
        }
        StreamEvent::Nothing
    }
}

fn iq_set(id: &str, payload: Xml) -> Xml {
    xml("iq", ns::CLIENT).attr("type", "set").attr("id", id).child(payload)
}

fn answers(stanza: &Element, id: &str) -> bool {
    stanza.name() == "iq" && stanza.attr("id") == Some(id)
}

#[cfg(test)]
mod tests;
