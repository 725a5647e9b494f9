//! Words have the room they need: no sentence stands in a box lower than its lines, and nothing that can be pressed or
//! told is without a name. In: every scene. Out: what is too low, by scene and text.
//!
//! Slint has no public way to look at what was laid out, so this walks its items as the generated code does.

use slint::ComponentHandle;
use slint::private_unstable_api::re_exports::{
    AccessibleRole, AccessibleStringProperty, ComplexText, Flickable, ItemRc, LogicalRect, Orientation,
    TextOverflow, WindowInner,
};

use crate::scenes::{self, Scene};
use crate::stage;

/// Lines are rounded to whole pixels.
const ROUNDING: f32 = 1.0;

/// Visits every item of the window that is seen or scrolled away, with its place in the one around it. `around` are the
/// places of those it stands in, as far as nothing scrolls, the innermost last.
fn walk(item: &ItemRc, around: &[LogicalRect], visit: &mut impl FnMut(&ItemRc, LogicalRect, &[LogicalRect])) {
    visit(item, item.geometry(), around);
    // What scrolls is larger than what it scrolls in.
    let scrolls = item.downcast::<Flickable>().is_some();
    let inner = if scrolls { Vec::new() } else { [around, &[item.geometry()]].concat() };
    let mut child = item.first_child();
    while let Some(next) = child {
        walk(&next, &inner, visit);
        child = next.next_sibling();
    }
}

/// Shows a scene and looks at each of its items.
fn look(scene: Scene, mut visit: impl FnMut(&ItemRc, LogicalRect, &[LogicalRect])) {
    let (width, height) = scene.size;
    let play = scene.play();
    let stage = play.stage(width, height, 1.0);
    play.finish(&stage);
    stage.settle();
    let window = WindowInner::from_pub(play.ui.window().window());
    walk(&ItemRc::new_root(window.component()), &[], &mut visit);
}

/// A text whose box is lower than its lines, or narrower than its only line.
fn too_small(item: &ItemRc, place: LogicalRect) -> Option<String> {
    let text = item.downcast::<ComplexText>()?;
    let text = text.as_pin_ref();
    if text.text().is_empty() || place.size.width < 1.0 || !item.is_visible() {
        return None;
    }
    let adapter = item.window_adapter()?;
    let need = |orientation| item.borrow().as_ref().layout_info(orientation, -1.0, &adapter, item).preferred;
    let lines = need(Orientation::Vertical);
    if place.size.height + ROUNDING < lines {
        return Some(format!("{:?} is {} high and needs {lines}", text.text(), place.size.height));
    }
    let elided = text.overflow() == TextOverflow::Elide;
    let one_line = item.borrow().as_ref().layout_info(Orientation::Horizontal, -1.0, &adapter, item);
    (!elided && place.size.width + ROUNDING < one_line.min)
        .then(|| format!("{:?} is {} wide and needs {}", text.text(), place.size.width, one_line.min))
}

#[test]
fn every_text_has_the_height_of_its_lines() {
    stage::prepare();
    let mut wrong = Vec::new();
    for scene in scenes::all() {
        let name = scene.name.clone();
        look(scene, |item, place, _| {
            wrong.extend(too_small(item, place).map(|what| format!("{name}: {what}")));
        });
    }
    assert!(wrong.is_empty(), "{} texts are cut:\n{}", wrong.len(), wrong.join("\n"));
}

/// A text that leaves a box it stands in; `around` are those boxes, the innermost last.
fn outside(item: &ItemRc, place: LogicalRect, around: &[LogicalRect]) -> Option<String> {
    let text = item.downcast::<ComplexText>()?;
    let text = text.as_pin_ref();
    // What is told and never seen is one pixel large.
    if text.text().is_empty() || place.size.width <= 1.0 || !item.is_visible() {
        return None;
    }
    let mut words = place;
    for room in around.iter().rev() {
        let leaves = words.min_x() < -ROUNDING
            || words.min_y() < -ROUNDING
            || words.max_x() > room.size.width + ROUNDING
            || words.max_y() > room.size.height + ROUNDING;
        if leaves && !room.size.is_empty() {
            return Some(format!("{:?} at {words:?} leaves {:?}", text.text(), room.size));
        }
        words = words.translate(room.origin.to_vector());
    }
    None
}

#[test]
fn no_text_runs_out_of_its_box() {
    stage::prepare();
    let mut wrong = Vec::new();
    for scene in scenes::all() {
        let name = scene.name.clone();
        look(scene, |item, place, around| {
            wrong.extend(outside(item, place, around).map(|what| format!("{name}: {what}")));
        });
    }
    assert!(wrong.is_empty(), "{} texts run out:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn signs_that_no_font_knows_break_no_line() {
    stage::prepare();
    let mut wrong = Vec::new();
    for scene in [scenes::emoji("emoji"), scenes::emoji("large").large()] {
        look(scene, |item, place, around| {
            wrong.extend(too_small(item, place).or_else(|| outside(item, place, around)));
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Roles that a person acts on.
fn is_control(role: AccessibleRole) -> bool {
    matches!(
        role,
        AccessibleRole::Button
            | AccessibleRole::Switch
            | AccessibleRole::RadioButton
            | AccessibleRole::Slider
            | AccessibleRole::TextInput
            | AccessibleRole::Checkbox
    )
}

#[test]
fn every_control_has_a_name() {
    stage::prepare();
    let mut wrong = Vec::new();
    for scene in scenes::all() {
        let name = scene.name.clone();
        look(scene, |item, place, _| {
            let role = item.accessible_role();
            if !item.is_accessible() || !is_control(role) {
                return;
            }
            let label = item.accessible_string_property(AccessibleStringProperty::Label);
            if label.as_ref().is_none_or(|label| label.trim().is_empty()) {
                wrong.push(format!("{name}: a {role:?} at {place:?} has no name"));
            }
        });
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
