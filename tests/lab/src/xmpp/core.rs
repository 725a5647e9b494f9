//! The router and everything behind it: accounts, rooms, components, the focus. Synchronous; no socket and no clock.
//!
//! In: frames of sockets and timers that are due. Out: frames and timers to set.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use minidom::Element;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::components;
use super::stream::Stream;
use crate::bridge::BridgePort;
use crate::focus::{Focus, FocusTimer, HttpAnswer, Io, StanzaPort};
use crate::jid::Jid;
use crate::muc::Muc;
use crate::names::{self, COMPONENTS, HOST};
use crate::options::LabOptions;
use crate::prosody::Uplinks;
use crate::random::Random;
use crate::xml;

/// What a socket's task is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SocketOrder {
    /// Send this text frame.
    Frame(String),
    /// Close properly, after everything queued.
    Close,
    /// Cut the connection without a word.
    Cut,
}

/// Something that is due later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Later {
    Focus(FocusTimer),
    /// The account of a lost socket is given up.
    Forget(Jid),
}

struct Session {
    stream: Stream,
    orders: UnboundedSender<SocketOrder>,
}

/// Everything on the signalling side.
pub(crate) struct Core {
    pub(crate) options: Arc<LabOptions>,
    pub(crate) muc: Muc,
    pub(crate) focus: Focus,
    pub(crate) bridge: Box<dyn BridgePort>,
    /// Where stanzas go when the server is not ours; then there are no sessions and no rooms here.
    pub(crate) uplinks: Option<Uplinks>,
    /// Changes when the sockets that are handed on to that server are to be cut.
    pub(crate) cuts: watch::Sender<u64>,
    random: Random,
    sessions: BTreeMap<u64, Session>,
    next_session: u64,
    queue: VecDeque<Element>,
    later: Vec<(Duration, Later)>,
}

/// The focus's connection when it stands behind our own server.
struct Local<'a> {
    queue: &'a mut VecDeque<Element>,
    later: &'a mut Vec<(Duration, Later)>,
}

impl StanzaPort for Local<'_> {
    fn send(&mut self, stanza: Element) {
        self.queue.push_back(stanza);
    }

    fn later(&mut self, delay: Duration, timer: FocusTimer) {
        self.later.push((delay, Later::Focus(timer)));
    }
}

impl Core {
    pub(crate) fn new(options: Arc<LabOptions>, bridge: Box<dyn BridgePort>) -> Self {
        let mut random = Random::new(options.seed);
        Self {
            muc: Muc::new(Arc::clone(&options), random.fork()),
            focus: Focus::new(Arc::clone(&options), random.fork()),
            options,
            bridge,
            uplinks: None,
            cuts: watch::Sender::new(0),
            random,
            sessions: BTreeMap::new(),
            next_session: 0,
            queue: VecDeque::new(),
            later: Vec::new(),
        }
    }

    /// A socket opened. The number names it from now on.
    pub(crate) fn connected(&mut self, token: Option<String>, orders: UnboundedSender<SocketOrder>) -> u64 {
        self.next_session += 1;
        let stream = Stream::new(self.random.fork(), token);
        self.sessions.insert(self.next_session, Session { stream, orders });
        self.next_session
    }

    /// A text frame came.
    pub(crate) fn frame(&mut self, now: Instant, session: u64, text: &str) {
        let Some(state) = self.sessions.get_mut(&session) else { return };
        let step = state.stream.frame(text, &self.options.tokens);
        for frame in step.frames {
            // A task that is gone needs no frames.
            let _ = state.orders.send(SocketOrder::Frame(frame));
        }
        if step.bound
            && self.options.push_disco
            && let Some(jid) = state.stream.jid()
        {
            self.queue.push_back(components::push(&jid.to_string(), &self.options));
        }
        self.queue.extend(step.stanza);
        if step.closed {
            let _ = state.orders.send(SocketOrder::Close);
            self.close(now, session);
        }
        self.run(now);
    }

    /// A socket is gone without a proper close.
    pub(crate) fn disconnected(&mut self, now: Instant, session: u64) {
        let Some(state) = self.sessions.remove(&session) else { return };
        let Some(jid) = state.stream.jid() else { return };
        if state.stream.managed() && !self.options.hibernation.is_zero() {
            self.later.push((self.options.hibernation, Later::Forget(jid.clone())));
        } else {
            self.muc.account_gone(jid);
        }
        self.run(now);
    }

    fn close(&mut self, now: Instant, session: u64) {
        let Some(state) = self.sessions.remove(&session) else { return };
        if let Some(jid) = state.stream.jid() {
            self.muc.account_gone(jid);
        }
        self.run(now);
    }

    /// A stanza came from a server that is not ours, for one of the domains that we speak for.
    pub(crate) fn arrived(&mut self, now: Instant, stanza: &Element) {
        let to = Jid::parse(stanza.attr("to").unwrap_or_default());
        if to.domain == names::people() {
            // Synthetic people have no client that could answer.
            self.bounce(stanza, "service-unavailable");
        } else {
            self.with_focus(now, |focus, io| focus.stanza(stanza, io));
        }
        self.run(now);
    }

