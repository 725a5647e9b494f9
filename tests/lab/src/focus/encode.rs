//! Sources as receivers read them: compact JSON for current clients, XML for others; and as the bridge wants them.

use std::collections::BTreeMap;

use minidom::Element;
use serde_json::{Map, Value, json};

use super::meeting::Meeting;
use super::sources::{EndpointSources, Medium, Semantics, Source};
use crate::bridge::SourceDescription;
use crate::xml::{self, Build, ns};

/// The owner under which the bridge's own sources are signalled.
pub(super) const BRIDGE: &str = "jvb";

/// `{"sources":{owner:[[video],[video groups],[audio],[audio groups]?]}}` in its element.
pub(super) fn compact(owners: &BTreeMap<String, EndpointSources>) -> Element {
    let mut all = Map::new();
    for (owner, sources) in owners {
        let mut lists = vec![
            list(sources, Medium::Video),
            groups(sources, Medium::Video),
            list(sources, Medium::Audio),
            groups(sources, Medium::Audio),
        ];
        // Jicofo leaves out what is empty at the end.
        while lists.last().is_some_and(|l| l.as_array().is_some_and(Vec::is_empty)) {
            lists.pop();
        }
        all.insert(owner.clone(), Value::Array(lists));
    }
    xml::el("json-message", ns::JITMEET).say(&json!({ "sources": all }).to_string())
}

fn list(sources: &EndpointSources, medium: Medium) -> Value {
    let entry = |source: &Source| {
        let mut entry = Map::new();
        entry.insert("s".to_owned(), source.ssrc.into());
        entry.extend(source.name.clone().map(|n| ("n".to_owned(), n.into())));
        entry.extend(source.msid.clone().map(|m| ("m".to_owned(), m.into())));
        entry.extend(source.desktop.then(|| ("v".to_owned(), "d".into())));
        Value::Object(entry)
    };
    sources.sources.iter().filter(|s| s.medium == medium).map(entry).collect()
}

fn groups(sources: &EndpointSources, medium: Medium) -> Value {
    let entry = |group: &super::Group| {
        let letter = match group.semantics {
            Semantics::Sim => "s",
            Semantics::Fid => "f",
        };
        let mut entry = vec![Value::from(letter)];
        entry.extend(group.ssrcs.iter().map(|s| Value::from(*s)));
        Value::Array(entry)
    };
    sources.groups.iter().filter(|g| g.medium == medium).map(entry).collect()
}

/// `<source>` and `<ssrc-group>` elements of one medium of several owners, for a description.
pub(super) fn elements(owners: &BTreeMap<String, EndpointSources>, medium: Medium) -> Vec<Element> {
    let mut all = Vec::new();
    for (owner, sources) in owners {
        for source in sources.sources.iter().filter(|s| s.medium == medium) {
            let mut element = xml::el("source", ns::SSMA)
                .with("ssrc", source.ssrc.to_string())
                .with_some("name", source.name.as_deref());
            if medium == Medium::Video {
                element = element.with("videoType", if source.desktop { "desktop" } else { "camera" });
            }
            if let Some(msid) = &source.msid {
                let parameter = xml::el("parameter", ns::SSMA).with("name", "msid").with("value", msid);
                element = element.child(parameter);
            }
            all.push(element.child(xml::el("ssrc-info", ns::JITMEET).with("owner", owner)));
        }
        for group in sources.groups.iter().filter(|g| g.medium == medium) {
            let semantics = match group.semantics {
                Semantics::Sim => "SIM",
                Semantics::Fid => "FID",
            };
            let members = group.ssrcs.iter().map(|s| xml::el("source", ns::SSMA).with("ssrc", s.to_string()));
            all.push(xml::el("ssrc-group", ns::SSMA).with("semantics", semantics).children_from(members));
        }
    }
    all
}

/// The bridge's own sources.
pub(super) fn bridge_sources(meeting: &Meeting) -> EndpointSources {
    let source = |medium: Medium, ssrc: u32, letter: &str| Source {
        ssrc,
        medium,
        name: Some(format!("{BRIDGE}-{letter}0")),
        msid: Some(format!("mixedmslabel mixedlabel{}0", medium.name())),
        desktop: false,
    };
    EndpointSources {
        sources: vec![
            source(Medium::Video, meeting.bridge_video, "v"),
            source(Medium::Audio, meeting.bridge_audio, "a"),
        ],
        groups: Vec::new(),
    }
}

/// One description per source name, as the bridge forwards them.
pub(crate) fn describe(all: &EndpointSources) -> Vec<SourceDescription> {
    let retransmission = |ssrc: u32| {
        all.groups
            .iter()
            .find(|g| g.semantics == Semantics::Fid && g.ssrcs.first() == Some(&ssrc))
            .and_then(|g| g.ssrcs.get(1).copied())
    };
    let is_retransmission =
        |ssrc: u32| all.groups.iter().any(|g| g.semantics == Semantics::Fid && g.ssrcs.get(1) == Some(&ssrc));
    let order = |ssrc: u32| {
        let sim = all.groups.iter().filter(|g| g.semantics == Semantics::Sim);
        sim.filter_map(|g| g.ssrcs.iter().position(|s| *s == ssrc)).next().unwrap_or(0)
    };
    let mut described: BTreeMap<String, SourceDescription> = BTreeMap::new();
    for source in all.sources.iter().filter(|s| !is_retransmission(s.ssrc)) {
        let name = source.name.clone().unwrap_or_else(|| source.ssrc.to_string());
        let entry = described.entry(name.clone()).or_insert_with(|| SourceDescription {
            name,
            medium: source.medium,
            desktop: source.desktop,
            encodings: Vec::new(),
        });
        entry.encodings.push((source.ssrc, retransmission(source.ssrc)));
        entry.encodings.sort_by_key(|(ssrc, _)| order(*ssrc));
    }
    described.into_values().collect()
}
