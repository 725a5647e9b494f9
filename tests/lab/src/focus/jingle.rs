//! Jingle from participants: accepting, adding and removing sources, ending a session, asking for another.

use std::collections::BTreeMap;
use std::time::Duration;

use minidom::Element;

use super::meeting::{Participant, Session};
use super::offer::others;
use super::{EndpointSources, Focus, Io, Medium, describe, encode};
use crate::bridge::RemoteDescription;
use crate::jid::Jid;
use crate::xml::{self, Build, ns};

/// At most this many new sessions a minute on request.
const RESTARTS_PER_MINUTE: usize = 5;

impl Focus {
    pub(super) fn jingle(&mut self, from: &Jid, iq: &Element, jingle: &Element, io: &mut Io<'_>) {
        let (key, nick) = (from.bare_text(), from.resource.clone().unwrap_or_default());
        let sid = jingle.attr("sid").unwrap_or_default().to_owned();
        let session = self
            .participant_mut(&key, &nick)
            .and_then(|p| p.session.as_ref())
            .filter(|session| session.sid == sid)
            .cloned();
        let Some(session) = session else {
            let error = xml::stanza_error("cancel", "item-not-found")
                .child(xml::el("unknown-session", ns::JINGLE_ERRORS));
            return io.port.send(xml::error_with(iq, error));
        };
        match jingle.attr("action").unwrap_or_default() {
            "session-accept" => self.accepted(&key, &nick, iq, jingle, io),
            "source-add" => self.sources_added(&key, &nick, iq, jingle, io),
            "source-remove" => self.sources_removed(&key, &nick, iq, jingle, io),
            "session-terminate" => self.terminated(&key, &nick, &session, iq, jingle, io),
            "transport-info" => io.port.send(xml::result(iq)),
            "session-info" => io.port.send(xml::error(iq, "cancel", "feature-not-implemented")),
            _ => io.port.send(xml::error(iq, "modify", "bad-request")),
        }
    }

    fn accepted(&mut self, key: &str, nick: &str, iq: &Element, jingle: &Element, io: &mut Io<'_>) {
        let sources = match self.checked(key, nick, jingle, &EndpointSources::default()) {
            Ok(sources) => sources,
            Err(text) => return io.port.send(invalid(iq, &text)),
        };
        let Some(remote) = remote(jingle) else {
            return io.port.send(invalid(iq, "no transport"));
        };
        io.port.send(xml::result(iq));
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        let Some(participant) = meeting.participants.get_mut(nick) else { return };
        if let Some(session) = &mut participant.session {
            session.accepted = true;
        }
        participant.sources = sources;
        io.bridge.set_remote(&meeting.conference_id, nick, remote);
        io.bridge.set_sources(&meeting.conference_id, nick, describe(&participant.sources));
        self.signal_all(key, io);
    }

    fn sources_added(&mut self, key: &str, nick: &str, iq: &Element, jingle: &Element, io: &mut Io<'_>) {
        let Some(own) = self.participant_mut(key, nick).map(|p| p.sources.clone()) else { return };
        match self.checked(key, nick, jingle, &own) {
            Ok(sources) => self.replace_sources(key, nick, iq, sources, io),
            Err(text) => io.port.send(invalid(iq, &text)),
        }
    }

    fn sources_removed(&mut self, key: &str, nick: &str, iq: &Element, jingle: &Element, io: &mut Io<'_>) {
        let Some(own) = self.participant_mut(key, nick).map(|p| p.sources.clone()) else { return };
        match EndpointSources::read(jingle).and_then(|gone| own.minus(&gone)) {
            Ok(sources) => self.replace_sources(key, nick, iq, sources, io),
            Err(text) => io.port.send(invalid(iq, &text)),
        }
    }

    fn replace_sources(
        &mut self,
        key: &str,
        nick: &str,
        iq: &Element,
        sources: EndpointSources,
        io: &mut Io<'_>,
    ) {
        io.port.send(xml::result(iq));
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        let Some(participant) = meeting.participants.get_mut(nick) else { return };
        participant.sources = sources;
        io.bridge.set_sources(&meeting.conference_id, nick, describe(&participant.sources));
        self.signal_all(key, io);
    }

