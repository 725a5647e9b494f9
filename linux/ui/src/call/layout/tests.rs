use super::*;

const PHONE: Size = Size { width: 344.0, height: 580.0 };
const WIDE: Size = Size { width: 1248.0, height: 640.0 };

/// A call as a test tells it.
struct Call {
    people: Vec<String>,
    sharing: Vec<String>,
    recent: Vec<String>,
    pinned: Option<Subject>,
    view: View,
    area: Size,
    self_view: bool,
    arranger: Arranger,
}

impl Call {
    fn new(people: usize, area: Size) -> Self {
        let names = ["ada", "ben", "cleo", "dan", "eva", "finn", "gül", "hugo", "ida"];
        let name = |n: usize| names.get(n).map_or_else(|| format!("p{n:02}"), |&name| name.to_owned());
        Self {
            people: (0..people).map(name).collect(),
            sharing: Vec::new(),
            recent: Vec::new(),
            pinned: None,
            view: View::Auto,
            area,
            self_view: true,
            arranger: Arranger::default(),
        }
    }

    fn speaks(&mut self, who: &str) -> Arrangement {
        self.recent.retain(|id| id != who);
        self.recent.insert(0, who.to_owned());
        self.arrange()
    }

    fn arrange(&mut self) -> Arrangement {
        let people: Vec<Person<'_>> = self
            .people
            .iter()
            .map(|id| Person { endpoint: id, shares_screen: self.sharing.contains(id) })
            .collect();
        let arrangement = self.arranger.arrange(&Scene {
            people: &people,
            self_view: self.self_view,
            corner: Corner::TopRight,
            dominant: self.recent.first().map(String::as_str),
            recent: &self.recent,
            pinned: self.pinned.as_ref(),
            view: self.view,
            area: self.area,
            type_scale: 1.0,
        });
        check(&arrangement, self.area);
        arrangement
    }
}

/// Tiles lie inside the area and do not overlap, unless one floats.
fn check(arrangement: &Arrangement, area: Size) {
    let mut rects: Vec<Rect> = arrangement.tiles.iter().map(|tile| tile.rect).collect();
    rects.extend(arrangement.more);
    for rect in &rects {
        assert!(rect.x >= -0.01 && rect.y >= -0.01 && rect.width >= 1.0 && rect.height >= 1.0, "{rect:?}");
        assert!(rect.x + rect.width <= area.width + 0.01, "{rect:?} in {area:?}");
        assert!(rect.y + rect.height <= area.height + 0.01, "{rect:?} in {area:?}");
    }
    let floats = arrangement.tiles.iter().filter(|tile| tile.place == Place::Floating).count();
    rects.truncate(rects.len() - floats);
    for (index, a) in rects.iter().enumerate() {
        for b in &rects[index + 1..] {
            let apart = a.x + a.width <= b.x + 0.01
                || b.x + b.width <= a.x + 0.01
                || a.y + a.height <= b.y + 0.01
                || b.y + b.height <= a.y + 0.01;
            assert!(apart, "{a:?} and {b:?}");
        }
    }
}

fn names(arrangement: &Arrangement) -> Vec<String> {
    let name = |tile: &Placed| match &tile.subject {
        Subject::Me => "me".to_owned(),
        Subject::Person(id) => id.clone(),
        Subject::Screen(id) => format!("{id}'s screen"),
    };
    arrangement.tiles.iter().map(name).collect()
}

#[test]
fn alone_one_sees_oneself() {
    let alone = Call::new(0, PHONE).arrange();
    assert_eq!((names(&alone), alone.tiles[0].place), (vec!["me".to_owned()], Place::Stage));
    assert_eq!(Call { self_view: false, ..Call::new(0, PHONE) }.arrange(), Arrangement::default());
}

#[test]
fn of_two_the_other_is_large_and_oneself_floats() {
    for area in [PHONE, WIDE] {
        let two = Call::new(1, area).arrange();
        assert_eq!(names(&two), ["ada", "me"]);
        assert_eq!(two.tiles[0].rect, Rect::of(area));
        assert_eq!(two.tiles[1].place, Place::Floating);
        assert!(two.tiles[1].rect.width < area.width / 3.0);
    }
}

