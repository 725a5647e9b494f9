//! The whole state as one plain record: what a front end draws.

use serde::{Deserialize, Serialize};

use super::devices::Devices;
use super::event::EndReason;
use super::moderation::RoomDoor;
use super::servers::{Comparison, DialIn, Server, ServerCheck};
use super::settings::Settings;

/// Everything a front end needs to draw, with a revision that rises with each change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Rises with each change.
    pub revision: u64,
    /// Which screen.
    pub screen: Screen,
    /// The meeting's name for display; empty at home.
    pub room: String,
    /// A link to share; empty at home.
    pub link: String,
    /// What the room is called by its moderators.
    pub subject: Option<String>,
    /// How the connection stands.
    pub connection: ConnectionState,
    /// Ourselves.
    pub me: SelfView,
    /// The others, in the order they came.
    pub participants: Vec<Participant>,
    /// Who speaks.
    pub dominant_speaker: Option<String>,
    /// The last messages, oldest first.
    pub chat: Vec<ChatLine>,
    /// The room is being recorded or streamed.
    pub recording: bool,
    /// Who spoke, the last first, ourselves left out.
    pub recent_speakers: Vec<String>,
    /// How well the network carries the call.
    pub quality: Quality,
    /// The room's password, lobby and who waits.
    pub door: RoomDoor,
    /// How to join by telephone, once asked for and known.
    pub dial_in: Option<DialIn>,
    /// When we came in, in milliseconds since 1970; stays until the next meeting.
    pub joined_at: Option<u64>,
    /// When the meeting ended for us, in milliseconds since 1970.
    pub ended_at: Option<u64>,
    /// The opened meeting was made by [`crate::Command::NewMeeting`].
    pub new_meeting: bool,
    /// Devices before the call are open to see and hear oneself.
    pub preview: Preview,
    /// Microphones, loudspeakers, cameras.
    pub devices: Devices,
    /// What the person set.
    pub settings: Settings,
    /// Servers to choose from, in the person's order.
    pub servers: Vec<Server>,
    /// Servers that were looked at since the start.
    pub checks: Vec<ServerCheck>,
    /// Servers side by side, while the person compares some.
    #[serde(default)]
    pub comparison: Option<Comparison>,
    /// The server for bare room names.
    pub preferred_server: Option<String>,
    /// After a meeting could not be started because of its server: the next one of the list, to be offered. Nothing
    /// goes there before [`crate::Command::StartOn`], and the preferred server stays what it is.
    #[serde(default)]
    pub next_server: Option<String>,
    /// Meetings joined before, the newest first.
    pub recent: Vec<RecentMeeting>,
}

/// Which screen to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Screen {
    /// Nothing is open.
    #[default]
    Home,
    /// A meeting is open, not entered.
    Prejoin,
    /// On the way in.
    Joining {
        /// What has to happen first, if anything but the network.
        waiting: Option<Waiting>,
    },
    /// In the room.
    Call,
    /// Over.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

/// What entering waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Waiting {
    /// The room's password; `wrong` if one was refused.
    Password {
        /// One was given and it was wrong.
        wrong: bool,
    },
    /// The person may knock.
    Knock,
    /// A moderator has to open.
    Moderator,
    /// The host has to come.
    Host,
    /// A name is required.
    DisplayName,
}

/// How the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// No meeting.
    #[default]
    Idle,
    /// On the way.
    Connecting,
    /// In the room without media: alone, or the session is on its way.
    Joined,
    /// Sound and picture flow.
    Connected,
    /// Lost, coming back.
    Reconnecting,
}

/// How well the network carries the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Too early to tell.
    #[default]
    Unknown,
    /// Nothing to notice.
    Good,
    /// Pictures suffer.
    Fair,
    /// Voices suffer.
    Poor,
}

/// Which devices are open before the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The microphone is measured.
    pub microphone: bool,
    /// The camera is shown.
    pub camera: bool,
}

/// Ourselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfView {
    /// Our endpoint id; empty outside a room.
    pub endpoint: String,
    /// The name others see.
    pub name: String,
    /// A moderator.
    pub moderator: bool,
    /// The microphone is on.
    pub microphone: bool,
    /// The camera is on.
    pub camera: bool,
    /// Our hand is up.
    pub hand_raised: bool,
    /// We hear nobody for now.
    pub silence: bool,
    /// The source of our shared screen, if any.
    pub screen: Option<String>,
}

/// Somebody else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// Endpoint id.
    pub endpoint: String,
    /// The name they gave.
    pub name: Option<String>,
    /// A moderator.
    pub moderator: bool,
    /// Since when their hand is up, in milliseconds since 1970.
    pub hand_raised: Option<u64>,
    /// What they send.
    pub tracks: Tracks,
    /// How loud they are heard; 1.0 is as sent.
    pub volume: f32,
}

/// What a participant sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracks {
    /// Their microphone is on.
    pub microphone: bool,
    /// The source of their camera, if on.
    pub camera: Option<String>,
    /// The source of their screen, if shared.
    pub screen: Option<String>,
}

/// One chat message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    /// The message's id.
    pub id: String,
    /// The sender's endpoint id, ours included; absent when unknown.
    pub from: Option<String>,
    /// The endpoint id of the one we told in private.
    #[serde(default)]
    pub to: Option<String>,
    /// The sender's name when it was sent.
    pub name: Option<String>,
    /// What was said.
    pub text: String,
    /// Between two people.
    pub private: bool,
    /// When it was sent, in milliseconds since 1970.
    #[serde(default)]
    pub at: u64,
}

/// A meeting joined before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentMeeting {
    /// Its link.
    pub link: String,
    /// Its name for display.
    pub room: String,
    /// Its server.
    pub server: String,
    /// When, in milliseconds since 1970.
    pub joined_at: u64,
}
