//! The lab itself: starts everything on threads of its own and stops it when dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::bridge::{BridgeHandle, Command};
use crate::https::{self, Authority, Site};
use crate::hub::Hub;
use crate::names::{self, HOST};
use crate::options::LabOptions;
use crate::random::Random;
use crate::xmpp::Core;

/// Why a lab did not start, or did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// The port is taken, or the system has no threads left.
    #[error("the lab could not start: {0}")]
    Io(#[from] io::Error),
    /// Keys or certificates could not be made; the text is for the log.
    #[error("the lab could not start: {0}")]
    Setup(String),
    /// There is nobody of this name, or not in this state.
    #[error("there is no such person or room: {0}")]
    Unknown(String),
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
    /// Synthetic.
    pub synthetic: bool,
    /// The text of `SourceInfo`.
    pub source_info: String,
    /// The text of `jitsi_participant_raisedHand`.
    pub raised_hand: String,
}

/// A running deployment.
pub struct Lab {
    pub(crate) hub: Hub,
    pub(crate) bridge: tokio::sync::mpsc::UnboundedSender<Command>,
    pub(crate) options: Arc<LabOptions>,
    address: SocketAddr,
    ca_pem: String,
    /// Dropping these stops the threads.
    _stop: Vec<oneshot::Sender<()>>,
}

impl Lab {
    /// Starts a deployment.
    ///
    /// # Errors
    /// When the port is taken or a key cannot be made.
    pub async fn start(options: LabOptions) -> Result<Self, LabError> {
        let options = Arc::new(options);
        let authority = Authority::generate().map_err(LabError::Setup)?;
        let mut random = Random::new(options.seed ^ 0x6c61_62);
        let (handle, queue) = BridgeHandle::new(random.fork()).map_err(LabError::Setup)?;
        let (bridge, sockets) = (handle.commands(), handle.sockets());
        let core = Core::new(Arc::clone(&options), Box::new(handle));

        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let port = address.port();

        let (stop_signalling, stopped) = oneshot::channel();
        let (started, hub) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let acceptor = authority.acceptor;
        let site_options = Arc::clone(&options);
        thread::Builder::new().name("lab-signalling".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let hub = Hub::new(core, runtime_handle());
                hub.with(|core, _| core.focus.web_socket_base = format!("wss://{HOST}:{port}"));
                // Nobody waits any more if the starter is gone.
                let _ = started.send(hub.clone());
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                let site = Site { options: site_options, hub, bridge: sockets, port };
                tokio::select! {
                    () = https::serve(listener, acceptor, site) => {}
                    _ = stopped => {}
                }
            });
        })?;
        let hub = hub.await.map_err(|_| LabError::Setup("the signalling thread ended".to_owned()))?;
        drop(queue);
        Ok(Self { hub, bridge, options, address, ca_pem: authority.pem, _stop: vec![stop_signalling] })
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

    /// Who is in a room, the focus not counted.
    pub fn occupants(&self, room: &str) -> Vec<OccupantView> {
        let jid = names::room(room);
        self.hub.with(|core, _| {
            core.muc.room(&jid).map_or_else(Vec::new, |room| room.people().map(view).collect())
        })
    }
}

fn runtime_handle() -> tokio::runtime::Handle {
    tokio::runtime::Handle::current()
}

fn view(occupant: &crate::muc::Occupant) -> OccupantView {
    let text = |name: &str| {
        occupant.state.iter().find(|c| c.name() == name).map(minidom::Element::text).unwrap_or_default()
    };
    OccupantView {
        nick: occupant.nick.clone(),
        name: text("nick"),
        moderator: occupant.moderator(),
        synthetic: false,
        source_info: text("SourceInfo"),
        raised_hand: text("jitsi_participant_raisedHand"),
    }
}
