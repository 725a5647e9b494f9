//! Signalled sources: reading them from Jingle and the rules Jicofo enforces on them.

use std::collections::{BTreeMap, BTreeSet};

use minidom::Element;

use crate::xml::ns;

/// Audio or video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Medium {
    Audio,
    Video,
}

impl Medium {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

/// One signalled SSRC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    pub(crate) medium: Medium,
    pub(crate) name: Option<String>,
    pub(crate) msid: Option<String>,
    pub(crate) desktop: bool,
}

/// What an SSRC group means (RFC 5576).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Semantics {
    /// Simulcast, lowest resolution first.
    Sim,
    /// Media and its retransmission.
    Fid,
}

/// A group of SSRCs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) semantics: Semantics,
    pub(crate) medium: Medium,
    pub(crate) ssrcs: Vec<u32>,
}

/// Everything one endpoint sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EndpointSources {
    pub(crate) sources: Vec<Source>,
    pub(crate) groups: Vec<Group>,
}

/// Jicofo's default limits per endpoint.
const MAX_SSRCS: usize = 20;
const MAX_GROUPS: usize = 20;

impl EndpointSources {
    /// Reads the sources of all contents of a Jingle element.
    pub(super) fn read(jingle: &Element) -> Result<Self, String> {
        let mut all = Self::default();
        for content in jingle.children().filter(|c| c.is("content", ns::JINGLE)) {
            let Some(description) = content.get_child("description", ns::RTP) else { continue };
            let medium = match description.attr("media").or(content.attr("name")) {
                Some("audio") => Medium::Audio,
                Some("video") => Medium::Video,
                _ => continue,
            };
            for child in description.children() {
                if child.is("source", ns::SSMA) {
                    all.sources.push(read_source(child, medium)?);
                } else if child.is("ssrc-group", ns::SSMA) {
                    all.groups.push(read_group(child, medium)?);
                }
            }
        }
        Ok(all)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.groups.is_empty()
    }

    fn get(&self, ssrc: u32) -> Option<&Source> {
        self.sources.iter().find(|s| s.ssrc == ssrc)
    }

