//! Scripted XMPP clients against the core, without sockets: named people in unit tests.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use minidom::Element;
use tokio::sync::mpsc;

use crate::bridge::{Allocation, AllocationRequest, BridgePort, RemoteDescription, SourceDescription};
use crate::jid::Jid;
use crate::names;
use crate::options::LabOptions;
use crate::xml::{self, Build, ns};
use crate::xmpp::{Core, SocketOrder};

/// What a bridge was asked to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    Allocate(AllocationRequest),
    Remote(String, RemoteDescription),
    Sources(String, Vec<SourceDescription>),
    Expire(String),
}

/// A bridge that only takes notes.
#[derive(Clone, Default)]
pub(crate) struct NotingBridge(pub(crate) Arc<Mutex<Vec<Asked>>>);

impl NotingBridge {
    fn note(&self, asked: Asked) {
        self.0.lock().unwrap().push(asked);
    }

    pub(crate) fn notes(&self) -> Vec<Asked> {
        self.0.lock().unwrap().clone()
    }
}

impl BridgePort for NotingBridge {
    fn allocate(&mut self, request: &AllocationRequest) -> Result<Allocation, String> {
        self.note(Asked::Allocate(request.clone()));
        Ok(Allocation {
            ufrag: "bridgeufrag".to_owned(),
            pwd: "bridgepassword0123456789".to_owned(),
            fingerprint: vec!["AB"; 32].join(":"),
            candidates: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 10_000))],
            sctp_port: request.sctp.then_some(5000),
            web_socket: request.web_socket.then(|| "/colibri-ws/jvb1/c/e?pwd=p".to_owned()),
        })
    }

    fn set_remote(&mut self, _: &str, endpoint: &str, remote: RemoteDescription) {
        self.note(Asked::Remote(endpoint.to_owned(), remote));
    }

    fn set_sources(&mut self, _: &str, endpoint: &str, sources: Vec<SourceDescription>) {
        self.note(Asked::Sources(endpoint.to_owned(), sources));
    }

    fn expire(&mut self, _: &str, endpoint: &str) {
        self.note(Asked::Expire(endpoint.to_owned()));
    }
}

/// A deployment without sockets.
pub(crate) struct Deployment {
    pub(crate) core: Core,
    pub(crate) bridge: NotingBridge,
    pub(crate) now: Instant,
    /// Timers not yet due.
    later: Vec<(Instant, crate::xmpp::Later)>,
}

impl Deployment {
    pub(crate) fn new(options: LabOptions) -> Self {
        let bridge = NotingBridge::default();
        let core = Core::new(Arc::new(options), Box::new(bridge.clone()));
        Self { core, bridge, now: Instant::now(), later: Vec::new() }
    }

    /// Lets time pass; timers fire in order.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        self.collect();
        while let Some(index) =
            (0..self.later.len()).filter(|i| self.later[*i].0 <= end).min_by_key(|i| self.later[*i].0)
        {
            let (at, later) = self.later.remove(index);
            self.now = at;
            self.core.timer(at, later);
            self.collect();
        }
        self.now = end;
    }

    fn collect(&mut self) {
        let now = self.now;
        self.later.extend(self.core.take_later().into_iter().map(|(delay, later)| (now + delay, later)));
    }

    /// Somebody connects, logs in and binds.
    pub(crate) fn connect(&mut self) -> Client {
        let (orders, inbox) = mpsc::unbounded_channel();
        let session = self.core.connected(None, orders);
        let mut client = Client { session, inbox, jid: Jid::parse("") };
        let open = format!("<open xmlns='{}' to='{}' version='1.0'/>", ns::FRAMING, names::HOST);
        client.say_text(self, &open);
        client.say_text(self, &format!("<auth xmlns='{}' mechanism='ANONYMOUS'/>", ns::SASL));
        client.say_text(self, &open);
        client.drain();
        let bind = xml::client("iq").with("type", "set").with("id", "bind").child(xml::el("bind", ns::BIND));
        client.say(self, bind);
        let bound = client.expect("iq");
        client.jid =
            Jid::parse(&bound.get_child("bind", ns::BIND).unwrap().children().next().unwrap().text());
        client
    }

    /// Asks the focus for a room.
    pub(crate) fn request(&mut self, client: &mut Client, room: &str) -> Element {
        let conference = xml::el("conference", ns::FOCUS)
            .with("room", names::room(room).to_string())
            .with("machine-uid", "0123456789abcdef0123456789abcdef");
        let iq = xml::client("iq")
            .with("type", "set")
            .with("id", "c1")
            .with("to", names::focus_component())
            .child(conference);
        client.say(self, iq);
        client.expect("iq")
    }

    /// Connects, asks and joins under a nickname made from the account.
    pub(crate) fn join(&mut self, room: &str, name: &str) -> Client {
        let mut client = self.connect();
        self.request(&mut client, room);
        client.enter(self, room, name, None);
        client
    }
}

/// One client.
pub(crate) struct Client {
    session: u64,
    inbox: mpsc::UnboundedReceiver<SocketOrder>,
    pub(crate) jid: Jid,
}

impl Client {
    /// The endpoint id: the first eight characters of the localpart.
    pub(crate) fn nick(&self) -> String {
        self.jid.local.as_deref().unwrap()[..8].to_owned()
    }

    pub(crate) fn say_text(&mut self, deployment: &mut Deployment, text: &str) {
        let now = deployment.now;
        deployment.core.frame(now, self.session, text);
        deployment.collect();
    }

    pub(crate) fn say(&mut self, deployment: &mut Deployment, stanza: Element) {
        self.say_text(deployment, &xml::frame(&stanza).unwrap());
    }

    pub(crate) fn presence(&self, room: &Jid, name: &str, password: Option<&str>) -> Element {
        let mut muc = xml::el("x", ns::MUC);
        if let Some(password) = password {
            muc = muc.child(xml::el("password", ns::MUC).say(password));
        }
        xml::client("presence")
            .with("to", room.occupant(&self.nick()).to_string())
            .child(muc)
            .child(xml::el("c", ns::CAPS).with("hash", "sha-1").with("node", "n").with("ver", "v"))
            .child(xml::client("SourceInfo").say("{}"))
            .child(xml::el("nick", ns::NICK).say(name))
    }

    /// Joins a room, without waiting for what comes of it.
    pub(crate) fn enter(
        &mut self,
        deployment: &mut Deployment,
        room: &str,
        name: &str,
        password: Option<&str>,
    ) {
        let presence = self.presence(&names::room(room), name, password);
        self.say(deployment, presence);
    }

    /// Everything that came since the last look, in order.
    pub(crate) fn drain(&mut self) -> Vec<Element> {
        let mut all = Vec::new();
        while let Ok(order) = self.inbox.try_recv() {
            if let SocketOrder::Frame(text) = order
                && let Ok(element) = text.parse()
            {
                all.push(element);
            }
        }
        all
    }

    /// The next stanza of this name, skipping others.
    pub(crate) fn expect(&mut self, name: &str) -> Element {
        while let Ok(order) = self.inbox.try_recv() {
            if let SocketOrder::Frame(text) = order {
                let element: Element = text.parse().unwrap();
                if element.name() == name {
                    return element;
                }
            }
        }
        panic!("no <{name}> came");
    }

    /// The next jingle IQ with this action.
    pub(crate) fn expect_jingle(&mut self, action: &str) -> Element {
        loop {
            let iq = self.expect("iq");
            if iq.get_child("jingle", ns::JINGLE).and_then(|j| j.attr("action")) == Some(action) {
                return iq;
            }
        }
    }
}
