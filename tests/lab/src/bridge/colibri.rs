//! The bridge channel's messages, read as strictly as Jitsi Videobridge reads them: an unknown field fails a message.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// The constraint on one source.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VideoConstraints {
    pub(crate) max_height: i32,
    #[serde(default)]
    #[allow(dead_code, reason = "accepted, as the bridge does, and not acted upon")]
    pub(crate) max_frame_rate: Option<f64>,
}

/// What a receiver wants.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReceiverVideoConstraints {
    #[allow(dead_code, reason = "names the message")]
    pub(crate) colibri_class: String,
    pub(crate) last_n: Option<i32>,
    pub(crate) selected_sources: Option<Vec<String>>,
    pub(crate) on_stage_sources: Option<Vec<String>>,
    pub(crate) default_constraints: Option<VideoConstraints>,
    pub(crate) constraints: Option<BTreeMap<String, VideoConstraints>>,
    #[allow(dead_code, reason = "ignored unless a deployment allows it")]
    pub(crate) assumed_bandwidth_bps: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SourceVideoType {
    #[allow(dead_code, reason = "names the message")]
    colibri_class: String,
    source_name: String,
    video_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LastNChanged {
    #[allow(dead_code, reason = "names the message")]
    colibri_class: String,
    last_n: i32,
}

/// A message from an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FromEndpoint {
    Hello,
    Constraints(ReceiverVideoConstraints),
    LastN(i32),
    VideoType {
        source: String,
        kind: String,
    },
    /// To relay; the empty address is everybody.
    Message {
        to: String,
        message: Value,
    },
    Stats(Value),
    Ignored,
}

/// Reads a message: its class, and what it says if it can be accepted.
pub(crate) fn read(text: &str) -> (String, Result<FromEndpoint, String>) {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return (String::new(), Err(error.to_string())),
    };
    let class = value.get("colibriClass").and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = interpret(&class, value);
    (class, message)
}

fn interpret(class: &str, value: Value) -> Result<FromEndpoint, String> {
    let text = |error: serde_json::Error| error.to_string();
    Ok(match class {
        "ClientHello" => FromEndpoint::Hello,
        "ReceiverVideoConstraints" => FromEndpoint::Constraints(serde_json::from_value(value).map_err(text)?),
        "LastNChangedEvent" => {
            FromEndpoint::LastN(serde_json::from_value::<LastNChanged>(value).map_err(text)?.last_n)
        }
        "SourceVideoTypeMessage" => {
            let message: SourceVideoType = serde_json::from_value(value).map_err(text)?;
            let kind = message.video_type.to_ascii_lowercase();
            if !matches!(kind.as_str(), "camera" | "desktop" | "desktop_high_fps" | "none") {
                return Err(format!("unknown video type {kind}"));
            }
            FromEndpoint::VideoType { source: message.source_name, kind }
        }
        "EndpointMessage" => {
            let to = value.get("to").and_then(Value::as_str).ok_or("no addressee")?.to_owned();
            FromEndpoint::Message { to, message: value }
        }
        "EndpointStats" => FromEndpoint::Stats(value),
        "ReceiverAudioSubscription" | "VideoTypeMessage" => FromEndpoint::Ignored,
        other => return Err(format!("unknown class {other:?}")),
    })
}

pub(crate) fn server_hello() -> String {
    r#"{"colibriClass":"ServerHello"}"#.to_owned()
}

/// With the odd blanks of the real bridge.
pub(crate) fn sender_constraints(source: &str, max_height: u32) -> String {
    format!(
        r#"{{"colibriClass":"SenderSourceConstraints", "sourceName":"{source}", "maxHeight":{max_height}}}"#
    )
}

pub(crate) fn forwarded_sources(sources: &[String]) -> String {
    json!({"colibriClass": "ForwardedSources", "forwardedSources": sources}).to_string()
}

pub(crate) fn dominant_speaker(dominant: &str, previous: &[&str]) -> String {
    json!({
        "colibriClass": "DominantSpeakerEndpointChangeEvent",
        "dominantSpeakerEndpoint": dominant,
        "previousSpeakers": previous,
        "silence": false,
    })
    .to_string()
}

pub(crate) fn connection_stats(bits_per_second: u64) -> String {
    json!({"colibriClass": "ConnectionStats", "estimatedDownlinkBandwidth": bits_per_second}).to_string()
}

pub(crate) fn connectivity(endpoint: &str, active: bool) -> String {
    json!({
        "colibriClass": "EndpointConnectivityStatusChangeEvent",
        "endpoint": endpoint,
        "active": if active { "true" } else { "false" },
    })
    .to_string()
}

/// A relayed message with its origin.
pub(crate) fn relayed(mut message: Value, from: &str) -> String {
    if let Some(fields) = message.as_object_mut() {
        fields.insert("from".to_owned(), from.into());
    }
    message.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_fails_the_message() {
        let good = r#"{"colibriClass":"ReceiverVideoConstraints","lastN":-1,"defaultConstraints":{"maxHeight":720}}"#;
        assert!(matches!(read(good), (_, Ok(FromEndpoint::Constraints(c))) if c.last_n == Some(-1)));
        let bad = r#"{"colibriClass":"ReceiverVideoConstraints","lastN":-1,"colour":"red"}"#;
        assert!(read(bad).1.is_err());
        let wrong = r#"{"colibriClass":"ReceiverVideoConstraints","lastN":"all"}"#;
        assert!(read(wrong).1.is_err());
        assert!(
            read(r#"{"colibriClass":"SourceVideoTypeMessage","sourceName":"a","videoType":"cinema"}"#)
                .1
                .is_err()
        );
        assert!(read("{").1.is_err());
    }

    #[test]
    fn relayed_messages_say_where_they_come_from() {
        let text = r#"{"colibriClass":"EndpointMessage","to":"","msgPayload":{"a":1}}"#;
        let (_, Ok(FromEndpoint::Message { to, message })) = read(text) else { panic!("not a message") };
        assert_eq!(to, "");
        assert!(relayed(message, "ada").contains(r#""from":"ada""#));
    }
}
