//! The window as a person has it: the real program on a real display (Xvfb), by keyboard alone, with Ada in front of it.

mod display;
mod figures;
#[path = "../headless/process.rs"]
#[allow(dead_code, reason = "the other tests of the binary use the rest of it")]
mod process;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use treff_codecs::pattern::Pattern;
use treff_codecs::{Painter, pattern::FrameNumber};
use treff_lab::{Lab, LabOptions, Person};
use treff_media::codec::VideoCodec;

use display::{Display, Key, SCREEN};
use process::{Folder, Treff};

/// The room of the synthetic people.
const ROOM: &str = "treff";
/// How long anything may take before a test fails. Nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(30);
/// Fewer pixels of a colour than this are no picture of somebody.
const PICTURE: usize = 3000;
/// The pattern that Ada's made camera shows, of no synthetic person.
const ADAS_PATTERN: usize = 6;

/// The window with what is around it.
struct Desk {
    display: Display,
    program: Child,
    lab: Lab,
    folder: Folder,
    /// From the program's start to its first picture of the home screen.
    opened: Duration,
}

impl Desk {
    /// Opens the window at home, and a lab with Cleo in its room.
    async fn new() -> Self {
        Self::with(vec![Person::new("Cleo", VideoCodec::Vp8)]).await
    }

    /// The same with other people.
    async fn with(people: Vec<Person>) -> Self {
        let lab =
            Lab::start(LabOptions { people, ..LabOptions::default() }).await.expect("a lab on loopback");
        let (folder, display) = (Folder::new(), Display::start());
        let ca = folder.write("root.pem", lab.ca_pem());
        let store = folder.path().join("treff.sqlite");
        let start = Instant::now();
        let program = Command::new(env!("CARGO_BIN_EXE_treff"))
            .args(["--pattern", "--ca", &ca, "--resolve", &lab.resolve()])
            .arg("--store")
            .arg(store)
            .env("DISPLAY", display.name())
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env("LANG", "C.UTF-8")
            .env_remove("LANGUAGE")
            // What every machine can draw with, whatever its graphics.
            .env("SLINT_BACKEND", "winit-software")
            .stdin(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut desk = Self { display, program, lab, folder, opened: Duration::ZERO };
        desk.until("the window at home", || desk.display.window(|title| title == "Treff").is_some()).await;
        // Xvfb's empty screen is black.
        desk.until("the home screen", || desk.display.look().differs_from([0; 3]) > PICTURE).await;
        desk.opened = start.elapsed();
        let window = desk.display.window(|title| title == "Treff").expect("it was there a moment ago");
        desk.display.manage(window);
        desk
    }

    /// Looks again and again until something is true.
    async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so() {
            if Instant::now() > deadline {
                panic!("waited in vain for {what}; the screen: {}", self.display.look().keep("window"));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn titled(&self, wanted: &str) {
        self.until(wanted, || self.display.window(|title| title == wanted).is_some()).await;
    }

    fn press(&self, keys: &[Key]) {
        keys.iter().for_each(|key| self.display.press(*key));
    }

    /// What the room knows of Ada.
    fn ada(&self) -> Option<treff_lab::OccupantView> {
        self.lab.occupants(ROOM).into_iter().find(|occupant| occupant.name == "Ada")
    }

    /// From home into the call.
    async fn join(&self) -> String {
        // Settings come first in reading order, then the field.
        self.press(&[Key::Tab, Key::Tab]);
        self.display.write(&self.lab.link(ROOM));
        self.display.press(Key::Return);
        self.titled("treff – Treff").await;
        // Closing, the server's page, then the name.
        self.press(&[Key::Tab, Key::Tab, Key::Tab]);
        self.display.write("Ada");
        self.display.press(Key::Return);
        self.until("Ada in the room", || self.ada().is_some()).await;
        self.ada().expect("she was there a moment ago").nick
    }

    /// Whether somebody with this colour is on the screen, right of `left`.
    fn sees(&self, colour: [u8; 3], left: u16) -> bool {
        self.display.look().count(colour, left) > PICTURE
    }

    async fn forwarded(&self, ada: &str, what: &str, wanted: impl Fn(usize) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let report = self.lab.report(ROOM, ada).await.unwrap_or_default();
            if wanted(report.forwarded.len()) {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}: {report:?}");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The background of a person's pattern on a screen.
fn colour(person: usize) -> [u8; 3] {
    let picture = Pattern::new(person, 64, 48).draw(FrameNumber(0));
    let mut rgba = vec![0; 64 * 48 * 4];
    Painter::default().paint(&picture, (64, 48), false, &mut rgba).expect("memory of that size");
    // The corner shows nothing but the background.
    [rgba[0], rgba[1], rgba[2]]
}

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