    /// What the participant would have with the sources of this Jingle element, if the rules allow it.
    fn checked(
        &self,
        key: &str,
        nick: &str,
        jingle: &Element,
        own: &EndpointSources,
    ) -> Result<EndpointSources, String> {
        let all = own.plus(&EndpointSources::read(jingle)?);
        let meeting = self.meetings.get(key).ok_or("no such conference")?;
        let bridge = encode::bridge_sources(meeting);
        let others = meeting.participants.iter().filter(|(other, _)| *other != nick).map(|(_, p)| &p.sources);
        all.validate(others.chain([&bridge]))?;
        Ok(all)
    }

    /// A participant ends its session, perhaps to get another.
    fn terminated(
        &mut self,
        key: &str,
        nick: &str,
        session: &Session,
        iq: &Element,
        jingle: &Element,
        io: &mut Io<'_>,
    ) {
        let bridge = jingle.get_child("bridge-session", ns::FOCUS);
        if let Some(id) = bridge.and_then(|b| b.attr("id"))
            && id != session.bridge_session
        {
            return io.port.send(xml::error(iq, "cancel", "item-not-found"));
        }
        let restart = bridge.and_then(|b| b.attr("restart")) == Some("true");
        if restart && !self.may_restart(key, nick, io) {
            let error =
                xml::stanza_error("wait", "resource-constraint").child(xml::error_text("rate-limited"));
            return io.port.send(xml::error_with(iq, error));
        }
        io.port.send(xml::result(iq));
        self.end_session(key, nick, None, io);
        if restart {
            self.invite_all(key, io);
        }
    }

    fn may_restart(&mut self, key: &str, nick: &str, io: &Io<'_>) -> bool {
        let interval = self.options.restart_interval;
        let now = io.now;
        let Some(participant) = self.participant_mut(key, nick) else { return false };
        let minute = Duration::from_secs(60);
        participant.restarts.retain(|at| now.saturating_duration_since(*at) < minute);
        let soon =
            participant.restarts.back().is_some_and(|at| now.saturating_duration_since(*at) < interval);
        if soon || participant.restarts.len() >= RESTARTS_PER_MINUTE {
            return false;
        }
        participant.restarts.push_back(now);
        true
    }

    /// Forgets a session and what was sent in it; the others are told.
    pub(super) fn end_session(&mut self, key: &str, nick: &str, sid: Option<&str>, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        let Some(participant) = meeting.participants.get_mut(nick) else { return };
        if sid.is_some_and(|sid| participant.session.as_ref().is_none_or(|s| s.sid != sid)) {
            return;
        }
        participant.session = None;
        participant.sources = EndpointSources::default();
        io.bridge.expire(&meeting.conference_id, nick);
        self.signal_all(key, io);
    }

    /// Ends a participant's session from this side.
    pub(super) fn terminate(
        &mut self,
        key: &str,
        nick: &str,
        condition: &str,
        text: Option<&str>,
        io: &mut Io<'_>,
    ) {
        let Some(meeting) = self.meetings.get(key) else { return };
        let Some(session) = meeting.participants.get(nick).and_then(|p| p.session.as_ref()) else { return };
        let mut reason = xml::el("reason", ns::JINGLE).child(xml::el(condition, ns::JINGLE));
        if let Some(text) = text {
            reason = reason.child(xml::el("text", ns::JINGLE).say(text));
        }
        let jingle = xml::el("jingle", ns::JINGLE)
            .with("action", "session-terminate")
            .with("sid", &session.sid)
            .child(reason);
        let to = meeting.room.occupant(nick);
        self.ask("set", &to, jingle, None, io);
        self.end_session(key, nick, None, io);
    }

    /// Moves a participant to another session, as Jicofo does when a bridge is drained.
    pub(crate) fn reoffer(&mut self, key: &str, nick: &str, io: &mut Io<'_>) {
        self.terminate(key, nick, "success", Some("moving"), io);
        self.invite_all(key, io);
    }

