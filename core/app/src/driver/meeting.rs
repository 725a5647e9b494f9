//! A meeting from the tapped link to the open room: reading the link, fetching config.js, starting the conference.
//!
//! While config.js is on its way a second TLS connection to the same host is made, since nearly every deployment has
//! its signalling there: by the time the WebSocket's address is known the handshake is done.

use std::time::Instant;

use treff_deployment::Deployment;
use treff_link::MeetingAddress;

use super::live::Live;
use super::requests::unix_milliseconds;
use super::servers::link_error;
use super::{Driver, News};
use crate::door::error::UserError;
use crate::door::event::{EndReason, Event};
use crate::door::moderation::{Protection, RoomDoor};
use crate::door::snapshot::{ConnectionState, Quality, Screen};
use crate::net::{self, ConnectError, HttpError, HttpResponse, TlsStream};

/// A meeting that has been opened.
pub(super) struct Meeting {
    pub(super) address: MeetingAddress,
    pub(super) token: Option<String>,
    pub(super) stage: Stage,
    /// A ready connection to the meeting's host, for the WebSocket.
    pub(super) spare: Spare,
    /// Nothing of this server was ever read: the deployment is what most have.
    pub(super) guessed: bool,
}

pub(super) enum Stage {
    /// config.js is on its way; the person may already have asked to join.
    Loading { wish: Option<JoinWish> },
    /// Everything is known; the person has not asked to join yet.
    Ready(Box<Deployment>),
    /// Joining, or in the room.
    Live(Box<Live>),
}

/// What `Command::Join` asked for.
#[derive(Clone, Debug)]
pub(super) struct JoinWish {
    pub(super) name: Option<String>,
    pub(super) password: Option<String>,
    pub(super) microphone: bool,
    pub(super) camera: bool,
    /// What the room gets the moment we are in.
    pub(super) protection: Protection,
}

/// The connection made ahead of its use.
pub(super) enum Spare {
    None,
    UnderWay,
    /// Under way, and its WebSocket is wanted as soon as it is there.
    Wanted {
        url: String,
        protocol: &'static str,
        origin: String,
    },
    Ready(Box<TlsStream>),
}

impl Meeting {
    pub(super) fn live(&mut self) -> Option<&mut Live> {
        match &mut self.stage {
            Stage::Live(live) => Some(live),
            _ => None,
        }
    }

    pub(super) fn live_ref(&self) -> Option<&Live> {
        match &self.stage {
            Stage::Live(live) => Some(live),
            _ => None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Live(live) => live.deadline(),
            _ => None,
        }
    }

    /// The host name of its server.
    pub(super) fn server(&self) -> String {
        self.address.host().to_owned()
    }
}

impl Driver {
    /// Reads a link, or a room's name on a server, and starts whatever can start.
    pub(super) fn open_on(&mut self, now: Instant, link: &str, server: Option<&str>, token: Option<String>) {
        self.leave(now);
        self.drop_meeting(now);
        let address = match treff_link::parse(link, server) {
            Ok(address) => address,
            Err(error) => {
                let error = link_error(link, error);
                return self.end(now, EndReason::Failed { error });
            }
        };
        self.generation += 1;
        self.start_fetching(&address);
        let state = &mut self.outlet.state;
        state.joined_at = None;
        state.ended_at = None;
        state.new_meeting = false;
        state.room = address.room().display();
        state.link = address.to_url();
        state.screen = Screen::Prejoin;
        state.connection = ConnectionState::Connecting;
        self.outlet.touch();
        let token = token.or_else(|| address.token().map(|token| token.as_str().to_owned()));
        let (stage, spare) = (Stage::Loading { wish: None }, Spare::UnderWay);
        self.meeting = Some(Meeting { address, token, stage, spare, guessed: false });
    }

    fn start_fetching(&self, address: &MeetingAddress) {
        let Some(connector) = self.connector.clone() else {
            return self.reporter().send(News::Config(Err(no_tls().into())));
        };
        let reporter = self.reporter();
        let url = treff_deployment::config_url(address);
        let fetching = connector.clone();
        tokio::spawn(async move { reporter.send(News::Config(net::get(&fetching, &url).await)) });
        let reporter = self.reporter();
        let (host, port) = (address.host().to_owned(), address.port().unwrap_or(443));
        tokio::spawn(async move {
            reporter.send(News::SpareStream(connector.connect(&host, port).await.map(Box::new)))
        });
    }

