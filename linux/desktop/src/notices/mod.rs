//! Notices outside the window: somebody knocks, a private message, the call is on.
//!
//! One at a time about each subject. They go to the desktop's notification service, in a sandbox to the portal, each
//! the other's stand-in.

mod daemon;
mod portal;

use std::collections::BTreeMap;

use async_channel::Receiver;
use futures_lite::{FutureExt, StreamExt};
use zbus::{Message, MessageStream};

use crate::desktop::Context;
use crate::event::{Event, Wish};
use crate::failure::Failure;

/// Notices that may be on the screen at once; the oldest makes room.
const MAX_SHOWN: usize = 16;

/// What a notice is about: there is one notice about each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// This person in the lobby knocks.
    Knock(String),
    /// This participant writes privately.
    Message(String),
    /// The call is on.
    Call,
}

/// A notice, its texts translated and made for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub subject: Subject,
    /// One line, for example "Ben knocks".
    pub title: String,
    /// A sentence or the message; plain text, whatever it holds.
    pub body: String,
    /// What can be answered; shells show two or three.
    pub buttons: Vec<Button>,
}

/// An answer to a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Which answer.
    pub choice: Choice,
    /// Its word, translated: a verb.
    pub label: String,
}

/// The answers to notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// The notice itself was pressed: show what it is about.
    Open,
    /// Let them in.
    Admit,
    /// Do not let them in.
    Refuse,
    /// Write back.
    Reply,
    /// Leave the call.
    HangUp,
}

impl Choice {
    /// Its name on the bus. "default" is what the specification calls pressing the notice itself.
    const fn key(self) -> &'static str {
        match self {
            Self::Open => "default",
            Self::Admit => "admit",
            Self::Refuse => "refuse",
            Self::Reply => "reply",
            Self::HangUp => "hang-up",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        [Self::Open, Self::Admit, Self::Refuse, Self::Reply, Self::HangUp]
            .into_iter()
            .find(|choice| choice.key() == key)
    }
}

/// How much a notice may disturb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Urgency {
    Low,
    Normal,
    High,
}

impl Subject {
    fn urgency(&self) -> Urgency {
        match self {
            // Somebody stands at the door and waits.
            Self::Knock(_) => Urgency::High,
            Self::Message(_) => Urgency::Normal,
            Self::Call => Urgency::Low,
        }
    }
}

/// What the service is to do.
#[derive(Debug)]
pub(crate) enum Order {
    Show(Notice),
    Withdraw(Subject),
    WithdrawAll,
}

/// Where a notice is and how it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Daemon(u32),
    Portal(String),
}

/// One pressed button, however it was told.
struct Pressed {
    place: Place,
    choice: Choice,
    token: Option<String>,
}

enum Input {
    Order(Option<Order>),
    Daemon(Option<zbus::Result<Message>>),
    Portal(Option<zbus::Result<Message>>),
}

/// Carries the orders out and takes every notice back at the end.
pub(crate) async fn serve(context: Context, inbox: Receiver<Order>) {
    let failure = match Board::open(context.clone()).await {
        Ok(mut board) => {
            board.run(&inbox).await;
            board.withdraw_all().await;
            Failure::NoBus
        }
        Err(failure) => failure,
    };
    // Only where the bus is gone there are orders left.
    while let Ok(order) = inbox.recv().await {
        if let Order::Show(_) = order {
            context.outbox.failed(Wish::Notice, failure);
        }
    }
}

/// The notices that are shown.
struct Board {
    context: Context,
    daemon: daemon::Daemon,
    daemon_signals: MessageStream,
    portal: portal::Portal,
    portal_signals: MessageStream,
    /// With a serial number that tells the oldest.
    shown: BTreeMap<Subject, (u64, Place)>,
    serial: u64,
}

impl Board {
    async fn open(context: Context) -> Result<Self, Failure> {
        let daemon_signals = context.bus.signals(daemon::NOTIFICATIONS).await?;
        let portal_signals = context.bus.signals(portal::NOTIFICATION).await?;
        let daemon = daemon::Daemon::new(context.bus.clone());
        let portal = portal::Portal::new(context.bus.clone());
        let shown = BTreeMap::new();
        Ok(Self { context, daemon, daemon_signals, portal, portal_signals, shown, serial: 0 })
    }

