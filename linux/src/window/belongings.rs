//! How the window belongs to the desktop: one instance, links that arrive later, light or dark, awake during a call.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use slint::ComponentHandle;
use treff_app::{Screen, Snapshot};
use treff_desktop::{Appearance, Awake, Command, Desktop, Event, Instance, Options, Scheme};

use super::{Window, with_window};

/// The desktop, if this window belongs to one.
#[derive(Clone)]
pub(super) struct Belongings(Rc<Inner>);

struct Inner {
    desktop: Option<Desktop>,
    awake: RefCell<Option<Awake>>,
}

impl Belongings {
    /// Asks the desktop; `links` go to a Treff that runs already. Not `alone`, and nothing is asked: a window over a
    /// store of its own is nobody's second instance.
    pub(super) fn start(links: Vec<String>, belongs: bool) -> Self {
        let desktop = belongs.then(|| {
            Desktop::start(Options::from_environment(links), |event| {
                let _ = slint::invoke_from_event_loop(move || with_window(|window| happened(window, &event)));
            })
        });
        Self(Rc::new(Inner { desktop, awake: RefCell::new(None) }))
    }

    /// Whether another Treff took the links.
    pub(super) fn instance(&self, limit: Duration) -> Instance {
        self.0.desktop.as_ref().map_or(Instance::First, |desktop| desktop.instance(limit))
    }

    /// Keeps the screen on while there is something to see, the machine while there is something to hear.
    pub(super) fn follow(&self, snapshot: &Snapshot) {
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
            self.dispatch(Command::KeepAwake { awake, reason: "Treff".to_owned() });
        }
    }

    /// Opens an address in the browser.
    pub(super) fn open(&self, url: &str) {
        self.dispatch(Command::OpenUri { uri: url.to_owned(), ask: false });
    }

    /// How the desktop is set up, as far as is known before it told.
    pub(super) fn desktop(&self) -> treff_ui::Desktop {
        desktop(&Appearance::default())
    }

    fn dispatch(&self, command: Command) {
        if let Some(desktop) = &self.0.desktop {
            desktop.dispatch(command);
        }
    }
}

fn happened(window: &Window, event: &Event) {
    match event {
        Event::AppearanceChanged(appearance) => window.ui.set_desktop(desktop(appearance)),
        Event::Activated { .. } => raise(window),
        Event::LinksOpened { links, .. } => {
            raise(window);
            // A call is never left for a link; it can be opened again when the call is over.
            let busy = matches!(window.host.screen(), Screen::Call | Screen::Joining { .. });
            if let Some(link) = links.last().filter(|_| !busy) {
                window.ui.open_link(link);
            }
        }
        _ => {}
    }
}

fn raise(window: &Window) {
    let window = window.ui.window().window();
    window.set_minimized(false);
    let _ = window.show();
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
