//! From the layouts of cameras to three planes. Every length is checked before a row is touched.

use treff_codecs::I420Frame;

use super::{Malformed, RawPicture};

/// Row `index` of a plane of rows of `width` bytes.
fn row(data: &[u8], stride: usize, width: usize, index: usize) -> Result<&[u8], Malformed> {
    let start = stride.checked_mul(index).ok_or(Malformed)?;
    data.get(start..).and_then(|rest| rest.get(..width)).ok_or(Malformed)
}

/// Four bytes hold two pixels; `luma` says where their two lumas start, colour has the other places.
pub(super) fn from_packed(raw: &RawPicture<'_>, luma: usize) -> Result<I420Frame, Malformed> {
    let colour = 1 - luma;
    let pairs = usize::from(raw.width).div_ceil(2);
    if raw.stride < pairs * 4 {
        return Err(Malformed);
    }
    let mut frame = I420Frame::new(raw.width, raw.height);
    let [mut y, mut u, mut v] = frame.planes_mut();
    for index in 0..usize::from(raw.height) {
        let pixels = row(raw.data, raw.stride, pairs * 4, index)?.as_chunks::<4>().0;
        for (two, pair) in y.row(index).chunks_mut(2).zip(pixels) {
            two[0] = pair[luma];
            if let Some(last) = two.get_mut(1) {
                *last = pair[luma + 2];
            }
        }
        if index % 2 == 0 {
            // Colour of the row below, if there is one, weighs as much.
            let below = row(raw.data, raw.stride, pairs * 4, index + 1).unwrap_or(pixels.as_flattened());
            let below = below.as_chunks::<4>().0;
            let colours = u.row(index / 2).iter_mut().zip(v.row(index / 2));
            for ((u, v), (upper, lower)) in colours.zip(pixels.iter().zip(below)) {
                *u = upper[colour].midpoint(lower[colour]);
                *v = upper[colour + 2].midpoint(lower[colour + 2]);
            }
        }
    }
    Ok(frame)
}

pub(super) fn from_nv12(raw: &RawPicture<'_>) -> Result<I420Frame, Malformed> {
    let mut frame = I420Frame::new(raw.width, raw.height);
    let [mut y, mut u, mut v] = frame.planes_mut();
    if raw.stride < 2 * u.width.max(y.width.div_ceil(2)) {
        return Err(Malformed);
    }
    let colour = raw.data.get(raw.stride.saturating_mul(y.height)..).ok_or(Malformed)?;
    for index in 0..y.height {
        let width = y.width;
        y.row(index).copy_from_slice(row(raw.data, raw.stride, width, index)?);
    }
    for index in 0..u.height {
        let pairs = row(colour, raw.stride, 2 * u.width, index)?.as_chunks::<2>().0;
        for ((u, v), pair) in u.row(index).iter_mut().zip(v.row(index)).zip(pairs) {
            [*u, *v] = *pair;
        }
    }
    Ok(frame)
}

pub(super) fn from_i420(raw: &RawPicture<'_>) -> Result<I420Frame, Malformed> {
    let mut frame = I420Frame::new(raw.width, raw.height);
    if raw.stride < usize::from(raw.width) {
        return Err(Malformed);
    }
    let mut rest = raw.data;
    for (number, mut plane) in frame.planes_mut().into_iter().enumerate() {
        let stride = if number == 0 { raw.stride } else { raw.stride.div_ceil(2) };
        let width = plane.width;
        for index in 0..plane.height {
            plane.row(index).copy_from_slice(row(rest, stride, width, index)?);
        }
        rest = rest.get(stride.saturating_mul(plane.height)..).unwrap_or_default();
    }
    Ok(frame)
}

/// `pixels` are Y, Cb and Cr in turns, in the full range that JPEG has.
pub(super) fn from_full_range_444(width: u16, height: u16, pixels: &[u8]) -> Result<I420Frame, Malformed> {
    let mut frame = I420Frame::new(width, height);
    let [mut y, mut u, mut v] = frame.planes_mut();
    let stride = usize::from(width) * 3;
    let luma = |full: u8| (16 + (u32::from(full) * 219 + 127) / 255) as u8;
    let colour = |sum: u32| (16 + (sum * 224 + 510) / 1020) as u8;
    for index in 0..usize::from(height) {
        let upper = row(pixels, stride, stride, index)?.as_chunks::<3>().0;
        for (y, pixel) in y.row(index).iter_mut().zip(upper) {
            *y = luma(pixel[0]);
        }
        if index % 2 == 1 {
            continue;
        }
        let lower = row(pixels, stride, stride, index + 1).unwrap_or(upper.as_flattened()).as_chunks::<3>().0;
        let colours = u.row(index / 2).iter_mut().zip(v.row(index / 2));
        for ((u, v), (upper, lower)) in colours.zip(upper.chunks(2).zip(lower.chunks(2))) {
            // A last column or row alone counts twice.
            let sum = |channel: usize| -> u32 {
                let ends = [upper.first(), upper.last(), lower.first(), lower.last()];
                ends.into_iter().flatten().map(|pixel| u32::from(pixel[channel])).sum()
            };
            *u = colour(sum(1));
            *v = colour(sum(2));
        }
    }
    Ok(frame)
}
