//! Jingle with the focus, and muting by it: offers, our answer, sources of both sides, the end and restarts.
//!
//! Inputs, from the focus: Jingle and mute IQs, answers to ours. From the application: the answer to an offer, sources,
//! a failed transport.

use std::time::{Duration, Instant};

use minidom::Element;

use super::Conference;
use crate::bridge::channel::choose;
use crate::bridge::messages::SentVideoType;
use crate::event::{Event, MutedMedium, Warning};
use crate::ids::{EndpointId, MediaKind, SourceName};
use crate::jid;
use crate::jingle::session::Session;
use crate::jingle::{offer, sources, write};
use crate::ns;
use crate::output::{Answer, Purpose, StanzaError};
use crate::session::{LocalDescription, LocalSource};
use crate::xml::{Read, xml};

/// A restart refused for coming too often is tried again after this.
const RESTART_WAIT: Duration = Duration::from_secs(10);

impl Conference {
    pub(super) fn jingle(&mut self, now: Instant, iq: &Element, jingle: &Element) {
        let from = iq.attr("from").unwrap_or_default();
        if !self.room.is_focus(from) {
            self.jingle_of_others(now, iq, jingle);
            return;
        }
        let ours = self.session.as_ref().is_some_and(|session| jingle.attr("sid") == Some(&session.sid));
        match jingle.attr("action").unwrap_or_default() {
            "session-initiate" if ours => self.out.refuse(iq, "cancel", "service-unavailable", None),
            "session-initiate" => self.offered(now, iq, jingle, false),
            _ if !ours => self.unknown_session(iq),
            "transport-replace" => self.offered(now, iq, jingle, true),
            "source-add" | "addsource" => self.sources_changed(iq, jingle, true),
            "source-remove" | "removesource" => self.sources_changed(iq, jingle, false),
            "session-terminate" => {
                self.out.answer(iq, None);
                let (reason, moving) = reason(jingle);
                self.drop_session(&reason, moving);
            }
            "transport-info" | "session-info" | "content-modify" => self.out.answer(iq, None),
            _ => self.out.refuse(iq, "modify", "bad-request", None),
        }
    }

    /// Other participants may offer direct sessions, which we decline; nobody else may offer anything.
    fn jingle_of_others(&mut self, now: Instant, iq: &Element, jingle: &Element) {
        let from = iq.attr("from").unwrap_or_default();
        if jingle.attr("action") != Some("session-initiate") {
            self.unknown_session(iq);
            return;
        }
        self.out.answer(iq, None);
        let peer =
            jid::same_bare(from, &self.room.jid) && jid::resource(from).is_some_and(|nick| nick != "focus");
        let (condition, text) = if peer {
            ("decline", "P2P disabled")
        } else {
            ("security-error", "Only the focus may offer a session")
        };
        if !peer {
            self.out.stats.untrusted_stanzas += 1;
        }
        let sid = jingle.attr("sid").unwrap_or_default();
        self.out.request(now, "set", Some(from), write::terminate(sid, condition, text), Purpose::Decline);
    }

    fn unknown_session(&mut self, iq: &Element) {
        self.out.refuse(iq, "cancel", "item-not-found", Some(xml("unknown-session", ns::JINGLE_ERRORS)));
    }

    fn offered(&mut self, now: Instant, iq: &Element, jingle: &Element, replacing: bool) {
        let mut offer = match offer::parse(jingle) {
            Ok(offer) => offer,
            Err(error) => {
                tracing::debug!("{error}.");
                self.out.stats.malformed_stanzas += 1;
                self.out.refuse(iq, "modify", "bad-request", None);
                return;
            }
        };
        self.out.answer(iq, None);
        self.drop_session("replaced", true);
        self.restart.cancel();
        let channel = &self.config.deployment.bridge_channel;
        let ignore = channel.ignore_domain.as_deref();
        let route = choose(&offer.transport, self.config.bridge_channel, channel.prefer_sctp, ignore);
        offer.bridge_channel = route.as_ref().map(|route| route.kind);
        self.session = Some(Session::new(&offer, self.room.focus_jid(), route, replacing));
        self.start_muted(now, offer.start_audio_muted, offer.start_video_muted);
        self.out.event(Event::SessionOffered(offer));
    }

    /// Applies once what those who join have to begin with; a person who unmuted later stays unmuted.
    pub(super) fn start_muted(&mut self, now: Instant, audio: bool, video: bool) {
        if self.start_muted_done || !(audio || video) {
            return;
        }
        self.start_muted_done = true;
        self.room.own.audio_muted |= audio;
        self.room.own.video_muted |= video;
        self.room.changed(now);
        self.tell_video_types();
        self.out.event(Event::StartMuted { audio, video });
    }

