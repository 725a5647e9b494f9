//! Prosody's configuration: a bare server with anonymous accounts and rooms, and our components on it.
//!
//! None of Jitsi's own modules are needed: the focus asks and answers for itself, over XEP-0114.

use std::path::Path;
use std::time::Duration;

use crate::names::{self, HOST};

/// What differs from one Prosody to the next.
pub(super) struct Settings<'a> {
    pub(super) folder: &'a Path,
    pub(super) http_port: u16,
    pub(super) component_port: u16,
    pub(super) secret: &'a str,
    /// How long a lost socket's session is kept, for clients with stream management.
    pub(super) hibernation: Duration,
}

/// The domains that the lab itself speaks for.
pub(crate) fn components() -> [String; 3] {
    [names::auth(), names::focus_component(), names::people()]
}

impl Settings<'_> {
    /// The file, which Prosody reads as Lua.
    pub(super) fn render(&self) -> String {
        let Self { folder, http_port, component_port, secret, hibernation } = self;
        // A path may hold anything, and Lua's strings escape as Rust's do for what occurs in paths.
        let folder = format!("{:?}", folder.display().to_string());
        let hibernation = hibernation.as_secs().max(1);
        let focus = names::focus_account().bare_text();
        let rooms = names::muc();
        let mut text = format!(
            r#"-- No harm for others: everything listens on loopback only, and only as long as the lab lives.
run_as_root = true
data_path = {folder}
certificates = {folder}
storage = "memory"
log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}
modules_enabled = {{ "saslauth"; "disco"; "ping"; "smacks"; "websocket"; "external_services" }}
modules_disabled = {{ "s2s"; "s2s_auth_certs"; "offline" }}
authentication = "internal_hashed"
allow_registration = false
c2s_ports = {{ }}
c2s_direct_tls_ports = {{ }}
c2s_require_encryption = false
http_interfaces = {{ "127.0.0.1" }}
http_ports = {{ {http_port} }}
https_ports = {{ }}
http_default_host = "{HOST}"
consider_websocket_secure = true
component_interfaces = {{ "127.0.0.1" }}
component_ports = {{ {component_port} }}
smacks_hibernation_time = {hibernation}

VirtualHost "{HOST}"
  authentication = "anonymous"
  external_services = {{ {{ type = "stun"; transport = "udp"; host = "{HOST}"; port = 3478 }} }}

Component "{rooms}" "muc"
  restrict_room_creation = true
  admins = {{ "{focus}" }}
  muc_room_locking = false
  muc_room_default_public_jids = true
  muc_tombstones = false
"#
        );
        for domain in components() {
            text.push_str(&format!("\nComponent \"{domain}\"\n  component_secret = \"{secret}\"\n"));
        }
        text
    }
}
