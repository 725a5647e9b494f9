//! Hosts out of addresses, and which of them belong to whoever runs the server.

use url::Url;

/// Second levels under which a country's registry sells names, as in `example.co.uk`.
const SHARED_SECOND_LEVELS: &[&str] =
    &["ac", "asso", "co", "com", "edu", "gob", "gouv", "gov", "gv", "net", "ne", "or", "org"];

/// The host of an absolute or protocol-relative address; a relative one is on the server itself.
pub(super) fn of_url(url: &str) -> Option<String> {
    let absolute = if url.starts_with("//") { format!("https:{url}") } else { url.to_owned() };
    Url::parse(&absolute).ok()?.host_str().map(str::to_owned)
}

/// The address again if it is https with a host.
pub(super) fn absolute_https(url: &str) -> Option<String> {
    let url =
        if url.starts_with("//") { Url::parse(&format!("https:{url}")) } else { Url::parse(url) }.ok()?;
    (url.scheme() == "https" && url.has_host()).then(|| url.to_string())
}

/// The host of `stun:host:port` (RFC 7064).
pub(super) fn of_stun(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("stun:").or_else(|| url.strip_prefix("stuns:"))?;
    let rest = rest.split('?').next().unwrap_or(rest);
    match rest.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => rest.split(':').next(),
    }
}

/// Whether two hosts are names below one registered domain. Without the registries' list this is judged by the last
/// labels; where that is unsure, hosts count as foreign.
pub(super) fn same_owner(host: &str, server: &str) -> bool {
    let (host, server) = (host.to_ascii_lowercase(), server.to_ascii_lowercase());
    host == server
        || (!is_address(&host) && registered(&host).is_some_and(|own| registered(&server) == Some(own)))
}

fn is_address(host: &str) -> bool {
    host.contains(':') || host.parse::<std::net::IpAddr>().is_ok()
}

fn registered(host: &str) -> Option<&str> {
    let labels: Vec<&str> = host.split('.').collect();
    let (top, second) = (labels.last()?, labels.iter().rev().nth(1)?);
    let shared = top.len() == 2 && SHARED_SECOND_LEVELS.contains(second);
    let wanted = if shared { 3 } else { 2 };
    let skipped = labels.len().checked_sub(wanted)?;
    let start: usize = labels.iter().take(skipped).map(|label| label.len() + 1).sum();
    host.get(start..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_below_one_domain_belong_together() {
        for (host, server) in [
            ("meet.example.org", "meet.example.org"),
            ("stun.example.org", "meet.example.org"),
            ("example.org", "meet.example.org"),
            ("a.example.co.uk", "b.example.co.uk"),
            ("127.0.0.1", "127.0.0.1"),
            ("localhost", "localhost"),
        ] {
            assert!(same_owner(host, server), "{host} and {server}");
        }
        for (host, server) in [
            ("example.com", "example.org"),
            ("a.co.uk", "b.co.uk"),
            ("myexample.org", "example.org"),
            ("10.0.0.1", "10.1.0.1"),
            ("meet.asso.fr", "talk.asso.fr"),
            ("org", "example.org"),
        ] {
            assert!(!same_owner(host, server), "{host} and {server}");
        }
    }

    #[test]
    fn hosts_are_found_in_addresses() {
        assert_eq!(of_url("//cdn.example.com/x.js").as_deref(), Some("cdn.example.com"));
        assert_eq!(of_url("wss://rtcstats.example.com/").as_deref(), Some("rtcstats.example.com"));
        assert_eq!(of_url("libs/analytics-ga.min.js"), None);
        assert_eq!(of_stun("stun:stun.l.google.com:19302"), Some("stun.l.google.com"));
        assert_eq!(of_stun("stuns:stun.example.com"), Some("stun.example.com"));
        assert_eq!(of_stun("stun:[2001:db8::1]:3478"), Some("2001:db8::1"));
        assert_eq!(of_stun("turn:turn.example.com"), None);
        assert_eq!(absolute_https("http://dial.example.com/"), None);
        assert_eq!(
            absolute_https("//dial.example.com/n?x=1").as_deref(),
            Some("https://dial.example.com/n?x=1")
        );
    }
}
