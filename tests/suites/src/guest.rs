//! A person in a test: the real client on made-up devices.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::sync::mpsc;
use tokio::time::timeout;
use treff_app::{
    AddressWatch, BridgeChannel, Client, ClientConfig, Command, EndReason, Event, Layout, NetworkAddresses,
    Observer, Participant, Platform, ResolveOverride, ServerTrust, Snapshot, Stats, UserError,
};
use treff_lab::Lab;
use treff_media::codec::VideoCodec;

use crate::desk::Desk;
use crate::ears::{Ears, SoundCard};
use crate::eyes::{Camera, Eyes, Screen, Sight};

/// How long anything may take before a test fails. Nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a guest comes in.
#[derive(Clone, Debug)]
pub struct GuestOptions {
    /// Say something.
    pub microphone: bool,
    /// Show something.
    pub camera: bool,
    /// The tone they say.
    pub hertz: f32,
    /// The colour they show.
    pub colour: usize,
    /// Which bridge channel to use.
    pub bridge_channel: Option<BridgeChannel>,
    /// The room's password, if they know it.
    pub password: Option<String>,
    /// Send with this codec only.
    pub codec: Option<VideoCodec>,
    /// What they look at.
    pub layout: Layout,
    /// Where their settings are kept, if beyond this client.
    pub store: Option<PathBuf>,
    /// What their device's addresses are at first.
    pub addresses: Vec<IpAddr>,
}

impl Default for GuestOptions {
    fn default() -> Self {
        Self {
            microphone: true,
            camera: true,
            hertz: 500.0,
            colour: 5,
            bridge_channel: None,
            password: None,
            codec: None,
            layout: Layout::Everyone { max_height: 720, last_n: -1 },
            store: None,
            addresses: vec![Ipv4Addr::LOCALHOST.into()],
        }
    }
}

/// Where a guest's names lead, and which root they trust besides the system's.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Names that resolve to given addresses.
    pub resolve: Vec<ResolveOverride>,
    /// A root certificate in PEM.
    pub root: Option<String>,
}

impl Surroundings {
    /// A place from which the lab can be reached and is trusted.
    pub fn of(lab: &Lab) -> Self {
        let (port, address) = (lab.address().port(), lab.address());
        Self {
            resolve: vec![ResolveOverride { host: "meet.lab.test".to_owned(), port, address }],
            root: Some(lab.ca_pem().to_owned()),
        }
    }
}

/// A person in a meeting.
pub struct Guest {
    client: Client,
    /// What the door tells: events, and `None` for each new snapshot.
    news: mpsc::UnboundedReceiver<Option<Event>>,
    /// Every event so far but figures.
    told: Vec<Event>,
    /// How many of them [`Guest::until`] has passed.
    passed: usize,
    stats: Option<Stats>,
    endpoint: String,
    /// What they hear.
    pub ears: Ears,
    /// What they see.
    pub eyes: Eyes,
    /// What they have to speak, hear and be seen with.
    pub desk: Desk,
    network: Network,
}

impl Guest {
    /// Somebody who opened the door but has not tapped a link yet.
    pub fn new(lab: &Lab, options: &GuestOptions) -> Self {
        Self::somewhere(Surroundings::of(lab), options)
    }

    /// Somebody anywhere, who has not tapped a link yet.
    pub fn somewhere(surroundings: Surroundings, options: &GuestOptions) -> Self {
        let (ears, eyes) = (Ears::default(), Eyes::default());
        let desk = Desk::new(Arc::clone(&ears.bell));
        let network =
            Network { addresses: Arc::new(Mutex::new(options.addresses.clone())), ..Network::default() };
        let mut codecs = treff_codecs::catalog();
        if let Some(codec) = options.codec {
            codecs.encode = vec![codec];
        }
        let platform = Platform {
            audio: Box::new(SoundCard { ears: ears.clone(), hertz: options.hertz, desk: desk.clone() }),
            video: Box::new(Camera { colour: options.colour, desk: desk.clone() }),
            renderers: Box::new(Screen(eyes.clone())),
            codecs,
            network: Box::new(network.clone()),
        };
        let root = surroundings.root.unwrap_or_default();
        let roots = CertificateDer::pem_slice_iter(root.as_bytes()).collect::<Result<_, _>>();
        let config = ClientConfig {
            trust: ServerTrust::SystemAnd(roots.expect("the root is PEM")),
            resolve: surroundings.resolve,
            bridge_channel: options.bridge_channel,
            send_codec: options.codec,
            store: options.store.clone(),
            media_patience: None,
        };
        let client = Client::new(config, platform).expect("a thread for the driver");
        let (teller, news) = mpsc::unbounded_channel();
        client.subscribe(Box::new(Listener(teller)));
        client.dispatch(Command::SetLayout { layout: options.layout.clone() });
        Self {
            client,
            news,
            told: Vec::new(),
            passed: 0,
            stats: None,
            endpoint: String::new(),
            ears,
            eyes,
            desk,
            network,
        }
    }

