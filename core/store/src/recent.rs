//! The meetings this installation joined lately, newest first. Never a token: a link is cut before it is kept.

use rusqlite::params;

use crate::error::StoreError;
use crate::{Store, from_sql, to_sql};

/// So many are kept; the oldest go.
const MAX_MEETINGS: u64 = 50;
const MAX_TEXT_BYTES: usize = 4 * 1024;

/// A meeting as it was joined last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentMeeting {
    /// The link, without token and overrides.
    pub url: String,
    /// The room's name for people.
    pub room: String,
    /// The server's name for people.
    pub server: String,
    /// When it was joined, in milliseconds since 1970.
    pub last_joined_ms: u64,
}

impl Store {
    /// Keeps a meeting, or that it was joined again. Does nothing when history is switched off.
    ///
    /// # Errors
    /// When the database refuses; [`StoreError::TooLarge`] for a link beyond 4 kB.
    pub fn remember_meeting(&self, meeting: &RecentMeeting) -> Result<(), StoreError> {
        if !self.keeps_history()? {
            return Ok(());
        }
        let url = without_secrets(&meeting.url);
        if url.len().max(meeting.room.len()).max(meeting.server.len()) > MAX_TEXT_BYTES {
            return Err(StoreError::TooLarge);
        }
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO recent_meetings (url, room, server, last_joined_ms) VALUES (?1, ?2, ?3, ?4)",
            params![url, meeting.room, meeting.server, to_sql(meeting.last_joined_ms)],
        )?;
        transaction.execute(
            "DELETE FROM recent_meetings WHERE url NOT IN
                (SELECT url FROM recent_meetings ORDER BY last_joined_ms DESC, url LIMIT ?1)",
            [to_sql(MAX_MEETINGS)],
        )?;
        Ok(transaction.commit()?)
    }

    /// At most `limit` meetings, the latest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn recent_meetings(&self, limit: usize) -> Result<Vec<RecentMeeting>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT url, room, server, last_joined_ms FROM recent_meetings
                ORDER BY last_joined_ms DESC, url LIMIT ?1",
        )?;
        let rows = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok(RecentMeeting {
                url: row.get(0)?,
                room: row.get(1)?,
                server: row.get(2)?,
                last_joined_ms: from_sql(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets one meeting, and its server's configuration when no other meeting is there. Tells whether it was known.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forget_meeting(&self, url: &str) -> Result<bool, StoreError> {
        let url = without_secrets(url);
        let transaction = self.connection.unchecked_transaction()?;
        let count = transaction.execute("DELETE FROM recent_meetings WHERE url = ?1", [url])?;
        transaction.execute(
            "DELETE FROM cached_configs WHERE substr(?1, 1, length(base_url)) = base_url AND NOT EXISTS
                (SELECT 1 FROM recent_meetings WHERE substr(url, 1, length(base_url)) = base_url)",
            [url],
        )?;
        transaction.commit()?;
        self.leave_no_trace()?;
        Ok(count > 0)
    }

    /// Forgets all meetings and all servers' configurations. Tells how many meetings there were.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forget_all_meetings(&self) -> Result<usize, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let count = transaction.execute("DELETE FROM recent_meetings", [])?;
        transaction.execute("DELETE FROM cached_configs", [])?;
        transaction.commit()?;
        self.leave_no_trace()?;
        Ok(count)
    }

    /// Empties the write-ahead log, which would keep what was deleted. Another reader may hold it; then the next
    /// checkpoint does.
    fn leave_no_trace(&self) -> Result<(), StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

fn without_secrets(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
