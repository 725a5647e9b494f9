//! What outlives a call: settings, an id for this installation, recent meetings, the last configuration of each server.
//!
//! In: values and the time. Out: values. One SQLite file, or memory. Synchronous; a caller that must not wait puts it
//! behind a task that may. A file that cannot be used is set aside and a fresh one made: losing the past is bad,
//! refusing to start is worse.

mod configs;
mod database;
mod error;
mod migrations;
mod recent;
mod servers;
mod settings;

use std::path::Path;

use rusqlite::Connection;

pub use configs::CachedConfig;
pub use database::SetAside;
pub use error::StoreError;
pub use recent::RecentMeeting;
pub use servers::{MAX_SERVERS, StoredServer};

/// The store of one installation.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    set_aside: Option<SetAside>,
}

impl Store {
    /// Opens the file, making it and its folder when missing.
    ///
    /// A damaged file is renamed to `….damaged-N`, one of a newer version of this software to `….newer-N` (opening it
    /// read-only would keep no change of settings), and a fresh one takes its place; [`Store::set_aside`] tells.
    ///
    /// # Errors
    /// When the file can neither be used nor replaced, for example because its folder is read-only.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (connection, set_aside) = database::open(path)?;
        Ok(Self { connection, set_aside })
    }

    /// Opens a store that ends with the process.
    ///
    /// # Errors
    /// When SQLite cannot give memory.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Ok(Self { connection: database::open_in_memory()?, set_aside: None })
    }

    /// What happened to the file that was there before, when it could not be used.
    #[must_use]
    pub fn set_aside(&self) -> Option<&SetAside> {
        self.set_aside.as_ref()
    }
}

/// SQLite's integers are signed; times and counts are not.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests;
