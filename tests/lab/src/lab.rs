//! The lab itself: starts everything on threads of its own and stops it when dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot};

use crate::bridge::{BridgeHandle, Command, Driver};
use crate::focus::Seen;
use crate::https::{self, Authority, Site};
use crate::hub::Hub;
use crate::names::{self, HOST};
use crate::options::{LabOptions, Server};
use crate::people::{Member, Stage};
use crate::prosody::{Process, Prosody};
use crate::random::Random;
use crate::xmpp::Core;

/// Why a lab did not start, or did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// The port is taken, or the system has no threads left.
    #[error("the lab could not start: {0}")]
    Io(#[from] io::Error),
    /// Keys, certificates or loops of media could not be made; the text is for the log.
    #[error("the lab could not start: {0}")]
    Setup(String),
    /// There is nobody of this name, or no such room.
    #[error("there is no {0}")]
    Unknown(String),
    /// A room did not do what its owner asked.
    #[error("{0} refused")]
    Refused(String),
    /// What was waited for did not happen in time.
    #[error("timed out waiting for {0}")]
    TimedOut(&'static str),
}

/// Somebody in a room, as a test sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OccupantView {
    /// The endpoint id.
    pub nick: String,
    /// The display name in the presence.
    pub name: String,
    /// Has a moderator's powers.
    pub moderator: bool,
    /// Has no client.
    pub synthetic: bool,
    /// The text of `SourceInfo`.
    pub source_info: String,
    /// The text of `jitsi_participant_raisedHand`.
    pub raised_hand: String,
}

/// A running deployment.
pub struct Lab {
    pub(crate) hub: Hub,
    pub(crate) bridge: mpsc::UnboundedSender<Command>,
    pub(crate) stage: Stage,
    pub(crate) people: Mutex<Vec<Member>>,
    pub(crate) random: Mutex<Random>,
    pub(crate) server: Server,
    address: SocketAddr,
    ca_pem: String,
    /// Ends with the lab.
    _prosody: Option<Process>,
    /// Dropping these stops the threads.
    _stop: Vec<oneshot::Sender<()>>,
}

impl Lab {
    /// Starts a deployment, with its people in their room.
    ///
    /// # Errors
    /// When the port is taken or a key or a loop cannot be made.
    pub async fn start(options: LabOptions) -> Result<Self, LabError> {
        let options = Arc::new(options);
        let authority = Authority::generate().map_err(LabError::Setup)?;
        let mut random = Random::new(options.seed ^ 0x006c_6162);
        let (handle, queue) = BridgeHandle::new(random.fork()).map_err(LabError::Setup)?;
        let (bridge, sockets) = (handle.commands(), handle.sockets());
        let core = Core::new(Arc::clone(&options), Box::new(handle));

        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let port = address.port();

        let (stop_bridge, bridge_stopped) = oneshot::channel();
        let (driver, answers) = (random.fork(), options.bridge_answers);
        spawn("lab-bridge", async move {
            tokio::select! {
                () = Driver::new(driver, answers).run(queue) => {}
                _ = bridge_stopped => {}
            }
        })?;
        let (stop_signalling, signalling_stopped) = oneshot::channel();
        let (started, starting) = oneshot::channel();
        let acceptor = authority.acceptor;
        let site_options = Arc::clone(&options);
        let mut prosody_random = random.fork();
        spawn("lab-signalling", async move {
            let hub = Hub::new(core, Handle::current());
            hub.with(|core, _| core.focus.web_socket_base = format!("wss://{HOST}:{port}"));
            let (process, upstream) = match connect(&site_options, &hub, &mut prosody_random).await {
                Ok(connected) => connected,
                Err(error) => return drop(started.send(Err(error))),
            };
            // Nobody waits any more if the starter is gone; the process then ends here.
            let _ = started.send(Ok((hub.clone(), process)));
            let Ok(listener) = TcpListener::from_std(listener) else { return };
            let site = Site { options: site_options, hub, bridge: sockets, port, upstream };
            tokio::select! {
                () = https::serve(listener, acceptor, site) => {}
                _ = signalling_stopped => {}
            }
        })?;
        let (hub, prosody) =
            starting.await.map_err(|_| LabError::Setup("the signalling thread ended".to_owned()))??;
        let lab = Self {
            hub,
            bridge,
            stage: Stage { epoch: Instant::now(), count: Arc::new(AtomicUsize::new(0)) },
            people: Mutex::default(),
            random: Mutex::new(random),
            server: options.server,
            address,
            ca_pem: authority.pem,
            _prosody: prosody,
            _stop: vec![stop_bridge, stop_signalling],
        };
        lab.add_people(&options.room, options.people.clone()).await?;
        Ok(lab)
    }

