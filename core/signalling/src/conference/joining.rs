//! From the conference request into the room: verdicts of the focus, refusals of the room, the lobby and its person's
//! decisions, and what being in means for everything else.
//!
//! Inputs, from the server: presence. From the driver: the HTTP answer. From the application: a password, a name, a knock.
//! Own timers: another try after the room was not there, or after the focus left.

use std::time::{Duration, Instant};

use minidom::Element;

use super::{Conference, Phase};
use crate::event::{EndReason, Event};
use crate::focus::Verdict;
use crate::lobby::LobbyEvent;
use crate::muc::refusal::Refusal;
use crate::muc::room::RoomEvent;
use crate::ns;
use crate::output::Purpose;
use crate::xml::xml;

const MAX_JOIN_TRIES: u32 = 3;

/// What keeps us from asking to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Free,
    /// The person is asked for the password.
    Password,
    /// The person is asked for a name.
    DisplayName,
    /// The lobby decides.
    Lobby,
    /// The lobby was left by a broken connection: knock by ourselves when it is met again.
    KnockAgain,
}

impl Conference {
    /// The HTTP conference request was answered.
    pub fn conference_response(&mut self, now: Instant, status: u16, body: &str) {
        if self.phase == Phase::Running {
            let ready = self.stream.is_ready();
            let verdict = self.focus.http_answered(now, status, body, ready, &mut self.out);
            self.focus_verdict(now, verdict);
        }
    }

    /// The HTTP conference request could not be made.
    pub fn conference_request_failed(&mut self, now: Instant) {
        if self.phase == Phase::Running {
            let ready = self.stream.is_ready();
            let verdict = self.focus.http_failed(now, ready, &mut self.out);
            self.focus_verdict(now, verdict);
        }
    }

    pub(super) fn focus_verdict(&mut self, now: Instant, verdict: Verdict) {
        match verdict {
            Verdict::Pending => {}
            Verdict::Ended(reason) => self.end(reason),
            Verdict::Ready { focus } => {
                if focus.is_some() {
                    self.room.focus.jid = focus;
                }
                self.try_join(now);
            }
        }
    }

    /// Asks to be let in as soon as there is a stream, the focus is ready and nobody has to be asked first.
    pub(super) fn try_join(&mut self, now: Instant) {
        let open = matches!(self.gate, Gate::Free | Gate::KnockAgain);
        if !open || !self.stream.is_ready() || !self.focus.is_ready() || self.phase != Phase::Running {
            return;
        }
        if self.room.is_inside() || self.rejoin_at.is_some() {
            return;
        }
        self.join(now, false);
    }

    pub(super) fn join(&mut self, now: Instant, renamed: bool) {
        let Some(me) = self.me.clone() else { return };
        let billing_id = self.focus.by_http().then(|| self.config.machine_uid.clone());
        if renamed {
            self.room.join_renamed(now, billing_id.as_deref(), &mut self.out);
        } else {
            self.room.join(now, &me, billing_id.as_deref(), &mut self.out);
        }
    }

    pub(super) fn presence(&mut self, now: Instant, presence: &Element) {
        let from = presence.attr("from").unwrap_or_default();
        if crate::jid::same_bare(from, &self.room.jid) {
            let event = self.room.presence(now, presence, &mut self.out);
            self.room_event(now, event, Some(presence));
            self.keep_door(now);
        } else if self.doorkeeper.owns(from) {
            let roster = &self.room.roster;
            self.doorkeeper.presence(presence, |account| roster.has_account(account), &mut self.out);
        } else if self.lobby.owns(from) {
            let event = self.lobby.presence(presence);
            self.lobby_event(now, event);
        }
    }

    fn room_event(&mut self, now: Instant, event: RoomEvent, presence: Option<&Element>) {
        match event {
            RoomEvent::Nothing => {}
            RoomEvent::Malformed => self.out.stats.malformed_stanzas += 1,
            RoomEvent::Joined { created, gone } => {
                for endpoint in gone {
                    self.member_left(&endpoint);
                }
                self.joined(now, created);
            }
            RoomEvent::Refused(refusal) => self.refused(now, refusal),
            RoomEvent::Left => self.end(EndReason::Left),
            RoomEvent::Removed(reason) => self.end(reason),
            RoomEvent::MemberLeft(endpoint) => self.member_left(&endpoint),
            RoomEvent::Focus => {
                if let Some(presence) = presence {
                    self.focus_presence.update(presence, &mut self.out);
                }
            }
            RoomEvent::FocusLeft => {
                // A moment's wait: when the meeting is ended for all, that is told right after.
                let wait = self.out.random.between(Duration::from_secs(1), Duration::from_secs(3));
                self.rejoin_at = Some(now + wait);
            }
        }
    }

    fn joined(&mut self, now: Instant, created: bool) {
        self.gate = Gate::Free;
        self.join_tries = 0;
        self.rejoin_at = None;
        self.connection_proved();
        self.lobby.leave(&mut self.out);
        // A session from before belongs to an endpoint that is gone.
        self.drop_session("reconnected", true);
        self.joined_once = true;
        if std::mem::take(&mut self.reconnecting) {
            self.out.event(Event::Reconnected);
        }
        if created {
            let room = self.room.jid.clone();
            self.out.request(now, "get", Some(&room), xml("query", ns::MUC_OWNER), Purpose::OwnerForm);
        }
        self.doorkeeper.entered(now);
        self.ask_room_info(now);
        self.tell_video_types();
    }

