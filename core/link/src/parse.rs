//! From text to address: cleaning, scheme, host, path, parameters.

use url::Host;

use crate::address::{DEFAULT_PORT, MeetingAddress, ServerAddress};
use crate::error::LinkError;
use crate::other;
use crate::overrides::Overrides;
use crate::parameters;
use crate::path::{Context, is_slash};
use crate::prose::link_in;
use crate::scheme::{self, Stripped};
use crate::token::Token;

/// A shared text may be an invitation of some pages.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// A link with a large token in it stays below this.
const MAX_LINK_BYTES: usize = 16 * 1024;
/// RFC 1035: a name on the wire has 255 bytes.
const MAX_HOST_BYTES: usize = 253;
const MAX_RELEASE_BYTES: usize = 64;

/// Reads a meeting out of a link in any form, or out of a bare room name on the preferred server.
///
/// `preferred_server` may be a host (`meet.example.org`) or an address (`https://example.org/tenant/`).
///
/// # Errors
/// One [`LinkError`] per cause; none of them depends on anything but the two texts.
pub fn parse(text: &str, preferred_server: Option<&str>) -> Result<MeetingAddress, LinkError> {
    let text = clean(text)?;
    other::refuse(&text)?;
    let reference = Reference::split(&text)?;
    let server = match reference.authority {
        Some(authority) => server(authority, reference.plain_http, Context::default())?,
        None => {
            let preferred = preferred_server.filter(|server| !server.trim().is_empty());
            parse_server(preferred.ok_or(LinkError::NoServer)?).map_err(|_| LinkError::InvalidServer)?
        }
    };
    let (context, room) = server.context.room(reference.path)?;
    let fragment = reference.fragment.unwrap_or_default();
    let query = reference.query.unwrap_or_default();
    Ok(MeetingAddress {
        server: ServerAddress { context, ..server },
        room,
        token: [fragment, query]
            .iter()
            .find_map(|pairs| parameters::find(pairs, "jwt").as_deref().and_then(Token::new)),
        overrides: Overrides::from_values(&parameters::json_values(fragment)),
        release: parameters::find(query, "release").filter(|release| is_release(release)),
    })
}

/// Reads the address of a server, as typed into the settings.
///
/// # Errors
/// [`LinkError::Empty`], [`LinkError::TooLong`], [`LinkError::UnsupportedScheme`], [`LinkError::InvalidHost`],
/// [`LinkError::InvalidPort`].
pub fn parse_server(text: &str) -> Result<ServerAddress, LinkError> {
    let text = clean(text)?;
    let stripped = scheme::strip(&text)?;
    let (authority, path) = split_authority(stripped.rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let context = Context::read(path).map_err(|error| match error {
        LinkError::TooLong => error,
        _ => LinkError::InvalidHost,
    })?;
    server(authority, stripped.plain_http, context)
}

/// Reads the server out of its own address or out of the link of any meeting on it.
///
/// `https://meet.example.org/Room` is a meeting on `meet.example.org`; `https://example.org/tenant/`, with a slash at
/// its end, is the tenant's own address.
///
/// # Errors
/// As [`parse_server`]; [`LinkError::InvalidHost`] also for a word without a dot, which is rather a room's name.
pub fn server_of(text: &str) -> Result<ServerAddress, LinkError> {
    match parse(text, None) {
        Ok(meeting) => Ok(meeting.server),
        Err(LinkError::NotAMeeting | LinkError::NoServer) => {
            let server = parse_server(text)?;
            let named =
                server.host.contains(['.', '[']) || server.host == "localhost" || server.port.is_some();
            if named { Ok(server) } else { Err(LinkError::InvalidHost) }
        }
        Err(error) => Err(error),
    }
}

/// A link cut at its seams; nothing is decoded yet.
struct Reference<'a> {
    authority: Option<&'a str>,
    plain_http: bool,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Reference<'a> {
    fn split(text: &'a str) -> Result<Self, LinkError> {
        let Stripped { rest, has_authority, plain_http } = scheme::strip(text)?;
        let (authority, rest) = if has_authority || starts_like_a_host(rest) {
            let (authority, rest) = split_authority(rest);
            (Some(authority), rest)
        } else {
            (None, rest)
        };
        let (rest, fragment) = split_pair(rest, '#');
        let (path, query) = split_pair(rest, '?');
        Ok(Self { authority, plain_http, path, query, fragment })
    }
}

fn split_pair(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

pub(crate) fn split_authority(text: &str) -> (&str, &str) {
    let end = text.find(|c| is_slash(c) || matches!(c, '?' | '#')).unwrap_or(text.len());
    text.split_at(end)
}

/// `meet.example.org/Room` typed without a scheme means that host; `standup` and `team/standup` mean a room.
fn starts_like_a_host(text: &str) -> bool {
    let (authority, path) = split_authority(text);
    if !path.starts_with(is_slash) {
        return false;
    }
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with('[') || host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    if let Some((name, port)) = host.rsplit_once(':') {
        return !name.is_empty() && !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    }
    let labels: Vec<&str> = host.split('.').collect();
    labels.len() > 1 && labels.iter().all(|label| !label.is_empty() && is_label(label))
}

fn is_label(label: &str) -> bool {
    label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// `user@host:port`. What stands before the `@` is never sent anywhere.
fn server(authority: &str, plain_http: bool, context: Context) -> Result<ServerAddress, LinkError> {
    let host = host_of(authority)?;
    let (_, port) = split_port(authority);
    let usual = if plain_http { 80 } else { DEFAULT_PORT };
    let port = match port {
        "" => None,
        digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            let port = digits.parse().ok().filter(|port| *port != 0).ok_or(LinkError::InvalidPort)?;
            (port != usual && port != DEFAULT_PORT).then_some(port)
        }
        _ => return Err(LinkError::InvalidPort),
    };
    Ok(ServerAddress { host, port, context })
}

/// The host and the digits of the port, of what stands behind an `@`.
fn split_port(authority: &str) -> (&str, &str) {
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (host_and_port, ""),
    }
}

/// The host that `user@host:port` leads to, in the one form it is compared in.
pub(crate) fn host_of(authority: &str) -> Result<String, LinkError> {
    let (host, _) = split_port(authority);
    if host.is_empty() {
        return Err(LinkError::InvalidHost);
    }
    let host = Host::parse(host).map_err(|_| LinkError::InvalidHost)?.to_string();
    let host = host.strip_suffix('.').unwrap_or(&host);
    if is_host(host) { Ok(host.to_owned()) } else { Err(LinkError::InvalidHost) }
}

/// Stricter than browsers, which let brackets and quotes through: names that a certificate can be for.
fn is_host(host: &str) -> bool {
    let is_name = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    host.len() <= MAX_HOST_BYTES && (host.starts_with('[') || host.split('.').all(is_name))
}

/// Finds the link in the text and drops what people cannot see in it.
pub(crate) fn clean(text: &str) -> Result<String, LinkError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(LinkError::TooLong);
    }
    let text: String = link_in(text).chars().filter(|c| !is_invisible(*c)).collect();
    if text.is_empty() {
        return Err(LinkError::Empty);
    }
    if text.len() > MAX_LINK_BYTES {
        return Err(LinkError::TooLong);
    }
    Ok(text)
}

/// Blanks, controls, and the marks that only change how a link looks. Joiners stay: scripts need them.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}')
        || matches!(character, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn is_release(release: &str) -> bool {
    !release.is_empty()
        && release.len() <= MAX_RELEASE_BYTES
        && release.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
