//! Where each picture of a call stands. In: who is there, who speaks, what is shared, pinned and chosen, and the room
//! on screen. Out: rectangles in reading order. Pure: no clock, no window.
//!
//! [`Arranger`] remembers who stood where, so that nobody jumps when somebody speaks.

mod geometry;
mod slots;
#[cfg(test)]
mod tests;

pub(crate) use geometry::{Rect, Size};

use geometry::{Grid, best_grid};
use slots::Slots;

/// Space between tiles, in logical pixels.
pub(crate) const GAP: f32 = 8.0;
/// No more even tiles than this unless asked for.
const AUTO_TILES: usize = 9;
/// What the grid shows at most when it was chosen by hand.
const GRID_TILES: usize = 25;
/// Distance of the own floating picture from the edge.
const FLOAT_MARGIN: f32 = 12.0;

/// In a smaller area there is nothing to see.
const SMALLEST_AREA: f32 = 48.0;

/// What a tile shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    /// Ourselves.
    Me,
    /// Somebody, by endpoint id.
    Person(String),
    /// Somebody's screen, by endpoint id.
    Screen(String),
}

/// How a tile stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The large one.
    Stage,
    /// One of equals.
    Grid,
    /// Beside the stage.
    Strip,
    /// Over the stage, movable.
    Floating,
}

/// One tile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub(crate) subject: Subject,
    pub(crate) rect: Rect,
    pub(crate) place: Place,
}

/// All tiles in reading order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arrangement {
    pub(crate) tiles: Vec<Placed>,
    /// People without a tile.
    pub(crate) hidden: usize,
    /// Where "and N more" stands, if there are any.
    pub(crate) more: Option<Rect>,
}

/// What the person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// By the number of people.
    #[default]
    Auto,
    /// Even tiles, as many as fit.
    Grid,
    /// One large, the others beside.
    Speaker,
}

/// Where the own floating picture rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Corner {
    TopLeft,
    #[default]
    TopRight,
    BottomLeft,
    BottomRight,
}

impl Corner {
    /// The corner nearest to a point of the area.
    pub(crate) fn nearest(x: f32, y: f32, area: Size) -> Self {
        match (x > area.width / 2.0, y > area.height / 2.0) {
            (false, false) => Self::TopLeft,
            (true, false) => Self::TopRight,
            (false, true) => Self::BottomLeft,
            (true, true) => Self::BottomRight,
        }
    }
}

/// Somebody else, in the order they came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) shares_screen: bool,
}

/// Everything the arrangement depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) people: &'a [Person<'a>],
    /// The own picture has a tile.
    pub(crate) self_view: bool,
    pub(crate) corner: Corner,
    pub(crate) dominant: Option<&'a str>,
    /// Who spoke, the last first.
    pub(crate) recent: &'a [String],
    pub(crate) pinned: Option<&'a Subject>,
    pub(crate) view: View,
    /// The room for pictures.
    pub(crate) area: Size,
    /// How much larger the type is than usual: tiles must hold their names.
    pub(crate) type_scale: f32,
}

/// Arranges a call's tiles.
#[derive(Debug, Default)]
pub(crate) struct Arranger {
    slots: Slots,
    /// Who stands on stage while nobody else speaks.
    speaker: Option<String>,
    /// Who shares, the newest last.
    sharers: Vec<String>,
}

impl Arranger {
    /// Places everybody who is to be seen.
    pub(crate) fn arrange(&mut self, scene: &Scene<'_>) -> Arrangement {
        if scene.area.width < SMALLEST_AREA || scene.area.height < SMALLEST_AREA {
            return Arrangement { hidden: scene.people.len(), ..Arrangement::default() };
        }
        self.remember(scene);
        match self.stage(scene) {
            Some(stage) => self.staged(scene, stage),
            None => self.even(scene),
        }
    }

    /// Follows who shares and who speaks.
    fn remember(&mut self, scene: &Scene<'_>) {
        let shares = |id: &str| scene.people.iter().any(|p| p.endpoint == id && p.shares_screen);
        self.sharers.retain(|id| shares(id));
        for person in scene.people.iter().filter(|person| person.shares_screen) {
            if !self.sharers.iter().any(|id| id == person.endpoint) {
                self.sharers.push(person.endpoint.to_owned());
            }
        }
        let here = |id: &str| scene.people.iter().any(|person| person.endpoint == id);
        let spoke = scene.dominant.filter(|id| here(id));
        let before = self.speaker.take().filter(|id| here(id));
        let recent = scene.recent.iter().map(String::as_str).find(|id| here(id));
        let first = scene.people.first().map(|person| person.endpoint);
        self.speaker = spoke.map(str::to_owned).or(before).or_else(|| recent.or(first).map(str::to_owned));
    }

    /// What is large: the pinned, else the newest shared screen, else the speaker if so chosen, else the only other.
    fn stage(&self, scene: &Scene<'_>) -> Option<Subject> {
        let there = |subject: &&Subject| match subject {
            Subject::Me => scene.self_view,
            Subject::Person(id) => scene.people.iter().any(|person| person.endpoint == id),
            Subject::Screen(id) => self.sharers.contains(id),
        };
        if let Some(pinned) = scene.pinned.filter(there) {
            return Some(pinned.clone());
        }
        if let Some(sharer) = self.sharers.last() {
            return Some(Subject::Screen(sharer.clone()));
        }
        match (scene.view, scene.people) {
            (_, []) => scene.self_view.then_some(Subject::Me),
            (View::Speaker, _) => self.speaker.clone().map(Subject::Person),
            (View::Auto, [other]) => Some(Subject::Person(other.endpoint.to_owned())),
            _ => None,
        }
    }

