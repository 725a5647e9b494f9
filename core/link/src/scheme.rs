//! Schemes in front of a link: web schemes, app schemes, stacks of both, and Android's intent links.

use crate::error::LinkError;

/// Schemes that may lead to a meeting even when no `//` follows.
const MEETING: &[&str] = &["http", "https", "org.jitsi.meet", "jitsi-meet", "org.treffmeet.treff"];

/// Schemes that never do. Any other one with `//` behind it is taken for some deployment's own app scheme.
const REFUSED: &[&str] = &[
    "about",
    "blob",
    "callto",
    "chrome",
    "chrome-extension",
    "content",
    "data",
    "facetime",
    "file",
    "ftp",
    "ftps",
    "geo",
    "git",
    "gopher",
    "imap",
    "irc",
    "javascript",
    "ldap",
    "magnet",
    "mailto",
    "market",
    "matrix",
    "moz-extension",
    "mms",
    "news",
    "nfs",
    "pop",
    "resource",
    "rtsp",
    "sftp",
    "sip",
    "sips",
    "skype",
    "sms",
    "smb",
    "ssh",
    "stun",
    "tel",
    "telnet",
    "turn",
    "turns",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
    "xmpp",
];

/// More schemes on top of each other than any app writes.
const MAX_STACK: usize = 8;

/// A text without its schemes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stripped<'a> {
    /// What followed the last scheme, without leading slashes when `has_authority`.
    pub(crate) rest: &'a str,
    /// Whether `rest` starts with a host.
    pub(crate) has_authority: bool,
    /// The last scheme was `http`: port 80 then means "the usual one".
    pub(crate) plain_http: bool,
}

/// Takes the schemes off. Only the last one counts, and whatever it is, the meeting is reached over https.
pub(crate) fn strip(text: &str) -> Result<Stripped<'_>, LinkError> {
    let mut text = text;
    let mut given: Option<&str> = None;
    if let Some(after) = strip_name(text, "intent") {
        // intent://host/Room#Intent;scheme=…;package=…;end: the tail is for Android and says nothing about the meeting.
        let (body, extras) = match after.rfind("#Intent;") {
            Some(at) => (&after[..at], &after[at + "#Intent;".len()..]),
            None => (after, ""),
        };
        given =
            extras.split(';').find_map(|extra| extra.strip_prefix("scheme=")).filter(|name| !name.is_empty());
        if given.is_some_and(is_refused) {
            return Err(LinkError::UnsupportedScheme);
        }
        text = body;
        if !text.starts_with("//") {
            return Err(LinkError::NotAMeeting);
        }
    }
    let mut plain_http = given.is_some_and(|name| name.eq_ignore_ascii_case("http"));
    let mut has_authority = text.starts_with("//") || text.starts_with("\\\\");
    let mut rest = if has_authority { &text[2..] } else { text };
    for _ in 0..MAX_STACK {
        let Some((name, after)) = leading_scheme(rest) else { break };
        let slashes = after.starts_with("//");
        let known = MEETING.iter().any(|known| known.eq_ignore_ascii_case(name));
        // Behind `//` a name with a colon is a host with a port, unless it is plainly another scheme.
        let is_scheme = if has_authority { known && slashes } else { known || slashes || is_refused(name) };
        if !is_scheme {
            break;
        }
        if is_refused(name) {
            return Err(LinkError::UnsupportedScheme);
        }
        plain_http = name.eq_ignore_ascii_case("http");
        let is_web = plain_http || name.eq_ignore_ascii_case("https");
        has_authority = slashes || is_web;
        rest = after;
        if has_authority {
            rest = rest.trim_start_matches(['/', '\\']);
        }
    }
    Ok(Stripped { rest, has_authority, plain_http })
}

/// Whether the text starts with a scheme that leads to meetings, for finding links in prose.
pub(crate) fn starts_like_a_meeting(text: &str) -> bool {
    let Some((name, after)) = leading_scheme(text) else { return false };
    MEETING.iter().chain(&["intent"]).any(|known| known.eq_ignore_ascii_case(name)) && !after.is_empty()
}

fn is_refused(name: &str) -> bool {
    REFUSED.iter().any(|refused| refused.eq_ignore_ascii_case(name))
}

fn strip_name<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (found, after) = leading_scheme(text)?;
    found.eq_ignore_ascii_case(name).then_some(after)
}

/// RFC 3986, section 3.1: a letter, then letters, digits, `+`, `-`, `.`, then a colon.
fn leading_scheme(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.split_once(':')?;
    let mut letters = name.bytes();
    let valid = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'+' | b'-' | b'.'));
    valid.then_some((name, after))
}