    /// These and those.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.sources.extend(other.sources.iter().cloned());
        all.groups.extend(other.groups.iter().cloned());
        all
    }

    /// These without those; an error if one of those is not there.
    pub(super) fn minus(&self, other: &Self) -> Result<Self, String> {
        for source in &other.sources {
            if self.get(source.ssrc).is_none() {
                return Err(format!("SSRC {} is not known", source.ssrc));
            }
        }
        Ok(self.without(other))
    }

    /// These without those.
    pub(super) fn without(&self, other: &Self) -> Self {
        let gone: BTreeSet<u32> = other.sources.iter().map(|s| s.ssrc).collect();
        Self {
            sources: self.sources.iter().filter(|s| !gone.contains(&s.ssrc)).cloned().collect(),
            groups: self
                .groups
                .iter()
                .filter(|g| !g.ssrcs.iter().any(|ssrc| gone.contains(ssrc)))
                .cloned()
                .collect(),
        }
    }

    /// What receivers are told of a simulcast source: the lowest encoding's SSRC and its retransmission. The bridge
    /// sends whichever encoding it picks under this one.
    pub(super) fn stripped(&self) -> Self {
        let mut hidden = BTreeSet::new();
        for group in self.groups.iter().filter(|g| g.semantics == Semantics::Sim) {
            hidden.extend(group.ssrcs.iter().skip(1).copied());
        }
        for group in self.groups.iter().filter(|g| g.semantics == Semantics::Fid) {
            if group.ssrcs.first().is_some_and(|media| hidden.contains(media)) {
                hidden.extend(group.ssrcs.iter().copied());
            }
        }
        Self {
            sources: self.sources.iter().filter(|s| !hidden.contains(&s.ssrc)).cloned().collect(),
            groups: self
                .groups
                .iter()
                .filter(|g| g.semantics == Semantics::Fid && !g.ssrcs.iter().any(|s| hidden.contains(s)))
                .cloned()
                .collect(),
        }
    }

    /// Checks what one endpoint will have in all against the rules, given what the others have.
    pub(super) fn validate<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Result<(), String> {
        let mut taken = BTreeSet::new();
        let mut foreign_msids = BTreeSet::new();
        for source in others.flat_map(|o| &o.sources) {
            taken.insert(source.ssrc);
            foreign_msids.extend(source.msid.as_deref());
        }
        if self.sources.len() > MAX_SSRCS || self.groups.len() > MAX_GROUPS {
            return Err("too many sources".to_owned());
        }
        for source in &self.sources {
            if source.ssrc == 0 {
                return Err("SSRC 0 is not valid".to_owned());
            }
            if !taken.insert(source.ssrc) {
                return Err(format!("SSRC {} is already used", source.ssrc));
            }
            if source.msid.as_deref().is_some_and(|msid| foreign_msids.contains(msid)) {
                return Err(format!("MSID conflict for SSRC {}", source.ssrc));
            }
        }
        self.validate_groups()?;
        self.validate_msids()
    }

    fn validate_groups(&self) -> Result<(), String> {
        for group in &self.groups {
            if group.semantics == Semantics::Fid && group.ssrcs.len() != 2 {
                return Err("an FID group must have two SSRCs".to_owned());
            }
            let mut msids = BTreeSet::new();
            for ssrc in &group.ssrcs {
                let Some(source) = self.get(*ssrc) else {
                    return Err(format!("SSRC {ssrc} is in a group but is not signalled as a source"));
                };
                let Some(msid) = source.msid.as_deref() else {
                    return Err(format!("SSRC {ssrc} is in a group but has no msid"));
                };
                msids.insert(msid);
            }
            if msids.len() > 1 {
                return Err("the SSRCs of a group have different msids".to_owned());
            }
        }
        Ok(())
    }

    /// Sources of one medium share an msid only if a group ties them together.
    fn validate_msids(&self) -> Result<(), String> {
        let mut by_msid: BTreeMap<(Medium, &str), Vec<u32>> = BTreeMap::new();
        for source in &self.sources {
            if let Some(msid) = source.msid.as_deref() {
                by_msid.entry((source.medium, msid)).or_default().push(source.ssrc);
            }
        }
        for ((_, msid), ssrcs) in by_msid {
            let grouped = |ssrc: &u32| self.groups.iter().any(|g| g.ssrcs.contains(ssrc));
            if ssrcs.len() > 1 && !ssrcs.iter().all(grouped) {
                return Err(format!("msid {msid} is used by sources that are in no group"));
            }
        }
        Ok(())
    }
}

fn read_source(element: &Element, medium: Medium) -> Result<Source, String> {
    let ssrc = read_ssrc(element)?;
    let msid = element
        .children()
        .find(|p| p.name() == "parameter" && p.attr("name") == Some("msid"))
        .and_then(|p| p.attr("value"))
        .map(str::to_owned);
    Ok(Source {
        ssrc,
        medium,
        name: element.attr("name").map(str::to_owned),
        msid,
        desktop: element.attr("videoType") == Some("desktop"),
    })
}

fn read_group(element: &Element, medium: Medium) -> Result<Group, String> {
    let semantics = match element.attr("semantics") {
        Some("SIM") => Semantics::Sim,
        Some("FID") => Semantics::Fid,
        other => return Err(format!("unknown group semantics {other:?}")),
    };
    let ssrcs = element.children().map(read_ssrc).collect::<Result<Vec<_>, _>>()?;
    Ok(Group { semantics, medium, ssrcs })
}

fn read_ssrc(element: &Element) -> Result<u32, String> {
    let text = element.attr("ssrc").ok_or("a source without an SSRC")?;
    text.parse().map_err(|_| format!("{text} is not an SSRC"))
}
