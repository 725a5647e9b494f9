//! The core's client as an object of Kotlin's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use treff_app::{Command, ServerTrust, Snapshot};

use crate::capture::{Cameras, Screens};
use crate::config::Config;
use crate::logging;
use crate::media;
use crate::network::Addresses;
use crate::observer::{Forwarder, Observer};
use crate::trust::{Platform, PlatformVerifier};

/// A running client: commands in, events and snapshots out.
#[derive(uniffi::Object)]
pub struct Client {
    /// Absent after [`Client::shutdown`].
    core: Mutex<Option<treff_app::Client>>,
    addresses: Addresses,
    /// The last state after the end.
    last: Mutex<Arc<Snapshot>>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum StartError {
    /// The system gives no thread or no event loop.
    #[error("{reason}")]
    System {
        /// Its words.
        reason: String,
    },
}

#[uniffi::export]
impl Client {
    /// Starts the core on a thread of its own. Without `cameras` there is none, without `screens` none can be shared.
    #[uniffi::constructor(default(cameras = None, screens = None))]
    pub fn new(
        config: Config,
        platform: Arc<dyn Platform>,
        cameras: Option<Arc<dyn Cameras>>,
        screens: Option<Arc<dyn Screens>>,
    ) -> Result<Self, StartError> {
        logging::start();
        let addresses = Addresses::default();
        let trust = ServerTrust::Verifier(Arc::new(PlatformVerifier::new(platform)));
        let devices = media::platform(&config, cameras, screens, addresses.clone());
        let core = treff_app::Client::new(config.for_core(trust), devices)
            .map_err(|error| StartError::System { reason: error.to_string() })?;
        core.subscribe(media::chimes());
        Ok(Self { core: Mutex::new(Some(core)), addresses, last: Mutex::default() })
    }

    /// Hands a command to the core; never blocks. What became of it shows in events and snapshots.
    pub fn dispatch(&self, command: Command) {
        if let Some(core) = self.lock().as_ref() {
            core.dispatch(command);
        }
    }

    /// The newest state.
    pub fn snapshot(&self) -> Snapshot {
        match self.lock().as_ref() {
            Some(core) => Snapshot::clone(&core.snapshot()),
            None => Snapshot::clone(&self.last.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Adds a listener; it gets the present state at once.
    pub fn subscribe(&self, observer: Arc<dyn Observer>) {
        if let Some(core) = self.lock().as_ref() {
            core.subscribe(Box::new(Forwarder(observer)));
        }
    }

    /// What helps to look into a problem, with everything that identifies taken out; `system` is a line about what this
    /// runs on.
    pub fn diagnostics(&self, system: &str) -> String {
        treff_app::diagnostics(&self.snapshot(), system)
    }

    /// This device's addresses, told again whenever they change.
    pub fn set_addresses(&self, addresses: Vec<String>) {
        self.addresses.set(&addresses);
    }

    /// Leaves whatever meeting is open and waits for the core to end. Not to be called from an observer.
    pub fn shutdown(&self) {
        let Some(core) = self.lock().take() else { return };
        let last = core.snapshot();
        core.shutdown();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
    }
}

impl Client {
    fn lock(&self) -> MutexGuard<'_, Option<treff_app::Client>> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
