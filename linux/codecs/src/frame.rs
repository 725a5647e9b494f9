//! Raw pictures: three planes of 8-bit 4:2:0. A frame either owns its pixels behind an `Arc` (cloning is
//! cheap, writing copies only when shared) or is lent by a decoder, in which case it is only ever seen by
//! reference and cloning copies.

use std::ptr::NonNull;
use std::sync::Arc;

use crate::error::CodecError;

/// Neither side of a picture may be larger; hostile headers are refused before anything is allocated for
/// them.
pub const MAX_DIMENSION: u16 = 4096;

/// A raw picture. Chroma planes are half as wide and high as the picture, rounded up.
#[derive(Debug)]
pub struct I420Frame {
    width: u16,
    height: u16,
    strides: [usize; 3],
    storage: Storage,
}

#[derive(Debug)]
enum Storage {
    /// The planes one after the other.
    Owned(Arc<Vec<u8>>),
    /// Memory of a decoder, valid until its next call.
    Lent([NonNull<u8>; 3]),
}

// SAFETY: pixels are only read through a shared reference, owned ones are plain bytes, and lent ones belong
// to the decoder that holds this frame and moves with it (see `I420Frame::lend`).
unsafe impl Send for I420Frame {}
// SAFETY: as above; there is no interior mutability.
unsafe impl Sync for I420Frame {}

/// One plane to read.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a> {
    /// The pixels; row `n` starts at `n * stride`.
    pub data: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl<'a> Plane<'a> {
    /// The pixels of row `index`.
    #[inline]
    pub fn row(&self, index: usize) -> &'a [u8] {
        &self.data[index * self.stride..][..self.width]
    }

    /// All rows from the top.
    pub fn rows(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.height).map(move |index| self.row(index))
    }
}

/// One plane to write.
#[derive(Debug)]
pub struct PlaneMut<'a> {
    /// The pixels; row `n` starts at `n * stride`.
    pub data: &'a mut [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl PlaneMut<'_> {
    /// The pixels of row `index`.
    #[inline]
    pub fn row(&mut self, index: usize) -> &mut [u8] {
        &mut self.data[index * self.stride..][..self.width]
    }
}

/// Checks a size that came from outside: positive and at most [`MAX_DIMENSION`].
pub(crate) fn checked_size(width: u32, height: u32) -> Result<(u16, u16), CodecError> {
    let side = |n: u32| u16::try_from(n).ok().filter(|n| (1..=MAX_DIMENSION).contains(n));
    match (side(width), side(height)) {
        (Some(width), Some(height)) => Ok((width, height)),
        _ => Err(CodecError::Size { width, height }),
    }
}

fn plane_size(width: u16, height: u16, index: usize) -> (usize, usize) {
    let (width, height) = (usize::from(width), usize::from(height));
    if index == 0 { (width, height) } else { (width.div_ceil(2), height.div_ceil(2)) }
}

impl I420Frame {
    /// A black picture.
    pub fn new(width: u16, height: u16) -> Self {
        let luma = usize::from(width) * usize::from(height);
        let (chroma_width, chroma_height) = plane_size(width, height, 1);
        let mut pixels = vec![16; luma];
        pixels.resize(luma + 2 * chroma_width * chroma_height, 128);
        Self {
            width,
            height,
            strides: [usize::from(width), chroma_width, chroma_width],
            storage: Storage::Owned(Arc::new(pixels)),
        }
    }

    /// A frame over a decoder's own memory.
    ///
    /// # Safety
    /// Each plane must be readable for `stride * (rows - 1) + row length` bytes for as long as anyone can
    /// reach the frame: the decoder keeps it in a private field, hands out only shared references bound to a
    /// borrow of the decoder, and never lends while it writes.
    pub(crate) unsafe fn lend(
        width: u16,
        height: u16,
        planes: [NonNull<u8>; 3],
        strides: [usize; 3],
    ) -> Self {
        Self { width, height, strides, storage: Storage::Lent(planes) }
    }

