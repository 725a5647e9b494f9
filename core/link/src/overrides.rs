//! What a link may change about the meeting it opens.
//!
//! Only what a person would notice and could set alone is listed here. Hosts, signalling addresses, the bridge
//! channel, analytics and everything else stay as the deployment says: a link must not redirect a call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest name or subject a link may bring.
const MAX_TEXT_CHARS: usize = 256;
const MAX_CODECS: usize = 16;

/// Settings that came in the fragment of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Overrides {
    /// Join with the microphone off.
    pub start_with_audio_muted: Option<bool>,
    /// Join with the camera off.
    pub start_with_video_muted: Option<bool>,
    /// From the n-th participant on, join with the microphone off.
    pub start_audio_muted: Option<u32>,
    /// From the n-th participant on, join with the camera off.
    pub start_video_muted: Option<u32>,
    /// Join without any video.
    pub start_audio_only: Option<bool>,
    /// Join without sound in either direction.
    pub start_silent: Option<bool>,
    /// Show the page before joining.
    pub prejoin_enabled: Option<bool>,
    /// Leave the name field off that page.
    pub prejoin_hide_display_name: Option<bool>,
    /// Insist on a name.
    pub require_display_name: Option<bool>,
    /// Knock without asking first.
    pub lobby_auto_knock: Option<bool>,
    /// Offer a chat between the lobby and the moderators.
    pub lobby_chat: Option<bool>,
    /// Allow direct connections between two people.
    pub p2p_enabled: Option<bool>,
    /// Capture height in pixels.
    pub resolution: Option<u16>,
    /// How many people's video to receive; -1 for all.
    pub channel_last_n: Option<i32>,
    /// The same while joining.
    pub start_last_n: Option<i32>,
    /// Video codecs, most wanted first.
    pub codec_preference: Option<Vec<String>>,
    /// Video codecs on phones, most wanted first.
    pub mobile_codec_preference: Option<Vec<String>>,
    /// The meeting's title.
    pub subject: Option<String>,
    /// The meeting's title for this person only.
    pub local_subject: Option<String>,
    /// The name to join with.
    pub display_name: Option<String>,
}

impl Overrides {
    /// Whether the link changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn from_values(values: &BTreeMap<String, Value>) -> Self {
        let find = |key: &str| values.get(key);
        let config = |key: &str| values.get(&format!("config.{key}"));
        Self {
            start_with_audio_muted: config("startWithAudioMuted").and_then(flag),
            start_with_video_muted: config("startWithVideoMuted").and_then(flag),
            start_audio_muted: config("startAudioMuted").and_then(number),
            start_video_muted: config("startVideoMuted").and_then(number),
            start_audio_only: config("startAudioOnly").and_then(flag),
            start_silent: config("startSilent").and_then(flag),
            prejoin_enabled: config("prejoinConfig.enabled")
                .or_else(|| config("prejoinPageEnabled"))
                .and_then(flag),
            prejoin_hide_display_name: config("prejoinConfig.hideDisplayName").and_then(flag),
            require_display_name: config("requireDisplayName").and_then(flag),
            lobby_auto_knock: config("lobby.autoKnock").or_else(|| config("autoKnockLobby")).and_then(flag),
            lobby_chat: config("lobby.enableChat").or_else(|| config("enableLobbyChat")).and_then(flag),
            p2p_enabled: config("p2p.enabled").and_then(flag),
            resolution: config("resolution").and_then(number).filter(|height| *height > 0),
            channel_last_n: config("channelLastN").and_then(last_n),
            start_last_n: config("startLastN").and_then(last_n),
            codec_preference: config("videoQuality.codecPreferenceOrder").and_then(codecs),
            mobile_codec_preference: config("videoQuality.mobileCodecPreferenceOrder").and_then(codecs),
            subject: config("subject").and_then(text),
            local_subject: config("localSubject").and_then(text),
            display_name: find("userInfo.displayName").and_then(text),
        }
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) => word.parse().ok(),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}

fn number<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    T::try_from(integer(value)?).ok()
}

fn last_n(value: &Value) -> Option<i32> {
    number(value).filter(|n| *n >= -1)
}

fn text(value: &Value) -> Option<String> {
    let text: String = value.as_str()?.chars().filter(|c| !c.is_control()).take(MAX_TEXT_CHARS).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn codecs(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> =
        value.as_array()?.iter().filter_map(text).map(|name| name.to_uppercase()).take(MAX_CODECS).collect();
    (!names.is_empty()).then_some(names)
}
