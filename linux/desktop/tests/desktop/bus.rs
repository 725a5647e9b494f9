//! A session bus of one's own, and a Treff on it whose events are heard.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;
use treff_desktop::{BusAddress, Desktop, Event, Options};
use zbus::Connection;
use zbus::connection::Builder;

/// Long enough for a busy machine; nobody waits that long where things work.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Everything is allowed, nothing is started by itself.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A bus that ends with its test.
pub(crate) struct PrivateBus {
    daemon: Child,
    address: String,
    _folder: TempDir,
}

impl PrivateBus {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let configuration = folder.path().join("bus.conf");
        let text = CONFIGURATION.replace("FOLDER", &folder.path().display().to_string());
        std::fs::write(&configuration, text).expect("a file in our own folder");
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            // It complains about limits that it may not raise.
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon, of Debian's package of that name");
        let mut address = String::new();
        let output = daemon.stdout.take().expect("it was asked for");
        BufReader::new(output).read_line(&mut address).expect("the bus says where it is");
        Self { daemon, address: address.trim().to_owned(), _folder: folder }
    }

    pub(crate) fn address(&self) -> BusAddress {
        BusAddress::At(self.address.clone())
    }

    /// Somebody else on this bus.
    pub(crate) fn builder(&self) -> Builder<'static> {
        Builder::address(self.address.as_str()).expect("an address")
    }

    pub(crate) async fn connect(&self) -> Connection {
        self.builder().build().await.expect("a connection")
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            links: Vec::new(),
            session: self.address(),
            system: BusAddress::At("unix:path=/nonexistent/system_bus".to_owned()),
            sandboxed: false,
            activation_token: None,
            downloads: None,
        }
    }

    pub(crate) fn treff(&self) -> Treff {
        Treff::start(self.options())
    }

    pub(crate) fn stop(&mut self) {
        self.daemon.kill().expect("our own daemon");
        self.daemon.wait().expect("our own daemon");
    }
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A Treff and what it heard.
pub(crate) struct Treff {
    pub(crate) desktop: Desktop,
    events: Receiver<Event>,
}

impl Treff {
    pub(crate) fn start(options: Options) -> Self {
        let (told, events) = channel();
        let desktop = Desktop::start(options, move |event| {
            let _ = told.send(event);
        });
        Self { desktop, events }
    }

    /// The next event for which `wanted` gives something; others are passed over.
    pub(crate) fn hear<T>(&self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        loop {
            let event = self.events.recv_timeout(PATIENCE).expect("the event that the test waits for");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }

    pub(crate) fn hears(&self, expected: &Event) {
        self.hear(|event| (event == expected).then_some(()));
    }
}
