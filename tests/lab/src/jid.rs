//! Addresses on the XMPP side: localpart, domain and resource (RFC 7622), lower-cased where the server compares.

use std::fmt;

/// An XMPP address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Jid {
    /// Before the `@`.
    pub(crate) local: Option<String>,
    /// The host or component.
    pub(crate) domain: String,
    /// After the `/`: a nickname where the address is an occupant's.
    pub(crate) resource: Option<String>,
}

impl Jid {
    /// Splits an address. Total: a string without a domain gives an empty one, which no route matches.
    pub(crate) fn parse(text: &str) -> Self {
        let (bare, resource) = match text.split_once('/') {
            Some((bare, resource)) => (bare, Some(resource.to_owned())),
            None => (text, None),
        };
        let (local, domain) = match bare.split_once('@') {
            Some((local, domain)) => (Some(local.to_lowercase()), domain),
            None => (None, bare),
        };
        Self { local, domain: domain.to_lowercase(), resource }
    }

    /// Without the resource.
    pub(crate) fn bare(&self) -> Self {
        Self { resource: None, ..self.clone() }
    }

    /// With this resource.
    pub(crate) fn occupant(&self, nick: &str) -> Self {
        Self { resource: Some(nick.to_owned()), ..self.clone() }
    }

    /// Without resource, as text: the key of most maps.
    pub(crate) fn bare_text(&self) -> String {
        self.bare().to_string()
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(local) = &self.local {
            write!(f, "{local}@")?;
        }
        f.write_str(&self.domain)?;
        if let Some(resource) = &self.resource {
            write!(f, "/{resource}")?;
        }
        Ok(())
    }
}
