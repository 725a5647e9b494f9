//! What the window asks of the rest of the program, and what it is told about the desktop.

use chrono::NaiveDateTime;
use treff_app::Command;

/// The rest of the program, as the window sees it.
pub trait Host {
    /// Hands a wish to the core. Never waits.
    fn dispatch(&self, command: Command);
    /// Puts a text into the clipboard.
    fn copy(&self, text: &str);
    /// Opens an address in the browser.
    fn open(&self, url: &str);
    /// Lets the person keep a file, under this name if they like; [`crate::Ui::saved`] hears how it went.
    fn save(&self, name: &str, content: &str);
    /// Milliseconds since 1970.
    fn now(&self) -> u64;
    /// Milliseconds since 1970 as the wall clock here has them.
    fn local_time(&self, milliseconds: u64) -> NaiveDateTime;
    /// What helps to look into a problem, with everything that identifies taken out.
    fn diagnostics(&self) -> String;
}

/// What became of a file that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is where the person wanted it.
    Chosen,
    /// Nobody could be asked; it is in this folder.
    In(String),
    /// The person wants no file any more.
    Cancelled,
    /// It could not be written.
    Failed,
}

/// How the desktop is set up.
#[derive(Clone, Debug, PartialEq)]
pub struct Desktop {
    /// It is dark.
    pub dark: bool,
    /// Its language as BCP 47 ("de-AT").
    pub language: String,
    /// How much larger its type is than usual, 1.0 as usual.
    pub type_scale: f32,
    /// It asks for less motion.
    pub reduced_motion: bool,
    /// Nothing shall hide by itself: a screen reader runs, or high contrast is on.
    pub steady: bool,
}

impl Default for Desktop {
    fn default() -> Self {
        Self { dark: false, language: String::new(), type_scale: 1.0, reduced_motion: false, steady: false }
    }
}
