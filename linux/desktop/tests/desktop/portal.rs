//! Parts of xdg-desktop-portal that do as a test says and remember what they were asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, fdo, interface};

use crate::bus::PrivateBus;

pub(crate) const NAME: &str = "org.freedesktop.portal.Desktop";
pub(crate) const PATH: &str = "/org/freedesktop/portal/desktop";

pub(crate) type Options = HashMap<String, OwnedValue>;

/// What a portal was asked, in words.
pub(crate) type Diary = Arc<Mutex<Vec<String>>>;

pub(crate) fn note(diary: &Diary, line: impl Into<String>) {
    diary.lock().expect("no test panicked with it").push(line.into());
}

pub(crate) fn read(diary: &Diary) -> Vec<String> {
    diary.lock().expect("no test panicked with it").clone()
}

/// Puts one interface of the portal onto the bus.
pub(crate) async fn stand_in<I: zbus::object_server::Interface>(bus: &PrivateBus, part: I) -> Connection {
    let connection = bus.builder().serve_at(PATH, part).expect("a path").build().await.expect("a connection");
    connection.request_name(NAME).await.expect("a name that nobody has");
    connection
}

/// A request under way; closing it is noted.
pub(crate) struct Request {
    diary: Diary,
}

#[interface(name = "org.freedesktop.portal.Request")]
impl Request {
    fn close(&self) {
        note(&self.diary, "close");
    }
}

/// Opens a request as the documentation says, answers it with `code`, and gives its handle.
pub(crate) async fn answer(
    connection: &Connection,
    header: &Header<'_>,
    options: &Options,
    diary: &Diary,
    code: u32,
    results: HashMap<&str, Value<'_>>,
) -> fdo::Result<OwnedObjectPath> {
    let token =
        String::try_from(options["handle_token"].try_clone().expect("no descriptor")).expect("a text");
    let caller = header.sender().expect("the bus says who calls").trim_start_matches(':').replace('.', "_");
    let path = format!("{PATH}/request/{caller}/{token}");
    connection.object_server().at(path.as_str(), Request { diary: diary.clone() }).await?;
    SignalEmitter::new(connection, path.as_str())?
        .emit("org.freedesktop.portal.Request", "Response", &(code, results))
        .await?;
    OwnedObjectPath::try_from(path).map_err(|error| fdo::Error::Failed(error.to_string()))
}

/// A text among the options.
pub(crate) fn text(options: &Options, key: &str) -> String {
    options.get(key).and_then(|value| value.downcast_ref::<String>().ok()).unwrap_or_default()
}
