//! Keeping a channel to the bridge open, and saying again after each opening what must be known.
//!
//! Inputs, from `Conference`: a session was answered or ended, constraints or our own video changed. From the driver: the
//! channel opened or closed. Own timers: the next try to connect a WebSocket, and giving up on a data channel.

use std::time::{Duration, Instant};

use super::messages::{self, ReceiveConstraints, SentVideoType};
use crate::action::Action;
use crate::event::{BridgeChannelKind, Event};
use crate::ids::SourceName;
use crate::output::Output;
use crate::session::TransportDescription;
use crate::stream::backoff::Doubling;

const MAX_WAIT: Duration = Duration::from_secs(60);
/// A data channel that is not open by then is replaced by a WebSocket, where one was offered.
const SCTP_PATIENCE: Duration = Duration::from_secs(15);

/// Which way the application prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BridgeChannelPreference {
    /// As the deployment says.
    #[default]
    Auto,
    /// A data channel wherever it is offered.
    Sctp,
    /// A WebSocket wherever it is offered.
    WebSocket,
}

/// How the channel is reached in one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kind: BridgeChannelKind,
    /// The WebSocket to use, at first or when the data channel does not open.
    web_socket: Option<String>,
}

/// Chooses the way to the bridge (data channel first where offered and wanted, else the first usable WebSocket).
pub(crate) fn choose(
    transport: &TransportDescription,
    preference: BridgeChannelPreference,
    prefer_sctp: bool,
    ignore_domain: Option<&str>,
) -> Option<Route> {
    let ignored = |url: &String| ignore_domain.is_some_and(|ignored| host(url).eq_ignore_ascii_case(ignored));
    let web_socket = transport.web_sockets.iter().find(|url| !ignored(url)).cloned();
    let sctp_first = match preference {
        BridgeChannelPreference::Auto => prefer_sctp,
        BridgeChannelPreference::Sctp => true,
        BridgeChannelPreference::WebSocket => false,
    };
    let kind = match (transport.sctp_port.is_some(), web_socket.is_some()) {
        (true, has_socket) if sctp_first || !has_socket => BridgeChannelKind::Sctp,
        (_, true) => BridgeChannelKind::WebSocket,
        _ => return None,
    };
    Some(Route { kind, web_socket })
}

