//! What the machine tells the application: one enum of things that happened, and the small records in it.

use std::time::Duration;

use crate::ids::{EndpointId, MediaKind, SourceName};
use crate::participant::Participant;
use crate::session::{RemoteSource, SessionDescription};

/// Something that happened in the conference.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Logged in at the signalling server.
    SignallingConnected,
    /// We are in the room. After a reconnection this comes again, with a new endpoint.
    Joined {
        /// Our own identity in the meeting.
        endpoint: EndpointId,
        /// The room's address.
        room: String,
    },
    /// Our own role changed; also told once when joining as a moderator.
    OwnRoleChanged {
        /// Whether we may moderate.
        moderator: bool,
    },
    /// Somebody is in the room (also those who were there before us).
    ParticipantJoined(Participant),
    /// Something about somebody changed.
    ParticipantChanged(Participant),
    /// Somebody left. Their sources are gone too, without a `SourcesRemoved`.
    ParticipantLeft {
        /// Who.
        endpoint: EndpointId,
    },
    /// The room wants a password: call `enter_password`, or `leave`.
    PasswordRequired {
        /// The one we gave was refused.
        wrong: bool,
    },
    /// The room admits only those let in: call `knock`, `enter_password`, or `leave`.
    LobbyRequired {
        /// Nobody is there yet who could let us in.
        waiting_for_host: bool,
        /// A name must be given when knocking.
        display_name_required: bool,
    },
    /// We stand in the lobby and wait.
    LobbyJoined,
    /// A moderator refused us. Calling `knock` again is possible.
    LobbyDenied,
    /// We were let in, or the lobby was switched off; the join follows by itself.
    LobbyAdmitted,
    /// The room wants a display name: call `provide_display_name`, or `leave`.
    DisplayNameRequired,
    /// The meeting cannot begin before a host logs in; asked again by itself.
    WaitingForHost,
    /// The focus offers a media session: answer with `accept_session`.
    SessionOffered(SessionDescription),
    /// The focus acknowledged our answer.
    SessionAccepted,
    /// Sources appeared in the running session.
    SourcesAdded(Vec<RemoteSource>),
    /// Sources went away from the running session.
    SourcesRemoved(Vec<RemoteSource>),
    /// The session is over: free its transport, stay in the room.
    SessionTerminated {
        /// The reason's name, or its text where that says more.
        reason: String,
        /// Another offer follows at once (another bridge, or a restart we asked for).
        moving: bool,
    },
    /// A chat message, our own to the room included (as an echo).
    ChatReceived(ChatMessage),
    /// A chat message was taken back by its author.
    ChatRetracted {
        /// The id of that message.
        id: String,
        /// Who took it back.
        from: Option<EndpointId>,
    },
    /// A chat message of ours was not accepted.
    ChatRefused {
        /// The id of our message, when told.
        id: Option<String>,
        /// What the server says, for the log.
        text: String,
    },
    /// Somebody reacted (👍, 👏 …) to what is going on.
    ReactionReceived {
        /// Who.
        from: EndpointId,
        /// What, in order.
        reactions: Vec<Reaction>,
    },
    /// A moderator muted us; our own state is already updated.
    MutedBy {
        /// What was muted.
        kind: MutedMedium,
        /// The moderator; `None` when moderation was switched on for everybody.
        actor: Option<EndpointId>,
    },
    /// We have to begin muted; our own state is already updated.
    StartMuted {
        /// The microphone.
        audio: bool,
        /// The camera.
        video: bool,
    },
    /// Whether unmuting needs a moderator's consent.
    ModerationChanged {
        /// For which medium.
        kind: MutedMedium,
        /// Whether consent is needed.
        enabled: bool,
        /// The moderator who switched it.
        actor: Option<EndpointId>,
    },
    /// A moderator gave or withdrew the consent to unmute.
    UnmuteApproval {
        /// For which medium.
        kind: MutedMedium,
        /// Given or withdrawn.
        approved: bool,
    },
    /// A recording or a live stream began or ended.
    Recording(RecordingStatus),
    /// The meeting's subject.
    SubjectChanged(String),
    /// What the room says about itself, after joining and after each change.
    RoomInformation(RoomInformation),
    /// Shared settings of the room.
    RoomMetadata(RoomMetadata),
    /// Somebody switched the lobby on or off.
    LobbySwitched {
        /// Whether it is on.
        enabled: bool,
    },
    /// The server has lobbies.
    LobbyOffered,
    /// Somebody waits in the lobby; told to moderators.
    KnockArrived {
        /// Who, in the lobby: to be admitted or refused by.
        endpoint: EndpointId,
        /// The name they gave.
        name: Option<String>,
    },
    /// They wait no more: they came in, were refused, or gave up.
    KnockEnded {
        /// Who, in the lobby.
        endpoint: EndpointId,
    },
    /// The server did not change the password or the lobby, or did not do what was ordered at the door.
    ProtectionRefused,
    /// STUN and TURN servers of the deployment; each list replaces the one before.
    IceServers(Vec<IceServer>),
    /// The channel to the bridge is open.
    BridgeChannelOpen {
        /// Over what.
        kind: BridgeChannelKind,
    },
    /// The channel to the bridge closed; opened again by itself when it is a WebSocket.
    BridgeChannelClosed,
    /// Somebody else speaks.
    DominantSpeaker {
        /// Who speaks now; may be ourselves.
        endpoint: EndpointId,
        /// Who spoke before, latest first.
        previous: Vec<EndpointId>,
        /// Nobody speaks at the moment.
        silence: bool,
    },
    /// The video sources that the bridge sends us now; others are paused.
    ForwardedSources(Vec<SourceName>),
    /// How high our own video is wanted.
    SenderConstraint {
        /// Which of our sources.
        source: SourceName,
        /// The cap; 0 means nobody wants it, negative means no cap.
        max_height: i32,
    },
    /// The focus did not take a source that was added to the running session; a [`Warning`] before tells why.
    LocalSourceRefused {
        /// Which.
        source: SourceName,
    },
    /// A message from another participant over the bridge that is none of the known kinds.
    EndpointMessage {
        /// The sender.
        from: EndpointId,
        /// The payload as JSON text.
        payload: String,
    },
    /// The bridge's estimate of what it can send us, in bits per second.
    EstimatedDownlink(u64),
    /// Whether the bridge still hears somebody.
    EndpointConnectivity {
        /// Who.
        endpoint: EndpointId,
        /// Whether the bridge hears them.
        active: bool,
    },
    /// Signalling broke off, or the meeting moves to another focus. Running media need not stop.
    Reconnecting,
    /// We are in the room again.
    Reconnected,
    /// Something a person may want to know, which does not end the call.
    Warning(Warning),
    /// The conference is over; nothing follows but closing actions.
    Ended(EndReason),
}

