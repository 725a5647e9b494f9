//! Why a text is not the address of a meeting. One variant per cause a person can act on.

use crate::other::OtherService;

/// Why a text could not be read as a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Nothing but blanks.
    #[error("The text is empty")]
    Empty,
    /// Longer than any link a deployment hands out.
    #[error("The text is too long for a meeting link")]
    TooLong,
    /// A link whose scheme never leads to a meeting, such as `mailto:`.
    #[error("Links of this kind do not lead to meetings")]
    UnsupportedScheme,
    /// The host of the link is not a valid name or IP address.
    #[error("The server name in the link is not valid")]
    InvalidHost,
    /// The port of the link is not a number from 1 to 65535.
    #[error("The port in the link is not valid")]
    InvalidPort,
    /// The link names a server but no room on it.
    #[error("The link names no meeting")]
    NotAMeeting,
    /// The path is one of the deployment's own files or services.
    #[error("The link leads to a file of the server, not to a meeting")]
    ReservedPath,
    /// A meeting of another system; [`crate::other_meeting`] gives its address for a browser.
    #[error("The link leads to a meeting of another system")]
    OtherService(OtherService),
    /// A bare room name, and no server has been chosen in the settings.
    #[error("A room name alone needs a server, and none is chosen")]
    NoServer,
    /// A bare room name, and the server chosen in the settings is unusable.
    #[error("The chosen server is not a valid address")]
    InvalidServer,
}

impl LinkError {
    /// A name that never changes, for translations and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "link-empty",
            Self::TooLong => "link-too-long",
            Self::UnsupportedScheme => "link-unsupported-scheme",
            Self::InvalidHost => "link-invalid-host",
            Self::InvalidPort => "link-invalid-port",
            Self::NotAMeeting => "link-not-a-meeting",
            Self::ReservedPath => "link-reserved-path",
            Self::OtherService(_) => "link-other-service",
            Self::NoServer => "link-no-server",
            Self::InvalidServer => "link-invalid-server",
        }
    }
}
