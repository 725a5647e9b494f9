//! Kotlin's ear at the door.

use std::sync::Arc;

use treff_app::{Event, Snapshot};

/// Listens at the door. Called from the core's thread only: hand over to the main thread and return.
#[uniffi::export(with_foreign)]
pub trait Observer: Send + Sync {
    /// Something happened.
    fn on_event(&self, event: Event) -> Result<(), ObserverFailed>;
    /// The state changed; at most about 20 a second.
    fn on_snapshot(&self, snapshot: Snapshot) -> Result<(), ObserverFailed>;
}

/// An exception in an observer. It is logged; the call goes on.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ObserverFailed {
    /// What Kotlin threw.
    #[error("{reason}")]
    Threw {
        /// Its message.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ObserverFailed {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw { reason: error.reason }
    }
}

/// Carries the core's news to Kotlin.
pub(crate) struct Forwarder(pub(crate) Arc<dyn Observer>);

impl treff_app::Observer for Forwarder {
    fn on_event(&mut self, event: &Event) {
        self.heard(self.0.on_event(event.clone()));
    }

    fn on_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
        self.heard(self.0.on_snapshot(Snapshot::clone(snapshot)));
    }
}

impl Forwarder {
    fn heard(&self, outcome: Result<(), ObserverFailed>) {
        if let Err(error) = outcome {
            tracing::error!("An observer threw: {error}.");
        }
    }
}
