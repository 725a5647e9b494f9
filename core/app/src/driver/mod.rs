//! The driver: one task that owns every socket, timer and state machine of a client.
//!
//! In: requests from the door, bytes from sockets, encoded frames and packets of ours, the time. Out: bytes, frames
//! for renderers, packets for the playout thread, events and snapshots. `inputs` is what it waits for, `outlet` how
//! it speaks; `meeting` and `live` hold what it drives.

mod actions;
mod beginning;
mod checks;
mod comparing;
mod devices;
mod figures;
mod inputs;
mod levels;
mod live;
mod media;
mod meeting;
mod moderation;
mod network;
mod outlet;
mod preview;
mod quality;
mod receiving;
mod recovery;
mod requests;
mod room;
mod sending;
mod servers;
mod settings;
mod share;
mod stamp;
mod storage;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use treff_media::device::DeviceError;
use treff_media::transport::Certificate;

use crate::client::Published;
use crate::door::command::{Command, Layout};
use crate::door::devices::DeviceKind;
use crate::door::error::UserError;
use crate::door::servers::DialIn;
use crate::net::{ConnectError, Connector, HttpError, HttpResponse, Socket, TlsStream};
use crate::platform::{ClientConfig, Observer, Platform};

use beginning::Start;
use checks::Look;
use devices::{DeviceMemory, OwnFrame};
use inputs::{Input, Inputs};
use levels::Levels;
use meeting::Meeting;
use outlet::Outlet;
use preview::PreviewDevices;
use storage::Storage;

/// The longest the driver sleeps with nothing to do.
const IDLE: Duration = Duration::from_secs(3600);
/// Datagrams taken in one go before the rest gets a turn.
const BURST: usize = 64;
/// Encoded frames that may wait for the driver: three layers for a few pictures.
const FRAME_QUEUE: usize = 16;

/// What comes through the door.
pub(crate) enum Request {
    Command(Command),
    Subscribe(Box<dyn Observer>),
    NetworkChanged,
    Shutdown,
}

/// News from tasks and threads that the driver started. `generation` tells which meeting they worked for, if for one.
pub(super) struct Note {
    generation: Option<u64>,
    news: News,
}

pub(super) enum News {
    Config(Result<HttpResponse, HttpError>),
    SpareStream(Result<Box<TlsStream>, ConnectError>),
    Signalling(Result<Box<Socket>, ConnectError>),
    Bridge(Result<Box<Socket>, ConnectError>),
    ConferenceReply(Result<HttpResponse, HttpError>),
    /// A look at the server with this address is done.
    Checked(String, Box<Result<Look, UserError>>),
    /// The meeting's telephone numbers, if there are any.
    DialIn(Option<DialIn>),
    /// A renderer has something to say that cannot wait for the next second.
    Renderer(String),
    /// Devices came or went.
    DevicesChanged,
    /// The one with this id, as for the two below.
    MicrophoneEnded(u64, DeviceError),
    LoudspeakerEnded(u64, DeviceError),
    /// A camera or a screen.
    SourceEnded(u64, DeviceError),
    /// The pictures of a camera or screen have a size, or another one.
    SourceResized,
    SpeakerTestFailed(DeviceError),
}

/// What the driver's tasks and threads need to report back.
#[derive(Clone)]
pub(super) struct Reporter {
    generation: Option<u64>,
    notes: mpsc::UnboundedSender<Note>,
}

impl Reporter {
    pub(super) fn send(&self, news: News) {
        let _ = self.notes.send(Note { generation: self.generation, news });
    }
}

pub(crate) struct Driver {
    config: ClientConfig,
    platform: Platform,
    inputs: Inputs,
    outlet: Outlet,
    storage: Storage,
    connector: Option<Connector>,
    /// Made before the first tap, since generating it takes a moment.
    certificate: Option<Certificate>,
    notes: mpsc::UnboundedSender<Note>,
    frames: mpsc::Sender<OwnFrame>,
    audio_ready: Arc<Notify>,
    generation: u64,
    meeting: Option<Meeting>,
    /// The opened meeting begins here, and can begin on any server.
    start: Option<Start>,
    preview: PreviewDevices,
    devices: DeviceMemory,
    /// This device's, as they were told last.
    addresses: Vec<IpAddr>,
    levels: Levels,
    /// From here on the pictures of every camera count their time.
    epoch: Instant,
    /// What is visible, kept from one meeting to the next.
    layout: Layout,
    /// Sockets saying goodbye.
    goodbyes: JoinSet<()>,
    stopping: bool,
}

impl Driver {
    pub(crate) fn new(
        config: ClientConfig,
        platform: Platform,
        requests: mpsc::UnboundedReceiver<Request>,
        published: Published,
    ) -> Self {
        let (notes, note_inbox) = mpsc::unbounded_channel();
        let (frames, frame_inbox) = mpsc::channel(FRAME_QUEUE);
        let audio_ready = Arc::new(Notify::new());
        let storage = Storage::open(config.store.as_deref());
        let mut outlet = Outlet::new(published);
        storage.describe(&mut outlet.state);
        let addresses = platform.network.addresses();
        Self {
            inputs: Inputs::new(requests, note_inbox, frame_inbox, Arc::clone(&audio_ready)),
            outlet,
            storage,
            connector: Connector::new(&config.trust, &config.resolve)
                .inspect_err(|error| tracing::error!("TLS cannot be set up: {error}."))
                .ok(),
            certificate: Certificate::generate()
                .inspect_err(|error| tracing::error!("No certificate for DTLS could be made: {error}."))
                .ok(),
            config,
            platform,
            notes,
            frames,
            audio_ready,
            generation: 0,
            meeting: None,
            start: None,
            preview: PreviewDevices::default(),
            devices: DeviceMemory::default(),
            addresses,
            levels: Levels::default(),
            epoch: Instant::now(),
            layout: receiving::DEFAULT_LAYOUT,
            goodbyes: JoinSet::new(),
            stopping: false,
        }
    }

