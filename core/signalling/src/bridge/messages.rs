//! Messages on the bridge channel ("colibri" classes), both directions. The bridge rejects fields it does not know, so
//! what we send holds exactly the known ones; what we receive may hold more.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::ids::{EndpointId, SourceName};

/// Longer messages are dropped unread.
const MAX_MESSAGE: usize = 1024 * 1024;

/// What we want to receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveConstraints {
    /// How many video sources at most; -1 for all, 0 for none.
    pub last_n: i32,
    /// Sources with preference over the others.
    pub selected: Vec<SourceName>,
    /// Sources shown large, with preference over the selected ones.
    pub on_stage: Vec<SourceName>,
    /// The height for sources not named below; -1 for no limit, 0 for nothing.
    pub default_max_height: i32,
    /// The height for each of these.
    pub per_source: BTreeMap<SourceName, i32>,
}

impl Default for ReceiveConstraints {
    /// Everything, small.
    fn default() -> Self {
        Self {
            last_n: -1,
            selected: Vec::new(),
            on_stage: Vec::new(),
            default_max_height: 180,
            per_source: BTreeMap::new(),
        }
    }
}

/// What a source of ours shows, as told to the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SentVideoType {
    Camera,
    Desktop,
    /// Muted.
    None,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MaxHeight {
    max_height: i32,
}

#[derive(Serialize)]
#[serde(tag = "colibriClass")]
enum Outgoing<'a> {
    #[serde(rename_all = "camelCase")]
    ReceiverVideoConstraints {
        last_n: i32,
        selected_sources: &'a [SourceName],
        on_stage_sources: &'a [SourceName],
        default_constraints: MaxHeight,
        constraints: BTreeMap<&'a SourceName, MaxHeight>,
    },
    #[serde(rename_all = "camelCase")]
    SourceVideoTypeMessage { source_name: &'a SourceName, video_type: SentVideoType },
    #[serde(rename_all = "camelCase")]
    EndpointMessage { to: &'a str, msg_payload: &'a serde_json::Value },
}

fn write(message: &Outgoing<'_>) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

/// Tells the bridge what to send us. Always whole: what is left out would fall back to the bridge's defaults.
pub(crate) fn receiver_constraints(constraints: &ReceiveConstraints) -> String {
    write(&Outgoing::ReceiverVideoConstraints {
        last_n: constraints.last_n,
        selected_sources: &constraints.selected,
        on_stage_sources: &constraints.on_stage,
        default_constraints: MaxHeight { max_height: constraints.default_max_height },
        constraints: constraints
            .per_source
            .iter()
            .map(|(source, height)| (source, MaxHeight { max_height: *height }))
            .collect(),
    })
}

/// Tells the bridge what a source of ours shows.
pub(crate) fn source_video_type(source: &SourceName, video_type: SentVideoType) -> String {
    write(&Outgoing::SourceVideoTypeMessage { source_name: source, video_type })
}

/// A message to another endpoint, or to all when `to` is `None`.
pub(crate) fn endpoint_message(to: Option<&EndpointId>, payload: &serde_json::Value) -> String {
    write(&Outgoing::EndpointMessage { to: to.map_or("", EndpointId::as_str), msg_payload: payload })
}

/// A message from the bridge.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "colibriClass")]
pub(crate) enum Incoming {
    ServerHello {},
    #[serde(rename = "DominantSpeakerEndpointChangeEvent", rename_all = "camelCase")]
    DominantSpeaker {
        dominant_speaker_endpoint: EndpointId,
        #[serde(default)]
        previous_speakers: Vec<EndpointId>,
        #[serde(default)]
        silence: bool,
    },
    #[serde(rename_all = "camelCase")]
    ForwardedSources {
        forwarded_sources: Vec<SourceName>,
    },
    #[serde(rename_all = "camelCase")]
    SenderSourceConstraints {
        source_name: SourceName,
        max_height: i32,
    },
    #[serde(rename_all = "camelCase")]
    EndpointMessage {
        from: EndpointId,
        msg_payload: serde_json::Value,
    },
    EndpointStats {},
    #[serde(rename_all = "camelCase")]
    ConnectionStats {
        #[serde(deserialize_with = "bits_per_second")]
        estimated_downlink_bandwidth: u64,
    },
    #[serde(rename = "EndpointConnectivityStatusChangeEvent")]
    Connectivity {
        endpoint: EndpointId,
        #[serde(deserialize_with = "boolean_or_text")]
        active: bool,
    },
    /// A source's type of a peer; presence says the same.
    SourceVideoTypeMessage {},
    VideoSourcesMap {},
    AudioSourcesMap {},
    #[serde(other)]
    Unknown,
}

/// The bridge writes `"true"` and `"false"` as strings here.
fn boolean_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Boolean(bool),
        Text(String),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Boolean(value) => value,
        Either::Text(text) => text.eq_ignore_ascii_case("true"),
    })
}