    /// Opens `room` and asks to come in, without waiting for anything.
    pub fn knock_at(lab: &Lab, room: &str, name: &str, options: &GuestOptions) -> Self {
        let guest = Self::new(lab, options);
        guest.does(Command::Open { link: lab.link(room), token: None });
        guest.does(Command::Join {
            name: Some(name.to_owned()),
            password: options.password.clone(),
            microphone: options.microphone,
            camera: options.camera,
            protection: treff_app::Protection::default(),
        });
        guest
    }

    /// Joins `room` and waits until they are in.
    pub async fn join(lab: &Lab, room: &str, name: &str, options: GuestOptions) -> Self {
        let mut guest = Self::knock_at(lab, room, name, &options);
        guest.enters().await;
        guest
    }

    /// Waits until they are in the room, and learns who they are there.
    pub async fn enters(&mut self) {
        let joined = self.until("being in the room", |event| matches!(event, Event::Joined { .. })).await;
        if let Event::Joined { endpoint, .. } = joined {
            self.endpoint = endpoint;
        }
    }

    /// Hands a command to the client.
    pub fn does(&self, command: Command) {
        self.client.dispatch(command);
    }

    /// Their device has other addresses from now on, and is told so.
    pub fn moves_to(&self, addresses: Vec<IpAddr>) {
        *self.network.addresses.lock().unwrap_or_else(PoisonError::into_inner) = addresses;
        let changed = self.network.changed.get().expect("the client watches from its start");
        changed();
    }

    /// Asks to come into the open link's room, neither heard nor seen; without a `name` under the one of before.
    pub fn slips_in(&self, name: Option<&str>) {
        self.does(Command::Join {
            name: name.map(str::to_owned),
            password: None,
            microphone: false,
            camera: false,
            protection: treff_app::Protection::default(),
        });
    }

    /// Waits for the event that `wanted` describes, and gives it. Those before it count as seen.
    ///
    /// # Panics
    /// When it does not come in time; the events so far are named.
    pub async fn until(&mut self, what: &str, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        let mut next = self.passed;
        let found = timeout(PATIENCE, async {
            loop {
                while let Some(event) = self.told.get(next) {
                    next += 1;
                    if wanted(event) {
                        return Some(next);
                    }
                }
                self.listen().await?;
            }
        });
        match found.await {
            Ok(Some(after)) => {
                self.passed = after;
                self.told[after - 1].clone()
            }
            _ => panic!("waited in vain for {what}; what came so far: {:#?}", self.told),
        }
    }

    /// Looks at each event, snapshot and twentieth of a second of sound, until `look` finds something.
    ///
    /// # Panics
    /// When it finds nothing in time.
    pub async fn sees<T>(&mut self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let found = timeout(PATIENCE, async {
            loop {
                if let Some(found) = look(self) {
                    return Some(found);
                }
                self.listen().await?;
            }
        });
        match found.await {
            Ok(Some(found)) => found,
            _ => panic!(
                "waited in vain for {what}; the figures are {:#?} and the state is {:#?}",
                self.stats,
                self.client.snapshot()
            ),
        }
    }

    /// Takes the next thing the door tells, or a ring of the ears' bell. `None` when the client is gone.
    async fn listen(&mut self) -> Option<()> {
        let bell = Arc::clone(&self.ears.bell);
        tokio::select! {
            news = self.news.recv() => match news? {
                Some(Event::Stats(stats)) => self.stats = Some(stats),
                Some(event) => self.told.push(event),
                None => {}
            },
            () = bell.notified() => {}
        }
        Some(())
    }

