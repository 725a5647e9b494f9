//! The command line, as `treff --help` shows it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use treff_app::ResolveOverride;
use treff_media::codec::VideoCodec;

/// A small, fast Jitsi Meet client.
#[derive(Debug, Parser)]
#[command(name = "treff", version, about = "A small, fast Jitsi Meet client", max_term_width = 100)]
pub(crate) struct Arguments {
    /// Say more on standard error; twice or three times for even more.
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
    #[command(flatten)]
    pub(crate) window: OpenWindow,
}

/// What the window opens with; the same as for joining in the terminal where it has the same name.
#[derive(Debug, Args)]
pub(crate) struct OpenWindow {
    /// A meeting to open in the window.
    pub(crate) link: Option<String>,
    /// Keep settings and servers in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Trust this root certificate too (PEM), for a private server.
    #[arg(long, value_name = "PEM")]
    pub(crate) ca: Option<PathBuf>,
    /// Connect to ADDR when HOST:PORT is asked for (may be repeated).
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = resolve)]
    pub(crate) resolve: Vec<ResolveOverride>,
    /// Show a moving pattern and say a tone instead of this machine's devices: for tests.
    #[arg(long, hide = true)]
    pub(crate) pattern: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Join a meeting.
    Join(Box<Join>),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Prints one JSON object a line on standard output and reads commands as JSON lines on standard input,
for example {\"command\":\"send_chat\",\"text\":\"Hello\"}; docs/headless.md describes both.

Exit codes: 0 left normally, 2 bad usage or link, 3 server not reachable, 4 refused, 5 media failed.")]
pub(crate) struct Join {
    /// The meeting's link, or a room name together with --server.
    pub(crate) link: String,
    /// Tell the call as JSON lines, for scripts.
    #[arg(long)]
    pub(crate) headless: bool,
    /// The name others see.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The room's password.
    #[arg(long)]
    pub(crate) password: Option<String>,
    /// A token (JWT) that lets you in.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// The server for a bare room name.
    #[arg(long, value_name = "HOST")]
    pub(crate) server: Option<String>,
    /// Leave after this many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<Duration>,
    /// What to say: a WAV file (48 kHz), a tone, or nothing.
    #[arg(long, value_name = "WAV|tone|none", default_value = "tone")]
    pub(crate) audio: AudioChoice,
    /// What to show: a Y4M file, a moving pattern, or nothing.
    #[arg(long, value_name = "Y4M|pattern|none", default_value = "pattern")]
    pub(crate) video: VideoChoice,
    /// Share a screen as well: a Y4M file, or a moving pattern.
    #[arg(long, value_name = "Y4M|pattern|none", default_value = "none")]
    pub(crate) share: VideoChoice,
    /// With --headless: tell how loud everybody is, ten times a second.
    #[arg(long, requires = "headless")]
    pub(crate) levels: bool,
    /// Write what is heard and seen into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// Trust this root certificate too (PEM), for a private server.
    #[arg(long, value_name = "PEM")]
    pub(crate) ca: Option<PathBuf>,
    /// Connect to ADDR when HOST:PORT is asked for (may be repeated).
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = resolve)]
    pub(crate) resolve: Vec<ResolveOverride>,
    /// Receive no picture higher than this; -1 for no limit.
    #[arg(long, value_name = "PIXELS", default_value_t = 720, allow_negative_numbers = true)]
    pub(crate) receive_height: i32,
    /// Receive at most this many video sources; -1 for all.
    #[arg(long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    pub(crate) last_n: i32,
    /// Send video with this codec only: vp8, vp9, h264 or av1.
    #[arg(long, value_name = "NAME")]
    pub(crate) codec: Option<VideoCodec>,
    /// How to reach the bridge's control channel.
    #[arg(long, value_name = "KIND", default_value = "auto")]
    pub(crate) bridge_channel: BridgeChannelChoice,
    /// Look for a path to the bridge for so long (15 if absent), three times at most.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) media_timeout: Option<Duration>,
    /// The database file; nothing is kept without it.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AudioChoice {
    Wav(PathBuf),
    Tone,
    None,
}

impl From<&str> for AudioChoice {
    fn from(text: &str) -> Self {
        match text {
            "tone" => Self::Tone,
            "none" => Self::None,
            path => Self::Wav(path.into()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VideoChoice {
    Y4m(PathBuf),
    Pattern,
    None,
}

impl From<&str> for VideoChoice {
    fn from(text: &str) -> Self {
        match text {
            "pattern" => Self::Pattern,
            "none" => Self::None,
            path => Self::Y4m(path.into()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BridgeChannelChoice {
    /// As the deployment wishes.
    Auto,
    /// A data channel.
    Sctp,
    /// The colibri WebSocket.
    Websocket,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is expected".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "a positive number of seconds is expected".to_owned())
}

fn resolve(text: &str) -> Result<ResolveOverride, String> {
    let expected = || "HOST:PORT:ADDR is expected, such as meet.example.org:443:192.0.2.1".to_owned();
    let (host, rest) = text.split_once(':').ok_or_else(expected)?;
    let (port, address) = rest.split_once(':').ok_or_else(expected)?;
    let port: u16 = port.parse().map_err(|_| expected())?;
    let address: std::net::IpAddr =
        address.trim_start_matches('[').trim_end_matches(']').parse().map_err(|_| expected())?;
    if host.is_empty() {
        return Err(expected());
    }
    Ok(ResolveOverride { host: host.to_ascii_lowercase(), port, address: (address, port).into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(line: &str) -> Box<Join> {
        let arguments = Arguments::try_parse_from(line.split_whitespace()).expect("a valid line");
        let Some(Verb::Join(join)) = arguments.verb else { panic!("{line} is not for the terminal") };
        join
    }

    #[test]
    fn a_full_line_is_understood() {
        let join = join(
            "treff join https://meet.example.org/Pub --headless --name Ada --audio none --video clip.y4m \
             --resolve meet.example.org:443:::1 --last-n -1 --codec vp8 --bridge-channel sctp --duration 2.5 \
             --share pattern --levels",
        );
        assert_eq!(join.audio, AudioChoice::None);
        assert_eq!(join.video, VideoChoice::Y4m("clip.y4m".into()));
        assert_eq!(join.resolve[0].address, "[::1]:443".parse::<std::net::SocketAddr>().expect("an address"));
        assert_eq!(join.codec, Some(VideoCodec::Vp8));
        assert_eq!(join.duration, Some(Duration::from_millis(2500)));
        assert_eq!((join.share.clone(), join.levels), (VideoChoice::Pattern, true));
    }

    #[test]
    fn without_a_verb_the_window_opens() {
        for (line, link) in
            [("treff", None), ("treff https://meet.example.org/Pub", Some("https://meet.example.org/Pub"))]
        {
            let arguments = Arguments::try_parse_from(line.split_whitespace()).expect("a valid line");
            assert!(arguments.verb.is_none());
            assert_eq!(arguments.window.link.as_deref(), link);
        }
    }

    #[test]
    fn wrong_lines_are_refused() {
        for line in [
            "treff join",
            "treff join x --codec theora",
            "treff join x --levels",
            "treff join x --duration soon",
            "treff join x --duration -1",
            "treff join x --resolve nowhere",
            "treff join x --resolve h:70000:127.0.0.1",
        ] {
            assert!(Arguments::try_parse_from(line.split_whitespace()).is_err(), "{line}");
        }
    }
}
