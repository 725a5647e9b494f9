//! Whether the window can be seen, and whether it is looked at. In: what winit tells of the window, and a look now and
//! then at what it does not tell. Out: a call when either changed.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use slint::winit_030::winit::event::WindowEvent;
use slint::winit_030::{EventResult, WinitWindowAccessor};
use slint::{ComponentHandle, Timer, TimerMode};
use treff_ui::AppWindow;

use super::{Window, with_window};

/// How often it is looked whether the window is minimised while it matters: X11 tells nobody.
const LOOK: Duration = Duration::from_millis(500);

/// What is known of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Some of it may be on a screen.
    pub(super) visible: bool,
    /// It has the keyboard.
    pub(super) looked_at: bool,
}

/// Follows the window for as long as it is open.
pub(super) struct Sight {
    covered: Rc<Cell<bool>>,
    focused: Rc<Cell<bool>>,
    told: Cell<Seen>,
    timer: Timer,
}

impl Sight {
    /// Starts to follow; the window is taken for seen and looked at until something else is told.
    pub(super) fn follow(window: &AppWindow) -> Self {
        let sight = Self {
            covered: Rc::default(),
            focused: Rc::new(Cell::new(true)),
            told: Cell::new(Seen { visible: true, looked_at: true }),
            timer: Timer::default(),
        };
        let (covered, focused) = (Rc::clone(&sight.covered), Rc::clone(&sight.focused));
        window.window().on_winit_window_event(move |_, event| {
            match event {
                WindowEvent::Occluded(now) => covered.set(*now),
                WindowEvent::Focused(now) => focused.set(*now),
                _ => return EventResult::Propagate,
            }
            // Later: the screens must not change in the middle of an event.
            Timer::single_shot(Duration::ZERO, || with_window(Window::look));
            EventResult::Propagate
        });
        sight
    }

    /// In a call the window is looked at now and then, outside one nothing depends on it.
    pub(super) fn keep_looking(&self, on: bool) {
        if !on {
            self.timer.stop();
        } else if !self.timer.running() {
            self.timer.start(TimerMode::Repeated, LOOK, || with_window(Window::look));
        }
    }

    /// What is the case, if it is something else than before.
    pub(super) fn news(&self, window: &AppWindow) -> Option<Seen> {
        let minimised = window.window().with_winit_window(|window| window.is_minimized().unwrap_or(false));
        let visible = window.window().is_visible() && !self.covered.get() && minimised != Some(true);
        let now = Seen { visible, looked_at: visible && self.focused.get() };
        (self.told.replace(now) != now).then_some(now)
    }

    pub(super) fn looked_at(&self) -> bool {
        self.told.get().looked_at
    }
}
