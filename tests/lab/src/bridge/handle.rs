//! The bridge's doors for other threads: the focus's orders, colibri WebSockets, people's media, and the lab's owner.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use treff_media::transport::{
    Candidate, CandidateKind, Certificate, RemoteTransport, Role, Transport, TransportConfig,
};

use super::observe::EndpointReport;
use super::shaping::{Direction, Shaping};
use super::{
    Allocation, AllocationRequest, BridgePort, ReceivedPacket, RemoteDescription, SourceDescription,
};
use crate::people::{Performer, Track};
use crate::random::Random;

/// The name of the bridge in its WebSocket addresses.
const SERVER_ID: &str = "jvb1";
const SCTP_PORT: u16 = 5000;

/// An endpoint in a conference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) conference: String,
    pub(crate) endpoint: String,
}

/// What a synthetic person is told, by the bridge or by the lab's owner.
pub(crate) enum PersonOrder {
    /// Begin anew with a key frame.
    Keyframe {
        source: String,
    },
    /// Somebody wants pictures up to this height; 0 for nobody.
    Watched {
        source: String,
        max_height: u32,
    },
    MuteAudio(bool),
    MuteVideo(bool),
    /// Begin or end showing a screen.
    Share(Option<Box<Track>>),
    Leave,
}

/// What the bridge's thread is asked to do.
pub(crate) enum Command {
    Allocate {
        request: AllocationRequest,
        transport: Box<Transport>,
        socket: UdpSocket,
    },
    SetRemote {
        place: Place,
        remote: RemoteDescription,
    },
    SetSources {
        place: Place,
        sources: Vec<SourceDescription>,
    },
    Expire {
        place: Place,
    },
    ChannelOpened {
        place: Place,
        id: u64,
        outgoing: mpsc::UnboundedSender<ChannelOrder>,
    },
    ChannelMessage {
        place: Place,
        id: u64,
        text: String,
    },
    ChannelClosed {
        place: Place,
        id: u64,
    },
    AddPerson {
        performer: Box<Performer>,
        orders: mpsc::UnboundedSender<PersonOrder>,
        ordered: mpsc::UnboundedReceiver<PersonOrder>,
    },
    Inject {
        place: Place,
        packet: Bytes,
    },
    InjectReport {
        place: Place,
        report: Vec<u8>,
    },
    SetVideoType {
        place: Place,
        source: String,
        video_type: String,
    },
    Shape {
        place: Place,
        direction: Direction,
        shaping: Shaping,
    },
    DropChannel {
        place: Place,
    },
    Silence {
        place: Place,
    },
    Tap {
        place: Place,
        tap: mpsc::UnboundedSender<ReceivedPacket>,
    },
    Report {
        place: Place,
        reply: oneshot::Sender<Option<EndpointReport>>,
    },
    RequestKeyframe {
        place: Place,
    },
    Message {
        place: Place,
        text: String,
    },
    /// Say something to one endpoint over its channel, whatever it is.
    Tell {
        place: Place,
        text: String,
    },
    /// Send one endpoint a datagram, whatever is in it.
    Datagram {
        place: Place,
        bytes: Vec<u8>,
    },
    /// Send one endpoint an RTCP packet under the session's keys, whatever is in it.
    Rtcp {
        place: Place,
        bytes: Vec<u8>,
    },
}

/// For the task of a colibri WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChannelOrder {
    Send(String),
    /// Break off without a word.
    Cut,
    Close,
}

#[derive(Default)]
struct Doors {
    /// WebSocket passwords.
    passwords: BTreeMap<Place, String>,
    next: u64,
}

/// The focus's side.
pub(crate) struct BridgeHandle {
    commands: mpsc::UnboundedSender<Command>,
    certificate: Certificate,
    doors: Arc<Mutex<Doors>>,
    random: Random,
}

/// The WebSockets' side.
#[derive(Clone)]
pub(crate) struct BridgeSockets {
    commands: mpsc::UnboundedSender<Command>,
    doors: Arc<Mutex<Doors>>,
}

impl BridgeHandle {
    /// A handle and the queue that the bridge's thread empties.
    pub(crate) fn new(random: Random) -> Result<(Self, mpsc::UnboundedReceiver<Command>), String> {
        let (commands, queue) = mpsc::unbounded_channel();
        let certificate = Certificate::generate().map_err(|error| error.to_string())?;
        Ok((Self { commands, certificate, doors: Arc::default(), random }, queue))
    }

