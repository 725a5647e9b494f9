//! The owner's form of a room (XEP-0045 §10) as far as Jitsi uses it: who sees real addresses, the password, the lobby.
//! In: the form as the server has it and what shall change. Out: the form to submit.

use minidom::Element;

use crate::ns;
use crate::xml::{Read, Xml, xml};

const FORM_TYPE: &str = "http://jabber.org/protocol/muc#roomconfig";
const WHOIS: &str = "muc#roomconfig_whois";
const SECRET: &str = "muc#roomconfig_roomsecret";
const PROTECTED: &str = "muc#roomconfig_passwordprotectedroom";
const MEMBERS_ONLY: &str = "muc#roomconfig_membersonly";

/// What shall change about a room's door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DoorChange {
    /// Another password, or none.
    pub(crate) password: Option<Option<String>>,
    /// The lobby on or off.
    pub(crate) lobby: Option<bool>,
}

impl DoorChange {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How the room's door is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DoorState {
    pub(crate) password: bool,
    pub(crate) lobby: bool,
}

/// The answer to the form of a new room: real addresses are visible to all, as Jitsi needs it.
pub(crate) fn visible_to_all(query: &Element) -> Option<Element> {
    offers(query, WHOIS).then(|| submit([field(WHOIS, "anyone")]))
}

/// The answer that changes the door; `None` when the server offers no such fields. What stays is said again, since
/// servers take an absent field for switched off.
pub(crate) fn door(query: &Element, change: &DoorChange, now: DoorState) -> Option<Element> {
    let (secret, members_only) = (offers(query, SECRET), offers(query, MEMBERS_ONLY));
    if (change.password.is_some() && !secret) || (change.lobby.is_some() && !members_only) {
        return None;
    }
    let mut fields = Vec::new();
    match &change.password {
        Some(password) => {
            fields.push(field(SECRET, password.as_deref().unwrap_or_default()));
            fields.push(field(PROTECTED, if password.is_some() { "1" } else { "0" }));
        }
        None if now.password => fields.push(field(PROTECTED, "1")),
        None => {}
    }
    match change.lobby {
        Some(on) => fields.push(field(MEMBERS_ONLY, if on { "true" } else { "false" })),
        None if now.lobby => fields.push(field(MEMBERS_ONLY, "true")),
        None => {}
    }
    if offers(query, WHOIS) {
        fields.push(field(WHOIS, "anyone"));
    }
    Some(submit(fields))
}

fn offers(query: &Element, name: &str) -> bool {
    let form = query.get_child("x", ns::DATA_FORMS);
    form.is_some_and(|form| {
        form.children_of("field", ns::DATA_FORMS).any(|field| field.attr("var") == Some(name))
    })
}

fn field(name: &str, value: &str) -> Xml {
    xml("field", ns::DATA_FORMS).attr("var", name).child(xml("value", ns::DATA_FORMS).text(value))
}

fn submit(fields: impl IntoIterator<Item = Xml>) -> Element {
    let form =
        xml("x", ns::DATA_FORMS).attr("type", "submit").child(field("FORM_TYPE", FORM_TYPE)).children(fields);
    xml("query", ns::MUC_OWNER).child(form).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[&str]) -> Element {
        let fields = fields.iter().map(|name| xml("field", ns::DATA_FORMS).attr("var", name));
        xml("query", ns::MUC_OWNER)
            .child(xml("x", ns::DATA_FORMS).attr("type", "form").children(fields))
            .build()
    }

    fn values(query: &Element) -> Vec<(String, String)> {
        let form = query.get_child("x", ns::DATA_FORMS).expect("a form");
        form.children_of("field", ns::DATA_FORMS)
            .map(|field| {
                let name = field.attr("var").unwrap_or_default().trim_start_matches("muc#roomconfig_");
                (name.to_owned(), field.child_text("value").unwrap_or_default())
            })
            .skip(1)
            .collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_new_rooms_form_is_answered_only_where_it_asks() {
        let answer = visible_to_all(&form(&[WHOIS])).expect("an answer");
        assert_eq!(values(&answer), pairs(&[("whois", "anyone")]));
        assert!(visible_to_all(&form(&["muc#roomconfig_persistentroom"])).is_none());
    }

    #[test]
    fn a_change_says_again_what_stays() {
        let whole = form(&[SECRET, MEMBERS_ONLY, WHOIS]);
        let lock = DoorChange { password: Some(Some("rose".into())), lobby: None };
        let answer = door(&whole, &lock, DoorState { password: false, lobby: true }).expect("an answer");
        let expected = [
            ("roomsecret", "rose"),
            ("passwordprotectedroom", "1"),
            ("membersonly", "true"),
            ("whois", "anyone"),
        ];
        assert_eq!(values(&answer), pairs(&expected));
        let lobby = DoorChange { password: None, lobby: Some(false) };
        let answer = door(&whole, &lobby, DoorState { password: true, lobby: true }).expect("an answer");
        let expected = [("passwordprotectedroom", "1"), ("membersonly", "false"), ("whois", "anyone")];
        assert_eq!(values(&answer), pairs(&expected));
        let unlock = DoorChange { password: Some(None), lobby: None };
        let answer = door(&form(&[SECRET]), &unlock, DoorState::default()).expect("an answer");
        assert_eq!(values(&answer), pairs(&[("roomsecret", ""), ("passwordprotectedroom", "0")]));
    }

    #[test]
    fn what_the_server_does_not_offer_is_not_asked_for() {
        let lobby = DoorChange { password: None, lobby: Some(true) };
        assert_eq!(door(&form(&[SECRET]), &lobby, DoorState::default()), None);
        let lock = DoorChange { password: Some(None), lobby: None };
        assert_eq!(door(&form(&[MEMBERS_ONLY]), &lock, DoorState::default()), None);
    }
}