    /// Even tiles; when not all fit, those who spoke last.
    fn even(&mut self, scene: &Scene<'_>) -> Arrangement {
        let most = if scene.view == View::Grid { GRID_TILES } else { AUTO_TILES };
        let capacity = geometry::capacity(scene.area, scene.type_scale, most);
        let people: Vec<&str> = scene.people.iter().map(|person| person.endpoint).collect();
        let seats = Seats::of(0, people.len(), scene.self_view, capacity);
        let mut subjects = self.people(scene, &people, seats.people);
        subjects.extend(seats.me.then_some(Subject::Me));
        let tells = seats.hidden > 0 && subjects.len() < capacity;
        let grid = best_grid(scene.area, subjects.len() + usize::from(tells));
        fill(subjects, &grid, Place::Grid, seats.hidden, tells)
    }

    /// Those who get one of `count` seats, in a stable order.
    fn people(&mut self, scene: &Scene<'_>, people: &[&str], count: usize) -> Vec<Subject> {
        self.slots.seat(people, scene.dominant, scene.recent, count);
        self.slots.seated().map(|id| Subject::Person(id.to_owned())).collect()
    }

    /// One large, the others beside or below.
    fn staged(&mut self, scene: &Scene<'_>, stage: Subject) -> Arrangement {
        let on_stage = |id: &str| matches!(&stage, Subject::Person(other) if other == id);
        let people: Vec<&str> =
            scene.people.iter().map(|person| person.endpoint).filter(|id| !on_stage(id)).collect();
        let mut screens: Vec<Subject> = self.sharers.iter().cloned().map(Subject::Screen).collect();
        screens.retain(|screen| *screen != stage);
        let me = scene.self_view && stage != Subject::Me;
        let whole = Rect::of(scene.area);
        if people.is_empty() && screens.is_empty() {
            let mut tiles = vec![Placed { subject: stage, rect: whole, place: Place::Stage }];
            tiles.extend(me.then(|| Placed {
                subject: Subject::Me,
                rect: floating(scene.area, scene.corner),
                place: Place::Floating,
            }));
            return Arrangement { tiles, ..Arrangement::default() };
        }
        let others = people.len() + screens.len() + usize::from(me);
        let is_screen = matches!(stage, Subject::Screen(_));
        let split = geometry::split(scene.area, is_screen, others, scene.type_scale);
        let seats = Seats::of(screens.len(), people.len(), me, split.capacity);
        let mut beside = screens;
        beside.truncate(seats.screens);
        beside.extend(self.people(scene, &people, seats.people));
        beside.extend(seats.me.then_some(Subject::Me));
        let tells = seats.hidden > 0 && beside.len() < split.capacity;
        let grid = split.strip(beside.len() + usize::from(tells));
        let mut arrangement = fill(beside, &grid, Place::Strip, seats.hidden, tells);
        arrangement.tiles.insert(0, Placed { subject: stage, rect: split.stage, place: Place::Stage });
        arrangement
    }
}

/// How many get a tile when there is room for some.
#[derive(Debug, PartialEq)]
struct Seats {
    screens: usize,
    people: usize,
    me: bool,
    hidden: usize,
}

impl Seats {
    /// Shares `capacity` tiles out.
    fn of(screens: usize, people: usize, me: bool, capacity: usize) -> Self {
        if screens + people + usize::from(me) <= capacity {
            return Self { screens, people, me, hidden: 0 };
        }
        // Where there is room for one or two, it goes to faces: the others' before our own and before a number.
        if capacity <= 2 && screens + people <= capacity {
            return Self { screens, people, me: false, hidden: 0 };
        }
        if capacity <= 1 {
            let seated = people.min(1);
            return Self {
                screens: screens.min(1 - seated),
                people: seated,
                me: false,
                hidden: people - seated,
            };
        }
        // One tile tells how many more there are. At least one person is seen, then ourselves.
        let free = capacity.saturating_sub(1);
        let screens = screens.min(free.saturating_sub(1));
        let rest = free - screens;
        let seated = people.min(rest.saturating_sub(usize::from(me && rest > 1)));
        let hidden = people - seated;
        let me = me && screens + seated + usize::from(hidden > 0) < capacity;
        Self { screens, people: seated, me, hidden }
    }
}

/// Puts subjects into a grid's cells, and "and N more" into the next one if it `tells` that.
fn fill(subjects: Vec<Subject>, grid: &Grid, place: Place, hidden: usize, tells: bool) -> Arrangement {
    let more = tells.then(|| grid.cell(subjects.len()));
    let tiles = subjects
        .into_iter()
        .enumerate()
        .map(|(index, subject)| Placed { subject, rect: grid.cell(index), place })
        .collect();
    Arrangement { tiles, hidden, more }
}

/// The own picture over the stage, upright on upright screens.
fn floating(area: Size, corner: Corner) -> Rect {
    let size = if area.width > area.height {
        let width = (area.width * 0.2).clamp(120.0, 280.0).min(area.width / 2.0);
        Size { width, height: width * 9.0 / 16.0 }
    } else {
        let width = (area.width * 0.27).clamp(72.0, 200.0).min(area.width / 2.0);
        Size { width, height: width * 1.4 }
    };
    let right = area.width - size.width - FLOAT_MARGIN;
    let bottom = area.height - size.height - FLOAT_MARGIN;
    let (x, y) = match corner {
        Corner::TopLeft => (FLOAT_MARGIN, FLOAT_MARGIN),
        Corner::TopRight => (right, FLOAT_MARGIN),
        Corner::BottomLeft => (FLOAT_MARGIN, bottom),
        Corner::BottomRight => (right, bottom),
    };
    Rect { x: x.max(0.0), y: y.max(0.0), width: size.width, height: size.height.min(area.height) }
}
