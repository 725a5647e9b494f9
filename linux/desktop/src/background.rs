//! Going on without a window. A sandbox's portal would end an app that is not seen; elsewhere nothing has to be asked.
//!
//! There is no icon in a tray: GNOME and Phosh show none, and the notice that the call is on has the way back.

use crate::bus::Peer;
use crate::desktop::Context;
use crate::event::{Event, Wish};
use crate::failure::Failure;
use crate::portal::{self, Request};

const BACKGROUND: Peer = portal::peer("org.freedesktop.portal.Background");

/// Asks to stay, and tells how it went.
pub(crate) async fn stay(context: Context, reason: String) {
    if !context.sandboxed {
        return context.outbox.tell(Event::Done(Wish::Background));
    }
    match ask(&context, reason).await {
        Ok(()) => context.outbox.tell(Event::Done(Wish::Background)),
        Err(failure) => context.outbox.failed(Wish::Background, failure),
    }
}

async fn ask(context: &Context, reason: String) -> Result<(), Failure> {
    let mut request = Request::start(&context.bus, BACKGROUND, "RequestBackground", |mut options| {
        options.insert("reason", reason.into());
        options.insert("autostart", false.into());
        ("", options)
    })
    .await?;
    let results = request.response().await?;
    let granted = results.get("background").is_some_and(|granted| granted.downcast_ref::<bool>() == Ok(true));
    if granted { Ok(()) } else { Err(Failure::Refused) }
}
