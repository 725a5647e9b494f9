//! The path of a link: its segments, the deployment's root and the room at the end.

use crate::error::LinkError;
use crate::room::{RoomName, cut, decode, encode_for_link, normalise};

/// Names at the root of a deployment (and of each tenant) that are files or services.
const RESERVED: &[&str] = &[
    "libs",
    "css",
    "static",
    "images",
    "fonts",
    "lang",
    "sounds",
    "connection_optimization",
    ".well-known",
    "transcripts",
    "http-bind",
    "xmpp-websocket",
    "config.js",
    "interface_config.js",
    "external_api.js",
    "etherpad",
    "_api",
    "colibri-ws",
];

/// The longest tenant path that is believed.
const MAX_CONTEXT_BYTES: usize = 512;

/// The folders between the host and the room. Their case is kept, for the server may care; the tenant's is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Context {
    segments: Vec<String>,
    tenant: Option<String>,
}

impl Context {
    /// Reads folders, as in the address of a server.
    pub(crate) fn read(path: &str) -> Result<Self, LinkError> {
        Self::default().join(segments(path).filter(|segment| !segment.is_empty()))
    }

    /// Reads a path that ends in a room, relative to this context.
    pub(crate) fn room(&self, path: &str) -> Result<(Self, RoomName), LinkError> {
        let mut segments: Vec<String> = segments(path).collect();
        let last = segments.pop().filter(|last| !last.is_empty()).ok_or(LinkError::NotAMeeting)?;
        segments.retain(|segment| !segment.is_empty());
        let context = self.join(segments.into_iter())?;
        if is_dots(&last) {
            return Err(LinkError::NotAMeeting);
        }
        let room = RoomName::from_segment(&last).ok_or(LinkError::TooLong)?;
        // A tenant's folder is a root of its own: /tenant/static/… is as little a meeting as /static/….
        if is_reserved(room.as_str()) || context.segments.iter().any(|folder| is_reserved(&normalise(folder)))
        {
            return Err(LinkError::ReservedPath);
        }
        Ok((context, room))
    }

    /// `tenant`, or `a/b`: normalised, without slashes at the ends.
    pub(crate) fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// `/` or `/tenant/`, ready for a URL.
    pub(crate) fn root(&self) -> String {
        let mut root = String::from("/");
        for segment in &self.segments {
            root.push_str(segment);
            root.push('/');
        }
        root
    }

    fn join(&self, added: impl Iterator<Item = String>) -> Result<Self, LinkError> {
        let mut segments = self.segments.clone();
        for segment in added {
            if is_dots(&segment) {
                return Err(LinkError::NotAMeeting);
            }
            segments.push(encode_for_link(&decode(&segment)));
        }
        let tenant = segments.iter().map(|segment| normalise(segment)).collect::<Vec<_>>().join("/");
        if tenant.len().max(segments.iter().map(|segment| segment.len() + 1).sum()) > MAX_CONTEXT_BYTES {
            return Err(LinkError::TooLong);
        }
        Ok(Self { segments, tenant: (!tenant.is_empty()).then_some(tenant) })
    }
}

/// Browsers read a backslash in a web address as a slash; reading it otherwise would let a link show one host and
/// reach another.
pub(crate) fn is_slash(character: char) -> bool {
    matches!(character, '/' | '\\')
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split(is_slash).map(cut)
}

/// `.` and `..` in any spelling would be resolved by the HTTP client, away from what the link shows.
fn is_dots(segment: &str) -> bool {
    matches!(normalise(segment).as_str(), "." | "..")
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}
