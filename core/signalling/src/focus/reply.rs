//! The focus's replies to a conference request, in XML, as a stanza error or as JSON over HTTP, brought into one shape.

use minidom::Element;
use serde::Deserialize;

use crate::ns;
use crate::output::StanzaError;
use crate::xml::Read;

/// What a reply means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Ready {
        focus: Option<String>,
        session_id: Option<String>,
    },
    NotReady {
        live: bool,
    },
    /// A login is needed, or somebody who has one has to come first.
    NotAuthorized,
    /// The session id we remembered is stale.
    SessionInvalid,
    /// Nobody answers at the focus's address.
    Unavailable,
    /// We are sent to a visitor node although we did not ask for it.
    Redirected,
    Reservation {
        text: String,
    },
    Failed {
        text: String,
        shutdown: bool,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpReply {
    #[serde(default)]
    ready: bool,
    focus_jid: Option<String>,
    session_id: Option<String>,
    vnode: Option<String>,
    #[serde(default)]
    properties: serde_json::Map<String, serde_json::Value>,
}

impl Reply {
    pub(super) fn of_iq(iq: &Element) -> Self {
        let Some(conference) = iq.get_child("conference", ns::FOCUS) else {
            return Self::Failed { text: "No conference in the answer".to_owned(), shutdown: false };
        };
        let owned = |name: &'static str| conference.attr_filled(name).map(str::to_owned);
        let live = conference
            .children_of("property", ns::FOCUS)
            .find(|property| property.attr("name") == Some("live"))
            .is_none_or(|property| property.attr("value") != Some("false"));
        let ready = conference.attr("ready").is_some_and(|ready| matches!(ready, "true" | "1"));
        Self::of_parts(ready, live, owned("vnode"), owned("focusjid"), owned("session-id"))
    }

    pub(super) fn of_error(iq: &Element) -> Self {
        let error = StanzaError::of(iq);
        if let Some(reservation) = error.child("reservation-error") {
            let code = reservation.attr("error-code").map(|code| format!("Error {code}"));
            return Self::Reservation { text: error.text.or(code).unwrap_or_default() };
        }
        let shutdown = error.child("graceful-shutdown").is_some();
        match error.condition {
            _ if error.child("session-invalid").is_some() => Self::SessionInvalid,
            "not-authorized" => Self::NotAuthorized,
            "service-unavailable"
            | "remote-server-not-found"
            | "remote-server-timeout"
            | "item-not-found"
                if !shutdown =>
            {
                Self::Unavailable
            }
            _ => Self::Failed { text: error.describe(), shutdown },
        }
    }

    pub(super) fn of_http(status: u16, body: &str) -> Self {
        match status {
            200..=299 => match serde_json::from_str::<HttpReply>(body) {
                Ok(reply) => {
                    let live =
                        reply.properties.get("live").is_none_or(|live| live != "false" && *live != false);
                    Self::of_parts(reply.ready, live, reply.vnode, reply.focus_jid, reply.session_id)
                }
                Err(_) => Self::Unavailable,
            },
            400 if body.contains("invalid-session") => Self::SessionInvalid,
            401 | 403 => Self::NotAuthorized,
            400 => Self::Failed { text: body.chars().take(200).collect(), shutdown: false },
            _ => Self::Unavailable,
        }
    }

    fn of_parts(
        ready: bool,
        live: bool,
        vnode: Option<String>,
        focus: Option<String>,
        session_id: Option<String>,
    ) -> Self {
        if vnode.is_some_and(|vnode| !vnode.is_empty()) {
            Self::Redirected
        } else if ready && live {
            Self::Ready { focus, session_id }
        } else {
            Self::NotReady { live }
        }
    }
}
