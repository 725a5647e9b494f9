//! A client made of raw stanzas and a transport: just enough to take part in a lab's meeting.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use minidom::Element;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use treff_lab::Lab;
use treff_media::codec::Ssrc;
use treff_media::transport::{
    Candidate, CandidateKind, Certificate, RemoteTransport, Role, Transport, TransportConfig, TransportEvent,
};

const HOST: &str = "meet.lab.test";
const PATIENCE: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// A source as signalled: name, SSRC and retransmission SSRC.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) name: String,
    pub(crate) ssrc: u32,
    pub(crate) rtx: Option<u32>,
}

pub(crate) struct RawClient {
    xmpp: Socket,
    colibri: Option<Socket>,
    jid: String,
    pub(crate) nick: String,
    room: String,
    udp: UdpSocket,
    pub(crate) transport: Option<Transport>,
    pub(crate) offer: Option<Element>,
    pub(crate) remotes: Vec<Remote>,
    pub(crate) packets: Vec<Bytes>,
    pub(crate) reports: Vec<Bytes>,
    pub(crate) messages: Vec<String>,
    pub(crate) channel_open: bool,
    /// What to signal in the accept.
    pub(crate) sources: [String; 2],
}

async fn dial(lab: &Lab, path: &str, protocol: Option<&str>) -> Socket {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(lab.address()).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let tls = connector.connect(ServerName::try_from(HOST).unwrap(), tcp).await.unwrap();
    let mut request = format!("wss://{HOST}{path}").into_client_request().unwrap();
    if let Some(protocol) = protocol {
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().unwrap());
    }
    tokio_tungstenite::client_async(request, tls).await.unwrap().0
}

impl RawClient {
    /// Logs in, asks for the room and joins it.
    pub(crate) async fn join(lab: &Lab, room: &str, name: &str) -> Self {
        let mut xmpp = dial(lab, &format!("/xmpp-websocket?room={room}"), Some("xmpp")).await;
        let open = format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{HOST}' version='1.0'/>");
        let hello = [
            open.clone(),
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>".to_owned(),
            open,
            "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
                .to_owned(),
        ];
        for text in hello {
            xmpp.send(Message::text(text)).await.unwrap();
        }
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut client = Self {
            xmpp,
            colibri: None,
            jid: String::new(),
            nick: String::new(),
            room: format!("{room}@conference.{HOST}"),
            udp,
            transport: None,
            offer: None,
            remotes: Vec::new(),
            packets: Vec::new(),
            reports: Vec::new(),
            messages: Vec::new(),
            channel_open: false,
            sources: [String::new(), String::new()],
        };
        client.drive("the bind", |c| !c.jid.is_empty()).await;
        client.nick = client.jid[..8].to_owned();
        let request = format!(
            "<iq xmlns='jabber:client' type='set' id='c' to='focus.{HOST}'><conference \
             xmlns='http://jitsi.org/protocol/focus' room='{}' machine-uid='x'/></iq>",
            client.room
        );
        client.say(&request).await;
        let presence = format!(
            "<presence xmlns='jabber:client' to='{}/{}'><x xmlns='http://jabber.org/protocol/muc'/>\
             <nick xmlns='http://jabber.org/protocol/nick'>{name}</nick></presence>",
            client.room, client.nick
        );
        client.say(&presence).await;
        client
    }

    async fn say(&mut self, text: &str) {
        self.xmpp.send(Message::text(text)).await.unwrap();
    }

