//! Servers a person may trust, and what a look at one of them found.

use serde::{Deserialize, Serialize};

use super::error::UserError;

/// A server in the list. Facts that nobody stated are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Host, with port and tenant where they are needed: `meet.example.org`.
    pub address: String,
    /// What the list calls it; the person may change it.
    pub name: String,
    /// Came with Treff; otherwise the person added it.
    pub preset: bool,
    /// Who runs it.
    pub operator: Option<String>,
    /// Country of the operator, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// That country is in the European Union.
    pub in_eu: Option<bool>,
    /// The company whose machines it runs on.
    pub hosting: Option<String>,
    /// About the server.
    pub website: Option<String>,
    /// Terms of use.
    pub terms: Option<String>,
    /// Privacy statement.
    pub privacy: Option<String>,
    /// Where these facts come from.
    pub source: Option<String>,
    /// The day they were read there, ISO 8601.
    pub source_date: Option<String>,
    /// The person's own words about it.
    pub notes: String,
}

/// A look at a server, asked for by a tap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerCheck {
    /// As in [`Server::address`].
    pub address: String,
    /// How far it is.
    pub state: CheckState,
}

/// How far a look at a server is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CheckState {
    /// Under way.
    Running,
    /// Done.
    Done {
        /// What was found, in reading order.
        findings: Vec<Finding>,
        /// When, in milliseconds since 1970.
        at: u64,
    },
    /// The server could not be looked at.
    Failed {
        /// Why, and what to do next.
        error: UserError,
    },
}

/// Servers side by side, as asked for by [`crate::Command::CompareServers`]: figures and facts, never grades.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Two to four addresses, as in [`Server::address`], in the order of the list. How far the look at each is, stands in
    /// [`crate::Snapshot::checks`].
    pub servers: Vec<String>,
    /// What is compared, in reading order; only what was found of at least one of them.
    pub lines: Vec<ComparisonLine>,
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonLine {
    /// What it is about.
    pub topic: ComparisonTopic,
    /// For each server, in their order, what was found: usually one finding, several for foreign hosts. Empty while the
    /// look is under way, after one that failed, and where a server says nothing.
    pub cells: Vec<Vec<Finding>>,
}

/// What a line of a comparison is about, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ComparisonTopic {
    /// How fast it answers.
    Answers,
    /// Which release it runs.
    Release,
    /// Where it is.
    Location,
    /// Who may open a room.
    OpensRooms,
    /// Whether something is offered.
    Feature {
        /// What.
        feature: ServerFeature,
    },
    /// Whom a browser would contact besides the server itself: [`Finding::BrowserLoads`] and [`Finding::NothingForeign`].
    BrowserLoads,
}

/// One thing that was found: a figure or a fact, never a grade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// It answers.
    Answers {
        /// Time to its configuration, connection included.
        milliseconds: u32,
    },
    /// Which release it runs.
    Release {
        /// As the server names it.
        version: String,
        /// The release's day or month where the name tells (ISO 8601).
        date: Option<String>,
    },
    /// Where its operator says it is; from the list, not from the network.
    Location {
        /// ISO 3166-1 alpha-2.
        country: String,
        /// In the European Union.
        in_eu: bool,
        /// The day the statement was read, ISO 8601.
        stated: Option<String>,
    },
    /// Who may open a room.
    OpensRooms {
        /// Anyone; otherwise somebody has to log in first.
        anyone: bool,
    },
    /// A feature is there or not, as far as the configuration tells.
    Feature {
        /// Which.
        feature: ServerFeature,
        /// Offered.
        offered: bool,
    },
    /// What a browser would contact besides the server itself. Treff contacts none of these.
    BrowserLoads {
        /// What for.
        purpose: ForeignPurpose,
        /// The host or the company, as configured.
        host: String,
    },
    /// The configuration names no foreign service.
    NothingForeign,
}

/// How a finding is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// A tick.
    Good,
    /// Neither good nor bad.
    Plain,
    /// Worth reading.
    Notice,
}

impl Finding {
    /// Which line of a comparison it belongs to.
    pub fn topic(&self) -> ComparisonTopic {
        match self {
            Self::Answers { .. } => ComparisonTopic::Answers,
            Self::Release { .. } => ComparisonTopic::Release,
            Self::Location { .. } => ComparisonTopic::Location,
            Self::OpensRooms { .. } => ComparisonTopic::OpensRooms,
            Self::Feature { feature, .. } => ComparisonTopic::Feature { feature: *feature },
            Self::BrowserLoads { .. } | Self::NothingForeign => ComparisonTopic::BrowserLoads,
        }
    }

    /// How it is drawn.
    pub fn tone(&self) -> Tone {
        match self {
            Self::Answers { .. } | Self::NothingForeign | Self::OpensRooms { anyone: true } => Tone::Good,
            Self::Location { in_eu: true, .. } | Self::Feature { offered: true, .. } => Tone::Good,
            Self::BrowserLoads { .. } | Self::OpensRooms { anyone: false } => Tone::Notice,
            Self::Release { .. } | Self::Location { .. } | Self::Feature { .. } => Tone::Plain,
        }
    }
}

/// What a server may offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServerFeature {
    /// End-to-end encryption.
    EndToEndEncryption,
    /// A waiting room.
    Lobby,
    /// Joining by telephone.
    DialIn,
    /// Recording on the server.
    Recording,
    /// Streaming to the public.
    LiveStreaming,
}

/// What a foreign host is contacted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ForeignPurpose {
    /// Counting and watching visitors.
    Analytics,
    /// Reports of the calls' quality.
    CallStatistics,
    /// Finding one's own address.
    Stun,
    /// Pictures of people by their e-mail address.
    Avatars,
    /// Animated pictures.
    Giphy,
    /// Storing recordings.
    Dropbox,
    /// Calendars.
    Calendar,
    /// A web front that another company delivers.
    WebFront,
    /// Anything else named by a foreign host.
    Other,
}

/// How to join by telephone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialIn {
    /// Digits that lead to this meeting.
    pub pin: String,
    /// Numbers to call.
    pub numbers: Vec<DialInNumber>,
}

/// A telephone number of the meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialInNumber {
    /// The country or region as the server names it.
    pub country: String,
    /// As to be dialled, with `+`.
    pub number: String,
}
