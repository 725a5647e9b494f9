//! What Treff is made of.

use std::rc::Rc;

use slint::{ComponentHandle, Global, Model};

use crate::rows::follow;
use crate::ui::Shared;
use crate::{AppWindow, LicencesAdapter, Part};

/// The large parts; the package's documentation lists every one with its text.
const PARTS: &[(&str, &str)] = &[
    ("Slint", "GPL-3.0-only"),
    ("webrtc-rs", "MIT OR Apache-2.0"),
    ("xmpp-rs", "MPL-2.0"),
    ("Opus", "BSD-3-Clause"),
    ("libvpx", "BSD-3-Clause"),
    ("dav1d", "BSD-2-Clause"),
    ("OpenH264", "BSD-2-Clause"),
    ("rustls", "Apache-2.0 OR ISC OR MIT"),
    ("Tokio", "MIT"),
    ("SQLite", "Public Domain"),
];

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    window.global::<LicencesAdapter>().on_back(shared.callback(Shared::back));
}

pub(crate) fn show(window: &AppWindow) {
    let adapter = LicencesAdapter::get(window);
    if adapter.get_parts().row_count() == 0 {
        adapter.set_version(env!("CARGO_PKG_VERSION").into());
        let parts =
            PARTS.iter().map(|(name, licence)| Part { name: (*name).into(), licence: (*licence).into() });
        adapter.set_parts(follow(adapter.get_parts(), parts.collect()));
    }
}
