//! What the driver does for each event of the signalling machine: the snapshot changes, an event is told, media
//! follows.

use std::time::Instant;

use treff_signalling as signalling;
use treff_signalling::{BridgeChannelKind, EndpointId, Event as Heard, MutedMedium};

use super::Driver;
use super::meeting::connection_error;
use crate::door::command::Reaction;
use crate::door::error::UserError;
use crate::door::event::{BridgeChannel, EndReason, Event};
use crate::door::notice::Notice;
use crate::door::snapshot::{ChatLine, ConnectionState, Participant, Screen, Tracks, Waiting};
use crate::net::HttpError;

/// Those who spoke last, as far back as a front end has places for them.
const RECENT_SPEAKERS: usize = 20;
/// Chat messages kept for drawing.
const CHAT_TAIL: usize = 500;

impl Driver {
    pub(super) fn conference_event(&mut self, now: Instant, event: Heard) {
        match event {
            Heard::SignallingConnected => self.outlet.tell(&Event::SignallingConnected),
            Heard::Joined { endpoint, .. } => self.joined(endpoint),
            Heard::OwnRoleChanged { moderator } => self.outlet.state.me.moderator = moderator,
            Heard::ParticipantJoined(participant) => self.came(now, participant),
            Heard::ParticipantChanged(participant) => self.changed(now, participant),
            Heard::ParticipantLeft { endpoint } => self.left(now, &endpoint),
            Heard::PasswordRequired { wrong } => {
                self.wait_for(Waiting::Password { wrong }, &Event::PasswordRequired { wrong });
            }
            Heard::LobbyRequired { .. } => self.wait_for(Waiting::Knock, &Event::LobbyRequired),
            Heard::LobbyJoined => self.wait_for(Waiting::Moderator, &Event::LobbyWaiting),
            Heard::LobbyDenied => {
                self.leave(now);
                self.end(now, EndReason::Failed { error: UserError::LobbyDenied });
            }
            Heard::LobbyAdmitted => {
                self.outlet.state.screen = Screen::Joining { waiting: None };
                self.outlet.tell(&Event::LobbyAdmitted);
            }
            Heard::DisplayNameRequired => self.wait_for(Waiting::DisplayName, &Event::DisplayNameRequired),
            Heard::WaitingForHost => self.wait_for(Waiting::Host, &Event::WaitingForHost),
            Heard::Reconnecting => self.outlet.lost(),
            // The session of before is gone; another follows if anybody else is there.
            Heard::Reconnected => self.outlet.found(ConnectionState::Joined),
            Heard::Ended(reason) => {
                let reason = self.end_reason(reason);
                self.end(now, reason);
            }
            other => self.call_event(now, other),
        }
        self.update_door();
        self.outlet.touch();
    }

    /// The events that only a running call brings.
    fn call_event(&mut self, now: Instant, event: Heard) {
        match event {
            Heard::SessionOffered(description) => self.session_offered(now, &description),
            Heard::SourcesAdded(sources) => self.sources_added(now, &sources),
            Heard::SourcesRemoved(sources) => self.sources_removed(now, &sources),
            Heard::SessionTerminated { moving, .. } => self.session_terminated(moving),
            Heard::ChatReceived(message) => self.chat(message),
            Heard::ReactionReceived { from, reactions } => {
                for reaction in reactions.into_iter().filter_map(from_wire) {
                    self.outlet.tell(&Event::Reaction { from: from.to_string(), reaction });
                }
            }
            Heard::MutedBy { kind, actor } => self.muted_by(now, kind, actor.as_ref()),
            Heard::StartMuted { audio, video } => {
                if audio {
                    self.microphone_off();
                }
                if video {
                    self.camera_off();
                }
            }
            Heard::Recording(status) => {
                let on = status.state == signalling::RecordingState::On;
                self.outlet.state.recording = on;
                let stream = status.mode == signalling::RecordingMode::Stream;
                let mode = if stream { "stream" } else { "file" };
                self.outlet.tell(&Event::Recording { on, mode: mode.to_owned() });
            }
            Heard::SubjectChanged(subject) => {
                self.outlet.state.subject = Some(subject).filter(|subject| !subject.is_empty());
            }
            Heard::BridgeChannelOpen { kind } => {
                let kind = match kind {
                    BridgeChannelKind::Sctp => BridgeChannel::Sctp,
                    _ => BridgeChannel::WebSocket,
                };
                self.outlet.tell(&Event::BridgeChannelOpen { kind });
            }
            Heard::DominantSpeaker { endpoint, previous, silence } => {
                self.dominant_speaker(&endpoint, &previous, silence);
            }
            Heard::LocalSourceRefused { source } => self.share_refused(now, &source),
            Heard::SenderConstraint { source, max_height } => {
                self.sender_constraint(now, &source, max_height);
            }
            Heard::Warning(warning) => self.warning(&warning),
            other => self.door_event(other),
        }
    }

