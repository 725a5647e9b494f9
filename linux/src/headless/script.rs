//! Commands as JSON lines on standard input, and Ctrl-C.

use std::io::BufRead;
use std::sync::mpsc::Sender;
use std::thread;

use super::output::Signal;

/// Longer lines are not commands.
const LINE_LIMIT: usize = 64 << 10;

/// Reads commands until standard input ends. A line that is none is answered on standard error and left out.
pub(super) fn listen(signals: Sender<Signal>) {
    let spawned = thread::Builder::new().name("treff-script".to_owned()).spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            match serde_json::from_str(line) {
                Ok(command) if line.len() <= LINE_LIMIT => {
                    if signals.send(Signal::Command(command)).is_err() {
                        break;
                    }
                }
                Ok(_) => eprintln!("A command line is too long and was left out."),
                Err(error) => eprintln!("Not a command ({error}): see docs/headless.md for the list."),
            }
        }
    });
    if let Err(error) = spawned {
        tracing::warn!("Standard input is not read: {error}.");
    }
}

/// Turns Ctrl-C and the system's polite kill into leaving politely. A second one ends the process at once.
pub(super) fn listen_for_interrupt(signals: Sender<Signal>) {
    let handler = ctrlc::set_handler(move || {
        if signals.send(Signal::Interrupted).is_err() {
            std::process::exit(0);
        }
    });
    if let Err(error) = handler {
        tracing::warn!("Ctrl-C will not leave politely: {error}.");
    }
}
