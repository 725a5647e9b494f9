//! Chooses the active layers of one source and shares the bitrate among them.
//!
//! In: [`LayerInputs`]. Out: an [`EncodePlan`] when it differs noticeably from the one before. Lower layers get their
//! full share first: everybody receives them. A layer is dropped as soon as the estimate cannot carry it and comes
//! back only when there is room to spare.

use super::bitrates::BitrateTable;
use crate::codec::VideoCodec;
use crate::device::{EncodePlan, LayerPlan};
use crate::frame::LayerIndex;

/// The lowest layer is encoded with at least this, whatever the estimate.
const FLOOR: u32 = 30_000;
/// A picture is not worth sending with less than this share of its limit, in percent.
const LEAST_SHARE: [(u16, u32); 2] = [(720, 40), (0, 30)];
/// An added layer must fit with this to spare, in percent.
const HEADROOM: u32 = 20;
/// Changes of bitrate below this, in percent, are not reported.
const NOTICEABLE: u32 = 5;
const CAMERA_FRAMERATE: u8 = 30;
const SCREEN_FRAMERATE: u8 = 5;

/// What is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// Faces: motion before detail.
    #[default]
    Camera,
    /// A shared screen: one layer at full height and few frames.
    Screen,
}

/// What a plan depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerInputs {
    /// What is encoded.
    pub kind: SourceKind,
    /// Lines of the captured picture.
    pub capture_height: u16,
    /// The codec to send.
    pub codec: VideoCodec,
    /// `maxHeight` of the bridge's SenderSourceConstraints: 0 when nobody watches, negative for no limit.
    pub max_height: i32,
    /// Bits a second the network carries for this source (what audio and other sources need is taken off already).
    pub estimate: u64,
    /// Several encodings on SSRCs of their own. False: one encoding, scaled to what is asked for.
    pub simulcast: bool,
}

/// A possible encoding.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    layer: LayerIndex,
    height: u16,
    limit: u32,
    least: u32,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct LayerAllocator {
    table: BitrateTable,
    plan: EncodePlan,
}

impl LayerAllocator {
    /// An allocator whose source is not encoded yet.
    pub fn new(table: BitrateTable) -> Self {
        Self { table, plan: EncodePlan::default() }
    }

    /// The plan last reported.
    pub fn plan(&self) -> &EncodePlan {
        &self.plan
    }

    /// Nothing is encoded until the next update, which is then reported whatever it says.
    pub fn pause(&mut self) {
        self.plan = EncodePlan::default();
    }

    /// Takes new inputs; returns the plan when it has changed noticeably.
    pub fn update(&mut self, inputs: &LayerInputs) -> Option<&EncodePlan> {
        let plan = self.make_plan(inputs);
        if !differs(&self.plan, &plan) {
            return None;
        }
        self.plan = plan;
        Some(&self.plan)
    }

    fn make_plan(&self, inputs: &LayerInputs) -> EncodePlan {
        let max_framerate = match inputs.kind {
            SourceKind::Camera => CAMERA_FRAMERATE,
            SourceKind::Screen => SCREEN_FRAMERATE,
        };
        let candidates = self.candidates(inputs);
        let estimate = u32::try_from(inputs.estimate).unwrap_or(u32::MAX);
        let layers = if inputs.kind == SourceKind::Camera && inputs.simulcast {
            self.share(&candidates, estimate)
        } else {
            self.choose_one(&candidates, estimate)
        };
        EncodePlan { codec: Some(inputs.codec), max_framerate, layers }
    }

    /// The encodings the bridge has a use for, lowest first.
    fn candidates(&self, inputs: &LayerInputs) -> Vec<Candidate> {
        let limits = self.table.of(inputs.codec);
        let heights: Vec<u16> = match inputs.kind {
            SourceKind::Camera => {
                scales(inputs.capture_height).iter().map(|scale| inputs.capture_height / scale).collect()
            }
            SourceKind::Screen => vec![inputs.capture_height],
        };
        let wanted = |height: u16| inputs.max_height < 0 || i32::from(height) <= inputs.max_height;
        heights
            .into_iter()
            .enumerate()
            .filter(|(index, height)| inputs.max_height != 0 && (*index == 0 || wanted(*height)))
            .map(|(index, height)| {
                let limit = match inputs.kind {
                    SourceKind::Camera => limits.of_height(height),
                    SourceKind::Screen => limits.screen,
                };
                let share =
                    LEAST_SHARE.iter().find(|(from, _)| height >= *from).map_or(0, |(_, share)| *share);
                Candidate { layer: index as LayerIndex, height, limit, least: percent(limit, share) }
            })
            .collect()
    }

