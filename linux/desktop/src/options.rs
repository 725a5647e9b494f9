//! What a [`crate::Desktop`] is started with.

use std::path::{Path, PathBuf};

use crate::keeper;

/// Treff's name on the bus, in the menus and in the portals.
pub(crate) const APP_ID: &str = "org.treffmeet.treff";
/// The path that goes with [`APP_ID`], as `org.freedesktop.Application` wants it.
pub(crate) const APP_PATH: &str = "/org/treffmeet/treff";

/// Where a message bus is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BusAddress {
    /// As the environment says.
    Environment,
    /// At this D-Bus address; tests have a bus of their own.
    At(String),
}

/// What a [`crate::Desktop`] is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Links to be opened: by us, or by the Treff that runs already.
    pub links: Vec<String>,
    /// The session bus.
    pub session: BusAddress,
    /// The system bus, for logind where there is no portal.
    pub system: BusAddress,
    /// We run in a Flatpak or Snap: the portals come first.
    pub sandboxed: bool,
    /// The token that lets a window come to the front; from whoever started us.
    pub activation_token: Option<String>,
    /// Where files go when nobody can be asked.
    pub downloads: Option<PathBuf>,
}

impl Options {
    /// As this process was started.
    #[must_use]
    pub fn from_environment(links: Vec<String>) -> Self {
        let token = |name| std::env::var(name).ok().filter(|token| !token.is_empty());
        Self {
            links,
            session: BusAddress::Environment,
            system: BusAddress::Environment,
            sandboxed: Path::new("/.flatpak-info").exists() || std::env::var_os("SNAP").is_some(),
            activation_token: token("XDG_ACTIVATION_TOKEN").or_else(|| token("DESKTOP_STARTUP_ID")),
            downloads: keeper::downloads(|name| std::env::var_os(name)),
        }
    }
}
