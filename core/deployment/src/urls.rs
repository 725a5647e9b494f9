//! Addresses in a configuration: made absolute against the deployment's own, and held to TLS.

use std::collections::BTreeMap;

use treff_link::MeetingAddress;
use url::Url;

use crate::script::Value;

/// What an address is for; each has one scheme it ends up with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    WebSocket,
    Http,
}

/// The configured address is on another scheme, or no address at all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused;

/// Resolves a value against the deployment's address. Absolute, relative and protocol-relative forms are all in use;
/// `https` stands for `wss` where a WebSocket is meant.
pub(crate) fn resolve(value: &str, base: &str, purpose: Purpose) -> Result<String, Refused> {
    let base = Url::parse(base).map_err(|_| Refused)?;
    let mut url = base.join(value).map_err(|_| Refused)?;
    match (purpose, url.scheme()) {
        (Purpose::WebSocket, "wss") | (Purpose::Http, "https") => {}
        (Purpose::WebSocket, "https") => url.set_scheme("wss").map_err(|()| Refused)?,
        _ => return Err(Refused),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Refused);
    }
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(without_room(url))
}

/// The room is the caller's to add; one that is already there would win over it on some servers.
fn without_room(mut url: Url) -> String {
    if let Some(query) = url.query() {
        let kept: Vec<&str> =
            query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("room=")).collect();
        let kept = kept.join("&");
        url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
    }
    url.into()
}

/// Adds `key=value` pairs, which must be ready for a query, to an address with or without a query.
#[must_use]
pub fn with_parameters(url: &str, parameters: &[(&str, &str)]) -> String {
    let mut url = url.to_owned();
    for (key, value) in parameters {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(key);
        url.push('=');
        url.push_str(value);
    }
    url
}

/// What a script on the meeting's page would find in `location`.
pub(crate) fn location(address: &MeetingAddress) -> Value {
    let port = address.port().map(|port| port.to_string()).unwrap_or_default();
    let origin = address.origin();
    let url = address.to_url();
    let members = [
        ("protocol", "https:"),
        ("hostname", address.host()),
        ("host", origin.strip_prefix("https://").unwrap_or_default()),
        ("port", port.as_str()),
        ("origin", origin.as_str()),
        ("pathname", url.strip_prefix(&origin).unwrap_or_default()),
        ("href", url.as_str()),
        ("search", ""),
        ("hash", ""),
    ];
    Value::Object(
        members
            .into_iter()
            .map(|(name, text)| (name.to_owned(), Value::text(text)))
            .collect::<BTreeMap<_, _>>(),
    )
}
