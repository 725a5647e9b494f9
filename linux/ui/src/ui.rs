//! The window as a whole: takes snapshots and events, decides which screen is shown, and lets that screen's presenter
//! draw it.

use std::cell::RefCell;
use std::rc::Rc;

use slint::{ComponentHandle, Global, Image, PlatformError};
use treff_app::{Command, Event, Screen, Snapshot, Theme as ThemeSetting};

use crate::host::{Desktop, Host, Saved};
use crate::state::{Place, State};
use crate::{
    AppAdapter, AppWindow, DevicesAdapter, LeaveQuestionAdapter, PrejoinAdapter, ScreenKind, Theme, compare,
    devices, ended, home, licences, new_meeting, prejoin, server, servers, settings, waiting,
};

/// The window and what fills it. Lives on the thread of Slint's event loop.
pub struct Ui {
    window: AppWindow,
    shared: Rc<Shared>,
}

/// What the presenters share.
pub(crate) struct Shared {
    pub(crate) host: Rc<dyn Host>,
    state: RefCell<State>,
    window: slint::Weak<AppWindow>,
}

impl Ui {
    /// Makes the window, not shown yet.
    ///
    /// # Errors
    /// When there is no display to show it on.
    pub fn new(host: Rc<dyn Host>) -> Result<Self, PlatformError> {
        let window = AppWindow::new()?;
        let shared = Rc::new(Shared { host, state: RefCell::default(), window: window.as_weak() });
        let app = window.global::<AppAdapter>();
        app.on_back(shared.callback(Shared::back));
        home::wire(&window, &shared);
        prejoin::wire(&window, &shared);
        devices::wire(&window, &shared);
        waiting::wire(&window, &shared);
        ended::wire(&window, &shared);
        settings::wire(&window, &shared);
        servers::wire(&window, &shared);
        server::wire(&window, &shared);
        compare::wire(&window, &shared);
        new_meeting::wire(&window, &shared);
        licences::wire(&window, &shared);
        Ok(Self { window, shared })
    }

    /// The window itself: to show it, to run it, and for what has presenters of its own.
    pub fn window(&self) -> &AppWindow {
        &self.window
    }

    /// Draws a new state of the core.
    pub fn show_snapshot(&self, snapshot: &Snapshot) {
        self.shared.update(|state| {
            let before = std::mem::discriminant(&state.snapshot.screen);
            let entered = std::mem::discriminant(&snapshot.screen) != before;
            let another = state.snapshot.link != snapshot.link;
            state.snapshot = snapshot.clone();
            if entered || another {
                follow_screen(state);
            }
        });
    }

    /// Takes what happens once.
    pub fn handle_event(&self, event: &Event) {
        match event {
            Event::Levels { me, .. } => self.window.global::<DevicesAdapter>().set_level(*me),
            Event::ServersExported { text } => {
                self.shared.host.copy(text);
                self.shared.update(|state| state.servers.exported = true);
            }
            Event::ServersImported { added } => {
                servers::clear_field(&self.window);
                self.shared.update(|state| state.servers.imported = Some(*added));
            }
            Event::ServerRefused { error } => {
                self.shared.update(|state| state.servers.problem = Some(error.clone()));
            }
            _ => {}
        }
    }

    /// Takes how the desktop is set up, at the start and whenever it changes.
    pub fn set_desktop(&self, desktop: Desktop) {
        self.shared.update(|state| state.desktop = desktop);
    }

    /// Shows one picture of the own camera before the call; none when there is none.
    pub fn show_preview(&self, picture: Option<Image>) {
        let has_picture = picture.is_some();
        self.window.global::<PrejoinAdapter>().set_picture(picture.unwrap_or_default());
        if self.shared.read(|state| state.entry.has_picture) != has_picture {
            self.shared.update(|state| state.entry.has_picture = has_picture);
        }
    }

    /// Tells what became of the file that [`Host::save`] was asked for.
    pub fn saved(&self, saved: Saved) {
        self.shared.update(|state| state.new_meeting.saved = Some(saved).filter(|s| *s != Saved::Cancelled));
    }

    /// Asks whether to leave the meeting for the one behind a link; `answer` hears yes or no, once.
    pub fn ask_to_leave(&self, link: &str, answer: impl Fn(bool) + 'static) {
        let question = self.window.global::<LeaveQuestionAdapter>();
        // Without what may let somebody in or tell who.
        let shown = link.split(['?', '#']).next().unwrap_or_default();
        let shown = shown.split_once("://").map_or(shown, |(_, rest)| rest);
        question.set_meeting(if shown.is_empty() { link } else { shown }.into());
        let window = self.window.as_weak();
        question.on_answer(move |leave| {
            if let Some(window) = window.upgrade() {
                window.global::<LeaveQuestionAdapter>().set_meeting(slint::SharedString::default());
            }
            answer(leave);
        });
    }

    /// Opens what another program handed over, such as a tapped link.
    pub fn open_link(&self, link: &str) {
        self.shared.open(link.to_owned());
    }
}

