//! The loop of the PipeWire thread: connects, obeys, and starts over when the server is gone.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use ::pipewire as pw;
use pw::context::ContextRc;
use pw::core::CoreRc;
use pw::main_loop::MainLoopRc;
use treff_media::device::DeviceError;

use super::{Order, VideoTarget, audio, registry, video};
use crate::shared::Shared;

/// How long until the next look for a server.
const RETRY: Duration = Duration::from_secs(2);

/// An open stream of either kind; dropping it closes it.
pub(super) enum Open {
    Audio(audio::AudioStream),
    Video(video::VideoStream),
}

struct Thread {
    context: ContextRc,
    server: Option<CoreRc>,
    streams: BTreeMap<u64, Open>,
    main_loop: MainLoopRc,
    stopped: bool,
}

/// Runs until told to stop.
///
/// # Errors
/// When there is not even a loop to be had.
pub(super) fn run(inbox: pw::channel::Receiver<Order>, shared: &Arc<Shared>) -> Result<(), pw::Error> {
    pw::init();
    let main_loop = MainLoopRc::new(None)?;
    let context = ContextRc::new(&main_loop, None)?;
    let thread = Rc::new(RefCell::new(Thread {
        context: context.clone(),
        server: None,
        streams: BTreeMap::new(),
        main_loop: main_loop.clone(),
        stopped: false,
    }));
    let obedient = Rc::clone(&thread);
    let _orders = inbox.attach(main_loop.loop_(), move |order| obedient.borrow_mut().obey(order));
    loop {
        match context.connect_rc(None) {
            Ok(server) => serve(&thread, &main_loop, server, shared),
            Err(_) => shared.looked(false),
        }
        if thread.borrow().stopped {
            return Ok(());
        }
        let waker = main_loop.clone();
        let timer = main_loop.loop_().add_timer(move |_| waker.quit());
        let _ = timer.update_timer(Some(RETRY), None);
        main_loop.run();
        if thread.borrow().stopped {
            return Ok(());
        }
    }
}

/// Runs for as long as the server is there.
fn serve(thread: &Rc<RefCell<Thread>>, main_loop: &MainLoopRc, server: CoreRc, shared: &Arc<Shared>) {
    let listed = registry::Registry::open(&server, shared);
    let (gone, looked) = (main_loop.clone(), Arc::clone(shared));
    let asked = server.sync(0).ok();
    // The server answers in order: after the first answer all devices are known, after the second their defaults.
    let again = RefCell::new(Some(server.downgrade()));
    let second = RefCell::new(None);
    let _listener = server
        .add_listener_local()
        .done(move |id, seq| {
            if id != pw::core::PW_ID_CORE {
                return;
            }
            if Some(seq) == asked {
                let server = again.borrow_mut().take().and_then(|server| server.upgrade());
                *second.borrow_mut() = server.and_then(|server| server.sync(0).ok());
            } else if Some(seq) == *second.borrow() {
                looked.looked(true);
            }
        })
        .error(move |id, _, result, message| {
            tracing::debug!(id, result, "PipeWire: {message}.");
            // A broken pipe: the server is gone. Other errors belong to one stream, which tells of them.
            if id == pw::core::PW_ID_CORE && result == -32 {
                gone.quit();
            }
        })
        .register();
    thread.borrow_mut().server = Some(server.clone());
    main_loop.run();
    let mut thread = thread.borrow_mut();
    thread.server = None;
    let streams = std::mem::take(&mut thread.streams);
    let stopped = thread.stopped;
    drop(thread);
    if stopped {
        return;
    }
    for open in streams.values() {
        open.fail(&DeviceError::Failed("PipeWire is gone".to_owned()));
    }
    drop(streams);
    if let Some(listed) = listed {
        listed.clear(shared);
    }
}

impl Open {
    fn fail(&self, error: &DeviceError) {
        match self {
            Self::Audio(stream) => stream.fail(error.clone()),
            Self::Video(stream) => stream.fail(error.clone()),
        }
    }
}

impl Thread {
    fn obey(&mut self, order: Order) {
        match order {
            Order::OpenAudio { stream, target, end, state } => {
                let Some(server) = &self.server else { return state.fail(DeviceError::Missing) };
                let opened = audio::AudioStream::open(server, target.as_deref(), end, &state);
                match opened {
                    Ok(open) => drop(self.streams.insert(stream, Open::Audio(open))),
                    Err(error) => state.fail(DeviceError::Failed(error.to_string())),
                }
            }
            Order::OpenVideo { stream, target, feed } => match self.open_video(target, &feed) {
                Ok(open) => drop(self.streams.insert(stream, Open::Video(open))),
                Err(error) => feed.end(error),
            },
            Order::Close { stream } => drop(self.streams.remove(&stream)),
            Order::Stop => {
                self.stopped = true;
                self.main_loop.quit();
            }
        }
    }

    fn open_video(
        &self,
        target: VideoTarget,
        feed: &Arc<crate::picture::feed::Feed>,
    ) -> Result<video::VideoStream, DeviceError> {
        let failed = |error: pw::Error| DeviceError::Failed(error.to_string());
        let ours = || self.server.clone().ok_or(DeviceError::Missing);
        let (server, what) = match target {
            VideoTarget::Camera(id) => (ours()?, video::Wanted::Camera(id)),
            VideoTarget::Node(node) => (ours()?, video::Wanted::Screen(node)),
            VideoTarget::PortalCamera(remote) => {
                (self.context.connect_fd_rc(remote, None).map_err(failed)?, video::Wanted::Camera(None))
            }
            VideoTarget::PortalScreen { remote, node } => {
                (self.context.connect_fd_rc(remote, None).map_err(failed)?, video::Wanted::Screen(node))
            }
        };
        video::VideoStream::open(server, &what, Arc::clone(feed)).map_err(failed)
    }
}
