//! How large the pictures of each encoding are.

/// A side of a hardware encoder's pictures is a multiple of this: the only sizes that Android's compatibility tests
/// look at, and some encoders give green or shifted edges for others.
const HARDWARE_STEP: u16 = 16;
/// 4:2:0 needs even sides.
const SOFTWARE_STEP: u16 = 2;

/// The size of an encoding whose shorter side is `height`, of pictures of the size `shape`: the same shape but for what
/// the encoder's steps cut off, and never larger than what is asked for.
pub(super) fn layer_size(shape: (u16, u16), height: u16, hardware: bool) -> (u16, u16) {
    let step = u32::from(if hardware { HARDWARE_STEP } else { SOFTWARE_STEP });
    let short = shape.0.min(shape.1).max(1);
    let side = |full: u16| {
        let exact = u32::from(full) * u32::from(height.clamp(1, short)) / u32::from(short);
        u16::try_from((exact / step).max(1) * step).unwrap_or(full)
    };
    (side(shape.0), side(shape.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_takes_every_even_size() {
        let across = (1280, 720);
        let sizes = [180, 360, 720, 1080].map(|height| layer_size(across, height, false));
        assert_eq!(sizes, [(320, 180), (640, 360), (1280, 720), (1280, 720)]);
        assert_eq!(layer_size((720, 1280), 180, false), (180, 320), "upright");
        assert_eq!(layer_size((640, 480), 90, false), (120, 90));
    }

    #[test]
    fn hardware_wants_whole_blocks() {
        let sizes = [180, 360, 720].map(|height| layer_size((720, 1280), height, true));
        assert_eq!(sizes, [(176, 320), (352, 640), (720, 1280)]);
        assert_eq!(layer_size((1280, 720), 0, true), (16, 16), "never nothing");
    }
}
