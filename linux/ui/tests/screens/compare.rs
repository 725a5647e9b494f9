//! Draws every scene and compares it with the picture in `screenshots/`. With `TREFF_SCREENSHOTS=FOLDER` the pictures are
//! written there instead (`./dev screenshots`), at `TREFF_SCREENSHOT_SCALE` (1 if not given).

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use slint::{Rgb8Pixel, SharedPixelBuffer};

use crate::scenes::{self, Scene};
use crate::stage;

type Picture = SharedPixelBuffer<Rgb8Pixel>;

/// Letters may be drawn a shade apart by another version of the font's rasteriser.
const SHADE: u8 = 48;
/// So many pixels of ten thousand may differ by more.
const DIFFERENT: usize = 30;

#[test]
fn screens_look_as_before() {
    stage::prepare();
    let target = std::env::var_os("TREFF_SCREENSHOTS").map(PathBuf::from);
    let scale =
        std::env::var("TREFF_SCREENSHOT_SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    let only = std::env::var("TREFF_SCREENSHOT_ONLY").unwrap_or_default();
    let mut wrong = Vec::new();
    for scene in scenes::all().into_iter().filter(|scene| scene.name.contains(&only)) {
        let name = scene.name.clone();
        if let Some(folder) = &target {
            write(&folder.join(format!("{name}.png")), &draw(scene, scale));
        } else if let Err(difference) = compare(&name, &draw(scene, 1.0)) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n./dev screenshots draws them anew", wrong.join("\n"));
}

fn draw(scene: Scene, scale: f32) -> Picture {
    let (width, height) = scene.size;
    let play = scene.play();
    let stage = play.stage(width, height, scale);
    play.finish(&stage);
    stage.draw()
}

fn compare(name: &str, drawn: &Picture) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(format!("{name}.png"));
    let known = read(&path).map_err(|error| format!("{error}"))?;
    if (known.width(), known.height()) != (drawn.width(), drawn.height()) {
        return Err(format!(
            "{} × {} instead of {} × {}",
            drawn.width(),
            drawn.height(),
            known.width(),
            known.height()
        ));
    }
    let far = |a: u8, b: u8| a.abs_diff(b) > SHADE;
    let different = known
        .as_slice()
        .iter()
        .zip(drawn.as_slice())
        .filter(|(a, b)| far(a.r, b.r) || far(a.g, b.g) || far(a.b, b.b))
        .count();
    let per_ten_thousand = different * 10_000 / known.as_slice().len();
    if per_ten_thousand > DIFFERENT {
        let aside = std::env::temp_dir().join(format!("treff-{name}.png"));
        write(&aside, drawn);
        return Err(format!("{per_ten_thousand} ‱ of the pixels differ; as drawn: {}", aside.display()));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Picture, png::DecodingError> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width, reader.info().height);
    let mut picture = Picture::new(width, height);
    reader.next_frame(picture.make_mut_bytes())?;
    Ok(picture)
}

fn write(path: &Path, picture: &Picture) {
    fs::create_dir_all(path.parent().expect("pictures lie in a folder")).expect("the folder can be made");
    let file = File::create(path).expect("the picture can be written");
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_compression(png::Compression::High);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("the picture can be written");
    writer.write_image_data(picture.as_bytes()).expect("the picture can be written");
}