    /// Whether such an event was ever told.
    pub fn was_told(&self, wanted: impl FnMut(&Event) -> bool) -> bool {
        self.told.iter().any(wanted)
    }

    /// How often such an event was told.
    pub fn times_told(&self, mut wanted: impl FnMut(&Event) -> bool) -> usize {
        self.told.iter().filter(|event| wanted(event)).count()
    }

    /// The newest figures.
    pub fn stats(&self) -> Option<&Stats> {
        self.stats.as_ref()
    }

    /// Waits for figures of which this is true.
    pub async fn figures(&mut self, what: &str, mut wanted: impl FnMut(&Stats) -> bool) -> Stats {
        self.sees(what, |guest| guest.stats().filter(|stats| wanted(stats)).cloned()).await
    }

    /// Waits for the end of the meeting.
    pub async fn ends(&mut self) -> EndReason {
        match self.until("the end", |event| matches!(event, Event::Ended { .. })).await {
            Event::Ended { reason } => reason,
            other => panic!("{other:?} is no end"),
        }
    }

    /// Waits for a failure.
    pub async fn fails(&mut self) -> UserError {
        match self.ends().await {
            EndReason::Failed { error } => error,
            other => panic!("{other:?} is no failure"),
        }
    }

    /// Somebody else in the meeting, as a front end would draw them.
    pub fn person(&self, endpoint: &str) -> Option<Participant> {
        self.snapshot().participants.iter().find(|p| p.endpoint == endpoint).cloned()
    }

    /// The state as a front end would draw it.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.client.snapshot()
    }

    /// Waits until `voice` is heard at about `hertz`.
    pub async fn hears(&mut self, voice: &str, hertz: f32) {
        let near = |guest: &Self| guest.ears.frequency(voice).filter(|heard| (heard - hertz).abs() <= 20.0);
        self.sees(&format!("a voice at {hertz} Hz"), near).await;
    }

    /// Waits until nothing at `hertz` is left in what comes out of the loudspeaker.
    pub async fn hears_no_more(&mut self, hertz: f32) {
        let silent = |guest: &Self| guest.ears.amplitude(hertz).filter(|amplitude| *amplitude < 0.002);
        self.sees(&format!("silence at {hertz} Hz"), silent).await;
    }

    /// Waits until the mix has a tone of `hertz` about as strong as `amplitude`.
    pub async fn hears_as_loud(&mut self, hertz: f32, amplitude: f32) {
        let near =
            |guest: &Self| guest.ears.amplitude(hertz).filter(|heard| (heard / amplitude - 1.0).abs() < 0.25);
        self.sees(&format!("{amplitude} at {hertz} Hz"), near).await;
    }

    /// Waits until somebody's camera shows at least 20 numbered pictures in `colour`, and gives the last look.
    pub async fn watches(&mut self, endpoint: &str, colour: usize) -> Sight {
        let source = format!("{endpoint}-v0");
        let clear = |guest: &Self| {
            guest.eyes.sight(&source).filter(|sight| sight.readable >= 20 && sight.colour == Some(colour))
        };
        self.sees("moving pictures", clear).await
    }

    /// Their endpoint id.
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Leaves and waits until the meeting is over for them.
    pub async fn leave(mut self) {
        self.does(Command::Leave);
        assert_eq!(self.ends().await, EndReason::Left);
    }
}

struct Listener(mpsc::UnboundedSender<Option<Event>>);

impl Observer for Listener {
    fn on_event(&mut self, event: &Event) {
        let _ = self.0.send(Some(event.clone()));
    }

    fn on_snapshot(&mut self, _: &Arc<Snapshot>) {
        let _ = self.0.send(None);
    }
}

/// The addresses of a guest's device, changed by the test.
#[derive(Clone, Default)]
struct Network {
    addresses: Arc<Mutex<Vec<IpAddr>>>,
    changed: Arc<OnceLock<AddressWatch>>,
}

impl NetworkAddresses for Network {
    fn addresses(&self) -> Vec<IpAddr> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn watch(&mut self, changed: AddressWatch) {
        let _ = self.changed.set(changed);
    }
}
