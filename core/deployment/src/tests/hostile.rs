//! What must be refused, and noise.

use super::*;

struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).expect("below a usize")
    }
}

#[test]
fn other_pages_are_not_jitsi() {
    let pages = [
        "",
        " \n",
        "<!DOCTYPE html>\n<html><head><title>404</title></head><body><h1>Not Found</h1></body></html>",
        "<html><script>var settings = { hosts: {} }; config(1);</script></html>",
        "{\"error\":\"not found\"}",
        "Not Found",
        "var config = 5;",
        "var config = null;",
        "var config = {};",
        "var config = { theme: 'dark', api: '/api' };",
        "var configuration = { hosts: { domain: 'meet.jitsi' } };",
        "var interfaceConfig = { APP_NAME: 'x' };",
        "function config() { return { hosts: {} }; }",
        "\u{0}\u{1}\u{2}",
    ];
    for page in pages {
        assert_eq!(parse(page, &standup()), Err(DeploymentError::NotJitsi), "{page}");
    }
}

#[test]
fn signalling_stays_on_tls() {
    for websocket in
        ["ws://meet.example.org/x", "http://meet.example.org/x", "javascript:1", "data:x,y", "ftp://x/y"]
    {
        let source =
            format!("var config = {{ hosts: {{ domain: 'meet.jitsi' }}, websocket: '{websocket}' }};");
        assert_eq!(parse(&source, &standup()), Err(DeploymentError::UnsafeAddress), "{websocket}");
        let both = format!(
            "var config = {{ websocket: '{websocket}', bosh: 'http://meet.example.org/http-bind' }};"
        );
        assert_eq!(parse(&both, &standup()), Err(DeploymentError::UnsafeAddress), "{websocket}");
    }
    let source = "var config = { bosh: '/http-bind', conferenceRequestUrl: 'http://meet.example.org/c' };";
    assert_eq!(read(source).conference_request_url, None);
}

#[test]
fn names_that_break_out_of_xml_are_dropped() {
    let deployment = read(
        r#"var config = { hosts: { domain: 'a"><x/>', muc: "b'c", focus: 'f@x y', anonymousdomain: 'a/b' },
            focusUserJid: 'fo"cus@auth', hiddenDomain: '<hidden>' };"#,
    );
    assert_eq!(deployment.domain, "meet.example.org");
    assert_eq!(deployment.muc, "conference.meet.example.org");
    assert_eq!(deployment.focus, "focus.meet.example.org");
    assert_eq!((deployment.anonymous_domain, deployment.focus_user_jid), (None, None));
    assert_eq!(deployment.hidden_domain, None);
}

#[test]
fn values_of_the_wrong_kind_count_as_absent() {
    let deployment = read(
        "var config = { hosts: { domain: {}, muc: [] }, websocket: 5, bosh: null, p2p: 'yes', videoQuality: [],
            channelLastN: 'many', startLastN: -9, resolution: 1e9, xmppPing: { interval: -1, timeout: 'x', threshold: 0 },
            lastNLimits: 7, startAudioMuted: 1.5, bridgeChannel: false, constraints: 3, lobby: [], prejoinConfig: 1 };",
    );
    assert_eq!(deployment, Deployment { raw: deployment.raw.clone(), ..defaults(&standup()) });
}

#[test]
fn size_is_bounded() {
    let huge = format!("var config = {{ hosts: {{ domain: 'a' }}, x: '{}' }};", "x".repeat(2 << 20));
    assert_eq!(parse(&huge, &standup()), Err(DeploymentError::TooLarge));
    let wide = format!("var config = {{ hosts: {{ domain: 'a' }}, {} }};", "x: { y: 1 }, ".repeat(30_000));
    assert!(parse(&wide, &standup()).is_ok());
    let many = format!(
        "var config = {{ bosh: '/b', p2p: {{ stunServers: [{}] }} }};",
        "{ urls: 'stun:a.example' },".repeat(1000)
    );
    assert_eq!(read(&many).p2p.stun_servers.len(), 16);
}

#[test]
fn noise_around_real_files_keeps_every_promise() {
    let seeds = [include_str!("../../fixtures/packaged.js"), include_str!("../../fixtures/container.js")];
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "'",
        "\"",
        "`",
        "${",
        ";",
        ",",
        "=",
        "=>",
        "/*",
        "//",
        "<!--",
        "...",
        "?",
        ":",
        "\\",
        "\\u",
        "function",
        "var config = ",
        "config.",
        "websocket: 'ws://x'",
        "if (",
        "else ",
        "return",
        "1e999",
        "0x",
        "\n",
        "é",
        "🦀",
        "\u{2028}",
        ".map(",
        "Object.assign(config, ",
        "undefined",
        "typeof ",
        "/",
        "@",
    ];
    let mut noise = Noise(0xc1e0);
    for round in 0..1_500 {
        let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=noise.next(6) {
            let at = noise.next(text.len() + 1);
            match noise.next(4) {
                0 | 1 => drop(text.splice(at..at, pieces[noise.next(pieces.len())].chars())),
                2 => drop(text.drain(at.min(text.len())..(at + noise.next(40)).min(text.len()))),
                _ if noise.next(4) == 0 => text.truncate(at),
                _ => {}
            }
        }
        fuzz::config_js(text.iter().collect::<String>().as_bytes());
    }
    for _ in 0..3_000 {
        let text: String = (0..noise.next(40)).map(|_| pieces[noise.next(pieces.len())]).collect();
        fuzz::config_js(text.as_bytes());
    }
}
