//! The client without a window: a call told as JSON lines (or in words, on a terminal), commands as JSON lines in,
//! files and a tone for devices.

mod clock;
mod output;
mod recorder;
mod script;
pub(crate) mod sound;
mod terminal;
mod vision;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use treff_app::{
    BridgeChannel, Client, ClientConfig, Command, EndReason, Layout, Platform, ServerTrust, UserError,
};

use crate::arguments::{BridgeChannelChoice, Join, VideoChoice};
use crate::network::SystemAddresses;
use output::{Printer, Signal};
use recorder::Recorder;
use terminal::Narrator;

/// Why the process ends, as its exit code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitReason {
    Usage = 2,
    NotReachable = 3,
    Refused = 4,
    MediaFailed = 5,
}

impl From<ExitReason> for ExitCode {
    fn from(reason: ExitReason) -> Self {
        Self::from(reason as u8)
    }
}

/// An end that was not wished for: one sentence for the person, one code for the script.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: ExitReason,
    pub(crate) sentence: String,
}

impl Failure {
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self { reason: ExitReason::Usage, sentence: sentence.into() }
    }
}

/// Joins as `join` says and stays until the meeting ends, the time is up or standard input says leave.
pub(crate) fn run(join: &Join) -> Result<(), Failure> {
    let started = Instant::now();
    let recorder = match &join.record {
        Some(folder) => Some(Recorder::create(folder).map_err(|error| cannot("record to", folder, &error))?),
        None => None,
    };
    let config = config(join)?;
    let platform = Platform {
        audio: Box::new(sound::Devices::open(&join.audio, recorder.clone()).map_err(Failure::usage)?),
        video: Box::new(vision::Cameras::open(&join.video, &join.share).map_err(Failure::usage)?),
        renderers: Box::new(vision::Renderers::new(recorder.clone())),
        codecs: vision::catalog(join.codec).map_err(Failure::usage)?,
        network: Box::new(SystemAddresses),
    };
    let client = Client::new(config, platform)
        .map_err(|error| Failure::usage(format!("The client cannot start: {error}. Close some programs.")))?;
    let (signals, inbox) = mpsc::channel();
    client.subscribe(if join.headless {
        Box::new(Printer::new(started, signals.clone(), join.levels))
    } else {
        Box::new(Narrator::new(signals.clone()))
    });
    script::listen(signals.clone());
    script::listen_for_interrupt(signals);
    start(&client, join);
    let failure = follow(&client, &inbox, join, started);
    client.shutdown();
    if let Some(recorder) = recorder {
        recorder.finish();
    }
    failure
}

fn start(client: &Client, join: &Join) {
    if let Some(server) = &join.server {
        client.dispatch(Command::SetPreferredServer { server: Some(server.clone()) });
    }
    let layout = Layout::Everyone { max_height: join.receive_height, last_n: join.last_n };
    client.dispatch(Command::Open { link: join.link.clone(), token: join.token.clone() });
    client.dispatch(Command::SetLayout { layout });
    client.dispatch(Command::Join {
        name: join.name.clone(),
        password: join.password.clone(),
        microphone: join.audio != crate::arguments::AudioChoice::None,
        camera: join.video != VideoChoice::None,
        protection: treff_app::Protection::default(),
    });
}

/// Waits for the end: the meeting's, the given time's, or a command's.
fn follow(
    client: &Client,
    inbox: &mpsc::Receiver<Signal>,
    join: &Join,
    started: Instant,
) -> Result<(), Failure> {
    let mut until = join.duration.map(|duration| started + duration);
    loop {
        let wait =
            until.map_or(Duration::from_secs(3600), |until| until.saturating_duration_since(Instant::now()));
        match inbox.recv_timeout(wait) {
            Ok(Signal::Command(command)) => client.dispatch(command),
            Ok(Signal::Ended(reason)) => return outcome(reason),
            Ok(Signal::PasswordNeeded { wrong: true }) if join.password.is_some() => {
                let sentence = "The password is wrong. Ask the person who invited you.".to_owned();
                return Err(Failure { reason: ExitReason::Refused, sentence });
            }
            // A script may answer; a person at a terminal is told how.
            Ok(Signal::PasswordNeeded { .. }) => eprintln!("{}", UserError::PasswordNeeded),
            Ok(Signal::LobbyRequired) => {
                let name = join.name.clone().unwrap_or_else(|| "Treff".to_owned());
                client.dispatch(Command::Knock { name });
            }
            Ok(Signal::Joined) if join.share != VideoChoice::None => client.dispatch(Command::StartShare),
            Ok(Signal::Joined) => {}
            Ok(Signal::Interrupted) | Err(mpsc::RecvTimeoutError::Timeout) => {
                // Leaving takes a moment; the end arrives as an event.
                client.dispatch(Command::Leave);
                until = until.map(|_| Instant::now() + Duration::from_secs(3600));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn outcome(reason: EndReason) -> Result<(), Failure> {
    let (reason, sentence) = match reason {
        EndReason::Left => return Ok(()),
        EndReason::Kicked { .. } => {
            (ExitReason::Refused, "A moderator removed you from the meeting.".to_owned())
        }
        EndReason::EndedForAll { .. } => return Ok(()),
        EndReason::Failed { error } => (exit_reason(&error), error.to_string()),
        _ => (ExitReason::Refused, "The meeting ended.".to_owned()),
    };
    Err(Failure { reason, sentence })
}

fn exit_reason(error: &UserError) -> ExitReason {
    match error {
        UserError::LinkInvalid { .. } | UserError::NoServerChosen | UserError::OtherService { .. } => {
            ExitReason::Usage
        }
        UserError::ServerNotFound { .. }
        | UserError::ServerUnreachable { .. }
        | UserError::CertificateInvalid { .. }
        | UserError::NotJitsi { .. }
        | UserError::RedirectedElsewhere { .. }
        | UserError::ServerNotReady => ExitReason::NotReachable,
        UserError::MediaFailed => ExitReason::MediaFailed,
        _ => ExitReason::Refused,
    }
}

/// The roots a server may prove itself by: the system's, and those of a file.
pub(crate) fn trust(ca: Option<&Path>) -> Result<ServerTrust, Failure> {
    let Some(path) = ca else { return Ok(ServerTrust::System) };
    let pem = fs::read(path).map_err(|error| cannot("read", path, &error))?;
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let roots = roots.unwrap_or_default();
    if roots.is_empty() {
        let path = path.display();
        return Err(Failure::usage(format!("{path} holds no certificate. --ca takes a PEM file.")));
    }
    Ok(ServerTrust::SystemAnd(roots))
}

fn config(join: &Join) -> Result<ClientConfig, Failure> {
    Ok(ClientConfig {
        store: join.store.clone(),
        trust: trust(join.ca.as_deref())?,
        resolve: join.resolve.clone(),
        bridge_channel: match join.bridge_channel {
            BridgeChannelChoice::Auto => None,
            BridgeChannelChoice::Sctp => Some(BridgeChannel::Sctp),
            BridgeChannelChoice::Websocket => Some(BridgeChannel::WebSocket),
        },
        send_codec: join.codec,
        media_patience: join.media_timeout,
    })
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("Cannot {what} {}: {error}. Check the path.", path.display()))
}