    fn wait_for(&mut self, waiting: Waiting, event: &Event) {
        self.outlet.state.screen = Screen::Joining { waiting: Some(waiting) };
        self.outlet.tell(event);
    }

    fn joined(&mut self, endpoint: EndpointId) {
        let Some(meeting) = &mut self.meeting else { return };
        let link = meeting.address.to_url();
        let (room, server) = (meeting.address.room().display(), meeting.server());
        if let Some(live) = meeting.live() {
            live.me = Some(endpoint.clone());
            live.connect_error = None;
        }
        let state = &mut self.outlet.state;
        state.screen = Screen::Call;
        state.me.endpoint = endpoint.to_string();
        // Coming back after a lost connection is the same stay.
        state.joined_at.get_or_insert_with(super::requests::unix_milliseconds);
        self.storage.keep_recent(&link, &room, &server, super::requests::unix_milliseconds());
        self.outlet.state.recent = self.storage.recent();
        self.outlet.tell(&Event::Joined { room, endpoint: endpoint.to_string() });
        // After a loss the end of the old session comes in between, and only then the good news.
        if self.outlet.state.connection != ConnectionState::Reconnecting {
            self.outlet.found(ConnectionState::Joined);
        }
    }

    fn came(&mut self, now: Instant, participant: signalling::Participant) {
        let endpoint = participant.endpoint.to_string();
        let (hidden, name) = (participant.hidden, participant.name.clone());
        let drawn = drawn(&participant, 1.0);
        self.with_live(|live| {
            live.people.insert(participant.endpoint.clone(), participant);
        });
        if !hidden {
            self.outlet.state.participants.retain(|other| other.endpoint != endpoint);
            self.outlet.state.participants.push(drawn);
            self.outlet.tell(&Event::ParticipantJoined { endpoint, name });
        }
        self.people_changed(now);
    }

    fn changed(&mut self, now: Instant, participant: signalling::Participant) {
        let endpoint = participant.endpoint.as_str();
        let known = self.outlet.state.participants.iter_mut().find(|other| other.endpoint == endpoint);
        if let Some(known) = known {
            *known = drawn(&participant, known.volume);
        }
        self.with_live(|live| {
            live.people.insert(participant.endpoint.clone(), participant);
        });
        self.people_changed(now);
    }

    fn left(&mut self, now: Instant, endpoint: &EndpointId) {
        let gone = self.poll_live(|live| live.people.remove(endpoint));
        self.outlet.state.participants.retain(|other| other.endpoint != endpoint.as_str());
        self.outlet.state.recent_speakers.retain(|speaker| speaker != endpoint.as_str());
        self.owner_gone(now, endpoint);
        if let Some(gone) = gone.filter(|gone| !gone.hidden) {
            let endpoint = endpoint.to_string();
            self.outlet.tell(&Event::ParticipantLeft { endpoint, name: gone.name });
        }
        self.people_changed(now);
    }

    /// Muting, unmuting, coming and going decide what is received and which codec is sent.
    fn people_changed(&mut self, now: Instant) {
        self.update_receiving(now);
        self.update_sending(now);
    }

