//! Wall-clock stamps of delayed messages (XEP-0203).

use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

/// Milliseconds since 1970.
pub(crate) fn milliseconds() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Now, as `2026-11-24T11:45:41Z`.
pub(crate) fn stamp() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true)
}
