//! Conference requests in both forms, and the answers a test can order instead of the good one.

use std::collections::VecDeque;

use minidom::Element;
use serde_json::{Value, json};

use super::{Focus, Io};
use crate::jid::Jid;
use crate::names;
use crate::xml::{self, Build, ns};

/// A refused conference request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Log in, or wait for somebody who can.
    NotAuthorized,
    /// The session id that came with the request is stale.
    SessionInvalid,
    /// A reservation system said no.
    Reservation {
        /// Its code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// Something is broken.
    Failed,
    /// The bridges are being updated.
    ShuttingDown,
}

/// The next answers; an empty queue means the good one.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConferenceAnswers {
    pub(crate) not_ready: u32,
    pub(crate) refusals: VecDeque<Refusal>,
    /// Requests seen so far.
    pub(crate) requests: u64,
}

/// The response to a request by HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Only true once this room is open.
    pub(crate) after: Option<Jid>,
}

impl HttpAnswer {
    fn new(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned(), after: None }
    }
}

impl Focus {
    pub(super) fn conference_iq(&mut self, iq: &Element, request: &Element, io: &mut Io<'_>) {
        self.answers.requests += 1;
        if let Some(refusal) = self.answers.refusals.pop_front() {
            return io.port.send(refusal_iq(iq, &refusal));
        }
        let room = Jid::parse(request.attr("room").unwrap_or_default());
        if !acceptable(&room) {
            return io.port.send(xml::error(iq, "modify", "bad-request"));
        }
        let ready = self.open(&room, io);
        let property =
            |name: &str, value: &str| xml::el("property", ns::FOCUS).with("name", name).with("value", value);
        let conference = xml::el("conference", ns::FOCUS)
            .with("ready", if ready { "true" } else { "false" })
            .with("focusjid", names::focus_account().bare_text())
            .with("room", room.to_string())
            .child(property("authentication", "false"))
            .child(property("visitors-supported", "false"));
        let answer = xml::result(iq).child(conference);
        if ready {
            self.once_open(&room, iq, answer, io);
        } else {
            io.port.send(answer);
        }
    }

    /// A request by HTTP.
    pub(crate) fn conference_http(&mut self, body: &str, io: &mut Io<'_>) -> HttpAnswer {
        self.answers.requests += 1;
        match self.answers.refusals.pop_front() {
            Some(Refusal::NotAuthorized) => return HttpAnswer::new(403, ""),
            Some(Refusal::SessionInvalid) => return HttpAnswer::new(400, "invalid-session"),
            Some(Refusal::Reservation { text, .. }) => return HttpAnswer::new(400, &text),
            Some(Refusal::Failed | Refusal::ShuttingDown) => return HttpAnswer::new(500, ""),
            None => {}
        }
        let request: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        let room = Jid::parse(request.get("room").and_then(Value::as_str).unwrap_or_default());
        if !acceptable(&room) {
            return HttpAnswer::new(400, "invalid room");
        }
        let ready = self.open(&room, io);
        let answer = json!({
            "room": room.to_string(),
            "ready": ready,
            "focusJid": names::focus_account().bare_text(),
            "properties": {"visitors-supported": "false", "authentication": "false"},
        });
        HttpAnswer { after: ready.then_some(room), ..HttpAnswer::new(200, &answer.to_string()) }
    }

    /// Joins the room, unless told not to be ready yet.
    fn open(&mut self, room: &Jid, io: &mut Io<'_>) -> bool {
        if self.answers.not_ready > 0 {
            self.answers.not_ready -= 1;
            return false;
        }
        self.enter(room, io);
        true
    }
}

fn acceptable(room: &Jid) -> bool {
    room.domain == names::muc()
        && room.local.as_deref().is_some_and(|l| !l.is_empty())
        && room.resource.is_none()
}

fn refusal_iq(iq: &Element, refusal: &Refusal) -> Element {
    match refusal {
        Refusal::NotAuthorized => xml::error(iq, "auth", "not-authorized"),
        Refusal::SessionInvalid => xml::error_with(
            iq,
            xml::stanza_error("modify", "not-acceptable").child(xml::el("session-invalid", ns::FOCUS)),
        ),
        Refusal::Reservation { code, text } => xml::error_with(
            iq,
            xml::stanza_error("cancel", "service-unavailable")
                .child(xml::el("reservation-error", ns::FOCUS).with("error-code", code.to_string()))
                .child(xml::error_text(text)),
        ),
        Refusal::ShuttingDown => xml::error_with(
            iq,
            xml::stanza_error("cancel", "service-unavailable")
                .child(xml::el("graceful-shutdown", ns::COLIBRI)),
        ),
        Refusal::Failed => xml::error(iq, "cancel", "internal-server-error"),
    }
}
