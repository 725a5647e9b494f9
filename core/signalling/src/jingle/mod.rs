//! Jingle as Jicofo speaks it (XEP-0166 with Jitsi's additions): reading offers and sources, writing answers, and the
//! ledger of who sends what. In: elements and JSON. Out: plain session types. State lives in `ledger` and `session`.

mod assemble;
pub(crate) mod json_sources;
pub(crate) mod ledger;
pub(crate) mod offer;
pub(crate) mod session;
pub(crate) mod sources;
pub(crate) mod write;

use thiserror::Error;

/// What is wrong with a Jingle stanza or a list of sources.
#[derive(Clone, Debug, PartialEq, Eq, Error)]

pub(crate) enum JingleError {
    /// An attribute or child that cannot be done without is absent or unreadable.
    #[error("Jingle lacks a usable {0}")]
    Missing(&'static str),
    /// The compact sources are not the JSON they should be.
    #[error("Sources are not valid JSON: {0}")]
    Json(String),
    /// More of something than any conference has.
    #[error("Too many {0}")]
    TooMany(&'static str),
}
