//! Replays the seeds of the fuzz target `depacketise`: rows of packets, each a 16-bit length and its bytes.

use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/depacketise")
}

#[test]
fn every_seed_is_digested() {
    let mut count = 0;
    let mut frames = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        frames += treff_media::fuzz::depacketise(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 8, "{count} seeds");
    assert!(frames >= 20, "{frames} frames");
}
