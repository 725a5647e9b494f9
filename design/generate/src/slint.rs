//! Slint's share: `tokens.slint` with a global of constants, `icons.slint` with a global of images.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::{Colour, Design, DesignError};

/// Writes `tokens.slint` and `icons.slint` with copies of the icons into a folder, which is made if need be.
///
/// # Errors
/// When a file cannot be written.
pub fn write(design: &Design, folder: &Path) -> Result<(), DesignError> {
    let icons = folder.join("icons");
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| DesignError::File { path, source }
    };
    fs::create_dir_all(&icons).map_err(failed(&icons))?;
    for (name, _) in &design.icons {
        let file = format!("{name}.svg");
        let target = icons.join(&file);
        fs::copy(design.folder().join("icons").join(&file), &target).map_err(failed(&target))?;
    }
    let app_icon = folder.join("icon.svg");
    fs::copy(design.folder().join("icon.svg"), &app_icon).map_err(failed(&app_icon))?;
    for (file, content) in [("tokens.slint", tokens(design)), ("icons.slint", icon_global(design))] {
        let target = folder.join(file);
        fs::write(&target, content).map_err(failed(&target))?;
    }
    Ok(())
}

/// The text of `tokens.slint`.
pub fn tokens(design: &Design) -> String {
    let tokens = &design.tokens;
    let mut text = String::from("// Made from design/tokens.json.\n");
    let roles: Vec<&String> = tokens.colour.light.keys().collect();
    text.push_str("export struct Palette {\n");
    for role in &roles {
        let _ = writeln!(text, "    {role}: color,");
    }
    text.push_str("}\n\nexport global Tokens {\n");
    for (name, colours) in [("light", &tokens.colour.light), ("dark", &tokens.colour.dark)] {
        let _ = writeln!(text, "    out property <Palette> {name}: {{");
        for (role, colour) in colours {
            let _ = writeln!(text, "        {role}: {},", colour.css());
        }
        text.push_str("    };\n");
    }
    for (role, colour) in &tokens.colour.call {
        let _ = writeln!(text, "    out property <color> call-{role}: {};", colour.css());
    }
    let avatars: Vec<String> = tokens.colour.avatar.iter().map(|colour| colour.css()).collect();
    let _ = writeln!(text, "    out property <[color]> avatars: [{}];", avatars.join(", "));
    let _ = writeln!(text, "    out property <color> on-avatar: {};", Colour::css(tokens.colour.on_avatar));
    let groups = [
        ("type", &tokens.type_sizes),
        ("space", &tokens.space),
        ("size", &tokens.size),
        ("radius", &tokens.shape),
    ];
    for (group, values) in groups {
        for (role, value) in values {
            let _ = writeln!(text, "    out property <length> {group}-{role}: {value}px;");
        }
    }
    for (role, value) in &tokens.weight {
        let _ = writeln!(text, "    out property <int> weight-{role}: {value};");
    }
    for (role, value) in &tokens.motion {
        let _ = writeln!(text, "    out property <duration> motion-{role}: {value}ms;");
    }
    text.push_str("}\n");
    text
}

/// The text of `icons.slint`.
pub fn icon_global(design: &Design) -> String {
    let mut text = String::from("// Made from design/icons.\nexport global Icons {\n");
    for (name, _) in &design.icons {
        let _ = writeln!(text, "    out property <image> {name}: @image-url(\"icons/{name}.svg\");");
    }
    text.push_str("    out property <image> app: @image-url(\"icon.svg\");\n}\n");
    text
}
