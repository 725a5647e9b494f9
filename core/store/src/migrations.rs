//! The schema, step by step. A step that was ever released does not change; the next change is a new step.

use rusqlite::Connection;

/// The n-th step takes the schema from version n to n + 1.
const STEPS: &[&str] = &[
    "
    CREATE TABLE settings (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
    CREATE TABLE recent_meetings (
        url TEXT PRIMARY KEY NOT NULL,
        room TEXT NOT NULL,
        server TEXT NOT NULL,
        last_joined_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE cached_configs (
        base_url TEXT PRIMARY KEY NOT NULL,
        text TEXT NOT NULL,
        fetched_ms INTEGER NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE servers (
        address TEXT PRIMARY KEY NOT NULL,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        notes TEXT NOT NULL,
        preset INTEGER NOT NULL,
        removed INTEGER NOT NULL
    ) STRICT;
",
];

/// Fails when the schema is not what the version promises.
const CHECK: &str = "
    SELECT key, value FROM settings LIMIT 0;
    SELECT url, room, server, last_joined_ms FROM recent_meetings LIMIT 0;
    SELECT base_url, text, fetched_ms FROM cached_configs LIMIT 0;
    SELECT address, position, name, notes, preset, removed FROM servers LIMIT 0;
";

/// The version this software writes.
pub(crate) fn latest() -> usize {
    STEPS.len()
}

/// The version of a file; a fresh one has version 0.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A version that is no count was written by something else; as a newer one it is set aside.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Takes the schema to the latest version, each step whole or not at all.
pub(crate) fn migrate(connection: &Connection) -> rusqlite::Result<()> {
    for (from, step) in STEPS.iter().enumerate().skip(version(connection)?) {
        let transaction = connection.unchecked_transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", i64::try_from(from + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
    connection.execute_batch(CHECK)
}
