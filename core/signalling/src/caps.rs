//! Who we say we are: features, the entity-capabilities hash (XEP-0115) and the disco#info answer.
//! Jicofo offers only what is listed here, so the list is what this client really does.

use minidom::Element;
use xmpp_parsers::caps::{compute_disco, hash_caps};
use xmpp_parsers::disco::{DiscoInfoResult, Identity};
use xmpp_parsers::hashes::Algo;

use crate::ns;
use crate::xml::{Xml, xml};

/// The address that stands for this program in entity capabilities.
const NODE: &str = "https://treffmeet.org/treff";

const FEATURES: [&str; 15] = [
    "http://jabber.org/protocol/caps",
    "http://jabber.org/protocol/disco#info",
    "http://jitsi.org/json-encoded-sources",
    "http://jitsi.org/receive-multiple-video-streams",
    "http://jitsi.org/source-name",
    "http://jitsi.org/start-muted-room-metadata",
    "http://jitsi.org/tcc",
    "urn:ietf:rfc:4588",
    "urn:xmpp:jingle:1",
    "urn:xmpp:jingle:apps:dtls:0",
    "urn:xmpp:jingle:apps:rtp:1",
    "urn:xmpp:jingle:apps:rtp:audio",
    "urn:xmpp:jingle:apps:rtp:video",
    "urn:xmpp:jingle:transports:ice-udp:1",
    "urn:xmpp:ping",
];

/// Content `data` is offered only to those who list this.
const SCTP: &str = "urn:xmpp:jingle:transports:dtls-sctp:1";

/// Our capabilities and their hash.
#[derive(Clone, Debug)]
pub(crate) struct Capabilities {
    info: DiscoInfoResult,
    ver: String,
}

impl Capabilities {
    /// `sctp`: whether the bridge channel may go over a data channel.
    pub(crate) fn new(sctp: bool) -> Self {
        let features = FEATURES.into_iter().chain(sctp.then_some(SCTP)).map(str::to_owned).collect();
        let identity = Identity {
            category: "client".into(),
            type_: "pc".into(),
            lang: None,
            name: Some("Treff".into()),
        };
        let info =
            DiscoInfoResult { node: None, identities: vec![identity], features, extensions: Vec::new() };
        let ver = verification(&info);
        Self { info, ver }
    }

    /// The element that goes into every presence.
    pub(crate) fn element(&self) -> Xml {
        xml("c", ns::CAPS).attr("hash", "sha-1").attr("node", NODE).attr("ver", &self.ver)
    }

    /// The answer to a disco#info query, echoing its node; `None` if it asks for a node that is not ours.
    pub(crate) fn answer(&self, query: &Element) -> Option<Xml> {
        let node = query.attr("node");
        let ours = |node: &str| {
            node == NODE || node.strip_prefix(NODE).and_then(|rest| rest.strip_prefix('#')) == Some(&self.ver)
        };
        if node.is_some_and(|node| !node.is_empty() && !ours(node)) {
            return None;
        }
        let identities = self.info.identities.iter().map(|identity| {
            xml("identity", ns::DISCO_INFO)
                .attr("category", &identity.category)
                .attr("type", &identity.type_)
                .attr_opt("name", identity.name.as_ref())
        });
        let features =
            self.info.features.iter().map(|feature| xml("feature", ns::DISCO_INFO).attr("var", feature));
        Some(xml("query", ns::DISCO_INFO).attr_opt("node", node).children(identities).children(features))
    }
}

/// The base64 SHA-1 of the capabilities string.
fn verification(info: &DiscoInfoResult) -> String {
    hash_caps(&compute_disco(info), Algo::Sha_1).map(|hash| hash.to_base64()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disco;

    #[test]
    fn the_hash_is_the_one_the_web_client_sends_for_its_features() {
        let features = [
            "http://jabber.org/protocol/caps",
            "http://jitsi.org/json-encoded-sources",
            "http://jitsi.org/receive-multiple-video-streams",
            "http://jitsi.org/remb",
            "http://jitsi.org/source-name",
            "http://jitsi.org/start-muted-room-metadata",
            "http://jitsi.org/tcc",
            "http://jitsi.org/visitors-1",
            "urn:ietf:rfc:4588",
            "urn:xmpp:jingle:1",
            "urn:xmpp:jingle:apps:dtls:0",
            "urn:xmpp:jingle:apps:rtp:1",
            "urn:xmpp:jingle:apps:rtp:audio",
            "urn:xmpp:jingle:apps:rtp:video",
            "urn:xmpp:jingle:transports:dtls-sctp:1",
            "urn:xmpp:jingle:transports:ice-udp:1",
            "urn:xmpp:rayo:client:1",
        ];
        let info = DiscoInfoResult {
            node: None,
            identities: Vec::new(),
            features: features.into_iter().map(str::to_owned).collect(),
            extensions: Vec::new(),
        };
        assert_eq!(verification(&info), "dtzK/3xhISaXUMVg59IpXxdvKyQ=");
    }

    #[test]
    fn the_answer_echoes_the_node_and_holds_what_was_hashed() {
        let capabilities = Capabilities::new(true);
        let node = format!("{NODE}#{}", capabilities.ver);
        let answer = capabilities.answer(&disco::query(Some(&node)).build()).unwrap().build();
        assert_eq!(answer.attr("node"), Some(node.as_str()));
        assert!(disco::parse(&answer).features.contains(SCTP));
        assert!(capabilities.answer(&disco::query(None).build()).is_some());
        assert!(capabilities.answer(&disco::query(Some("other")).build()).is_none());
    }

    #[test]
    fn without_sctp_the_hash_differs() {
        assert_ne!(Capabilities::new(true).ver, Capabilities::new(false).ver);
    }
}
