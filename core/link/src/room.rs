//! Room names and the rule that makes one string of all the ways to write one.
//!
//! Every client must arrive at the same bytes, for they are the localpart of the room's JID and the value of every
//! `room=` parameter; two spellings that end differently are two rooms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

/// What ECMAScript's `encodeURIComponent` leaves alone.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// For links: also hides what [`cut`] would remove when the link is read again.
const LINK: &AsciiSet = &COMPONENT.add(b'!').add(b'*').add(b'\'').add(b'(').add(b')');

/// Characters that deployments cut out of every path segment.
const REMOVED: &[char] = &[
    ':', '?', '#', '[', ']', '@', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '=', '>', '<', '/', '"',
];

/// A room's name in the one form that goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomName(String);

impl RoomName {
    /// The localpart of a JID is limited to 1023 bytes (RFC 7622, section 3.3).
    pub(crate) const MAX_BYTES: usize = 1023;

    /// Normalises one path segment. `None` when nothing is left of it or when it is longer than a JID allows.
    #[must_use]
    pub fn from_segment(segment: &str) -> Option<Self> {
        let name = normalise(&cut(segment));
        (!name.is_empty() && name.len() <= Self::MAX_BYTES).then_some(Self(name))
    }

    /// The localpart of the room's JID and the value of `room=`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path segment of a link to this room.
    pub(crate) fn to_segment(&self) -> String {
        encode_for_link(&self.display()).to_lowercase()
    }

    /// The decoded form, for people.
    #[must_use]
    pub fn display(&self) -> String {
        decode(&self.0)
    }
}

/// Removes the characters that may not be part of a segment.
pub(crate) fn cut(segment: &str) -> String {
    segment.replace(REMOVED, "")
}

/// Decodes a whole segment, or leaves all of it alone when any part is malformed, as `decodeURIComponent` throws.
pub(crate) fn decode(segment: &str) -> String {
    let mut rest = segment;
    while let Some((_, after)) = rest.split_once('%') {
        let digits = after.as_bytes();
        if digits.len() < 2 || !digits[..2].iter().all(u8::is_ascii_hexdigit) {
            return segment.to_owned();
        }
        rest = after;
    }
    percent_decode_str(segment).decode_utf8().map_or_else(|_| segment.to_owned(), Into::into)
}

/// Encodes as `encodeURIComponent` does.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// Encodes a decoded text so that it survives being read as a path segment.
pub(crate) fn encode_for_link(text: &str) -> String {
    utf8_percent_encode(text, LINK).to_string()
}

/// Decode, NFKC, lower case, encode, lower case: the order is part of the rule.
pub(crate) fn normalise(segment: &str) -> String {
    let text: String = decode(segment).nfkc().collect();
    encode(&text.to_lowercase()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(segment: &str) -> String {
        RoomName::from_segment(segment).map(|room| room.as_str().to_owned()).unwrap_or_default()
    }

    #[test]
    fn every_spelling_ends_in_one_name() {
        let table = [
            ("Standup", "standup"),
            ("STANDUP", "standup"),
            ("Bürgerrat", "b%c3%bcrgerrat"),
            ("B%C3%BCrgerrat", "b%c3%bcrgerrat"),
            ("Bu\u{308}rgerrat", "b%c3%bcrgerrat"),
            ("\u{ff33}tandup", "standup"),
            ("\u{fb01}lm", "film"),
            ("会議", "%e4%bc%9a%e8%ad%b0"),
            ("Team-1_a.b~c", "team-1_a.b~c"),
            ("a%20b", "a%20b"),
            ("a%2Fb", "a%2fb"),
            ("a%40b", "a%40b"),
            ("a%21b", "a!b"),
            ("100%", "100%25"),
            ("%zz%41", "%25zz%2541"),
            ("%ff", "%25ff"),
            ("a:b?c#d[e]f@g!h$i&j'k(l)m*n+o,p;q=r>s<t/u\"v", "abcdefghijklmnopqrstuv"),
            ("\u{1f980}", "%f0%9f%a6%80"),
            ("ΟΔΟΣ", "%ce%bf%ce%b4%ce%bf%cf%82"),
        ];
        for (segment, expected) in table {
            assert_eq!(room(segment), expected, "{segment}");
        }
    }

    #[test]
    fn people_see_the_decoded_form() {
        let room = RoomName::from_segment("B%C3%BCrgerrat%20Mitte").expect("a room");
        assert_eq!(room.display(), "bürgerrat mitte");
        assert_eq!(RoomName::from_segment("100%").expect("a room").display(), "100%");
    }

    #[test]
    fn nothing_left_is_no_room_and_a_jid_has_a_limit() {
        assert_eq!(RoomName::from_segment(""), None);
        assert_eq!(RoomName::from_segment("?#@"), None);
        assert!(RoomName::from_segment(&"a".repeat(1023)).is_some());
        assert_eq!(RoomName::from_segment(&"a".repeat(1024)), None);
        assert_eq!(RoomName::from_segment(&"ü".repeat(171)), None, "171 × 6 encoded bytes");
    }

    #[test]
    fn no_capital_ever_survives() {
        for code in 0..0x3000_u32 {
            let Some(letter) = char::from_u32(code) else { continue };
            let name = room(&format!("x{letter}"));
            assert!(
                name.chars().all(|c| c.is_ascii_graphic() && !c.is_ascii_uppercase()),
                "{code:x}: {name}"
            );
        }
    }
}
