//! What can go wrong, as a person may be told: a stable code that front ends translate, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A failure in words for a person. [`UserError::code`] never changes once released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserError {
    /// The text is no meeting link.
    #[error("This is not a link to a Jitsi meeting ({detail}). Check that the whole link was copied.")]
    LinkInvalid {
        /// Which rule it breaks.
        detail: String,
    },
    /// A meeting of another system, which opens in a browser.
    #[error("This is a {service} meeting, not a Jitsi one. It opens in the browser: {url}")]
    OtherService {
        /// Whose.
        service: OtherService,
        /// The meeting's address.
        url: String,
    },
    /// No server stands behind an address, or the text of a list cannot be read.
    #[error(
        "This cannot be used as a server ({detail}). Give its address, such as meet.example.org, or a meeting's link."
    )]
    ServerInvalid {
        /// Which rule it breaks.
        detail: String,
    },
    /// A bare room name, and no server to look for it on.
    #[error("A room name alone needs a server. Choose one first, or use the whole link.")]
    NoServerChosen,
    /// The host name does not resolve.
    #[error("The server {server} was not found. Check the link and that this device is online.")]
    ServerNotFound {
        /// Its host name.
        server: String,
    },
    /// Nothing answers there.
    #[error("The server {server} does not answer. Try again in a moment, or choose another server.")]
    ServerUnreachable {
        /// Its host name.
        server: String,
    },
    /// It cannot prove who it is.
    #[error(
        "The certificate of {server} is not valid, so the connection would not be safe ({detail}). Check this \
         device's clock, or ask whoever runs the server."
    )]
    CertificateInvalid {
        /// Its host name.
        server: String,
        /// What is wrong with it.
        detail: String,
    },
    /// It answers, but not as a Jitsi deployment.
    #[error("{server} is not a Jitsi server. Check the link for a wrong letter.")]
    NotJitsi {
        /// Its host name.
        server: String,
    },
    /// It sends elsewhere, which Treff does not follow.
    #[error("{server} points to another server, {target}. Open the meeting there if you trust it.")]
    RedirectedElsewhere {
        /// Its host name.
        server: String,
        /// Where it points.
        target: String,
    },
    /// The server's conference focus does not answer or has no bridge.
    #[error(
        "The server has no room for meetings right now. Try again in a moment, or choose another server."
    )]
    ServerNotReady,
    /// Entering was refused; the server's own words.
    #[error("The server refused to let you in: {text}")]
    Refused {
        /// The server's words.
        text: String,
    },
    /// The login or token was refused.
    #[error(
        "The server wants a login for this meeting ({text}). Ask the person who invited you for a new link."
    )]
    NotAuthorised {
        /// The server's words.
        text: String,
    },
    /// As many are in as the room takes.
    #[error("The room is full. Try again when somebody has left.")]
    RoomFull,
    /// A moderator did not let us in.
    #[error("A moderator did not let you in. Ask the person who invited you.")]
    LobbyDenied,
    /// The room needs a password, and none came.
    #[error("This room needs a password. Ask the person who invited you, and give it with --password.")]
    PasswordNeeded,
    /// Sound and picture cannot reach the bridge.
    #[error("Sound and picture cannot get through this network. Try another network, such as mobile data.")]
    MediaFailed,
    /// An end without a fitting case; the text is for the log and the curious.
    #[error("The meeting ended unexpectedly ({detail}). Try to join again.")]
    Unexpected {
        /// What happened.
        detail: String,
    },
}

/// Systems whose links are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OtherService {
    /// BigBlueButton, run by schools, universities and associations themselves.
    BigBlueButton,
    /// Zoom Communications, United States.
    Zoom,
    /// Microsoft Teams, United States.
    Teams,
    /// Google Meet, United States.
    GoogleMeet,
    /// Webex by Cisco, United States.
    Webex,
}

impl fmt::Display for OtherService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BigBlueButton => "BigBlueButton",
            Self::Zoom => "Zoom",
            Self::Teams => "Microsoft Teams",
            Self::GoogleMeet => "Google Meet",
            Self::Webex => "Webex",
        })
    }
}

impl UserError {
    /// Whether another server may help where this one does not.
    pub fn is_about_the_server(&self) -> bool {
        matches!(
            self,
            Self::ServerNotFound { .. }
                | Self::ServerUnreachable { .. }
                | Self::CertificateInvalid { .. }
                | Self::NotJitsi { .. }
                | Self::RedirectedElsewhere { .. }
                | Self::ServerNotReady
        )
    }

    /// A stable name for translators and scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LinkInvalid { .. } => "link_invalid",
            Self::OtherService { .. } => "other_service",
            Self::ServerInvalid { .. } => "server_invalid",
            Self::NoServerChosen => "no_server_chosen",
            Self::ServerNotFound { .. } => "server_not_found",
            Self::ServerUnreachable { .. } => "server_unreachable",
            Self::CertificateInvalid { .. } => "certificate_invalid",
            Self::NotJitsi { .. } => "not_jitsi",
            Self::RedirectedElsewhere { .. } => "redirected_elsewhere",
            Self::ServerNotReady => "server_not_ready",
            Self::Refused { .. } => "refused",
            Self::NotAuthorised { .. } => "not_authorised",
            Self::RoomFull => "room_full",
            Self::LobbyDenied => "lobby_denied",
            Self::PasswordNeeded => "password_needed",
            Self::MediaFailed => "media_failed",
            Self::Unexpected { .. } => "unexpected",
        }
    }
}
