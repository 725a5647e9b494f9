//! The conference request: asking the focus to open the meeting, until it is ready (by IQ, or by HTTP where configured).
//!
//! Inputs, from `Conference`: begin; the stream is ready. From the server: an IQ answer. From the driver: an HTTP answer
//! or its failure. Own timers: polling a focus that is not ready, retrying an absent one, waiting for a host.

mod reply;

use std::time::{Duration, Instant};

use minidom::Element;

use crate::action::Action;
use crate::event::{EndReason, Event, Warning};
use crate::ns;
use crate::output::{Answer, Output, Purpose};
use crate::stream::backoff::Doubling;
use crate::xml::xml;
use reply::Reply;

const MAX_WAIT: Duration = Duration::from_secs(120);
/// How often it is asked again while a host is awaited.
const HOST_WAIT: Duration = Duration::from_secs(7);
const HTTP_TIMEOUT: Duration = Duration::from_secs(20);
/// An absent focus is given up after so many tries, a little over four minutes.
const MAX_UNAVAILABLE: u32 = 8;
/// HTTP requests that fail this often in a row are replaced by IQs.
const MAX_HTTP_FAILURES: u32 = 2;

/// What the request needs to say.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    pub(crate) room: String,
    /// The normalised room name for the query of the HTTP form.
    pub(crate) room_query: String,
    pub(crate) focus: String,
    pub(crate) machine_uid: String,
    pub(crate) token: Option<String>,
    pub(crate) http_url: Option<String>,
    pub(crate) start_audio_muted: Option<u32>,
    pub(crate) start_video_muted: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// To be sent by IQ as soon as there is a stream.
    NeedsStream,
    AskingIq,
    AskingHttp {
        deadline: Instant,
    },
    /// Asked again at a time that one of the timers knows.
    Waiting,
    Ready,
}

/// What came of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pending,
    /// The meeting is open; the focus has this address, if told.
    Ready {
        focus: Option<String>,
    },
    Ended(EndReason),
}

/// The conference request of one meeting, kept across reconnections.
pub(crate) struct FocusRequest {
    parameters: Parameters,
    state: State,
    session_id: Option<String>,
    not_ready: Doubling,
    unavailable: Doubling,
    host_at: Option<Instant>,
    told_waiting: bool,
    http_failures: u32,
}

impl FocusRequest {
    pub(crate) fn new(parameters: Parameters) -> Self {
        Self {
            parameters,
            state: State::Idle,
            session_id: None,
            not_ready: Doubling::new(MAX_WAIT),
            unavailable: Doubling::new(MAX_WAIT),
            host_at: None,
            told_waiting: false,
            http_failures: 0,
        }
    }

    /// Asks anew; by HTTP this needs no stream.
    pub(crate) fn begin(&mut self, now: Instant, stream_ready: bool, out: &mut Output) {
        self.host_at = None;
        self.told_waiting = false;
        self.not_ready.reset();
        self.unavailable.reset();
        self.ask(now, stream_ready, out);
    }

    /// Whether requests are made by HTTP; the join presence differs then.
    pub(crate) fn by_http(&self) -> bool {
        self.parameters.http_url.is_some()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.state == State::Ready
    }

    pub(crate) fn stream_ready(&mut self, now: Instant, out: &mut Output) {
        if self.state == State::NeedsStream {
            self.ask(now, true, out);
        }
    }

    /// The stream is gone: an IQ under way will not be answered.
    pub(crate) fn stream_lost(&mut self) {
        if self.state == State::AskingIq {
            self.state = State::NeedsStream;
        }
    }

    fn ask(&mut self, now: Instant, stream_ready: bool, out: &mut Output) {
        let http = self.parameters.http_url.clone().filter(|_| self.http_failures < MAX_HTTP_FAILURES);
        self.state = match http {
            Some(url) => {
                let separator = if url.contains('?') { '&' } else { '?' };
                let url = format!("{url}{separator}room={}", self.parameters.room_query);
                let bearer = self.parameters.token.clone();
                out.action(Action::HttpConferenceRequest { url, bearer, body: self.http_body() });
                State::AskingHttp { deadline: now + HTTP_TIMEOUT }
            }
            None if stream_ready => {
                let focus = self.parameters.focus.clone();
                out.request(now, "set", Some(&focus), self.element(), Purpose::Conference);
                State::AskingIq
            }
            None => State::NeedsStream,
        };
    }

