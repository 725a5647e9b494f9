//! The identifiers of a conference as newtypes: endpoints, sources, SSRCs, and the kinds of media.
//! In: text already taken out of a stanza. Out: values that cannot be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A participant's identity in one meeting: the nickname in the room, by convention eight hex characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndpointId(String);

impl EndpointId {
    /// The pseudo endpoint that owns the bridge's own sources.
    pub const BRIDGE: &'static str = "jvb";

    /// Wraps the resource part of an occupant's address.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the bridge itself, whose sources carry nothing to show or to play.
    pub fn is_bridge(&self) -> bool {
        self.0 == Self::BRIDGE
    }

    /// The name of this endpoint's audio source, `<endpoint>-a0`.
    pub fn audio_source(&self) -> SourceName {
        SourceName(format!("{}-a0", self.0))
    }

    /// The name of this endpoint's camera, `<endpoint>-v0`.
    pub fn camera_source(&self) -> SourceName {
        SourceName(format!("{}-v0", self.0))
    }

    /// The name of this endpoint's shared screen, `<endpoint>-v1`.
    pub fn screen_source(&self) -> SourceName {
        SourceName(format!("{}-v1", self.0))
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of one source of one endpoint, such as `ab12cd34-v0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceName(String);

impl SourceName {
    /// Wraps a name as it stands on the wire.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The text as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The endpoint in front of the last hyphen; `None` when the name does not follow the convention.
    pub fn endpoint(&self) -> Option<EndpointId> {
        self.split().map(|(endpoint, _)| EndpointId::new(endpoint))
    }

    /// Audio or video, told by the letter behind the last hyphen.
    pub fn kind(&self) -> Option<MediaKind> {
        match self.split()?.1 {
            'a' => Some(MediaKind::Audio),
            'v' => Some(MediaKind::Video),
            _ => None,
        }
    }

    fn split(&self) -> Option<(&str, char)> {
        let (endpoint, rest) = self.0.rsplit_once('-')?;
        let mut letters = rest.chars();
        let letter = letters.next()?;
        (!endpoint.is_empty() && letters.all(|c| c.is_ascii_digit())).then_some((endpoint, letter))
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An RTP synchronisation source (RFC 3550 §3), never zero in Jitsi.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ssrc(pub u32);

impl fmt::Display for Ssrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Audio or video, as in the `media` attribute of a Jingle description (XEP-0167).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// A microphone.
    Audio,
    /// A camera or a screen.
    Video,
}

impl MediaKind {
    /// The word in Jingle and in the names of contents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

/// What a video source shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VideoType {
    /// A camera; also what an absent type means.
    #[default]
    Camera,
    /// A shared screen.
    Desktop,
}

impl VideoType {
    /// Reads the value of `videoType`; everything but a desktop counts as a camera.
    pub(crate) fn from_wire(text: &str) -> Self {
        if text.to_ascii_lowercase().starts_with("desktop") { Self::Desktop } else { Self::Camera }
    }

    pub(crate) fn as_wire(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Desktop => "desktop",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_name_tells_its_owner_and_kind() {
        let name = SourceName::new("ab12cd34-v1");
        assert_eq!(name.endpoint(), Some(EndpointId::new("ab12cd34")));
        assert_eq!(name.kind(), Some(MediaKind::Video));
        assert_eq!(SourceName::new("odd-name-a0").endpoint(), Some(EndpointId::new("odd-name")));
    }

    #[test]
    fn a_name_outside_the_convention_has_no_owner() {
        for name in ["", "-a0", "ab12cd34", "ab12cd34-", "ab12cd34-vx"] {
            assert_eq!(SourceName::new(name).endpoint(), None, "{name}");
        }
    }

    #[test]
    fn an_endpoint_names_its_sources() {
        let ada = EndpointId::new("ada00001");
        assert_eq!(ada.audio_source().as_str(), "ada00001-a0");
        assert_eq!(ada.camera_source().as_str(), "ada00001-v0");
        assert_eq!(ada.screen_source().as_str(), "ada00001-v1");
    }
}
