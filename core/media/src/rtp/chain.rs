//! Which pictures can be decoded after which: the chain of references of one received stream.
//!
//! In: the links of each picture given to the decoder. Out: a verdict on a candidate. A lost picture of a higher
//! temporal layer (RFC 7741 §4.2, RFC 9628 §4.2) breaks only the layers that may refer to it, not the picture.

use std::collections::VecDeque;

use super::picture::{Links, PictureId};
use crate::codec::VideoCodec;

/// Temporal layer ids have three bits at most.
const LAYERS: usize = 8;
/// P_DIFF has seven bits.
const REMEMBERED: usize = 128;

/// What may be done with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It follows directly.
    Next,
    /// Others are missing in between that it does not need.
    AfterLoss,
    /// It belongs to a temporal layer that misses pictures; nothing that can be shown needs it.
    Useless,
    /// Something everything needs is missing.
    Lost,
}

/// The state a decoder is in, as far as it can be known from outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    codec: Option<VideoCodec>,
    last: Option<PictureId>,
    base_index: Option<u8>,
    /// By temporal layer: everything its next picture may refer to was decoded.
    intact: [bool; LAYERS],
    highest_layer: u8,
    decoded: VecDeque<PictureId>,
}

impl Chain {
    /// The codec of the pictures so far.
    pub(super) fn codec(&self) -> Option<VideoCodec> {
        self.codec
    }

    /// Every temporal layer seen can be decoded.
    pub(super) fn is_whole(&self) -> bool {
        self.intact[..=usize::from(self.highest_layer)].iter().all(|intact| *intact)
    }

    /// Judges a picture that is no key frame. `contiguous`: no packet is missing since the last picture.
    pub(super) fn judge(&self, links: &Links, contiguous: bool) -> Verdict {
        let complete = self.nothing_missing(links, contiguous);
        if let (Some(references), Some(id)) = (&links.references, links.picture_id) {
            let known = references.iter().all(|distance| self.decoded.contains(&id.before(*distance)));
            return match (known, links.temporal.id) {
                (true, _) => Self::decodable(complete),
                (false, 0) => Verdict::Lost,
                (false, _) => Verdict::Useless,
            };
        }
        let layer = usize::from(links.temporal.id).min(LAYERS - 1);
        let group = links.base_index.zip(self.base_index).map(|(this, last)| this.wrapping_sub(last));
        // No base-layer picture is missing.
        let based = complete || group == Some(u8::from(layer == 0));
        let supported =
            links.temporal.sync || (complete && self.intact[1..=layer].iter().all(|intact| *intact));
        match layer {
            _ if !based => Verdict::Lost,
            1.. if !supported => Verdict::Useless,
            _ => Self::decodable(complete),
        }
    }

    fn decodable(complete: bool) -> Verdict {
        if complete { Verdict::Next } else { Verdict::AfterLoss }
    }

    /// No picture is missing before this one. Lost packets that were only padding leave the picture ids in a row.
    fn nothing_missing(&self, links: &Links, contiguous: bool) -> bool {
        let distance = links.picture_id.zip(self.last).filter(|(this, last)| this.bits == last.bits);
        match distance.map(|(this, last)| (this.distance_from(last), 1u16 << (this.bits - 1))) {
            Some((1, _)) => true,
            Some((distance, half)) if (2..=half).contains(&distance) => false,
            // Without usable ids only the sequence numbers tell.
            _ => contiguous,
        }
    }

    /// A key frame was given to the decoder.
    pub(super) fn restart(&mut self, codec: VideoCodec, links: &Links) {
        *self = Self { codec: Some(codec), intact: [true; LAYERS], ..Self::default() };
        self.note(links);
    }

    /// A picture was given to the decoder.
    pub(super) fn follow(&mut self, links: &Links, verdict: Verdict) {
        if verdict == Verdict::AfterLoss {
            self.intact[1..].fill(false);
        }
        let layer = usize::from(links.temporal.id).min(LAYERS - 1);
        if links.temporal.sync {
            self.intact[layer] = true;
        }
        if links.switch_up {
            self.intact[layer + 1..].fill(true);
        }
        // With explicit references every picture is judged by itself.
        if links.references.is_some() {
            self.intact.fill(true);
        }
        self.note(links);
    }

    /// A complete picture was thrown away as useless: those of its layer that follow may need it.
    pub(super) fn skip(&mut self, links: &Links) {
        let layer = usize::from(links.temporal.id).clamp(1, LAYERS - 1);
        self.intact[layer..].fill(false);
        self.highest_layer = self.highest_layer.max(layer as u8);
        self.last = links.picture_id;
    }

