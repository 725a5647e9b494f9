//! From a decoder's planes to the pixels a window shows: RGB, eight bits each, never more of them than are seen. No
//! alpha: a renderer without a GPU would blend each pixel of an opaque picture with what is under it.
//!
//! In: a picture, lent or owned. Out: pixels in the caller's memory; nothing is kept but a scratch picture where
//! one has to be made smaller first.

use yuv::{YuvPlanarImage, YuvRange, YuvStandardMatrix, yuv420_to_rgb};

use crate::error::CodecError;
use crate::frame::I420Frame;
use crate::scale::scale;

/// Pixels are not worth saving below this: scaling costs as much as it spares.
const WORTH_SCALING: f32 = 1.25;

/// How large a picture is painted when `height` pixels of it are seen: its own size, or smaller in the same shape with
/// even sides.
pub fn painted_size(picture: (u16, u16), height: u32) -> (u16, u16) {
    let (width, full) = picture;
    if height == 0 || f32::from(full) <= height as f32 * WORTH_SCALING {
        return picture;
    }
    let even = |side: f32| ((side / 2.0).ceil() as u16).saturating_mul(2);
    let ratio = height as f32 / f32::from(full);
    (even(f32::from(width) * ratio).clamp(2, width.max(2)), even(height as f32).clamp(2, full))
}

/// Paints the pictures of one source.
#[derive(Debug, Default)]
pub struct Painter {
    smaller: Option<I420Frame>,
}

impl Painter {
    /// Fills `rgb` (three bytes a pixel, rows without gaps) with `picture` at `size`, which is its own or smaller;
    /// as in a mirror if so wished.
    ///
    /// # Errors
    /// When `rgb` does not hold exactly `size` or a side is zero.
    pub fn paint(
        &mut self,
        picture: &I420Frame,
        size: (u16, u16),
        mirrored: bool,
        rgb: &mut [u8],
    ) -> Result<(), CodecError> {
        let (width, height) = size;
        let wrong = CodecError::Size { width: width.into(), height: height.into() };
        if width == 0 || height == 0 || rgb.len() != usize::from(width) * usize::from(height) * 3 {
            return Err(wrong);
        }
        let source = if size == (picture.width(), picture.height()) {
            picture
        } else {
            let smaller = match &mut self.smaller {
                Some(smaller) if (smaller.width(), smaller.height()) == size => smaller,
                other => other.insert(I420Frame::new(width, height)),
            };
            scale(picture, smaller);
            smaller
        };
        convert(source, rgb).map_err(|_| wrong)?;
        if mirrored {
            for row in rgb.chunks_exact_mut(usize::from(width) * 3) {
                row.as_chunks_mut::<3>().0.reverse();
            }
        }
        Ok(())
    }
}

/// BT.601 in the limited range: what WebRTC senders make of a camera and Chromium assumes of a stream that says nothing.
fn convert(picture: &I420Frame, rgb: &mut [u8]) -> Result<(), yuv::YuvError> {
    let [y, u, v] = picture.planes();
    let image = YuvPlanarImage {
        y_plane: y.data,
        y_stride: y.stride as u32,
        u_plane: u.data,
        u_stride: u.stride as u32,
        v_plane: v.data,
        v_stride: v.stride as u32,
        width: picture.width().into(),
        height: picture.height().into(),
    };
    let stride = u32::from(picture.width()) * 3;
    yuv420_to_rgb(&image, rgb, stride, YuvRange::Limited, YuvStandardMatrix::Bt601)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{FrameNumber, Pattern};

    fn plain(width: u16, height: u16, y: u8, u: u8, v: u8) -> I420Frame {
        let mut frame = I420Frame::new(width, height);
        for (plane, value) in frame.planes_mut().into_iter().zip([y, u, v]) {
            plane.data.fill(value);
        }
        frame
    }

    fn painted(picture: &I420Frame, size: (u16, u16), mirrored: bool) -> Vec<[u8; 3]> {
        let mut rgb = vec![0; usize::from(size.0) * usize::from(size.1) * 3];
        Painter::default().paint(picture, size, mirrored, &mut rgb).expect("it fits");
        rgb.as_chunks::<3>().0.to_vec()
    }

    #[test]
    fn colours_are_those_of_bt601_in_the_limited_range() {
        let table = [
            ((16, 128, 128), [0, 0, 0]),
            ((235, 128, 128), [255, 255, 255]),
            ((81, 90, 240), [255, 0, 0]),
            ((145, 54, 34), [0, 255, 0]),
            ((41, 240, 110), [0, 0, 255]),
        ];
        for ((y, u, v), expected) in table {
            for pixel in painted(&plain(64, 6, y, u, v), (64, 6), false) {
                for (found, wanted) in pixel.iter().zip(expected) {
                    assert!(found.abs_diff(wanted) <= 2, "{pixel:?} instead of {expected:?}");
                }
            }
        }
    }

    #[test]
    fn odd_sizes_and_lent_strides_are_painted_whole() {
        for (width, height) in [(1, 1), (3, 5), (161, 91), (320, 180)] {
            let pixels = painted(&plain(width, height, 235, 128, 128), (width, height), false);
            assert!(pixels.iter().all(|pixel| pixel[0] > 252), "{width}×{height}");
        }
    }

    #[test]
    fn a_mirror_swaps_left_and_right() {
        let picture = Pattern::new(3, 320, 180).draw(FrameNumber(77));
        let (plain, mirrored) = (painted(&picture, (320, 180), false), painted(&picture, (320, 180), true));
        for (row, mirror) in plain.chunks(320).zip(mirrored.chunks(320)) {
            assert!(row.iter().rev().eq(mirror));
        }
        assert_ne!(plain, mirrored);
    }

    #[test]
    fn no_more_pixels_than_are_seen() {
        let table = [
            ((1280, 720), 720, (1280, 720)),
            ((1280, 720), 600, (1280, 720)),
            ((1280, 720), 360, (640, 360)),
            ((1280, 720), 101, (180, 102)),
            ((320, 180), 720, (320, 180)),
            ((720, 1280), 320, (180, 320)),
            ((1280, 720), 0, (1280, 720)),
            ((1, 4000), 2, (2, 2)),
        ];
        for (picture, height, expected) in table {
            assert_eq!(painted_size(picture, height), expected, "{picture:?} at {height}");
        }
    }

    #[test]
    fn a_smaller_picture_looks_the_same() {
        let picture = Pattern::new(5, 1280, 720).draw(FrameNumber(4));
        let small = painted(&picture, (320, 180), false);
        let large = painted(&picture, (1280, 720), false);
        // The corner is the person's plain colour.
        for (a, b) in small[2 * 320 + 4].iter().zip(large[8 * 1280 + 16]) {
            assert!(a.abs_diff(b) <= 2);
        }
    }

    #[test]
    fn memory_of_another_size_is_refused() {
        let picture = plain(16, 16, 100, 128, 128);
        assert!(Painter::default().paint(&picture, (16, 16), false, &mut [0; 16 * 16 * 4]).is_err());
        assert!(Painter::default().paint(&picture, (0, 16), false, &mut []).is_err());
    }
}
