//! The machine: one `Conference` composes the stream, the conference request, the room, the lobby, the Jingle session and
//! the bridge channel, each a small machine of its own, and routes what they have to say to each other.
//!
//! Inputs, from the driver: sockets, HTTP answers, the bridge channel, the time. From the application: what the person
//! does and what the media side made. Out: `Action`s for the driver, `Event`s for the application, the next deadline.
//! After every input, drain `poll_action` and `poll_event`, then sleep until `poll_timeout` at most.

mod bridge;
mod connection;
mod dispatch;
mod doorkeeping;
mod joining;
mod media;
mod messages;
mod person;

use std::time::{Duration, Instant};

use minidom::Element;

use crate::action::Action;
use crate::bridge::channel::{BridgeChannel, BridgeChannelPreference};
use crate::caps::Capabilities;
use crate::chat::Chat;
use crate::config::ConferenceConfig;
use crate::disco::Components;
use crate::doorkeeper::Doorkeeper;
use crate::event::{EndReason, Event, IceServer, Reaction, RoomMetadata, Warning};
use crate::focus::{FocusRequest, Parameters};
use crate::focus_presence::FocusPresence;
use crate::ids::EndpointId;
use crate::jingle::session::{RestartLimit, Session};
use crate::lobby::Lobby;
use crate::muc::own_presence::OwnPresence;
use crate::muc::room::Room;
use crate::muc::roster::{FocusIdentity, Roster};
use crate::output::Output;
use crate::stats::Stats;
use crate::stream::Stream;
use crate::stream::ping::KeepAlive;
use connection::Link;
use joining::Gate;

/// With others in the room, a session should have been offered by then.
const SESSION_PATIENCE: Duration = Duration::from_secs(30);
/// Reactions within this time go out together.
const REACTION_BUFFER: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// We said good-bye and wait for the echo.
    Leaving,
    Ended,
}

/// What the server told about itself on this connection.
#[derive(Default)]
struct Server {
    components: Option<Components>,
    /// Component messages that came before the components were known.
    queued: Vec<Element>,
    ice_servers_known: bool,
    /// When to ask, if nothing was pushed by then.
    ask_at: Option<Instant>,
}

/// Reactions that wait for others to come along.
struct ReactionBuffer {
    reactions: Vec<Reaction>,
    stamp: u64,
    flush_at: Instant,
}

/// One meeting, from the first connection to its end.
pub struct Conference {
    config: ConferenceConfig,
    out: Output,
    phase: Phase,
    link: Link,
    stream: Stream,
    keep_alive: Option<KeepAlive>,
    server: Server,
    /// Our full address on this connection.
    me: Option<String>,
    focus: FocusRequest,
    focus_presence: FocusPresence,
    room: Room,
    lobby: Lobby,
    doorkeeper: Doorkeeper,
    gate: Gate,
    join_tries: u32,
    rejoin_at: Option<Instant>,
    /// We were in the room at least once.
    joined_once: bool,
    /// `Reconnecting` was told and not yet taken back.
    reconnecting: bool,
    session: Option<Session>,
    restart: RestartLimit,
    bridge: BridgeChannel,
    chat: Chat,
    metadata: Option<RoomMetadata>,
    ice_servers: Vec<IceServer>,
    start_muted_done: bool,
    session_due: Option<Instant>,
    /// That no session comes was told; once is enough.
    session_missed: bool,
    reactions: Option<ReactionBuffer>,
}