/// The core moved on: pages over it go, and what was half typed for another meeting.
fn follow_screen(state: &mut State) {
    if !matches!(state.snapshot.screen, Screen::Home) {
        state.places.clear();
    }
    if matches!(state.snapshot.screen, Screen::Prejoin) {
        state.entry.microphone = state.snapshot.settings.microphone_on;
        state.entry.camera = state.snapshot.settings.camera_on;
    }
    if !state.snapshot.new_meeting {
        state.proceeded = false;
        state.new_meeting = crate::state::NewMeetingState::default();
    }
    state.devices_open = false;
}

impl Shared {
    /// A callback without arguments.
    pub(crate) fn callback(self: &Rc<Self>, run: impl Fn(&Self) + 'static) -> impl Fn() + 'static {
        let shared = Rc::downgrade(self);
        move || {
            if let Some(shared) = shared.upgrade() {
                run(&shared);
            }
        }
    }

    /// A callback with one argument.
    pub(crate) fn callback_with<A>(
        self: &Rc<Self>,
        run: impl Fn(&Self, A) + 'static,
    ) -> impl Fn(A) + 'static {
        let shared = Rc::downgrade(self);
        move |argument| {
            if let Some(shared) = shared.upgrade() {
                run(&shared, argument);
            }
        }
    }

    pub(crate) fn dispatch(&self, command: Command) {
        self.host.dispatch(command);
    }

    /// Looks something up.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.borrow())
    }

    /// Changes what is remembered and draws it.
    pub(crate) fn update(&self, change: impl FnOnce(&mut State)) {
        let before = self.read(State::screen);
        change(&mut self.state.borrow_mut());
        self.show(before);
    }

    /// Opens a link or a room's name.
    pub(crate) fn open(&self, link: String) {
        self.update(|state| state.opened.clone_from(&link));
        self.dispatch(Command::Open { link, token: None });
    }

    /// Lays a page over what is shown.
    pub(crate) fn go(&self, place: Place) {
        self.update(|state| state.places.push(place));
    }

    /// What Escape and the arrow in the corner do.
    pub(crate) fn back(&self) {
        if self.read(|state| !state.places.is_empty()) {
            return self.update(|state| {
                state.places.pop();
            });
        }
        match self.read(State::screen) {
            ScreenKind::Prejoin if self.read(|state| state.proceeded) => {
                self.update(|state| state.proceeded = false);
            }
            ScreenKind::Prejoin | ScreenKind::NewMeeting | ScreenKind::Ended => {
                self.dispatch(Command::GoHome)
            }
            ScreenKind::Waiting => self.dispatch(Command::Leave),
            // A call is left by its own button only.
            _ => {}
        }
    }

    fn show(&self, before: ScreenKind) {
        let Some(window) = self.window.upgrade() else { return };
        let state = self.state.borrow();
        let screen = state.screen();
        show_everywhere(&window, &state, screen);
        let entered = screen != before;
        match screen {
            ScreenKind::Home => home::show(&window, &state, self.host.as_ref()),
            ScreenKind::Prejoin => prejoin::show(&window, &state, entered),
            ScreenKind::Waiting => waiting::show(&window, &state, entered),
            ScreenKind::Ended => ended::show(&window, &state),
            ScreenKind::Settings => settings::show(&window, &state, self.host.as_ref(), entered),
            ScreenKind::Servers => servers::show(&window, &state, entered),
            ScreenKind::Server => server::show(&window, &state, entered),
            ScreenKind::Compare => compare::show(&window, &state),
            ScreenKind::NewMeeting => new_meeting::show(&window, &state),
            ScreenKind::Licences => licences::show(&window),
            ScreenKind::Call => {}
        }
        devices::show(&window, &state);
        drop(state);
        self.follow_preview(screen);
    }

    /// Opens and closes devices with the screens that show them.
    fn follow_preview(&self, screen: ScreenKind) {
        let wanted = self.read(|state| devices::preview(state, screen));
        if self.read(|state| state.preview) != wanted {
            self.state.borrow_mut().preview = wanted;
            // Entering a call takes the devices over by itself.
            if !matches!(screen, ScreenKind::Waiting | ScreenKind::Call) {
                self.dispatch(Command::SetPreview { microphone: wanted.0, camera: wanted.1 });
            }
        }
    }
}

/// Theme, language and title.
fn show_everywhere(window: &AppWindow, state: &State, screen: ScreenKind) {
    let settings = &state.snapshot.settings;
    let theme = Theme::get(window);
    theme.set_dark(match settings.theme {
        ThemeSetting::Light => false,
        ThemeSetting::Dark => true,
        ThemeSetting::System => state.desktop.dark,
    });
    theme.set_on_call(screen == ScreenKind::Call);
    let scale = state.desktop.type_scale * f32::from(settings.text_size.clamp(100, 200)) / 100.0;
    theme.set_type_scale(scale.clamp(1.0, 2.0));
    theme.set_reduced_motion(state.desktop.reduced_motion);
    theme.set_steady(state.desktop.steady);
    select_language(settings.language.as_deref().unwrap_or(&state.desktop.language));
    let app = AppAdapter::get(window);
    app.set_meeting(if state.snapshot.room.is_empty() { "".into() } else { state.meeting().into() });
    app.set_screen(screen);
}

/// English stands in for a language that has no translation.
fn select_language(language: &str) {
    let short = language.split(['-', '_', '.']).next().unwrap_or_default();
    if slint::select_bundled_translation(short).is_err() {
        // The empty name is the language of the sources and always there.
        let _ = slint::select_bundled_translation("");
    }
}