    fn chat(&mut self, message: signalling::ChatMessage) {
        let written = message.delayed_at.as_deref().and_then(super::stamp::milliseconds);
        let from = message.from.map(|from| from.to_string());
        let ours = from.as_deref() == Some(self.outlet.state.me.endpoint.as_str());
        let (id, name, text, private) = (message.id, message.name, message.text, message.private);
        self.keep_chat(ChatLine {
            id,
            from: from.clone(),
            to: None,
            name: name.clone(),
            text: text.clone(),
            private,
            at: written.unwrap_or_else(super::requests::unix_milliseconds),
        });
        if !ours {
            self.outlet.tell(&Event::Chat { from, name, text, private });
        }
    }

    /// Sends a message. The room echoes what everyone may read; what one person may read nobody echoes.
    pub(super) fn send_chat(&mut self, now: Instant, text: String, to: Option<String>) {
        let recipient = to.clone().map(EndpointId::new);
        let id = self.poll_live(|live| live.conference.send_chat(now, &text, recipient.as_ref(), None));
        if let (Some(id), Some(_)) = (id, &to) {
            let me = &self.outlet.state.me;
            let name = Some(me.name.clone()).filter(|name| !name.is_empty());
            let line = ChatLine {
                id,
                from: Some(me.endpoint.clone()),
                to,
                name,
                text,
                private: true,
                at: super::requests::unix_milliseconds(),
            };
            self.keep_chat(line);
            self.outlet.touch();
        }
    }

    fn keep_chat(&mut self, line: ChatLine) {
        let chat = &mut self.outlet.state.chat;
        chat.push(line);
        if chat.len() > CHAT_TAIL {
            chat.remove(0);
        }
    }

    fn muted_by(&mut self, now: Instant, kind: MutedMedium, actor: Option<&EndpointId>) {
        let media = match kind {
            MutedMedium::Audio => {
                self.microphone_off();
                "audio"
            }
            MutedMedium::Video => {
                self.camera_off();
                "video"
            }
            MutedMedium::Desktop => {
                self.stop_share(now);
                "desktop"
            }
            _ => return,
        };
        let by = actor.map(ToString::to_string);
        self.outlet.tell(&Event::MutedByModerator { media: media.to_owned(), by });
    }

    fn dominant_speaker(&mut self, endpoint: &EndpointId, previous: &[EndpointId], silence: bool) {
        let me = self.outlet.state.me.endpoint.clone();
        let order = (!silence).then_some(endpoint).into_iter().chain(previous).map(EndpointId::as_str);
        spoke(&mut self.outlet.state.recent_speakers, order, &me);
        let speaker = (!silence).then(|| endpoint.to_string());
        if self.outlet.state.dominant_speaker == speaker {
            return;
        }
        self.outlet.state.dominant_speaker.clone_from(&speaker);
        if let Some(endpoint) = speaker {
            self.outlet.tell(&Event::DominantSpeaker { endpoint });
        }
    }

    fn warning(&mut self, warning: &signalling::Warning) {
        use signalling::Warning as W;
        let notice = match warning {
            W::FocusUnavailable => Notice::FocusUnavailable,
            W::NotLiveYet => Notice::NotLiveYet,
            W::BridgeUnavailable => Notice::BridgeUnavailable,
            W::SenderLimitReached { .. } => Notice::SenderLimitReached,
            W::NoSessionOffered => Notice::NoSessionOffered,
            W::GracefulShutdown => Notice::ServerGoesDown,
            W::AnswerRefused { text } => {
                tracing::warn!("The focus refused our answer: {text}.");
                Notice::AnswerRefused
            }
            W::RestartRefused { condition, .. } => {
                tracing::warn!("The focus refused a restart: {condition}.");
                Notice::RestartRefused
            }
            _ => return,
        };
        self.outlet.warn(notice);
    }

