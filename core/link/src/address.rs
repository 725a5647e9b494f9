//! The addresses that come out: of a server, and of a meeting on it. Both are valid by construction.

use crate::overrides::Overrides;
use crate::path::Context;
use crate::room::RoomName;
use crate::token::Token;

/// The port nobody needs to write.
pub(crate) const DEFAULT_PORT: u16 = 443;

/// A deployment: a host, perhaps a port, perhaps a tenant's folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) context: Context,
}

impl ServerAddress {
    /// The host in lower case, international names in their ASCII form, IPv6 addresses in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port unless it is 443.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The tenant, normalised.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.context.tenant()
    }

    /// `https://host[:port]/[tenant/]`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}{}", self.origin(), self.context.root())
    }

    /// `host[:port][/tenant]`, for lists and for people; [`crate::parse_server`] reads it back.
    #[must_use]
    pub fn compact(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}{}", self.host, self.context.root().trim_end_matches('/'))
    }

    /// `https://host[:port]`, as in an `Origin` header.
    #[must_use]
    pub fn origin(&self) -> String {
        match self.port {
            Some(port) => format!("https://{}:{port}", self.host),
            None => format!("https://{}", self.host),
        }
    }
}

/// A room on a server, and what the link said about joining it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingAddress {
    pub(crate) server: ServerAddress,
    pub(crate) room: RoomName,
    pub(crate) token: Option<Token>,
    pub(crate) overrides: Overrides,
    pub(crate) release: Option<String>,
}

impl MeetingAddress {
    /// The deployment the room is on.
    #[must_use]
    pub fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// The host in lower case, international names in their ASCII form, IPv6 addresses in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.server.host()
    }

    /// The port unless it is 443.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.server.port()
    }

    /// The tenant, normalised, without slashes at the ends.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.server.tenant()
    }

    /// The room.
    #[must_use]
    pub fn room(&self) -> &RoomName {
        &self.room
    }

    /// `https://host[:port]/[tenant/]`: where `config.js` is.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// `https://host[:port]`, as in an `Origin` header.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// A link to pass on: without the token, which is one person's, and without overrides.
    #[must_use]
    pub fn to_url(&self) -> String {
        format!("{}{}", self.base_url(), self.room.to_segment())
    }

    /// The token of the link.
    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// What the link wants changed.
    #[must_use]
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// The release of the deployment the link is pinned to.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        self.release.as_deref()
    }
}
