//! All devices of one machine, as the driver and a window use them. Cheap to clone; the last clone closes everything.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use treff_codecs::PictureTap;
use treff_media::device::{
    AudioDirection, AudioInput, AudioOutput, DeviceError, EncodedVideoSource, FrameSink,
};
use treff_media::frame::AudioBlock;

use crate::inventory::{Device, DeviceKind, Moved};
use crate::picture::feed::Feed;
use crate::picture::source::{Content, LiveSource};
use crate::pipewire::{AudioEnd, PipeWire, StreamHold, VideoTarget};
use crate::plain::PlainAudio;
use crate::shared::Shared;
use crate::{portal, ring, tone, v4l2};

/// How long the start waits for the first list of devices.
const FIRST_LOOK: Duration = Duration::from_millis(500);

/// Where sound and pictures come from.
enum Backend {
    PipeWire(PipeWire),
    /// Sound through PulseAudio or ALSA, cameras through V4L2.
    Plain(PlainAudio),
}

struct Inner {
    backend: Backend,
    shared: Arc<Shared>,
    taps: Mutex<Option<CameraTaps>>,
}

/// Makes one for each camera that opens.
type CameraTaps = Box<dyn Fn() -> Box<dyn PictureTap> + Send>;

/// The machine's microphones, loudspeakers, cameras and screens.
#[derive(Clone)]
pub struct Devices(Arc<Inner>);

impl std::fmt::Debug for Devices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Devices").finish_non_exhaustive()
    }
}

