//! An X display of one's own, as a person has it: keys to press, a screen to look at. In: keys. Out: pixels, titles.

use std::io::{BufRead, BufReader, IoSlice};
use std::process::{Child, Command, Stdio};

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt, CreateWindowAux, ImageFormat, InputFocus, MapState,
    PropMode, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Keys without a letter, by their keysyms (X11/keysymdef.h).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Tab,
    Return,
    Escape,
    /// A character of the American keyboard that Xvfb has.
    Letter(char),
    /// The same with Control held.
    Control(char),
}

const SHIFT: u32 = 0xffe1;
const CONTROL: u32 = 0xffe3;

impl Key {
    fn keysym(self) -> u32 {
        match self {
            Self::Tab => 0xff09,
            Self::Return => 0xff0d,
            Self::Escape => 0xff1b,
            // Latin-1 keysyms are their characters.
            Self::Letter(letter) | Self::Control(letter) => u32::from(letter),
        }
    }
}

/// A running Xvfb, ended when dropped.
pub(crate) struct Display {
    server: Child,
    size: (u16, u16),
    name: String,
    connection: RustConnection,
    root: Window,
    /// The first key code and, for each from there, its keysyms.
    keys: (u8, Vec<Vec<u32>>),
    xtest: u8,
}

impl Display {
    /// Starts one on a number that is free.
    pub(crate) fn start(size: (u16, u16)) -> Self {
        let screen = format!("{}x{}x24", size.0, size.1);
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"])
            // With it no window ever learns that another lies over it.
            .args(["-extension", "Composite"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb, of Debian's package xvfb");
        let mut number = String::new();
        let output = server.stdout.take().expect("it was asked for");
        BufReader::new(output).read_line(&mut number).expect("the server says its number");
        let name = format!(":{}", number.trim());
        let (connection, _) = x11rb::connect(Some(&name)).expect("the server is there");
        let (root, least, most) = {
            let setup = connection.setup();
            (setup.roots[0].root, setup.min_keycode, setup.max_keycode)
        };
        let mapping = connection.get_keyboard_mapping(least, most - least + 1).expect("a question");
        let mapping = mapping.reply().expect("a keyboard");
        let per_key = usize::from(mapping.keysyms_per_keycode);
        let keys = (least, mapping.keysyms.chunks(per_key).map(<[u32]>::to_vec).collect());
        let xtest = connection.extension_information("XTEST").expect("a question");
        let xtest = xtest.expect("Xvfb lets tests press keys").major_opcode;
        Self { server, size, name, connection, root, keys, xtest }
    }

    /// The server's process.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// What goes into `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The code of a key and whether Shift belongs to it.
    fn code(&self, keysym: u32) -> (u8, bool) {
        let (first, keys) = &self.keys;
        for (index, keysyms) in keys.iter().enumerate() {
            let level = keysyms.iter().take(2).position(|&known| known == keysym);
            if let Some(level) = level {
                return (first + u8::try_from(index).expect("at most 248 keys"), level == 1);
            }
        }
        panic!("no key for keysym {keysym:#x}");
    }

    /// XTestFakeInput (X11/extensions/xteststr.h): one key down or up.
    fn fake(&self, code: u8, down: bool) {
        let mut request = [0; 36];
        request[0] = self.xtest;
        request[1] = 2;
        request[2..4].copy_from_slice(&9u16.to_ne_bytes());
        // The core events KeyPress and KeyRelease.
        request[4] = if down { 2 } else { 3 };
        request[5] = code;
        self.connection
            .send_request_without_reply(&[IoSlice::new(&request)], Vec::new())
            .expect("the server listens")
            .ignore_error();
    }

    /// Presses a key and lets it go.
    pub(crate) fn press(&self, key: Key) {
        let (code, shifted) = self.code(key.keysym());
        let mut held = Vec::new();
        if shifted {
            held.push(self.code(SHIFT).0);
        }
        if matches!(key, Key::Control(_)) {
            held.push(self.code(CONTROL).0);
        }
        held.iter().for_each(|code| self.fake(*code, true));
        self.fake(code, true);
        self.fake(code, false);
        held.iter().for_each(|code| self.fake(*code, false));
        self.connection.flush().expect("the server listens");
    }

    pub(crate) fn write(&self, text: &str) {
        text.chars().for_each(|letter| self.press(Key::Letter(letter)));
    }

    /// The visible window whose title this describes.
    pub(crate) fn window(&self, wanted: impl Fn(&str) -> bool) -> Option<Window> {
        let tree = self.connection.query_tree(self.root).ok()?.reply().ok()?;
        tree.children.into_iter().find(|&window| {
            let visible = || {
                let attributes = self.connection.get_window_attributes(window).ok()?.reply().ok()?;
                Some(attributes.map_state == MapState::VIEWABLE)
            };
            visible() == Some(true) && self.title(window).is_some_and(|title| wanted(&title))
        })
    }

    fn atom(&self, name: &str) -> Option<u32> {
        Some(self.connection.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom)
    }

    fn title(&self, window: Window) -> Option<String> {
        let (name, kind) = (self.atom("_NET_WM_NAME")?, self.atom("UTF8_STRING")?);
        let property = self.connection.get_property(false, window, name, kind, 0, 1024).ok()?.reply().ok()?;
        String::from_utf8(property.value).ok()
    }

    /// Does what a window manager does: the window fills the screen and has the keyboard.
    pub(crate) fn manage(&self, window: Window) {
        let place =
            ConfigureWindowAux::new().x(0).y(0).width(u32::from(self.size.0)).height(u32::from(self.size.1));
        self.connection.configure_window(window, &place).expect("the server listens").ignore_error();
        self.connection
            .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)
            .expect("the server listens")
            .ignore_error();
        self.connection.flush().expect("the server listens");
    }

    /// Takes the window off the screen as a window manager does who was asked to minimise it (EWMH, _NET_WM_STATE).
    pub(crate) fn minimise(&self, window: Window) {
        let hidden = self.atom("_NET_WM_STATE_HIDDEN").expect("the server knows names");
        self.set_state(window, &[hidden]);
        self.connection.unmap_window(window).expect("the server listens").ignore_error();
        self.connection.flush().expect("the server listens");
    }

    /// Brings it back.
    pub(crate) fn restore(&self, window: Window) {
        self.set_state(window, &[]);
        self.connection.map_window(window).expect("the server listens").ignore_error();
        self.manage(window);
    }

    fn set_state(&self, window: Window, state: &[u32]) {
        let property = self.atom("_NET_WM_STATE").expect("the server knows names");
        self.connection
            .change_property32(PropMode::REPLACE, window, property, AtomEnum::ATOM, state)
            .expect("the server listens")
            .ignore_error();
    }

    /// Lays another program's window over the whole screen.
    pub(crate) fn cover(&self) -> Window {
        let window = self.connection.generate_id().expect("the server has ids");
        let values = CreateWindowAux::new().override_redirect(1).background_pixel(0x0040_4040);
        self.connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                self.root,
                0,
                0,
                self.size.0,
                self.size.1,
                0,
                WindowClass::INPUT_OUTPUT,
                x11rb::COPY_FROM_PARENT,
                &values,
            )
            .expect("the server listens")
            .ignore_error();
        self.connection.map_window(window).expect("the server listens").ignore_error();
        let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        self.connection.configure_window(window, &above).expect("the server listens").ignore_error();
        self.connection.flush().expect("the server listens");
        window
    }