#[test]
fn three_to_nine_get_even_tiles() {
    // People besides ourselves, on a phone and wide: columns, rows.
    let table = [
        (2, PHONE, 1, 3),
        (3, PHONE, 2, 2),
        (5, PHONE, 2, 3),
        (8, PHONE, 2, 5),
        (2, WIDE, 3, 1),
        (3, WIDE, 2, 2),
        (5, WIDE, 3, 2),
        (8, WIDE, 3, 3),
    ];
    for (people, area, columns, rows) in table {
        let even = Call::new(people, area).arrange();
        assert_eq!((even.tiles.len(), even.hidden, even.more), (people + 1, 0, None), "{people}");
        let first = even.tiles[0].rect;
        for tile in &even.tiles {
            assert_eq!((tile.rect.width, tile.rect.height), (first.width, first.height));
            let shape = tile.rect.width / tile.rect.height;
            assert!((0.74..1.79).contains(&shape), "{people}: {shape}");
        }
        let mut lines: Vec<i32> = even.tiles.iter().map(|tile| tile.rect.y as i32).collect();
        lines.dedup();
        assert_eq!(
            (lines.len(), (people + 1).div_ceil(lines.len())),
            (rows, columns),
            "{people} in {area:?}"
        );
    }
}

#[test]
fn a_short_last_row_stands_in_the_middle() {
    let five = Call::new(4, PHONE).arrange();
    let last = five.tiles[4].rect;
    assert!((last.x + last.width / 2.0 - PHONE.width / 2.0).abs() < 0.5);
}

#[test]
fn when_not_all_fit_the_last_speakers_are_seen_and_the_rest_counted() {
    let mut call = Call::new(48, WIDE);
    let start = call.arrange();
    assert_eq!(names(&start), ["ada", "ben", "cleo", "dan", "eva", "finn", "gül", "me"]);
    assert_eq!(start.hidden, 41);
    assert!(start.more.is_some());
    call.speaks("p20");
    let after = call.speaks("ben");
    // p20 took the seat of the one who came last; ben was there already and stays where he is.
    assert_eq!(names(&after), ["ada", "ben", "cleo", "dan", "eva", "finn", "p20", "me"]);
}

#[test]
fn speaking_moves_nobody_who_is_seen() {
    let mut call = Call::new(48, PHONE);
    let mut before = names(&call.arrange());
    for speaker in ["p30", "p31", "ada", "p32", "p30", "ben", "p33", "p31", "cleo", "p40"] {
        let after = names(&call.speaks(speaker));
        assert!(after.iter().any(|name| name == speaker), "{speaker} in {after:?}");
        let moved = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        assert!(moved <= 1, "{before:?} to {after:?}");
        before = after;
    }
}

#[test]
fn who_leaves_makes_room_for_those_who_spoke() {
    let mut call = Call::new(48, WIDE);
    call.speaks("p30");
    call.people.retain(|id| id != "ada" && id != "p30");
    let after = names(&call.arrange());
    assert_eq!(after, ["ben", "cleo", "dan", "eva", "finn", "gül", "hugo", "me"].map(str::to_owned));
}

#[test]
fn a_share_takes_the_stage_with_the_speaker_beside() {
    for area in [PHONE, WIDE] {
        let mut call = Call::new(12, area);
        call.sharing = vec!["ben".to_owned()];
        let share = call.speaks("p11");
        assert_eq!(names(&share)[0], "ben's screen");
        assert_eq!(share.tiles[0].place, Place::Stage);
        assert!(names(&share).contains(&"p11".to_owned()), "{:?}", names(&share));
        let stage = share.tiles[0].rect;
        assert!(stage.width * stage.height > 0.4 * area.width * area.height);
    }
}

#[test]
fn the_newest_share_wins_until_another_is_pinned() {
    let mut call = Call::new(3, WIDE);
    call.sharing = vec!["ben".to_owned()];
    call.arrange();
    call.sharing.push("ada".to_owned());
    assert_eq!(names(&call.arrange()), ["ada's screen", "ben's screen", "ada", "me"]);
    call.pinned = Some(Subject::Screen("ben".to_owned()));
    assert_eq!(names(&call.arrange())[0], "ben's screen");
    // What is pinned and gone does not count.
    call.sharing = vec!["ada".to_owned()];
    assert_eq!(names(&call.arrange())[0], "ada's screen");
    call.sharing.clear();
    assert_eq!(names(&call.arrange()), ["ada", "ben", "cleo", "me"]);
}

