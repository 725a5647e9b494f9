//! Who is in a room from the focus's point of view, and when sessions begin and end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use minidom::Element;

use super::door::Door;
use super::{EndpointSources, Focus, Io, Pending, describe};
use crate::jid::Jid;
use crate::muc::Occupant;
use crate::names;
use crate::xml::{self, Build, ns};

/// Something the focus wants to be reminded of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FocusTimer {
    /// Make somebody the owner of this room.
    Owner { room: String },
    /// Whoever is still alone in this room loses the session.
    Alone { room: String, generation: u64 },
}

/// A session between a participant and the bridge.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) sid: String,
    pub(super) bridge_session: String,
    pub(super) accepted: bool,
    /// The sources of others that this participant was told of.
    pub(super) known: BTreeMap<String, EndpointSources>,
}

/// Somebody in a room.
#[derive(Clone, Debug)]
pub(super) struct Participant {
    pub(super) account: Jid,
    pub(super) joined: u64,
    pub(super) moderator: bool,
    /// The latest presence, without what the room added.
    pub(super) state: Vec<Element>,
    /// From the caps query; nothing is offered before the answer.
    pub(super) features: Option<BTreeSet<String>>,
    pub(super) synthetic: bool,
    pub(super) sources: EndpointSources,
    pub(super) session: Option<Session>,
    /// When this participant asked for another session.
    pub(super) restarts: VecDeque<Instant>,
}

impl Participant {
    pub(super) fn has(&self, feature: &str) -> bool {
        self.features.as_ref().is_some_and(|f| f.contains(feature))
    }
}

/// Somebody in a room, as a room or its focus sees them.
pub(crate) struct Seen<'a> {
    pub(crate) nick: &'a str,
    pub(crate) account: &'a Jid,
    pub(crate) moderator: bool,
    /// What their presence says.
    pub(crate) state: &'a [Element],
}

impl<'a> From<&'a Occupant> for Seen<'a> {
    fn from(occupant: &'a Occupant) -> Self {
        let moderator = occupant.moderator();
        Self { nick: &occupant.nick, account: &occupant.account, moderator, state: &occupant.state }
    }
}

/// A room with the focus in it.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    pub(super) room: Jid,
    pub(super) door: Door,
    pub(super) conference_id: String,
    pub(super) participants: BTreeMap<String, Participant>,
    pub(super) bridge_audio: u32,
    pub(super) bridge_video: u32,
    pub(super) bridge_used: bool,
    pub(super) generation: u64,
}

impl Focus {
    /// Joins a room and thereby makes it.
    pub(crate) fn enter(&mut self, room: &Jid, io: &mut Io<'_>) {
        let key = room.to_string();
        if self.meetings.contains_key(&key) {
            return;
        }
        let meeting = Meeting {
            room: room.clone(),
            door: Door::default(),
            conference_id: self.random.hex(15),
            participants: BTreeMap::new(),
            bridge_audio: self.random.ssrc(),
            bridge_video: self.random.ssrc(),
            bridge_used: false,
            generation: 0,
        };
        io.port.send(own_presence(&meeting, true));
        self.meetings.insert(key, meeting);
    }

