//! One person (or recorder, or telephone) in the room, as presence describes them.
//! Made by `muc::presence`, kept by `muc::roster`, handed out in events.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{EndpointId, MediaKind, SourceName, VideoType};

/// Somebody in the room, other than ourselves and the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Their identity in this meeting.
    pub endpoint: EndpointId,
    /// The display name they chose; never to be trusted as an identity.
    pub name: Option<String>,
    /// Whether they may moderate.
    pub moderator: bool,
    /// A recorder or transcriber of the deployment: not to be shown as a person.
    pub hidden: bool,
    /// When the hand went up, in ms of their wall clock; `None` while it is down.
    pub raised_hand: Option<u64>,
    /// What they send, by source, from presence.
    pub sources: BTreeMap<SourceName, SourceState>,
    /// Video codecs they can decode, lower-case, most preferred first. Empty means only VP8 may be assumed.
    pub codecs: Vec<String>,
    /// Features repeated in presence (jigasi, jibri, transcriber, end-to-end encryption).
    pub features: BTreeSet<String>,
    /// The region they connected from.
    pub region: Option<String>,
    /// The type of a bot, when they say to be one.
    pub bot: Option<String>,
    /// They joined without audio.
    pub silent: bool,
    /// Who their token says they are; set by the server, so trustworthy.
    pub identity: Option<Identity>,
    /// Where a live stream can be watched, published by a recorder.
    pub stream_url: Option<String>,
}

impl Participant {
    /// A participant about whom nothing is known yet.
    pub fn new(endpoint: EndpointId) -> Self {
        Self {
            endpoint,
            name: None,
            moderator: false,
            hidden: false,
            raised_hand: None,
            sources: BTreeMap::new(),
            codecs: Vec::new(),
            features: BTreeSet::new(),
            region: None,
            bot: None,
            silent: false,
            identity: None,
            stream_url: None,
        }
    }

    /// Whether every audio source is muted; also true when there is none.
    pub fn audio_muted(&self) -> bool {
        self.sources.values().filter(|s| s.kind == MediaKind::Audio).all(|s| s.muted)
    }

    /// Whether the camera is muted; also true when there is none.
    pub fn camera_muted(&self) -> bool {
        self.videos(VideoType::Camera).all(|s| s.muted)
    }

    /// Whether a screen is being shared.
    pub fn sharing_screen(&self) -> bool {
        self.videos(VideoType::Desktop).any(|s| !s.muted)
    }

    fn videos(&self, video_type: VideoType) -> impl Iterator<Item = &SourceState> {
        self.sources.values().filter(move |s| s.kind == MediaKind::Video && s.video_type == video_type)
    }
}

/// The state of one source, from the owner's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// Audio or video.
    pub kind: MediaKind,
    /// Whether it is muted. An absent value counts as muted.
    pub muted: bool,
    /// What a video shows.
    pub video_type: VideoType,
}

/// Who a token says somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The user's id at the issuer.
    pub id: Option<String>,
    /// The user's name at the issuer.
    pub name: Option<String>,
    /// A picture's address; never loaded by this crate.
    pub avatar: Option<String>,
    /// The group of the token.
    pub group: Option<String>,
}
