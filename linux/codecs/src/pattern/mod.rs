//! A moving picture that says which person it belongs to and which frame it is, and the reader that finds
//! both again after scaling and lossy coding. In: a person's index and a frame number. Out: a picture, or the
//! number read from one.
//!
//! Layout, in 24ths of the height: a plain background in the person's colour; rows 3 to 15 hold 24 black or
//! white cells in 3 lines of 8 (20 bits of frame number, 4 check bits); rows 18 to 24 hold a textured bar
//! that moves to the right.

mod read;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::Duration;

use treff_media::device::DeviceError;

use crate::frame::{I420Frame, PlaneMut};
use crate::source::PictureSource;

pub use read::{dominant_colour, read};

/// How many colours there are; person `n` has colour `n % COLOURS`.
pub const COLOURS: usize = 12;

const COLUMNS: usize = 8;
const LINES: usize = 3;
const CELLS: usize = COLUMNS * LINES;
const NUMBER_BITS: u32 = 20;
const BLACK: u8 = 16;
const WHITE: u8 = 235;
const BACKGROUND_LUMA: u8 = 110;
/// Distance of a colour's chroma from grey: neighbours are 33 apart, coding errors stay below 10.
const CHROMA_RADIUS: f32 = 64.0;

/// The number of a picture, 0 to 2^20 - 1 (nine hours at 30 a second), then from 0 again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameNumber(pub u32);

impl FrameNumber {
    /// One more than the largest.
    pub const LIMIT: u32 = 1 << NUMBER_BITS;

    /// The cells that spell the number: number and check bits, the most significant first.
    fn cells(self) -> u32 {
        let number = self.0 % Self::LIMIT;
        number << 4 | check_bits(number)
    }

    /// The number spelled by `cells`, if the check bits agree.
    fn from_cells(cells: u32) -> Option<Self> {
        let number = cells >> 4;
        (check_bits(number) == cells & 0xf).then_some(Self(number))
    }
}

/// A 4-bit CRC (x^4 + x + 1), inverted in two bits so that neither an all-black nor an all-white picture is a
/// number.
fn check_bits(number: u32) -> u32 {
    let mut remainder = number << 4;
    for bit in (4..NUMBER_BITS + 4).rev() {
        if remainder >> bit & 1 == 1 {
            remainder ^= 0b1_0011 << (bit - 4);
        }
    }
    remainder & 0xf ^ 0b0101
}

/// The pixels of cell `index` in a picture of this size.
fn cell(index: usize, width: usize, height: usize) -> (Range<usize>, Range<usize>) {
    let (column, line) = (index % COLUMNS, index / COLUMNS);
    let left = |column: usize| (1 + column) * width / (COLUMNS + 2);
    let top = |line: usize| (3 + 4 * line) * height / 24;
    (left(column)..left(column + 1), top(line)..top(line + 1))
}

/// Blue and red difference of a colour.
fn chroma(colour: usize) -> (u8, u8) {
    let angle = (colour % COLOURS) as f32 / COLOURS as f32 * std::f32::consts::TAU;
    let component = |unit: f32| (128.0 + CHROMA_RADIUS * unit).round() as u8;
    (component(angle.cos()), component(angle.sin()))
}

/// Draws the pictures of one person, touching only what differs from the last one.
#[derive(Debug)]
pub struct Pattern {
    frame: I420Frame,
    /// What the frame shows: cells and the left edge of the bar.
    shown: Option<(u32, usize)>,
    colour: usize,
    /// Texture of the bar, row by row.
    texture: Vec<u8>,
}

impl Pattern {
    /// The pictures of person number `person`.
    pub fn new(person: usize, width: u16, height: u16) -> Self {
        let mut pattern = Self {
            frame: I420Frame::new(width, height),
            shown: None,
            colour: person % COLOURS,
            texture: Vec::new(),
        };
        let mut state = 0x2545_f491u32;
        pattern.texture = (0..pattern.bar_width() * pattern.bar_rows().len())
            .map(|_| {
                // xorshift32: a fixed texture, equal for everyone.
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                BACKGROUND_LUMA - 40 + (state >> 24) as u8 % 81
            })
            .collect();
        pattern
    }

