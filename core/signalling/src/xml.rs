//! Frames to elements and back: size and depth limits, building and reading shorthands, and the removal of characters
//! that XML cannot hold. In: text from the socket. Out: `minidom` elements, or the reason why not.

use std::borrow::Cow;

use minidom::Element;
use minidom::rxml::{Namespace, NcName};
use thiserror::Error;

/// Larger frames are dropped unread. Presence of a big room and JSON sources stay far below.
pub(crate) const MAX_FRAME: usize = 2 * 1024 * 1024;
/// Deeper trees are dropped: elements are freed recursively, so depth costs stack.
const MAX_DEPTH: usize = 64;

/// Why a frame was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]

pub(crate) enum FrameError {
    /// Longer than any frame of a conference needs to be.
    #[error("Frame is too large")]
    TooLarge,
    /// Nested deeper than any stanza is.
    #[error("Frame is nested too deep")]
    TooDeep,
    /// Not one well-formed element.
    #[error("Frame is not well-formed XML")]
    Malformed,
}

/// Reads one WebSocket frame (RFC 7395: exactly one element).
pub(crate) fn parse_frame(text: &str) -> Result<Element, FrameError> {
    let text = text.trim();
    if text.len() > MAX_FRAME {
        return Err(FrameError::TooLarge);
    }
    let shape = shape(text.as_bytes());
    if shape.depth > MAX_DEPTH {
        return Err(FrameError::TooDeep);
    }
    if shape.roots != 1 {
        return Err(FrameError::Malformed);
    }
    text.parse().map_err(|_| FrameError::Malformed)
}

/// How a frame is nested.
#[derive(Default)]
struct Shape {
    depth: usize,
    roots: usize,
}

/// Counts roots and the deepest nesting of start tags, by a scan that needs no stack.
fn shape(bytes: &[u8]) -> Shape {
    let (mut shape, mut open, mut at) = (Shape::default(), 0usize, 0usize);
    while let Some(start) = find(bytes, at, b"<") {
        if bytes[start..].starts_with(b"<![CDATA[") {
            at = find(bytes, start, b"]]>").map_or(bytes.len(), |end| end + 3);
            continue;
        }
        let end = tag_end(bytes, start + 1);
        if bytes.get(start + 1) == Some(&b'/') {
            open = open.saturating_sub(1);
        } else {
            shape.depth = shape.depth.max(open + 1);
            shape.roots += usize::from(open == 0);
            if bytes.get(end.wrapping_sub(1)) != Some(&b'/') {
                open += 1;
            }
        }
        at = end + 1;
    }
    shape
}

/// Where the tag that is open at `at` ends: at the first `>` outside quotes.
fn tag_end(bytes: &[u8], at: usize) -> usize {
    let mut quote = None;
    for (offset, &byte) in bytes.iter().enumerate().skip(at) {
        match (quote, byte) {
            (None, b'>') => return offset,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|at| from + at)
}

/// Writes an element as a frame of its own; every namespace it needs is declared in it.
pub(crate) fn write_frame(element: &Element) -> Option<String> {
    let mut bytes = Vec::with_capacity(512);
    element.write_to(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

/// Removes what XML 1.0 cannot hold (control characters, surrogate leftovers, the two non-characters).
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let valid = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(valid) { Cow::Borrowed(text) } else { text.chars().filter(|c| valid(*c)).collect() }
}

/// Builds an element step by step; attribute values and texts are cleaned.
pub(crate) struct Xml(Element);

/// Begins an element.
pub(crate) fn xml(name: &str, ns: &str) -> Xml {
    Xml(Element::bare(name, ns))
}

impl Xml {
    pub(crate) fn attr(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let name = NcName::try_from(name).expect("attribute names are constants and valid");
        self.0.set_attr(Namespace::NONE, name, clean(value.as_ref()).into_owned());
        self
    }

    pub(crate) fn attr_opt(self, name: &'static str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.0.append_text(clean(text).into_owned());
        }
        self
    }

    pub(crate) fn child(mut self, child: impl Into<Element>) -> Self {
        self.0.append_child(child.into());
        self
    }

    pub(crate) fn children<T: Into<Element>>(mut self, children: impl IntoIterator<Item = T>) -> Self {
        for child in children {
            self.0.append_child(child.into());
        }
        self
    }

    pub(crate) fn build(self) -> Element {
        self.0
    }
}

impl From<Xml> for Element {
    fn from(xml: Xml) -> Self {
        xml.0
    }
}

/// Reading shorthands.
pub(crate) trait Read {
    /// The first child of that name, in whatever namespace: Jitsi's own elements come with and without one.
    fn child_named(&self, name: &str) -> Option<&Element>;
    /// The text of the first child of that name; `None` when there is no such child or it is empty.
    fn child_text(&self, name: &str) -> Option<String>;
    /// Children of that name and namespace.
    fn children_of<'a>(&'a self, name: &'a str, ns: &'a str) -> impl Iterator<Item = &'a Element>;
    /// An attribute that is there and not empty.
    fn attr_filled<'a>(&'a self, name: &'a str) -> Option<&'a str>;
}

