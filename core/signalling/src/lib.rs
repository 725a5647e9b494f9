//! Sans-IO signalling of a Jitsi conference: the XMPP stream, the room, Jingle and the bridge channel as one machine.
//!
//! In go frames, answers, the time and what a person does; out come actions for a driver and events for an application.
//! No socket, clock, thread or runtime is in here, so a whole meeting is a test of a few milliseconds.

#![warn(missing_docs)]

mod action;
mod bridge;
mod caps;
mod chat;
mod conference;
mod config;
mod disco;
mod doorkeeper;
mod event;
mod focus;
mod focus_presence;
#[doc(hidden)]
pub mod fuzz;
mod ice_servers;
mod ids;
mod jid;
mod jingle;
mod json_message;
mod lobby;
mod muc;
mod ns;
mod output;
mod participant;
mod random;
mod session;
mod stats;
mod stream;
mod xml;

pub use action::Action;
pub use bridge::channel::BridgeChannelPreference;
pub use bridge::messages::ReceiveConstraints;
pub use conference::Conference;
pub use config::ConferenceConfig;
pub use event::{
    BridgeChannelKind, ChatMessage, EndReason, Event, IceServer, IceServerKind, MutedMedium, Reaction,
    RecordingMode, RecordingState, RecordingStatus, RoomInformation, RoomMetadata, Warning,
};
pub use ids::{EndpointId, MediaKind, SourceName, Ssrc, VideoType};
pub use participant::{Identity, Participant, SourceState};
pub use session::{
    Candidate, CandidateKind, CandidateProtocol, Fingerprint, HeaderExtension, LocalDescription, LocalSource,
    MediaDescription, PayloadType, RemoteSource, SessionDescription, TransportDescription,
};
pub use stats::Stats;
