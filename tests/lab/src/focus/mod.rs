//! The focus: asks for rooms, sits in them, and offers everybody a session with the bridge, as Jicofo does.
//!
//! It is an XMPP entity of its own. In: stanzas addressed to its account or its component. Out: stanzas through a
//! [`StanzaPort`], so that it can stand behind the lab's own rooms or behind another server; and orders to a
//! [`BridgePort`].

mod door;
mod encode;
mod jingle;
mod meeting;
mod mute;
mod offer;
mod request;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use minidom::Element;
use tokio::sync::oneshot;

pub(crate) use self::door::Entry;
pub(crate) use self::encode::describe;
pub(crate) use self::meeting::{FocusTimer, Seen};
use self::meeting::{Meeting, Participant};
pub use self::request::Refusal;
pub(crate) use self::request::{ConferenceAnswers, HttpAnswer};
pub(crate) use self::sources::{EndpointSources, Group, Medium, Semantics, Source};
use crate::bridge::BridgePort;
use crate::jid::Jid;
use crate::names;
use crate::options::LabOptions;
use crate::random::Random;
use crate::xml::{self, Build, ns};

/// Where the focus is connected: the lab's own server, or an XMPP connection to another one.
pub(crate) trait StanzaPort {
    /// Sends a stanza; its `from` is set.
    fn send(&mut self, stanza: Element);
    /// Calls [`Focus::timer`] with this timer after a while.
    fn later(&mut self, delay: Duration, timer: FocusTimer);
}

/// What the focus may use while it handles something.
pub(crate) struct Io<'a> {
    pub(crate) now: Instant,
    pub(crate) port: &'a mut dyn StanzaPort,
    pub(crate) bridge: &'a mut dyn BridgePort,
}

/// An IQ of ours that has no answer yet.
#[derive(Debug)]
enum Pending {
    Features { room: String, nick: String },
    Offer { room: String, nick: String, sid: String },
    Lock { room: String, password: Option<String>, done: Option<oneshot::Sender<bool>> },
}

/// Jicofo's part of the deployment.
pub(crate) struct Focus {
    options: Arc<LabOptions>,
    random: Random,
    meetings: BTreeMap<String, Meeting>,
    pending: BTreeMap<String, Pending>,
    /// Synthetic people by room and nickname: they get no offer.
    synthetic: BTreeMap<(String, String), EndpointSources>,
    pub(crate) answers: ConferenceAnswers,
    /// Numbers participants in the order they came.
    join_counter: u64,
    /// The address of the bridge's colibri WebSocket, `wss://host:port`.
    pub(crate) web_socket_base: String,
}

impl Focus {
    pub(crate) fn new(options: Arc<LabOptions>, random: Random) -> Self {
        Self {
            options,
            random,
            meetings: BTreeMap::new(),
            pending: BTreeMap::new(),
            synthetic: BTreeMap::new(),
            answers: ConferenceAnswers::default(),
            join_counter: 0,
            web_socket_base: String::new(),
        }
    }

    /// A stanza for the focus's account or component.
    pub(crate) fn stanza(&mut self, stanza: &Element, io: &mut Io<'_>) {
        match stanza.name() {
            "presence" => self.presence(stanza, io),
            "iq" => self.iq(stanza, io),
            _ => {}
        }
    }

    fn iq(&mut self, iq: &Element, io: &mut Io<'_>) {
        let from = Jid::parse(iq.attr("from").unwrap_or_default());
        match iq.attr("type") {
            Some("result" | "error") => self.answered(iq, io),
            Some("get" | "set") => {
                let Some(payload) = xml::payload(iq) else { return };
                if payload.is("conference", ns::FOCUS) {
                    return self.conference_iq(iq, payload, io);
                }
                if payload.is("jingle", ns::JINGLE) {
                    return self.jingle(&from, iq, payload, io);
                }
                if payload.name() == "mute" {
                    return self.mute(&from, iq, payload, io);
                }
                if payload.is("ping", ns::PING) {
                    return io.port.send(xml::result(iq));
                }
                io.port.send(xml::error(iq, "cancel", "service-unavailable"));
            }
            _ => {}
        }
    }

    fn answered(&mut self, iq: &Element, io: &mut Io<'_>) {
        let Some(pending) = iq.attr("id").and_then(|id| self.pending.remove(id)) else { return };
        match pending {
            Pending::Features { room, nick } => {
                let query =
                    iq.get_child("query", ns::DISCO_INFO).filter(|_| iq.attr("type") == Some("result"));
                let features = query.map_or_else(default_features, |query| {
                    query
                        .children()
                        .filter(|child| child.is("feature", ns::DISCO_INFO))
                        .filter_map(|child| child.attr("var").map(str::to_owned))
                        .collect()
                });
                if let Some(participant) = self.participant_mut(&room, &nick) {
                    participant.features = Some(features);
                    self.invite_all(&room, io);
                }
            }
            Pending::Offer { room, nick, sid } => {
                if iq.attr("type") == Some("error") {
                    self.end_session(&room, &nick, Some(&sid), io);
                }
            }
            Pending::Lock { room, password, done } => {
                let agreed = iq.attr("type") == Some("result");
                self.locked(&room, password, agreed, io);
                if let Some(done) = done {
                    // Whoever asked may have stopped waiting.
                    let _ = done.send(agreed);
                }
            }
        }
    }

    /// Sends an IQ set or get from the focus to an occupant.
    fn ask(&mut self, kind: &str, to: &Jid, payload: Element, pending: Option<Pending>, io: &mut Io<'_>) {
        let id = self.random.token(32);
        if let Some(pending) = pending {
            self.pending.insert(id.clone(), pending);
        }
        let iq = xml::client("iq")
            .with("type", kind)
            .with("id", id)
            .with("from", names::focus_account().to_string())
            .with("to", to.to_string())
            .child(payload);
        io.port.send(iq);
    }

    fn participant_mut(&mut self, room: &str, nick: &str) -> Option<&mut Participant> {
        self.meetings.get_mut(room)?.participants.get_mut(nick)
    }

    /// Tells the focus about somebody who joins without a client: no caps query, no offer, these sources.
    pub(crate) fn register_synthetic(&mut self, room: &Jid, nick: &str, sources: EndpointSources) {
        self.synthetic.insert((room.to_string(), nick.to_owned()), sources);
    }

    /// Changes the sources of a synthetic person who is in the room.
    pub(crate) fn replace_synthetic_sources(
        &mut self,
        room: &Jid,
        nick: &str,
        sources: EndpointSources,
        io: &mut Io<'_>,
    ) {
        let key = room.to_string();
        let Some(meeting) = self.meetings.get_mut(&key) else { return };
        let Some(participant) = meeting.participants.get_mut(nick) else { return };
        participant.sources = sources;
        io.bridge.set_sources(&meeting.conference_id, nick, describe(&participant.sources));
        self.signal_all(&key, io);
    }
}

/// What Jicofo assumes of a client that does not answer its query.
fn default_features() -> BTreeSet<String> {
    ["urn:xmpp:jingle:apps:rtp:audio", "urn:xmpp:jingle:apps:rtp:video", ns::SCTP]
        .into_iter()
        .map(str::to_owned)
        .collect()
}
