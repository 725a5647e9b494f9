//! Opens the file, checks it, and puts it out of the way when it is of no use.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::error::StoreError;
use crate::migrations;

/// A second instance of the program may be writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Files set aside are kept for someone to look at, but not without end.
const MAX_SET_ASIDE: usize = 9;
/// What SQLite keeps beside a file.
const COMPANIONS: &[&str] = &["", "-wal", "-shm", "-journal"];

/// A file that could not be used, and where it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetAside {
    /// It was no database, or a broken one.
    Damaged(PathBuf),
    /// A newer version of this software wrote it.
    Newer(PathBuf),
}

enum Unusable {
    Damaged(rusqlite::Error),
    Newer,
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Unusable {
    /// Only what lies in the file itself counts as damage; a lock or a full disk passes.
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => {
                Self::Damaged(error)
            }
            _ => Self::Failed(error),
        }
    }
}

pub(crate) fn open(path: &Path) -> Result<(Connection, Option<SetAside>), StoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let set_aside = match try_open(path)? {
        Ok(connection) => return Ok((connection, None)),
        Err(Unusable::Failed(error)) => return Err(error.into()),
        Err(Unusable::Damaged(error)) => {
            tracing::warn!("The store is damaged and set aside.");
            tracing::debug!("The damage: {error}.");
            SetAside::Damaged(move_away(path, "damaged")?)
        }
        Err(Unusable::Newer) => {
            tracing::warn!("The store is from a newer version and set aside.");
            SetAside::Newer(move_away(path, "newer")?)
        }
    };
    match try_open(path)? {
        Ok(connection) => Ok((connection, Some(set_aside))),
        Err(Unusable::Damaged(error) | Unusable::Failed(error)) => Err(error.into()),
        Err(Unusable::Newer) => Err(io::Error::from(io::ErrorKind::AlreadyExists).into()),
    }
}

pub(crate) fn open_in_memory() -> Result<Connection, StoreError> {
    let connection = Connection::open_in_memory()?;
    migrations::migrate(&connection)?;
    Ok(connection)
}

fn try_open(path: &Path) -> Result<Result<Connection, Unusable>, StoreError> {
    make_private(path)?;
    Ok(prepare(path))
}

fn prepare(path: &Path) -> Result<Connection, Unusable> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if migrations::version(&connection)? > migrations::latest() {
        return Err(Unusable::Newer);
    }
    // The file is small, so the check costs about a millisecond and finds damage before it can spread.
    let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if verdict != "ok" {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(Unusable::Damaged(rusqlite::Error::SqliteFailure(code, Some(verdict))));
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // A meeting that someone deletes is to be gone from the disk, too.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    migrations::migrate(&connection)?;
    Ok(connection)
}

/// Makes the file before SQLite does, readable for its owner only.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Renames the file and its companions to the first free number; the last number is used again and again.
fn move_away(path: &Path, reason: &str) -> io::Result<PathBuf> {
    let numbered = |number: usize| with_suffix(path, &format!(".{reason}-{number}"));
    let number = (1..MAX_SET_ASIDE).find(|number| !numbered(*number).exists()).unwrap_or(MAX_SET_ASIDE);
    let target = numbered(number);
    for companion in COMPANIONS {
        match fs::rename(with_suffix(path, companion), with_suffix(&target, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(target)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
