//! What the fuzz target does with its bytes, callable from plain tests too.

use crate::parse;

/// Parses the bytes as a configuration and checks what must hold for any that is accepted.
///
/// # Panics
/// When an accepted configuration breaks a promise of this crate.
pub fn config_js(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let address = treff_link::parse("https://meet.example.org/Team/Standup", None).expect("a valid link");
    let Ok(deployment) = parse(&text, &address) else { return };
    for url in deployment.websocket.iter().chain([&deployment.websocket_guess]) {
        assert!(url.starts_with("wss://"), "{url}");
    }
    assert!(deployment.websocket.is_some() || deployment.bosh.is_some());
    for url in deployment.bosh.iter().chain(&deployment.conference_request_url) {
        assert!(url.starts_with("https://"), "{url}");
    }
    for host in [&deployment.domain, &deployment.muc, &deployment.focus] {
        assert!(!host.is_empty() && !host.contains([' ', '<', '"', '\'', '/', '&']), "{host}");
    }
    assert!(!deployment.video.codec_preference.is_empty());
    let json = serde_json::to_string(&deployment).expect("a deployment can be written");
    let back: crate::Deployment = serde_json::from_str(&json).expect("and read back");
    assert_eq!(back.websocket, deployment.websocket);
}
