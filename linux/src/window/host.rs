//! What the screens ask of the rest of the program.

use std::cell::{OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arboard::Clipboard;
use chrono::{DateTime, Local, NaiveDateTime};
use treff_app::{Client, Command, Screen, Snapshot, diagnostics};
use treff_desktop::FileToKeep;
use treff_ui::Host;

use super::belongings::Belongings;
use super::with_window;

/// The program behind the window.
pub(super) struct WindowHost {
    /// The core ends when the window closes, whoever still holds a screen.
    client: Weak<Client>,
    belongings: Belongings,
    snapshot: RefCell<Arc<Snapshot>>,
    /// Opened at the first copy; on X11 it also serves what was copied.
    clipboard: OnceCell<Option<RefCell<Clipboard>>>,
}

impl WindowHost {
    pub(super) fn new(client: &Rc<Client>, belongings: Belongings) -> Self {
        Self {
            client: Rc::downgrade(client),
            belongings,
            snapshot: RefCell::default(),
            clipboard: OnceCell::new(),
        }
    }

    /// Remembers the newest state.
    pub(super) fn follow(&self, snapshot: &Arc<Snapshot>) {
        self.snapshot.replace(Arc::clone(snapshot));
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.borrow())
    }

    pub(super) fn screen(&self) -> Screen {
        self.snapshot.borrow().screen.clone()
    }

    /// The name of somebody in the call, if they gave one.
    pub(super) fn name_of(&self, endpoint: &str) -> Option<String> {
        let snapshot = self.snapshot.borrow();
        snapshot.participants.iter().find(|person| person.endpoint == endpoint)?.name.clone()
    }
}

impl Host for WindowHost {
    fn dispatch(&self, command: Command) {
        if let Some(client) = self.client.upgrade() {
            client.dispatch(command);
        }
    }

    fn copy(&self, text: &str) {
        let clipboard = self.clipboard.get_or_init(|| Clipboard::new().ok().map(RefCell::new));
        let copied = clipboard.as_ref().is_some_and(|board| board.borrow_mut().set_text(text).is_ok());
        if !copied {
            tracing::warn!("The clipboard cannot be reached.");
        }
    }

    fn open(&self, url: &str) {
        self.belongings.open(url);
    }

    fn save(&self, name: &str, content: &str) {
        let (name, content) = (name.to_owned(), content.to_owned());
        with_window(|window| {
            let title = window.words().save();
            self.belongings.keep(FileToKeep { title, name, content });
        });
    }

    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
    }

    fn local_time(&self, milliseconds: u64) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_millis(milliseconds as i64).unwrap_or_default();
        utc.with_timezone(&Local).naive_local()
    }

    fn diagnostics(&self) -> String {
        let display = if std::env::var_os("WAYLAND_DISPLAY").is_some() { "Wayland" } else { "X11" };
        diagnostics(&self.snapshot.borrow(), &format!("Linux on {}, {display}", std::env::consts::ARCH))
    }
}
