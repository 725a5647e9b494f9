//! How a lab is set up: what its deployment offers, who is in it and how strict it is.

use std::time::Duration;

use treff_media::codec::VideoCodec;

/// The two ways real deployments write `config.js`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConfigDialect {
    /// Debian's packages: one object literal.
    #[default]
    Debian,
    /// The Docker image: assignments, string concatenation and substituted variables.
    Docker,
}

/// Whose XMPP server and rooms clients meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Server {
    /// The lab's own, which plays a Prosody with all of Jitsi's modules.
    #[default]
    Lab,
    /// Debian's Prosody without any of Jitsi's modules, started and ended by the lab. The focus and the bridge stand
    /// behind it, and both forms of conference request work. What needs Jitsi's modules is not there: components,
    /// lobby, tokens, limits. Orders to rooms of the lab's own server find no room; [`Lab::lock`](crate::Lab::lock)
    /// and [`Lab::drop_all_signalling`](crate::Lab::drop_all_signalling) work with both.
    Prosody,
}

/// How clients ask for a conference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConferenceRequest {
    /// An IQ to the focus component.
    #[default]
    Iq,
    /// A POST to `conferenceRequestUrl`.
    Http,
}

/// Which bridge channels the focus offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BridgeChannels {
    /// A data channel: content `data` with an `sctpmap`.
    pub sctp: bool,
    /// A colibri WebSocket in every transport.
    pub websocket: bool,
}

/// Whether a token is needed to log in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TokenPolicy {
    /// Everyone may come in.
    #[default]
    Open,
    /// Only with one of these in the socket's `token=`.
    Required(Vec<String>),
}

/// A synthetic participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The display name.
    pub name: String,
    /// The codec of the camera. VP8 is sent as simulcast, the others as one stream.
    pub codec: VideoCodec,
    /// Shows a camera picture.
    pub video: bool,
    /// Speaks.
    pub audio: bool,
}

impl Person {
    /// Someone with a camera in this codec and a voice.
    pub fn new(name: &str, codec: VideoCodec) -> Self {
        Self { name: name.to_owned(), codec, video: true, audio: true }
    }
}

/// Everything about a lab that is decided before it starts.
#[derive(Clone, Debug)]
pub struct LabOptions {
    /// The HTTPS port, or 0 for one the system chooses.
    pub port: u16,
    /// Whose XMPP server it is.
    pub server: Server,
    /// How `config.js` is written.
    pub dialect: ConfigDialect,
    /// Which form of conference request `config.js` asks for. Both always work.
    pub conference_request: ConferenceRequest,
    /// Which bridge channels are offered.
    pub bridge_channels: BridgeChannels,
    /// Jitsi's components are there; without them the server is a plain Prosody.
    pub components: bool,
    /// Push disco and services right after the bind, as `mod_jiconop` does.
    pub push_disco: bool,
    /// Who may log in.
    pub tokens: TokenPolicy,
    /// The room of the synthetic people.
    pub room: String,
    /// The synthetic people.
    pub people: Vec<Person>,
    /// A password on that room, whenever it is made.
    pub password: Option<String>,
    /// That room has its lobby on, whenever it is made.
    pub lobby: bool,
    /// How many occupants a room takes, the focus not counted.
    pub max_occupants: Option<usize>,
    /// Nicknames must be the first eight characters of the account's localpart.
    pub strict_nicknames: bool,
    /// A display name is demanded of everyone who joins.
    pub display_name_required: bool,
    /// When the first one who joins becomes the owner; never if absent.
    pub owner_delay: Option<Duration>,
    /// How long someone who is alone keeps the session (20 s in Jicofo).
    pub alone_timeout: Duration,
    /// How soon after the last one a participant may ask for another session (5 s in Jicofo).
    pub restart_interval: Duration,
    /// How long the server keeps the occupant of a lost socket, if that client had stream management on.
    pub hibernation: Duration,
    /// The bridge answers those who try to reach it. If not, every session fails for want of a path.
    pub bridge_answers: bool,
    /// Everyone is asked to start with the microphone or the camera muted.
    pub start_muted: Option<(bool, bool)>,
    /// Statements at the end of `config.js`, as an operator adds them.
    pub config_tail: String,
    /// The source of everything that is made up.
    pub seed: u64,
}

impl Default for LabOptions {
    fn default() -> Self {
        Self {
            port: 0,
            server: Server::default(),
            dialect: ConfigDialect::default(),
            conference_request: ConferenceRequest::default(),
            bridge_channels: BridgeChannels { sctp: true, websocket: true },
            components: true,
            push_disco: false,
            tokens: TokenPolicy::default(),
            room: "treff".to_owned(),
            people: Vec::new(),
            password: None,
            lobby: false,
            max_occupants: None,
            strict_nicknames: false,
            display_name_required: false,
            owner_delay: Some(Duration::from_millis(40)),
            alone_timeout: Duration::from_secs(20),
            restart_interval: Duration::from_secs(5),
            hibernation: Duration::ZERO,
            bridge_answers: true,
            start_muted: None,
            config_tail: String::new(),
            seed: 1,
        }
    }
}

/// Names for synthetic people, in order.
const NAMES: [&str; 12] =
    ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hanna", "Ivo", "Jun", "Kai", "Lou"];

impl LabOptions {
    /// With this many synthetic people who all use one codec.
    pub fn with_people(mut self, count: usize, codec: VideoCodec) -> Self {
        self.people = (0..count)
            .map(|n| {
                let name = NAMES[n % NAMES.len()];
                let round = n / NAMES.len();
                let name = if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) };
                Person::new(&name, codec)
            })
            .collect();
        self
    }
}
