//! The window: joins the core, the devices, the desktop and the screens of `treff-ui`. In: the command line. Out: when
//! the person closes the window.
//!
//! The core's observer, decoders, devices and the desktop speak on threads of their own; everything reaches the screens
//! through Slint's event loop, and none of them waits for it.

mod belongings;
mod bridge;
mod host;
mod pictures;
mod places;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slint::ComponentHandle;
use treff_app::{Client, Command, Event, Platform, Screen, Snapshot};
use treff_desktop::Instance;
use treff_devices::Devices;
use treff_ui::Ui;
use treff_ui::call::{CallPresenter, OWN_PICTURE, PictureStore};

use crate::arguments::{OpenWindow, VideoChoice};
use crate::headless::{Failure, sound, trust, vision};
use crate::network::SystemAddresses;
use belongings::Belongings;
use bridge::Bridge;
use host::WindowHost;
use pictures::{OwnPictures, Renderers};

/// How long the start waits to learn whether another Treff runs already.
const OTHER_INSTANCE: Duration = Duration::from_secs(2);
/// How often it is checked whether the window can be seen.
const SIGHT: Duration = Duration::from_millis(500);

thread_local! {
    /// The window of this process, for what arrives from other threads.
    static WINDOW: RefCell<Option<Rc<Window>>> = const { RefCell::new(None) };
}

/// Everything that lives on the window's thread.
struct Window {
    ui: Ui,
    call: CallPresenter,
    store: PictureStore,
    belongings: Belongings,
    host: Rc<WindowHost>,
}

/// Whether there is a display to open a window on.
pub(crate) fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When there is no display, or the system gives no thread.
pub(crate) fn run(wish: &OpenWindow) -> Result<(), Failure> {
    let cannot = |error: &dyn std::fmt::Display| Failure::usage(format!("The window cannot open: {error}."));
    let links: Vec<String> = wish.link.iter().cloned().collect();
    let belongings = Belongings::start(links, wish.store.is_none());
    if matches!(belongings.instance(OTHER_INSTANCE), Instance::HandedOver) {
        return Ok(());
    }
    let store = PictureStore::new(Arc::new(|| {
        let _ = slint::invoke_from_event_loop(|| with_window(Window::draw_pictures));
    }));
    let client = Rc::new(client(wish, &store)?);
    let host = Rc::new(WindowHost::new(Rc::clone(&client), belongings.clone()));
    let ui = Ui::new(Rc::<WindowHost>::clone(&host)).map_err(|error| cannot(&error))?;
    let call = CallPresenter::new(ui.window(), Rc::<WindowHost>::clone(&host), store.clone());
    let window = Rc::new(Window { ui, call, store, belongings, host });
    window.ui.set_desktop(window.belongings.desktop());
    WINDOW.set(Some(Rc::clone(&window)));
    client.subscribe(Box::new(Bridge::new()));
    if let Some(link) = &wish.link {
        window.ui.open_link(link);
    }
    let sight = slint::Timer::default();
    sight.start(slint::TimerMode::Repeated, SIGHT, || with_window(Window::look));
    let ran = window.ui.window().run();
    sight.stop();
    WINDOW.set(None);
    drop(window);
    // Leaving takes the time of a goodbye, without a window in the way.
    client.dispatch(Command::Leave);
    if let Ok(client) = Rc::try_unwrap(client) {
        client.shutdown();
    }
    ran.map_err(|error| cannot(&error))
}

/// The core, with this machine's devices.
fn client(wish: &OpenWindow, store: &PictureStore) -> Result<Client, Failure> {
    let config = treff_app::ClientConfig {
        store: Some(match &wish.store {
            Some(path) => path.clone(),
            None => places::database()?,
        }),
        trust: trust(wish.ca.as_deref())?,
        resolve: wish.resolve.clone(),
        ..treff_app::ClientConfig::default()
    };
    let renderers = Box::new(Renderers::new(store.clone()));
    let (codecs, network) = (treff_codecs::catalog(), Box::new(SystemAddresses));
    let platform = if wish.pattern {
        // Nobody's face and voice: what tests see and hear.
        let audio =
            sound::Devices::open(&crate::arguments::AudioChoice::Tone, None).map_err(Failure::usage)?;
        let video = vision::Cameras::open(&VideoChoice::Pattern).map_err(Failure::usage)?;
        Platform { audio: Box::new(audio), video: Box::new(video), renderers, codecs, network }
    } else {
        let devices =
            Devices::start().map_err(|error| Failure::usage(format!("Treff cannot start: {error}.")))?;
        OwnPictures::follow(&devices, store.feed(OWN_PICTURE));
        Platform { audio: Box::new(devices.clone()), video: Box::new(devices), renderers, codecs, network }
    };
    Client::new(config, platform)
        .map_err(|error| Failure::usage(format!("Treff cannot start: {error}. Close some programs.")))
}

/// Runs something on the window, if it is still there.
fn with_window(run: impl FnOnce(&Window)) {
    let window = WINDOW.with_borrow(Clone::clone);
    if let Some(window) = window {
        run(&window);
    }
}

impl Window {
    fn show(&self, snapshot: &Arc<Snapshot>) {
        self.ui.show_snapshot(snapshot);
        self.call.snapshot(snapshot);
        self.belongings.follow(snapshot);
        self.host.follow(snapshot);
        if matches!(snapshot.screen, Screen::Prejoin) {
            // The preview is drawn as large as a phone is wide; a window scales it.
            self.store.show(&[(OWN_PICTURE.to_owned(), 480)].into());
        }
    }

    fn happened(&self, event: &Event) {
        self.ui.handle_event(event);
        self.call.event(event);
    }

    fn draw_pictures(&self) {
        if matches!(self.host.screen(), Screen::Call) {
            return self.call.draw_pictures();
        }
        for (source, pixels) in self.store.take() {
            if source == OWN_PICTURE {
                self.ui.show_preview(Some(slint::Image::from_rgba8_premultiplied(pixels)));
            }
        }
    }

    /// What is not seen is not received.
    fn look(&self) {
        let window = self.ui.window().window();
        self.call.set_visible(window.is_visible() && !window.is_minimized());
    }
}