    /// Who is in a room.
    pub(crate) fn people(&self, room: &Jid) -> impl Iterator<Item = Seen<'_>> {
        let participants = self.meetings.get(&room.to_string()).into_iter().flat_map(|m| &m.participants);
        participants.map(|(nick, p)| Seen {
            nick,
            account: &p.account,
            moderator: p.moderator,
            state: &p.state,
        })
    }

    pub(super) fn presence(&mut self, stanza: &Element, io: &mut Io<'_>) {
        let from = Jid::parse(stanza.attr("from").unwrap_or_default());
        let (key, Some(nick)) = (from.bare_text(), from.resource.clone()) else { return };
        if nick == names::FOCUS_NICK {
            match stanza.attr("type") {
                None => self.entered(&key, io),
                Some(_) => self.forget_meeting(&key, io),
            }
            return;
        }
        match stanza.attr("type") {
            Some("unavailable") => self.left(&key, &nick, io),
            Some(_) => {}
            None => self.present(&key, &nick, stanza, io),
        }
    }

    fn present(&mut self, key: &str, nick: &str, stanza: &Element, io: &mut Io<'_>) {
        let item = stanza.get_child("x", ns::MUC_USER).and_then(|x| x.get_child("item", ns::MUC_USER));
        let moderator = item.and_then(|i| i.attr("role")) == Some("moderator");
        let Some(account) = item.and_then(|i| i.attr("jid")).map(Jid::parse) else { return };
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        let state = stanza.children().filter(|child| child.ns() != ns::MUC_USER).cloned().collect();
        if let Some(participant) = meeting.participants.get_mut(nick) {
            participant.moderator = moderator;
            participant.state = state;
            return;
        }
        self.join_counter += 1;
        let sources = self.synthetic.remove(&(key.to_owned(), nick.to_owned()));
        let synthetic = sources.is_some();
        let participant = Participant {
            account,
            joined: self.join_counter,
            moderator,
            state,
            features: None,
            synthetic,
            sources: sources.unwrap_or_default(),
            session: None,
            restarts: VecDeque::new(),
        };
        if synthetic {
            io.bridge.set_sources(&meeting.conference_id, nick, describe(&participant.sources));
        }
        meeting.participants.insert(nick.to_owned(), participant);
        meeting.generation += 1;
        let room = meeting.room.clone();
        if let Some(delay) = self.options.owner_delay {
            io.port.later(delay, FocusTimer::Owner { room: key.to_owned() });
        }
        if synthetic {
            self.signal_all(key, io);
        } else {
            // Entity caps: the node names the version asked about (XEP-0115 §6.2).
            let caps = stanza.get_child("c", ns::CAPS);
            let node = caps.and_then(|c| Some(format!("{}#{}", c.attr("node")?, c.attr("ver")?)));
            let query = xml::el("query", ns::DISCO_INFO).with_some("node", node.as_deref());
            let pending = Pending::Features { room: key.to_owned(), nick: nick.to_owned() };
            self.ask("get", &room.occupant(nick), query, Some(pending), io);
        }
        // Whoever waited alone need not wait for the newcomer's features.
        self.invite_all(key, io);
    }

    /// Offers a session to everybody who can take one, once two are there.
    pub(super) fn invite_all(&mut self, key: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get(key).filter(|m| m.participants.len() > 1) else { return };
        let ready: Vec<String> = meeting
            .participants
            .iter()
            .filter(|(_, p)| !p.synthetic && p.features.is_some() && p.session.is_none())
            .map(|(nick, _)| nick.clone())
            .collect();
        for nick in ready {
            self.offer(key, &nick, io);
        }
    }

    fn left(&mut self, key: &str, nick: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        if meeting.participants.remove(nick).is_none() {
            return;
        }
        io.bridge.expire(&meeting.conference_id, nick);
        // Jicofo sends no source-remove for somebody who is gone: the presence said it.
        for participant in meeting.participants.values_mut() {
            if let Some(session) = &mut participant.session {
                session.known.remove(nick);
            }
        }
        meeting.generation += 1;
        if meeting.participants.len() == 1 {
            let timer = FocusTimer::Alone { room: key.to_owned(), generation: meeting.generation };
            io.port.later(self.options.alone_timeout, timer);
        }
        if self.options.owner_delay.is_some() {
            self.timer(FocusTimer::Owner { room: key.to_owned() }, io);
        }
    }

    /// Something the focus wanted to be reminded of is due.
    pub(crate) fn timer(&mut self, timer: FocusTimer, io: &mut Io<'_>) {
        match timer {
            FocusTimer::Owner { room } => self.appoint_owner(&room, io),
            FocusTimer::Alone { room, generation } => {
                let alone = self
                    .meetings
                    .get(&room)
                    .filter(|m| m.generation == generation && m.participants.len() == 1)
                    .and_then(|m| m.participants.keys().next().cloned());
                if let Some(nick) = alone {
                    self.terminate(&room, &nick, "expired", None, io);
                }
            }
        }
    }

    /// The one who has been there longest becomes the owner when there is none.
    fn appoint_owner(&mut self, key: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get(key) else { return };
        if meeting.participants.values().any(|p| p.moderator) {
            return;
        }
        let Some(first) = meeting.participants.values().min_by_key(|p| p.joined) else { return };
        let item = xml::el("item", ns::MUC_ADMIN)
            .with("affiliation", "owner")
            .with("jid", first.account.bare_text());
        let room = meeting.room.clone();
        self.ask("set", &room, xml::el("query", ns::MUC_ADMIN).child(item), None, io);
    }

    pub(super) fn forget_meeting(&mut self, key: &str, io: &mut Io<'_>) {
        if let Some(meeting) = self.meetings.remove(key) {
            for nick in meeting.participants.keys() {
                io.bridge.expire(&meeting.conference_id, nick);
            }
            meeting.door.shut(io);
        }
    }

    /// Says in the focus's presence that a bridge is in use.
    pub(super) fn bridge_in_use(&mut self, key: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key).filter(|m| !m.bridge_used) else { return };
        meeting.bridge_used = true;
        io.port.send(own_presence(meeting, false));
    }
}

/// Jicofo's presence in a room.
fn own_presence(meeting: &Meeting, join: bool) -> Element {
    let property =
        |key: &str, value: &str| xml::el("property", ns::FOCUS).with("key", key).with("value", value);
    let mut properties =
        xml::el("conference-properties", ns::FOCUS).child(property("support-terminate-restart", "true"));
    if meeting.bridge_used {
        properties = properties.child(property("bridge-count", "1"));
    }
    let version = xml::el("component", ns::JITMEET).with("name", "focus").say("1.1.SNAPSHOT");
    let caps = xml::el("c", ns::CAPS)
        .with("hash", "sha-1")
        .with("node", "http://jitsi.org/jicofo")
        .with("ver", "Lg0vhCNhxjoeKJi2/hukdsizNWA=");
    let mut presence = xml::client("presence")
        .with("from", names::focus_account().to_string())
        .with("to", meeting.room.occupant(names::FOCUS_NICK).to_string());
    if join {
        presence = presence.child(xml::el("x", ns::MUC));
    }
    presence
        .child(xml::client("priority").say("0"))
        .child(xml::el("etherpad", ns::ETHERPAD).say(meeting.room.local.as_deref().unwrap_or_default()))
        .child(xml::el("versions", ns::JITMEET).child(version))
        .child(properties)
        .child(caps)
}