    /// Runs until the client is shut down and the meeting has been left.
    pub(crate) async fn run(mut self) {
        self.start_devices();
        self.start_servers();
        self.outlet.publish(Instant::now());
        while !(self.stopping && self.meeting.is_none()) {
            let input = self.inputs.next(self.next_deadline()).await;
            let now = Instant::now();
            self.handle(now, input);
            for _ in 0..BURST {
                let Some(more) = self.inputs.next_datagram() else { break };
                self.handle(now, more);
            }
            self.handle_deadlines(now);
            self.drain(now);
            self.outlet.publish_if_due(now);
            while self.goodbyes.try_join_next().is_some() {}
        }
        self.outlet.publish(Instant::now());
        while self.goodbyes.join_next().await.is_some() {}
    }

    fn handle(&mut self, now: Instant, input: Input) {
        match input {
            Input::Request(Request::Command(command)) => self.command(now, command),
            Input::Request(Request::Subscribe(observer)) => self.outlet.subscribe(observer),
            Input::Request(Request::NetworkChanged) => self.network_changed(now),
            Input::Request(Request::Shutdown) => {
                self.stopping = true;
                self.leave(now);
            }
            Input::Note(note) if note.generation.is_none_or(|worked_for| worked_for == self.generation) => {
                self.news(now, note.news);
            }
            // Somebody worked for a meeting that is over.
            Input::Note(_) => {}
            Input::SignallingText(text) => self.with_live(|live| live.conference.socket_frame(now, &text)),
            Input::SignallingClosed => self.with_live(|live| live.conference.socket_closed(now)),
            Input::BridgeText(text) => self.with_live(|live| live.conference.bridge_message(now, &text)),
            Input::BridgeClosed => self.with_live(|live| live.conference.bridge_closed(now)),
            Input::Datagram { local, remote, bytes } => {
                self.with_live(|live| live.handle_datagram(now, local, remote, bytes));
            }
            Input::Frame(frame) => self.with_live(|live| live.send_frame(now, frame)),
            Input::AudioReady => self.with_live(|live| live.send_audio(now)),
            Input::Deadline => {}
        }
    }

    fn news(&mut self, now: Instant, news: News) {
        match news {
            News::Config(result) => self.config_arrived(now, result),
            News::SpareStream(result) => self.spare_arrived(result),
            News::Signalling(result) => self.signalling_arrived(now, result),
            News::Bridge(result) => self.bridge_arrived(now, result),
            News::ConferenceReply(result) => self.conference_reply(now, result),
            News::Checked(address, look) => self.checked(address, *look),
            News::DialIn(found) => self.dial_in_arrived(found),
            News::Renderer(source) => self.renderer_news(now, &source),
            News::DevicesChanged => self.devices_changed(now),
            News::MicrophoneEnded(id, error) => self.microphone_ended(now, id, &error),
            News::LoudspeakerEnded(id, error) => self.loudspeaker_ended(now, id, &error),
            News::SourceEnded(id, error) => self.source_ended(now, id, &error),
            News::SourceResized => self.update_sending(now),
            News::SpeakerTestFailed(error) => self.give_up(DeviceKind::Speaker, &error),
        }
    }

    fn reporter(&self) -> Reporter {
        Reporter { generation: Some(self.generation), notes: self.notes.clone() }
    }

    /// For what is worth knowing whichever meeting is open.
    fn lasting_reporter(&self) -> Reporter {
        Reporter { generation: None, notes: self.notes.clone() }
    }

    fn next_deadline(&self) -> Instant {
        let now = Instant::now();
        let live = self.meeting.as_ref().and_then(Meeting::deadline);
        [live, self.outlet.deadline(), self.levels_deadline(now)]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(now + IDLE)
    }

    fn handle_deadlines(&mut self, now: Instant) {
        self.with_live(|live| live.handle_timeout(now));
        self.figures_if_due(now);
        self.levels_if_due(now);
        self.give_up_closing_if_due(now);
    }

    /// Lets the machines say everything they have to say; afterwards they only wait.
    fn drain(&mut self, now: Instant) {
        loop {
            let mut quiet = true;
            while let Some(action) = self.poll_live(|live| live.conference.poll_action()) {
                self.act(now, action);
                quiet = false;
            }
            while let Some(event) = self.poll_live(|live| live.conference.poll_event()) {
                self.conference_event(now, event);
                quiet = false;
            }
            while let Some(event) = self.poll_live(live::Live::poll_media_event) {
                self.media_event(now, event);
                quiet = false;
            }
            if quiet {
                break;
            }
        }
        self.transmit();
    }

    fn with_live(&mut self, work: impl FnOnce(&mut live::Live)) {
        if let Some(live) = self.meeting.as_mut().and_then(Meeting::live) {
            work(live);
        }
    }

    fn poll_live<T>(&mut self, poll: impl FnOnce(&mut live::Live) -> Option<T>) -> Option<T> {
        self.meeting.as_mut().and_then(Meeting::live).and_then(poll)
    }
}
