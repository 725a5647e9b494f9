//! One stream of an external component (XEP-0114): the handshake, stanzas in and out. No socket.
//!
//! Elsewhere in the lab stanzas are in `jabber:client`; on these streams they are in `jabber:component:accept`. The
//! change happens here and nowhere else.

use minidom::Element;
use minidom::rxml::error::EndOrError;
use minidom::rxml::{Parse, RawParser};
use minidom::tree_builder::TreeBuilder;
use sha1::{Digest, Sha1};

use crate::xml::{self, ns};

/// What came over the stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arrival {
    /// The server's stream header came; this is the answer.
    Challenge(String),
    /// The server believes who we are.
    Accepted,
    /// A stanza for one of the component's addresses.
    Stanza(Element),
}

/// The component's side of a stream.
pub(super) struct ComponentStream {
    secret: String,
    parser: RawParser,
    tree: TreeBuilder,
    challenged: bool,
}

impl ComponentStream {
    pub(super) fn new(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
            parser: RawParser::new(),
            tree: TreeBuilder::new(),
            challenged: false,
        }
    }

    /// What opens the stream.
    pub(super) fn open(domain: &str) -> String {
        format!("<stream:stream xmlns='{}' xmlns:stream='{}' to='{domain}'>", ns::COMPONENT, ns::STREAMS)
    }

    /// Takes bytes and gives what they complete.
    ///
    /// The error is for the log: no XML, an error of the stream, or its end.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Vec<Arrival>, String> {
        let mut arrivals = Vec::new();
        let mut rest = bytes;
        loop {
            match self.parser.parse(&mut rest, false) {
                Ok(Some(event)) => {
                    self.tree.process_event(event).map_err(|error| error.to_string())?;
                }
                Ok(None) => return Err("the stream ended".to_owned()),
                Err(EndOrError::NeedMoreData) => break,
                Err(EndOrError::Error(error)) => return Err(error.to_string()),
            }
            arrivals.extend(self.progress()?);
        }
        Ok(arrivals)
    }

    /// What the latest event completed, if anything.
    fn progress(&mut self) -> Result<Option<Arrival>, String> {
        if self.tree.root.is_some() {
            return Err("the server closed the stream".to_owned());
        }
        if self.tree.depth() != 1 {
            return Ok(None);
        }
        if !self.challenged {
            self.challenged = true;
            let id = self.tree.top().and_then(|header| header.attr("id")).unwrap_or_default().to_owned();
            return Ok(Some(Arrival::Challenge(self.handshake(&id))));
        }
        let Some(child) = self.tree.unshift_child() else { return Ok(None) };
        match child.name() {
            "handshake" => Ok(Some(Arrival::Accepted)),
            "error" if child.ns() == ns::STREAMS => {
                Err(child.children().map(Element::name).collect::<Vec<_>>().join(" "))
            }
            _ => Ok(Some(Arrival::Stanza(renamed(&child, ns::COMPONENT, ns::CLIENT)))),
        }
    }

    /// The proof that we know the secret (XEP-0114 §3).
    fn handshake(&self, id: &str) -> String {
        let digest = Sha1::digest(format!("{id}{}", self.secret));
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("<handshake>{digits}</handshake>")
    }
}

/// The text of a stanza on the stream; `None` only for names no XML writer can write.
pub(super) fn written(stanza: &Element) -> Option<String> {
    xml::frame(&renamed(stanza, ns::CLIENT, ns::COMPONENT))
}

/// A copy with one namespace in the place of another, all the way down.
fn renamed(element: &Element, from: &str, to: &str) -> Element {
    let namespace = element.ns();
    let mut copy = xml::el(element.name(), if namespace == from { to } else { &namespace });
    *copy.attrs_mut() = element.attrs().clone();
    for node in element.nodes() {
        match node.as_element() {
            Some(child) => copy.append_node(renamed(child, from, to).into()),
            None => copy.append_node(node.clone()),
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Build;

    const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
         xmlns='jabber:component:accept' id='3BF96D32' from='focus.meet.lab.test'>";

    #[test]
    fn the_handshake_is_the_one_of_the_specification() {
        let mut stream = ComponentStream::new("test");
        let arrivals = stream.read(HEADER.as_bytes()).unwrap();
        let answer = "<handshake>aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e</handshake>".to_owned();
        assert_eq!(arrivals, [Arrival::Challenge(answer)]);
        assert_eq!(stream.read(b"<handshake/>").unwrap(), [Arrival::Accepted]);
    }

    #[test]
    fn stanzas_arrive_whole_whatever_the_pieces() {
        let mut stream = ComponentStream::new("test");
        let text = format!(
            "{HEADER}<handshake></handshake> <presence from='a@b/c'><priority>0</priority>\
             <x xmlns='http://jabber.org/protocol/muc#user'/></presence><message/>"
        );
        let mut arrivals = Vec::new();
        for byte in text.as_bytes().chunks(3) {
            arrivals.extend(stream.read(byte).unwrap());
        }
        let presence = xml::client("presence")
            .with("from", "a@b/c")
            .child(xml::client("priority").say("0"))
            .child(xml::el("x", ns::MUC_USER));
        let expected =
            [Arrival::Accepted, Arrival::Stanza(presence), Arrival::Stanza(xml::client("message"))];
        assert_eq!(arrivals[1..], expected);
    }

    #[test]
    fn stanzas_leave_in_the_namespace_of_components() {
        let stanza = xml::client("iq").child(xml::el("ping", ns::PING)).child(xml::client("error").say("no"));
        let text = written(&stanza).unwrap();
        assert!(!text.contains(ns::CLIENT), "{text}");
        assert!(text.contains(ns::PING) && text.contains("no"), "{text}");
    }

    #[test]
    fn a_refusal_ends_the_stream() {
        let mut stream = ComponentStream::new("wrong");
        stream.read(HEADER.as_bytes()).unwrap();
        let refusal =
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
        assert_eq!(stream.read(refusal.as_bytes()), Err("not-authorized".to_owned()));
        let mut stream = ComponentStream::new("test");
        stream.read(HEADER.as_bytes()).unwrap();
        assert!(stream.read(b"</stream:stream>").is_err());
        assert!(ComponentStream::new("test").read(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>").is_err());
    }
}
