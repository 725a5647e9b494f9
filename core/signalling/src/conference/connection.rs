//! The signalling socket: connecting, watching, losing and connecting again.
//!
//! Inputs, from the driver: the socket opened, spoke or closed; the network is back. Own timers: a login that takes too
//! long, the wait before the next try, pings.

use std::time::{Duration, Instant};

use treff_deployment::with_parameters;

use super::{Conference, Phase, Server};
use crate::action::Action;
use crate::event::{EndReason, Event, Warning};
use crate::ns;
use crate::output::Purpose;
use crate::stream::StreamEvent;
use crate::stream::backoff::reconnect_delay;
use crate::stream::ping::{KeepAlive, Verdict};
use crate::xml::{parse_frame, xml};

/// From connecting to being logged in.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(20);
/// A server never reached is given up after so many tries.
const FIRST_TRIES: u32 = 3;
/// A server once reached is tried for so long.
const GIVE_UP: Duration = Duration::from_secs(300);
/// How long a server may take to push what it would otherwise be asked for.
const PUSH_PATIENCE: Duration = Duration::from_millis(50);
/// A connection that lasted so long was a good one: its loss is not the continuation of an earlier one.
const PROVED: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinkState {
    Down,
    Connecting { deadline: Instant },
    Up,
    Waiting { until: Instant },
}

/// The state of the socket and of the tries to get it back.
pub(super) struct Link {
    state: LinkState,
    attempt: u32,
    ever_up: bool,
    up_since: Option<Instant>,
    lost_at: Option<Instant>,
}

impl Link {
    pub(super) fn new() -> Self {
        Self { state: LinkState::Down, attempt: 0, ever_up: false, up_since: None, lost_at: None }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            LinkState::Connecting { deadline } => Some(deadline),
            LinkState::Waiting { until } => Some(until),
            LinkState::Down | LinkState::Up => None,
        }
    }

    /// Marks the socket as no longer wanted; true if there is one to be closed.
    pub(super) fn shut(&mut self) -> bool {
        let there = matches!(self.state, LinkState::Connecting { .. } | LinkState::Up);
        self.state = LinkState::Down;
        there
    }
}

impl Conference {
    pub(super) fn connect(&mut self, now: Instant) {
        let deployment = &self.config.deployment;
        let base = deployment.websocket.as_ref().unwrap_or(&deployment.websocket_guess);
        let mut parameters = vec![("room", self.config.room.as_str())];
        parameters.extend(self.config.token.as_deref().map(|token| ("token", token)));
        let url = with_parameters(base, &parameters);
        self.link.state = LinkState::Connecting { deadline: now + LOGIN_TIMEOUT };
        self.out.action(Action::OpenSocket { url, protocol: "xmpp", origin: self.config.origin.clone() });
    }

    /// The signalling socket is open.
    pub fn socket_opened(&mut self, now: Instant) {
        if self.is_over() || !matches!(self.link.state, LinkState::Connecting { .. }) {
            return;
        }
        tracing::debug!("Signalling socket opened at {now:?}.");
        self.stream.reset();
        self.stream.opened(&mut self.out);
    }

    /// A text frame arrived on the signalling socket.
    pub fn socket_frame(&mut self, now: Instant, text: &str) {
        if self.is_over() || !matches!(self.link.state, LinkState::Connecting { .. } | LinkState::Up) {
            return;
        }
        self.out.stats.frames += 1;
        if let Some(keep_alive) = &mut self.keep_alive {
            keep_alive.received(now);
        }
        // RFC 7395 knows no white-space keep-alive, but some proxies do.
        if text.trim().is_empty() {
            return;
        }
        let element = match parse_frame(text) {
            Ok(element) => element,
            Err(error) => {
                tracing::debug!("{error}.");
                self.out.stats.malformed_frames += 1;
                return;
            }
        };
        match self.stream.element(&element, &mut self.out) {
            StreamEvent::Nothing => {}
            StreamEvent::Stanza => self.stanza(now, &element),
            StreamEvent::Bound(jid) => self.bound(now, jid),
            StreamEvent::Refused { text } => self.login_refused(text),
            StreamEvent::Closed { shutdown } => {
                if shutdown {
                    self.out.event(Event::Warning(Warning::GracefulShutdown));
                }
                self.drop_socket(now);
            }
            StreamEvent::Unexpected => self.out.stats.unknown_stanzas += 1,
        }
        self.expect_session(now);
    }

