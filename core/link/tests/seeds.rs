//! The fuzz target's seeds hold on stable, too.

use std::fs;
use std::path::Path;

#[test]
fn every_seed_of_the_fuzz_target_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/link");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the seeds are part of the repository") {
        treff_link::fuzz::link(&fs::read(entry.expect("a file").path()).expect("a readable seed"));
        count += 1;
    }
    assert!(count >= 10);
}
