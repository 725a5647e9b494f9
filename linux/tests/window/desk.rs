//! Ada's desk: the real program on a display of its own, a lab to meet in, and what she can do and see.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use treff_codecs::Painter;
use treff_codecs::pattern::{FrameNumber, Pattern};
use treff_lab::{Lab, LabOptions, Person};
use treff_media::codec::VideoCodec;

use crate::display::{Display, Key};
use crate::process::Folder;

/// The room of the synthetic people.
pub(crate) const ROOM: &str = "treff";
/// How long anything may take before a test fails. Nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(30);
/// Fewer pixels of a colour than this are no picture of somebody.
pub(crate) const PICTURE: usize = 3000;

/// The screen: a laptop's.
pub(crate) const SCREEN: (u16, u16) = (1280, 800);

/// The window with what is around it.
pub(crate) struct Desk {
    pub(crate) display: Display,
    pub(crate) program: Child,
    pub(crate) lab: Lab,
    pub(crate) folder: Folder,
    /// From the program's start to its first picture of the home screen.
    pub(crate) opened: Duration,
}

impl Desk {
    /// Opens the window at home, and a lab with Cleo in its room.
    pub(crate) async fn new() -> Self {
        Self::with(SCREEN, vec![Person::new("Cleo", VideoCodec::Vp8)]).await
    }

    /// The same on another screen, with other people.
    pub(crate) async fn with(screen: (u16, u16), people: Vec<Person>) -> Self {
        let lab =
            Lab::start(LabOptions { people, ..LabOptions::default() }).await.expect("a lab on loopback");
        let (folder, display) = (Folder::new(), Display::start(screen));
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
    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so() {
            if Instant::now() > deadline {
                panic!("waited in vain for {what}; the screen: {}", self.display.look().keep("window"));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) async fn titled(&self, wanted: &str) {
        self.until(wanted, || self.display.window(|title| title == wanted).is_some()).await;
    }

    pub(crate) fn press(&self, keys: &[Key]) {
        keys.iter().for_each(|key| self.display.press(*key));
    }

    /// What the room knows of Ada.
    pub(crate) fn ada(&self) -> Option<treff_lab::OccupantView> {
        self.lab.occupants(ROOM).into_iter().find(|occupant| occupant.name == "Ada")
    }

    /// From home into the call.
    pub(crate) async fn join(&self) -> String {
        self.open().await;
        self.enter().await
    }

    /// From home to the meeting's door.
    pub(crate) async fn open(&self) {
        // Settings come first in reading order, then the field.
        self.press(&[Key::Tab, Key::Tab]);
        self.display.write(&self.lab.link(ROOM));
        self.display.press(Key::Return);
        self.titled("treff – Treff").await;
    }

    /// From there into the call.
    pub(crate) async fn enter(&self) -> String {
        // Closing, the server's page, then the name.
        self.press(&[Key::Tab, Key::Tab, Key::Tab]);
        self.display.write("Ada");
        self.display.press(Key::Return);
        self.until("Ada in the room", || self.ada().is_some()).await;
        self.ada().expect("she was there a moment ago").nick
    }

    /// Whether somebody with this colour is on the screen, right of `left`.
    pub(crate) fn sees(&self, colour: [u8; 3], left: u16) -> bool {
        self.display.look().count(colour, left) > PICTURE
    }

    pub(crate) async fn forwarded(&self, ada: &str, what: &str, wanted: impl Fn(usize) -> bool) {
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
pub(crate) fn colour(person: usize) -> [u8; 3] {
    let picture = Pattern::new(person, 64, 48).draw(FrameNumber(0));
    let mut rgb = vec![0; 64 * 48 * 3];
    Painter::default().paint(&picture, (64, 48), false, &mut rgb).expect("memory of that size");
    // The corner shows nothing but the background.
    [rgb[0], rgb[1], rgb[2]]
}
