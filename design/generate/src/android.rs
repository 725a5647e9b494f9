//! Android's share: `values/colors.xml`, `values-night/colors.xml`, `values/dimens.xml`, a vector drawable for each
//! icon, and the launcher's icon in its layers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::{Colour, Design, DesignError, Drawing, Shape};

const HEAD: &str =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- Made by treff-design from design/. -->\n";
/// The launcher cuts its own shape out of 108 dp and always shows the inner 66.
const LAUNCHER_SIDE: f32 = 108.0;
const LAUNCHER_SAFE: f32 = 66.0;

/// The files below `res/`, by path.
pub fn files(design: &Design) -> BTreeMap<String, String> {
    let colours = &design.tokens.colour;
    let mut files = BTreeMap::new();
    let mut day = colours.light.clone();
    for (role, colour) in &colours.call {
        day.insert(format!("call-{role}"), *colour);
    }
    // The call screen is dark by day, too.
    for (role, colour) in &colours.dark {
        day.insert(format!("call-{role}"), *colour);
    }
    for (index, colour) in colours.avatar.iter().enumerate() {
        day.insert(format!("avatar-{index}"), *colour);
    }
    day.insert("on-avatar".to_owned(), colours.on_avatar);
    files.insert("values/colors.xml".to_owned(), colors(&day));
    files.insert("values-night/colors.xml".to_owned(), colors(&colours.dark));
    files.insert("values/dimens.xml".to_owned(), dimens(design));
    for (name, drawing) in &design.icons {
        files.insert(format!("drawable/ic_{}.xml", snake(name)), vector(drawing));
    }
    files.insert("drawable/ic_launcher_foreground.xml".to_owned(), launcher(&design.app_icon, false));
    files.insert("drawable/ic_launcher_monochrome.xml".to_owned(), launcher(&design.app_icon, true));
    files.insert("drawable/ic_launcher_background.xml".to_owned(), launcher_background(&design.app_icon));
    files.insert("mipmap-anydpi-v26/ic_launcher.xml".to_owned(), adaptive_icon());
    files
}

/// Writes [`files`] below a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write(design: &Design, folder: &Path) -> Result<(), DesignError> {
    for (path, content) in files(design) {
        let path = folder.join(path);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent
            .and_then(|()| fs::write(&path, content))
            .map_err(|source| DesignError::File { path: path.clone(), source })?;
    }
    Ok(())
}

fn colors(colours: &BTreeMap<String, Colour>) -> String {
    let mut text = format!("{HEAD}<resources>\n");
    for (role, colour) in colours {
        let _ = writeln!(text, "    <color name=\"{}\">{}</color>", snake(role), colour.android());
    }
    text.push_str("</resources>\n");
    text
}

fn dimens(design: &Design) -> String {
    let tokens = &design.tokens;
    let mut text = format!("{HEAD}<resources>\n");
    let groups = [
        ("type", &tokens.type_sizes, "sp"),
        ("space", &tokens.space, "dp"),
        ("size", &tokens.size, "dp"),
        ("radius", &tokens.shape, "dp"),
    ];
    for (group, values, unit) in groups {
        for (role, value) in values {
            let _ = writeln!(text, "    <dimen name=\"{group}_{}\">{value}{unit}</dimen>", snake(role));
        }
    }
    for (role, value) in &tokens.motion {
        let _ = writeln!(text, "    <integer name=\"motion_{}\">{value}</integer>", snake(role));
    }
    text.push_str("</resources>\n");
    text
}

/// An icon in black, for a tint.
fn vector(drawing: &Drawing) -> String {
    let paths: String = drawing.shapes.iter().map(|shape| path(shape, Some("#FF000000"), "    ")).collect();
    format!("{HEAD}{}{paths}</vector>\n", vector_head(drawing.side, drawing.side))
}

fn vector_head(size: f32, viewport: f32) -> String {
    format!(
        "<vector xmlns:android=\"http://schemas.android.com/apk/res/android\"\n    android:width=\"{size}dp\"\n    \
         android:height=\"{size}dp\"\n    android:viewportWidth=\"{viewport}\"\n    \
         android:viewportHeight=\"{viewport}\">\n"
    )
}

fn path(shape: &Shape, instead: Option<&str>, indent: &str) -> String {
    let mut text = format!("{indent}<path\n{indent}    android:pathData=\"{}\"", shape.path);
    if let Some(fill) = &shape.fill {
        let _ = write!(text, "\n{indent}    android:fillColor=\"{}\"", instead.unwrap_or(fill));
    }
    if let Some(stroke) = &shape.stroke {
        let _ = write!(
            text,
            "\n{indent}    android:strokeColor=\"{}\"\n{indent}    android:strokeWidth=\"{}\"\n{indent}    \
             android:strokeLineCap=\"round\"\n{indent}    android:strokeLineJoin=\"round\"",
            instead.unwrap_or(stroke),
            shape.stroke_width
        );
    }
    text.push_str(" />\n");
    text
}

/// The foreground, scaled so that the launcher never cuts it; in one colour with holes when `monochrome`.
fn launcher(icon: &Drawing, monochrome: bool) -> String {
    let scale = LAUNCHER_SAFE / icon.side;
    let offset = (LAUNCHER_SIDE - LAUNCHER_SAFE) / 2.0;
    let mut text = format!("{HEAD}{}", vector_head(LAUNCHER_SIDE, LAUNCHER_SIDE));
    let _ = writeln!(
        text,
        "    <group\n        android:scaleX=\"{scale}\"\n        android:scaleY=\"{scale}\"\n        \
         android:translateX=\"{offset}\"\n        android:translateY=\"{offset}\">"
    );
    let shapes: Vec<&Shape> =
        icon.shapes.iter().filter(|shape| shape.group.as_deref() == Some("foreground")).collect();
    if monochrome {
        text.push_str(&one_colour(&shapes));
    } else {
        text.extend(shapes.iter().map(|shape| path(shape, None, "        ")));
    }
    text.push_str("    </group>\n</vector>\n");
    text
}

/// The outline of the lowest shape, and the others in the same colour within it.
fn one_colour(shapes: &[&Shape]) -> String {
    const COLOUR: &str = "#FF000000";
    let Some((outline, marks)) = shapes.split_first() else { return String::new() };
    let outline =
        Shape { fill: None, stroke: Some(COLOUR.to_owned()), stroke_width: 8.0, ..(*outline).clone() };
    let marks = marks.iter().map(|shape| path(shape, Some(COLOUR), "        "));
    std::iter::once(path(&outline, Some(COLOUR), "        ")).chain(marks).collect()
}

/// The background's colour over the whole layer: the launcher rounds it.
fn launcher_background(icon: &Drawing) -> String {
    let fill = icon
        .shapes
        .iter()
        .find(|shape| shape.group.as_deref() == Some("background"))
        .and_then(|shape| shape.fill.clone())
        .unwrap_or_else(|| "#FFFFFF".to_owned());
    format!(
        "{HEAD}<shape xmlns:android=\"http://schemas.android.com/apk/res/android\">\n    \
         <solid android:color=\"{fill}\" />\n</shape>\n"
    )
}

fn adaptive_icon() -> String {
    let layers: String = ["background", "foreground", "monochrome"]
        .iter()
        .map(|layer| format!("    <{layer} android:drawable=\"@drawable/ic_launcher_{layer}\" />\n"))
        .collect();
    format!(
        "{HEAD}<adaptive-icon xmlns:android=\"http://schemas.android.com/apk/res/android\">\n{layers}</adaptive-icon>\n"
    )
}

fn snake(name: &str) -> String {
    name.replace('-', "_")
}