    pub(crate) fn sockets(&self) -> BridgeSockets {
        BridgeSockets { commands: self.commands.clone(), doors: Arc::clone(&self.doors) }
    }

    /// The bare queue.
    pub(crate) fn commands(&self) -> mpsc::UnboundedSender<Command> {
        self.commands.clone()
    }

    fn order(&self, command: Command) {
        // The bridge's thread ends only with the lab.
        let _ = self.commands.send(command);
    }
}

fn place(conference: &str, endpoint: &str) -> Place {
    Place { conference: conference.to_owned(), endpoint: endpoint.to_owned() }
}

impl BridgePort for BridgeHandle {
    fn allocate(&mut self, request: &AllocationRequest) -> Result<Allocation, String> {
        let text = |error: std::io::Error| error.to_string();
        let socket = UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(text)?;
        socket.set_nonblocking(true).map_err(text)?;
        let address = socket.local_addr().map_err(text)?;
        let mut config = TransportConfig::new(Role::Bridge, self.certificate.clone(), vec![address]);
        config.sctp_port = request.sctp.then_some(SCTP_PORT);
        let transport = Transport::new(Instant::now(), config).map_err(|error| error.to_string())?;
        let local = transport.local();
        let place = place(&request.conference, &request.endpoint);
        let web_socket = request.web_socket.then(|| {
            let password = self.random.token(24);
            let path =
                format!("/colibri-ws/{SERVER_ID}/{}/{}?pwd={password}", place.conference, place.endpoint);
            let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
            doors.passwords.insert(place, password);
            path
        });
        self.order(Command::Allocate { request: request.clone(), transport: Box::new(transport), socket });
        Ok(Allocation {
            ufrag: local.ufrag,
            pwd: local.pwd,
            fingerprint: local.fingerprint,
            candidates: local.candidates.iter().map(|candidate| candidate.address).collect(),
            sctp_port: request.sctp.then_some(SCTP_PORT),
            web_socket,
        })
    }

    fn set_remote(&mut self, conference: &str, endpoint: &str, remote: RemoteDescription) {
        self.order(Command::SetRemote { place: place(conference, endpoint), remote });
    }

    fn set_sources(&mut self, conference: &str, endpoint: &str, sources: Vec<SourceDescription>) {
        self.order(Command::SetSources { place: place(conference, endpoint), sources });
    }

    fn expire(&mut self, conference: &str, endpoint: &str) {
        let place = place(conference, endpoint);
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).passwords.remove(&place);
        self.order(Command::Expire { place });
    }
}

impl BridgeSockets {
    /// The place behind the rest of a path, `<server>/<conference>/<endpoint>`, if the password is right.
    pub(crate) fn place(&self, path: &str, password: Option<&str>) -> Option<Place> {
        let mut parts = path.split('/');
        let (SERVER_ID, conference, endpoint, None) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next())
        else {
            return None;
        };
        let place = place(conference, endpoint);
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        (doors.passwords.get(&place).map(String::as_str) == password && password.is_some()).then_some(place)
    }

    /// Serves a colibri WebSocket until either side ends it.
    pub(crate) async fn serve<S>(&self, place: Place, mut socket: WebSocketStream<S>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (outgoing, mut orders) = mpsc::unbounded_channel();
        let id = {
            let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
            doors.next += 1;
            doors.next
        };
        let send = |command| self.commands.send(command).is_ok();
        if !send(Command::ChannelOpened { place: place.clone(), id, outgoing }) {
            return;
        }
        loop {
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        let text = text.as_str().to_owned();
                        send(Command::ChannelMessage { place: place.clone(), id, text });
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
                order = orders.recv() => match order {
                    Some(ChannelOrder::Send(text)) => {
                        if socket.send(Message::text(text)).await.is_err() {
                            break;
                        }
                    }
                    Some(ChannelOrder::Close) => {
                        // The client may have gone already.
                        let _ = socket.close(None).await;
                        break;
                    }
                    Some(ChannelOrder::Cut) | None => break,
                },
            }
        }
        send(Command::ChannelClosed { place, id });
    }
}

/// The other end as the transport wants it.
pub(super) fn remote_transport(remote: RemoteDescription) -> RemoteTransport {
    let candidate =
        |address| Candidate { address, priority: 0, foundation: String::new(), kind: CandidateKind::Host };
    RemoteTransport {
        ufrag: remote.ufrag,
        pwd: remote.pwd,
        fingerprint: remote.fingerprint,
        candidates: remote.candidates.into_iter().map(candidate).collect(),
    }
}
