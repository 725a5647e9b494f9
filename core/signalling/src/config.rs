//! What `Conference` needs to know to begin.

use treff_deployment::Deployment;

use crate::bridge::channel::BridgeChannelPreference;

/// Everything about the meeting, the deployment and the person that does not change during a call.
#[derive(Clone)]
pub struct ConferenceConfig {
    /// What the server says about itself.
    pub deployment: Deployment,
    /// The room's name, normalised (local part of its address and value of `room=`).
    pub room: String,
    /// `https://host`, for the `Origin` header.
    pub origin: String,
    /// The token of the link, if there is one.
    pub token: Option<String>,
    /// 32 hex digits that stand for this installation or, for privacy, for this meeting only.
    pub machine_uid: String,
    /// The name to show to others.
    pub display_name: Option<String>,
    /// The room's password, if it is known already.
    pub password: Option<String>,
    /// Begin with the microphone muted.
    pub audio_muted: bool,
    /// Begin with the camera muted.
    pub video_muted: bool,
    /// Video codecs this device decodes, lower-case, most preferred first.
    pub codecs: Vec<String>,
    /// Which bridge channel to use.
    pub bridge_channel: BridgeChannelPreference,
    /// Seed for ids, nicknames and jitter.
    pub random_seed: u64,
}

impl std::fmt::Debug for ConferenceConfig {
    /// Leaves out whatever identifies a person or a meeting.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConferenceConfig").field("codecs", &self.codecs).finish_non_exhaustive()
    }
}
