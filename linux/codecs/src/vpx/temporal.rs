//! The temporal hierarchy L1T3: four frames in the order 0-2-1-2, so that a bridge may halve or quarter the
//! frame rate.
//!
//! The base layer lives in VP8's "last" buffer and refers to nothing else. Layer 1 refers to the base layer
//! and is kept in the "golden" buffer for the layer-2 frame after it. Layer 2 is never referred to. Only the
//! base layer and key frames may change the entropy coder's state, since anything else may be missing at a
//! receiver.

use treff_media::frame::TemporalLayer;
use vpx_sys::vpx_enc_frame_flags_t;

// From vp8cx.h; the bindings leave these macros out.
const NO_REF_LAST: vpx_enc_frame_flags_t = 1 << 16;
const NO_REF_GOLDEN: vpx_enc_frame_flags_t = 1 << 17;
const NO_UPDATE_LAST: vpx_enc_frame_flags_t = 1 << 18;
const NO_UPDATE_ENTROPY: vpx_enc_frame_flags_t = 1 << 20;
const NO_REF_ALTERNATE: vpx_enc_frame_flags_t = 1 << 21;
const NO_UPDATE_GOLDEN: vpx_enc_frame_flags_t = 1 << 22;
const NO_UPDATE_ALTERNATE: vpx_enc_frame_flags_t = 1 << 23;

/// Temporal layers in L1T3.
pub(super) const LAYERS: usize = 3;
/// The layer of each frame of the pattern, as libvpx's rate control wants to know it.
pub(super) const PATTERN: [u8; 4] = [0, 2, 1, 2];
/// Every how many frames the layers up to this one have a frame, inverted.
pub(super) const DECIMATORS: [u32; LAYERS] = [4, 2, 1];
/// Percent of the bit rate for the layers up to this one: what WebRTC senders use, and distinct, as JVB
/// needs.
pub(super) const CUMULATIVE_PERCENT: [u32; LAYERS] = [40, 60, 100];

/// Counts through the pattern.
#[derive(Debug, Default)]
pub(super) struct TemporalPattern {
    position: usize,
}

impl TemporalPattern {
    /// Where the next frame stands, and the flags to encode it with.
    pub(super) fn current(&self) -> (TemporalLayer, vpx_enc_frame_flags_t) {
        let only_last = NO_REF_GOLDEN | NO_REF_ALTERNATE;
        let droppable = NO_UPDATE_LAST | NO_UPDATE_GOLDEN | NO_UPDATE_ALTERNATE | NO_UPDATE_ENTROPY;
        let (sync, flags) = match self.position {
            0 => (false, only_last | NO_UPDATE_GOLDEN | NO_UPDATE_ALTERNATE),
            1 => (true, only_last | droppable),
            2 => (true, only_last | NO_UPDATE_LAST | NO_UPDATE_ALTERNATE | NO_UPDATE_ENTROPY),
            _ => (false, NO_REF_ALTERNATE | droppable),
        };
        debug_assert_eq!(flags & NO_REF_LAST, 0, "every frame may refer to the base layer");
        (TemporalLayer { id: PATTERN[self.position], sync }, flags)
    }

    /// A frame was made.
    pub(super) fn advance(&mut self) {
        self.position = (self.position + 1) % PATTERN.len();
    }

    /// The next frame is a key frame, and the pattern starts from it.
    pub(super) fn restart(&mut self) {
        self.position = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_in_the_order_0_2_1_2() {
        let mut pattern = TemporalPattern::default();
        let seen: Vec<_> = (0..5)
            .map(|_| {
                let (layer, _) = pattern.current();
                pattern.advance();
                (layer.id, layer.sync)
            })
            .collect();
        assert_eq!(seen, [(0, false), (2, true), (1, true), (2, false), (0, false)]);
    }

    #[test]
    fn only_the_base_layer_touches_what_it_needs_itself() {
        let mut pattern = TemporalPattern::default();
        for _ in 0..4 {
            let (layer, flags) = pattern.current();
            let frozen = flags & NO_UPDATE_LAST != 0 && flags & NO_UPDATE_ENTROPY != 0;
            assert_eq!(frozen, layer.id > 0);
            assert_eq!(flags & NO_UPDATE_GOLDEN != 0, layer.id != 1);
            pattern.advance();
        }
    }
}