    fn end_reason(&self, reason: signalling::EndReason) -> EndReason {
        use signalling::EndReason as R;
        let failed = |error| EndReason::Failed { error };
        match reason {
            R::Left => EndReason::Left,
            R::Kicked { actor, reason } => {
                let name = actor.as_ref().and_then(|actor| self.name_of(actor));
                EndReason::Kicked { by: name.or_else(|| actor.map(|actor| actor.to_string())), reason }
            }
            R::Destroyed { reason } => EndReason::EndedForAll { reason },
            R::NotAllowed { text } => {
                let text = text.unwrap_or_else(|| "not allowed".to_owned());
                failed(UserError::Refused { text })
            }
            R::AuthenticationRequired => {
                failed(UserError::NotAuthorised { text: "login required".to_owned() })
            }
            R::TokenRefused { text } => failed(UserError::NotAuthorised { text }),
            R::RoomFull => failed(UserError::RoomFull),
            R::ReservationRefused { text } | R::Refused { text } => failed(UserError::Refused { text }),
            R::FocusUnavailable => failed(UserError::ServerNotReady),
            R::Unsupported { .. } => failed(UserError::NotJitsi { server: self.server() }),
            R::Unreachable => {
                let error = self.meeting.as_ref().and_then(|meeting| match &meeting.stage {
                    super::meeting::Stage::Live(live) => live.connect_error.clone(),
                    _ => None,
                });
                failed(match error {
                    Some(error) => connection_error(self.server(), &HttpError::Connect(error)),
                    None => UserError::ServerUnreachable { server: self.server() },
                })
            }
            _ => {
                failed(UserError::Unexpected { detail: "for a reason this version does not know".to_owned() })
            }
        }
    }

    fn server(&self) -> String {
        self.meeting.as_ref().map(super::meeting::Meeting::server).unwrap_or_default()
    }

    fn name_of(&self, endpoint: &EndpointId) -> Option<String> {
        let known = self.outlet.state.participants.iter().find(|p| p.endpoint == endpoint.as_str());
        known.and_then(|participant| participant.name.clone())
    }
}

/// A participant as front ends draw them.
fn drawn(participant: &signalling::Participant, volume: f32) -> Participant {
    let shown = |wanted: signalling::VideoType| {
        let mut videos = participant.sources.iter();
        videos
            .find(|(_, s)| s.kind == signalling::MediaKind::Video && s.video_type == wanted && !s.muted)
            .map(|(name, _)| name.to_string())
    };
    Participant {
        endpoint: participant.endpoint.to_string(),
        name: participant.name.clone(),
        moderator: participant.moderator,
        hand_raised: participant.raised_hand,
        tracks: Tracks {
            microphone: !participant.audio_muted(),
            camera: shown(signalling::VideoType::Camera),
            screen: shown(signalling::VideoType::Desktop),
        },
        volume,
    }
}

/// Puts those who spoke, the last first, in front of those who spoke before them.
fn spoke<'a>(recent: &mut Vec<String>, order: impl Iterator<Item = &'a str>, me: &str) {
    let mut speakers: Vec<String> = Vec::new();
    let before = std::mem::take(recent);
    for speaker in order.map(str::to_owned).chain(before) {
        if speaker != me && !speakers.contains(&speaker) && speakers.len() < RECENT_SPEAKERS {
            speakers.push(speaker);
        }
    }
    *recent = speakers;
}

fn from_wire(reaction: signalling::Reaction) -> Option<Reaction> {
    use signalling::Reaction as R;
    Some(match reaction {
        R::Like => Reaction::Like,
        R::Clap => Reaction::Clap,
        R::Laugh => Reaction::Laugh,
        R::Surprised => Reaction::Surprised,
        R::Boo => Reaction::Boo,
        R::Silence => Reaction::Silence,
        R::Love => Reaction::Love,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_spoke_last_stands_first_and_we_do_not_stand_at_all() {
        let mut recent = Vec::new();
        for (order, expected) in [
            (&["ben", "cleo"][..], &["ben", "cleo"][..]),
            (&["ada", "ben"], &["ben", "cleo"]),
            (&["dora"], &["dora", "ben", "cleo"]),
            (&["cleo", "dora", "ada"], &["cleo", "dora", "ben"]),
        ] {
            spoke(&mut recent, order.iter().copied(), "ada");
            assert_eq!(recent, expected);
        }
    }
}
