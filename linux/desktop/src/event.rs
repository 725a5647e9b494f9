//! What the desktop tells.

use crate::appearance::Appearance;
use crate::awake::Awake;
use crate::failure::Failure;
use crate::keeper::Kept;
use crate::notices::{Choice, Subject};

/// What the desktop tells. Each happens once.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Treff was started a second time without a link, or chosen in the shell: bring the window to the front.
    Activated {
        /// Lets the window come to the front, on Wayland.
        token: Option<String>,
    },
    /// Links came from another program or a second start. They are texts of strangers: parse them as typed ones.
    LinksOpened {
        /// At most 16 links, none empty.
        links: Vec<String>,
        /// Lets the window come to the front, on Wayland.
        token: Option<String>,
    },
    /// A notice is shown.
    NoticeShown {
        /// What it is about.
        subject: Subject,
        /// Its buttons can be pressed; otherwise the answer must be given in the window.
        buttons: bool,
    },
    /// A notice or one of its buttons was pressed. It is gone now.
    NoticeAnswered {
        /// What it was about.
        subject: Subject,
        /// What was pressed.
        choice: Choice,
        /// Lets the window come to the front, on Wayland.
        token: Option<String>,
    },
    /// What stays awake from now on.
    KeptAwake(Awake),
    /// How the desktop looks, at the start and at each change.
    AppearanceChanged(Appearance),
    /// A file was kept.
    FileKept(Kept),
    /// A wish was met: [`Wish::OpenUri`] and [`Wish::Background`] tell.
    Done(Wish),
    /// A wish was not met.
    Failed {
        /// Which.
        wish: Wish,
        /// Why.
        failure: Failure,
    },
}

/// The kinds of wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Wish {
    /// A notice outside the window.
    Notice,
    /// To stay awake.
    Awake,
    /// To know how the desktop looks.
    Appearance,
    /// To open something with another program.
    OpenUri,
    /// To keep a file.
    Keep,
    /// To be felt.
    Touch,
    /// To go on without a window.
    Background,
}