    /// Until there are no more orders or no bus.
    async fn run(&mut self, inbox: &Receiver<Order>) {
        loop {
            let order = async { Input::Order(inbox.recv().await.ok()) };
            let daemon = async { Input::Daemon(self.daemon_signals.next().await) };
            let portal = async { Input::Portal(self.portal_signals.next().await) };
            match order.or(daemon).or(portal).await {
                Input::Order(Some(order)) => self.obey(order).await,
                Input::Daemon(Some(Ok(message))) => match self.daemon.hear(&message) {
                    Some(daemon::Heard::Pressed(pressed)) => self.answer(pressed),
                    Some(daemon::Heard::Closed(id)) => self.forget(&Place::Daemon(id)),
                    None => {}
                },
                Input::Portal(Some(Ok(message))) => {
                    if let Some(pressed) = self.portal.hear(&message) {
                        self.answer(pressed);
                    }
                }
                Input::Daemon(Some(Err(_))) | Input::Portal(Some(Err(_))) => {}
                Input::Order(None) | Input::Daemon(None) | Input::Portal(None) => return,
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Show(notice) => match self.show(&notice).await {
                Ok(buttons) => {
                    self.context.outbox.tell(Event::NoticeShown { subject: notice.subject, buttons });
                }
                Err(failure) => self.context.outbox.failed(Wish::Notice, failure),
            },
            Order::Withdraw(subject) => self.withdraw(&subject).await,
            Order::WithdrawAll => self.withdraw_all().await,
        }
    }

    /// Shows or replaces a notice; true where its buttons can be pressed.
    async fn show(&mut self, notice: &Notice) -> Result<bool, Failure> {
        let before = self.shown.get(&notice.subject).map(|(_, place)| place.clone());
        if before.is_none() && self.shown.len() >= MAX_SHOWN {
            let oldest =
                self.shown.iter().min_by_key(|(_, (serial, _))| *serial).map(|(subject, _)| subject.clone());
            if let Some(oldest) = oldest {
                self.withdraw(&oldest).await;
            }
        }
        let (place, buttons) = if self.context.sandboxed {
            match self.portal.show(notice, before.as_ref()).await {
                Err(Failure::Missing) => self.daemon.show(notice, before.as_ref()).await?,
                shown => shown?,
            }
        } else {
            match self.daemon.show(notice, before.as_ref()).await {
                Err(Failure::Missing) => self.portal.show(notice, before.as_ref()).await?,
                shown => shown?,
            }
        };
        self.serial += 1;
        self.shown.insert(notice.subject.clone(), (self.serial, place));
        Ok(buttons)
    }

    async fn withdraw(&mut self, subject: &Subject) {
        let Some((_, place)) = self.shown.remove(subject) else { return };
        let withdrawn = match &place {
            Place::Daemon(id) => self.daemon.withdraw(*id).await,
            Place::Portal(id) => self.portal.withdraw(id).await,
        };
        // Gone by itself in the meantime, or with its service.
        if let Err(failure) = withdrawn {
            tracing::debug!(%failure, "A notice could not be taken back.");
        }
    }

    async fn withdraw_all(&mut self) {
        for subject in self.shown.keys().cloned().collect::<Vec<_>>() {
            self.withdraw(&subject).await;
        }
    }

    fn answer(&mut self, pressed: Pressed) {
        let Some(subject) = self.subject(&pressed.place) else { return };
        self.shown.remove(&subject);
        let Pressed { choice, token, .. } = pressed;
        self.context.outbox.tell(Event::NoticeAnswered { subject, choice, token });
    }

    fn forget(&mut self, place: &Place) {
        if let Some(subject) = self.subject(place) {
            self.shown.remove(&subject);
        }
    }

    fn subject(&self, place: &Place) -> Option<Subject> {
        self.shown.iter().find(|(_, (_, shown))| shown == place).map(|(subject, _)| subject.clone())
    }
}