    /// Width in pixels.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u16 {
        self.height
    }

    /// Luma.
    pub fn y(&self) -> Plane<'_> {
        self.plane(0)
    }

    /// Blue difference.
    pub fn u(&self) -> Plane<'_> {
        self.plane(1)
    }

    /// Red difference.
    pub fn v(&self) -> Plane<'_> {
        self.plane(2)
    }

    /// Luma, blue and red difference.
    pub fn planes(&self) -> [Plane<'_>; 3] {
        [self.plane(0), self.plane(1), self.plane(2)]
    }

    fn plane(&self, index: usize) -> Plane<'_> {
        let (width, height) = plane_size(self.width, self.height, index);
        let stride = self.strides[index];
        let data = match &self.storage {
            Storage::Owned(pixels) => {
                let start: usize = (0..index)
                    .map(|before| self.strides[before] * plane_size(self.width, self.height, before).1)
                    .sum();
                &pixels[start..start + stride * height]
            }
            // SAFETY: the promise made to `lend`.
            Storage::Lent(planes) => unsafe {
                std::slice::from_raw_parts(
                    planes[index].as_ptr(),
                    if height == 0 { 0 } else { stride * (height - 1) + width },
                )
            },
        };
        Plane { data, stride, width, height }
    }

    /// The planes to write to. Copies the pixels first if somebody else holds the frame too.
    pub fn planes_mut(&mut self) -> [PlaneMut<'_>; 3] {
        if let Storage::Lent(_) = self.storage {
            *self = self.clone();
        }
        let sizes = [0, 1, 2].map(|index| plane_size(self.width, self.height, index));
        let strides = self.strides;
        let Storage::Owned(pixels) = &mut self.storage else {
            unreachable!("a clone owns its pixels");
        };
        let (y, chroma) = Arc::make_mut(pixels).split_at_mut(strides[0] * sizes[0].1);
        let (u, v) = chroma.split_at_mut(strides[1] * sizes[1].1);
        let mut data = [y, u, v].into_iter();
        [0, 1, 2].map(|index| PlaneMut {
            data: data.next().unwrap_or_default(),
            stride: strides[index],
            width: sizes[index].0,
            height: sizes[index].1,
        })
    }

    /// The same pixels in memory of their own.
    fn copied(&self) -> Self {
        let mut pixels =
            Vec::with_capacity(self.planes().iter().map(|plane| plane.width * plane.height).sum());
        for plane in self.planes() {
            if plane.stride == plane.width {
                pixels.extend_from_slice(&plane.data[..plane.width * plane.height]);
            } else {
                for row in plane.rows() {
                    pixels.extend_from_slice(row);
                }
            }
        }
        Self {
            width: self.width,
            height: self.height,
            strides: self.planes().map(|plane| plane.width),
            storage: Storage::Owned(Arc::new(pixels)),
        }
    }
}

impl Clone for I420Frame {
    fn clone(&self) -> Self {
        match &self.storage {
            Storage::Owned(pixels) => Self {
                width: self.width,
                height: self.height,
                strides: self.strides,
                storage: Storage::Owned(Arc::clone(pixels)),
            },
            Storage::Lent(_) => self.copied(),
        }
    }
}

impl PartialEq for I420Frame {
    fn eq(&self, other: &Self) -> bool {
        self.width == other.width
            && self.height == other.height
            && self.planes().iter().zip(other.planes()).all(|(a, b)| a.rows().eq(b.rows()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_round_chroma_up() {
        let frame = I420Frame::new(5, 3);
        assert_eq!((frame.y().width, frame.y().height), (5, 3));
        assert_eq!((frame.u().width, frame.v().height), (3, 2));
        assert_eq!(frame.v().rows().count(), 2);
    }

    #[test]
    fn writing_to_a_shared_frame_leaves_the_other_alone() {
        let ada = I420Frame::new(4, 4);
        let mut ben = ada.clone();
        ben.planes_mut()[0].row(0)[0] = 200;
        assert_eq!(ada.y().row(0)[0], 16);
        assert_eq!(ben.y().row(0)[0], 200);
        assert_ne!(ada, ben);
    }

    #[test]
    fn lent_frames_are_copied_when_kept() {
        let mut memory = vec![7u8; 8 * 2 + 4 + 4];
        let base = NonNull::new(memory.as_mut_ptr()).unwrap();
        // SAFETY: the offsets lie inside `memory`, which outlives `lent`.
        let kept = unsafe {
            let planes = [base, base.add(16), base.add(20)];
            let lent = I420Frame::lend(4, 2, planes, [8, 4, 4]);
            lent.clone()
        };
        memory.fill(0);
        assert_eq!(kept.y().stride, 4);
        assert!(kept.planes().iter().all(|plane| plane.rows().flatten().all(|&pixel| pixel == 7)));
    }

    #[test]
    fn sizes_from_outside_are_checked() {
        assert_eq!(checked_size(4096, 1), Ok((4096, 1)));
        assert!(checked_size(4097, 16).is_err());
        assert!(checked_size(0, 16).is_err());
        assert!(checked_size(u32::MAX, u32::MAX).is_err());
    }
}
