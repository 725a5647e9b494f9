//! A running `treff`: its lines as they come, its standard input, its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;
use treff_lab::Lab;

/// How long anything may take before a test fails. Nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own, gone when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("treff-headless-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("space in the temporary folder");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the temporary folder anyway.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How it ended.
pub(crate) struct End {
    pub(crate) code: Option<i32>,
    /// What it said on standard error.
    pub(crate) words: String,
    /// Everything it printed, in order.
    pub(crate) lines: Vec<Value>,
}

/// A running `treff`.
pub(crate) struct Treff {
    child: Child,
    commands: ChildStdin,
    printed: mpsc::UnboundedReceiver<Value>,
    words: Option<JoinHandle<String>>,
    lines: Vec<Value>,
    passed: usize,
}

impl Treff {
    /// Starts it with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_treff"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let (printer, printed) = mpsc::unbounded_channel();
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Text that is no JSON, such as --help, is kept as text.
                let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                // A test that has failed listens no more.
                let _ = printer.send(value);
            }
        });
        let mut errors = child.stderr.take().expect("a pipe");
        let words = thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            text
        });
        let commands = child.stdin.take().expect("a pipe");
        Self { child, commands, printed, words: Some(words), lines: Vec::new(), passed: 0 }
    }

    /// Joins a room of a lab without a window.
    pub(crate) fn join(lab: &Lab, folder: &Folder, room: &str, more: &[&str]) -> Self {
        let ca = folder.write("root.pem", lab.ca_pem());
        let (link, resolve) = (lab.link(room), lab.resolve());
        let mut arguments = vec!["join", &link, "--headless", "--ca", &ca, "--resolve", &resolve];
        arguments.extend_from_slice(more);
        Self::start(&arguments)
    }

    /// Writes a line on its standard input.
    pub(crate) fn does(&mut self, line: &str) {
        self.commands.write_all(format!("{line}\n").as_bytes()).expect("it reads");
        self.commands.flush().expect("it reads");
    }

    /// Waits for a line that `wanted` describes. Those before it count as seen.
    pub(crate) async fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut next = self.passed;
        let found = timeout(PATIENCE, async {
            loop {
                while let Some(line) = self.lines.get(next) {
                    next += 1;
                    if wanted(line) {
                        return Some(next);
                    }
                }
                let line = self.printed.recv().await?;
                self.lines.push(line);
            }
        });
        match found.await {
            Ok(Some(after)) => {
                self.passed = after;
                self.lines[after - 1].clone()
            }
            _ => panic!("waited in vain for {what}; it printed {:#?}", self.lines),
        }
    }

    /// Waits for an event of this name.
    pub(crate) async fn tells(&mut self, event: &str) -> Value {
        self.until(event, |line| line["event"] == event).await
    }

    /// Interrupts it, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-INT", &id]).status();
        assert!(status.is_ok_and(|status| status.success()), "the signal is sent");
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ends(mut self) -> End {
        let rest = timeout(PATIENCE, async {
            while let Some(line) = self.printed.recv().await {
                self.lines.push(line);
            }
        });
        assert!(rest.await.is_ok(), "it does not end; it printed {:#?}", self.lines);
        // Its standard output is closed, so it is about to end.
        let status = self.child.wait().expect("its end is seen");
        let words = self.words.take().and_then(|words| words.join().ok()).expect("standard error was read");
        End { code: status.code(), words, lines: std::mem::take(&mut self.lines) }
    }
}

impl Drop for Treff {
    fn drop(&mut self) {
        // A process that has ended already cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
