//! The lists of licences name every crate that is linked into the Linux binary and into the Android library, with the
//! licence its manifest gives: compared with what cargo resolves from Cargo.lock. With `TREFF_WRITE_LICENCES=1` the lists are
//! written instead.

use std::path::Path;
use std::process::Command;

/// A list, the package it is of, and the target.
const LISTS: [(&str, &str, &str); 2] = [
    ("linux/ui/licences.txt", "treff-linux", "x86_64-unknown-linux-gnu"),
    ("bindings/ffi/licences.txt", "treff-ffi", "aarch64-linux-android"),
];

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What is linked: no build scripts, no macros, nothing that only tests use.
fn resolved(package: &str, target: &str) -> String {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let tree = Command::new(cargo)
        .args(["tree", "--locked", "--quiet", "--color=never", "--prefix=none"])
        .arg("--edges=normal,no-proc-macro")
        .args(["--format={p}|{l}", "--package", package, "--target", target])
        .current_dir(ROOT)
        .output()
        .expect("cargo can be started");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let mut crates: Vec<String> = String::from_utf8(tree.stdout)
        .expect("names are UTF-8")
        .lines()
        .filter_map(|line| {
            let (package, licence) = line.split_once('|')?;
            let mut words = package.split(' ');
            let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
            (!name.starts_with("treff"))
                .then(|| format!("{name} {version} {}", licence.trim_end_matches(" (*)")))
        })
        .collect();
    crates.sort();
    crates.dedup();
    crates.join("\n") + "\n"
}

#[test]
fn the_lists_of_licences_are_what_is_linked() {
    for (list, package, target) in LISTS {
        let path = Path::new(ROOT).join(list);
        let resolved = resolved(package, target);
        let unnamed = resolved.lines().find(|line| line.split_whitespace().count() < 3);
        assert_eq!(unnamed, None, "a crate without a licence");
        if std::env::var_os("TREFF_WRITE_LICENCES").is_some() {
            std::fs::write(path, resolved).expect("the list can be written");
            continue;
        }
        let listed = std::fs::read_to_string(path).expect("the list is there");
        let differ = |a: &str, b: &str| -> Vec<String> {
            a.lines().filter(|line| !b.lines().any(|other| other == *line)).map(str::to_owned).collect()
        };
        let (missing, gone) = (differ(&resolved, &listed), differ(&listed, &resolved));
        assert!(
            missing.is_empty() && gone.is_empty(),
            "{list}: not listed: {missing:?}\nno longer linked: {gone:?}\n\
             TREFF_WRITE_LICENCES=1 cargo test -p treff-suites --test licences --locked writes the lists anew"
        );
    }
}
