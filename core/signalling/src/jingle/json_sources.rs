//! The compact JSON form of sources (`http://jitsi.org/json-encoded-sources`):
//! `{"sources":{owner:[[video],[video groups],[audio],[audio groups]]}}`, with one-letter keys.

use serde::Deserialize;
use serde_json::Value;

use super::JingleError;
use super::assemble::{FlatSource, Group, assemble};
use crate::ids::{EndpointId, MediaKind, SourceName, Ssrc, VideoType};
use crate::session::RemoteSource;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Message {
    sources: BTreeMap<String, Vec<Value>>,
}

#[derive(Deserialize)]
struct CompactSource {
    s: u64,
    n: Option<String>,
    m: Option<String>,
    v: Option<String>,
}

/// Reads the text of a `json-message` inside a Jingle stanza.
pub(crate) fn parse(text: &str) -> Result<Vec<RemoteSource>, JingleError> {
    let message: Message =
        serde_json::from_str(text).map_err(|error| JingleError::Json(error.to_string()))?;
    let mut all = Vec::new();
    for (owner, mut parts) in message.sources {
        let owner = EndpointId::new(owner);
        let (mut flat, mut groups) = (Vec::new(), Vec::new());
        let mut parts = parts.drain(..);
        for kind in [MediaKind::Video, MediaKind::Audio] {
            for source in list(parts.next())? {
                flat.push(flat_source(source, &owner, kind)?);
            }
            groups.extend(list(parts.next())?.iter().filter_map(group));
        }
        all.extend(assemble(flat, &groups)?);
    }
    Ok(all)
}

/// A trailing list may be absent; `null` stands for an empty one.
fn list(part: Option<Value>) -> Result<Vec<Value>, JingleError> {
    match part {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(other) => Err(JingleError::Json(format!("expected a list, not {}", kind_of(&other)))),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn flat_source(value: Value, owner: &EndpointId, kind: MediaKind) -> Result<FlatSource, JingleError> {
    let source: CompactSource =
        serde_json::from_value(value).map_err(|error| JingleError::Json(error.to_string()))?;
    let video_type = match source.v.as_deref() {
        Some("d") => VideoType::Desktop,
        _ => VideoType::Camera,
    };
    Ok(FlatSource {
        ssrc: ssrc(source.s).ok_or(JingleError::Missing("ssrc"))?,
        owner: owner.clone(),
        name: source.n.filter(|name| !name.is_empty()).map(SourceName::new),
        msid: source.m,
        video_type,
        kind,
    })
}

/// Unknown semantics and groups of the wrong size are passed over: the sources themselves still count.
fn group(value: &Value) -> Option<Group> {
    let (semantics, members) = value.as_array()?.split_first()?;
    let members: Option<Vec<Ssrc>> = members.iter().map(|member| member.as_u64().and_then(ssrc)).collect();
    match (semantics.as_str()?, members?.as_slice()) {
        ("f", [media, rtx]) => Some(Group::Retransmission(*media, *rtx)),
        ("s", layers) => Some(Group::Simulcast(layers.to_vec())),
        _ => None,
    }
}

fn ssrc(number: u64) -> Option<Ssrc> {
    u32::try_from(number).ok().filter(|number| *number != 0).map(Ssrc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_and_a_microphone() {
        let sources = parse(
            r#"{"sources":{"2c08bad1":[[{"s":4045077432,"n":"2c08bad1-v0","m":"cam x"},{"s":3076248180,"n":"2c08bad1-v0",
            "m":"cam x"}],[["f",4045077432,3076248180]],[{"s":3187672544,"n":"2c08bad1-a0","m":"mic y"}]]}}"#,
        )
        .unwrap();
        assert_eq!(sources.len(), 2);
        assert_eq!(sources[0].ssrcs, [Ssrc(4045077432)]);
        assert_eq!(sources[0].rtx, BTreeMap::from([(Ssrc(4045077432), Ssrc(3076248180))]));
        assert_eq!((sources[0].kind, sources[0].video_type), (MediaKind::Video, VideoType::Camera));
        assert_eq!((sources[1].kind, sources[1].msid.as_deref()), (MediaKind::Audio, Some("mic y")));
    }

    #[test]
    fn a_screen_whose_retransmission_is_listed_first() {
        let sources = parse(
            r#"{"sources":{"82ce8539":[[{"s":2,"n":"82ce8539-v1","m":"s","v":"d"},{"s":1,"n":"82ce8539-v1","m":"s","v":"d"}],
            [["f",1,2]]]}}"#,
        )
        .unwrap();
        assert_eq!(sources.len(), 1);
        assert_eq!(
            (sources[0].ssrcs.as_slice(), sources[0].video_type),
            ([Ssrc(1)].as_slice(), VideoType::Desktop)
        );
    }

    #[test]
    fn layers_come_in_the_order_of_the_simulcast_group() {
        let sources = parse(
            r#"{"sources":{"ada":[[{"s":30,"n":"ada-v0"},{"s":10,"n":"ada-v0"},{"s":11,"n":"ada-v0"},{"s":20,"n":"ada-v0"}],
            [["s",10,20,30],["f",10,11],["x",1]]]}}"#,
        )
        .unwrap();
        assert_eq!(sources[0].ssrcs, [Ssrc(10), Ssrc(20), Ssrc(30)]);
    }

    #[test]
    fn the_bridge_and_an_owner_without_names() {
        let sources =
            parse(r#"{"sources":{"jvb":[[{"s":1,"n":"jvb-v0"}],[],[{"s":2}]],"ben":[null,null,[]]}}"#)
                .unwrap();
        assert!(sources.iter().all(|source| source.owner.is_bridge()));
        assert_eq!(sources[1].name.as_str(), "jvb-a0");
    }

    #[test]
    fn what_is_not_this_json_is_an_error() {
        for bad in [
            "",
            "{}",
            "[]",
            r#"{"sources":{"ada":[{}]}}"#,
            r#"{"sources":{"ada":[[{"s":0}]]}}"#,
            r#"{"sources":{"ada":[[{"s":-1}]]}}"#,
            r#"{"sources":{"ada":[[{"s":4294967296}]]}}"#,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