/// A chat message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// The stanza's id, by which replies and retractions name it.
    pub id: String,
    /// The author; ourselves for the echo of our own. `None` when the room itself speaks.
    pub from: Option<EndpointId>,
    /// The author's name at that time, if known.
    pub name: Option<String>,
    /// The text. Addresses in it are never loaded by themselves.
    pub text: String,
    /// Only for us.
    pub private: bool,
    /// When it was written (XEP-0203 stamp), for messages from the history.
    pub delayed_at: Option<String>,
    /// The id of the message it answers.
    pub reply_to: Option<String>,
}

/// A reaction to what is going on in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reaction {
    /// 👍
    Like,
    /// 👏
    Clap,
    /// 😀
    Laugh,
    /// 😮
    Surprised,
    /// 🙁
    Boo,
    /// 😶
    Silence,
    /// 💖
    Love,
}

impl Reaction {
    /// Every reaction, in the order the web client shows them.
    pub const ALL: [Self; 7] =
        [Self::Like, Self::Clap, Self::Laugh, Self::Surprised, Self::Boo, Self::Silence, Self::Love];

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Clap => "clap",
            Self::Laugh => "laugh",
            Self::Surprised => "surprised",
            Self::Boo => "boo",
            Self::Silence => "silence",
            Self::Love => "love",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reaction| reaction.name() == name)
    }
}

/// What a moderator can mute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MutedMedium {
    /// The microphone.
    Audio,
    /// The camera.
    Video,
    /// A shared screen.
    Desktop,
}

impl MutedMedium {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "audio" => Some(Self::Audio),
            "video" => Some(Self::Video),
            "desktop" => Some(Self::Desktop),
            _ => None,
        }
    }
}

/// A recording's or live stream's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingStatus {
    /// What is made of the call.
    pub mode: RecordingMode,
    /// How far it is.
    pub state: RecordingState,
    /// Which recording, when the deployment names it.
    pub session: Option<String>,
    /// Who started it.
    pub initiator: Option<EndpointId>,
    /// Why it failed (`busy`, `error`).
    pub failure: Option<String>,
}

/// What a recorder makes of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RecordingMode {
    /// A file with picture and sound.
    File,
    /// A live stream.
    Stream,
    /// A file with sound only, made by the bridge.
    Audio,
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordingState {
    /// Being started.
    Pending,
    /// Running.
    On,
    /// Over, or failed to start.
    Off,
}

