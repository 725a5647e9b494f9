//! Ways out: TCP and TLS to a named server, HTTPS requests and WebSockets over it.
//!
//! In: a host and a port, or a URL. Out: a ready stream or a [`ConnectError`] that says which step failed. Each
//! connection is made in a task of its own; only ready streams reach the driver.

mod connector;
mod http;
mod websocket;

pub(crate) use connector::{ConnectError, Connector, TlsStream};
pub(crate) use http::{HttpError, HttpResponse, get, post_json};
pub(crate) use websocket::{Socket, open_websocket};

/// The host, port and path of an absolute https or wss URL.
pub(crate) fn split_url(url: &str) -> Option<(String, u16, String)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("wss://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => (authority, 443),
    };
    let path = path.split('#').next().unwrap_or_default();
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| (host.to_ascii_lowercase(), port, path))
}

#[cfg(test)]
mod tests {
    use super::split_url;

    #[test]
    fn urls_split_into_host_port_and_path() {
        let cases = [
            ("https://meet.example.org", ("meet.example.org", 443, "/")),
            ("wss://Meet.example.org:8443/ws?room=a", ("meet.example.org", 8443, "/ws?room=a")),
            ("https://[::1]:9/x#frag", ("::1", 9, "/x")),
            ("https://user@h/x", ("h", 443, "/x")),
            ("https://h?x=1", ("h", 443, "/?x=1")),
        ];
        for (url, (host, port, path)) in cases {
            assert_eq!(split_url(url), Some((host.to_owned(), port, path.to_owned())), "{url}");
        }
        for url in ["http://h/", "https://", "ftp://x", "https://h:99999/"] {
            assert_eq!(split_url(url), None, "{url}");
        }
    }
}
