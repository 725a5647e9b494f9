//! The desktop's own notification service: `org.freedesktop.Notifications`, specification 1.2 and 1.3.

use zbus::Message;

use super::{Choice, Notice, Place, Pressed, Subject, Urgency};
use crate::bus::{Bus, Details, Peer, body, member};
use crate::failure::Failure;
use crate::options::APP_ID;
use crate::text;

pub(super) const NOTIFICATIONS: Peer = Peer {
    name: "org.freedesktop.Notifications",
    path: "/org/freedesktop/Notifications",
    interface: "org.freedesktop.Notifications",
};
/// As long as the service likes.
const BY_SERVICE: i32 = -1;
/// Until it is answered or taken back.
const NEVER: i32 = 0;

/// What was heard of a notice.
pub(super) enum Heard {
    Pressed(Pressed),
    Closed(u32),
}

/// The way to the service.
#[derive(Debug)]
pub(super) struct Daemon {
    bus: Bus,
    /// The token for the press that follows, and whose.
    token: Option<(u32, String)>,
}

impl Daemon {
    pub(super) fn new(bus: Bus) -> Self {
        Self { bus, token: None }
    }

    pub(super) async fn show(
        &self,
        notice: &Notice,
        before: Option<&Place>,
    ) -> Result<(Place, bool), Failure> {
        // Asked each time: notices are rare, and the service may be another one by now.
        let reply = self.bus.call(NOTIFICATIONS, "GetCapabilities", &()).await?;
        let capabilities: Vec<String> = body(&reply)?;
        let can = |capability: &str| capabilities.iter().any(|can| can == capability);
        let replaces = if let Some(Place::Daemon(id)) = before { *id } else { 0 };
        let arguments = (
            "Treff",
            replaces,
            APP_ID,
            text::title(&notice.title),
            text::body(&notice.body, can("body-markup")),
            if can("actions") { actions(notice) } else { Vec::new() },
            hints(&notice.subject),
            if matches!(notice.subject, Subject::Message(_)) { BY_SERVICE } else { NEVER },
        );
        let reply = self.bus.call(NOTIFICATIONS, "Notify", &arguments).await?;
        Ok((Place::Daemon(body(&reply)?), can("actions")))
    }

    pub(super) async fn withdraw(&self, id: u32) -> Result<(), Failure> {
        self.bus.call(NOTIFICATIONS, "CloseNotification", &(id,)).await.map(drop)
    }

    /// Ids of other programs' notices come too; the board knows ours.
    pub(super) fn hear(&mut self, message: &Message) -> Option<Heard> {
        match member(message).as_str() {
            "ActivationToken" => {
                self.token = Some(body(message).ok()?);
                None
            }
            "ActionInvoked" => {
                let (id, key): (u32, String) = body(message).ok()?;
                let token = self.token.take().filter(|(owner, _)| *owner == id).map(|(_, token)| token);
                Some(Heard::Pressed(Pressed {
                    place: Place::Daemon(id),
                    choice: Choice::from_key(&key)?,
                    token,
                }))
            }
            "NotificationClosed" => {
                let (id, _reason): (u32, u32) = body(message).ok()?;
                Some(Heard::Closed(id))
            }
            _ => None,
        }
    }
}

/// Keys and words by turns, the press on the notice itself first.
fn actions(notice: &Notice) -> Vec<String> {
    let mut actions = vec![Choice::Open.key().to_owned(), String::new()];
    for button in &notice.buttons {
        actions.push(button.choice.key().to_owned());
        actions.push(text::title(&button.label));
    }
    actions
}

fn hints(subject: &Subject) -> Details<'static> {
    let urgency: u8 = match subject.urgency() {
        Urgency::Low => 0,
        Urgency::Normal => 1,
        Urgency::High => 2,
    };
    let category = match subject {
        Subject::Knock(_) => "call.incoming",
        Subject::Message(_) => "im.received",
        Subject::Call => "call",
    };
    Details::from([
        ("desktop-entry", APP_ID.into()),
        ("urgency", urgency.into()),
        ("category", category.into()),
        // Treff has sounds of its own, which can be turned off.
        ("suppress-sound", true.into()),
    ])
}