fn host(url: &str) -> &str {
    let authority =
        url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if authority.starts_with('[') {
        return authority.split_inclusive(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

/// The channel of the running session.
pub(crate) struct BridgeChannel {
    route: Option<Route>,
    /// The driver has, or is opening, a bridge socket.
    socket: bool,
    open: Option<BridgeChannelKind>,
    retry: Doubling,
    sctp_deadline: Option<Instant>,
    constraints: Option<ReceiveConstraints>,
    video_types: Vec<(SourceName, SentVideoType)>,
}

impl BridgeChannel {
    pub(crate) fn new() -> Self {
        Self {
            route: None,
            socket: false,
            open: None,
            retry: Doubling::new(MAX_WAIT),
            sctp_deadline: None,
            constraints: None,
            video_types: Vec::new(),
        }
    }

    /// A session was answered. `sctp`: the answer accepts the data channel.
    pub(crate) fn start(&mut self, now: Instant, route: Option<Route>, sctp: bool, out: &mut Output) {
        self.stop(out);
        let Some(mut route) = route else { return };
        if route.kind == BridgeChannelKind::Sctp && !sctp {
            route.kind = BridgeChannelKind::WebSocket;
        }
        let kind = route.kind;
        self.route = Some(route);
        match kind {
            BridgeChannelKind::Sctp => self.sctp_deadline = Some(now + SCTP_PATIENCE),
            BridgeChannelKind::WebSocket => self.connect(out),
        }
    }

    /// The session is over.
    pub(crate) fn stop(&mut self, out: &mut Output) {
        self.route = None;
        self.open = None;
        self.sctp_deadline = None;
        self.retry.reset();
        if std::mem::take(&mut self.socket) {
            out.action(Action::CloseBridgeSocket);
        }
    }

    fn connect(&mut self, out: &mut Output) {
        if let Some(url) = self.route.as_ref().and_then(|route| route.web_socket.clone()) {
            self.socket = true;
            out.action(Action::OpenBridgeSocket { url });
        }
    }

    pub(crate) fn opened(&mut self, kind: BridgeChannelKind, out: &mut Output) {
        if self.route.is_none() {
            return;
        }
        self.open = Some(kind);
        self.sctp_deadline = None;
        self.retry.reset();
        out.event(Event::BridgeChannelOpen { kind });
        for (source, video_type) in &self.video_types {
            out.action(Action::SendBridge(messages::source_video_type(source, *video_type)));
        }
        if let Some(constraints) = &self.constraints {
            out.action(Action::SendBridge(messages::receiver_constraints(constraints)));
        }
    }

    pub(crate) fn closed(&mut self, now: Instant, out: &mut Output) {
        let was_open = self.open.take();
        if was_open.is_some() {
            out.event(Event::BridgeChannelClosed);
        }
        if std::mem::take(&mut self.socket) {
            self.retry.wait(now);
        } else if was_open == Some(BridgeChannelKind::Sctp) {
            self.sctp_deadline = Some(now + SCTP_PATIENCE);
        }
    }

    pub(crate) fn set_constraints(&mut self, constraints: ReceiveConstraints, out: &mut Output) {
        if self.constraints.as_ref() == Some(&constraints) {
            return;
        }
        self.send(messages::receiver_constraints(&constraints), out);
        self.constraints = Some(constraints);
    }

    /// What our sources show now; what changed is told.
    pub(crate) fn set_video_types(
        &mut self,
        video_types: Vec<(SourceName, SentVideoType)>,
        out: &mut Output,
    ) {
        for (source, video_type) in &video_types {
            if !self.video_types.contains(&(source.clone(), *video_type)) {
                self.send(messages::source_video_type(source, *video_type), out);
            }
        }
        self.video_types = video_types;
    }

    /// Sends a message if the channel is open; there is no queue, what is late is wrong.
    pub(crate) fn send(&self, message: String, out: &mut Output) -> bool {
        if self.open.is_some() {
            out.action(Action::SendBridge(message));
        }
        self.open.is_some()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        [self.retry.poll_timeout(), self.sctp_deadline].into_iter().flatten().min()
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, out: &mut Output) {
        let gave_up = self.sctp_deadline.take_if(|deadline| *deadline <= now).is_some();
        if (self.retry.is_over(now) || gave_up) && self.route.is_some() && !self.socket {
            self.connect(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const SOCKETS: [&str; 2] =
        ["wss://old.example:8443/colibri-ws/a", "wss://jvb.example/colibri-ws/b?pwd=x"];

    fn transport(sctp: bool, sockets: &[&str]) -> TransportDescription {
        TransportDescription {
            sctp_port: sctp.then_some(5000),
            web_sockets: sockets.iter().map(|url| (*url).to_owned()).collect(),
            ..TransportDescription::default()
        }
    }

    fn actions(out: &mut Output) -> Vec<Action> {
        std::iter::from_fn(|| out.poll_action()).collect()
    }

    #[test]
    fn the_way_to_the_bridge() {
        use BridgeChannelPreference::{Auto, Sctp, WebSocket};
        let kind = |sctp, sockets: &[&str], preference, prefer_sctp| {
            choose(&transport(sctp, sockets), preference, prefer_sctp, None).map(|route| route.kind)
        };
        assert_eq!(kind(true, &SOCKETS, Auto, true), Some(BridgeChannelKind::Sctp));
        assert_eq!(kind(true, &SOCKETS, Auto, false), Some(BridgeChannelKind::WebSocket));
        assert_eq!(kind(true, &SOCKETS, WebSocket, true), Some(BridgeChannelKind::WebSocket));
        assert_eq!(kind(true, &SOCKETS, Sctp, false), Some(BridgeChannelKind::Sctp));
        assert_eq!(kind(true, &[], WebSocket, false), Some(BridgeChannelKind::Sctp));
        assert_eq!(kind(false, &SOCKETS, Sctp, true), Some(BridgeChannelKind::WebSocket));
        assert_eq!(kind(false, &[], Auto, true), None);
        let route = choose(&transport(false, &SOCKETS), Auto, true, Some("OLD.example")).unwrap();
        assert_eq!(route.web_socket.as_deref(), Some(SOCKETS[1]));
    }

    #[test]
    fn hosts() {
        assert_eq!(host("wss://u:p@a.example:1/x"), "a.example");
        assert_eq!(host("wss://[::1]:1/x"), "[::1]");
    }

    #[test]
    fn a_socket_is_retried_ever_more_slowly_and_everything_said_again() {
        let (mut now, mut out, mut channel) = (Instant::now(), Output::new(1), BridgeChannel::new());
        channel.set_constraints(ReceiveConstraints::default(), &mut out);
        channel.set_video_types(vec![(SourceName::new("a-v0"), SentVideoType::None)], &mut out);
        let route = choose(&transport(false, &SOCKETS), BridgeChannelPreference::Auto, true, None);
        channel.start(now, route, false, &mut out);
        let open = Action::OpenBridgeSocket { url: SOCKETS[0].into() };
        assert_eq!(actions(&mut out), std::slice::from_ref(&open));
        for wait in [1, 2, 4] {
            channel.closed(now, &mut out);
            assert_eq!(channel.poll_timeout(), Some(now + wait * SECOND));
            now += wait * SECOND;
            channel.handle_timeout(now, &mut out);
            assert_eq!(actions(&mut out), std::slice::from_ref(&open));
        }
        channel.opened(BridgeChannelKind::WebSocket, &mut out);
        let said = actions(&mut out);
        assert!(matches!(said.as_slice(), [Action::SendBridge(a), Action::SendBridge(b)]
            if a.contains("SourceVideoTypeMessage") && b.contains("ReceiverVideoConstraints")));
        channel.closed(now, &mut out);
        assert_eq!(channel.poll_timeout(), Some(now + SECOND));
    }

    #[test]
    fn what_did_not_change_is_not_said_again() {
        let (now, mut out, mut channel) = (Instant::now(), Output::new(1), BridgeChannel::new());
        let route = choose(&transport(true, &[]), BridgeChannelPreference::Auto, true, None);
        channel.start(now, route, true, &mut out);
        channel.opened(BridgeChannelKind::Sctp, &mut out);
        for _ in 0..2 {
            channel.set_constraints(ReceiveConstraints::default(), &mut out);
            channel.set_video_types(vec![(SourceName::new("a-v0"), SentVideoType::Camera)], &mut out);
        }
        assert_eq!(actions(&mut out).len(), 2);
    }

    #[test]
    fn a_data_channel_that_never_opens_gives_way_to_a_socket() {
        let (now, mut out, mut channel) = (Instant::now(), Output::new(1), BridgeChannel::new());
        let route = choose(&transport(true, &SOCKETS), BridgeChannelPreference::Auto, true, None);
        channel.start(now, route, true, &mut out);
        assert_eq!(actions(&mut out), []);
        channel.handle_timeout(now + SCTP_PATIENCE, &mut out);
        assert_eq!(actions(&mut out), [Action::OpenBridgeSocket { url: SOCKETS[0].into() }]);
        channel.stop(&mut out);
        assert_eq!(actions(&mut out), [Action::CloseBridgeSocket]);
        assert_eq!(channel.poll_timeout(), None);
    }
}
