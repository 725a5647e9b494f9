//! The child process: its folder, its log, and its certain end.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader, PipeReader};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::lab::LabError;

/// Where Debian's package has the program.
const PROGRAM: &str = "/usr/bin/prosody";
/// It takes a fraction of a second on an idle machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Lines of the log that an error shows.
const TOLD: usize = 8;

/// Why there is no Prosody.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("Prosody is not installed; it is Debian's package `prosody`: sudo apt-get install prosody")]
    Missing,
    #[error("somebody else took a port of Prosody's")]
    PortTaken,
    #[error("Prosody ended, saying: {0}")]
    Ended(String),
    #[error("Prosody was not ready in time, saying: {0}")]
    Slow(String),
    #[error("Prosody does not want {0}")]
    Refused(String),
}

impl From<Failure> for LabError {
    fn from(failure: Failure) -> Self {
        Self::Setup(failure.to_string())
    }
}

/// A running Prosody.
pub(crate) struct Process {
    child: Child,
    /// Gone as soon as everything in it was read.
    folder: Option<Folder>,
    log: UnboundedReceiver<String>,
    told: VecDeque<String>,
}

impl Process {
    /// Starts the program with the configuration that `config` writes for a fresh folder.
    pub(super) fn spawn(config: impl FnOnce(&Path) -> String) -> Result<Self, Failure> {
        if !Path::new(PROGRAM).exists() {
            return Err(Failure::Missing);
        }
        let folder = Folder::create()?;
        let file = folder.0.join("prosody.cfg.lua");
        fs::write(&file, config(&folder.0))?;
        let (reader, writer) = io::pipe()?;
        // Should this process be killed, nobody is left to clean up: the kernel then ends the child with the thread
        // that started it (PR_SET_PDEATHSIG).
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", PROGRAM, "-F", "--config"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        let (teller, log) = mpsc::unbounded_channel();
        let process = Self { child, folder: Some(folder), log, told: VecDeque::new() };
        thread::Builder::new().name("lab-prosody-log".to_owned()).spawn(move || read_log(reader, &teller))?;
        Ok(process)
    }

    /// Waits until it listens on these ports.
    pub(super) async fn ready(&mut self, ports: &[u16]) -> Result<(), Failure> {
        let outcome = tokio::time::timeout(PATIENCE, self.listening(ports)).await;
        outcome.unwrap_or_else(|_| Err(Failure::Slow(self.said())))?;
        self.folder = None;
        // The log is for whoever traces; it is not collected any more.
        self.log.close();
        Ok(())
    }

    async fn listening(&mut self, ports: &[u16]) -> Result<(), Failure> {
        let mut missing = ports.to_vec();
        while !missing.is_empty() {
            let Some(line) = self.log.recv().await else { return Err(Failure::Ended(self.said())) };
            if line.contains("Failed to open server port") {
                return Err(Failure::PortTaken);
            }
            if line.contains("Activated service") {
                missing.retain(|port| !line.ends_with(&format!("]:{port}")));
            }
            self.told.push_back(line);
            if self.told.len() > TOLD {
                self.told.pop_front();
            }
        }
        Ok(())
    }

    fn said(&self) -> String {
        self.told.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    /// The process's number.
    #[cfg(test)]
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill, only to bury.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end, or the pipe would fill up and the server stop.
fn read_log(pipe: PipeReader, teller: &UnboundedSender<String>) {
    for line in BufReader::new(pipe).lines() {
        let Ok(line) = line else { return };
        tracing::debug!(line, "prosody");
        // After the start nobody listens.
        let _ = teller.send(line);
    }
}

/// A temporary folder that only we can read: the components' secret is in it.
struct Folder(PathBuf);

impl Folder {
    fn create() -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.mode(0o700);
        let mut number = 0_u32;
        loop {
            let name = format!("treff-lab-prosody-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_it_says_before_it_ends_is_told() {
        let process = Process::spawn(|_| "this is not Lua".to_owned());
        let mut process = process.unwrap_or_else(|failure| panic!("{failure}"));
        let Err(Failure::Ended(said)) = process.ready(&[1]).await else { panic!("it cannot be up") };
        assert!(said.contains("prosody.cfg.lua"), "{said}");
    }

    #[tokio::test]
    async fn no_process_and_no_folder_are_left() {
        let mut folder = PathBuf::new();
        let process = Process::spawn(|path| {
            folder = path.to_owned();
            "run_as_root = true".to_owned()
        });
        let process = process.unwrap_or_else(|failure| panic!("{failure}"));
        let id = process.id();
        assert!(folder.exists() && Path::new(&format!("/proc/{id}")).exists());
        drop(process);
        assert!(!folder.exists() && !Path::new(&format!("/proc/{id}")).exists());
    }
}