    /// config.js is there, or it is not: a cached copy and the usual defaults stand in for it.
    pub(super) fn config_arrived(&mut self, now: Instant, result: Result<HttpResponse, HttpError>) {
        let Some(meeting) = &mut self.meeting else { return };
        let base = meeting.address.base_url();
        let (text, failure) = match result {
            Ok(response) if response.status == 200 => (Some(response.body), None),
            Ok(response) => (None, Some(HttpError::Protocol(format!("status {}", response.status)))),
            Err(error) => (None, Some(error)),
        };
        let fresh = text.as_deref().map(|text| treff_deployment::parse(text, &meeting.address));
        let deployment = match (fresh, failure) {
            (Some(Ok(deployment)), _) => {
                self.storage.keep_config(&base, text.as_deref().unwrap_or_default());
                deployment
            }
            (Some(Err(_)), _) => {
                let error = UserError::NotJitsi { server: meeting.server() };
                return self.end(now, EndReason::Failed { error });
            }
            (None, failure) => {
                let cached = self.storage.cached_config(&base);
                let cached = cached.and_then(|text| treff_deployment::parse(&text, &meeting.address).ok());
                match (cached, failure) {
                    (Some(deployment), _) => deployment,
                    // A server that answers without a config.js may still speak XMPP where most do.
                    (None, Some(HttpError::Protocol(_)) | None) => {
                        meeting.guessed = true;
                        treff_deployment::defaults(&meeting.address)
                    }
                    (None, Some(error)) => {
                        let error = connection_error(meeting.server(), &error);
                        return self.end(now, EndReason::Failed { error });
                    }
                }
            }
        };
        self.outlet.tell(&Event::ConfigLoaded);
        let wish = match &mut meeting.stage {
            Stage::Loading { wish } => wish.take(),
            _ => return,
        };
        meeting.stage = Stage::Ready(Box::new(deployment));
        if let Some(wish) = wish {
            self.join(now, wish);
        }
    }

    pub(super) fn spare_arrived(&mut self, result: Result<Box<TlsStream>, ConnectError>) {
        let Some(meeting) = &mut self.meeting else { return };
        let spare = std::mem::replace(&mut meeting.spare, Spare::None);
        match (spare, result) {
            (Spare::Wanted { url, protocol, origin }, Ok(stream)) => {
                self.upgrade(Some(*stream), url, Some(protocol), origin, News::Signalling);
            }
            (Spare::Wanted { .. }, Err(error)) => self.reporter().send(News::Signalling(Err(error))),
            (Spare::UnderWay, Ok(stream)) => meeting.spare = Spare::Ready(stream),
            // Failing ahead of need is no news: the real attempt will tell.
            _ => {}
        }
    }

    /// Ends the meeting for the person, whatever stage it is in.
    pub(super) fn end(&mut self, now: Instant, reason: EndReason) {
        self.drop_meeting(now);
        self.outlet.state.ended_at = self.outlet.state.joined_at.map(|_| unix_milliseconds());
        self.outlet.state.next_server = self.next_server(&reason);
        self.outlet.state.screen = Screen::Ended { reason: reason.clone() };
        self.outlet.tell(&Event::Ended { reason });
        self.outlet.touch();
    }

    /// Forgets the meeting with everything that runs for it. What is left to say, such as a goodbye, is still said.
    pub(super) fn drop_meeting(&mut self, now: Instant) {
        while let Some(action) = self.poll_live(|live| live.conference.poll_action()) {
            self.act(now, action);
        }
        self.generation += 1;
        self.meeting = None;
        for socket in [self.inputs.signalling.take(), self.inputs.bridge.take()] {
            self.say_goodbye(socket);
        }
        self.inputs.media.clear();
        self.close_preview();
        let state = &mut self.outlet.state;
        state.screen = Screen::Home;
        state.connection = ConnectionState::Idle;
        state.participants.clear();
        state.chat.clear();
        state.dominant_speaker = None;
        state.recent_speakers.clear();
        state.quality = Quality::Unknown;
        state.subject = None;
        state.recording = false;
        state.door = RoomDoor::default();
        state.dial_in = None;
        state.next_server = None;
        state.me = crate::door::snapshot::SelfView { name: state.me.name.clone(), ..Default::default() };
        self.outlet.touch();
    }
}

fn no_tls() -> ConnectError {
    ConnectError::Tls("TLS is not available".to_owned())
}

/// A failed connection in words for a person.
pub(super) fn connection_error(server: String, error: &HttpError) -> UserError {
    match error {
        HttpError::Connect(ConnectError::NameNotFound) => UserError::ServerNotFound { server },
        HttpError::Connect(ConnectError::Certificate(detail)) => {
            UserError::CertificateInvalid { server, detail: detail.clone() }
        }
        HttpError::Connect(ConnectError::Tls(_)) => UserError::NotJitsi { server },
        HttpError::RedirectedElsewhere(target) => {
            UserError::RedirectedElsewhere { server, target: target.clone() }
        }
        _ => UserError::ServerUnreachable { server },
    }
}
