//! What the core is asked to receive: the sources on screen with heights in physical pixels. In: the tiles and the time.
//! Out: a [`Layout`] when it differs from the last one.
//!
//! More goes out at once, less only after it lasted: a window being dragged and two people taking turns ask for nothing
//! anew, and the bridge does not switch encodings to and fro.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use treff_app::{Layout, Tile};

use super::layout::{Place, Rect};

/// Heights that senders encode.
const STEPS: [i32; 5] = [180, 360, 720, 1080, 2160];
/// A picture may be enlarged by this much before the next step is asked for.
const STRETCH: f32 = 1.25;
/// A size has to fall this far below a step's limit before the step is given up.
const MARGIN: f32 = 0.85;
/// How long less has to be enough.
const LINGER: Duration = Duration::from_millis(1500);

/// How a picture fills its tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The tile is filled, edges may be cut off: faces.
    Cover,
    /// All of it is seen: screens.
    Contain,
}

/// A source on screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) source: String,
    /// Height of the whole picture on screen, in physical pixels.
    pub(crate) height: f32,
    pub(crate) on_stage: bool,
}

impl Wanted {
    /// What a tile needs of a picture shaped `aspect` (width to height), at `scale` physical pixels a logical one.
    pub(crate) fn of(source: String, rect: Rect, place: Place, fit: Fit, aspect: f32, scale: f32) -> Self {
        let by_width = rect.width / aspect.max(0.1);
        let height = match fit {
            Fit::Cover => rect.height.max(by_width),
            Fit::Contain => rect.height.min(by_width),
        };
        Self { source, height: height * scale, on_stage: place == Place::Stage }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Asked {
    step: usize,
    on_stage: bool,
    /// Since when less would do.
    less_since: Option<Instant>,
}

/// Remembers what was asked for.
#[derive(Debug, Default)]
pub(crate) struct Constraints {
    asked: BTreeMap<String, Asked>,
    sent: Option<Layout>,
}

impl Constraints {
    /// The layout to send now, if it changed. `wanted` is absent while the window is hidden.
    pub(crate) fn update(&mut self, now: Instant, wanted: Option<&[Wanted]>) -> Option<Layout> {
        let Some(wanted) = wanted else {
            self.asked.clear();
            return self.changed(Layout::Nothing);
        };
        self.asked.retain(|source, asked| {
            let seen = wanted.iter().any(|want| want.source == *source);
            asked.on_stage &= seen;
            seen || !asked.has_lingered(now)
        });
        for want in wanted {
            let asked = self.asked.entry(want.source.clone()).or_insert(Asked {
                step: step(want.height),
                on_stage: want.on_stage,
                less_since: None,
            });
            asked.follow(now, want);
        }
        let tile = |(source, asked): (&String, &Asked)| Tile {
            source: source.clone(),
            height: STEPS[asked.step],
            on_stage: asked.on_stage,
        };
        let tiles = self.asked.iter().map(tile).collect();
        self.changed(Layout::Tiles(tiles))
    }

    /// When [`Constraints::update`] may have less to ask for.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.asked.values().filter_map(|asked| asked.less_since).min().map(|since| since + LINGER)
    }

    fn changed(&mut self, layout: Layout) -> Option<Layout> {
        if self.sent.as_ref() == Some(&layout) {
            return None;
        }
        self.sent = Some(layout.clone());
        Some(layout)
    }
}

impl Asked {
    /// Notes that less would do, and says whether it did for long enough.
    fn has_lingered(&mut self, now: Instant) -> bool {
        now.duration_since(*self.less_since.get_or_insert(now)) >= LINGER
    }

