//! Service discovery: disco#info results of servers and rooms (XEP-0030), Jitsi's component addresses, and the
//! answer about ourselves. In: query elements. Out: plain records; nothing is kept here.

use std::collections::{BTreeMap, BTreeSet};

use minidom::Element;

use crate::event::RoomInformation;
use crate::ns;
use crate::xml::{Read, Xml, xml};

/// A disco#info result, read as far as Jitsi uses it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DiscoInfo {
    /// Category, type and name of each identity.
    pub(crate) identities: Vec<(String, String, String)>,
    pub(crate) features: BTreeSet<String>,
    /// First value of each field of the attached form.
    pub(crate) form: BTreeMap<String, String>,
}

/// Reads a disco#info result; what is missing is just absent.
pub(crate) fn parse(query: &Element) -> DiscoInfo {
    let attr = |element: &Element, name: &'static str| element.attr(name).unwrap_or_default().to_owned();
    DiscoInfo {
        identities: query
            .children_of("identity", ns::DISCO_INFO)
            .map(|identity| (attr(identity, "category"), attr(identity, "type"), attr(identity, "name")))
            .collect(),
        features: query
            .children_of("feature", ns::DISCO_INFO)
            .filter_map(|feature| feature.attr_filled("var").map(str::to_owned))
            .collect(),
        form: query
            .children_of("x", ns::DATA_FORMS)
            .flat_map(|form| form.children_of("field", ns::DATA_FORMS))
            .filter_map(|field| Some((field.attr("var")?.to_owned(), field.child_text("value")?)))
            .collect(),
    }
}

/// Addresses of Jitsi's components, told by the server's identities: only these may speak for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Components(BTreeMap<String, String>);

impl Components {
    pub(crate) fn of(info: &DiscoInfo) -> Self {
        let components = info
            .identities
            .iter()
            .filter(|(category, _, name)| category == "component" && !name.is_empty())
            .map(|(_, kind, name)| (kind.clone(), name.to_ascii_lowercase()));
        Self(components.collect())
    }

    /// The address of the component of that type.
    pub(crate) fn address(&self, kind: &str) -> Option<&str> {
        self.0.get(kind).map(String::as_str)
    }

    /// The type of the component with that address.
    pub(crate) fn kind_of(&self, address: &str) -> Option<&str> {
        let address = address.to_ascii_lowercase();
        self.0.iter().find(|(_, known)| **known == address).map(|(kind, _)| kind.as_str())
    }
}

/// What the room's disco#info says.
pub(crate) fn room_information(info: &DiscoInfo) -> RoomInformation {
    let field = |name: &str| info.form.get(name).cloned();
    RoomInformation {
        meeting_id: field("muc#roominfo_meetingId"),
        created_ms: field("muc#roominfo_created_timestamp").and_then(|stamp| stamp.parse().ok()),
        password_protected: info.features.contains("muc_passwordprotected"),
        members_only: info.features.contains("muc_membersonly"),
        lobby_room: field("muc#roominfo_lobbyroom"),
        breakout: field("muc#roominfo_isbreakout")
            .is_some_and(|value| matches!(value.as_str(), "1" | "true")),
    }
}

/// A disco#info query.
pub(crate) fn query(node: Option<&str>) -> Xml {
    xml("query", ns::DISCO_INFO).attr_opt("node", node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    #[test]
    fn components_are_told_by_identities() {
        let query = parse_frame(
            "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im' name='Prosody'/>\
             <identity category='component' type='lobbyrooms' name='Lobby.meet.example'/><feature var='urn:xmpp:ping'/></query>",
        )
        .unwrap();
        let info = parse(&query);
        assert!(info.features.contains("urn:xmpp:ping"));
        let components = Components::of(&info);
        assert_eq!(components.address("lobbyrooms"), Some("lobby.meet.example"));
        assert_eq!(components.kind_of("lobby.MEET.example"), Some("lobbyrooms"));
        assert_eq!(components.kind_of("mallory.example"), None);
    }

    #[test]
    fn a_rooms_form_is_read() {
        let query = parse_frame(
            "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='muc_membersonly'/><x xmlns='jabber:x:data' \
             type='result'><field var='muc#roominfo_meetingId'><value>m-1</value></field><field \
             var='muc#roominfo_created_timestamp'><value>1795520716000</value></field><field \
             var='muc#roominfo_isbreakout'/></x></query>",
        )
        .unwrap();
        let room = room_information(&parse(&query));
        assert_eq!((room.meeting_id.as_deref(), room.created_ms), (Some("m-1"), Some(1_795_520_716_000)));
        assert!(room.members_only && !room.password_protected && !room.breakout);
    }
}
