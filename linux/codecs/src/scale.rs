//! Making smaller pictures by averaging the area that each new pixel covers.

use crate::frame::{I420Frame, Plane, PlaneMut};

/// Fills `target` with a smaller (or equally large) copy of `source`.
pub fn scale(source: &I420Frame, target: &mut I420Frame) {
    for (from, to) in source.planes().into_iter().zip(target.planes_mut()) {
        scale_plane(from, to);
    }
}

fn scale_plane(from: Plane<'_>, mut to: PlaneMut<'_>) {
    if from.width == to.width && from.height == to.height {
        for index in 0..to.height {
            to.row(index).copy_from_slice(from.row(index));
        }
    } else if from.width == to.width * 2 && from.height == to.height * 2 {
        for index in 0..to.height {
            halve_rows(from.row(index * 2), from.row(index * 2 + 1), to.row(index));
        }
    } else {
        average(from, to);
    }
}

/// Two rows to one of half the length: the usual step between simulcast encodings, written so that it
/// vectorises.
fn halve_rows(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    // Each pair as one 16-bit number whose halves are added: that needs no shuffling of bytes.
    let pair_sum = |pair: &[u8; 2]| {
        let pair = u16::from_le_bytes(*pair);
        (pair & 0xff) + (pair >> 8)
    };
    for ((pixel, a), b) in out.iter_mut().zip(upper.as_chunks().0).zip(lower.as_chunks().0) {
        *pixel = ((pair_sum(a) + pair_sum(b) + 2) >> 2) as u8;
    }
}

/// Any ratio: columns are summed over the covered rows first, then over the covered columns.
fn average(from: Plane<'_>, mut to: PlaneMut<'_>) {
    let columns: Vec<(usize, usize)> =
        (0..to.width).map(|column| covered(column, to.width, from.width)).collect();
    let mut sums = vec![0u32; from.width];
    // Of all columns up to one, so that a pixel takes two of them however many it covers.
    let mut up_to = vec![0u32; from.width + 1];
    for index in 0..to.height {
        let (top, bottom) = covered(index, to.height, from.height);
        sums.fill(0);
        for row in top..bottom {
            for (sum, &pixel) in sums.iter_mut().zip(from.row(row)) {
                *sum += u32::from(pixel);
            }
        }
        let mut total = 0u32;
        for (up_to, &sum) in up_to[1..].iter_mut().zip(&sums) {
            total = total.wrapping_add(sum);
            *up_to = total;
        }
        // Widths differ by one at most, so that two quotients do for the row and no pixel needs a division.
        let narrow = (from.width / to.width).max(1);
        let quotients = [narrow, narrow + 1].map(|width| quotient((width * (bottom - top)) as u64));
        for (pixel, &(left, right)) in to.row(index).iter_mut().zip(&columns) {
            let sum = up_to[right].wrapping_sub(up_to[left]);
            *pixel = divide(sum, quotients[usize::from(right - left > narrow)]);
        }
    }
}

/// One part of `count`, in 1/2^32.
fn quotient(count: u64) -> u64 {
    ((1 << 32) + count / 2) / count
}

/// A sum of pixels divided by how many they are, rounded.
fn divide(sum: u32, quotient: u64) -> u8 {
    ((u64::from(sum) * quotient + (1 << 31)) >> 32).min(255) as u8
}

/// The range of `from` pixels under pixel `index` of `to`; never empty.
fn covered(index: usize, to: usize, from: usize) -> (usize, usize) {
    let start = (index * from / to).min(from - 1);
    let end = ((index + 1) * from / to).max(start + 1);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width: u16, height: u16) -> I420Frame {
        let mut frame = I420Frame::new(width, height);
        for mut plane in frame.planes_mut() {
            for index in 0..plane.height {
                for (column, pixel) in plane.row(index).iter_mut().enumerate() {
                    *pixel = ((column + index) % 256) as u8;
                }
            }
        }
        frame
    }

    #[test]
    fn halving_averages_four_pixels() {
        let mut half = I420Frame::new(8, 4);
        scale(&gradient(16, 8), &mut half);
        // Pixels 0, 1, 1, 2 average to 1.
        assert_eq!(half.y().row(0)[..4], [1, 3, 5, 7]);
        assert_eq!(half.y().row(1)[0], 3);
    }

    #[test]
    fn the_general_case_agrees_with_halving() {
        let source = gradient(16, 8);
        let (mut fast, mut slow) = (I420Frame::new(8, 4), I420Frame::new(8, 4));
        scale(&source, &mut fast);
        for (from, to) in source.planes().into_iter().zip(slow.planes_mut()) {
            average(from, to);
        }
        assert_eq!(fast, slow);
    }

    #[test]
    fn white_stays_white_and_nothing_is_a_shade_off_at_any_ratio() {
        for (width, height) in [(213, 119), (240, 135), (3, 170), (319, 1)] {
            let mut source = I420Frame::new(320, 180);
            let mut small = I420Frame::new(width, height);
            for shade in [0, 1, 127, 254, 255] {
                source.planes_mut().into_iter().for_each(|plane| plane.data.fill(shade));
                scale(&source, &mut small);
                assert!(small.y().rows().flatten().all(|&pixel| pixel == shade), "{width}×{height}, {shade}");
            }
        }
    }

    #[test]
    fn any_ratio_and_any_size_work() {
        for (width, height) in [(1, 1), (7, 5), (320, 180), (213, 119), (640, 360)] {
            let mut small = I420Frame::new(width, height);
            scale(&gradient(640, 360), &mut small);
            assert!(small.y().rows().flatten().all(|&pixel| pixel > 0 || width == 640));
        }
    }
}
