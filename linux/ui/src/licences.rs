//! What Treff is made of: every crate of the binary with the licence it names (`licences.txt`, written and checked by
//! `tests/suites/tests/licences.rs`), and the C libraries that some of them bring. Out: one row a licence.

use std::rc::Rc;

use slint::{ComponentHandle, Global, Model};
use treff_app::{Licence, licences};

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

fn parts() -> Vec<Part> {
    let part = |licence: Licence| Part {
        count: i32::try_from(licence.parts.len()).unwrap_or(i32::MAX),
        names: licence.parts.join(", ").into(),
        licence: licence.licence.into(),
    };
    licences(CRATES, LIBRARIES).into_iter().map(part).collect()
}
