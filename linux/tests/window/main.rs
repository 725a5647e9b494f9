//! The window as a person has it: the real program on a real display (Xvfb), by keyboard alone, with Ada in front of it.

#[allow(dead_code, reason = "the bench uses the rest of it")]
mod desk;
#[allow(dead_code, reason = "the bench uses the rest of it")]
mod display;
#[path = "../headless/process.rs"]
#[allow(dead_code, reason = "the other tests of the binary use the rest of it")]
mod process;

use desk::{Desk, PICTURE, ROOM, SCREEN, colour};
use display::Key;
use process::Treff;

/// The pattern that Ada's made camera shows, of no synthetic person.
const ADAS_PATTERN: usize = 6;

#[tokio::test]
async fn ada_sees_cleo_mutes_chats_and_leaves_by_keyboard() {
    let desk = Desk::new().await;
    let mut ben = Treff::join(&desk.lab, &desk.folder, ROOM, &["--name", "Ben", "--video", "none"]);
    ben.tells("joined").await;
    let cleos = colour(desk.lab.marks("Cleo").expect("Cleo is there").1);

    desk.join().await;
    desk.until("Cleo's colour", || desk.sees(cleos, 0)).await;
    desk.until("Ada's own picture", || desk.sees(colour(ADAS_PATTERN), 0)).await;
    let before = desk.display.look();
    desk.until("a moving picture", || before.changes(&desk.display.look()) > PICTURE).await;

    let muted = |is: bool| {
        let wanted = format!("-a0\":{{\"muted\":{is}");
        desk.ada().is_some_and(|ada| ada.source_info.contains(&wanted))
    };
    desk.until("the microphone, on", || muted(false)).await;
    desk.display.press(Key::Letter('m'));
    desk.until("the microphone, off", || muted(true)).await;

    // Of the three tiles Ada's own is the last.
    let (own, right) = (colour(ADAS_PATTERN), SCREEN.0 - 200);
    desk.until("a picture at the right edge", || desk.sees(own, right)).await;
    desk.display.press(Key::Letter('p'));
    desk.until("the people beside the pictures", || !desk.sees(own, right)).await;
    desk.display.press(Key::Escape);
    desk.until("the pictures alone again", || desk.sees(own, right)).await;

    desk.display.press(Key::Letter('c'));
    desk.display.write("Hello Ben");
    desk.display.press(Key::Return);
    let chat = ben.tells("chat").await;
    assert_eq!((chat["name"].as_str(), chat["text"].as_str()), (Some("Ada"), Some("Hello Ben")));

    desk.press(&[Key::Escape, Key::Control('q')]);
    desk.until("Ada gone", || desk.ada().is_none()).await;
    desk.until("the pictures gone", || !desk.sees(cleos, 0)).await;
}

#[tokio::test]
async fn before_the_call_ada_sees_herself_and_nobody_else_does() {
    let desk = Desk::new().await;
    desk.press(&[Key::Tab, Key::Tab]);
    desk.display.write(&desk.lab.link(ROOM));
    desk.display.press(Key::Return);
    desk.titled("treff – Treff").await;
    desk.until("her own picture", || desk.sees(colour(ADAS_PATTERN), 0)).await;
    let before = desk.display.look();
    desk.until("a moving picture", || before.changes(&desk.display.look()) > PICTURE).await;
    assert_eq!(desk.lab.occupants(ROOM).len(), 1, "only Cleo is in the room");
    desk.display.press(Key::Escape);
    desk.titled("Treff").await;
    desk.until("the camera closed", || !desk.sees(colour(ADAS_PATTERN), 0)).await;
}

#[tokio::test]
async fn nothing_is_received_behind_another_window() {
    let desk = Desk::new().await;
    let cleos = colour(desk.lab.marks("Cleo").expect("Cleo is there").1);
    let ada = desk.join().await;
    desk.until("Cleo's colour", || desk.sees(cleos, 0)).await;
    desk.forwarded(&ada, "Cleo's pictures", |sources| sources == 1).await;
    let other = desk.display.cover();
    desk.forwarded(&ada, "no pictures", |sources| sources == 0).await;
    desk.display.uncover(other);
    desk.forwarded(&ada, "Cleo's pictures again", |sources| sources == 1).await;
    desk.until("Cleo's colour again", || desk.sees(cleos, 0)).await;
}

#[tokio::test]
async fn nothing_is_received_while_the_window_is_minimised() {
    let desk = Desk::new().await;
    let cleos = colour(desk.lab.marks("Cleo").expect("Cleo is there").1);
    let ada = desk.join().await;
    desk.until("Cleo's colour", || desk.sees(cleos, 0)).await;
    let window = desk.display.window(|title| title == "treff – Treff").expect("she looks at it");
    desk.display.minimise(window);
    desk.forwarded(&ada, "no pictures", |sources| sources == 0).await;
    assert!(desk.ada().is_some(), "she is in the room all the time");
    desk.display.restore(window);
    desk.forwarded(&ada, "Cleo's pictures again", |sources| sources == 1).await;
    desk.until("Cleo's colour again", || desk.sees(cleos, 0)).await;
}
