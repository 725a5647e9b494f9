//! What the server itself and its components answer: disco, services, pings.

use minidom::Element;

use crate::names::{self, COMPONENTS, HOST};
use crate::options::LabOptions;
use crate::xml::{self, Build, ns};

/// The answer to an IQ to the server's own domain.
pub(super) fn server(iq: &Element, options: &LabOptions) -> Element {
    let Some(payload) = xml::payload(iq) else { return xml::error(iq, "modify", "bad-request") };
    match (payload.name(), payload.ns().as_str()) {
        ("query", ns::DISCO_INFO) => xml::result(iq).child(disco(options)),
        ("query", ns::DISCO_ITEMS) => xml::result(iq).child(xml::el("query", ns::DISCO_ITEMS)),
        ("services", namespace @ (ns::EXTDISCO | ns::EXTDISCO_OLD)) => {
            xml::result(iq).child(services(namespace))
        }
        ("ping", ns::PING) => xml::result(iq),
        _ => xml::error(iq, "cancel", "service-unavailable"),
    }
}

/// The answer to an IQ to a component: disco with the component's own node.
pub(super) fn component(iq: &Element, subdomain: &str, options: &LabOptions) -> Element {
    let Some(query) = iq.get_child("query", ns::DISCO_INFO).filter(|_| options.components) else {
        return xml::error(iq, "cancel", "service-unavailable");
    };
    let feature = |var: &str| xml::el("feature", ns::DISCO_INFO).with("var", var);
    let mut answer = xml::el("query", ns::DISCO_INFO).with_some("node", query.attr("node"));
    match (subdomain, query.attr("node")) {
        ("breakout", Some("breakout_rooms")) => {
            answer = answer.child(feature("http://jitsi.org/protocol/breakout_rooms#rename"));
        }
        ("lobby", Some("lobbyrooms")) => {
            answer = answer.child(feature("http://jitsi.org/protocol/lobbyrooms#displayname_required"));
        }
        _ => {}
    }
    xml::result(iq).child(answer)
}

/// The message `mod_jiconop` pushes right after the bind.
pub(super) fn push(to: &str, options: &LabOptions) -> Element {
    xml::client("message")
        .with("from", HOST)
        .with("to", to)
        .child(disco(options))
        .child(services(ns::EXTDISCO))
}

fn disco(options: &LabOptions) -> Element {
    let identity = |category: &str, kind: &str, name: &str| {
        xml::el("identity", ns::DISCO_INFO).with("category", category).with("type", kind).with("name", name)
    };
    let mut query = xml::el("query", ns::DISCO_INFO).child(identity("server", "im", "Prosody"));
    if options.components {
        for (kind, subdomain) in COMPONENTS {
            query = query.child(identity("component", kind, &names::component(subdomain)));
        }
    }
    let features = [
        ns::DISCO_INFO,
        ns::DISCO_ITEMS,
        "jabber:iq:roster",
        ns::PING,
        "msgoffline",
        ns::EXTDISCO,
        ns::EXTDISCO_OLD,
    ];
    query.children_from(features.into_iter().map(|var| xml::el("feature", ns::DISCO_INFO).with("var", var)))
}

fn services(namespace: &str) -> Element {
    let stun = xml::el("service", namespace).with("type", "stun").with("host", HOST).with("port", "3478");
    xml::el("services", namespace).child(stun)
}
