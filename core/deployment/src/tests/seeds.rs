//! The fuzz target's seeds hold on stable, too.

use std::fs;
use std::path::Path;

#[test]
fn every_seed_of_the_fuzz_target_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/config_js");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the seeds are part of the repository") {
        crate::fuzz::config_js(&fs::read(entry.expect("a file").path()).expect("a readable seed"));
        count += 1;
    }
    assert!(count >= 5);
}