    fn refused(&mut self, now: Instant, refusal: Refusal) {
        match refusal {
            Refusal::Password => {
                self.gate = Gate::Password;
                self.out.event(Event::PasswordRequired { wrong: self.room.password.take().is_some() });
            }
            Refusal::MembersOnly { lobby: Some(lobby), waiting_for_host } => {
                self.members_only(lobby, waiting_for_host)
            }
            Refusal::MembersOnly { lobby: None, .. } => self.end(EndReason::NotAllowed { text: None }),
            Refusal::NoSuchRoom => {
                self.join_tries += 1;
                if self.join_tries > MAX_JOIN_TRIES {
                    self.end(EndReason::NotAllowed { text: Some("Room creation is restricted".to_owned()) });
                } else {
                    let wait =
                        self.out.random.between(Duration::from_millis(500), Duration::from_millis(1500));
                    self.rejoin_at = Some(now + wait);
                }
            }
            Refusal::Nickname => {
                self.join_tries += 1;
                if self.join_tries > MAX_JOIN_TRIES {
                    self.end(EndReason::Refused { text: "Nickname refused".to_owned() });
                } else {
                    self.join(now, true);
                }
            }
            Refusal::DisplayName => {
                self.gate = Gate::DisplayName;
                self.out.event(Event::DisplayNameRequired);
            }
            Refusal::Authentication => self.end(EndReason::AuthenticationRequired),
            Refusal::Full => self.end(EndReason::RoomFull),
            Refusal::NotAllowed { text } => self.end(EndReason::NotAllowed { text }),
            // No answer at all: the connection may be half dead.
            Refusal::Other { text } if text.is_empty() => self.drop_socket(now),
            Refusal::Other { text } => self.end(EndReason::Refused { text }),
        }
    }

    fn members_only(&mut self, lobby: String, waiting_for_host: bool) {
        let password_tried = self.room.password.take().is_some();
        if self.lobby.is_waiting() {
            if password_tried {
                self.out.event(Event::PasswordRequired { wrong: true });
            }
            self.gate = Gate::Lobby;
            return;
        }
        let again = self.gate == Gate::KnockAgain;
        self.gate = Gate::Lobby;
        self.lobby.required(lobby);
        if again {
            self.lobby.knock(&self.room.own, &mut self.out);
        } else if password_tried {
            self.out.event(Event::PasswordRequired { wrong: true });
        } else {
            let display_name_required = self.lobby.display_name_required;
            self.out.event(Event::LobbyRequired { waiting_for_host, display_name_required });
        }
    }

    fn lobby_event(&mut self, now: Instant, event: LobbyEvent) {
        match event {
            LobbyEvent::Nothing => {}
            LobbyEvent::Joined => self.out.event(Event::LobbyJoined),
            LobbyEvent::Denied => self.out.event(Event::LobbyDenied),
            LobbyEvent::Open => self.admitted(now, None),
            LobbyEvent::MeetingOver { reason } => self.end(EndReason::Destroyed { reason }),
            LobbyEvent::DisplayNameRequired => self.out.event(Event::DisplayNameRequired),
            LobbyEvent::Refused { text } => self.end(EndReason::Refused { text }),
        }
    }

    /// We may go in. The lobby is left once we are.
    pub(super) fn admitted(&mut self, now: Instant, password: Option<String>) {
        if self.gate != Gate::Lobby {
            return;
        }
        self.out.event(Event::LobbyAdmitted);
        self.room.password = password.or(self.room.password.take());
        self.gate = Gate::Free;
        self.try_join(now);
    }

    /// The stream is gone: whoever waited in the lobby will wait there again.
    pub(super) fn stream_lost(&mut self) {
        self.gate = if self.lobby.is_waiting() || self.gate == Gate::KnockAgain {
            Gate::KnockAgain
        } else {
            Gate::Free
        };
        self.lobby.stream_lost();
        self.doorkeeper.stream_lost(&mut self.out);
        self.focus.stream_lost();
        self.room.stream_lost();
        self.rejoin_at = None;
    }

    pub(super) fn joining_timers(&mut self, now: Instant) {
        let ready = self.stream.is_ready();
        let verdict = self.focus.handle_timeout(now, ready, &mut self.out);
        self.focus_verdict(now, verdict);
        let event = self.room.handle_timeout(now, &mut self.out);
        self.room_event(now, event, None);
        if self.rejoin_at.take_if(|at| *at <= now).is_some() {
            self.rejoin(now);
        }
    }

    /// Asks the focus anew and joins again, on the same connection.
    fn rejoin(&mut self, now: Instant) {
        if self.room.is_inside() {
            if self.room.has_focus() {
                return;
            }
            self.room.drop_out(&mut self.out);
            self.drop_session("focus left", true);
            self.reconnecting = true;
            self.out.event(Event::Reconnecting);
        }
        let ready = self.stream.is_ready();
        self.focus.begin(now, ready, &mut self.out);
    }
}
