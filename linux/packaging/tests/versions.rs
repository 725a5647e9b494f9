//! One version everywhere. It is written in the workspace's Cargo.toml; `./dev release --set` writes it into the other
//! files, and here they are compared: what Android, F-Droid, Debian and the software centres are told, the changelog,
//! and the tag of the commit, if it has one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const ABIS: [&str; 3] = ["armeabi-v7a", "arm64-v8a", "x86_64"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// What stands between `before` and `after`, each time.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).map(str::trim).collect()
}

/// What a program prints, of one line.
fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// What is wrong with a changelog and a list of releases, for a commit with this tag.
fn objections(version: &str, changelog: &str, metainfo: &str, tag: Option<&str>) -> Vec<String> {
    let mut wrong = Vec::new();
    let newest = between(metainfo, "<release version=\"", "\"").first().copied().unwrap_or_default();
    let date = between(metainfo, " date=\"", "\"").first().copied().unwrap_or_default();
    if newest != version {
        wrong.push(format!("the newest release of the metainfo is {newest}"));
    }
    let heading = between(changelog, "\n## ", "\n").first().copied().unwrap_or_default();
    let released = format!("{version} ({date})");
    if heading != "Unreleased" && heading != released {
        wrong.push(format!("the changelog begins with {heading}, not with {released}"));
    }
    if let Some(tag) = tag {
        if tag != format!("v{version}") {
            wrong.push(format!("the tag is {tag}"));
        }
        if heading != released {
            wrong.push(format!("what is tagged is called {heading} in the changelog"));
        }
    }
    wrong
}

#[test]
fn every_file_tells_the_same_version() {
    assert_eq!(between(&read("android/pom.xml"), "\n  <version>", "<"), [VERSION]);
    assert_eq!(between(&read("android/app/build.gradle.kts"), "\nval version = \"", "\""), [VERSION]);
    let fdroid = read("fdroid/version.properties");
    assert_eq!(between(&fdroid, "\nversionName=", "\n"), [VERSION]);

    let recipe = read("fdroid/metadata/org.treffmeet.treff.yml");
    assert_eq!(between(&recipe, "- versionName: ", "\n"), [VERSION; ABIS.len()]);
    assert_eq!(between(&recipe, "\nCurrentVersion: ", "\n"), [VERSION]);
    let base: u32 = between(&fdroid, "\nversionCode=", "\n")[0].parse().expect("a number");
    let codes = between(&recipe, " versionCode: ", "\n");
    for (nth, abi) in ABIS.into_iter().enumerate() {
        let code = told("bash", &["android/tools/package/version-code", VERSION, abi]);
        assert_eq!(codes[nth], code, "{abi} in the recipe");
        assert_eq!(u32::try_from(nth).map(|nth| base * 10 + nth + 1), Ok(code.parse().expect("a number")));
        assert_eq!(between(&recipe, " abi=", "\n")[nth], abi);
    }
    assert_eq!(between(&recipe, "\nCurrentVersionCode: ", "\n"), [codes[ABIS.len() - 1]]);
}

#[test]
fn changelog_releases_and_tag_agree() {
    let tags = told("git", &["tag", "--points-at", "HEAD", "v*"]);
    let metainfo = read("linux/packaging/files/org.treffmeet.treff.metainfo.xml");
    let wrong = objections(VERSION, &read("CHANGELOG.md"), &metainfo, tags.lines().next());
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_forgotten_place_is_found() {
    let metainfo = r#"<release version="1.2.0" date="2027-01-02" type="stable">"#;
    let released = "# Changelog\n\n## 1.2.0 (2027-01-02)\n\n- New.\n";
    let unreleased = "# Changelog\n\n## Unreleased\n\n- New.\n";
    assert!(objections("1.2.0", released, metainfo, Some("v1.2.0")).is_empty());
    assert!(objections("1.2.0", unreleased, metainfo, None).is_empty());
    for (version, changelog, tag) in [
        ("1.3.0", released, None),
        ("1.2.0", released, Some("v1.1.0")),
        ("1.2.0", unreleased, Some("v1.2.0")),
        ("1.2.0", "# Changelog\n\n## 1.1.0 (2026-12-01)\n", None),
        ("1.2.0", "# Changelog\n\n## 1.2.0 (2027-01-03)\n", None),
    ] {
        assert!(!objections(version, changelog, metainfo, tag).is_empty(), "{version} {changelog} {tag:?}");
    }
}

#[test]
fn the_recipe_names_the_addresses_of_the_software_centres() {
    let recipe = read("fdroid/metadata/org.treffmeet.treff.yml");
    let metainfo = read("linux/packaging/files/org.treffmeet.treff.metainfo.xml");
    for (ours, theirs) in
        [("WebSite", "homepage"), ("SourceCode", "vcs-browser"), ("IssueTracker", "bugtracker")]
    {
        let address = between(&recipe, &format!("\n{ours}: "), "\n");
        assert_eq!(address, between(&metainfo, &format!("<url type=\"{theirs}\">"), "<"), "{ours}");
    }
}

#[test]
fn the_recipe_builds_with_the_tools_that_the_app_names() {
    let recipe = read("fdroid/metadata/org.treffmeet.treff.yml");
    // F-Droid's name for a release of the NDK, and the one Gradle knows it by.
    let gradle = read("android/app/build.gradle.kts");
    assert_eq!(between(&gradle, "ndkVersion = \"", "\""), ["28.2.13676358"], "r28c: change both");
    assert_eq!(between(&recipe, " ndk: ", "\n"), ["r28c"; ABIS.len()]);
    let rust = between(&read("Cargo.toml"), "rust-version = \"", "\"")[0].to_owned();
    for default in between(&recipe, "rustup default ", "\n") {
        assert!(default.starts_with(&format!("{rust}.")), "{default}, but the workspace wants {rust}");
    }
    for install in between(&recipe, "cargo install ", "\n") {
        assert!(install.starts_with("--locked cargo-ndk@"), "{install} may be another tomorrow");
    }
}