#[test]
fn the_speaker_view_follows_who_speaks_and_keeps_them_in_silence() {
    let mut call = Call { view: View::Speaker, ..Call::new(4, WIDE) };
    assert_eq!(names(&call.arrange()), ["ada", "ben", "cleo", "dan", "me"]);
    assert_eq!(names(&call.speaks("cleo")), ["cleo", "ada", "ben", "dan", "me"]);
    call.recent.clear();
    assert_eq!(names(&call.arrange())[0], "cleo");
    call.people.retain(|id| id != "cleo");
    assert_eq!(names(&call.arrange())[0], "ada");
}

#[test]
fn a_pinned_person_is_large_in_every_view() {
    for view in [View::Auto, View::Grid, View::Speaker] {
        let mut call = Call { view, ..Call::new(6, PHONE) };
        call.pinned = Some(Subject::Person("eva".to_owned()));
        let pinned = call.speaks("ada");
        assert_eq!((names(&pinned)[0].as_str(), pinned.tiles[0].place), ("eva", Place::Stage));
        assert_eq!(names(&pinned).iter().filter(|name| *name == "eva").count(), 1);
    }
}

#[test]
fn a_grid_chosen_by_hand_shows_as_many_as_fit() {
    let wide = Call { view: View::Grid, ..Call::new(48, WIDE) }.arrange();
    assert_eq!(wide.tiles.len() + 1, GRID_TILES);
    assert_eq!(wide.hidden, 48 - 23);
    let two = Call { view: View::Grid, ..Call::new(1, WIDE) }.arrange();
    assert!(two.tiles.iter().all(|tile| tile.place == Place::Grid));
}

#[test]
fn every_size_and_number_can_be_arranged() {
    for (width, height) in [
        (0.0, 0.0),
        (1.0, 1.0),
        (50.0, 60.0),
        (320.0, 180.0),
        (180.0, 500.0),
        (2000.0, 300.0),
        (700.0, 700.0),
    ] {
        for people in 0..30 {
            for view in [View::Auto, View::Grid, View::Speaker] {
                let mut call = Call { view, ..Call::new(people, Size { width, height }) };
                let plain = call.arrange();
                call.sharing = call.people.iter().take(2).cloned().collect();
                let shared = call.arrange();
                if width > 48.0 {
                    for arrangement in [plain, shared] {
                        let seen =
                            arrangement.tiles.iter().filter(|t| matches!(t.subject, Subject::Person(_)));
                        assert_eq!(seen.count() + arrangement.hidden, people);
                    }
                }
            }
        }
    }
}

#[test]
fn seats_are_shared_out() {
    let table = [
        ((0, 8, true, 9), (0, 8, true, 0)),
        ((0, 9, true, 9), (0, 7, true, 2)),
        ((0, 9, false, 9), (0, 9, false, 0)),
        ((1, 2, true, 3), (1, 1, false, 1)),
        ((3, 1, true, 2), (0, 1, true, 0)),
        ((0, 5, true, 1), (0, 1, false, 4)),
        ((2, 0, true, 1), (1, 0, false, 0)),
        ((0, 2, true, 2), (0, 2, false, 0)),
    ];
    for ((screens, people, me, capacity), (s, p, m, hidden)) in table {
        let expected = Seats { screens: s, people: p, me: m, hidden };
        assert_eq!(Seats::of(screens, people, me, capacity), expected);
    }
}

#[test]
fn the_own_picture_goes_to_the_nearest_corner() {
    assert_eq!(Corner::nearest(10.0, 10.0, PHONE), Corner::TopLeft);
    assert_eq!(Corner::nearest(300.0, 500.0, PHONE), Corner::BottomRight);
    for corner in [Corner::TopLeft, Corner::TopRight, Corner::BottomLeft, Corner::BottomRight] {
        let rect = floating(WIDE, corner);
        let middle = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
        assert_eq!(Corner::nearest(middle.0, middle.1, WIDE), corner);
    }
}