/// What the room's disco form says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomInformation {
    /// The meeting's unique id.
    pub meeting_id: Option<String>,
    /// When it began, in ms since 1970 of the server's clock.
    pub created_ms: Option<u64>,
    /// A password is set.
    pub password_protected: bool,
    /// The lobby is on.
    pub members_only: bool,
    /// The lobby's address.
    pub lobby_room: Option<String>,
    /// This is a breakout room.
    pub breakout: bool,
}

/// The shared settings that we understand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomMetadata {
    /// Everybody who joins begins with the microphone muted.
    pub start_audio_muted: Option<bool>,
    /// Everybody who joins begins with the camera muted.
    pub start_video_muted: Option<bool>,
    /// Speech is written down.
    pub transcribing: bool,
    /// The lobby is on.
    pub lobby_enabled: Option<bool>,
    /// Only moderators may write to everybody.
    pub group_chat_restricted: bool,
    /// Visitors may watch.
    pub visitors_enabled: Option<bool>,
}

/// A STUN or TURN server (XEP-0215).
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    /// Which protocol.
    pub kind: IceServerKind,
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// To be reached over TCP.
    pub tcp: bool,
    /// User name for TURN.
    pub username: Option<String>,
    /// Password for TURN.
    pub password: Option<String>,
    /// When the credentials expire, as written by the server.
    pub expires: Option<String>,
}

impl IceServer {
    /// The URL in RFC 7064/7065 form.
    pub fn url(&self) -> String {
        let scheme = match self.kind {
            IceServerKind::Stun => "stun",
            IceServerKind::Turn => "turn",
            IceServerKind::Turns => "turns",
        };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let transport = if self.tcp { "?transport=tcp" } else { "" };
        format!("{scheme}:{host}:{}{transport}", self.port)
    }

    /// Whether it is of use towards a bridge: relays over TCP, and over UDP only if the deployment wants that.
    pub fn useful_for_bridge(&self, use_turn_udp: bool) -> bool {
        self.kind != IceServerKind::Stun && (self.tcp || use_turn_udp)
    }
}

impl std::fmt::Debug for IceServer {
    /// Leaves the credentials out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("url", &self.url()).finish_non_exhaustive()
    }
}

/// The protocol of an ICE server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IceServerKind {
    /// STUN.
    Stun,
    /// TURN, over UDP or TCP.
    Turn,
    /// TURN over TLS.
    Turns,
}

/// What carries the bridge channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BridgeChannelKind {
    /// A data channel inside the media transport.
    Sctp,
    /// A WebSocket of its own.
    WebSocket,
}

/// Something worth a notice that does not end the call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// No focus answers; asked again by itself.
    FocusUnavailable,
    /// The meeting exists but is not live yet; asked again by itself.
    NotLiveYet,
    /// The deployment has no bridge for this meeting: no audio or video until it finds one.
    BridgeUnavailable,
    /// So many send this medium already that the focus refuses ours: stay muted.
    SenderLimitReached {
        /// Which medium; `None` when the focus does not say.
        kind: Option<MediaKind>,
    },
    /// The focus did not accept our answer; a fresh session was asked for.
    AnswerRefused {
        /// What it says, for the log.
        text: String,
    },
    /// The focus refuses to restart the session.
    RestartRefused {
        /// The condition's name.
        condition: String,
        /// After so long it is tried again by itself.
        retry_after: Duration,
    },
    /// At least two are in the room, yet no session was offered for a while.
    NoSessionOffered,
    /// The server is shutting down for an update.
    GracefulShutdown,
}

/// Why the conference is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndReason {
    /// We left.
    Left,
    /// A moderator removed us.
    Kicked {
        /// Who.
        actor: Option<EndpointId>,
        /// What they say about it.
        reason: Option<String>,
    },
    /// The meeting was ended for everybody.
    Destroyed {
        /// What the server says about it.
        reason: Option<String>,
    },
    /// We may not join.
    NotAllowed {
        /// What the server says, for the log.
        text: Option<String>,
    },
    /// Only those with an account may join.
    AuthenticationRequired,
    /// The token was refused.
    TokenRefused {
        /// What the server says; worth showing.
        text: String,
    },
    /// As many are in the room as it holds.
    RoomFull,
    /// The reservation system refused the meeting.
    ReservationRefused {
        /// What it says; worth showing.
        text: String,
    },
    /// The server refused for another reason.
    Refused {
        /// What it says, for the log.
        text: String,
    },
    /// The server could not be reached, at first or again.
    Unreachable,
    /// No focus answered for several minutes.
    FocusUnavailable,
    /// The deployment offers no way of signalling that we speak.
    Unsupported {
        /// What is missing, for the log.
        text: String,
    },
}
