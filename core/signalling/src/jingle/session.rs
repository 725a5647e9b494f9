//! The session with the bridge: from the offer to its end.
//!
//! Inputs, from the focus: an offer, sources added or removed, an end, answers to our requests. From `Conference`: the
//! answer, sources of ours added or removed, a restart. Own timer: a restart that has to wait for the rate limit.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::ledger::Ledger;
use super::write::{self, Parties, SignalledSource};
use crate::bridge::channel::Route;
use crate::ids::{EndpointId, SourceName};
use crate::output::{Output, Purpose};
use crate::session::{LocalDescription, LocalSource, SessionDescription};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Offered, not answered.
    Offered,
    /// Answered, not acknowledged.
    Accepting,
    Active,
}

/// One session.
pub(crate) struct Session {
    pub(crate) sid: String,
    pub(crate) bridge_session: Option<String>,
    pub(crate) ledger: Ledger,
    pub(crate) route: Option<Route>,
    /// The focus's address in the room; also what the web client writes as initiator.
    focus: String,
    sctp_port: Option<u16>,
    phase: Phase,
    replacing_transport: bool,
    local: Option<LocalDescription>,
    signalled: Vec<SignalledSource>,
    /// Additions that wait for the acknowledgement.
    queued: Vec<LocalSource>,
}

impl Session {
    pub(crate) fn new(
        offer: &SessionDescription,
        focus: String,
        route: Option<Route>,
        replacing_transport: bool,
    ) -> Self {
        let mut ledger = Ledger::default();
        ledger.add(offer.sources.clone());
        Self {
            sid: offer.sid.clone(),
            bridge_session: offer.bridge_session.clone(),
            ledger,
            route,
            focus,
            sctp_port: offer.transport.sctp_port,
            phase: Phase::Offered,
            replacing_transport,
            local: None,
            signalled: Vec::new(),
            queued: Vec::new(),
        }
    }

    fn parties<'a>(&'a self, responder: &'a str) -> Parties<'a> {
        Parties { sid: &self.sid, initiator: &self.focus, responder }
    }

    pub(crate) fn is_active(&self) -> bool {
        self.phase == Phase::Active
    }

    pub(crate) fn awaits_answer(&self) -> bool {
        self.phase == Phase::Offered
    }

    /// Answers the offer.
    pub(crate) fn accept(
        &mut self,
        now: Instant,
        me: &str,
        endpoint: &EndpointId,
        local: LocalDescription,
        out: &mut Output,
    ) {
        let sources = write::own_sources(endpoint, &local);
        self.signalled = sources
            .into_iter()
            .map(|source| SignalledSource::new(endpoint, source, &out.random.uuid()))
            .collect();
        self.local = Some(local);
        self.send_answer(now, me, out);
    }

    /// Answers again without sources: the focus has no room for more senders.
    pub(crate) fn accept_without_sources(&mut self, now: Instant, me: &str, out: &mut Output) {
        self.signalled.clear();
        self.send_answer(now, me, out);
    }

    fn send_answer(&mut self, now: Instant, me: &str, out: &mut Output) {
        let Some(local) = &self.local else { return };
        let action = if self.replacing_transport { "transport-accept" } else { "session-accept" };
        let answer = write::accept(action, &self.parties(me), local, self.sctp_port, &self.signalled);
        let purpose = Purpose::Accept { sid: self.sid.clone(), with_sources: !self.signalled.is_empty() };
        out.request(now, "set", Some(&self.focus), answer, purpose);
        self.phase = Phase::Accepting;
    }

    /// The focus acknowledged the answer.
    pub(crate) fn accepted(&mut self, now: Instant, me: &str, endpoint: &EndpointId, out: &mut Output) {
        self.phase = Phase::Active;
        for source in std::mem::take(&mut self.queued) {
            self.add_source(now, me, endpoint, source, out);
        }
    }

