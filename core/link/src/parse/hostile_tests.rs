//! Links made to mislead, and a lot of noise.

use super::*;
use crate::fuzz;

/// A small seeded generator (xorshift): the same noise on every machine.
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
fn what_looks_like_one_host_never_reaches_another() {
    let table = [
        ("https://good.example\\@evil.example/Room", Ok("good.example")),
        ("https://good.example/@evil.example/Room", Ok("good.example")),
        ("https://good.example#@evil.example/Room", Err(LinkError::NotAMeeting)),
        ("https://good.example?@evil.example/Room", Err(LinkError::NotAMeeting)),
        ("https://good.example/Room#config.hosts.domain=\"evil.example\"", Ok("good.example")),
        ("https://good.example/Room?config.websocket=\"wss://evil.example\"", Ok("good.example")),
        ("https://good.example/Room#config={\"hosts\":{\"domain\":\"evil.example\"}}", Ok("good.example")),
        ("intent://good.example/Room#Intent;scheme=https;host=evil.example;end", Ok("good.example")),
        ("https://good.example:443@evil.example/Room", Ok("evil.example")),
        ("https://good.example/https://evil.example/Room", Ok("good.example")),
        ("https://good.example/\u{202e}Room", Ok("good.example")),
    ];
    for (text, expected) in table {
        let host = parse(text, None).map(|address| address.host().to_owned());
        assert_eq!(host, expected.map(str::to_owned), "{text}");
    }
}

#[test]
fn size_is_bounded() {
    let huge = "a".repeat(1 << 20);
    assert_eq!(parse(&huge, None), Err(LinkError::TooLong));
    let deep = format!("https://meet.example.org{}", "/a".repeat(4000));
    assert_eq!(parse(&deep, None), Err(LinkError::TooLong));
    let many = format!("https://meet.example.org/Room#{}", "config.x=1&".repeat(1400));
    assert!(parse(&many, None).is_ok());
    let nested = format!("https://meet.example.org/Room#config.subject={}", "[".repeat(15_000));
    assert!(parse(&nested, None).is_ok_and(|address| address.overrides().subject.is_none()));
    let stacked = format!("{}https://meet.example.org/Room", "jitsi-meet:".repeat(200));
    let _ = parse(&stacked, None);
    let long_name = format!("https://meet.example.org/Room#userInfo.displayName=\"{}\"", "x".repeat(5000));
    let name = parse(&long_name, None).expect("a meeting").overrides().display_name.clone();
    assert_eq!(name.map(|name| name.len()), Some(256));
}

#[test]
fn noise_around_real_links_keeps_every_promise() {
    let seeds = [
        "https://ada@meet.example.org:8443/Team/Standup?jwt=a.b.c&release=1#config.startWithAudioMuted=true",
        "intent://meet.example.org/Room#Intent;scheme=org.jitsi.meet;package=org.jitsi.meet;end",
        "org.jitsi.meet:https://meet.example.org/B%C3%BCrgerrat#userInfo.displayName=\"Ada\"",
        "Join (https://meet.example.org/Room).",
    ];
    let pieces = [
        "%",
        "%2e",
        "%2F",
        "..",
        "/",
        "\\",
        ":",
        "//",
        "@",
        "#",
        "?",
        "&",
        "=",
        "[",
        "]",
        "{",
        "\"",
        "İ",
        "ß",
        "\u{0}",
        "\n",
        "https:",
        "jitsi-meet:",
        "\u{1f980}",
        "%ff",
        "xn--",
        ".",
        "'",
        "!",
        "(",
        "ﬁ",
        "\u{301}",
        " ",
        "intent:",
        "#Intent;",
    ];
    let mut noise = Noise(0x5eed);
    for round in 0..20_000 {
        let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=noise.next(4) {
            let at = noise.next(text.len() + 1);
            match noise.next(3) {
                0 => drop(text.splice(at..at, pieces[noise.next(pieces.len())].chars())),
                1 => text.truncate(at),
                _ => drop(text.drain(at.min(text.len())..(at + noise.next(6)).min(text.len()))),
            }
        }
        fuzz::link(text.iter().collect::<String>().as_bytes());
    }
}

#[test]
fn pure_noise_is_refused_or_sound() {
    let mut noise = Noise(0xada);
    for _ in 0..5_000 {
        let bytes: Vec<u8> =
            (0..noise.next(60)).map(|_| u8::try_from(noise.next(256)).expect("a byte")).collect();
        fuzz::link(&bytes);
    }
}

#[test]
fn every_letter_makes_a_room_that_reads_back_as_itself() {
    for letter in ('\u{21}'..='\u{2fa1d}').filter(|c| c.is_alphanumeric()).step_by(11) {
        fuzz::link(format!("https://meet.example.org/a{letter}b").as_bytes());
    }
}
