//! Flat lists of SSRCs and groups, as both the XML and the JSON form carry them, assembled into sources.

use std::collections::{BTreeMap, BTreeSet};

use super::JingleError;
use crate::ids::{EndpointId, MediaKind, SourceName, Ssrc, VideoType};
use crate::session::RemoteSource;

/// More sources than this in one stanza are not believable.
const MAX_SOURCES: usize = 10_000;

/// One signalled SSRC.
#[derive(Clone, Debug)]
pub(super) struct FlatSource {
    pub(super) ssrc: Ssrc,
    pub(super) owner: EndpointId,
    pub(super) name: Option<SourceName>,
    pub(super) msid: Option<String>,
    pub(super) video_type: VideoType,
    pub(super) kind: MediaKind,
}

impl FlatSource {
    /// The given name, or the conventional one where an old peer gives none.
    fn resolved_name(&self) -> SourceName {
        match (&self.name, self.kind, self.video_type) {
            (Some(name), _, _) => name.clone(),
            (None, MediaKind::Audio, _) => self.owner.audio_source(),
            (None, MediaKind::Video, VideoType::Camera) => self.owner.camera_source(),
            (None, MediaKind::Video, VideoType::Desktop) => self.owner.screen_source(),
        }
    }
}

/// A signalled group of SSRCs.
#[derive(Clone, Debug)]
pub(super) enum Group {
    /// Layers, lowest first.
    Simulcast(Vec<Ssrc>),
    /// Media and its retransmission.
    Retransmission(Ssrc, Ssrc),
}

/// Joins SSRCs of one owner and name; only groups tell media from retransmission and give the order of layers.
pub(super) fn assemble(flat: Vec<FlatSource>, groups: &[Group]) -> Result<Vec<RemoteSource>, JingleError> {
    if flat.len() > MAX_SOURCES {
        return Err(JingleError::TooMany("sources"));
    }
    let pairs: BTreeMap<Ssrc, Ssrc> = groups
        .iter()
        .filter_map(|group| match group {
            Group::Retransmission(media, rtx) => Some((*media, *rtx)),
            Group::Simulcast(_) => None,
        })
        .collect();
    let retransmissions: BTreeSet<Ssrc> = pairs.values().copied().collect();
    let layers: BTreeMap<Ssrc, usize> = groups
        .iter()
        .filter_map(|group| match group {
            Group::Simulcast(ssrcs) => Some(ssrcs),
            Group::Retransmission(..) => None,
        })
        .flat_map(|ssrcs| ssrcs.iter().enumerate().map(|(layer, ssrc)| (*ssrc, layer)))
        .collect();

    let mut sources: Vec<RemoteSource> = Vec::new();
    let mut places: BTreeMap<(EndpointId, SourceName), usize> = BTreeMap::new();
    for one in flat {
        let name = one.resolved_name();
        let place = *places.entry((one.owner.clone(), name.clone())).or_insert_with(|| {
            sources.push(RemoteSource {
                owner: one.owner.clone(),
                name,
                kind: one.kind,
                ssrcs: Vec::new(),
                rtx: BTreeMap::new(),
                video_type: one.video_type,
                msid: one.msid.clone(),
            });
            sources.len() - 1
        });
        let source = &mut sources[place];
        if !retransmissions.contains(&one.ssrc) && !source.ssrcs.contains(&one.ssrc) {
            source.ssrcs.push(one.ssrc);
            if let Some(rtx) = pairs.get(&one.ssrc) {
                source.rtx.insert(one.ssrc, *rtx);
            }
        }
        if one.video_type == VideoType::Desktop {
            source.video_type = VideoType::Desktop;
        }
        source.msid = source.msid.take().or(one.msid);
    }
    sources.retain(|source| !source.ssrcs.is_empty());
    for source in &mut sources {
        source.ssrcs.sort_by_key(|ssrc| layers.get(ssrc).copied().unwrap_or(usize::MAX));
    }
    Ok(sources)
}
