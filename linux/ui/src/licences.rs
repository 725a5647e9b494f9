//! What Treff is made of: every crate of the binary with the licence it names (`licences.txt`, written and checked by
//! `tests/licences.rs`), and the C libraries that some of them bring. Out: one row a licence.

use std::collections::BTreeMap;
use std::rc::Rc;

use slint::{ComponentHandle, Global, Model};

use crate::rows::follow;
use crate::ui::Shared;
use crate::{AppWindow, LicencesAdapter, Part};

/// One crate a line: name, version, licence.
const CRATES: &str = include_str!("../licences.txt");

/// Libraries in C within those crates, or built beside them, with the licence of each.
const LIBRARIES: &[(&str, &str)] = &[
    ("dav1d", "BSD-2-Clause"),
    ("libvpx", "BSD-3-Clause"),
    ("OpenH264", "BSD-2-Clause"),
    ("Opus", "BSD-3-Clause"),
    ("SQLite", "Public Domain"),
];

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    window.global::<LicencesAdapter>().on_back(shared.callback(Shared::back));
}

pub(crate) fn show(window: &AppWindow) {
    let adapter = LicencesAdapter::get(window);
    if adapter.get_parts().row_count() == 0 {
        adapter.set_version(env!("CARGO_PKG_VERSION").into());
        adapter.set_parts(follow(adapter.get_parts(), parts()));
    }
}

/// The licences, the most used first, each with what is under it.
fn parts() -> Vec<Part> {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let crates = CRATES.lines().filter_map(|line| {
        let (name, rest) = line.split_once(' ')?;
        Some((name, rest.split_once(' ')?.1))
    });
    for (name, licence) in crates.chain(LIBRARIES.iter().copied()) {
        names.entry(alike(licence)).or_default().push(name);
    }
    let mut parts: Vec<Part> = names
        .into_iter()
        .map(|(licence, mut names)| {
            names.sort_by_key(|name| name.to_lowercase());
            names.dedup();
            let count = i32::try_from(names.len()).unwrap_or(i32::MAX);
            Part { licence: licence.into(), names: names.join(", ").into(), count }
        })
        .collect();
    parts.sort_by_key(|part| -part.count);
    parts
}

/// The same choice of licences always in the same words: crates order them as they like.
fn alike(licence: &str) -> String {
    if licence.contains(['(', ')']) || licence.contains(" AND ") {
        return licence.to_owned();
    }
    let mut choices: Vec<&str> =
        licence.split('/').flat_map(|part| part.split(" OR ")).map(str::trim).collect();
    choices.sort_by_key(|choice| (*choice != "MIT", *choice));
    choices.join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_stands_under_its_licence() {
        let parts = parts();
        let under = |licence: &str, name: &str| {
            let part = parts.iter().find(|part| part.licence == licence).expect("the licence is listed");
            part.names.split(", ").any(|listed| listed == name)
        };
        assert!(under("MIT / Apache-2.0", "serde"));
        assert!(under("BSD-3-Clause", "Opus"));
        assert!(!CRATES.lines().any(|line| line.split(' ').count() < 3), "a crate without a licence");
    }

    #[test]
    fn the_order_of_a_choice_does_not_matter() {
        assert_eq!(alike("Apache-2.0/MIT"), alike("MIT OR Apache-2.0"));
        assert_eq!(alike("(MIT OR Apache-2.0) AND Unicode-3.0"), "(MIT OR Apache-2.0) AND Unicode-3.0");
    }
}
