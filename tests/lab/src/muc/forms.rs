//! Data forms (XEP-0004) and disco answers of a room, as Prosody writes them.

use minidom::Element;

use super::Room;
use crate::xml::{self, Build, ns};

/// A room's disco#info.
pub(super) fn disco(room: &Room) -> Element {
    let mut features = vec![
        "muc_nonanonymous",
        ns::MUC,
        "http://jabber.org/protocol/muc#stable_id",
        "http://jabber.org/protocol/muc#self-ping-optimization",
        "muc_unmoderated",
        ns::OCCUPANT_ID,
        "http://jabber.org/protocol/muc#request",
        "muc_temporary",
        "muc_hidden",
        "jabber:iq:register",
    ];
    features.push(if room.password.is_some() { "muc_passwordprotected" } else { "muc_unsecured" });
    features.push(if room.lobby.is_some() { "muc_membersonly" } else { "muc_open" });
    let mut fields = vec![
        hidden("http://jabber.org/protocol/muc#roominfo"),
        text("muc#roominfo_lang", "en"),
        text("muc#roominfo_occupants", &room.occupants.len().to_string()),
        text("muc#roominfo_description", ""),
        text("muc#roominfo_meetingId", &room.meeting_id),
        text("muc#roominfo_created_timestamp", &room.created.to_string()),
    ];
    if let Some(lobby) = &room.lobby {
        fields.push(text("muc#roominfo_lobbyroom", &lobby.to_string()));
    }
    let features = features.into_iter().map(|var| xml::el("feature", ns::DISCO_INFO).with("var", var));
    let form = xml::el("x", ns::DATA_FORM).with("type", "result").children_from(fields);
    xml::el("query", ns::DISCO_INFO)
        .child(xml::el("identity", ns::DISCO_INFO).with("category", "conference").with("type", "text"))
        .children_from(features)
        .child(form)
}

/// The owner's form with the fields Jitsi's clients look for.
pub(super) fn owner_form(room: &Room) -> Element {
    let boolean = |var: &str, on: bool| {
        xml::el("field", ns::DATA_FORM).with("var", var).with("type", "boolean").child(value(if on {
            "1"
        } else {
            "0"
        }))
    };
    let form = xml::el("x", ns::DATA_FORM)
        .with("type", "form")
        .child(xml::el("title", ns::DATA_FORM).say(&format!("Configuration for {}", room.jid)))
        .child(hidden("http://jabber.org/protocol/muc#roomconfig"))
        .child(text("muc#roomconfig_roomname", ""))
        .child(boolean("muc#roomconfig_publicroom", false))
        .child(text("muc#roomconfig_roomsecret", room.password.as_deref().unwrap_or_default()))
        .child(boolean("muc#roomconfig_passwordprotectedroom", room.password.is_some()))
        .child(boolean("muc#roomconfig_membersonly", room.lobby.is_some()))
        .child(text("muc#roomconfig_whois", "anyone"));
    xml::el("query", ns::MUC_OWNER).child(form)
}

/// The value of a submitted field.
pub(super) fn field(form: &Element, var: &str) -> Option<String> {
    let field = form.children().find(|field| field.attr("var") == Some(var))?;
    Some(field.get_child("value", ns::DATA_FORM).map(Element::text).unwrap_or_default())
}

fn hidden(form_type: &str) -> Element {
    xml::el("field", ns::DATA_FORM).with("var", "FORM_TYPE").with("type", "hidden").child(value(form_type))
}

fn text(var: &str, content: &str) -> Element {
    xml::el("field", ns::DATA_FORM).with("var", var).with("type", "text-single").child(value(content))
}

fn value(content: &str) -> Element {
    xml::el("value", ns::DATA_FORM).say(content)
}
