//! Keeping the screen or the machine awake during a call: the Inhibit portal, else the screen saver's interface, else
//! logind.

use std::time::Duration;

use async_channel::Receiver;
use async_executor::LocalExecutor;
use zbus::zvariant::OwnedFd;

use crate::bus::{Bus, BusKind, Peer, body, within};
use crate::desktop::Context;
use crate::event::{Event, Wish};
use crate::failure::Failure;
use crate::options::APP_ID;
use crate::portal::{self, Request};

const INHIBIT: Peer = portal::peer("org.freedesktop.portal.Inhibit");
const SAVER: Peer = Peer {
    name: "org.freedesktop.ScreenSaver",
    path: "/org/freedesktop/ScreenSaver",
    interface: "org.freedesktop.ScreenSaver",
};
const LOGIN: Peer = Peer {
    name: "org.freedesktop.login1",
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};
/// The portal's flags: what is inhibited.
const SUSPEND: u32 = 4;
const IDLE: u32 = 8;
/// How long the portal may take to say no. Some never say yes.
const OBJECTION: Duration = Duration::from_secs(1);

/// What is to stay awake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awake {
    /// Nothing: the desktop does as it is set.
    #[default]
    Off,
    /// The machine: it is only listened to, the screen may go dark.
    Machine,
    /// The screen too: there is something to see.
    Screen,
}

/// One thing that keeps us awake; each is released in its own way.
enum Hold {
    /// Boxed: it is far larger than the others.
    Portal(Box<Request>),
    Saver(u32),
    /// Released by closing it.
    Login(OwnedFd),
}

/// Carries the orders out, newest wins, and lets everything sleep at the end.
pub(crate) async fn serve(context: Context, inbox: Receiver<(Awake, String)>) {
    let mut now = Awake::Off;
    let mut holds = Vec::new();
    while let Ok((mut awake, mut reason)) = inbox.recv().await {
        while let Ok(newer) = inbox.try_recv() {
            (awake, reason) = newer;
        }
        if awake == now {
            continue;
        }
        // The new hold comes before the old one goes, so that the screen does not blink.
        let taken = if awake == Awake::Off { Ok(Vec::new()) } else { hold(&context, awake, &reason).await };
        match taken {
            Ok(new) => {
                release(&context, std::mem::replace(&mut holds, new)).await;
                now = awake;
                context.outbox.tell(Event::KeptAwake(now));
            }
            Err(failure) => context.outbox.failed(Wish::Awake, failure),
        }
    }
    release(&context, holds).await;
}

async fn hold(context: &Context, awake: Awake, reason: &str) -> Result<Vec<Hold>, Failure> {
    let refused = match by_portal(context, awake, reason).await {
        Ok(hold) => return Ok(vec![hold]),
        Err(failure) => failure,
    };
    let mut holds = Vec::new();
    if awake == Awake::Screen
        && let Ok(reply) = context.bus.call(SAVER, "Inhibit", &(APP_ID, reason)).await
        && let Ok(cookie) = body(&reply)
    {
        holds.push(Hold::Saver(cookie));
    }
    if let Ok(lock) = by_login(context, reason).await {
        holds.push(Hold::Login(lock));
    }
    // The machine alone does not keep the screen on where a screen saver of its own turns it off; it is what there is.
    if holds.is_empty() { Err(refused) } else { Ok(holds) }
}

async fn by_portal(context: &Context, awake: Awake, reason: &str) -> Result<Hold, Failure> {
    let flags = if awake == Awake::Screen { SUSPEND | IDLE } else { SUSPEND };
    let mut request = Request::start(&context.bus, INHIBIT, "Inhibit", |mut options| {
        options.insert("reason", reason.to_owned().into());
        ("", flags, options)
    })
    .await?;
    match within(OBJECTION, request.response()).await {
        Ok(_) | Err(Failure::TimedOut) => Ok(Hold::Portal(Box::new(request))),
        Err(failure) => Err(failure),
    }
}

/// logind counts "idle" only: closing the lid and the person's own wish to suspend go before a call.
async fn by_login(context: &Context, reason: &str) -> Result<OwnedFd, Failure> {
    let executor = LocalExecutor::new();
    let work = async {
        let bus = Bus::connect(BusKind::System, &context.system, &executor).await?;
        let reply = bus.call(LOGIN, "Inhibit", &("idle", "Treff", reason, "block")).await;
        let lock = reply.and_then(|reply| body(&reply));
        bus.close().await;
        lock
    };
    executor.run(work).await
}

async fn release(context: &Context, holds: Vec<Hold>) {
    for hold in holds {
        let released = match hold {
            Hold::Portal(request) => request.close().await,
            Hold::Saver(cookie) => context.bus.call(SAVER, "UnInhibit", &(cookie,)).await.map(drop),
            Hold::Login(lock) => {
                drop(lock);
                Ok(())
            }
        };
        // A service that is gone holds nothing any more.
        if let Err(failure) = released {
            tracing::debug!(%failure, "Could not let the screen sleep.");
        }
    }
}
