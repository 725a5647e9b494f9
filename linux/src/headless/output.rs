//! Events as JSON lines on standard output, and the few that decide what happens next as signals.

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use serde::Serialize;
use treff_app::{Command, EndReason, Event, Observer, Snapshot};

/// What the main thread acts on.
pub(super) enum Signal {
    Command(Command),
    Ended(EndReason),
    PasswordNeeded { wrong: bool },
    LobbyRequired,
    Joined,
    Interrupted,
}

/// What the main thread has to know of an event.
pub(super) fn signal(event: &Event) -> Option<Signal> {
    Some(match event {
        Event::Ended { reason } => Signal::Ended(reason.clone()),
        Event::PasswordRequired { wrong } => Signal::PasswordNeeded { wrong: *wrong },
        Event::LobbyRequired => Signal::LobbyRequired,
        Event::Joined { .. } => Signal::Joined,
        _ => return None,
    })
}

/// Prints what the door tells.
pub(super) struct Printer {
    started: Instant,
    signals: Sender<Signal>,
    /// Levels are told as well.
    levels: bool,
    /// The revision that was printed or need not be.
    known: Option<u64>,
}

#[derive(Serialize)]
struct Line<'a, T> {
    t_ms: u64,
    #[serde(flatten)]
    what: &'a T,
}

#[derive(Serialize)]
struct SnapshotLine<'a> {
    event: &'static str,
    snapshot: &'a Snapshot,
}

impl Printer {
    pub(super) fn new(started: Instant, signals: Sender<Signal>, levels: bool) -> Self {
        Self { started, signals, levels, known: None }
    }

    fn print<T: Serialize>(&self, what: &T) {
        let t_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let Ok(mut line) = serde_json::to_vec(&Line { t_ms, what }) else { return };
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        // Whoever read our output has gone: the call goes on without being told.
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
}

impl Observer for Printer {
    fn on_event(&mut self, event: &Event) {
        self.print(event);
        if let Some(signal) = signal(event) {
            let _ = self.signals.send(signal);
        }
    }

    fn wants_levels(&self) -> bool {
        self.levels
    }

    fn on_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
        // The same revision twice means that somebody asked for it.
        if self.known.replace(snapshot.revision) == Some(snapshot.revision) {
            self.print(&SnapshotLine { event: "snapshot", snapshot });
        }
    }
}
