//! The portal's notices: `org.freedesktop.portal.Notification`, version 1 and the hints of version 2.

use std::sync::atomic::{AtomicU64, Ordering};

use zbus::Message;
use zbus::zvariant::{OwnedValue, Value};

use super::{Choice, Notice, Place, Pressed, Subject, Urgency};
use crate::bus::{Bus, Details, OwnedDetails, Peer, activation_token, body, member};
use crate::failure::Failure;
use crate::portal;
use crate::text;

pub(super) const NOTIFICATION: Peer = portal::peer("org.freedesktop.portal.Notification");
/// The version that knows `display-hint`.
const WITH_HINTS: u32 = 2;

/// The way to the portal.
#[derive(Debug)]
pub(super) struct Portal {
    bus: Bus,
}

impl Portal {
    pub(super) fn new(bus: Bus) -> Self {
        Self { bus }
    }

    pub(super) async fn show(
        &self,
        notice: &Notice,
        before: Option<&Place>,
    ) -> Result<(Place, bool), Failure> {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let id = match before {
            Some(Place::Portal(id)) => id.clone(),
            _ => format!("notice{}", SERIAL.fetch_add(1, Ordering::Relaxed)),
        };
        let version = self.bus.property(NOTIFICATION, "version").await.ok();
        let version = version.and_then(|version| u32::try_from(version).ok()).unwrap_or(1);
        let content = content(notice, version);
        self.bus.call(NOTIFICATION, "AddNotification", &(&id, content)).await?;
        Ok((Place::Portal(id), true))
    }

    pub(super) async fn withdraw(&self, id: &str) -> Result<(), Failure> {
        self.bus.call(NOTIFICATION, "RemoveNotification", &(id,)).await.map(drop)
    }

    pub(super) fn hear(&self, message: &Message) -> Option<Pressed> {
        if member(message) != "ActionInvoked" {
            return None;
        }
        let (id, key, parameters): (String, String, Vec<OwnedValue>) = body(message).ok()?;
        let token = parameters
            .into_iter()
            .filter_map(|parameter| OwnedDetails::try_from(parameter).ok())
            .find_map(|platform_data| activation_token(&platform_data));
        Some(Pressed { place: Place::Portal(id), choice: Choice::from_key(&key)?, token })
    }
}

fn content(notice: &Notice, version: u32) -> Details<'static> {
    let priority = match notice.subject.urgency() {
        Urgency::Low => "low",
        Urgency::Normal => "normal",
        Urgency::High => "high",
    };
    let buttons: Vec<Details<'static>> = notice
        .buttons
        .iter()
        .map(|button| {
            let label = text::title(&button.label);
            Details::from([("label", label.into()), ("action", button.choice.key().into())])
        })
        .collect();
    let mut content = Details::from([
        ("title", text::title(&notice.title).into()),
        ("body", text::body(&notice.body, false).into()),
        ("priority", priority.into()),
        ("default-action", Choice::Open.key().into()),
        ("buttons", Value::from(buttons)),
    ]);
    // What somebody writes privately is not for whoever walks past a locked screen.
    if version >= WITH_HINTS && matches!(notice.subject, Subject::Message(_)) {
        content.insert("display-hint", Value::from(vec!["hide-content-on-lockscreen"]));
    }
    content
}