    /// Waits for the offer and takes it.
    pub(crate) async fn accept(&mut self) {
        self.drive("an offer", |c| c.offer.is_some()).await;
        let offer = self.offer.clone().unwrap();
        let jingle = offer.children().next().unwrap();
        let transport = jingle
            .children()
            .find(|c| c.name() == "content")
            .and_then(|c| c.children().find(|c| c.name() == "transport"))
            .unwrap();
        let text = |name: &str| transport.attr(name).unwrap().to_owned();
        let remote = RemoteTransport {
            ufrag: text("ufrag"),
            pwd: text("pwd"),
            fingerprint: transport.children().find(|c| c.name() == "fingerprint").unwrap().text(),
            candidates: transport
                .children()
                .filter(|c| c.name() == "candidate")
                .map(|c| Candidate {
                    address: format!("{}:{}", c.attr("ip").unwrap(), c.attr("port").unwrap())
                        .parse()
                        .unwrap(),
                    priority: 0,
                    foundation: String::new(),
                    kind: CandidateKind::Host,
                })
                .collect(),
        };
        let now = Instant::now();
        let certificate = Certificate::generate().unwrap();
        let local_address: SocketAddr = self.udp.local_addr().unwrap();
        let mut ours =
            Transport::new(now, TransportConfig::new(Role::Client, certificate, vec![local_address]))
                .unwrap();
        let local = ours.local();
        ours.set_remote(now, remote).unwrap();
        for ssrc in self.remotes.iter().flat_map(|r| [Some(r.ssrc), r.rtx]).flatten() {
            ours.accept_ssrc(Ssrc(ssrc));
        }
        self.transport = Some(ours);
        let contents: String = ["audio", "video"]
            .iter()
            .zip(&self.sources)
            .map(|(medium, sources)| {
                format!(
                    "<content name='{medium}' creator='responder'><description \
                     xmlns='urn:xmpp:jingle:apps:rtp:1' media='{medium}'>{sources}</description><transport \
                     xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='{}' pwd='{}'><fingerprint \
                     xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>{}</fingerprint>\
                     </transport></content>",
                    local.ufrag, local.pwd, local.fingerprint
                )
            })
            .collect();
        let accept = format!(
            "<iq xmlns='jabber:client' type='set' id='a' to='{}/focus'><jingle xmlns='urn:xmpp:jingle:1' \
             action='session-accept' sid='{}'>{contents}</jingle></iq>",
            self.room,
            jingle.attr("sid").unwrap()
        );
        self.say(&accept).await;
        self.drive("the connection", |c| c.transport.as_ref().unwrap().is_connected()).await;
    }

    /// Opens the colibri WebSocket of the offer.
    pub(crate) async fn open_colibri(&mut self, lab: &Lab) {
        let offer = String::from(self.offer.as_ref().unwrap());
        let start = offer.find("wss://").unwrap();
        let url: String = offer[start..].chars().take_while(|c| !matches!(c, '"' | '\'')).collect();
        let path = url.splitn(4, '/').nth(3).unwrap().to_owned();
        self.colibri = Some(dial(lab, &format!("/{path}"), None).await);
    }

    /// Sends a message over whichever channel is open.
    pub(crate) async fn colibri(&mut self, text: &str) {
        match &mut self.colibri {
            Some(socket) => socket.send(Message::text(text)).await.unwrap(),
            None => self.transport.as_mut().unwrap().send_message(Instant::now(), text).unwrap(),
        }
        self.flush().await;
    }

    pub(crate) async fn send_rtp(&mut self, packet: &[u8]) {
        self.transport.as_mut().unwrap().send_rtp(packet).unwrap();
        self.flush().await;
    }

    pub(crate) async fn send_rtcp(&mut self, packet: &[u8]) {
        self.transport.as_mut().unwrap().send_rtcp(packet).unwrap();
        self.flush().await;
    }

    async fn flush(&mut self) {
        let Some(transport) = &mut self.transport else { return };
        while let Some(datagram) = transport.poll_transmit() {
            self.udp.send_to(&datagram.bytes, datagram.remote).await.unwrap();
        }
        while let Some(event) = transport.poll_event() {
            match event {
                TransportEvent::Rtp(bytes) => self.packets.push(bytes.freeze()),
                TransportEvent::Rtcp(bytes) => self.reports.push(bytes.freeze()),
                TransportEvent::ChannelOpen => self.channel_open = true,
                TransportEvent::ChannelMessage(text) => self.messages.push(text),
                _ => {}
            }
        }
    }

