//! The call by keyboard: every key of the list that `?` shows, what it asks the core for, and that none of them acts
//! while somebody writes.

use slint::platform::Key;
use slint::{ComponentHandle, SharedString};
use treff_app::{Command, Snapshot};
use treff_ui::{CallAdapter, CallSheet, CallView};

use crate::scenes::{LAPTOP, Play, Scene, call};
use crate::stage::Stage;

fn open(snapshot: Snapshot) -> (Play, Stage) {
    let play = Scene::new("keys", snapshot).size(LAPTOP).play();
    let stage = play.stage(LAPTOP.0, LAPTOP.1, 1.0);
    stage.settle();
    play.host.commands.borrow_mut().clear();
    (play, stage)
}

/// What the core was asked for since the last look, layouts aside: they follow the tiles.
fn asked(play: &Play) -> Vec<Command> {
    let mut commands = play.host.commands.take();
    commands.retain(|command| !matches!(command, Command::SetLayout { .. }));
    commands
}

fn sheet(play: &Play) -> CallSheet {
    play.ui.window().global::<CallAdapter>().get_sheet()
}

#[test]
fn m_v_s_and_h_switch_what_their_buttons_switch() {
    let (play, stage) = open(call(2));
    let keys = [
        ("m", Command::SetMicrophone { on: false }),
        ("M", Command::SetMicrophone { on: false }),
        ("v", Command::SetCamera { on: false }),
        ("s", Command::StartShare),
        ("h", Command::RaiseHand { raised: true }),
    ];
    for (key, command) in keys {
        stage.press(key);
        assert_eq!(asked(&play), [command], "{key}");
    }
}

#[test]
fn s_does_nothing_where_nothing_can_be_shared() {
    let mut closed = call(2);
    closed.devices.can_share = false;
    let (play, stage) = open(closed);
    stage.press("s");
    assert_eq!(asked(&play), []);
}

#[test]
fn ada_is_heard_as_long_as_she_holds_space_while_muted() {
    let mut muted = call(2);
    muted.me.microphone = false;
    let (play, stage) = open(muted.clone());
    stage.hold(" ");
    assert_eq!(asked(&play), [Command::SetMicrophone { on: true }]);
    muted.me.microphone = true;
    play.show(&muted);
    stage.repeat(" ");
    stage.settle();
    assert_eq!(asked(&play), [], "a held key speaks once");
    stage.let_go(" ");
    assert_eq!(asked(&play), [Command::SetMicrophone { on: false }]);
}

#[test]
fn space_does_not_mute_whoever_speaks() {
    let (play, stage) = open(call(2));
    stage.press(" ");
    assert_eq!(asked(&play), []);
}

#[test]
fn letters_of_a_message_are_letters() {
    let (play, stage) = open(call(2));
    stage.press("c");
    assert_eq!(sheet(&play), CallSheet::Chat);
    stage.type_text("my mouth v h?");
    assert_eq!(asked(&play), []);
    stage.press(SharedString::from(Key::Return));
    assert_eq!(asked(&play), [Command::SendChat { text: "my mouth v h?".to_owned(), to: None }]);
    stage.press(SharedString::from(Key::Escape));
    assert_eq!(sheet(&play), CallSheet::None);
    stage.press("m");
    assert_eq!(asked(&play), [Command::SetMicrophone { on: false }], "the keys are back");
}

#[test]
fn p_and_the_question_mark_open_and_close_their_sheets() {
    let (play, stage) = open(call(2));
    for (key, opened) in [("p", CallSheet::People), ("?", CallSheet::Help)] {
        stage.press(key);
        assert_eq!(sheet(&play), opened);
        stage.press(key);
        assert_eq!(sheet(&play), CallSheet::None, "{key} closes what it opened");
    }
}

#[test]
fn l_goes_through_the_views() {
    let (play, stage) = open(call(8));
    let view = || play.ui.window().global::<CallAdapter>().get_view();
    let mut seen = vec![view()];
    for _ in 0..3 {
        stage.press("l");
        seen.push(view());
    }
    assert_eq!(seen, [CallView::Auto, CallView::Grid, CallView::Speaker, CallView::Auto]);
}

#[test]
fn control_and_q_leaves_and_q_alone_does_not() {
    let (play, stage) = open(call(2));
    stage.press("q");
    assert_eq!(asked(&play), []);
    stage.hold(SharedString::from(Key::Control));
    stage.press("q");
    stage.let_go(SharedString::from(Key::Control));
    assert_eq!(asked(&play), [Command::Leave]);
}

#[test]
fn tab_reaches_the_bar_and_space_presses_what_is_there() {
    let (play, stage) = open(call(2));
    // Three tiles in reading order, then the microphone.
    for _ in 0..4 {
        stage.press(SharedString::from(Key::Tab));
    }
    stage.press(" ");
    assert_eq!(asked(&play), [Command::SetMicrophone { on: false }]);
}
