//! The app icon in every size that desktops ask for, rendered from the one drawing.

use std::error::Error;
use std::fs;
use std::path::Path;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::write;

/// The sizes of the hicolor theme that shells and stores ask for, in pixels.
const SIZES: [u32; 9] = [16, 24, 32, 48, 64, 96, 128, 256, 512];
const NAME: &str = "org.treffmeet.treff";

/// Writes the theme's folders below `hicolor`.
pub(crate) fn write_all(hicolor: &Path, drawing: &Path, files: &Path) -> Result<(), Box<dyn Error>> {
    let drawing = fs::read(drawing)?;
    let tree = Tree::from_data(&drawing, &Options::default())?;
    for size in SIZES {
        let folder = hicolor.join(format!("{size}x{size}/apps"));
        write(&folder, &format!("{NAME}.png"), &render(&tree, size)?)?;
    }
    write(&hicolor.join("scalable/apps"), &format!("{NAME}.svg"), &drawing)?;
    let symbolic = format!("{NAME}-symbolic.svg");
    write(&hicolor.join("symbolic/apps"), &symbolic, &fs::read(files.join(&symbolic))?)
}

fn render(tree: &Tree, size: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut picture = Pixmap::new(size, size).ok_or("an icon has a size")?;
    let scale = size as f32 / tree.size().width().max(tree.size().height());
    resvg::render(tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    Ok(picture.encode_png()?)
}
