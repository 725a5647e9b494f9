//! The rest of the program, as a notebook: every wish of the window is written down.

use std::cell::RefCell;

use chrono::{DateTime, NaiveDateTime};
use treff_app::Command;
use treff_ui::Host;

/// 2026-11-24, 18:30 in UTC, which is also the wall clock of the scenes.
pub(crate) const NOW: u64 = 1_795_545_000_000;

#[derive(Default)]
pub(crate) struct FakeHost {
    pub(crate) commands: RefCell<Vec<Command>>,
    pub(crate) copied: RefCell<Vec<String>>,
    pub(crate) opened: RefCell<Vec<String>>,
    pub(crate) saved: RefCell<Vec<(String, String)>>,
}

impl Host for FakeHost {
    fn dispatch(&self, command: Command) {
        self.commands.borrow_mut().push(command);
    }

    fn copy(&self, text: &str) {
        self.copied.borrow_mut().push(text.to_owned());
    }

    fn open(&self, url: &str) {
        self.opened.borrow_mut().push(url.to_owned());
    }

    fn save(&self, name: &str, content: &str) {
        self.saved.borrow_mut().push((name.to_owned(), content.to_owned()));
    }

    fn now(&self) -> u64 {
        NOW
    }

    fn local_time(&self, milliseconds: u64) -> NaiveDateTime {
        let milliseconds = i64::try_from(milliseconds).expect("a time of this age");
        DateTime::from_timestamp_millis(milliseconds).expect("a time of this age").naive_utc()
    }

    fn diagnostics(&self) -> String {
        "Treff 0.1.0\nDebian GNU/Linux 13, Wayland, x86_64\n2 microphones, 1 loudspeaker, 1 camera\n\
         18:21:04 connected, websocket\n18:21:05 media connected, udp\n18:29:58 left"
            .to_owned()
    }
}
