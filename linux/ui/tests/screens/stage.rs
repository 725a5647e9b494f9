//! A window without a display: Slint's software renderer into memory, on a clock that only the test moves.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter, WindowEvent};
use slint::{LogicalSize, PlatformError, Rgb8Pixel, SharedPixelBuffer};

/// The font of the pictures, from a Debian package, so that they look alike everywhere.
pub(crate) const FONT: &str = "Cantarell";

thread_local! {
    static CLOCK: Rc<Cell<Duration>> = Rc::default();
    static LAST_WINDOW: RefCell<Option<Rc<MinimalSoftwareWindow>>> = const { RefCell::new(None) };
}

/// The time on this thread's clock.
pub(crate) fn now() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now) + CLOCK.with(|clock| clock.get())
}

struct Offscreen;

impl Platform for Offscreen {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        LAST_WINDOW.with(|last| *last.borrow_mut() = Some(window.clone()));
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        CLOCK.with(|clock| clock.get())
    }
}

/// Makes this thread's windows invisible ones. Call it before the first window.
pub(crate) fn prepare() {
    // A second call on the same thread finds the platform set already.
    let _ = slint::platform::set_platform(Box::new(Offscreen));
}

/// The window that was made last, at a size and scale.
pub(crate) struct Stage {
    window: Rc<MinimalSoftwareWindow>,
}

impl Stage {
    /// Takes the window that was made last on this thread.
    pub(crate) fn of_last_window(width: u32, height: u32, scale: f32) -> Self {
        let window = LAST_WINDOW.with(|last| last.borrow_mut().take()).expect("a window was made");
        window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: scale });
        window.set_size(LogicalSize::new(width as f32, height as f32));
        window.dispatch_event(WindowEvent::WindowActiveChanged(true));
        let stage = Self { window };
        stage.settle();
        stage
    }

    /// Lets half a second pass: timers fire, animations end.
    pub(crate) fn settle(&self) {
        for _ in 0..10 {
            CLOCK.with(|clock| clock.set(clock.get() + Duration::from_millis(50)));
            slint::platform::update_timers_and_animations();
        }
    }

    /// Presses and releases one key.
    pub(crate) fn press(&self, key: impl Into<slint::SharedString>) {
        let text = key.into();
        self.hold(text.clone());
        self.let_go(text);
        self.settle();
    }

    /// Presses one key and keeps it down.
    pub(crate) fn hold(&self, key: impl Into<slint::SharedString>) {
        self.window.dispatch_event(WindowEvent::KeyPressed { text: key.into() });
    }

    /// The key repeats, as held keys do.
    pub(crate) fn repeat(&self, key: impl Into<slint::SharedString>) {
        self.window.dispatch_event(WindowEvent::KeyPressRepeated { text: key.into() });
    }

    /// Releases one key.
    pub(crate) fn let_go(&self, key: impl Into<slint::SharedString>) {
        self.window.dispatch_event(WindowEvent::KeyReleased { text: key.into() });
    }

    /// Types a word.
    pub(crate) fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.press(slint::SharedString::from(letter.to_string()));
        }
    }

    /// What a person would see.
    pub(crate) fn draw(&self) -> SharedPixelBuffer<Rgb8Pixel> {
        self.settle();
        let size = self.window.size();
        let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(size.width, size.height);
        self.window.request_redraw();
        self.window.draw_if_needed(|renderer| {
            renderer.render(buffer.make_mut_slice(), size.width as usize);
        });
        buffer
    }
}
