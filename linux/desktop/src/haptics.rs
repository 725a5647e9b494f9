//! What the hand feels, on phones with feedbackd; the person's own profile decides whether anything happens.

use crate::bus::{Details, Peer};
use crate::desktop::Context;
use crate::event::Wish;
use crate::options::APP_ID;

const FEEDBACK: Peer =
    Peer { name: "org.sigxcpu.Feedback", path: "/org/sigxcpu/Feedback", interface: "org.sigxcpu.Feedback" };
/// As long as the event's theme says.
const BY_THEME: i32 = -1;

/// Something to be felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// A control took effect.
    Control,
    /// Somebody knocks.
    Knock,
    /// A private message.
    Message,
}

impl Touch {
    /// Names of the Event naming specification that feedbackd's themes have.
    fn event(self) -> &'static str {
        match self {
            Self::Control => "button-pressed",
            Self::Knock => "message-new-instant",
            Self::Message => "message-new-sms",
        }
    }
}

/// Lets it be felt; only a failure is told.
pub(crate) async fn touch(context: Context, touch: Touch) {
    let arguments = (APP_ID, touch.event(), Details::new(), BY_THEME);
    if let Err(failure) = context.bus.call(FEEDBACK, "TriggerFeedback", &arguments).await {
        context.outbox.failed(Wish::Touch, failure);
    }
}
