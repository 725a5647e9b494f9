//! The Chromium process: started in a folder of its own, without a screen or on a display, ended and cleaned up when
//! dropped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use std::{env, fs, process, thread};

use crate::devtools::{BrowserError, Devtools};
use crate::page::Page;

/// Debian's Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The pipe's descriptors are 3 and 4 for Chromium; a shell puts them there, since Rust's standard library cannot.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

const FLAGS: [&str; 17] = [
    "--remote-debugging-pipe",
    // Tests run as root in containers.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--autoplay-policy=no-user-gesture-required",
    // The lab makes its certificate anew each time.
    "--ignore-certificate-errors",
    "--host-resolver-rules=MAP meet.lab.test 127.0.0.1",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns,Translate,MediaRouter,OptimizationHints",
    // Pages are never in front here.
    "--disable-renderer-backgrounding",
];

/// A running Chromium.
pub struct Browser {
    devtools: Devtools,
    child: Mutex<Child>,
    folder: PathBuf,
}

impl Browser {
    /// Starts Chromium without a screen.
    ///
    /// # Errors
    /// When it is not installed or cannot be started.
    pub fn start() -> Result<Self, BrowserError> {
        Self::start_with(Command::new("/bin/sh"), &["--headless".to_owned()])
    }

    /// Starts Chromium with a window that fills an X display.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub fn on_display(display: &str, size: (u16, u16)) -> Result<Self, BrowserError> {
        let mut shell = Command::new("/bin/sh");
        shell.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
        let size = format!("--window-size={},{}", size.0, size.1);
        Self::start_with(
            shell,
            &["--window-position=0,0".to_owned(), "--ozone-platform=x11".to_owned(), size],
        )
    }

    fn start_with(mut shell: Command, flags: &[String]) -> Result<Self, BrowserError> {
        if !Path::new(CHROMIUM).exists() {
            return Err(BrowserError::NotInstalled(CHROMIUM));
        }
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("treff-browser-{}-{number}", process::id()));
        fs::create_dir_all(&folder)?;
        let child = shell
            .args(["-c", START, CHROMIUM])
            .args(FLAGS)
            .args(flags)
            .args(["--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows"])
            .arg(format!("--user-data-dir={}", folder.display()))
            .env("HOME", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let started = child.and_then(|mut child| {
            let pipes = child.stdin.take().zip(child.stdout.take());
            let (outgoing, incoming) = pipes.expect("both were asked for");
            Ok((Devtools::start(incoming, outgoing)?, child))
        });
        match started {
            Ok((devtools, child)) => Ok(Self { devtools, child: Mutex::new(child), folder }),
            Err(error) => {
                // The error that matters is the first one.
                let _ = fs::remove_dir_all(&folder);
                Err(error.into())
            }
        }
    }

    /// The one browser of this process: started by the first who asks, ended when nobody holds it any more.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub fn shared() -> Result<Arc<Self>, BrowserError> {
        static SHARED: Mutex<Weak<Browser>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(browser) = shared.upgrade() {
            return Ok(browser);
        }
        let browser = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&browser);
        Ok(browser)
    }

    /// Its first process; the others are its children.
    pub fn process(&self) -> u32 {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Opens a page at this address.
    ///
    /// # Errors
    /// When the address leads nowhere or the browser has ended.
    pub async fn open(&self, url: &str) -> Result<Page, BrowserError> {
        Page::open(self.devtools.clone(), url).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Nothing can be done about a process that does not want to end, and its helpers end with it.
        let _ = child.kill();
        let _ = child.wait();
        // A helper that has not noticed yet may write another file while the folder goes.
        for _ in 0..100 {
            if fs::remove_dir_all(&self.folder).is_ok() || !self.folder.exists() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