    /// Tells everybody with an accepted session what changed since they were last told.
    pub(super) fn signal_all(&mut self, key: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        let room = meeting.room.clone();
        let nicks: Vec<String> = meeting.participants.keys().cloned().collect();
        let mut orders = Vec::new();
        for nick in nicks {
            let current = others(meeting, &nick);
            let Some(participant) = meeting.participants.get_mut(&nick) else { continue };
            let Some(json) = participant
                .session
                .as_ref()
                .filter(|s| s.accepted)
                .map(|_| participant.has("http://jitsi.org/json-encoded-sources"))
            else {
                continue;
            };
            let Some(session) = &mut participant.session else { continue };
            let removed = difference(&session.known, &current);
            let added = difference(&current, &session.known);
            session.known = current;
            for (action, change) in [("source-remove", removed), ("source-add", added)] {
                if !change.is_empty() {
                    orders.push((room.occupant(&nick), source_change(action, &session.sid, &change, json)));
                }
            }
        }
        for (to, jingle) in orders {
            self.ask("set", &to, jingle, None, io);
        }
    }

    /// The nicknames with an accepted session, for tests that wait for one.
    pub(crate) fn accepted_sessions(&self, room: &Jid) -> Vec<String> {
        let accepted = |p: &Participant| p.session.as_ref().is_some_and(|s| s.accepted);
        self.meetings
            .get(&room.to_string())
            .map(|m| m.participants.iter().filter(|(_, p)| accepted(p)).map(|(n, _)| n.clone()).collect())
            .unwrap_or_default()
    }

    /// The bridge's name for the conference of a room.
    pub(crate) fn conference_id(&self, room: &Jid) -> Option<String> {
        self.meetings.get(&room.to_string()).map(|m| m.conference_id.clone())
    }
}

/// What is in `left` and not in `right`.
fn difference(
    left: &BTreeMap<String, EndpointSources>,
    right: &BTreeMap<String, EndpointSources>,
) -> BTreeMap<String, EndpointSources> {
    let nothing = EndpointSources::default();
    left.iter()
        .map(|(owner, sources)| (owner.clone(), sources.without(right.get(owner).unwrap_or(&nothing))))
        .filter(|(_, sources)| !sources.is_empty())
        .collect()
}

fn source_change(action: &str, sid: &str, change: &BTreeMap<String, EndpointSources>, json: bool) -> Element {
    let jingle = xml::el("jingle", ns::JINGLE).with("action", action).with("sid", sid);
    if json {
        return jingle.child(encode::compact(change));
    }
    let contents = [Medium::Audio, Medium::Video].into_iter().filter_map(|medium| {
        let sources = encode::elements(change, medium);
        let description =
            xml::el("description", ns::RTP).with("media", medium.name()).children_from(sources.clone());
        let content = xml::el("content", ns::JINGLE)
            .with("name", medium.name())
            .with("creator", "initiator")
            .child(description);
        (!sources.is_empty()).then_some(content)
    });
    jingle.children_from(contents)
}

fn invalid(iq: &Element, text: &str) -> Element {
    let error = xml::stanza_error("modify", "bad-request").child(xml::error_text(text));
    xml::error_with(iq, error)
}

/// The first transport of an accept.
fn remote(jingle: &Element) -> Option<RemoteDescription> {
    let transport = jingle
        .children()
        .filter(|c| c.name() == "content")
        .find_map(|c| c.get_child("transport", ns::ICE))?;
    let fingerprint = transport.get_child("fingerprint", ns::DTLS)?;
    let candidates = transport
        .children()
        .filter(|c| {
            c.is("candidate", ns::ICE) && c.attr("protocol").is_none_or(|p| p.eq_ignore_ascii_case("udp"))
        })
        .filter_map(|c| format!("{}:{}", bracketed(c.attr("ip")?), c.attr("port")?).parse().ok())
        .collect();
    Some(RemoteDescription {
        ufrag: transport.attr("ufrag")?.to_owned(),
        pwd: transport.attr("pwd")?.to_owned(),
        fingerprint: fingerprint.text().trim().to_owned(),
        candidates,
    })
}

fn bracketed(ip: &str) -> String {
    if ip.contains(':') { format!("[{ip}]") } else { ip.to_owned() }
}