    fn element(&self) -> Element {
        let p = &self.parameters;
        let property = |name: &'static str, value: String| {
            xml("property", ns::FOCUS).attr("name", name).attr("value", value)
        };
        xml("conference", ns::FOCUS)
            .attr("room", &p.room)
            .attr("machine-uid", &p.machine_uid)
            .attr_opt("session-id", self.session_id.as_ref())
            .attr_opt("token", p.token.as_ref())
            .children(p.start_audio_muted.map(|n| property("startAudioMuted", n.to_string())))
            .children(p.start_video_muted.map(|n| property("startVideoMuted", n.to_string())))
            .child(property("rtcstatsEnabled", "false".to_owned()))
            .build()
    }

    fn http_body(&self) -> String {
        let p = &self.parameters;
        let mut properties = serde_json::Map::new();
        for (name, number) in
            [("startAudioMuted", p.start_audio_muted), ("startVideoMuted", p.start_video_muted)]
        {
            if let Some(number) = number {
                properties.insert(name.to_owned(), number.into());
            }
        }
        properties.insert("rtcstatsEnabled".to_owned(), false.into());
        let mut body =
            serde_json::json!({ "room": p.room, "machineUid": p.machine_uid, "properties": properties });
        if let Some(session) = &self.session_id {
            body["sessionId"] = session.clone().into();
        }
        body.to_string()
    }

    /// An answer to the IQ.
    pub(crate) fn answered(&mut self, now: Instant, answer: &Answer<'_>, out: &mut Output) -> Verdict {
        if self.state != State::AskingIq {
            return Verdict::Pending;
        }
        let reply = match answer {
            Answer::Result(iq) => Reply::of_iq(iq),
            Answer::Error(iq) => Reply::of_error(iq),
            Answer::Timeout => Reply::Unavailable,
        };
        self.handle(now, reply, true, out)
    }

    /// An answer to the HTTP request.
    pub(crate) fn http_answered(
        &mut self,
        now: Instant,
        status: u16,
        body: &str,
        stream_ready: bool,
        out: &mut Output,
    ) -> Verdict {
        if !matches!(self.state, State::AskingHttp { .. }) {
            return Verdict::Pending;
        }
        let reply = Reply::of_http(status, body);
        self.http_failures = if reply == Reply::Unavailable { self.http_failures + 1 } else { 0 };
        self.handle(now, reply, stream_ready, out)
    }

    /// The HTTP request could not be made.
    pub(crate) fn http_failed(&mut self, now: Instant, stream_ready: bool, out: &mut Output) -> Verdict {
        if !matches!(self.state, State::AskingHttp { .. }) {
            return Verdict::Pending;
        }
        self.http_failures += 1;
        self.handle(now, Reply::Unavailable, stream_ready, out)
    }

    fn handle(&mut self, now: Instant, reply: Reply, stream_ready: bool, out: &mut Output) -> Verdict {
        if reply != Reply::Unavailable {
            self.unavailable.reset();
        }
        self.state = State::Waiting;
        match reply {
            Reply::Ready { focus, session_id } => {
                self.session_id = session_id.or(self.session_id.take());
                self.state = State::Ready;
                return Verdict::Ready { focus };
            }
            Reply::NotReady { live } => {
                if !live && self.not_ready.tries() == 0 {
                    out.event(Event::Warning(Warning::NotLiveYet));
                }
                self.not_ready.wait(now);
            }
            Reply::NotAuthorized => {
                if !self.told_waiting {
                    out.event(Event::WaitingForHost);
                }
                self.told_waiting = true;
                self.host_at = Some(now + HOST_WAIT);
            }
            Reply::SessionInvalid => {
                // Once at once; a focus that goes on saying so is treated as absent.
                if self.session_id.take().is_some() {
                    self.ask(now, stream_ready, out);
                } else {
                    return self.wait_for_focus(now, out);
                }
            }
            Reply::Unavailable => return self.wait_for_focus(now, out),
            Reply::Redirected => return Verdict::Ended(EndReason::RoomFull),
            Reply::Reservation { text } => return Verdict::Ended(EndReason::ReservationRefused { text }),
            Reply::Failed { text, shutdown } => {
                if shutdown {
                    out.event(Event::Warning(Warning::GracefulShutdown));
                    return Verdict::Ended(EndReason::FocusUnavailable);
                }
                return Verdict::Ended(EndReason::Refused { text });
            }
        }
        Verdict::Pending
    }

    fn wait_for_focus(&mut self, now: Instant, out: &mut Output) -> Verdict {
        if self.unavailable.tries() >= MAX_UNAVAILABLE {
            return Verdict::Ended(EndReason::FocusUnavailable);
        }
        if self.unavailable.tries() == 1 {
            out.event(Event::Warning(Warning::FocusUnavailable));
        }
        self.unavailable.wait(now);
        Verdict::Pending
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::AskingHttp { deadline } => Some(deadline),
            State::Waiting => [self.not_ready.poll_timeout(), self.unavailable.poll_timeout(), self.host_at]
                .into_iter()
                .flatten()
                .min(),
            _ => None,
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, stream_ready: bool, out: &mut Output) -> Verdict {
        match self.state {
            State::AskingHttp { deadline } if deadline <= now => self.http_failed(now, stream_ready, out),
            State::Waiting => {
                let over = [
                    self.not_ready.is_over(now),
                    self.unavailable.is_over(now),
                    self.host_at.take_if(|at| *at <= now).is_some(),
                ];
                if over.contains(&true) {
                    self.ask(now, stream_ready, out);
                }
                Verdict::Pending
            }
            _ => Verdict::Pending,
        }
    }
}

#[cfg(test)]
mod tests;
