//! What the fuzz target does with its bytes, callable from plain tests too.

use crate::{parse, parse_server};

/// Parses the bytes as a link and checks what must hold for any that is accepted.
///
/// # Panics
/// When an accepted address breaks a promise of this crate.
pub fn link(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for preferred in [None, Some("meet.example.org"), Some("https://example.org:8443/Team/")] {
        let Ok(address) = parse(&text, preferred) else { continue };
        let room = address.room().as_str();
        assert!(!room.is_empty() && room.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()));
        assert!(!room.contains(['/', '"', '<', '>', '&', '@', ':', '?', '#']), "{room}");
        let url = address.to_url();
        let web = url::Url::parse(&url).expect("every address is a URL");
        assert_eq!(web.scheme(), "https");
        assert_eq!(web.host_str(), Some(address.host()));
        assert_eq!(web.port(), address.port());
        assert!(web.username().is_empty() && web.query().is_none() && web.fragment().is_none());
        assert!(
            web.as_str().starts_with(&address.base_url()),
            "a path that a client would resolve elsewhere"
        );
        let again = parse(&url, None).expect("a link we hand out is one we accept");
        assert_eq!((again.server(), again.room()), (address.server(), address.room()));
        if let Some(token) = address.token() {
            assert_eq!(format!("{token:?}"), "Token(…)");
            let _ = token.claims();
        }
    }
    if let Ok(server) = parse_server(&text) {
        let again = parse_server(&server.base_url()).expect("a server's own address is accepted");
        assert_eq!(again, server);
    }
}
