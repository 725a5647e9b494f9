//! `treff-lab`: opens a lab from the command line, prints how to join it, and runs until it is stopped.

use std::future::pending;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use treff_lab::{BridgeChannels, ConferenceRequest, ConfigDialect, Lab, LabOptions, Server};
use treff_media::codec::VideoCodec;

const USAGE: &str =
    "usage: treff-lab [--people N] [--codec vp8|vp9|h264|av1] [--bridge-channel sctp|websocket]
                 [--room NAME] [--port P] [--password X] [--lobby] [--http-request] [--docker-config]
                 [--prosody] [--seconds S] [--write-ca FILE]

Starts a small Jitsi deployment on loopback with N synthetic people (default 2) and prints one line of JSON:
the link to join, the file with the root certificate to trust, and where the host name leads.
With --prosody its focus and bridge stand behind Debian's Prosody (package prosody), which it starts and ends.
It runs until Ctrl-C, or for S seconds.";

struct Arguments {
    options: LabOptions,
    seconds: Option<u64>,
    ca: Option<PathBuf>,
}

/// Reads the command line; `Ok(None)` asks for help.
fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut options = LabOptions::default();
    let (mut people, mut codec) = (2, VideoCodec::Vp8);
    let (mut seconds, mut ca) = (None, None);
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{text} is not a number"));
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--people" => people = number(value()?)?,
            "--codec" => codec = value()?.parse().map_err(|error| format!("{argument}: {error}"))?,
            "--bridge-channel" => {
                let kind = value()?;
                if !matches!(kind.as_str(), "sctp" | "websocket") {
                    return Err(format!("{kind} is neither sctp nor websocket"));
                }
                let sctp = kind == "sctp";
                options.bridge_channels = BridgeChannels { sctp, websocket: !sctp };
            }
            "--room" => options.room = value()?,
            "--port" => {
                options.port = u16::try_from(number(value()?)?).map_err(|_| "no such port".to_owned())?;
            }
            "--password" => options.password = Some(value()?),
            "--lobby" => options.lobby = true,
            "--http-request" => options.conference_request = ConferenceRequest::Http,
            "--docker-config" => options.dialect = ConfigDialect::Docker,
            "--prosody" => options.server = Server::Prosody,
            "--seconds" => seconds = Some(number(value()?)?),
            "--write-ca" => ca = Some(PathBuf::from(value()?)),
            other => return Err(format!("{other} is not understood")),
        }
    }
    let people = usize::try_from(people).map_err(|_| "too many people".to_owned())?;
    Ok(Some(Arguments { options: options.with_people(people, codec), seconds, ca }))
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let room = arguments.options.room.clone();
    let lab = Lab::start(arguments.options).await.map_err(|error| error.to_string())?;
    let ca = arguments
        .ca
        .unwrap_or_else(|| std::env::temp_dir().join(format!("treff-lab-{}.pem", std::process::id())));
    std::fs::write(&ca, lab.ca_pem()).map_err(|error| format!("{}: {error}", ca.display()))?;
    let names: Vec<String> = lab.occupants(&room).into_iter().map(|o| o.name).collect();
    let line = serde_json::json!({
        "link": lab.link(&room), "ca": ca, "resolve": lab.resolve(), "room": room, "people": names,
    });
    println!("{line}");
    let end = async {
        match arguments.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => pending().await,
        }
    };
    // Whichever it is, the lab is dropped in order.
    tokio::select! {
        stop = tokio::signal::ctrl_c() => stop.map_err(|error| error.to_string()),
        _ = terminated.recv() => Ok(()),
        () = end => Ok(()),
    }
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("treff-lab: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome =
        runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(run(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("treff-lab: {error}");
            ExitCode::FAILURE
        }
    }
}