/// An estimate may be written as a fraction; a negative one counts as none.
fn bits_per_second<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    f64::deserialize(deserializer).map(|bits| bits.max(0.0) as u64)
}

/// Reads a message; `None` if it is too long or not of its class's shape.
pub(crate) fn parse(text: &str) -> Option<Incoming> {
    if text.len() > MAX_MESSAGE {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_name_exactly_the_known_fields() {
        let constraints = ReceiveConstraints {
            last_n: 4,
            selected: vec![SourceName::new("b-v1")],
            on_stage: vec![SourceName::new("a-v0")],
            default_max_height: 180,
            per_source: BTreeMap::from([(SourceName::new("a-v0"), 720)]),
        };
        assert_eq!(
            receiver_constraints(&constraints),
            r#"{"colibriClass":"ReceiverVideoConstraints","lastN":4,"selectedSources":["b-v1"],"onStageSources":["a-v0"],"defaultConstraints":{"maxHeight":180},"constraints":{"a-v0":{"maxHeight":720}}}"#
        );
    }

    #[test]
    fn small_messages() {
        let camera = SourceName::new("a-v0");
        assert_eq!(
            source_video_type(&camera, SentVideoType::None),
            r#"{"colibriClass":"SourceVideoTypeMessage","sourceName":"a-v0","videoType":"none"}"#
        );
        assert_eq!(
            endpoint_message(None, &serde_json::json!({ "name": "x" })),
            r#"{"colibriClass":"EndpointMessage","to":"","msgPayload":{"name":"x"}}"#
        );
    }

    #[test]
    fn what_the_bridge_says_is_read() {
        assert_eq!(
            parse(r#"{"colibriClass":"SenderSourceConstraints", "sourceName":"a-v0", "maxHeight":720}"#),
            Some(Incoming::SenderSourceConstraints { source_name: SourceName::new("a-v0"), max_height: 720 })
        );
        assert_eq!(
            parse(
                r#"{"colibriClass":"EndpointConnectivityStatusChangeEvent","endpoint":"a","active":"false"}"#
            ),
            Some(Incoming::Connectivity { endpoint: EndpointId::new("a"), active: false })
        );
        assert_eq!(
            parse(r#"{"colibriClass":"ConnectionStats","estimatedDownlinkBandwidth":20000000}"#),
            Some(Incoming::ConnectionStats { estimated_downlink_bandwidth: 20_000_000 })
        );
        assert_eq!(
            parse(r#"{"colibriClass":"ServerHello","version":"2.3"}"#),
            Some(Incoming::ServerHello {})
        );
        assert_eq!(parse(r#"{"colibriClass":"Future","x":[1]}"#), Some(Incoming::Unknown));
        assert_eq!(
            parse(r#"{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"a"}"#),
            Some(Incoming::DominantSpeaker {
                dominant_speaker_endpoint: EndpointId::new("a"),
                previous_speakers: Vec::new(),
                silence: false
            })
        );
    }

    #[test]
    fn what_is_no_message_is_dropped() {
        let long = format!(r#"{{"colibriClass":"ServerHello","x":"{}"}}"#, "x".repeat(MAX_MESSAGE));
        for bad in [
            "",
            "null",
            "{}",
            "[1]",
            r#"{"colibriClass":7}"#,
            r#"{"colibriClass":"ForwardedSources"}"#,
            &long,
        ] {
            assert_eq!(parse(bad), None);
        }
    }
}
