//! A connection to a message bus with one way to call, to listen and to fail.

use std::collections::HashMap;
use std::time::Duration;

use async_executor::LocalExecutor;
use async_io::Timer;
use futures_lite::FutureExt;
use zbus::message::Type;
use zbus::zvariant::{DynamicType, OwnedValue, Type as Signature, Value};
use zbus::{Connection, MatchRule, Message, MessageStream, connection::Builder};

use crate::failure::Failure;
use crate::options::BusAddress;

/// How long anyone may take to answer a call in which no person is asked.
const ANSWER: Duration = Duration::from_secs(5);
/// How long the way onto the bus may take.
const CONNECT: Duration = Duration::from_secs(2);
/// Signals that may wait for their reader.
const QUEUE: usize = 64;

/// The dictionaries that portals and notices are made of, as written.
pub(crate) type Details<'a> = HashMap<&'a str, Value<'a>>;
/// The same as read.
pub(crate) type OwnedDetails = HashMap<String, OwnedValue>;

/// Which of the two buses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BusKind {
    Session,
    System,
}

/// An object on the bus and the interface it is asked by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) interface: &'static str,
}

/// A connection whose work is done on this thread's executor.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    connection: Connection,
}

impl Bus {
    /// Connects; the executor must be running.
    pub(crate) async fn connect(
        kind: BusKind,
        address: &BusAddress,
        executor: &LocalExecutor<'_>,
    ) -> Result<Self, Failure> {
        let builder = match (address, kind) {
            (BusAddress::At(address), _) => Builder::address(address.as_str()),
            (BusAddress::Environment, BusKind::Session) => Builder::session(),
            (BusAddress::Environment, BusKind::System) => Builder::system(),
        }
        .map_err(|_| Failure::NoBus)?;
        let build = builder.internal_executor(false).method_timeout(ANSWER).build();
        let connection = within(CONNECT, async { build.await.map_err(|_| Failure::NoBus) }).await?;
        let ticking = connection.executor().clone();
        executor
            .spawn(async move {
                while !ticking.is_empty() {
                    ticking.tick().await;
                }
            })
            .detach();
        Ok(Self { connection })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Leaves the bus, and with it every name. The connection's own tasks hold it, so dropping it would not do.
    pub(crate) async fn close(self) {
        let _ = self.connection.close().await;
    }

    /// Calls a method and waits for its answer.
    pub(crate) async fn call<B>(&self, peer: Peer, method: &str, body: &B) -> Result<Message, Failure>
    where
        B: serde::Serialize + DynamicType,
    {
        let call =
            self.connection.call_method(Some(peer.name), peer.path, Some(peer.interface), method, body);
        call.await.map_err(|error| {
            let failure = Failure::from(&error);
            tracing::debug!(interface = peer.interface, method, %failure, "A call over D-Bus failed.");
            failure
        })
    }

    /// Reads a property.
    pub(crate) async fn property(&self, peer: Peer, property: &str) -> Result<OwnedValue, Failure> {
        let properties = Peer { interface: "org.freedesktop.DBus.Properties", ..peer };
        let reply = self.call(properties, "Get", &(peer.interface, property)).await?;
        body(&reply)
    }

    /// Everything that the peer signals by this interface, from now on.
    pub(crate) async fn signals(&self, peer: Peer) -> Result<MessageStream, Failure> {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(peer.name)
            .and_then(|rule| rule.interface(peer.interface))
            .map_err(Failure::from)?
            .build();
        self.listen(rule).await
    }

    pub(crate) async fn listen(&self, rule: MatchRule<'_>) -> Result<MessageStream, Failure> {
        Ok(MessageStream::for_match_rule(rule, &self.connection, Some(QUEUE)).await?)
    }
}

/// The body of a message as the type that its specification gives it.
pub(crate) fn body<T>(message: &Message) -> Result<T, Failure>
where
    T: for<'d> serde::Deserialize<'d> + Signature,
{
    Ok(message.body().deserialize()?)
}

/// A signal's name.
pub(crate) fn member(message: &Message) -> String {
    message.header().member().map(|member| member.as_str().to_owned()).unwrap_or_default()
}

/// Waits for `work`, but not longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    work.or(async {
        Timer::after(limit).await;
        Err(Failure::TimedOut)
    })
    .await
}

/// The token that lets a window come to the front, as `platform_data` of `org.freedesktop.Application` carries it.
pub(crate) fn activation_token(platform_data: &OwnedDetails) -> Option<String> {
    ["activation-token", "desktop-startup-id"]
        .into_iter()
        .filter_map(|key| String::try_from(platform_data.get(key)?.try_clone().ok()?).ok())
        .find(|token| !token.is_empty())
}
