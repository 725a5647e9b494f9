//! From asking for a room to its being open: the focus goes in first, locks it if it is to be locked, and only then
//! are those who asked told that it is ready.

use minidom::Element;
use tokio::sync::oneshot;

use super::{Focus, Io, Pending};
use crate::jid::Jid;
use crate::options::Server;
use crate::xml::{self, Build, ns};

/// How far the focus is with a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Entry {
    /// On the way in.
    #[default]
    Entering,
    /// Inside, waiting for the room to take its password.
    Locking,
    /// Everybody may come.
    Open,
}

/// The door of a meeting's room.
#[derive(Clone, Debug, Default)]
pub(super) struct Door {
    entry: Entry,
    /// Conference requests that are answered once it is open: the request and the answer.
    waiting: Vec<(Element, Element)>,
    /// What the room asks of newcomers, as far as the focus knows.
    password: Option<String>,
}

impl Door {
    /// It will not open any more.
    pub(super) fn shut(self, io: &mut Io<'_>) {
        for (request, _) in self.waiting {
            io.port.send(xml::error(&request, "cancel", "internal-server-error"));
        }
    }
}

impl Focus {
    /// How far the focus is with a room, if it was asked for.
    pub(crate) fn entry(&self, room: &Jid) -> Option<Entry> {
        self.meetings.get(&room.to_string()).map(|meeting| meeting.door.entry)
    }

    /// What a room asks of newcomers, as far as the focus knows.
    pub(crate) fn password(&self, room: &Jid) -> Option<String> {
        self.meetings.get(&room.to_string())?.door.password.clone()
    }

    /// Answers a request as soon as the room is open.
    pub(super) fn once_open(&mut self, room: &Jid, request: &Element, answer: Element, io: &mut Io<'_>) {
        match self.meetings.get_mut(&room.to_string()) {
            Some(meeting) if meeting.door.entry != Entry::Open => {
                meeting.door.waiting.push((request.clone(), answer));
            }
            _ => io.port.send(answer),
        }
    }

    /// The focus's own presence came back from the room.
    pub(super) fn entered(&mut self, key: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        if meeting.door.entry != Entry::Entering {
            return;
        }
        // The lab's own rooms are made with their password.
        let ours = self.options.server == Server::Lab;
        let wanted = self.options.password.clone();
        let special = meeting.room.local.as_deref() == Some(self.options.room.to_lowercase().as_str());
        match wanted.filter(|_| special && !ours) {
            Some(password) => {
                meeting.door.entry = Entry::Locking;
                self.ask_lock(key, Some(password), None, io);
            }
            None => self.open_door(key, io),
        }
    }

    /// Locks a room with a password by the owner's form (XEP-0045 §10.2), or unlocks it. `done` is told whether the
    /// room agreed, and is dropped when there is no such room.
    pub(crate) fn lock(
        &mut self,
        room: &Jid,
        password: Option<String>,
        done: oneshot::Sender<bool>,
        io: &mut Io<'_>,
    ) {
        let key = room.to_string();
        if self.meetings.contains_key(&key) {
            self.ask_lock(&key, password, Some(done), io);
        }
    }

    fn ask_lock(
        &mut self,
        key: &str,
        password: Option<String>,
        done: Option<oneshot::Sender<bool>>,
        io: &mut Io<'_>,
    ) {
        let field = |var: &str, value: &str| {
            let value = xml::el("value", ns::DATA_FORM).say(value);
            xml::el("field", ns::DATA_FORM).with("var", var).child(value)
        };
        let secret = password.as_deref().unwrap_or_default();
        let form = xml::el("x", ns::DATA_FORM)
            .with("type", "submit")
            .child(field("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"))
            .child(field("muc#roomconfig_passwordprotectedroom", if secret.is_empty() { "0" } else { "1" }))
            .child(field("muc#roomconfig_roomsecret", secret));
        let query = xml::el("query", ns::MUC_OWNER).child(form);
        let pending = Pending::Lock { room: key.to_owned(), password, done };
        self.ask("set", &Jid::parse(key), query, Some(pending), io);
    }

    /// The room answered.
    pub(super) fn locked(&mut self, key: &str, password: Option<String>, agreed: bool, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        if agreed {
            meeting.door.password = password;
        }
        match (meeting.door.entry, agreed) {
            (Entry::Locking, true) => self.open_door(key, io),
            (Entry::Locking, false) => {
                tracing::warn!("the room takes no password");
                self.forget_meeting(key, io);
            }
            _ => {}
        }
    }

    fn open_door(&mut self, key: &str, io: &mut Io<'_>) {
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        meeting.door.entry = Entry::Open;
        for (_, answer) in std::mem::take(&mut meeting.door.waiting) {
            io.port.send(answer);
        }
    }
}
