//! How xdg-desktop-portal is asked: who we are, requests that a person may have to answer, and their end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_lite::StreamExt;
use zbus::message::Type;
use zbus::zvariant::OwnedObjectPath;
use zbus::{MatchRule, MessageStream};

use crate::bus::{Bus, Details, OwnedDetails, Peer, body, within};
use crate::failure::Failure;
use crate::options::APP_ID;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const REQUEST: &str = "org.freedesktop.portal.Request";
/// How long telling the portal our name may hold up the rest.
const REGISTER: Duration = Duration::from_secs(1);

/// An interface of the portal.
pub(crate) const fn peer(interface: &'static str) -> Peer {
    Peer { name: NAME, path: PATH, interface }
}

/// Tells the portal who we are; outside a sandbox it can only guess from the cgroup. Older portals lack this, and
/// nothing depends on it.
pub(crate) async fn register(bus: &Bus) {
    let registry = peer("org.freedesktop.host.portal.Registry");
    let answer = within(REGISTER, bus.call(registry, "Register", &(APP_ID, Details::new()))).await;
    if let Err(failure) = answer {
        tracing::debug!(%failure, "The portal was not told the app's name.");
    }
}

/// A request that the portal works on.
pub(crate) struct Request {
    bus: Bus,
    responses: MessageStream,
    handle: OwnedObjectPath,
}

impl Request {
    /// Calls `method`. `arguments` gets the options to pass on: `handle_token` is in them already.
    pub(crate) async fn start<B>(
        bus: &Bus,
        portal: Peer,
        method: &str,
        arguments: impl FnOnce(Details<'static>) -> B,
    ) -> Result<Self, Failure>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let token = format!("treff{}", SERIAL.fetch_add(1, Ordering::Relaxed));
        // Listening comes first: the answer may be quicker than the reply to the call.
        let responses = listen(bus, &token).await?;
        let options = Details::from([("handle_token", token.into())]);
        let reply = bus.call(portal, method, &arguments(options)).await?;
        let handle: OwnedObjectPath = body(&reply)?;
        Ok(Self { bus: bus.clone(), responses, handle })
    }

    /// What came of it.
    pub(crate) async fn response(&mut self) -> Result<OwnedDetails, Failure> {
        while let Some(message) = self.responses.next().await {
            let message = message?;
            if message.header().path().map(|path| path.as_str()) != Some(self.handle.as_str()) {
                continue;
            }
            let (code, results): (u32, OwnedDetails) = body(&message)?;
            // 0 success, 1 cancelled by the person, 2 ended in some other way: mostly nobody there to do it.
            return match code {
                0 => Ok(results),
                1 => Err(Failure::Refused),
                2 => Err(Failure::Missing),
                _ => Err(Failure::Broken),
            };
        }
        Err(Failure::NoBus)
    }

    /// Ends the request, and with it what it keeps up.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        let connection = self.bus.connection();
        connection.call_method(Some(NAME), &self.handle, Some(REQUEST), "Close", &()).await?;
        Ok(())
    }
}

/// Hears every response to us under the path that the portal's documentation promises for `token`.
async fn listen(bus: &Bus, token: &str) -> Result<MessageStream, Failure> {
    let unique = bus.connection().unique_name().ok_or(Failure::NoBus)?;
    let sender = unique.as_str().trim_start_matches(':').replace('.', "_");
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(NAME)
        .and_then(|rule| rule.interface(REQUEST))
        .and_then(|rule| rule.member("Response"))
        .and_then(|rule| rule.path(format!("{PATH}/request/{sender}/{token}")))
        .map_err(Failure::from)?
        .build();
    bus.listen(rule).await
}
