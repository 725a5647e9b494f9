//! The window: joins the core, the devices, the desktop and the screens of `treff-ui`. In: the command line. Out: when
//! the person closes the window.
//!
//! The core's observer, decoders, devices and the desktop speak on threads of their own; everything reaches the screens
//! through Slint's event loop, and none of them waits for it.

mod belongings;
mod bridge;
mod chimes;
mod host;
mod made;
mod notices;
mod pictures;
mod places;
mod sight;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slint::ComponentHandle;
use treff_app::{Client, Event, Platform, Screen, Snapshot};
use treff_desktop::Instance;
use treff_devices::Devices;
use treff_ui::Ui;
use treff_ui::call::{CallPresenter, OWN_PICTURE, PictureStore};

use crate::arguments::{AudioChoice, OpenWindow};
use crate::headless::{Failure, sound, trust};
use crate::network::SystemAddresses;
use belongings::{Belongings, Translated};
use bridge::Bridge;
use chimes::Sounds;
use host::WindowHost;
use made::MadeCamera;
use pictures::{OwnPicture, Renderers};
use sight::Sight;

/// How long the start waits to learn whether another Treff runs already.
const OTHER_INSTANCE: Duration = Duration::from_secs(2);

/// The preview is painted as large as a phone is wide; a window scales it.
const PREVIEW_HEIGHT: u32 = 480;

thread_local! {
    /// The window of this process, for what arrives from other threads.
    static WINDOW: RefCell<Option<Rc<Window>>> = const { RefCell::new(None) };
}

/// Everything that lives on the window's thread.
struct Window {
    ui: Ui,
    call: CallPresenter,
    store: PictureStore,
    own_picture: OwnPicture,
    belongings: Belongings,
    host: Rc<WindowHost>,
    sounds: RefCell<Sounds>,
    sight: Sight,
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
    let own_picture = OwnPicture::new(store.clone());
    let (client, speaker) = client(wish, &store, &own_picture)?;
    let client = Rc::new(client);
    let host = Rc::new(WindowHost::new(&client, belongings.clone()));
    let ui = Ui::new(Rc::<WindowHost>::clone(&host)).map_err(|error| cannot(&error))?;
    let call = CallPresenter::new(ui.window(), Rc::<WindowHost>::clone(&host), store.clone());
    let sight = Sight::follow(ui.window());
    let sounds = RefCell::new(Sounds::new(speaker));
    let window = Rc::new(Window { ui, call, store, own_picture, belongings, host, sounds, sight });
    window.ui.set_desktop(window.belongings.desktop());
    WINDOW.set(Some(Rc::clone(&window)));
    client.subscribe(Box::new(Bridge::new()));
    if let Some(link) = &wish.link {
        window.ui.open_link(link);
    }
    // Ctrl-C and the end of the session close the window, so that others hear a goodbye.
    let handler = ctrlc::set_handler(|| drop(slint::quit_event_loop()));
    if let Err(error) = handler {
        tracing::warn!("Ctrl-C will not leave politely: {error}.");
    }
    let ran = window.ui.window().run();
    WINDOW.set(None);
    // Leaving takes the time of a goodbye, without a window in the way.
    let _ = window.ui.window().hide();
    drop(window);
    drop(client);
    ran.map_err(|error| cannot(&error))
}

/// The core, with this machine's devices, and these for short sounds.
fn client(
    wish: &OpenWindow,
    store: &PictureStore,
    own_picture: &OwnPicture,
) -> Result<(Client, Option<Devices>), Failure> {
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
    let (platform, speaker) = if wish.pattern {
        // Nobody's face and voice: what tests see and hear.
        let audio = sound::Devices::open(&AudioChoice::Tone, None).map_err(Failure::usage)?;
        let video = Box::new(MadeCamera(own_picture.clone()));
        (Platform { audio: Box::new(audio), video, renderers, codecs, network }, None)
    } else {
        let devices =
            Devices::start().map_err(|error| Failure::usage(format!("Treff cannot start: {error}.")))?;
        let own_picture = own_picture.clone();
        devices.tap_cameras(move || own_picture.tap());
        let (audio, video) = (Box::new(devices.clone()), Box::new(devices.clone()));
        (Platform { audio, video, renderers, codecs, network }, Some(devices))
    };
    let client = Client::new(config, platform)
        .map_err(|error| Failure::usage(format!("Treff cannot start: {error}. Close some programs.")))?;
    Ok((client, speaker))
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
        self.belongings.follow(snapshot, &self.words());
        self.sounds.borrow_mut().follow(snapshot);
        self.sight.keep_looking(matches!(snapshot.screen, Screen::Call));
        self.host.follow(snapshot);
        self.own_picture.set_mirrored(snapshot.settings.mirror);
        if matches!(snapshot.screen, Screen::Prejoin) && snapshot.preview.camera {
            self.store.show(&[(OWN_PICTURE.to_owned(), PREVIEW_HEIGHT)].into());
        } else if !matches!(snapshot.screen, Screen::Call) {
            self.store.show(&BTreeMap::new());
            self.ui.show_preview(None);
        }
    }

    fn happened(&self, event: &Event) {
        self.ui.handle_event(event);
        self.call.event(event);
        let snapshot = self.host.snapshot();
        self.sounds.borrow_mut().happened(event, &snapshot);
        self.belongings.happened(event, &snapshot, self.sight.looked_at(), &self.words());
    }

    /// What the window says in the person's language.
    fn words(&self) -> Translated<'_> {
        Translated(self.ui.window())
    }

    fn draw_pictures(&self) {
        if matches!(self.host.screen(), Screen::Call) {
            return self.call.draw_pictures();
        }
        for (source, pixels) in self.store.take() {
            if source == OWN_PICTURE {
                self.ui.show_preview(Some(slint::Image::from_rgb8(pixels)));
            }
        }
    }

    /// What is not seen is not received; what nobody looks at is told outside.
    fn look(&self) {
        if let Some(seen) = self.sight.news(self.ui.window()) {
            self.call.set_visible(seen.visible);
            self.belongings.seen(seen, &self.host.snapshot(), &self.words());
        }
    }
}
