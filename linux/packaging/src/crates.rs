//! The crates that a build without a network needs, as sources of a Flatpak manifest.

use std::error::Error;

use serde_json::{Value, json};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// What tells cargo to look into the folder and nowhere else.
const CONFIGURATION: &str = "[source.crates-io]\nreplace-with = \"vendored-sources\"\n\n\
                             [source.vendored-sources]\ndirectory = \"cargo/vendor\"\n";

/// Every crate of the registry in `lock`, each with its checksum, and the configuration that finds them.
pub(crate) fn flatpak_sources(lock: &str) -> Result<String, Box<dyn Error>> {
    let mut sources = Vec::new();
    for package in lock.split("[[package]]").skip(1) {
        if field(package, "source") != Some(REGISTRY) {
            continue;
        }
        let (Some(name), Some(version), Some(checksum)) =
            (field(package, "name"), field(package, "version"), field(package, "checksum"))
        else {
            return Err(format!("Cargo.lock has a package without a checksum: {package}").into());
        };
        sources.extend(crate_sources(name, version, checksum));
    }
    sources.push(json!({
        "type": "inline", "contents": CONFIGURATION, "dest": "cargo", "dest-filename": "config.toml"
    }));
    Ok(serde_json::to_string_pretty(&sources)? + "\n")
}

fn crate_sources(name: &str, version: &str, checksum: &str) -> [Value; 2] {
    let folder = format!("cargo/vendor/{name}-{version}");
    [
        json!({
            "type": "archive",
            "archive-type": "tar-gzip",
            "url": format!("https://static.crates.io/crates/{name}/{name}-{version}.crate"),
            "sha256": checksum,
            "dest": folder,
        }),
        json!({
            "type": "inline",
            "contents": json!({ "package": checksum, "files": {} }).to_string(),
            "dest": folder,
            "dest-filename": ".cargo-checksum.json",
        }),
    ]
}

/// `name = "value"` on a line of its own.
fn field<'a>(package: &'a str, name: &str) -> Option<&'a str> {
    package.lines().find_map(|line| {
        let value = line.strip_prefix(name)?.strip_prefix(" = \"")?;
        value.strip_suffix('"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_of_the_registry_is_listed_with_its_checksum() {
        let lock = "version = 4\n\n[[package]]\nname = \"bytes\"\nversion = \"1.12.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"abc\"\n\n[[package]]\nname = \"treff-app\"\nversion = \"0.1.0\"\n";
        let sources: Vec<Value> =
            serde_json::from_str(&flatpak_sources(lock).expect("a lock file")).expect("JSON");
        assert_eq!(sources.len(), 3);
        assert_eq!(sources[0]["sha256"], "abc");
        assert_eq!(sources[0]["dest"], "cargo/vendor/bytes-1.12.0");
        assert_eq!(sources[1]["contents"], r#"{"files":{},"package":"abc"}"#);
        let without = lock.replace("checksum = \"abc\"\n", "");
        assert!(flatpak_sources(&without).is_err());
    }
}
