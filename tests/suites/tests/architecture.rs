//! The rules of the house that a compiler does not check: which crate may know which, and that the protocols do no IO.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Which of ours each of ours may depend on.
const ARROWS: [(&str, &[&str]); 7] = [
    ("treff-link", &[]),
    ("treff-deployment", &["treff-link"]),
    ("treff-signalling", &["treff-link", "treff-deployment"]),
    ("treff-media", &[]),
    ("treff-store", &[]),
    ("treff-app", &["treff-link", "treff-deployment", "treff-signalling", "treff-media", "treff-store"]),
    ("treff-codecs", &["treff-media"]),
];

/// Crates that take bytes and the time, and give bytes and deadlines.
const SANS_IO: [&str; 4] = ["treff-link", "treff-deployment", "treff-signalling", "treff-media"];

/// What would bring sockets, threads of its own or a runtime.
const RUNTIMES: [&str; 9] =
    ["tokio", "async-std", "async-io", "smol", "mio", "hyper", "reqwest", "rusqlite", "futures-executor"];

struct Workspace {
    /// Normal dependencies of every package in the graph, by name.
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Workspace {
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked", "--offline"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs, since it runs this test");
        let graph: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let names: BTreeMap<String, String> =
            list(&graph["packages"]).iter().map(|p| (text(&p["id"]), text(&p["name"]))).collect();
        let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(&graph["resolve"]["nodes"]) {
            let normal = list(&node["deps"]).into_iter().filter(|dependency| {
                list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
            });
            let found = normal.map(|dependency| names[&text(&dependency["pkg"])].clone());
            dependencies.entry(names[&text(&node["id"])].clone()).or_default().extend(found);
        }
        Self { dependencies }
    }

    fn reachable(&self, from: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![from.to_owned()];
        while let Some(name) = waiting.pop() {
            for next in self.dependencies.get(&name).into_iter().flatten() {
                if found.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        found
    }
}

#[test]
fn dependencies_point_one_way() {
    let workspace = Workspace::read();
    for (name, allowed) in ARROWS {
        let ours = workspace.dependencies[name].iter().filter(|other| other.starts_with("treff-"));
        for other in ours {
            assert!(allowed.contains(&other.as_str()), "{name} must not depend on {other}");
        }
    }
    for front in ["treff-linux", "treff-app"] {
        for test in ["treff-lab", "treff-suites"] {
            assert!(!workspace.reachable(front).contains(test), "{front} must not contain {test}");
        }
    }
    assert!(
        !workspace.reachable("treff-lab").contains("treff-signalling"),
        "the lab shares no signalling code"
    );
}

#[test]
fn the_protocols_do_no_io() {
    let workspace = Workspace::read();
    for name in SANS_IO {
        let reachable = workspace.reachable(name);
        for runtime in RUNTIMES {
            assert!(!reachable.contains(runtime), "{name} must not reach {runtime}");
        }
    }
}
