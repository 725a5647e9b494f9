//! How the window belongs to the desktop: one instance, links that arrive later, light or dark, awake during a call,
//! notices outside it, files that are kept.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use slint::ComponentHandle;
use treff_app::{Event as News, Screen, Snapshot};
use treff_desktop::{
    Appearance, Arrival, Arrivals, Awake, BusAddress, Choice, Command, Desktop, Event, Failure, FileToKeep,
    Instance, Kept, Options, Scheme, Subject, Wish,
};
use treff_ui::{AppWindow, CallAdapter, DesktopWords, Host, Saved};

use super::notices::{self, Notices, Words};
use super::sight::Seen;
use super::{Window, with_window};

/// No message bus at all.
const NOWHERE: &str = "disabled:";

/// The desktop.
#[derive(Clone)]
pub(super) struct Belongings(Rc<Inner>);

struct Inner {
    desktop: Desktop,
    awake: RefCell<Option<Awake>>,
    arrivals: RefCell<Arrivals>,
    notices: RefCell<Notices>,
}

impl Belongings {
    /// Asks the desktop; `links` go to a Treff that runs already. A window that does not `belong` to the desktop asks
    /// nothing over a bus: over a store of its own it is nobody's second instance.
    pub(super) fn start(links: Vec<String>, belongs: bool) -> Self {
        let mut options = Options::from_environment(links);
        if !belongs {
            options.session = BusAddress::At(NOWHERE.to_owned());
            options.system = options.session.clone();
        }
        let desktop = Desktop::start(options, |event| {
            let _ = slint::invoke_from_event_loop(move || with_window(|window| happened(window, event)));
        });
        Self(Rc::new(Inner {
            desktop,
            awake: RefCell::new(None),
            arrivals: RefCell::default(),
            notices: RefCell::default(),
        }))
    }

    /// Whether another Treff took the links.
    pub(super) fn instance(&self, limit: Duration) -> Instance {
        self.0.desktop.instance(limit)
    }

    /// Keeps the screen on while there is something to see, the machine while there is something to hear, and takes
    /// notices back that say nothing new.
    pub(super) fn follow(&self, snapshot: &Snapshot, words: &Translated<'_>) {
        let pictures = snapshot
            .participants
            .iter()
            .any(|person| person.tracks.camera.is_some() || person.tracks.screen.is_some());
        let awake = match snapshot.screen {
            Screen::Call if pictures => Awake::Screen,
            Screen::Call => Awake::Machine,
            _ => Awake::Off,
        };
        if self.0.awake.replace(Some(awake)) != Some(awake) {
            let reason = if awake == Awake::Off { String::new() } else { words.in_meeting() };
            self.dispatch(Command::KeepAwake { awake, reason });
        }
        let orders = self.0.notices.borrow_mut().follow(snapshot);
        self.dispatch_all(orders);
    }

    /// Something happened in the core.
    pub(super) fn happened(
        &self,
        event: &News,
        snapshot: &Snapshot,
        looked_at: bool,
        words: &Translated<'_>,
    ) {
        let order = self.0.notices.borrow_mut().happened(event, snapshot, looked_at, words);
        self.dispatch_all(order);
    }

    /// The window came to sight, went out of it, got or lost the keyboard.
    pub(super) fn seen(&self, seen: Seen, snapshot: &Snapshot, words: &Translated<'_>) {
        let orders = self.0.notices.borrow_mut().seen(seen, snapshot, words);
        self.dispatch_all(orders);
    }

    /// Opens an address in the browser.
    pub(super) fn open(&self, url: &str) {
        self.dispatch(Command::OpenUri { uri: url.to_owned(), ask: false });
    }

    /// Lets the person keep a file.
    pub(super) fn keep(&self, file: FileToKeep) {
        self.dispatch(Command::Keep(file));
    }

    /// How the desktop is set up, as far as is known before it told.
    pub(super) fn desktop(&self) -> treff_ui::Desktop {
        desktop(&Appearance::default())
    }

    fn dispatch(&self, command: Command) {
        self.0.desktop.dispatch(command);
    }

    fn dispatch_all(&self, commands: impl IntoIterator<Item = Command>) {
        commands.into_iter().for_each(|command| self.dispatch(command));
    }
}

