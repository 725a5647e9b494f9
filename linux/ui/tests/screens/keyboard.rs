//! The screens by keyboard: reach, press, type, go back, and what the core is asked for.

use std::cell::RefCell;
use std::rc::Rc;

use slint::platform::Key;
use slint::{ComponentHandle, SharedString};
use treff_app::{Command, Comparison, EndReason, Screen, Snapshot, UserError, Waiting};
use treff_ui::{
    AppAdapter, CompareAdapter, HomeAdapter, LeaveQuestionAdapter, ScreenKind, ServersAdapter, Theme,
};

use crate::scenes::{PHONE, Play, Scene, meeting, snapshot};
use crate::stage::Stage;

fn open(scene: Scene) -> (Play, Stage) {
    let play = scene.play();
    let stage = play.stage(PHONE.0, PHONE.1, 1.0);
    (play, stage)
}

fn tab(stage: &Stage, times: usize) {
    for _ in 0..times {
        stage.press(SharedString::from(Key::Tab));
    }
}

#[test]
fn ada_types_a_room_and_joins_it() {
    let (play, stage) = open(Scene::new("typing", snapshot()));
    // Settings come first in reading order, then the field.
    tab(&stage, 2);
    stage.type_text("Pub");
    assert_eq!(play.ui.window().global::<HomeAdapter>().get_link(), "Pub");
    stage.press(SharedString::from(Key::Return));
    assert_eq!(*play.host.commands.borrow(), [Command::Open { link: "Pub".to_owned(), token: None }]);
}

#[test]
fn escape_leads_back_from_the_settings() {
    let (play, stage) = open(Scene::new("escape", snapshot()));
    tab(&stage, 1);
    stage.press(" ");
    let app = play.ui.window().global::<AppAdapter>();
    assert_eq!(app.get_screen(), ScreenKind::Settings);
    stage.press(SharedString::from(Key::Escape));
    assert_eq!(app.get_screen(), ScreenKind::Home);
}

#[test]
fn ben_gives_the_password_and_enters() {
    let waiting = Some(Waiting::Password { wrong: false });
    let (play, stage) = open(Scene::new("password", meeting(Screen::Joining { waiting })));
    tab(&stage, 2);
    stage.type_text("lantern");
    stage.press(SharedString::from(Key::Return));
    let asked = Command::EnterPassword { password: "lantern".to_owned() };
    assert!(play.host.commands.borrow().contains(&asked), "{:?}", play.host.commands.borrow());
}

#[test]
fn the_settings_size_of_type_reaches_the_theme() {
    let mut large = snapshot();
    large.settings.text_size = 200;
    let (play, _) = open(Scene::new("type", large));
    assert!((play.ui.window().global::<Theme>().get_type_scale() - 2.0).abs() < f32::EPSILON);
}

#[test]
fn devices_before_the_call_are_opened_and_closed_with_the_screen() {
    let (play, _) = open(Scene::new("preview", meeting(Screen::Prejoin)));
    let both = Command::SetPreview { microphone: true, camera: true };
    assert_eq!(*play.host.commands.borrow(), [both]);
    play.ui.show_snapshot(&snapshot());
    let none = Command::SetPreview { microphone: false, camera: false };
    assert_eq!(play.host.commands.borrow().last(), Some(&none));
}

#[test]
fn a_link_from_outside_asks_before_the_call_is_left() {
    let (play, stage) = open(Scene::new("question", meeting(Screen::Call)));
    let answers: Rc<RefCell<Vec<bool>>> = Rc::default();
    let ask = || {
        let heard = Rc::clone(&answers);
        play.ui.ask_to_leave("https://meet.example.org/Club?jwt=secret", move |leave| {
            heard.borrow_mut().push(leave);
        });
        stage.draw();
        play.ui.window().global::<LeaveQuestionAdapter>().get_meeting()
    };
    assert_eq!(ask(), "meet.example.org/Club");
    // Staying has the keyboard first; Escape is the same.
    stage.press(SharedString::from(Key::Return));
    ask();
    stage.press(SharedString::from(Key::Escape));
    ask();
    tab(&stage, 1);
    stage.press(" ");
    assert_eq!(*answers.borrow(), [false, false, true]);
    assert_eq!(play.ui.window().global::<LeaveQuestionAdapter>().get_meeting(), "");
    let mut asked = play.host.commands.take();
    // Which pictures are wanted follows the window.
    asked.retain(|command| !matches!(command, Command::SetLayout { .. }));
    assert_eq!(asked, [], "the call was not touched");
}

#[test]
fn a_meeting_whose_server_is_down_begins_where_ada_says() {
    let error = UserError::ServerUnreachable { server: "meet.example.org".to_owned() };
    let down = Snapshot {
        next_server: Some("visio.example.net".to_owned()),
        ..meeting(Screen::Ended { reason: EndReason::Failed { error } })
    };
    let (play, stage) = open(Scene::new("down", down));
    let asked = || play.host.commands.take();
    assert_eq!(asked(), [], "nothing moves by itself");
    // Closing comes first, then the next server, then the same once more.
    tab(&stage, 2);
    stage.press(" ");
    assert_eq!(asked(), [Command::StartOn { server: "visio.example.net".to_owned() }]);
    tab(&stage, 1);
    stage.press(" ");
    assert_eq!(asked(), [Command::StartOn { server: "meet.example.org".to_owned() }]);
}

#[test]
fn ben_chooses_servers_to_compare_and_others_after() {
    let (play, stage) = open(Scene::new("compare", snapshot()));
    let window = play.ui.window();
    window.global::<HomeAdapter>().invoke_open_servers();
    window.global::<ServersAdapter>().invoke_compare();
    let compare = window.global::<CompareAdapter>();
    assert_eq!(window.global::<AppAdapter>().get_screen(), ScreenKind::Compare);
    // Back comes first, then the switches in the list's order.
    tab(&stage, 2);
    stage.press(" ");
    assert_eq!(compare.get_chosen(), 1);
    tab(&stage, 2);
    stage.press(" ");
    // Past the last one, the button.
    tab(&stage, 2);
    stage.press(" ");
    let addresses = vec!["meet.example.at".to_owned(), "meet.example.org".to_owned()];
    assert_eq!(play.host.commands.take(), [Command::CompareServers { addresses }]);
    let table = Snapshot { comparison: Some(Comparison::default()), ..snapshot() };
    play.ui.show_snapshot(&table);
    assert!(compare.get_shown());
    compare.invoke_choose_others();
    assert_eq!(play.host.commands.take(), [Command::CompareServers { addresses: Vec::new() }]);
    assert_eq!(compare.get_chosen(), 2, "the choice is still there to change");
}
