//! What can go wrong with a store. Messages name no path and no content, so that they may be logged.

use std::io;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite refused; the code is one of its own.
    #[error("The database refused with code {code}")]
    Database {
        /// SQLite's extended result code, 0 when it has none.
        code: i32,
        /// The whole reason, which may quote paths.
        #[source]
        source: rusqlite::Error,
    },
    /// The file or its folder could not be made or renamed.
    #[error("The file of the store is not accessible: {}", .0.kind())]
    File(#[source] io::Error),
    /// A value beyond the limits of the store.
    #[error("The value is too large to be kept")]
    TooLarge,
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        let code = source.sqlite_error().map_or(0, |error| error.extended_code);
        Self::Database { code, source }
    }
}

impl From<io::Error> for StoreError {
    fn from(source: io::Error) -> Self {
        Self::File(source)
    }
}