    /// A conference request by HTTP.
    pub(crate) fn conference_request(&mut self, now: Instant, body: &str) -> HttpAnswer {
        let answer = self.with_focus(now, |focus, io| focus.conference_http(body, io));
        self.run(now);
        answer
    }

    /// A timer is due.
    pub(crate) fn timer(&mut self, now: Instant, later: Later) {
        match later {
            Later::Focus(timer) => self.with_focus(now, |focus, io| focus.timer(timer, io)),
            Later::Forget(jid) => self.muc.account_gone(&jid),
        }
        self.run(now);
    }

    /// Lets the focus do something.
    pub(crate) fn with_focus<T>(
        &mut self,
        now: Instant,
        action: impl FnOnce(&mut Focus, &mut Io<'_>) -> T,
    ) -> T {
        let mut port = Local { queue: &mut self.queue, later: &mut self.later };
        action(&mut self.focus, &mut Io { now, port: &mut port, bridge: self.bridge.as_mut() })
    }

    /// Sends a stanza whose `from` is set, as if that account had sent it.
    pub(crate) fn inject(&mut self, now: Instant, stanza: Element) {
        self.queue.push_back(stanza);
        self.run(now);
    }

    /// Cuts the socket of an account without a word.
    pub(crate) fn cut(&mut self, account: &Jid) -> bool {
        let session = self.sessions.values().find(|s| s.stream.jid() == Some(account));
        session.is_some_and(|s| s.orders.send(SocketOrder::Cut).is_ok())
    }

    /// Cuts every signalling socket without a word, our own and those handed on.
    pub(crate) fn cut_all(&mut self) {
        for session in self.sessions.values() {
            // A task that is gone has no socket.
            let _ = session.orders.send(SocketOrder::Cut);
        }
        self.cuts.send_modify(|cut| *cut += 1);
    }

    /// Sends an account a frame, whatever is in it.
    pub(crate) fn say(&mut self, account: &Jid, frame: &str) -> bool {
        let session = self.sessions.values().find(|s| s.stream.jid() == Some(account));
        session.is_some_and(|s| s.orders.send(SocketOrder::Frame(frame.to_owned())).is_ok())
    }

    /// Timers to set since the last call.
    pub(crate) fn take_later(&mut self) -> Vec<(Duration, Later)> {
        std::mem::take(&mut self.later)
    }

    /// Routes until nothing is left to route.
    pub(crate) fn run(&mut self, now: Instant) {
        loop {
            while let Some(stanza) = self.muc.poll() {
                self.queue.push_back(stanza);
            }
            let Some(stanza) = self.queue.pop_front() else { break };
            match &self.uplinks {
                Some(uplinks) => uplinks.send(stanza),
                None => self.route(now, &stanza),
            }
        }
    }

    fn route(&mut self, now: Instant, stanza: &Element) {
        let to = Jid::parse(stanza.attr("to").unwrap_or(HOST));
        if to.bare() == names::focus_account().bare() || to.domain == names::focus_component() {
            return self.with_focus(now, |focus, io| focus.stanza(stanza, io));
        }
        if to.domain == names::muc() || to.domain == names::lobby() && to.local.is_some() {
            return self.muc.stanza(stanza);
        }
        if let Some((_, subdomain)) = COMPONENTS.iter().find(|(_, sub)| to.domain == names::component(sub)) {
            return self.ask_component(subdomain, stanza);
        }
        if to.domain != HOST {
            return self.bounce(stanza, "remote-server-not-found");
        }
        if to.local.is_none() {
            return self.ask_server(stanza);
        }
        self.deliver(&to, stanza);
    }

    fn ask_server(&mut self, stanza: &Element) {
        if stanza.name() == "iq" && matches!(stanza.attr("type"), Some("get" | "set")) {
            let answer = components::server(stanza, &self.options);
            self.queue.push_back(answer);
        }
    }

    fn ask_component(&mut self, subdomain: &str, stanza: &Element) {
        let from = Jid::parse(stanza.attr("from").unwrap_or_default());
        match (stanza.name(), subdomain) {
            ("iq", _) if matches!(stanza.attr("type"), Some("get" | "set")) => {
                let answer = components::component(stanza, subdomain, &self.options);
                self.queue.push_back(answer);
            }
            ("message", "endconference") => self.muc.end_conference(&from),
            ("message", "metadata") => self.muc.set_metadata(&from, stanza),
            _ => {}
        }
    }

    fn deliver(&mut self, to: &Jid, stanza: &Element) {
        let session = self.sessions.values_mut().find(|s| s.stream.jid() == Some(to));
        let Some(session) = session else {
            // Synthetic people and accounts whose socket is gone.
            return self.bounce(stanza, "service-unavailable");
        };
        let Some(frame) = xml::frame(stanza) else { return };
        let _ = session.orders.send(SocketOrder::Frame(frame));
        if session.stream.sent() {
            let _ = session.orders.send(SocketOrder::Frame(format!("<r xmlns='{}'/>", xml::ns::SM)));
        }
    }

    fn bounce(&mut self, stanza: &Element, condition: &str) {
        if stanza.name() == "iq" && matches!(stanza.attr("type"), Some("get" | "set")) {
            self.queue.push_back(xml::error(stanza, "cancel", condition));
        }
    }
}
