//! The lock around the signalling core: whoever has something for it takes the lock, and what the core wants later
//! becomes a timer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::xmpp::{Core, Later};

/// A shared handle on the signalling core.
#[derive(Clone)]
pub(crate) struct Hub(Arc<Inner>);

struct Inner {
    core: Mutex<Core>,
    runtime: Handle,
    changed: watch::Sender<u64>,
}

impl Hub {
    /// Timers run on `runtime`.
    pub(crate) fn new(core: Core, runtime: Handle) -> Self {
        Self(Arc::new(Inner { core: Mutex::new(core), runtime, changed: watch::Sender::new(0) }))
    }

    /// Does something with the core. Never held across an await.
    pub(crate) fn with<T>(&self, action: impl FnOnce(&mut Core, Instant) -> T) -> T {
        let mut core = self.0.core.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = action(&mut core, Instant::now());
        let later = core.take_later();
        drop(core);
        for (delay, later) in later {
            self.schedule(delay, later);
        }
        self.0.changed.send_modify(|revision| *revision += 1);
        outcome
    }

    /// Looks at the core, which changes nothing.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Core) -> T) -> T {
        look(&self.0.core.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn schedule(&self, delay: Duration, later: Later) {
        let hub = self.clone();
        self.0.runtime.spawn(async move {
            tokio::time::sleep(delay).await;
            hub.fire(later);
        });
    }

    fn fire(&self, later: Later) {
        self.with(|core, now| core.timer(now, later));
    }

    /// Changes whenever anything may have changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }
}