    /// Adds a source of ours, now or as soon as the answer is acknowledged.
    pub(crate) fn add_source(
        &mut self,
        now: Instant,
        me: &str,
        endpoint: &EndpointId,
        source: LocalSource,
        out: &mut Output,
    ) {
        if self.signalled.iter().any(|known| known.source.name == source.name) {
            return;
        }
        if !self.is_active() {
            self.queued.retain(|queued| queued.name != source.name);
            self.queued.push(source);
            return;
        }
        let purpose = Purpose::AddSource { sid: self.sid.clone(), name: source.name.as_str().to_owned() };
        let signalled = SignalledSource::new(endpoint, source, &out.random.uuid());
        let change = write::change_sources("source-add", &self.parties(me), std::slice::from_ref(&signalled));
        out.request(now, "set", Some(&self.focus), change, purpose);
        self.signalled.push(signalled);
    }

    /// Removes a source of ours, by the very description it was added with.
    pub(crate) fn remove_source(&mut self, now: Instant, me: &str, name: &SourceName, out: &mut Output) {
        self.queued.retain(|queued| queued.name != *name);
        let Some(at) = self.signalled.iter().position(|known| known.source.name == *name) else { return };
        let gone = self.signalled.remove(at);
        if self.phase != Phase::Offered {
            let change = write::change_sources("source-remove", &self.parties(me), &[gone]);
            out.request(now, "set", Some(&self.focus), change, Purpose::RemoveSource);
        }
    }

    /// Whether a source of ours is signalled.
    pub(crate) fn signals(&self, name: &SourceName) -> bool {
        self.signalled.iter().any(|known| known.source.name == *name)
    }

    /// The focus did not take a source: it is not signalled.
    pub(crate) fn source_refused(&mut self, name: &str) {
        self.signalled.retain(|known| known.source.name.as_str() != name);
    }

    /// Asks the focus for a fresh session.
    pub(crate) fn ask_restart(&self, now: Instant, out: &mut Output) {
        let restart = write::restart(&self.sid, self.bridge_session.as_deref());
        let purpose = Purpose::Restart { sid: self.sid.clone() };
        out.request(now, "set", Some(&self.focus), restart, purpose);
    }
}

/// Restarts are at least this far apart, and only so many in a minute.
const RESTART_INTERVAL: Duration = Duration::from_secs(5);
const RESTART_WINDOW: Duration = Duration::from_secs(60);
const RESTARTS_IN_WINDOW: usize = 5;

/// Keeps to Jicofo's limit for restarts.
#[derive(Debug, Default)]
pub(crate) struct RestartLimit {
    past: VecDeque<Instant>,
    due: Option<Instant>,
}

impl RestartLimit {
    /// Whether a restart may be asked for now. If not, it becomes due later.
    pub(crate) fn request(&mut self, now: Instant) -> bool {
        self.past.retain(|at| now.duration_since(*at) < RESTART_WINDOW);
        let after_last = self.past.back().map(|last| *last + RESTART_INTERVAL);
        let after_window = (self.past.len() >= RESTARTS_IN_WINDOW)
            .then(|| self.past.front().map(|first| *first + RESTART_WINDOW))
            .flatten();
        match after_last.max(after_window) {
            Some(earliest) if earliest > now => {
                self.due = Some(earliest);
                false
            }
            _ => {
                self.past.push_back(now);
                self.due = None;
                true
            }
        }
    }

    /// Asks again at that time.
    pub(crate) fn postpone(&mut self, until: Instant) {
        self.due = Some(until);
    }

    /// A fresh session came; nothing is due any more.
    pub(crate) fn cancel(&mut self) {
        self.due = None;
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.due
    }

    /// True once when a postponed restart is due.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        self.due.take_if(|due| *due <= now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_keep_to_the_limit() {
        let second = Duration::from_secs(1);
        let start = Instant::now();
        let mut limit = RestartLimit::default();
        assert!(limit.request(start));
        assert!(!limit.request(start + second));
        assert_eq!(limit.poll_timeout(), Some(start + 5 * second));
        assert!(limit.is_due(start + 5 * second));
        for at in [5, 10, 15, 20] {
            assert!(limit.request(start + at * second), "{at}");
        }
        assert!(!limit.request(start + 30 * second));
        assert_eq!(limit.poll_timeout(), Some(start + 60 * second));
    }
}
