//! What the app is made of, for the page that says so.

/// Every crate of the library: name, version, licence (`tests/suites/tests/licences.rs` writes and checks it).
const CRATES: &str = include_str!("../licences.txt");

/// Libraries in C within those crates, and what else is in the app.
const BESIDES: &[(&str, &str)] = &[
    ("Java Native Access", "LGPL-2.1-or-later / Apache-2.0"),
    ("Kotlin", "Apache-2.0"),
    ("Opus", "BSD-3-Clause"),
    ("SQLite", "Public Domain"),
];

/// A licence, and what is under it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Licence {
    /// An SPDX expression.
    pub licence: String,
    /// Names, in alphabetical order.
    pub parts: Vec<String>,
}

/// What the app is made of, the licence of most parts first.
#[uniffi::export]
fn licences() -> Vec<Licence> {
    let cross = |found: treff_app::Licence| Licence { licence: found.licence, parts: found.parts };
    treff_app::licences(CRATES, BESIDES).into_iter().map(cross).collect()
}
