//! A link as a code to scan.

use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// Light modules around the code that scanners need; the white card adds the rest of the four.
const QUIET: usize = 1;

/// The code, one pixel a module; nothing when the link is too long for one.
pub(super) fn code(link: &str) -> Option<Image> {
    if link.is_empty() {
        return None;
    }
    let code = treff_app::qr_code(link)?;
    let side = code.size + 2 * QUIET;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = ((index % side).wrapping_sub(QUIET), (index / side).wrapping_sub(QUIET));
        let dark = x < code.size && y < code.size && code.modules[y * code.size + x];
        let shade = if dark { 0 } else { 255 };
        *pixel = Rgb8Pixel { r: shade, g: shade, b: shade };
    }
    Some(Image::from_rgb8(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_black_and_white_cells() {
        let image = code("https://meet.example.org/Pub").and_then(|image| image.to_rgb8()).expect("it fits");
        assert_eq!(image.width(), image.height());
        let corner = &image.as_slice()[(image.width() + 1) as usize];
        assert_eq!(corner.r, 0, "a finder pattern stands in the corner");
        assert!(image.as_slice()[..image.width() as usize].iter().all(|pixel| pixel.r == 255));
    }

    #[test]
    fn what_fits_no_code_has_none() {
        assert!(code("").is_none());
        assert!(code(&"x".repeat(5000)).is_none());
    }
}
