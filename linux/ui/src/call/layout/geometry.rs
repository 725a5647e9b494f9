//! Rectangles, and how to cut an area into even ones. Logical pixels throughout.

use super::GAP;

/// A size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// A place and a size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Rect {
    pub(super) fn of(size: Size) -> Self {
        Self { x: 0.0, y: 0.0, width: size.width, height: size.height }
    }
}

/// Tiles are neither narrower than 3:4 nor wider than 16:9: faces fit into both.
const NARROWEST: f32 = 0.75;
const WIDEST: f32 = 16.0 / 9.0;
/// The smallest even tile that still holds a face and a name, on a phone and in a wide window.
const SMALLEST_NARROW: Size = Size { width: 136.0, height: 100.0 };
const SMALLEST_WIDE: Size = Size { width: 176.0, height: 112.0 };
/// From this width on an area counts as wide.
const WIDE_FROM: f32 = 720.0;

/// Even cells in rows, the last row centred.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    origin: (f32, f32),
    cell: Size,
    columns: usize,
    count: usize,
    /// The last row stands in the middle; otherwise at its start.
    centred: bool,
}

impl Grid {
    /// The rectangle of cell `index`.
    pub(super) fn cell(&self, index: usize) -> Rect {
        let (row, column) = (index / self.columns, index % self.columns);
        let in_row = (self.count - (row * self.columns).min(self.count)).min(self.columns);
        let missing = if self.centred { self.columns - in_row } else { 0 };
        let (width, height) = (self.cell.width, self.cell.height);
        Rect {
            x: self.origin.0 + (column as f32 + missing as f32 / 2.0) * (width + GAP),
            y: self.origin.1 + row as f32 * (height + GAP),
            width,
            height,
        }
    }
}

/// The cell when `area` is cut into so many columns and rows, brought to a shape that suits a face.
fn cell_of(area: Size, columns: usize, rows: usize) -> Size {
    let share = |whole: f32, parts: usize| ((whole - GAP * (parts as f32 - 1.0)) / parts as f32).max(1.0);
    let (width, height) = (share(area.width, columns), share(area.height, rows));
    Size { width: width.min(height * WIDEST), height: height.min(width / NARROWEST) }
}

/// The grid for `count` tiles whose cells are largest.
pub(super) fn best_grid(area: Size, count: usize) -> Grid {
    let count = count.max(1);
    let (mut columns, mut best) = (1, 0.0);
    for candidate in 1..=count {
        let cell = cell_of(area, candidate, count.div_ceil(candidate));
        // A little more is no reason for another arrangement.
        if cell.width * cell.height > best * 1.02 {
            (columns, best) = (candidate, cell.width * cell.height);
        }
    }
    grid_of(area, columns, count)
}

fn grid_of(area: Size, columns: usize, count: usize) -> Grid {
    let rows = count.div_ceil(columns);
    let cell = cell_of(area, columns, rows);
    let used = |cell: f32, parts: usize| (cell + GAP) * parts as f32 - GAP;
    Grid {
        origin: (
            ((area.width - used(cell.width, columns)) / 2.0).max(0.0),
            ((area.height - used(cell.height, rows)) / 2.0).max(0.0),
        ),
        cell,
        columns,
        count,
        centred: true,
    }
}

/// How many even tiles fit before they get too small, `most` at most and one at least.
pub(super) fn capacity(area: Size, type_scale: f32, most: usize) -> usize {
    let smallest = if area.width >= WIDE_FROM { SMALLEST_WIDE } else { SMALLEST_NARROW };
    // Names grow with the type, but faces do not.
    let scale = 1.0 + (type_scale - 1.0).max(0.0) * 0.25;
    let fits = |count: &usize| {
        let cell = best_grid(area, *count).cell;
        cell.width >= smallest.width * scale && cell.height >= smallest.height * scale
    };
    (1..=most).rev().find(fits).unwrap_or(1)
}

/// An area cut into a stage and a strip of small tiles beside or below it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) stage: Rect,
    /// How many small tiles there is room for.
    pub(super) capacity: usize,
    strip: Rect,
    wide: bool,
    columns: usize,
    cell: Size,
}

impl Split {
    /// The cells of the strip.
    pub(super) fn strip(&self, count: usize) -> Grid {
        if self.wide {
            let origin = (self.strip.x, self.strip.y);
            return Grid { origin, cell: self.cell, columns: 1, count: count.max(1), centred: false };
        }
        let columns = self.columns.min(count.max(1));
        let area = Size { width: self.strip.width, height: self.strip.height };
        let mut grid = grid_of(area, columns, count.max(1));
        grid.origin.0 += self.strip.x;
        grid.origin.1 = self.strip.y;
        grid
    }
}

/// Cuts `area` for a stage with `others` small tiles; a shared screen keeps its shape.
pub(super) fn split(area: Size, screen: bool, others: usize, type_scale: f32) -> Split {
    if area.width > area.height * 1.1 {
        beside(area, others)
    } else {
        below(area, screen, others, type_scale)
    }
}

fn beside(area: Size, others: usize) -> Split {
    let width = (area.width * 0.175).clamp(112.0, 240.0).min(area.width / 3.0);
    let fits = |height: f32| ((area.height + GAP) / (height + GAP)).floor().max(1.0);
    // Flatter tiles where that lets one more be seen.
    let tall = width * 0.69;
    let height = if others as f32 > fits(tall) { width / WIDEST } else { tall };
    let cell = Size { width, height: height.min(area.height) };
    let capacity = fits(cell.height);
    let x = area.width - width;
    Split {
        stage: Rect { x: 0.0, y: 0.0, width: x - GAP, height: area.height },
        capacity: capacity as usize,
        strip: Rect { x, y: 0.0, width, height: area.height },
        wide: true,
        columns: 1,
        cell,
    }
}

fn below(area: Size, screen: bool, others: usize, type_scale: f32) -> Split {
    // A share rarely fills an upright screen: the room below it goes to faces.
    let rows = if screen && others > 2 { 2 } else { 1 };
    let columns = match (screen, type_scale > 1.5) {
        (true, _) | (false, true) => 2,
        _ => 3,
    };
    let cell_width = (area.width - GAP * (columns as f32 - 1.0)) / columns as f32;
    let wished = (cell_width * 0.8).max(SMALLEST_NARROW.height) * rows as f32 + GAP * (rows as f32 - 1.0);
    let strip_height = wished.min(area.height * 0.5);
    let y = area.height - strip_height;
    Split {
        stage: Rect { x: 0.0, y: 0.0, width: area.width, height: (y - GAP).max(1.0) },
        capacity: columns * rows,
        strip: Rect { x: 0.0, y, width: area.width, height: strip_height },
        wide: false,
        columns,
        cell: Size::default(),
    }
}
