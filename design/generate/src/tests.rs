//! Contrast, completeness, and that what is written is what Android and Slint read.

use std::collections::BTreeMap;

use roxmltree::Document;

use super::*;

fn design() -> Design {
    Design::read(&Design::home()).expect("design/ can be read")
}

fn require(what: &str, contrast: f64, least: f64) {
    assert!(contrast >= least, "{what} has {contrast:.2}:1 and needs {least}:1");
}

#[test]
fn text_keeps_seven_to_one_and_quiet_text_and_states_four_and_a_half() {
    let colours = design().tokens.colour;
    for (theme, roles) in [("light", &colours.light), ("dark", &colours.dark)] {
        for surface in ["background", "surface", "surface-raised"] {
            let contrast = |role: &str| roles[role].contrast(roles[surface]);
            for role in ["text", "accent"] {
                require(&format!("{theme}: {role} on {surface}"), contrast(role), 7.0);
            }
            for role in ["text-quiet", "good", "warning", "danger", "outline-control"] {
                require(&format!("{theme}: {role} on {surface}"), contrast(role), 4.5);
            }
        }
        for (on, below) in [("on-accent", "accent"), ("on-danger", "danger"), ("on-speaking", "speaking")] {
            require(&format!("{theme}: {on} on {below}"), roles[on].contrast(roles[below]), 7.0);
        }
    }
}

#[test]
fn the_call_screen_keeps_contrast_over_any_picture() {
    let colours = design().tokens.colour;
    let call = &colours.call;
    for (on, below) in [("on-control", "control"), ("on-control-off", "control-off")] {
        require(&format!("{on} on {below}"), call[on].contrast(call[below]), 7.0);
    }
    require("the hang-up symbol", call["on-hang-up"].contrast(call["hang-up"]), 4.5);
    for picture in [Colour::opaque(255, 255, 255), Colour::opaque(0, 0, 0), Colour::opaque(242, 180, 65)] {
        let label = call["label"].over(picture);
        require(&format!("a name over {}", picture.css()), call["on-label"].contrast(label), 7.0);
    }
    // The ring of who speaks is a control's state against the tile and the screen around it.
    for below in [call["tile"], colours.dark["background"]] {
        require("the speaking ring", colours.dark["speaking"].contrast(below), 4.5);
    }
    require("text on a tile", colours.dark["text"].contrast(call["tile"]), 7.0);
    for avatar in &colours.avatar {
        require(&format!("initials on {}", avatar.css()), colours.on_avatar.contrast(*avatar), 7.0);
    }
}

#[test]
fn black_on_white_is_twenty_one_to_one() {
    let contrast = Colour::opaque(0, 0, 0).contrast(Colour::opaque(255, 255, 255));
    assert!((contrast - 21.0).abs() < 1e-9);
    let grey = Colour::try_from("#767676".to_owned()).expect("a colour");
    // The lightest grey that passes 4.5:1 on white, as every accessibility guide has it.
    assert!((grey.contrast(Colour::opaque(255, 255, 255)) - 4.54).abs() < 0.01);
}

#[test]
fn a_wrong_colour_is_an_error() {
    for text in ["12201E", "#12201", "#12201G", "#ÄÄÄ", ""] {
        assert!(Colour::try_from(text.to_owned()).is_err(), "{text:?} passed");
    }
}

#[test]
fn light_and_dark_have_the_same_roles() {
    let colours = design().tokens.colour;
    let roles = |theme: &BTreeMap<String, Colour>| theme.keys().cloned().collect::<Vec<_>>();
    assert_eq!(roles(&colours.light), roles(&colours.dark));
}

#[test]
fn spaces_are_multiples_of_four_and_targets_are_large() {
    let tokens = design().tokens;
    for (role, space) in &tokens.space {
        assert_eq!(space % 4, 0, "space {role} is {space}");
    }
    for role in ["target", "field", "control", "hang-up"] {
        assert!(tokens.size[role] >= 48, "{role} is too small for a finger");
    }
}

#[test]
fn icons_are_one_family() {
    let design = design();
    assert!(design.icons.len() > 60);
    for (name, icon) in &design.icons {
        assert!((icon.side - 24.0).abs() < f32::EPSILON, "{name} is not drawn on 24 px");
        for shape in &icon.shapes {
            assert!(shape.fill.is_none() && shape.stroke.is_some(), "{name} is not drawn in strokes");
            assert!((shape.stroke_width - 2.0).abs() < f32::EPSILON, "{name} has another stroke than 2 px");
        }
    }
}

#[test]
fn what_cannot_be_drawn_everywhere_is_refused() {
    let svg = |inner: &str| {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\">{inner}</svg>")
    };
    assert!(Drawing::parse("text", &svg("<text>Ada</text>")).is_err());
    assert!(Drawing::parse("turned", &svg("<path d=\"M1 1\" transform=\"rotate(3)\"/>")).is_err());
    assert!(Drawing::parse("open", "<svg").is_err());
    assert!(Drawing::parse("plain", &svg("<path d=\"M1 1h2\"/>")).is_ok());
}

#[test]
fn a_rounded_rectangle_becomes_a_path() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"><rect x=\"4\" y=\"6\" width=\"16\" \
               height=\"12\" rx=\"2\"/></svg>";
    let drawing = Drawing::parse("rect", svg).expect("a drawing");
    assert_eq!(
        drawing.shapes[0].path,
        "M6 6h12a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-12a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z"
    );
}

#[test]
fn android_gets_well_formed_resources() {
    let design = design();
    let files = android::files(&design);
    for (path, content) in &files {
        assert!(Document::parse(content).is_ok(), "{path} is no XML");
        let name = path.rsplit('/').next().unwrap_or(path);
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c);
        assert!(name.chars().all(allowed), "Android does not take the file name {name}");
    }
    assert!(files["values/colors.xml"].contains("<color name=\"text_quiet\">#4A5B58</color>"));
    assert!(files["values-night/colors.xml"].contains("<color name=\"text_quiet\">#A9BAB6</color>"));
    // Android writes opacity first.
    assert!(files["values/colors.xml"].contains("<color name=\"call_label\">#B8050C0B</color>"));
    assert!(files["values/dimens.xml"].contains("<dimen name=\"type_body\">16sp</dimen>"));
    assert!(files["drawable/ic_mic_off.xml"].contains("android:strokeLineCap=\"round\""));
}