    /// The picture with this number. Draws in place if every earlier picture has been dropped, else into a
    /// copy.
    pub fn draw(&mut self, number: FrameNumber) -> I420Frame {
        let width = usize::from(self.frame.width());
        let cells = number.cells();
        let bar = number.0 as usize * (width / 64).max(1) % width.max(1);
        match self.shown {
            None => self.draw_all(cells, bar),
            Some((old_cells, old_bar)) => {
                let [mut y, ..] = self.frame.planes_mut();
                for index in (0..CELLS).filter(|&index| bit(old_cells ^ cells, index)) {
                    fill_cell(&mut y, index, bit(cells, index));
                }
                if old_bar != bar {
                    self.draw_bar(Some(old_bar), bar);
                }
            }
        }
        self.shown = Some((cells, bar));
        self.frame.clone()
    }

    fn draw_all(&mut self, cells: u32, bar: usize) {
        let (blue, red) = chroma(self.colour);
        let [mut y, mut u, mut v] = self.frame.planes_mut();
        y.data.fill(BACKGROUND_LUMA);
        u.data.fill(blue);
        v.data.fill(red);
        let (first, last) = (cell(0, y.width, y.height), cell(CELLS - 1, y.width, y.height));
        for row in first.1.start / 2..last.1.end.div_ceil(2) {
            for plane in [&mut u, &mut v] {
                plane.row(row)[first.0.start / 2..last.0.end.div_ceil(2)].fill(128);
            }
        }
        for index in 0..CELLS {
            fill_cell(&mut y, index, bit(cells, index));
        }
        self.draw_bar(None, bar);
    }

    fn draw_bar(&mut self, old: Option<usize>, new: usize) {
        let (bar_width, rows) = (self.bar_width(), self.bar_rows());
        let [mut y, ..] = self.frame.planes_mut();
        for (line, row) in rows.enumerate() {
            let row = y.row(row);
            if let Some(old) = old {
                let (before, after) = wrapped(old, bar_width, row.len());
                row[before].fill(BACKGROUND_LUMA);
                row[after].fill(BACKGROUND_LUMA);
            }
            let texture = &self.texture[line * bar_width..][..bar_width];
            let (before, after) = wrapped(new, bar_width, row.len());
            let (head, tail) = texture.split_at(before.len());
            row[before].copy_from_slice(head);
            row[after].copy_from_slice(tail);
        }
    }

    fn bar_width(&self) -> usize {
        usize::from(self.frame.width()) / 8
    }

    fn bar_rows(&self) -> Range<usize> {
        let height = usize::from(self.frame.height());
        height * 18 / 24..height
    }
}

fn bit(cells: u32, index: usize) -> bool {
    cells >> (CELLS - 1 - index) & 1 == 1
}

fn fill_cell(luma: &mut PlaneMut<'_>, index: usize, white: bool) {
    let (columns, rows) = cell(index, luma.width, luma.height);
    for row in rows {
        luma.row(row)[columns.clone()].fill(if white { WHITE } else { BLACK });
    }
}

/// `length` columns from `start` on, in a row of `width` that wraps around: up to the edge, and from 0 on.
fn wrapped(start: usize, length: usize, width: usize) -> (Range<usize>, Range<usize>) {
    let end = start + length;
    (start..end.min(width), 0..end.saturating_sub(width))
}

/// A camera that shows the pattern; the frame number tells the time, so gaps and delays can be read from the
/// pictures.
#[derive(Debug)]
pub struct PatternSource {
    pattern: Pattern,
    fps: u8,
}

impl PatternSource {
    /// Pictures of person number `person`.
    pub fn new(person: usize, width: u16, height: u16, fps: u8) -> Self {
        Self { pattern: Pattern::new(person, width, height), fps }
    }

    /// The number of the picture taken at `at`.
    pub fn number(at: Duration, fps: u8) -> FrameNumber {
        let number = (at.as_micros() * u128::from(fps) + 500_000) / 1_000_000;
        FrameNumber((number % u128::from(FrameNumber::LIMIT)) as u32)
    }
}

impl PictureSource for PatternSource {
    fn width(&self) -> u16 {
        self.pattern.frame.width()
    }

    fn height(&self) -> u16 {
        self.pattern.frame.height()
    }

    fn fps(&self) -> u8 {
        self.fps
    }

    fn next(&mut self, at: Duration) -> Result<I420Frame, DeviceError> {
        Ok(self.pattern.draw(Self::number(at, self.fps)))
    }
}