    /// Forgets the session and tells so, if there is one.
    pub(super) fn drop_session(&mut self, reason: &str, moving: bool) {
        if self.session.take().is_some() {
            self.bridge.stop(&mut self.out);
            self.out.event(Event::SessionTerminated { reason: reason.to_owned(), moving });
        }
    }

    fn sources_changed(&mut self, iq: &Element, jingle: &Element, added: bool) {
        let sources = match sources::parse(jingle) {
            Ok(sources) => sources,
            Err(error) => {
                tracing::debug!("{error}.");
                self.out.stats.malformed_stanzas += 1;
                self.out.refuse(iq, "modify", "bad-request", None);
                return;
            }
        };
        self.out.answer(iq, None);
        let Some(session) = &mut self.session else { return };
        let (changed, event): (_, fn(_) -> Event) = if added {
            (session.ledger.add(sources), Event::SourcesAdded)
        } else {
            (session.ledger.remove(sources), Event::SourcesRemoved)
        };
        if !changed.is_empty() {
            self.out.event(event(changed));
        }
    }

    pub(super) fn member_left(&mut self, endpoint: &EndpointId) {
        if let Some(session) = &mut self.session {
            session.ledger.remove_owner(endpoint);
        }
    }

    /// Answers the offer with that session id. An answer to an offer that was replaced meanwhile is passed over.
    pub fn accept_session(&mut self, now: Instant, sid: &str, local: LocalDescription) {
        let (Some(me), Some(endpoint)) = (self.me.clone(), self.room.endpoint().cloned()) else { return };
        let Some(session) =
            self.session.as_mut().filter(|session| session.sid == sid && session.awaits_answer())
        else {
            return;
        };
        let sctp = local.sctp;
        session.accept(now, &me, &endpoint, local, &mut self.out);
        let route = session.route.clone();
        self.tell_video_types();
        self.bridge.start(now, route, sctp, &mut self.out);
    }

    pub(super) fn accept_answered(
        &mut self,
        now: Instant,
        sid: &str,
        with_sources: bool,
        answer: &Answer<'_>,
    ) {
        let (Some(me), Some(endpoint)) = (self.me.clone(), self.room.endpoint().cloned()) else { return };
        let Some(session) = self.session.as_mut().filter(|session| session.sid == sid) else { return };
        let text = match answer {
            Answer::Result(_) => {
                session.accepted(now, &me, &endpoint, &mut self.out);
                self.room.own.sources_known = true;
                self.room.changed(now);
                self.out.event(Event::SessionAccepted);
                return;
            }
            Answer::Error(iq) => {
                let error = StanzaError::of(iq);
                match error.condition {
                    "gone" | "item-not-found" => {
                        self.drop_session(error.condition, true);
                        return;
                    }
                    "resource-constraint" if with_sources => {
                        self.out.event(Event::Warning(Warning::SenderLimitReached { kind: None }));
                        session.accept_without_sources(now, &me, &mut self.out);
                        return;
                    }
                    _ => error.describe(),
                }
            }
            Answer::Timeout => "No answer".to_owned(),
        };
        self.out.event(Event::Warning(Warning::AnswerRefused { text }));
        self.restart_session(now);
    }

    /// Adds a source of ours to the running session, such as a shared screen; with the next session it has to be added
    /// again.
    pub fn add_local_source(&mut self, now: Instant, source: LocalSource) {
        let (Some(me), Some(endpoint)) = (self.me.clone(), self.room.endpoint().cloned()) else { return };
        if !write::is_own(&endpoint, &source.name) {
            return;
        }
        if let Some(session) = &mut self.session {
            session.add_source(now, &me, &endpoint, source, &mut self.out);
        }
    }

    /// Removes a source that was added to the running session.
    pub fn remove_local_source(&mut self, now: Instant, name: &SourceName) {
        if let (Some(session), Some(me)) = (&mut self.session, self.me.clone()) {
            session.remove_source(now, &me, name, &mut self.out);
        }
        if self.room.own.screen.take_if(|(screen, _)| screen == name).is_some() {
            self.room.changed(now);
            self.tell_video_types();
        }
    }