    /// The link to a room of this deployment.
    pub fn link(&self, room: &str) -> String {
        format!("https://{HOST}:{}/{room}", self.address.port())
    }

    /// The root certificate to trust, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Where the host name leads: `meet.lab.test:PORT:127.0.0.1`.
    pub fn resolve(&self) -> String {
        format!("{HOST}:{}:{}", self.address.port(), self.address.ip())
    }

    /// The HTTPS port's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Who is in a room, the focus not counted; where the rooms are not ours, as the focus sees it.
    pub fn occupants(&self, room: &str) -> Vec<OccupantView> {
        let jid = names::room(room);
        self.hub.look(|core| match &core.uplinks {
            Some(_) => core.focus.people(&jid).map(|seen| view(&seen)).collect(),
            None => core
                .muc
                .room(&jid)
                .map_or_else(Vec::new, |room| room.people().map(|occupant| view(&occupant.into())).collect()),
        })
    }

    /// Who waits in a room's lobby, moderators not counted.
    pub fn knocking(&self, room: &str) -> Vec<OccupantView> {
        let main = names::room(room);
        self.hub.with(|core, _| {
            let lobby = core.muc.room(&main).and_then(|room| room.lobby.clone());
            let room = lobby.and_then(|lobby| core.muc.room(&lobby));
            room.map_or_else(Vec::new, |room| {
                room.people().filter(|o| !o.moderator()).map(|o| view(&o.into())).collect()
            })
        })
    }

    /// The endpoint id of whoever shows this display name.
    pub fn endpoint(&self, room: &str, name: &str) -> Option<String> {
        self.occupants(room).into_iter().find(|o| o.name == name).map(|o| o.nick)
    }

    /// The endpoints of a room whose session with the bridge is accepted.
    pub fn accepted(&self, room: &str) -> Vec<String> {
        let jid = names::room(room);
        self.hub.with(|core, _| core.focus.accepted_sessions(&jid))
    }

    /// Waits until something is true on the signalling side; looks again whenever anything happens there.
    ///
    /// # Errors
    /// When it does not become true in time; the error says `what` was waited for.
    pub async fn wait_until(
        &self,
        what: &'static str,
        patience: Duration,
        mut check: impl FnMut(&Self) -> bool,
    ) -> Result<(), LabError> {
        let mut changes = self.hub.changes();
        let wait = async {
            while !check(self) {
                // Looking counts as a change too, so a pause keeps this from spinning.
                let pause = tokio::time::sleep(Duration::from_millis(5));
                let _ = tokio::join!(changes.changed(), pause);
            }
        };
        tokio::time::timeout(patience, wait).await.map_err(|_| LabError::TimedOut(what))
    }
}

/// Starts the server behind which the focus stands, if it is not the lab's own: the process to hold and where it is.
async fn connect(
    options: &LabOptions,
    hub: &Hub,
    random: &mut Random,
) -> Result<(Option<Process>, Option<SocketAddr>), LabError> {
    match options.server {
        Server::Lab => Ok((None, None)),
        Server::Prosody => {
            let prosody = Prosody::start(options, random).await?;
            let upstream = prosody.http;
            let (process, uplinks) = prosody.run(hub);
            hub.with(|core, _| core.uplinks = Some(uplinks));
            Ok((Some(process), Some(upstream)))
        }
    }
}

/// Runs a future on a thread of its own.
fn spawn(name: &str, future: impl Future<Output = ()> + Send + 'static) -> Result<(), LabError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(future))?;
    Ok(())
}

fn view(occupant: &Seen<'_>) -> OccupantView {
    let text = |name: &str| {
        occupant.state.iter().find(|c| c.name() == name).map(minidom::Element::text).unwrap_or_default()
    };
    OccupantView {
        nick: occupant.nick.to_owned(),
        name: text("nick"),
        moderator: occupant.moderator,
        synthetic: occupant.account.resource.as_deref() == Some("synthetic"),
        source_info: text("SourceInfo"),
        raised_hand: text("jitsi_participant_raisedHand"),
    }
}
