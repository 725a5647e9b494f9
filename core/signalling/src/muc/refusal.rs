//! Why a room does not let us in: the error presence of a join, read into one of the cases a client can act on.

use minidom::Element;

use crate::ns;
use crate::output::StanzaError;
use crate::xml::Read;

/// Why the join failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A password is needed, or ours is wrong.
    Password,
    /// Members only: knock at the lobby.
    MembersOnly {
        lobby: Option<String>,
        waiting_for_host: bool,
    },
    /// The focus is not in the room, so it does not exist: ask the focus again.
    NoSuchRoom,
    /// Only those with an account.
    Authentication,
    /// A display name is needed.
    DisplayName,
    /// As many are in as may be.
    Full,
    /// The nickname is taken or not liked.
    Nickname,
    NotAllowed {
        text: Option<String>,
    },
    Other {
        text: String,
    },
}

/// Reads an error presence. `anonymous_domain`: we are logged in where rooms cannot be created.
pub(crate) fn parse(presence: &Element, anonymous_domain: bool) -> Refusal {
    let error = StanzaError::of(presence);
    if error.child("displayname-required").is_some() || presence.child_named("displayname-required").is_some()
    {
        return Refusal::DisplayName;
    }
    match error.condition {
        "not-authorized" => Refusal::Password,
        "registration-required" => Refusal::MembersOnly {
            lobby: error
                .child("lobbyroom")
                .map(Element::text)
                .or_else(|| presence.child_text("lobbyroom"))
                .map(|lobby| lobby.trim().to_ascii_lowercase())
                .filter(|lobby| !lobby.is_empty()),
            waiting_for_host: error.child("waiting-for-host").is_some()
                || presence.child_named("waiting-for-host").is_some(),
        },
        "not-allowed" => not_allowed(&error, anonymous_domain),
        "service-unavailable" | "resource-constraint" => Refusal::Full,
        "conflict" | "not-acceptable" | "jid-malformed" => Refusal::Nickname,
        _ => Refusal::Other { text: error.describe() },
    }
}

fn not_allowed(error: &StanzaError<'_>, anonymous_domain: bool) -> Refusal {
    if error.child("authentication-required").is_some() {
        return Refusal::Authentication;
    }
    let visitors =
        error.element.is_some_and(|element| element.children().any(|child| child.has_ns(ns::VISITORS)));
    let restricted = error.child("room-does-not-exist").is_some()
        || error.text.as_deref().is_some_and(|text| text.contains("Room creation is restricted"));
    if restricted {
        Refusal::NoSuchRoom
    } else if anonymous_domain && !visitors && error.text.is_none() {
        Refusal::Authentication
    } else {
        Refusal::NotAllowed { text: error.text.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    fn read(condition: &str, specific: &str, beside: &str) -> Refusal {
        let frame = format!(
            "<presence xmlns='jabber:client' type='error' from='garden@muc.example/ada00001'><error type='auth'><{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>{specific}</error>{beside}</presence>"
        );
        parse(&parse_frame(&frame).unwrap(), false)
    }

    #[test]
    fn each_case_is_told_apart() {
        let jitmeet = |name: &str| format!("<{name} xmlns='http://jitsi.org/jitmeet'/>");
        let text = |text: &str| format!("<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{text}</text>");
        for (condition, specific, refusal) in [
            ("not-authorized", String::new(), Refusal::Password),
            ("not-allowed", text("Room creation is restricted"), Refusal::NoSuchRoom),
            ("not-allowed", jitmeet("room-does-not-exist"), Refusal::NoSuchRoom),
            ("not-allowed", jitmeet("authentication-required"), Refusal::Authentication),
            ("not-allowed", text("Go away"), Refusal::NotAllowed { text: Some("Go away".into()) }),
            (
                "not-allowed",
                "<no-visitors-lobby xmlns='jitsi:visitors'/>".into(),
                Refusal::NotAllowed { text: None },
            ),
            ("service-unavailable", String::new(), Refusal::Full),
            ("not-acceptable", jitmeet("displayname-required"), Refusal::DisplayName),
            ("conflict", String::new(), Refusal::Nickname),
            ("gone", String::new(), Refusal::Other { text: "gone".into() }),
        ] {
            assert_eq!(read(condition, &specific, ""), refusal, "{condition} {specific}");
        }
    }

    #[test]
    fn the_lobby_is_named_inside_or_beside_the_error() {
        let members_only = |waiting_for_host| Refusal::MembersOnly {
            lobby: Some("garden@lobby.example".into()),
            waiting_for_host,
        };
        let inside =
            "<lobbyroom xmlns='http://jitsi.org/jitmeet'>garden@lobby.example</lobbyroom><waiting-for-host/>";
        assert_eq!(read("registration-required", inside, ""), members_only(true));
        let beside = "<lobbyroom>Garden@lobby.example</lobbyroom>";
        assert_eq!(read("registration-required", "", beside), members_only(false));
    }

    #[test]
    fn where_rooms_cannot_be_created_a_bare_refusal_asks_for_an_account() {
        let frame = "<presence xmlns='jabber:client' type='error'><error type='cancel'><not-allowed \
                     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>";
        assert_eq!(parse(&parse_frame(frame).unwrap(), true), Refusal::Authentication);
    }
}
