//! The call in words on a terminal, for a person without a window: who comes and goes, who speaks, what is seen.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use treff_app::{BridgeChannel, EndReason, Event, Observer, Snapshot, Stats};

use super::output::{Signal, signal};

/// Ourselves.
const YOU: &str = "You";
/// Seconds between two lines of figures.
const FIGURES_EVERY: u32 = 5;

/// Tells a call in sentences.
pub(super) struct Narrator {
    signals: Sender<Signal>,
    names: BTreeMap<String, String>,
    seconds: u32,
}

impl Narrator {
    pub(super) fn new(signals: Sender<Signal>) -> Self {
        Self { signals, names: BTreeMap::new(), seconds: 0 }
    }

    /// The name of whoever owns an endpoint or a source of theirs.
    fn name<'a>(&'a self, endpoint_or_source: &'a str) -> &'a str {
        let endpoint = endpoint_or_source.split('-').next().unwrap_or(endpoint_or_source);
        self.names.get(endpoint).map_or(endpoint, String::as_str)
    }

    fn tell(&mut self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Joined { room, endpoint } => {
                self.names.insert(endpoint.clone(), YOU.to_owned());
                format!("You are in {room}. Ctrl-C leaves.")
            }
            Event::MediaConnected { .. } => "Sound and picture are connected.".to_owned(),
            Event::BridgeChannelOpen { kind: BridgeChannel::Sctp } => {
                "The bridge is connected (data channel).".to_owned()
            }
            Event::BridgeChannelOpen { .. } => "The bridge is connected (WebSocket).".to_owned(),
            Event::ParticipantJoined { endpoint, name } => {
                let name = name.clone().unwrap_or_else(|| "Somebody without a name".to_owned());
                self.names.insert(endpoint.clone(), name.clone());
                format!("{name} is here.")
            }
            Event::ParticipantLeft { endpoint, .. } => format!("{} has left.", self.name(endpoint)),
            Event::FirstAudio { endpoint } => format!("{} can be heard.", self.name(endpoint)),
            Event::FirstVideo { source, codec, width, height } => {
                format!("{} can be seen: {width} × {height}, {codec}.", self.name(source))
            }
            Event::DominantSpeaker { endpoint } => match self.name(endpoint) {
                YOU => "You speak.".to_owned(),
                name => format!("{name} speaks."),
            },
            Event::Chat { from, name, text, private } => {
                let from = from.as_deref().map(|from| self.name(from).to_owned());
                let name = name.clone().or(from).unwrap_or_else(|| "The server".to_owned());
                format!("{name}{}: {text}", if *private { " (only to you)" } else { "" })
            }
            Event::PasswordRequired { .. } => "The room wants a password.".to_owned(),
            Event::LobbyRequired => "The room has a lobby. Knocking …".to_owned(),
            Event::LobbyWaiting => "Waiting until a moderator opens.".to_owned(),
            Event::LobbyAdmitted => "A moderator has let you in.".to_owned(),
            Event::WaitingForHost => "The meeting begins when its host comes. Waiting.".to_owned(),
            Event::MutedByModerator { media, .. } => format!("A moderator has switched off your {media}."),
            Event::Recording { on: true, .. } => "This meeting is being recorded.".to_owned(),
            Event::Recording { on: false, .. } => "The recording has ended.".to_owned(),
            Event::Reconnecting => "The connection is lost. Coming back …".to_owned(),
            Event::Reconnected => "Connected again.".to_owned(),
            Event::Warning { text, .. } => text.clone(),
            Event::Ended { reason: EndReason::Left } => "You have left.".to_owned(),
            Event::Ended { reason: EndReason::EndedForAll { .. } } => "The meeting was ended.".to_owned(),
            Event::Stats(stats) => {
                self.seconds += 1;
                if !self.seconds.is_multiple_of(FIGURES_EVERY) {
                    return None;
                }
                self.figures(stats)
            }
            _ => return None,
        })
    }

    fn figures(&self, stats: &Stats) -> String {
        let mut parts: Vec<String> = stats
            .video
            .iter()
            .map(|video| {
                format!(
                    "{} {} × {} at {:.0}/s",
                    self.name(&video.source),
                    video.width,
                    video.height,
                    video.fps
                )
            })
            .collect();
        let active = stats.sent.iter().filter(|layer| layer.active && layer.bitrate > 0);
        let sent: Vec<String> =
            active.map(|layer| format!("{}p {} kbit/s", layer.height, layer.bitrate / 1000)).collect();
        if !sent.is_empty() {
            parts.push(format!("You send {}", sent.join(" + ")));
        }
        if let Some(rtt) = stats.rtt_ms {
            parts.push(format!("{rtt:.0} ms to the bridge and back"));
        }
        format!("[{}]", parts.join("; "))
    }
}

impl Observer for Narrator {
    fn on_event(&mut self, event: &Event) {
        if let Some(sentence) = self.tell(event) {
            let mut out = std::io::stdout().lock();
            // The terminal is gone: the call goes on without being told.
            let _ = writeln!(out, "{}", printable(&sentence));
        }
        if let Some(signal) = signal(event) {
            let _ = self.signals.send(signal);
        }
    }

    fn wants_levels(&self) -> bool {
        false
    }

    fn on_snapshot(&mut self, _: &Arc<Snapshot>) {}
}

/// Names and messages come from strangers: no control characters reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_call_is_told_by_names() {
        let (signals, _) = channel();
        let mut narrator = Narrator::new(signals);
        let joined =
            Event::ParticipantJoined { endpoint: "ada00001".to_owned(), name: Some("Ada".to_owned()) };
        assert_eq!(narrator.tell(&joined).as_deref(), Some("Ada is here."));
        let speaks = Event::DominantSpeaker { endpoint: "ada00001".to_owned() };
        assert_eq!(narrator.tell(&speaks).as_deref(), Some("Ada speaks."));
        let seen = Event::FirstVideo {
            source: "ada00001-v0".to_owned(),
            codec: treff_media::codec::VideoCodec::Vp8,
            width: 640,
            height: 360,
        };
        assert_eq!(narrator.tell(&seen).as_deref(), Some("Ada can be seen: 640 × 360, vp8."));
    }

    #[test]
    fn strangers_cannot_drive_the_terminal() {
        assert_eq!(printable("\u{1b}[2Jhello\u{7}"), " [2Jhello ");
    }
}
