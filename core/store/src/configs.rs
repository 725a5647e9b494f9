//! The last `config.js` of each server, for when it cannot be fetched.

use rusqlite::{OptionalExtension as _, params};

use crate::error::StoreError;
use crate::{Store, from_sql, to_sql};

/// So many servers' files are kept; those fetched longest ago go.
const MAX_CONFIGS: u64 = 32;
/// What the parser would refuse is not worth keeping.
const MAX_TEXT_BYTES: usize = 1024 * 1024;
const MAX_URL_BYTES: usize = 4 * 1024;

/// A configuration as it was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedConfig {
    /// The text of the file.
    pub text: String,
    /// When it was fetched, in milliseconds since 1970.
    pub fetched_ms: u64,
}

impl Store {
    /// The file kept for a base URL.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn cached_config(&self, base_url: &str) -> Result<Option<CachedConfig>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT text, fetched_ms FROM cached_configs WHERE base_url = ?1")?;
        let config = statement.query_row([base_url], |row| {
            Ok(CachedConfig { text: row.get(0)?, fetched_ms: from_sql(row.get(1)?) })
        });
        Ok(config.optional()?)
    }

    /// Keeps a file for a base URL in place of the one before.
    ///
    /// # Errors
    /// When the database refuses; [`StoreError::TooLarge`] beyond one megabyte.
    pub fn cache_config(&self, base_url: &str, text: &str, fetched_ms: u64) -> Result<(), StoreError> {
        if text.len() > MAX_TEXT_BYTES || base_url.len() > MAX_URL_BYTES {
            return Err(StoreError::TooLarge);
        }
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO cached_configs (base_url, text, fetched_ms) VALUES (?1, ?2, ?3)",
            params![base_url, text, to_sql(fetched_ms)],
        )?;
        transaction.execute(
            "DELETE FROM cached_configs WHERE base_url NOT IN
                (SELECT base_url FROM cached_configs ORDER BY fetched_ms DESC, base_url LIMIT ?1)",
            [to_sql(MAX_CONFIGS)],
        )?;
        Ok(transaction.commit()?)
    }
}
