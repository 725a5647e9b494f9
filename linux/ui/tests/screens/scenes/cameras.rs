//! What the cameras of the scenes see: made-up people before made-up walls, and a slide. Flat colours and no grain, so
//! that the pictures stay small.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use treff_ui::call::{OWN_PICTURE, PictureFeed, PictureStore};

type Colour = [u8; 3];

/// Pixels of a camera's picture.
const CAMERA: (u32, u32) = (320, 180);
/// Pixels of a shared screen.
const SCREEN: (u32, u32) = (960, 540);

const WALLS: [Colour; 8] = [
    [124, 156, 149],
    [176, 160, 138],
    [110, 130, 158],
    [150, 138, 160],
    [196, 190, 178],
    [92, 112, 104],
    [168, 136, 120],
    [132, 148, 170],
];
const SKINS: [Colour; 5] = [[236, 204, 176], [214, 170, 134], [160, 112, 80], [112, 74, 54], [246, 218, 194]];
const HAIRS: [Colour; 5] = [[54, 40, 32], [120, 84, 48], [28, 26, 28], [186, 186, 184], [148, 70, 40]];
const CLOTHES: [Colour; 7] = [
    [61, 111, 143],
    [156, 60, 64],
    [70, 124, 84],
    [228, 226, 218],
    [52, 54, 70],
    [196, 146, 60],
    [118, 84, 140],
];

/// Finished pictures, by what they show: painting one takes longer than showing it.
static PAINTED: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());

/// Hands one picture over for every source on screen, the same way a decoder does. The sources live as long as what is
/// returned.
pub(crate) fn shoot(store: &PictureStore, sources: &[String]) -> Vec<PictureFeed> {
    let mut feeds = Vec::new();
    for source in sources.iter().map(String::as_str).chain([OWN_PICTURE]) {
        let mut feed = store.feed(source);
        if feed.height().is_none() {
            continue;
        }
        let screen = source.ends_with("-v1");
        let (width, height) = if screen { SCREEN } else { CAMERA };
        let painted = picture(source, screen);
        feed.paint(width, height, |pixels| {
            pixels.copy_from_slice(&painted);
            true
        });
        feeds.push(feed);
    }
    feeds
}

fn picture(source: &str, screen: bool) -> Vec<u8> {
    let mut painted = PAINTED.lock().unwrap_or_else(PoisonError::into_inner);
    let paint = || if screen { slide() } else { person(seed(source)) };
    painted.entry(source.to_owned()).or_insert_with(paint).clone()
}

fn seed(source: &str) -> usize {
    if source == OWN_PICTURE {
        return 3;
    }
    source.bytes().fold(7_usize, |hash, byte| (hash * 31 + usize::from(byte)) % 99_991)
}

fn pixels(size: (u32, u32), colour: impl Fn(f32, f32) -> Colour) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((size.0 * size.1 * 3) as usize);
    for y in 0..size.1 {
        for x in 0..size.0 {
            pixels.extend(colour(x as f32, y as f32));
        }
    }
    pixels
}

/// Inside the ellipse around (`x`, `y`) with these radii.
fn round(point: (f32, f32), x: f32, y: f32, across: f32, up: f32) -> bool {
    ((point.0 - x) / across).powi(2) + ((point.1 - y) / up).powi(2) < 1.0
}

fn shade(colour: Colour, by: f32) -> Colour {
    colour.map(|part| (f32::from(part) * by).min(255.0) as u8)
}

/// Somebody at a desk: wall with a window or a shelf, shoulders, head, hair.
fn person(seed: usize) -> Vec<u8> {
    let wall = WALLS[seed % WALLS.len()];
    let skin = SKINS[seed / 3 % SKINS.len()];
    let hair = HAIRS[seed / 7 % HAIRS.len()];
    let clothes = CLOTHES[seed / 5 % CLOTHES.len()];
    let middle = 160.0 + (seed % 5) as f32 * 8.0 - 16.0;
    let (window_left, long_hair) = (seed.is_multiple_of(2), seed.is_multiple_of(3));
    pixels(CAMERA, move |x, y| {
        let point = (x, y);
        let eye = |side: f32| round(point, middle + side * 14.0, 84.0, 3.0, 3.6);
        let smile = round(point, middle, 100.0, 12.0, 8.0) && y > 102.0;
        if eye(-1.0) || eye(1.0) {
            [40, 32, 30]
        } else if smile {
            shade(skin, 0.72)
        } else if round(point, middle, 62.0, 42.0, 24.0) && !round(point, middle, 88.0, 33.0, 40.0) {
            hair
        } else if round(point, middle, 86.0, 36.0, 45.0) {
            if y < 58.0 { hair } else { skin }
        } else if long_hair && round(point, middle, 96.0, 47.0, 56.0) && y > 60.0 {
            hair
        } else if (x - middle).abs() < 15.0 && (118.0..142.0).contains(&y) {
            shade(skin, 0.86)
        } else if round(point, middle, 196.0, 92.0, 66.0) {
            clothes
        } else if window_left && (18.0..92.0).contains(&x) && (14.0..98.0).contains(&y) {
            if (x - 55.0).abs() < 2.0 || (y - 56.0).abs() < 2.0 { shade(wall, 0.7) } else { [206, 226, 236] }
        } else if !window_left && x > 222.0 && (28.0..34.0).contains(&(y % 46.0)) {
            shade(wall, 0.62)
        } else if !window_left && x > 228.0 && y % 46.0 > 34.0 && (x / 9.0) as usize % 3 != seed % 3 {
            shade(CLOTHES[((x / 9.0) as usize + seed) % CLOTHES.len()], 0.8)
        } else {
            shade(wall, 1.0 - (y / 30.0).floor() * 0.025)
        }
    })
}

/// A slide with a heading, lines of words and bars.
fn slide() -> Vec<u8> {
    pixels(SCREEN, |x, y| {
        let line =
            |top: f32, length: f32| (top..top + 14.0).contains(&y) && (72.0..72.0 + length).contains(&x);
        let letters = (x as usize / 7) % 9 != 4;
        let bar = |number: f32, height: f32| {
            (560.0 + number * 78.0..614.0 + number * 78.0).contains(&x)
                && (430.0 - height..430.0).contains(&y)
        };
        if y < 64.0 {
            [9, 90, 86]
        } else if (96.0..132.0).contains(&y) && (72.0..520.0).contains(&x) && (x as usize / 15) % 8 != 5 {
            [18, 32, 30]
        } else if letters
            && [(190.0, 400.0), (222.0, 360.0), (254.0, 420.0), (310.0, 390.0), (342.0, 300.0)]
                .iter()
                .any(|&(top, length)| line(top, length))
        {
            [96, 110, 106]
        } else if bar(0.0, 96.0) || bar(1.0, 150.0) || bar(2.0, 190.0) || bar(3.0, 246.0) {
            [111, 211, 200]
        } else if (430.0..433.0).contains(&y) && (540.0..880.0).contains(&x) {
            [18, 32, 30]
        } else {
            [250, 250, 248]
        }
    })
}
