//! The room's door: what the person wants of it, and what the room says about it.

use std::time::Instant;

use treff_signalling::{EndpointId, Event as Heard};

use super::meeting::{Meeting, Stage};
use super::{Driver, News};
use crate::dial_in;
use crate::door::command::Command;
use crate::door::event::Event;
use crate::door::moderation::Knocker;
use crate::door::notice::Notice;
use crate::door::servers::DialIn;
use crate::net::{self, Connector};

impl Driver {
    /// The commands about the door; others are none of its business.
    pub(super) fn door_command(&mut self, now: Instant, command: Command) {
        match command {
            Command::SetRoomPassword { password } => {
                self.with_live(|live| live.conference.set_password(now, password));
            }
            Command::SetLobby { on } => self.with_live(|live| live.conference.set_lobby(now, on)),
            Command::Admit { knocker } => {
                self.with_live(|live| live.conference.admit(now, &EndpointId::new(knocker)));
            }
            Command::Refuse { knocker } => {
                self.with_live(|live| live.conference.refuse(now, &EndpointId::new(knocker)));
            }
            Command::AskDialIn => self.ask_dial_in(),
            _ => {}
        }
    }

    /// What the conference tells about the door.
    pub(super) fn door_event(&mut self, event: Heard) {
        let door = &mut self.outlet.state.door;
        match event {
            Heard::RoomInformation(information) => {
                door.password_set = information.password_protected;
                door.lobby = information.members_only;
            }
            Heard::LobbySwitched { enabled } => door.lobby = enabled,
            Heard::KnockArrived { endpoint, name } => {
                let (id, name) = (endpoint.to_string(), name.unwrap_or_default());
                door.knocking.retain(|knocker| knocker.id != id);
                door.knocking.push(Knocker { id: id.clone(), name: name.clone() });
                self.outlet.tell(&Event::KnockArrived { id, name });
            }
            Heard::KnockEnded { endpoint } => {
                door.knocking.retain(|knocker| knocker.id != endpoint.as_str());
            }
            Heard::ProtectionRefused => self.outlet.warn(Notice::ProtectionRefused),
            _ => {}
        }
    }

    /// Our permissions may have changed with anything the conference told.
    pub(super) fn update_door(&mut self) {
        let permissions = self.poll_live(|live| {
            let hidden = live.deployment.lobby.hide_button;
            Some((live.conference.may_set_password(), live.conference.may_set_lobby() && !hidden))
        });
        let (password, lobby) = permissions.unwrap_or_default();
        let door = &mut self.outlet.state.door;
        (door.may_set_password, door.may_set_lobby) = (password, lobby);
    }

    /// Asks the deployment's two services; they are named in its configuration and contacted only now.
    fn ask_dial_in(&mut self) {
        let Some(meeting) = &self.meeting else { return };
        let Some((numbers, code)) = dial_in_urls(meeting) else { return self.outlet.warn(Notice::NoDialIn) };
        let Some(connector) = self.connector.clone() else { return };
        let reporter = self.reporter();
        tokio::spawn(async move {
            let found = async {
                let (numbers, code) = tokio::join!(fetch(&connector, &numbers), fetch(&connector, &code));
                dial_in::read(&numbers?, &code?)
            };
            reporter.send(News::DialIn(found.await));
        });
    }

    pub(super) fn dial_in_arrived(&mut self, found: Option<DialIn>) {
        if found.is_none() {
            self.outlet.warn(Notice::NoDialIn);
        }
        self.outlet.state.dial_in = found;
        self.outlet.touch();
    }
}

fn dial_in_urls(meeting: &Meeting) -> Option<(String, String)> {
    let deployment = match &meeting.stage {
        Stage::Loading { .. } => return None,
        Stage::Ready(deployment) => deployment.as_ref(),
        Stage::Live(live) => &live.deployment,
    };
    let addresses = deployment.dial_in()?;
    let conference = format!("{}@{}", meeting.address.room().as_str(), deployment.muc);
    let conference = escape(&conference);
    let link = escape(&meeting.address.to_url());
    let numbers = with_query(&addresses.numbers, &format!("conference={conference}"));
    let code = with_query(&addresses.code, &format!("conference={conference}&url={link}"));
    Some((numbers, code))
}

fn with_query(url: &str, query: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{query}")
}

/// Everything but RFC 3986's unreserved characters and `@`.
fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

async fn fetch(connector: &Connector, url: &str) -> Option<String> {
    net::get(connector, url)
        .await
        .ok()
        .filter(|response| response.status == 200)
        .map(|response| response.body)
}
