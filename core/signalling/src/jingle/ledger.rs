//! The exact list of what others send in the running session, by owner and name.
//! In: parsed sources. Out: what really changed, so that the media side never sees a source twice or removes a stranger.

use std::collections::BTreeMap;

use crate::ids::{EndpointId, SourceName, Ssrc};
use crate::session::RemoteSource;

/// Who sends what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    sources: BTreeMap<(EndpointId, SourceName), RemoteSource>,
}

impl Ledger {
    /// Adds sources and returns those that are new or got more SSRCs, each in its present state.
    pub(crate) fn add(&mut self, sources: Vec<RemoteSource>) -> Vec<RemoteSource> {
        let mut changed = Vec::new();
        for source in sources {
            let key = (source.owner.clone(), source.name.clone());
            let Some(known) = self.sources.get_mut(&key) else {
                self.sources.insert(key, source.clone());
                changed.push(source);
                continue;
            };
            let before = known.clone();
            for ssrc in source.ssrcs {
                if !known.ssrcs.contains(&ssrc) {
                    known.ssrcs.push(ssrc);
                }
            }
            known.rtx.extend(source.rtx);
            known.video_type = source.video_type;
            if *known != before {
                changed.push(known.clone());
            }
        }
        changed
    }

    /// Takes SSRCs out and returns what went, per source. The SSRC decides, not the name, which may be left out.
    /// Unknown ones are passed over.
    pub(crate) fn remove(&mut self, sources: Vec<RemoteSource>) -> Vec<RemoteSource> {
        let mut removed = Vec::new();
        for source in sources {
            for name in self.names_of(&source.owner) {
                removed.extend(self.take(&(source.owner.clone(), name), &source.ssrcs));
            }
        }
        removed
    }

    fn names_of(&self, owner: &EndpointId) -> Vec<SourceName> {
        let first = (owner.clone(), SourceName::new(""));
        self.sources
            .range(first..)
            .map(|(key, _)| key)
            .take_while(|key| key.0 == *owner)
            .map(|key| key.1.clone())
            .collect()
    }

    fn take(&mut self, key: &(EndpointId, SourceName), ssrcs: &[Ssrc]) -> Option<RemoteSource> {
        let known = self.sources.get_mut(key)?;
        let (gone, kept): (Vec<Ssrc>, Vec<Ssrc>) = known.ssrcs.iter().partition(|ssrc| ssrcs.contains(ssrc));
        if gone.is_empty() {
            return None;
        }
        let rtx = gone.iter().filter_map(|ssrc| known.rtx.remove_entry(ssrc)).collect();
        known.ssrcs = kept;
        let gone = RemoteSource { ssrcs: gone, rtx, ..known.clone() };
        if known.ssrcs.is_empty() {
            self.sources.remove(key);
        }
        Some(gone)
    }

    /// Drops everything somebody sent.
    pub(crate) fn remove_owner(&mut self, owner: &EndpointId) {
        self.sources.retain(|(of, _), _| of != owner);
    }

    /// Whether nobody sends anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Everything, ordered by owner and name.
    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = &RemoteSource> {
        self.sources.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{MediaKind, VideoType};

    fn camera(owner: &str, ssrcs: &[u32]) -> RemoteSource {
        let owner = EndpointId::new(owner);
        RemoteSource {
            name: owner.camera_source(),
            owner,
            kind: MediaKind::Video,
            ssrcs: ssrcs.iter().copied().map(Ssrc).collect(),
            rtx: ssrcs.iter().map(|ssrc| (Ssrc(*ssrc), Ssrc(ssrc + 1000))).collect(),
            video_type: VideoType::Camera,
            msid: None,
        }
    }

    #[test]
    fn a_source_is_new_only_once() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.add(vec![camera("ada", &[1])]).len(), 1);
        assert_eq!(ledger.add(vec![camera("ada", &[1])]), []);
        assert_eq!(ledger.add(vec![camera("ada", &[2])]), [camera("ada", &[1, 2])]);
    }

    #[test]
    fn removing_takes_exactly_what_is_named() {
        let mut ledger = Ledger::default();
        ledger.add(vec![camera("ada", &[1, 2]), camera("ben", &[3])]);
        assert_eq!(ledger.remove(vec![camera("ada", &[2, 9]), camera("cleo", &[4])]), [camera("ada", &[2])]);
        assert_eq!(ledger.all().cloned().collect::<Vec<_>>(), [camera("ada", &[1]), camera("ben", &[3])]);
        assert_eq!(ledger.remove(vec![camera("ada", &[2])]), []);
    }

    #[test]
    fn who_leaves_takes_their_sources_along() {
        let mut ledger = Ledger::default();
        ledger.add(vec![camera("ada", &[1]), camera("ben", &[3])]);
        ledger.remove_owner(&EndpointId::new("ada"));
        assert_eq!(ledger.all().count(), 1);
    }
}
