//! `licences.txt` names every crate that is linked into the Linux binary, with the licence its manifest gives: compared
//! with what cargo resolves from Cargo.lock. With `TREFF_WRITE_LICENCES=1` the file is written instead.

use std::path::Path;
use std::process::Command;

/// What is linked: no build scripts, no macros, nothing that only tests use.
const TREE: [&str; 10] = [
    "tree",
    "--package=treff-linux",
    "--edges=normal,no-proc-macro",
    "--target=x86_64-unknown-linux-gnu",
    "--offline",
    "--locked",
    "--prefix=none",
    "--color=never",
    "--quiet",
    "--format={p}|{l}",
];

fn resolved() -> String {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let tree = Command::new(cargo)
        .args(TREE)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
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
fn the_list_of_licences_is_what_is_linked() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("licences.txt");
    let resolved = resolved();
    if std::env::var_os("TREFF_WRITE_LICENCES").is_some() {
        return std::fs::write(path, resolved).expect("the list can be written");
    }
    let listed = std::fs::read_to_string(path).expect("the list is there");
    let differ = |a: &str, b: &str| -> Vec<String> {
        a.lines().filter(|line| !b.lines().any(|other| other == *line)).map(str::to_owned).collect()
    };
    let (missing, gone) = (differ(&resolved, &listed), differ(&listed, &resolved));
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not listed: {missing:?}\nno longer linked: {gone:?}\n\
         TREFF_WRITE_LICENCES=1 cargo test -p treff-ui --test licences --locked writes the list anew"
    );
}