    /// The signalling socket closed, or could not be opened.
    pub fn socket_closed(&mut self, now: Instant) {
        if self.is_over() || !self.link.shut() {
            return;
        }
        self.lost(now);
    }

    /// The network is back or another one: a waiting reconnection is tried at once.
    pub fn network_available(&mut self, now: Instant) {
        if matches!(self.link.state, LinkState::Waiting { .. }) && self.phase == Phase::Running {
            self.reconnect(now);
        }
    }

    fn login_refused(&mut self, text: Option<String>) {
        let with_token = self.config.token.is_some();
        self.end(match text {
            Some(text) if with_token => EndReason::TokenRefused { text },
            _ => EndReason::AuthenticationRequired,
        });
    }

    fn bound(&mut self, now: Instant, jid: String) {
        self.link.state = LinkState::Up;
        self.link.ever_up = true;
        self.link.up_since = Some(now);
        self.me = Some(jid);
        let ping = &self.config.deployment.ping;
        self.keep_alive = Some(KeepAlive::new(now, ping.interval, ping.timeout, ping.threshold));
        if self.server.components.is_none() || !self.server.ice_servers_known {
            self.server.ask_at = Some(now + PUSH_PATIENCE);
        }
        self.out.event(Event::SignallingConnected);
        self.focus.stream_ready(now, &mut self.out);
        self.try_join(now);
    }

    /// Closes a socket that is of no use any more and starts over.
    pub(super) fn drop_socket(&mut self, now: Instant) {
        if self.link.shut() {
            self.out.action(Action::CloseSocket);
        }
        self.lost(now);
    }

    fn lost(&mut self, now: Instant) {
        self.out.connection_lost();
        self.stream.reset();
        self.keep_alive = None;
        self.server = Server::default();
        self.me = None;
        if self.phase == Phase::Leaving {
            self.end(EndReason::Left);
            return;
        }
        self.stream_lost();
        if self.link.up_since.take().is_some_and(|since| now.duration_since(since) >= PROVED) {
            self.connection_proved();
        }
        self.link.attempt += 1;
        let lost_at = *self.link.lost_at.get_or_insert(now);
        let hopeless = if self.link.ever_up {
            now.duration_since(lost_at) > GIVE_UP
        } else {
            self.link.attempt >= FIRST_TRIES
        };
        if hopeless {
            self.end(EndReason::Unreachable);
            return;
        }
        if self.joined_once && !self.reconnecting {
            self.reconnecting = true;
            self.out.event(Event::Reconnecting);
        }
        let wait = reconnect_delay(self.link.attempt, &mut self.out.random);
        self.link.state = LinkState::Waiting { until: now + wait };
    }

    fn reconnect(&mut self, now: Instant) {
        self.connect(now);
        if self.link.ever_up {
            self.focus.begin(now, false, &mut self.out);
        }
    }

    /// The next loss begins a new count.
    pub(super) fn connection_proved(&mut self) {
        self.link.attempt = 0;
        self.link.lost_at = None;
    }

    pub(super) fn connection_timers(&mut self, now: Instant) {
        match self.link.state {
            LinkState::Connecting { deadline } if deadline <= now => self.drop_socket(now),
            LinkState::Waiting { until } if until <= now => self.reconnect(now),
            _ => {}
        }
        match self.keep_alive.as_mut().map(|keep_alive| keep_alive.handle_timeout(now)) {
            Some(Verdict::Ping) => self.ping(now),
            Some(Verdict::Dead) => self.drop_socket(now),
            Some(Verdict::Wait) | None => {}
        }
        if self.server.ask_at.take_if(|at| *at <= now).is_some() {
            self.ask_server(now);
        }
    }

    fn ping(&mut self, now: Instant) {
        let Some(keep_alive) = &self.keep_alive else { return };
        let (timeout, domain) = (keep_alive.timeout(), self.config.deployment.domain.clone());
        self.out.request_within(now, timeout, "get", Some(&domain), xml("ping", ns::PING), Purpose::Ping);
    }

    pub(super) fn ping_answered(&mut self, now: Instant) {
        if let Some(keep_alive) = &mut self.keep_alive {
            keep_alive.answered(now);
        }
    }

    pub(super) fn ping_missed(&mut self, now: Instant) {
        if self.keep_alive.as_mut().map(|keep_alive| keep_alive.missed(now)) == Some(Verdict::Dead) {
            self.drop_socket(now);
        }
    }
}