impl Devices {
    /// Looks for PipeWire first, for PulseAudio, ALSA and V4L2 second. Waits half a second at most; a machine without
    /// any device is one with empty lists.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start() -> Result<Self, DeviceError> {
        let shared = Arc::new(Shared::default());
        let pipewire = PipeWire::start(Arc::clone(&shared))?;
        let found = shared.wait_for_look(FIRST_LOOK);
        let backend = if found { Backend::PipeWire(pipewire) } else { Backend::Plain(PlainAudio::open()) };
        let devices = Self(Arc::new(Inner { backend, shared, taps: Mutex::default() }));
        devices.take_stock();
        Ok(devices)
    }

    /// Counts what does not tell by itself when it comes and goes.
    fn take_stock(&self) {
        let Backend::Plain(audio) = &self.0.backend else { return };
        for (kind, direction) in
            [(DeviceKind::Microphone, AudioDirection::Input), (DeviceKind::Speaker, AudioDirection::Output)]
        {
            let (devices, default) = audio.list(direction);
            self.0.shared.change(|inventory| inventory.replace(kind, devices));
            self.0.shared.change(|inventory| inventory.set_default(kind, default));
        }
        self.0.shared.change(|inventory| inventory.replace(DeviceKind::Camera, v4l2::list()));
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    /// The devices of one kind that are there now.
    #[must_use]
    pub fn list(&self, kind: DeviceKind) -> Vec<Device> {
        self.take_stock();
        self.0.shared.ask(|inventory| inventory.list(kind))
    }

    /// Chooses what is opened from now on; the system's default for `None`. The choice is kept while the device is away.
    pub fn choose(&self, kind: DeviceKind, id: Option<&str>) {
        self.0.shared.change(|inventory| {
            inventory.choose(kind, id);
            Default::default()
        });
    }

    /// The device that is used now, by its name.
    #[must_use]
    pub fn used(&self, kind: DeviceKind) -> Option<String> {
        self.0.shared.ask(|inventory| inventory.used(kind).map(|device| device.name.clone()))
    }

    /// Tells `watch`, from any thread, when a device in use goes or comes back and another takes over. It must be quick.
    pub fn watch_moves(&self, watch: impl Fn(&Moved) + Send + Sync + 'static) {
        self.0.shared.watch_moves(Arc::new(watch));
    }

    /// What to open: the chosen device even while it is away, if the server brings it back by itself.
    fn target(&self, kind: DeviceKind) -> Result<Option<String>, DeviceError> {
        self.0.shared.ask(|inventory| {
            if inventory.is_empty(kind) {
                return Err(DeviceError::Missing);
            }
            Ok(inventory.chosen(kind).map(str::to_owned))
        })
    }

    fn any_left(&self, kind: DeviceKind) -> ring::AnyLeft {
        let shared = Arc::clone(&self.0.shared);
        Box::new(move || !shared.ask(|inventory| inventory.is_empty(kind)))
    }

    /// Opens the chosen microphone.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn open_microphone(&self) -> Result<Box<dyn AudioInput>, DeviceError> {
        let kind = DeviceKind::Microphone;
        self.take_stock();
        let target = self.target(kind)?;
        match &self.0.backend {
            Backend::PipeWire(server) => {
                let input = ring::capture(self.any_left(kind), |end, state| {
                    server.open_audio(target, AudioEnd::Capture(end), state)
                });
                input.map(|input| Box::new(input) as Box<dyn AudioInput>)
            }
            Backend::Plain(audio) => {
                let input = ring::capture(self.any_left(kind), |end, state| {
                    audio.record(target.as_deref(), end, &state)
                });
                input.map(|input| Box::new(input) as Box<dyn AudioInput>)
            }
        }
    }

    /// Opens the chosen loudspeaker.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn open_speaker(&self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        let kind = DeviceKind::Speaker;
        self.take_stock();
        let target = self.target(kind)?;
        match &self.0.backend {
            Backend::PipeWire(server) => {
                let output = ring::playback(self.any_left(kind), |end, state| {
                    server.open_audio(target, AudioEnd::Playback(end), state)
                });
                output.map(|output| Box::new(output) as Box<dyn AudioOutput>)
            }
            Backend::Plain(audio) => {
                let output = ring::playback(self.any_left(kind), |end, state| {
                    audio.play(target.as_deref(), end, &state)
                });
                output.map(|output| Box::new(output) as Box<dyn AudioOutput>)
            }
        }
    }

    /// Plays a short chime on the chosen loudspeaker.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn play_chime(&self) -> Result<(), DeviceError> {
        self.play(tone::chime())
    }

    /// Plays a short sound on the chosen loudspeaker, beside everything else that plays there. Returns at once.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn play(&self, sound: impl Iterator<Item = AudioBlock> + Send + 'static) -> Result<(), DeviceError> {
        tone::play(self.open_speaker()?, sound)
    }

    /// Opens the chosen camera with its encoders. Returns at once; a person's no, a camera that is taken or pulled out
    /// is told to `sink`.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn open_camera(&self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let feed = Feed::new();
        let tap = self.0.taps.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|taps| taps());
        let hold: Box<dyn Send> = if portal::sandboxed() {
            Box::new(self.open_portal_camera(&feed)?)
        } else {
            self.take_stock();
            let target = self.target(DeviceKind::Camera)?;
            let used = self.0.shared.ask(|i| i.used(DeviceKind::Camera).map(|device| device.id.clone()));
            feed.begin();
            match &self.0.backend {
                // A camera is never changed for another behind one's back, so the one that is there is opened.
                Backend::PipeWire(server) => {
                    Box::new(server.open_video(VideoTarget::Camera(used.or(target)), Arc::clone(&feed))?)
                }
                Backend::Plain(_) => Box::new(v4l2::open(&used.ok_or(DeviceError::Missing)?, &feed)?),
            }
        };
        Ok(Box::new(LiveSource::open(feed, Content::Camera, sink, tap, hold)?))
    }

    fn open_portal_camera(&self, feed: &Arc<Feed>) -> Result<Late, DeviceError> {
        let (late, inner, feed) = (Late::default(), Arc::downgrade(&self.0), Arc::clone(feed));
        let slot = late.clone();
        portal::ask_for_camera(move |answer| {
            let opened = answer.and_then(|remote| open_on(&inner, VideoTarget::PortalCamera(remote), &feed));
            match opened {
                Ok(hold) => {
                    feed.begin();
                    slot.fill(hold);
                }
                Err(error) => feed.end(error),
            }
        })?;
        Ok(late)
    }

    /// Lets the person pick a screen or window and opens it with its encoders. Returns at once; the pick, a no, and the
    /// end of sharing are told to `sink`.
    ///
    /// # Errors
    /// When screens cannot be shared here.
    pub fn open_screen(&self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        if !self.can_share() {
            return Err(DeviceError::Missing);
        }
        let (feed, late) = (Feed::new(), Late::default());
        let (inner, shown, slot) = (Arc::downgrade(&self.0), Arc::clone(&feed), late.clone());
        let ended = Arc::clone(&feed);
        let sharing = portal::ask_for_screen(
            move |picked| {
                let target = picked
                    .map(|screen| VideoTarget::PortalScreen { remote: screen.remote, node: screen.node });
                match target.and_then(|target| open_on(&inner, target, &shown)) {
                    Ok(hold) => slot.fill(hold),
                    Err(error) => shown.end(error),
                }
            },
            move || ended.end(DeviceError::Ended),
        )?;
        Ok(Box::new(LiveSource::open(feed, Content::Screen, sink, None, Box::new((late, sharing)))?))
    }

    /// Whether screens can be shared at all: portals hand them out through PipeWire.
    #[must_use]
    pub fn can_share(&self) -> bool {
        matches!(self.0.backend, Backend::PipeWire(_))
    }

    /// Opens a node of the server as a portal would hand it out: tries a shared screen where there is no portal.
    ///
    /// # Errors
    /// When there is no PipeWire.
    pub fn open_node(&self, node: u32, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let feed = Feed::new();
        let hold = open_on(&Arc::downgrade(&self.0), VideoTarget::Node(node), &feed)?;
        Ok(Box::new(LiveSource::open(feed, Content::Screen, sink, None, Box::new(hold))?))
    }

    /// Shows what each camera opened from now on sees to a tap of its own, encoded or not: the own picture.
    pub fn tap_cameras(&self, taps: impl Fn() -> Box<dyn PictureTap> + Send + 'static) {
        *self.0.taps.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(taps));
    }
}

fn open_on(inner: &Weak<Inner>, target: VideoTarget, feed: &Arc<Feed>) -> Result<StreamHold, DeviceError> {
    let inner = inner.upgrade().ok_or(DeviceError::Ended)?;
    match &inner.backend {
        Backend::PipeWire(server) => server.open_video(target, Arc::clone(feed)),
        Backend::Plain(_) => Err(DeviceError::Missing),
    }
}

/// A stream that opens when a person has decided. Dropped before, it stays closed.
#[derive(Clone, Default)]
struct Late(Arc<Mutex<Option<StreamHold>>>);

impl Late {
    fn fill(&self, hold: StreamHold) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(hold);
    }
}
