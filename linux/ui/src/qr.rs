//! A link as a code to scan.

use slint::{Image, Rgb8Pixel, SharedPixelBuffer};
use treff_app::qr_code;

/// Empty modules around the code, as ISO 18004 asks for.
const QUIET_ZONE: usize = 4;

/// The code with its margin, black on white, one pixel a module; nothing for a text that is empty or too long for one.
pub(crate) fn qr(text: &str) -> Option<Image> {
    let code = qr_code(text).filter(|_| !text.is_empty())?;
    let side = code.size + 2 * QUIET_ZONE;
    let length = u32::try_from(side).ok()?;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(length, length);
    let inside = |place: usize| place.checked_sub(QUIET_ZONE).filter(|place| *place < code.size);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let dark = match (inside(index % side), inside(index / side)) {
            (Some(x), Some(y)) => code.modules[y * code.size + x],
            _ => false,
        };
        let shade = if dark { 0 } else { 255 };
        *pixel = Rgb8Pixel::new(shade, shade, shade);
    }
    Some(Image::from_rgb8(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_quiet_zone() {
        let image = qr("https://meet.example.org/Pub").expect("a code");
        // 28 octets fit version 3 at medium correction: 29 modules.
        assert_eq!(image.size().width, 29 + 8);
        let pixels = image.to_rgb8().expect("pixels");
        assert_eq!(pixels.as_slice()[0].r, 255, "the corner is not empty");
        // The finder's own corner is dark.
        assert_eq!(pixels.as_slice()[4 * 37 + 4].r, 0);
    }

    #[test]
    fn what_fits_no_code_has_none() {
        assert!(qr("").is_none());
        assert!(qr(&"x".repeat(5000)).is_none());
    }
}
