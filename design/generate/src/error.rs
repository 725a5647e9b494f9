//! What can be wrong with the design's files.

use std::io;
use std::path::PathBuf;

/// Why the design could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DesignError {
    /// A file cannot be read or written.
    #[error("{} is not accessible", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The tokens are not the JSON expected.
    #[error("tokens.json does not fit")]
    Tokens(#[from] serde_json::Error),
    /// A colour that is neither #RRGGBB nor #RRGGBBAA.
    #[error("{0:?} is no colour")]
    Colour(String),
    /// An icon is no XML.
    #[error("{name}.svg is no XML")]
    Xml {
        /// The icon.
        name: String,
        /// Where and why.
        #[source]
        source: roxmltree::Error,
    },
    /// An icon uses what not every front end can draw.
    #[error("{name}.svg uses {what}, which the generator does not know")]
    Drawing {
        /// The icon.
        name: String,
        /// What in it.
        what: String,
    },
}