    fn note(&mut self, links: &Links) {
        self.last = links.picture_id;
        self.highest_layer = self.highest_layer.max(links.temporal.id.min(LAYERS as u8 - 1));
        if links.temporal.id == 0 || self.base_index.is_none() {
            self.base_index = links.base_index;
        }
        if let Some(id) = links.picture_id {
            if self.decoded.len() == REMEMBERED {
                self.decoded.pop_front();
            }
            self.decoded.push_back(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::TemporalLayer;

    /// A VP8 picture: its id, TL0PICIDX, temporal layer and Y.
    fn vp8(id: u16, base: u8, layer: u8, sync: bool) -> Links {
        Links {
            picture_id: Some(PictureId { value: id, bits: 15 }),
            base_index: Some(base),
            temporal: TemporalLayer { id: layer, sync },
            ..Links::default()
        }
    }

    fn started() -> Chain {
        let mut chain = Chain::default();
        chain.restart(VideoCodec::Vp8, &vp8(10, 1, 0, false));
        chain
    }

    #[test]
    fn pictures_in_a_row_follow_whatever_the_sequence_numbers_say() {
        let mut chain = started();
        for links in [vp8(11, 1, 2, true), vp8(12, 1, 1, true), vp8(13, 1, 2, false), vp8(14, 2, 0, false)] {
            assert_eq!(chain.judge(&links, false), Verdict::Next, "{links:?}");
            chain.follow(&links, Verdict::Next);
        }
    }

    #[test]
    fn a_lost_top_layer_picture_costs_only_itself_and_its_layer() {
        let mut chain = started();
        let base = vp8(12, 2, 0, false);
        assert_eq!(chain.judge(&base, false), Verdict::AfterLoss);
        chain.follow(&base, Verdict::AfterLoss);
        let unsynced = vp8(13, 2, 2, false);
        assert_eq!(chain.judge(&unsynced, true), Verdict::Useless);
        chain.skip(&unsynced);
        assert!(!chain.is_whole());
        let middle = vp8(14, 2, 1, true);
        assert_eq!(chain.judge(&middle, true), Verdict::Next);
        chain.follow(&middle, Verdict::Next);
        let top = vp8(15, 2, 2, true);
        assert_eq!(chain.judge(&top, true), Verdict::Next);
        chain.follow(&top, Verdict::Next);
        assert!(chain.is_whole());
        assert_eq!(chain.judge(&vp8(17, 3, 2, false), true), Verdict::Lost, "its base picture is missing");
    }

    #[test]
    fn a_lost_base_picture_loses_everything() {
        let chain = started();
        assert_eq!(chain.judge(&vp8(12, 3, 0, false), false), Verdict::Lost);
        assert_eq!(chain.judge(&vp8(12, 2, 1, true), false), Verdict::Lost);
        assert_eq!(
            chain.judge(&vp8(12, 3, 0, false), true),
            Verdict::Lost,
            "the bridge dropped a base picture"
        );
    }

    #[test]
    fn without_ids_the_sequence_numbers_decide() {
        let mut chain = Chain::default();
        chain.restart(VideoCodec::H264, &Links::default());
        assert_eq!(chain.judge(&Links::default(), true), Verdict::Next);
        assert_eq!(chain.judge(&Links::default(), false), Verdict::Lost);
    }

    #[test]
    fn explicit_references_are_followed() {
        let flexible = |id, layer, references: &[u8]| Links {
            picture_id: Some(PictureId { value: id, bits: 15 }),
            temporal: TemporalLayer { id: layer, sync: false },
            references: Some(references.to_vec()),
            ..Links::default()
        };
        let mut chain = Chain::default();
        chain.restart(VideoCodec::Vp9, &flexible(0x7fff, 0, &[]));
        assert_eq!(chain.judge(&flexible(1, 0, &[2]), false), Verdict::AfterLoss);
        chain.follow(&flexible(1, 0, &[2]), Verdict::AfterLoss);
        assert_eq!(chain.judge(&flexible(2, 1, &[1, 3]), true), Verdict::Next);
        assert_eq!(chain.judge(&flexible(2, 1, &[2]), true), Verdict::Useless);
        assert_eq!(chain.judge(&flexible(2, 0, &[2]), true), Verdict::Lost);
    }

    #[test]
    fn a_switching_point_of_vp9_heals_the_layers_above() {
        let mut chain = started();
        let base = Links { switch_up: true, ..vp8(12, 2, 0, false) };
        chain.follow(&base, Verdict::AfterLoss);
        assert_eq!(chain.judge(&vp8(13, 2, 2, false), true), Verdict::Next);
    }
}