    fn follow(&mut self, now: Instant, want: &Wanted) {
        let need = step(want.height);
        let less = need < self.step && want.height < STEPS[self.step - 1] as f32 * STRETCH * MARGIN;
        self.on_stage = want.on_stage;
        if need > self.step {
            self.step = need;
            self.less_since = None;
        } else if !less {
            self.less_since = None;
        } else if self.has_lingered(now) {
            self.step = need;
            self.less_since = None;
        }
    }
}

/// The smallest step that looks well at this height.
fn step(height: f32) -> usize {
    STEPS.iter().position(|&step| step as f32 * STRETCH >= height).unwrap_or(STEPS.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(source: &str, height: f32) -> Wanted {
        Wanted { source: source.to_owned(), height, on_stage: false }
    }

    fn tiles(layout: Option<Layout>) -> Vec<(String, i32)> {
        match layout {
            Some(Layout::Tiles(tiles)) => tiles.into_iter().map(|tile| (tile.source, tile.height)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn heights_become_steps() {
        let table =
            [(10.0, 180), (180.0, 180), (225.0, 180), (226.0, 360), (500.0, 720), (901.0, 1080), (9e9, 2160)];
        for (height, expected) in table {
            let layout = Constraints::default().update(Instant::now(), Some(&[want("ada-v0", height)]));
            assert_eq!(tiles(layout), [("ada-v0".to_owned(), expected)], "{height}");
        }
    }

    #[test]
    fn nothing_new_is_not_sent_again() {
        let now = Instant::now();
        let mut constraints = Constraints::default();
        assert!(constraints.update(now, Some(&[want("ada-v0", 700.0)])).is_some());
        assert_eq!(constraints.update(now, Some(&[want("ada-v0", 720.0)])), None);
        assert_eq!(constraints.due(), None);
    }

    #[test]
    fn more_goes_out_at_once_and_less_after_a_while() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut constraints = Constraints::default();
        constraints.update(start, Some(&[want("ada-v0", 180.0)]));
        let more = constraints.update(at(10), Some(&[want("ada-v0", 700.0)]));
        assert_eq!(tiles(more), [("ada-v0".to_owned(), 720)]);
        assert_eq!(constraints.update(at(20), Some(&[want("ada-v0", 180.0)])), None);
        assert_eq!(constraints.due(), Some(at(1520)));
        let less = constraints.update(at(1520), Some(&[want("ada-v0", 180.0)]));
        assert_eq!(tiles(less), [("ada-v0".to_owned(), 180)]);
        assert_eq!(constraints.due(), None);
    }

    #[test]
    fn a_size_at_the_limit_does_not_flap() {
        let start = Instant::now();
        let mut constraints = Constraints::default();
        constraints.update(start, Some(&[want("ada-v0", 460.0)]));
        for second in 1..20u64 {
            let height = if second % 2 == 0 { 460.0 } else { 440.0 };
            let now = start + Duration::from_secs(second * 5);
            assert_eq!(constraints.update(now, Some(&[want("ada-v0", height)])), None);
        }
    }

    #[test]
    fn who_leaves_the_screen_lingers() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut constraints = Constraints::default();
        let both = [want("ada-v0", 180.0), want("ben-v0", 180.0)];
        constraints.update(start, Some(&both));
        assert_eq!(constraints.update(at(100), Some(&both[..1])), None);
        // Back in time: as if never gone.
        assert_eq!(constraints.update(at(900), Some(&both)), None);
        assert_eq!(constraints.due(), None);
        assert_eq!(constraints.update(at(1000), Some(&both[..1])), None);
        assert_eq!(tiles(constraints.update(at(2500), Some(&both[..1]))), [("ada-v0".to_owned(), 180)]);
    }

    #[test]
    fn a_hidden_window_receives_nothing_at_once() {
        let now = Instant::now();
        let mut constraints = Constraints::default();
        constraints.update(now, Some(&[want("ada-v0", 180.0)]));
        assert_eq!(constraints.update(now, None), Some(Layout::Nothing));
        assert_eq!(constraints.update(now, None), None);
        assert_eq!(constraints.due(), None);
        assert!(constraints.update(now, Some(&[want("ada-v0", 180.0)])).is_some());
    }

    #[test]
    fn the_whole_picture_counts_not_the_tile() {
        let rect = Rect { x: 0.0, y: 0.0, width: 160.0, height: 180.0 };
        let height = |fit, aspect| Wanted::of("a".to_owned(), rect, Place::Grid, fit, aspect, 2.0).height;
        assert_eq!(height(Fit::Cover, 16.0 / 9.0), 360.0);
        assert_eq!(height(Fit::Contain, 16.0 / 9.0), 180.0);
        assert_eq!(height(Fit::Cover, 0.5), 640.0);
    }
}