    pub(crate) fn uncover(&self, window: Window) {
        self.connection.destroy_window(window).expect("the server listens").ignore_error();
        self.connection.flush().expect("the server listens");
    }

    /// What a person sees now.
    pub(crate) fn look(&self) -> Picture {
        let (width, height) = self.size;
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0)
            .expect("the server listens")
            .reply()
            .expect("the screen can be read");
        // 24 bits deep, 32 a pixel, little-endian: blue first.
        let pixels = image.data.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Picture { width: usize::from(width), pixels }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The screen at one moment.
pub(crate) struct Picture {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// How many pixels of the columns from `left` on have about this colour.
    pub(crate) fn count(&self, colour: [u8; 3], left: u16) -> usize {
        let near = |pixel: &[u8; 3]| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 12);
        let rows = self.pixels.chunks_exact(self.width);
        rows.map(|row| row[usize::from(left)..].iter().filter(|pixel| near(pixel)).count()).sum()
    }

    /// How many pixels have another colour.
    pub(crate) fn differs_from(&self, colour: [u8; 3]) -> usize {
        self.pixels.iter().filter(|pixel| **pixel != colour).count()
    }

    /// How many pixels differ.
    pub(crate) fn changes(&self, other: &Self) -> usize {
        self.pixels.iter().zip(&other.pixels).filter(|(a, b)| a != b).count()
    }

    /// Keeps it for a person to look at when a test has failed.
    pub(crate) fn keep(&self, name: &str) -> String {
        let path = format!("{}/{name}.ppm", env!("CARGO_TARGET_TMPDIR"));
        let height = self.pixels.len() / self.width;
        let mut file = format!("P6 {} {height} 255\n", self.width).into_bytes();
        file.extend(self.pixels.as_flattened());
        std::fs::write(&path, file).map_or_else(|error| error.to_string(), |()| path)
    }
}
