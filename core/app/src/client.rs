//! The door itself: starts the driver's thread, hands commands in and snapshots out.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc;

use crate::door::command::Command;
use crate::door::snapshot::Snapshot;
use crate::driver::{Driver, Request};
use crate::platform::{ClientConfig, Observer, Platform};

/// The newest snapshot, shared between the driver and whoever asks.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Mutex<Arc<Snapshot>>>);

impl Published {
    pub(crate) fn get(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, snapshot: Arc<Snapshot>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

/// A running client. Dropping it shuts it down.
pub struct Client {
    requests: mpsc::UnboundedSender<Request>,
    published: Published,
    thread: Option<JoinHandle<()>>,
}

impl Client {
    /// Starts the driver on a thread of its own.
    ///
    /// # Errors
    /// When the system gives no thread or no event loop.
    pub fn new(config: ClientConfig, mut platform: Platform) -> io::Result<Self> {
        let (requests, inbox) = mpsc::unbounded_channel();
        let word = requests.downgrade();
        platform.network.watch(Arc::new(move || {
            if let Some(requests) = word.upgrade() {
                let _ = requests.send(Request::NetworkChanged);
            }
        }));
        let published = Published::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let driver_published = published.clone();
        let thread = thread::Builder::new().name("treff-driver".to_owned()).spawn(move || {
            runtime
                .block_on(async move { Driver::new(config, platform, inbox, driver_published).run().await });
            // A fetch or a handshake still under way is of no use any more.
            runtime.shutdown_background();
        })?;
        Ok(Self { requests, published, thread: Some(thread) })
    }

    /// Hands a command to the driver; never blocks. What became of it shows in events and snapshots.
    pub fn dispatch(&self, command: Command) {
        let _ = self.requests.send(Request::Command(command));
    }

    /// The newest state.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.get()
    }

    /// Adds a listener; it gets the present snapshot at once.
    pub fn subscribe(&self, observer: Box<dyn Observer>) {
        let _ = self.requests.send(Request::Subscribe(observer));
    }

    /// Leaves whatever meeting is open and waits for the driver to end.
    pub fn shutdown(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        let _ = self.requests.send(Request::Shutdown);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop();
    }
}
