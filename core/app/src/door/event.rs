//! What happens once. A front end that misses one still draws the truth from the snapshot.

use serde::{Deserialize, Serialize};
use treff_media::codec::VideoCodec;

use super::command::Reaction;
use super::error::UserError;
use super::notice::Notice;
use super::stats::Stats;

/// Something that happened. In JSON: `{"event": "chat", "from": "1f2e3d4c", "text": "Hello", "private": false}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The deployment's config.js was read, or what stood in for it.
    ConfigLoaded,
    /// Logged in at the signalling server.
    SignallingConnected,
    /// In the room.
    Joined {
        /// The room's name for display.
        room: String,
        /// Our endpoint id.
        endpoint: String,
    },
    /// The focus offered a media session.
    OfferReceived,
    /// ICE and DTLS are up.
    MediaConnected {
        /// The transport protocol, "udp".
        transport: String,
        /// Through a TURN relay.
        relayed: bool,
    },
    /// The bridge channel is open.
    BridgeChannelOpen {
        /// What carries it.
        kind: BridgeChannel,
    },
    /// Somebody came in.
    ParticipantJoined {
        /// Their endpoint id.
        endpoint: String,
        /// Their name, if they gave one.
        name: Option<String>,
    },
    /// Somebody left.
    ParticipantLeft {
        /// Their endpoint id.
        endpoint: String,
        /// Their name, if they gave one.
        name: Option<String>,
    },
    /// The first sound of a participant was played.
    FirstAudio {
        /// Their endpoint id.
        endpoint: String,
    },
    /// The first picture of a source was decoded.
    FirstVideo {
        /// The source's name.
        source: String,
        /// Its codec.
        codec: VideoCodec,
        /// Its width in pixels.
        width: u16,
        /// Its height in pixels.
        height: u16,
    },
    /// Somebody else speaks now.
    DominantSpeaker {
        /// Their endpoint id.
        endpoint: String,
    },
    /// A chat message, history included.
    Chat {
        /// The sender's endpoint id; absent for the server's own words and people who left.
        from: Option<String>,
        /// The sender's name.
        name: Option<String>,
        /// What was said.
        text: String,
        /// To us alone.
        private: bool,
    },
    /// A reaction.
    Reaction {
        /// The sender's endpoint id.
        from: String,
        /// Which.
        reaction: Reaction,
    },
    /// A moderator muted us.
    MutedByModerator {
        /// Audio or video.
        media: String,
        /// Their endpoint id, if told.
        by: Option<String>,
    },
    /// The room needs a password: answer with `EnterPassword`.
    PasswordRequired {
        /// One was given and it was wrong.
        wrong: bool,
    },
    /// The room has a lobby: answer with `Knock`.
    LobbyRequired,
    /// Waiting in the lobby.
    LobbyWaiting,
    /// Let in.
    LobbyAdmitted,
    /// A name is needed to enter: answer with `SetDisplayName`.
    DisplayNameRequired,
    /// The meeting starts when its host comes.
    WaitingForHost,
    /// Recording or streaming started or stopped.
    Recording {
        /// It runs.
        on: bool,
        /// "file" or "stream".
        mode: String,
    },
    /// How loud it is, about ten times a second while a call or a preview runs; 0.0 silence, 1.0 full scale, by ear.
    Levels {
        /// Our microphone, also while muted in the call: it tells that somebody speaks into it.
        me: f32,
        /// Those who are heard; the others are silent.
        speakers: Vec<SpeakerLevel>,
    },
    /// Somebody waits in the lobby.
    KnockArrived {
        /// To admit or refuse them by.
        id: String,
        /// The name they gave.
        name: String,
    },
    /// The list of servers as text, as asked for.
    ServersExported {
        /// To be kept or shared; [`crate::Command::ImportServers`] reads it.
        text: String,
    },
    /// Servers were added from a text.
    ServersImported {
        /// How many are new.
        added: u32,
    },
    /// A wish about the list of servers could not be met.
    ServerRefused {
        /// Why, and what to do next.
        error: UserError,
    },
    /// The connection was lost; Treff comes back by itself.
    Reconnecting,
    /// Back in the room.
    Reconnected,
    /// Something a person should know; the call goes on.
    Warning {
        /// What, for translators.
        notice: Notice,
        /// The same as one English sentence.
        text: String,
    },
    /// The meeting is over for us.
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// Figures, once a second in a call.
    Stats(Stats),
}

/// How loud somebody is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeakerLevel {
    /// Their endpoint id.
    pub endpoint: String,
    /// 0.0 silence, 1.0 full scale, by ear.
    pub level: f32,
}

/// What carries the bridge channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BridgeChannel {
    /// The colibri WebSocket.
    WebSocket,
    /// A data channel over SCTP.
    Sctp,
}

/// Why a meeting ended for us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// We left.
    Left,
    /// A moderator removed us.
    Kicked {
        /// Their name or endpoint id, if told.
        by: Option<String>,
        /// Their words.
        reason: Option<String>,
    },
    /// A moderator ended the meeting for all.
    EndedForAll {
        /// Their or the server's words.
        reason: Option<String>,
    },
    /// It failed.
    Failed {
        /// How, and what to do next.
        error: UserError,
    },
}