    pub(super) fn add_source_answered(&mut self, now: Instant, sid: &str, name: &str, answer: &Answer<'_>) {
        let Some(session) = self.session.as_mut().filter(|session| session.sid == sid) else { return };
        match answer {
            Answer::Result(_) => {
                let name = SourceName::new(name);
                if name.kind() == Some(MediaKind::Video) && session.signals(&name) {
                    self.room.own.screen = Some((name, false));
                    self.room.changed(now);
                    self.tell_video_types();
                }
            }
            Answer::Error(iq) => {
                session.source_refused(name);
                let error = StanzaError::of(iq);
                self.out.event(Event::Warning(match error.condition {
                    "resource-constraint" => {
                        Warning::SenderLimitReached { kind: SourceName::new(name).kind() }
                    }
                    _ => Warning::AnswerRefused { text: error.describe() },
                }));
                self.out.event(Event::LocalSourceRefused { source: SourceName::new(name) });
            }
            Answer::Timeout => {
                session.source_refused(name);
                self.out.event(Event::LocalSourceRefused { source: SourceName::new(name) });
            }
        }
    }

    /// Asks for a fresh session because the transport failed. Keeps to the focus's limit: a restart that comes too early
    /// is made later by itself.
    pub fn restart_session(&mut self, now: Instant) {
        let Some(session) = &self.session else { return };
        if !self.stream.is_ready() {
            self.restart.postpone(now + RESTART_WAIT);
        } else if self.restart.request(now) {
            session.ask_restart(now, &mut self.out);
        }
    }

    pub(super) fn restart_answered(&mut self, now: Instant, sid: &str, answer: &Answer<'_>) {
        if self.session.as_ref().is_none_or(|session| session.sid != sid) {
            return;
        }
        let condition = match answer {
            Answer::Result(_) => {
                self.drop_session("connectivity-error", true);
                return;
            }
            Answer::Error(iq) => StanzaError::of(iq).condition.to_owned(),
            Answer::Timeout => "remote-server-timeout".to_owned(),
        };
        if condition == "item-not-found" {
            // The focus has ended this session already, as when it moves everybody to another bridge: its next offer is on
            // the way. Where none comes, that is told.
            self.drop_session(&condition, true);
            return;
        }
        self.restart.postpone(now + RESTART_WAIT);
        self.out.event(Event::Warning(Warning::RestartRefused { condition, retry_after: RESTART_WAIT }));
    }

    /// A moderator mutes us, through the focus. Nobody can be unmuted this way.
    pub(super) fn mute_command(&mut self, now: Instant, iq: &Element, mute: &Element) {
        let kind = match mute.ns().as_str() {
            ns::JITMEET_AUDIO => MutedMedium::Audio,
            ns::JITMEET_VIDEO => MutedMedium::Video,
            ns::JITMEET_DESKTOP => MutedMedium::Desktop,
            _ => {
                self.out.refuse(iq, "cancel", "service-unavailable", None);
                return;
            }
        };
        if !self.room.is_focus(iq.attr("from").unwrap_or_default()) {
            self.out.stats.untrusted_stanzas += 1;
            self.out.refuse(iq, "auth", "forbidden", None);
            return;
        }
        self.out.answer(iq, None);
        if mute.text().trim() != "true" {
            return;
        }
        match kind {
            MutedMedium::Audio => self.room.own.audio_muted = true,
            MutedMedium::Video => self.room.own.video_muted = true,
            MutedMedium::Desktop => {
                if let Some((_, muted)) = &mut self.room.own.screen {
                    *muted = true;
                }
            }
        }
        self.room.changed(now);
        self.tell_video_types();
        let actor = mute.attr_filled("actor").and_then(jid::resource).map(EndpointId::new);
        self.out.event(Event::MutedBy { kind, actor });
    }

    /// Tells the bridge what our video sources show now.
    pub(super) fn tell_video_types(&mut self) {
        let Some(endpoint) = self.room.endpoint() else { return };
        let own = &self.room.own;
        let shown = |muted: bool, shown| if muted { SentVideoType::None } else { shown };
        let mut types = vec![(endpoint.camera_source(), shown(own.video_muted, SentVideoType::Camera))];
        types.extend(
            own.screen.iter().map(|(name, muted)| (name.clone(), shown(*muted, SentVideoType::Desktop))),
        );
        self.bridge.set_video_types(types, &mut self.out);
    }
}

/// The reason of a session-terminate, and whether another session follows at once.
fn reason(jingle: &Element) -> (String, bool) {
    let Some(reason) = jingle.get_child("reason", ns::JINGLE) else { return ("unknown".to_owned(), false) };
    let condition = reason.children().find(|child| child.name() != "text").map_or("unknown", Element::name);
    let text = reason.child_text("text");
    let moving = condition == "success" && text.as_deref() == Some("moving");
    (text.filter(|_| !moving).unwrap_or_else(|| condition.to_owned()), moving)
}
