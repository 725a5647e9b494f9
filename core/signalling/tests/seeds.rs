//! The fuzz targets' seeds hold on stable, too; and so do thousands of damaged copies of recorded frames.

use std::fs;
use std::path::Path;

fn replay(target: &str, call: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds").join(target);
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the seeds are part of the repository") {
        call(&fs::read(entry.expect("a file").path()).expect("a readable seed"));
        count += 1;
    }
    assert!(count >= 3, "{target}");
}

#[test]
fn every_seed_of_the_fuzz_targets_passes() {
    replay("xmpp_frames", treff_signalling::fuzz::xmpp_frames);
    replay("jingle", treff_signalling::fuzz::jingle);
    replay("colibri", treff_signalling::fuzz::colibri);
}

/// A few damages per frame, always the same ones: bytes changed, pieces cut out, repeated or exchanged.
fn damage(text: &str, seed: &mut u64) -> Vec<u8> {
    let mut next = |below: usize| {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as usize % below.max(1)
    };
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=next(3) {
        if bytes.is_empty() {
            break;
        }
        let (at, length) = (next(bytes.len()), 1 + next(40));
        let end = (at + length).min(bytes.len());
        match next(4) {
            0 => bytes[at] = b"<>/'\"&{}[]:,0-9\x00\xff"[next(17)],
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = next(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => bytes[at..end].reverse(),
        }
    }
    bytes
}

#[test]
fn damaged_recordings_break_nothing() {
    let mut seed = 1;
    let recordings = [
        include_str!("transcripts/features/p2.jsonl"),
        include_str!("transcripts/three-peers-sctp-bridge-channel/p1.jsonl"),
        include_str!("transcripts/lobby/p2.jsonl"),
    ];
    for line in recordings.iter().flat_map(|recording| recording.lines()) {
        let line: serde_json::Value = serde_json::from_str(line).expect("a recorded line");
        let (Some("<<"), Some(data)) = (line["dir"].as_str(), line["data"].as_str()) else { continue };
        let call = if line["ch"] == "xmpp" {
            treff_signalling::fuzz::xmpp_frames
        } else {
            treff_signalling::fuzz::colibri
        };
        let data = data
            .replace("featroom@", "garden@")
            .replace("testfullsctp3@", "garden@")
            .replace("local.test", "example");
        for _ in 0..4 {
            call(&damage(&data, &mut seed));
        }
    }
    let offer = include_str!("stanzas/session-initiate.xml");
    for _ in 0..1_000 {
        treff_signalling::fuzz::jingle(&damage(offer, &mut seed));
    }
}