impl Read for Element {
    fn child_named(&self, name: &str) -> Option<&Element> {
        self.children().find(|child| child.name() == name)
    }

    fn child_text(&self, name: &str) -> Option<String> {
        self.child_named(name).map(Element::text).filter(|text| !text.is_empty())
    }

    fn children_of<'a>(&'a self, name: &'a str, ns: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children().filter(move |child| child.is(name, ns))
    }

    fn attr_filled<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.attr(name).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ns;

    #[test]
    fn a_frame_carries_its_own_namespaces() {
        let iq = xml("iq", ns::CLIENT).attr("type", "get").child(xml("ping", ns::PING)).build();
        assert_eq!(
            write_frame(&iq).as_deref(),
            Some("<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>")
        );
    }

    #[test]
    fn a_prefixed_frame_is_read_by_namespace() {
        let features = parse_frame(
            "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><bind \
             xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        )
        .unwrap();
        assert!(features.is("features", ns::STREAMS));
        assert!(features.has_child("bind", ns::BIND));
    }

    #[test]
    fn long_texts_arrive_whole() {
        let long = "ü".repeat(300_000);
        let frame = format!("<message xmlns='jabber:client'><body>{long}</body></message>");
        assert_eq!(parse_frame(&frame).unwrap().child_text("body"), Some(long));
    }

    #[test]
    fn hostile_frames_are_refused() {
        assert_eq!(parse_frame(&"<a xmlns='x'>".repeat(5_000)), Err(FrameError::TooDeep));
        let padded = "<a xmlns='x'>/>".repeat(5_000);
        assert_eq!(parse_frame(&padded), Err(FrameError::TooDeep));
        let quoted = "<a xmlns='x' b='/'>".repeat(5_000);
        assert_eq!(parse_frame(&quoted), Err(FrameError::TooDeep));
        assert_eq!(parse_frame(&" x".repeat(MAX_FRAME)), Err(FrameError::TooLarge));
        for bad in [
            "",
            "text",
            "<a",
            "<a xmlns='x'/><b xmlns='x'/>",
            "<!DOCTYPE a><a xmlns='x'/>",
            "<a xmlns='x'>&b;</a>",
        ] {
            assert_eq!(parse_frame(bad), Err(FrameError::Malformed), "{bad}");
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_removed() {
        assert_eq!(clean("a\u{0}b\u{b}c\u{ffff}d\n😀"), "abcd\n😀");
        assert!(matches!(clean("plain"), Cow::Borrowed(_)));
        let message =
            xml("message", ns::CLIENT).attr("id", "\u{1}7").child(xml("body", ns::CLIENT).text("\u{8}hi"));
        assert_eq!(
            write_frame(&message.build()).as_deref(),
            Some("<message xmlns='jabber:client' id='7'><body>hi</body></message>")
        );
    }
}
