//! Building and reading stanzas with minidom, in the few shapes a server needs.
//!
//! Owns the namespaces and the small builder vocabulary. In: names and values. Out: elements.

use minidom::Element;
use minidom::rxml::{Namespace, NcName};

/// The namespaces on the wire.
pub(crate) mod ns {
    pub(crate) const CLIENT: &str = "jabber:client";
    pub(crate) const COMPONENT: &str = "jabber:component:accept";
    pub(crate) const STREAMS: &str = "http://etherx.jabber.org/streams";
    pub(crate) const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
    pub(crate) const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
    pub(crate) const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
    pub(crate) const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
    pub(crate) const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
    pub(crate) const SM: &str = "urn:xmpp:sm:3";
    pub(crate) const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
    pub(crate) const DISCO_ITEMS: &str = "http://jabber.org/protocol/disco#items";
    pub(crate) const EXTDISCO: &str = "urn:xmpp:extdisco:2";
    pub(crate) const EXTDISCO_OLD: &str = "urn:xmpp:extdisco:1";
    pub(crate) const PING: &str = "urn:xmpp:ping";
    pub(crate) const CAPS: &str = "http://jabber.org/protocol/caps";
    pub(crate) const NICK: &str = "http://jabber.org/protocol/nick";
    pub(crate) const MUC: &str = "http://jabber.org/protocol/muc";
    pub(crate) const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
    pub(crate) const MUC_ADMIN: &str = "http://jabber.org/protocol/muc#admin";
    pub(crate) const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
    pub(crate) const DATA_FORM: &str = "jabber:x:data";
    pub(crate) const DELAY: &str = "urn:xmpp:delay";
    pub(crate) const OCCUPANT_ID: &str = "urn:xmpp:occupant-id:0";
    pub(crate) const CONFERENCE: &str = "jabber:x:conference";
    pub(crate) const JITMEET: &str = "http://jitsi.org/jitmeet";
    pub(crate) const ETHERPAD: &str = "http://jitsi.org/jitmeet/etherpad";
    pub(crate) const START_MUTED: &str = "http://jitsi.org/jitmeet/start-muted";
    pub(crate) const FOCUS: &str = "http://jitsi.org/protocol/focus";
    pub(crate) const COLIBRI: &str = "http://jitsi.org/protocol/colibri";
    pub(crate) const JINGLE: &str = "urn:xmpp:jingle:1";
    pub(crate) const JINGLE_ERRORS: &str = "urn:xmpp:jingle:errors:1";
    pub(crate) const RTP: &str = "urn:xmpp:jingle:apps:rtp:1";
    pub(crate) const RTCP_FB: &str = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0";
    pub(crate) const HDREXT: &str = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0";
    pub(crate) const SSMA: &str = "urn:xmpp:jingle:apps:rtp:ssma:0";
    pub(crate) const ICE: &str = "urn:xmpp:jingle:transports:ice-udp:1";
    pub(crate) const DTLS: &str = "urn:xmpp:jingle:apps:dtls:0";
    pub(crate) const SCTP: &str = "urn:xmpp:jingle:transports:dtls-sctp:1";
    pub(crate) const GROUPING: &str = "urn:xmpp:jingle:apps:grouping:0";
}

/// The mute IQs' namespace for one medium (`audio`, `video`, `desktop`).
pub(crate) fn mute_namespace(medium: &str) -> String {
    format!("{}/{medium}", ns::JITMEET)
}

/// An empty element.
pub(crate) fn el(name: &str, namespace: &str) -> Element {
    Element::bare(name, namespace)
}

/// An empty element of `jabber:client`.
pub(crate) fn client(name: &str) -> Element {
    el(name, ns::CLIENT)
}

/// Sets an attribute, or replaces its value.
pub(crate) fn set(element: &mut Element, name: &str, value: &str) {
    let Ok(name) = NcName::try_from(name) else { return };
    element.set_attr(Namespace::NONE, name, value);
}

/// Chained building.
pub(crate) trait Build: Sized {
    /// With this attribute.
    fn with(self, name: &str, value: impl AsRef<str>) -> Self;
    /// With this attribute when there is a value.
    fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
    /// With this child at the end.
    fn child(self, child: Element) -> Self;
    /// With these children at the end.
    fn children_from(self, children: impl IntoIterator<Item = Element>) -> Self {
        children.into_iter().fold(self, Self::child)
    }
    /// With this text at the end.
    fn say(self, text: &str) -> Self;
}

impl Build for Element {
    fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        set(&mut self, name, value.as_ref());
        self
    }

    fn child(mut self, child: Element) -> Self {
        self.append_child(child);
        self
    }

    fn say(mut self, text: &str) -> Self {
        self.append_text_node(text);
        self
    }
}

/// The answer to an IQ, still empty.
pub(crate) fn result(iq: &Element) -> Element {
    answer(iq, "result")
}

/// An IQ of type `error` with a defined condition of RFC 6120 §8.3.3.
pub(crate) fn error(iq: &Element, kind: &str, condition: &str) -> Element {
    answer(iq, "error").child(stanza_error(kind, condition))
}

/// An IQ of type `error` with this `<error>`.
pub(crate) fn error_with(iq: &Element, error: Element) -> Element {
    answer(iq, "error").child(error)
}

/// The `<error>` child alone.
pub(crate) fn stanza_error(kind: &str, condition: &str) -> Element {
    client("error").with("type", kind).child(el(condition, ns::STANZAS))
}

/// The human-readable text inside an `<error>`.
pub(crate) fn error_text(text: &str) -> Element {
    el("text", ns::STANZAS).say(text)
}

fn answer(iq: &Element, kind: &str) -> Element {
    client("iq")
        .with("type", kind)
        .with_some("id", iq.attr("id"))
        .with_some("from", iq.attr("to"))
        .with_some("to", iq.attr("from"))
}

/// The first child element whatever its name.
pub(crate) fn payload(stanza: &Element) -> Option<&Element> {
    stanza.children().next()
}

/// A text frame of a stanza; `None` only for names no XML writer can write.
pub(crate) fn frame(stanza: &Element) -> Option<String> {
    let mut bytes = Vec::new();
    stanza.write_to(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}