    /// Simulcast: as many layers as fit, each full before the next begins.
    fn share(&self, candidates: &[Candidate], estimate: u32) -> Vec<LayerPlan> {
        let mut layers: Vec<LayerPlan> = Vec::new();
        let mut used = 0;
        for candidate in candidates {
            let needed = used + candidate.least;
            let active = self.plan.layers.iter().any(|layer| layer.layer == candidate.layer);
            let fits = estimate >= if active { needed } else { percent(needed, 100 + HEADROOM) };
            if !fits && !layers.is_empty() {
                break;
            }
            let bitrate = estimate.saturating_sub(used).clamp(FLOOR, candidate.limit.max(FLOOR));
            used += bitrate;
            layers.push(LayerPlan { layer: candidate.layer, height: candidate.height, bitrate });
        }
        layers
    }

    /// One encoding: the highest that fits, always on the first SSRC.
    fn choose_one(&self, candidates: &[Candidate], estimate: u32) -> Vec<LayerPlan> {
        let now = self.plan.layers.first().map_or(0, |layer| layer.height);
        let fits = |candidate: &&Candidate| {
            let higher = now < candidate.height;
            estimate >= if higher { percent(candidate.least, 100 + HEADROOM) } else { candidate.least }
        };
        let chosen = candidates.iter().rev().find(fits).or(candidates.first());
        let plan = |candidate: &Candidate| LayerPlan {
            layer: 0,
            height: candidate.height,
            bitrate: estimate.clamp(FLOOR, candidate.limit.max(FLOOR)),
        };
        chosen.map(plan).into_iter().collect()
    }
}

/// By what a capture is divided, lowest layer first, as Jitsi's library does; small ones have fewer layers.
fn scales(capture_height: u16) -> &'static [u16] {
    match capture_height {
        2160.. => &[12, 6, 1],
        1080.. => &[6, 3, 1],
        540.. => &[4, 2, 1],
        270.. => &[2, 1],
        _ => &[1],
    }
}

fn percent(value: u32, share: u32) -> u32 {
    u32::try_from(u64::from(value) * u64::from(share) / 100).unwrap_or(u32::MAX)
}

