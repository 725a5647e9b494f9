//! The component streams as tasks: what the lab sends leaves over the stream of its domain, what comes goes to the core.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use minidom::Element;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::component::{self, Arrival, ComponentStream};
use crate::hub::Hub;
use crate::jid::Jid;

/// A server that says nothing for so long is not there.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where stanzas leave for a server that is not ours, by the domain that they come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uplinks(BTreeMap<String, UnboundedSender<Element>>);

impl Uplinks {
    /// Sends a stanza whose `from` is set.
    pub(crate) fn send(&self, stanza: Element) {
        let from = Jid::parse(stanza.attr("from").unwrap_or_default());
        match self.0.get(&from.domain) {
            // A stream that ended has said so in the log.
            Some(uplink) => drop(uplink.send(stanza)),
            None => tracing::warn!(domain = from.domain, "a stanza from a domain that is not ours"),
        }
    }
}

/// A component that the server has accepted, not yet in use.
pub(super) struct Connection {
    domain: String,
    stream: ComponentStream,
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
}

/// Connects as the component of `domain`.
pub(super) async fn connect(address: SocketAddr, domain: &str, secret: &str) -> Result<Connection, String> {
    let told = |error: &dyn std::fmt::Display| format!("the component {domain}: {error}");
    match tokio::time::timeout(PATIENCE, introduce(address, domain, secret)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(told(&error)),
        Err(elapsed) => Err(told(&elapsed)),
    }
}

async fn introduce(address: SocketAddr, domain: &str, secret: &str) -> io::Result<Connection> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (mut reader, mut writer) = socket.into_split();
    writer.write_all(ComponentStream::open(domain).as_bytes()).await?;
    let mut stream = ComponentStream::new(secret);
    loop {
        for arrival in arrivals(&mut stream, &mut reader).await? {
            match arrival {
                Arrival::Challenge(answer) => writer.write_all(answer.as_bytes()).await?,
                Arrival::Accepted => {
                    return Ok(Connection { domain: domain.to_owned(), stream, reader, writer });
                }
                // Nobody knows of us before we are accepted.
                Arrival::Stanza(_) => {}
            }
        }
    }
}

/// What came next; the end of the socket is an error.
async fn arrivals(stream: &mut ComponentStream, reader: &mut OwnedReadHalf) -> io::Result<Vec<Arrival>> {
    let mut buffer = [0; 8192];
    let length = reader.read(&mut buffer).await?;
    if length == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    stream.read(&buffer[..length]).map_err(io::Error::other)
}

/// Starts the tasks of all connections.
pub(super) fn run(connections: Vec<Connection>, hub: &Hub) -> Uplinks {
    let mut uplinks = Uplinks::default();
    for connection in connections {
        let Connection { domain, mut stream, mut reader, writer } = connection;
        let (sender, queue) = mpsc::unbounded_channel();
        uplinks.0.insert(domain.clone(), sender);
        tokio::spawn(send_all(queue, writer));
        let hub = hub.clone();
        tokio::spawn(async move {
            loop {
                match arrivals(&mut stream, &mut reader).await {
                    Ok(arrivals) => {
                        for arrival in arrivals {
                            if let Arrival::Stanza(stanza) = arrival {
                                hub.with(|core, now| core.arrived(now, &stanza));
                            }
                        }
                    }
                    Err(error) => return tracing::warn!(domain, %error, "a component's stream ended"),
                }
            }
        });
    }
    uplinks
}

async fn send_all(mut queue: UnboundedReceiver<Element>, mut writer: OwnedWriteHalf) {
    while let Some(stanza) = queue.recv().await {
        let Some(text) = component::written(&stanza) else { continue };
        if writer.write_all(text.as_bytes()).await.is_err() {
            // The reader tells why.
            return;
        }
    }
}