impl Conference {
    /// Begins at once: the first actions open the socket and, where configured, send the conference request by HTTP.
    pub fn new(now: Instant, config: ConferenceConfig) -> Self {
        let deployment = &config.deployment;
        let mut out = Output::new(config.random_seed);
        let anonymous = deployment.anonymous_domain.clone().filter(|_| config.token.is_none());
        let room = format!("{}@{}", config.room, deployment.muc.to_ascii_lowercase());
        let own = OwnPresence::new(
            config.display_name.clone().filter(|name| !name.trim().is_empty()),
            config.audio_muted,
            config.video_muted,
            &config.codecs,
            out.random.hex(8),
            Capabilities::new(config.bridge_channel != BridgeChannelPreference::WebSocket),
        );
        let focus = FocusRequest::new(Parameters {
            room: room.clone(),
            room_query: config.room.clone(),
            focus: deployment.focus.clone(),
            machine_uid: config.machine_uid.clone(),
            token: config.token.clone(),
            http_url: deployment.conference_request_url.clone(),
            start_audio_muted: deployment.start_muted.audio_from,
            start_video_muted: deployment.start_muted.video_from,
        });
        let identity = FocusIdentity { jid: None, user_jid: deployment.focus_user_jid.clone() };
        let roster = Roster::new(deployment.hidden_domain.clone());
        let mut room = Room::new(room, own, roster, identity, anonymous.is_some());
        room.password = config.password.clone();
        let mut conference = Self {
            stream: Stream::new(anonymous.unwrap_or_else(|| deployment.domain.clone())),
            link: Link::new(),
            config,
            out,
            phase: Phase::Running,
            keep_alive: None,
            server: Server::default(),
            me: None,
            focus,
            focus_presence: FocusPresence::default(),
            room,
            lobby: Lobby::new(),
            doorkeeper: Doorkeeper::new(),
            gate: Gate::Free,
            join_tries: 0,
            rejoin_at: None,
            joined_once: false,
            reconnecting: false,
            session: None,
            restart: RestartLimit::default(),
            bridge: BridgeChannel::new(),
            chat: Chat::default(),
            metadata: None,
            ice_servers: Vec::new(),
            start_muted_done: false,
            session_due: None,
            session_missed: false,
            reactions: None,
        };
        conference.connect(now);
        conference.focus.begin(now, false, &mut conference.out);
        conference
    }

    /// The next thing for the driver to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.out.poll_action()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.out.poll_event()
    }

    /// When `handle_timeout` wants to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.phase == Phase::Ended {
            return None;
        }
        [
            self.link.poll_timeout(),
            self.out.next_deadline(),
            self.keep_alive.as_ref().and_then(KeepAlive::poll_timeout),
            self.server.ask_at,
            self.focus.poll_timeout(),
            self.room.poll_timeout(),
            self.rejoin_at,
            self.doorkeeper.poll_timeout(),
            self.bridge.poll_timeout(),
            self.restart.poll_timeout(),
            self.session_due,
            self.reactions.as_ref().map(|buffer| buffer.flush_at),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Ended {
            return;
        }
        self.connection_timers(now);
        while let Some(purpose) = self.out.overdue(now) {
            self.unanswered(now, purpose);
        }
        self.joining_timers(now);
        self.doorkeeper.handle_timeout(now, &mut self.out);
        self.bridge.handle_timeout(now, &mut self.out);
        if self.restart.is_due(now) {
            self.restart_session(now);
        }
        if self.reactions.as_ref().is_some_and(|buffer| buffer.flush_at <= now) {
            self.flush_reactions();
        }
        if self.session_due.take_if(|due| *due <= now).is_some() {
            self.session_missed = true;
            self.out.event(Event::Warning(Warning::NoSessionOffered));
        }
        self.expect_session(now);
    }

    /// What came in and what was dropped so far.
    pub fn stats(&self) -> Stats {
        self.out.stats
    }

    /// Our own identity in the meeting, while we are in it.
    pub fn endpoint(&self) -> Option<&EndpointId> {
        self.room.endpoint().filter(|_| self.room.is_inside())
    }

    /// The room's address.
    pub fn room(&self) -> &str {
        &self.room.jid
    }

    fn is_over(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Ends the conference: everything is closed and nothing follows.
    fn end(&mut self, reason: EndReason) {
        if self.is_over() {
            return;
        }
        self.phase = Phase::Ended;
        self.bridge.stop(&mut self.out);
        self.lobby.leave(&mut self.out);
        self.session = None;
        self.keep_alive = None;
        self.stream.close(&mut self.out);
        if self.link.shut() {
            self.out.action(Action::CloseSocket);
        }
        self.out.event(Event::Ended(reason));
    }

    /// Starts or stops the watch for an offer that does not come.
    fn expect_session(&mut self, now: Instant) {
        let expected = self.room.is_inside() && self.session.is_none() && self.room.roster.len() > 0;
        if !expected {
            self.session_due = None;
            self.session_missed = false;
        } else if self.session_due.is_none() && !self.session_missed {
            self.session_due = Some(now + SESSION_PATIENCE);
        }
    }
}

#[cfg(test)]
mod tests;