fn happened(window: &Window, event: Event) {
    match event {
        Event::AppearanceChanged(appearance) => window.ui.set_desktop(desktop(&appearance)),
        Event::Activated { .. } => raise(window),
        Event::LinksOpened { links, .. } => {
            raise(window);
            arrived(window, links);
        }
        Event::NoticeAnswered { subject, choice, .. } => answered(window, &subject, choice),
        Event::FileKept(Kept::Chosen) => window.ui.saved(Saved::Chosen),
        Event::FileKept(Kept::In(folder)) => window.ui.saved(Saved::In(folder.display().to_string())),
        Event::Failed { wish: Wish::Keep, failure: Failure::Refused } => window.ui.saved(Saved::Cancelled),
        Event::Failed { wish: Wish::Keep, .. } => window.ui.saved(Saved::Failed),
        _ => {}
    }
}

/// A link from outside: opened, or asked about if a meeting is on.
fn arrived(window: &Window, links: Vec<String>) {
    let busy = matches!(window.host.screen(), Screen::Call | Screen::Joining { .. });
    let arrival = window.belongings.0.arrivals.borrow_mut().arrive(links, busy);
    match arrival {
        Some(Arrival::Open(link)) => window.ui.open_link(&link),
        Some(Arrival::Ask(link)) => window.ui.ask_to_leave(&link, |leave| {
            with_window(|window| {
                let link = window.belongings.0.arrivals.borrow_mut().answer(leave);
                if let Some(link) = link {
                    window.ui.open_link(&link);
                }
            });
        }),
        None => {}
    }
}

fn answered(window: &Window, subject: &Subject, choice: Choice) {
    if let Some(wish) = notices::wish(subject, choice) {
        return window.host.dispatch(wish);
    }
    raise(window);
    if let Subject::Message(from) = subject {
        let name = window.host.name_of(from).unwrap_or_else(|| window.words().guest());
        window.ui.window().global::<CallAdapter<'_>>().invoke_write_to(from.into(), name.into());
    }
}

fn raise(window: &Window) {
    let window = window.ui.window().window();
    window.set_minimized(false);
    let _ = window.show();
}

/// The words that the window has in the person's language.
pub(super) struct Translated<'a>(pub(super) &'a AppWindow);

impl Translated<'_> {
    fn words(&self) -> DesktopWords<'_> {
        self.0.global::<DesktopWords<'_>>()
    }

    fn in_meeting(&self) -> String {
        self.words().invoke_in_meeting().into()
    }

    /// The title of the dialog that asks where a file goes.
    pub(super) fn save(&self) -> String {
        self.words().invoke_save().into()
    }
}

impl Words for Translated<'_> {
    fn knocks(&self, name: &str) -> String {
        self.words().invoke_knock(name.into()).into()
    }

    fn writes(&self, name: &str) -> String {
        self.words().invoke_wrote(name.into()).into()
    }

    fn goes_on(&self) -> String {
        self.words().invoke_call_goes_on().into()
    }

    fn label(&self, choice: Choice) -> String {
        let words = self.words();
        let label = match choice {
            Choice::Admit => words.invoke_let_in(),
            Choice::Refuse => words.invoke_refuse(),
            Choice::HangUp => words.invoke_leave(),
            Choice::Open | Choice::Reply => words.invoke_reply(),
        };
        label.into()
    }

    fn guest(&self) -> String {
        self.0.global::<CallAdapter<'_>>().get_guest().into()
    }
}

fn desktop(appearance: &Appearance) -> treff_ui::Desktop {
    treff_ui::Desktop {
        dark: appearance.scheme == Scheme::Dark,
        language: language(|name| std::env::var(name).ok()),
        type_scale: appearance.text_scale as f32,
        reduced_motion: appearance.reduced_motion,
        steady: appearance.high_contrast,
    }
}

/// The language of messages, by POSIX's order of variables; English for "C".
fn language(variable: impl Fn(&str) -> Option<String>) -> String {
    let set = ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
    let first = set.filter_map(variable).find(|value| !value.is_empty()).unwrap_or_default();
    let first = first.split([':', '.', '@']).next().unwrap_or_default().replace('_', "-");
    if matches!(first.as_str(), "" | "C" | "POSIX") { "en".to_owned() } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_read_from_the_environment() {
        let of = |values: &[(&'static str, &'static str)]| {
            let values = values.to_vec();
            language(move |name| values.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(of(&[("LANG", "de_AT.UTF-8")]), "de-AT");
        assert_eq!(of(&[("LANGUAGE", "fr:en"), ("LANG", "de_DE.UTF-8")]), "fr");
        assert_eq!(of(&[("LC_ALL", "C.UTF-8"), ("LANG", "de_DE")]), "en");
        assert_eq!(of(&[]), "en");
    }
}
