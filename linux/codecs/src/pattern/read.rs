//! Finds the frame number and the colour of a pattern again.

use super::{CELLS, COLOURS, FrameNumber, cell, chroma};
use crate::frame::I420Frame;

/// A cell darker than this is black.
const DARK: usize = 90;
/// A cell lighter than this is white; between the two the picture is not a pattern, or spoilt.
const LIGHT: usize = 165;
/// Nearer to grey than this (squared), a chroma sample says nothing about the colour.
const GREY: i32 = 32 * 32;

/// The number in `frame`, if it shows a pattern in a readable state.
pub fn read(frame: &I420Frame) -> Option<FrameNumber> {
    let luma = frame.y();
    let mut cells = 0;
    for index in 0..CELLS {
        let (columns, rows) = cell(index, luma.width, luma.height);
        // The inner half, away from the edges that scaling and coding blur.
        let columns = columns.start + columns.len() / 4..columns.end - columns.len() / 4;
        let rows = rows.start + rows.len() / 4..rows.end - rows.len() / 4;
        let count = columns.len() * rows.len();
        if count == 0 {
            return None;
        }
        let sum: usize = rows
            .map(|row| luma.row(row)[columns.clone()].iter().map(|&p| usize::from(p)).sum::<usize>())
            .sum();
        cells = cells << 1
            | match sum / count {
                mean if mean < DARK => 0,
                mean if mean > LIGHT => 1,
                _ => return None,
            };
    }
    FrameNumber::from_cells(cells)
}

/// The index of the colour (a person's index modulo [`COLOURS`]) that covers most of `frame`, if one does.
pub fn dominant_colour(frame: &I420Frame) -> Option<usize> {
    let (u, v) = (frame.u(), frame.v());
    let mut votes = [0usize; COLOURS];
    let mut samples = 0;
    for row in (0..u.height).step_by((u.height / 32).max(1)) {
        for column in (0..u.width).step_by((u.width / 32).max(1)) {
            let blue = i32::from(u.row(row)[column]);
            let red = i32::from(v.row(row)[column]);
            if (blue - 128).pow(2) + (red - 128).pow(2) < GREY {
                continue;
            }
            samples += 1;
            let nearest = (0..COLOURS).min_by_key(|&colour| {
                let (its_blue, its_red) = chroma(colour);
                (i32::from(its_blue) - blue).pow(2) + (i32::from(its_red) - red).pow(2)
            })?;
            votes[nearest] += 1;
        }
    }
    let (colour, &most) = votes.iter().enumerate().max_by_key(|(_, count)| **count)?;
    (most > samples / 2 && most > 0).then_some(colour)
}