/// Other layers, or a bitrate that moved by more than an encoder would notice.
fn differs(old: &EncodePlan, new: &EncodePlan) -> bool {
    if old.codec != new.codec
        || old.max_framerate != new.max_framerate
        || old.layers.len() != new.layers.len()
    {
        return true;
    }
    old.layers.iter().zip(&new.layers).any(|(old, new)| {
        (old.layer, old.height) != (new.layer, new.height)
            || old.bitrate.abs_diff(new.bitrate) > percent(old.bitrate, NOTICEABLE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulcast::MaxBitrates;

    const CAMERA: LayerInputs = LayerInputs {
        kind: SourceKind::Camera,
        capture_height: 720,
        codec: VideoCodec::Vp8,
        max_height: 2160,
        estimate: 10_000_000,
        simulcast: true,
    };

    /// Height and kbit/s of each layer.
    fn layers(plan: &EncodePlan) -> Vec<(u16, u32)> {
        plan.layers.iter().map(|layer| (layer.height, layer.bitrate / 1000)).collect()
    }

    fn fresh(inputs: &LayerInputs) -> Vec<(u16, u32)> {
        let mut allocator = LayerAllocator::default();
        allocator.update(inputs);
        layers(allocator.plan())
    }

    #[test]
    fn captures_are_divided_as_the_library_does() {
        for (capture_height, expected) in [
            (2160, &[180, 360, 2160][..]),
            (1080, &[180, 360, 1080]),
            (720, &[180, 360, 720]),
            (540, &[135, 270, 540]),
            (360, &[180, 360]),
            (180, &[180]),
        ] {
            let heights: Vec<u16> =
                fresh(&LayerInputs { capture_height, ..CAMERA }).iter().map(|(height, _)| *height).collect();
            assert_eq!(heights, expected);
        }
    }

    #[test]
    fn with_room_every_layer_gets_its_limit() {
        assert_eq!(fresh(&CAMERA), [(180, 200), (360, 500), (720, 1500)]);
        let h264 = LayerInputs { codec: VideoCodec::H264, capture_height: 1080, ..CAMERA };
        assert_eq!(fresh(&h264), [(180, 400), (360, 800), (1080, 4000)]);
    }

    #[test]
    fn the_bridge_says_which_layers_it_needs() {
        for (max_height, count) in [(-1, 3), (720, 3), (719, 2), (360, 2), (180, 1), (90, 1), (0, 0)] {
            assert_eq!(fresh(&LayerInputs { max_height, ..CAMERA }).len(), count, "{max_height}");
        }
    }

    #[test]
    fn layers_go_at_once_and_come_back_with_room_to_spare() {
        let mut allocator = LayerAllocator::default();
        let mut at = |estimate| {
            allocator.update(&LayerInputs { estimate, ..CAMERA });
            layers(allocator.plan())
        };
        assert_eq!(at(1_560_000), [(180, 200), (360, 500), (720, 860)]);
        // 200 + 500 + 40 % of 1500 is just enough to keep it.
        assert_eq!(at(1_300_000), [(180, 200), (360, 500), (720, 600)]);
        assert_eq!(at(1_299_999), [(180, 200), (360, 500)]);
        assert_eq!(at(1_559_000), [(180, 200), (360, 500)]);
        assert_eq!(at(1_560_000).len(), 3);
        assert_eq!(at(350_000), [(180, 200), (360, 150)]);
        assert_eq!(at(340_000), [(180, 200)]);
        assert_eq!(at(100_000), [(180, 100)]);
        assert_eq!(at(0), [(180, 30)], "somebody watches: the lowest layer stays");
    }

    #[test]
    fn only_changes_are_reported() {
        let mut allocator = LayerAllocator::default();
        assert!(allocator.update(&CAMERA).is_some());
        assert_eq!(allocator.update(&CAMERA), None);
        assert!(allocator.update(&LayerInputs { estimate: 1_700_000, ..CAMERA }).is_some());
        assert_eq!(allocator.update(&LayerInputs { estimate: 1_740_000, ..CAMERA }), None);
        // Small steps add up.
        assert!(allocator.update(&LayerInputs { estimate: 1_780_000, ..CAMERA }).is_some());
        assert!(allocator.update(&LayerInputs { max_height: 0, ..CAMERA }).is_some());
        assert_eq!(allocator.update(&LayerInputs { max_height: 0, estimate: 5, ..CAMERA }), None);
    }

    #[test]
    fn without_simulcast_one_encoding_is_scaled() {
        let single = LayerInputs { codec: VideoCodec::Vp9, simulcast: false, ..CAMERA };
        assert_eq!(fresh(&single), [(720, 1200)]);
        assert_eq!(fresh(&LayerInputs { max_height: 360, ..single }), [(360, 300)]);
        assert_eq!(fresh(&LayerInputs { max_height: 90, ..single }), [(180, 100)]);
        assert_eq!(fresh(&LayerInputs { max_height: 0, ..single }), []);

        let mut allocator = LayerAllocator::default();
        let mut at = |estimate| {
            allocator.update(&LayerInputs { estimate, ..single });
            layers(allocator.plan())
        };
        assert_eq!(at(600_000), [(720, 600)]);
        assert_eq!(at(470_000), [(360, 300)]);
        assert_eq!(at(570_000), [(360, 300)]);
        assert_eq!(at(576_000), [(720, 576)]);
        assert_eq!(at(20_000), [(180, 30)]);
    }

    #[test]
    fn a_screen_is_one_layer_with_few_frames() {
        let mut allocator = LayerAllocator::default();
        let screen =
            LayerInputs { kind: SourceKind::Screen, capture_height: 1440, max_height: 360, ..CAMERA };
        let plan = allocator.update(&screen).unwrap();
        assert_eq!(layers(plan), [(1440, 2500)]);
        assert_eq!(plan.max_framerate, 5);
        assert_eq!(fresh(&LayerInputs { max_height: 0, ..screen }), []);
    }

    #[test]
    fn a_deployment_sets_the_limits() {
        let mut table = BitrateTable::default();
        table.set(VideoCodec::Vp8, MaxBitrates { low: 50_000, ..MaxBitrates::defaults(VideoCodec::Vp8) });
        let mut allocator = LayerAllocator::new(table);
        assert_eq!(allocator.update(&CAMERA).map(|plan| plan.layers[0].bitrate), Some(50_000));
    }
}