    /// Lets everything happen until something is so.
    pub(crate) async fn drive(&mut self, what: &str, mut until: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        let local = self.udp.local_addr().unwrap();
        loop {
            self.flush().await;
            if until(self) {
                return;
            }
            assert!(Instant::now() < end, "timed out waiting for {what}; channel: {:?}", self.messages);
            let wake = self.transport.as_ref().and_then(|t| t.poll_timeout());
            let wake = wake.unwrap_or(end).min(Instant::now() + Duration::from_millis(50));
            let mut bytes = BytesMut::with_capacity(2048);
            tokio::select! {
                frame = self.xmpp.next() => match frame {
                    Some(Ok(Message::Text(text))) => self.stanza(text.as_str()).await,
                    Some(Ok(_)) => {}
                    _ => panic!("the signalling socket is gone while waiting for {what}"),
                },
                received = self.udp.recv_buf_from(&mut bytes) => {
                    let (_, from) = received.unwrap();
                    if let Some(transport) = &mut self.transport {
                        transport.handle_datagram(Instant::now(), local, from, bytes);
                    }
                }
                message = next(&mut self.colibri) => self.messages.push(message),
                () = tokio::time::sleep_until(wake.into()) => {
                    if let Some(transport) = &mut self.transport {
                        transport.handle_timeout(Instant::now());
                    }
                }
            }
        }
    }

    async fn stanza(&mut self, text: &str) {
        let Ok(element) = text.parse::<Element>() else { return };
        let payload = element.children().next().cloned();
        match (element.name(), element.attr("type"), payload) {
            ("iq", Some("result"), Some(payload)) if payload.name() == "bind" => {
                self.jid = payload.children().next().unwrap().text();
            }
            ("iq", Some("get"), Some(payload)) if payload.name() == "query" => {
                let features: String = [
                    "http://jitsi.org/json-encoded-sources",
                    "http://jitsi.org/tcc",
                    "urn:ietf:rfc:4588",
                    "urn:xmpp:jingle:transports:dtls-sctp:1",
                ]
                .iter()
                .map(|var| format!("<feature var='{var}'/>"))
                .collect();
                let answer = format!(
                    "<iq xmlns='jabber:client' type='result' id='{}' to='{}'><query \
                     xmlns='http://jabber.org/protocol/disco#info'>{features}</query></iq>",
                    element.attr("id").unwrap(),
                    element.attr("from").unwrap()
                );
                self.say(&answer).await;
            }
            ("iq", Some("set"), Some(payload)) if payload.name() == "jingle" => {
                let answer = format!(
                    "<iq xmlns='jabber:client' type='result' id='{}' to='{}'/>",
                    element.attr("id").unwrap(),
                    element.attr("from").unwrap()
                );
                self.say(&answer).await;
                self.jingle(&payload);
                if payload.attr("action") == Some("session-initiate") {
                    self.offer = Some(element);
                }
            }
            _ => {}
        }
    }

    fn jingle(&mut self, jingle: &Element) {
        let Some(json) = jingle.children().find(|c| c.name() == "json-message") else { return };
        let json: serde_json::Value = serde_json::from_str(&json.text()).unwrap();
        for lists in json["sources"].as_object().unwrap().values() {
            let groups = lists[1].as_array().cloned().unwrap_or_default();
            let number = |value: &serde_json::Value| value.as_u64().map(|n| n as u32);
            let rtx_of =
                |ssrc: u32| groups.iter().find(|g| number(&g[1]) == Some(ssrc)).and_then(|g| number(&g[2]));
            let is_rtx = |ssrc: u32| groups.iter().any(|g| number(&g[2]) == Some(ssrc));
            let sources = lists[0].as_array().into_iter().chain(lists[2].as_array()).flatten();
            for source in sources {
                let ssrc = number(&source["s"]).unwrap();
                if is_rtx(ssrc) {
                    continue;
                }
                let remote =
                    Remote { name: source["n"].as_str().unwrap().to_owned(), ssrc, rtx: rtx_of(ssrc) };
                if let Some(transport) = &mut self.transport {
                    [Some(ssrc), remote.rtx]
                        .into_iter()
                        .flatten()
                        .for_each(|s| transport.accept_ssrc(Ssrc(s)));
                }
                self.remotes.push(remote);
            }
        }
    }

    /// The signalled source of this name.
    pub(crate) fn remote(&self, name: &str) -> Remote {
        self.remotes.iter().find(|r| r.name == name).cloned().unwrap_or_else(|| panic!("no source {name}"))
    }
}

async fn next(socket: &mut Option<Socket>) -> String {
    match socket {
        Some(socket) => loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => return text.as_str().to_owned(),
                Some(Ok(_)) => {}
                _ => std::future::pending().await,
            }
        },
        None => std::future::pending().await,
    }
}
