//! `json-message` elements: what components say about moderation and metadata, and notices of moderators in the room.
//! In: JSON text. Out: typed messages; unknown types are told apart from broken ones.

use serde::Deserialize;
use serde_json::Value;

use crate::event::RoomMetadata;
use crate::ice_servers::Service;

/// Longer texts are dropped unread.
const MAX_TEXT: usize = 1024 * 1024;

/// A message as far as we use it.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum JsonMessage {
    #[serde(rename = "room_metadata")]
    RoomMetadata { metadata: Value },
    #[serde(rename = "av_moderation")]
    Moderation(Moderation),
    #[serde(rename = "lobby-notify")]
    LobbyNotice { event: String, value: Option<Value> },
    #[serde(other)]
    Unknown,
}

/// A message of the moderation component.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Moderation {
    pub(crate) media_type: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) approved: Option<bool>,
    pub(crate) removed: Option<bool>,
    pub(crate) actor: Option<String>,
}

/// Reads a message; `None` if it is too long or not of its type's shape.
pub(crate) fn parse(text: &str) -> Option<JsonMessage> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    if value.get("type").is_none_or(|kind| !kind.is_string()) {
        return value.is_object().then_some(JsonMessage::Unknown);
    }
    serde_json::from_value(value).ok()
}

/// Shared settings, and the servers that came with them.
pub(crate) struct Metadata {
    pub(crate) settings: RoomMetadata,
    pub(crate) services: Option<Vec<Service>>,
}

/// Reads metadata as far as it makes sense; each key stands for itself.
pub(crate) fn metadata(value: &Value) -> Metadata {
    let flag = |pointer: &str| value.pointer(pointer).and_then(Value::as_bool);
    Metadata {
        settings: RoomMetadata {
            start_audio_muted: flag("/startMuted/audio"),
            start_video_muted: flag("/startMuted/video"),
            transcribing: flag("/recording/isTranscribingEnabled").unwrap_or(false),
            lobby_enabled: flag("/lobbyEnabled"),
            group_chat_restricted: flag("/permissions/groupChatRestricted").unwrap_or(false),
            visitors_enabled: flag("/visitorsEnabled"),
        },
        services: value.get("services").and_then(Value::as_array).map(|services| {
            services.iter().filter_map(|service| serde_json::from_value(service.clone()).ok()).collect()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_key_by_key() {
        let text = r#"{"type":"room_metadata","metadata":{"startMuted":{"audio":true,"video":false},"lobbyEnabled":true,
            "permissions":{"groupChatRestricted":true},"recording":{"isTranscribingEnabled":"odd"},
            "services":[{"type":"stun","host":"h","port":"3478"},{"broken":1}]}}"#;
        let Some(JsonMessage::RoomMetadata { metadata: value }) = parse(text) else { panic!("not metadata") };
        let metadata = metadata(&value);
        assert_eq!(
            (metadata.settings.start_audio_muted, metadata.settings.start_video_muted),
            (Some(true), Some(false))
        );
        assert!(metadata.settings.group_chat_restricted && !metadata.settings.transcribing);
        assert_eq!(metadata.services.map(|services| services.len()), Some(1));
    }

    #[test]
    fn moderation_comes_in_several_shapes() {
        let text = r#"{"type":"av_moderation","approved":true,"mediaType":"audio","room":"g@muc"}"#;
        assert!(
            matches!(parse(text), Some(JsonMessage::Moderation(m)) if m.approved == Some(true) && m.enabled.is_none())
        );
        let text = r#"{"type":"av_moderation","whitelists":{"audio":[]},"mediaType":"audio"}"#;
        assert!(matches!(parse(text), Some(JsonMessage::Moderation(_))));
    }

    #[test]
    fn unknown_is_not_broken() {
        assert!(matches!(parse(r#"{"type":"speakerstats","users":{}}"#), Some(JsonMessage::Unknown)));
        assert!(matches!(parse(r#"{"a":1}"#), Some(JsonMessage::Unknown)));
        for bad in ["", "[]", "{", r#"{"type":"room_metadata"}"#, &format!("\"{}\"", "x".repeat(MAX_TEXT))] {
            assert!(parse(bad).is_none());
        }
    }
}
