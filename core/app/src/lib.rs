//! Treff's core as a front end sees it: [`Command`] in, [`Event`] and [`Snapshot`] out.
//!
//! [`Client`] owns one thread with one tokio task, the driver, which owns every socket, timer and state machine. The
//! Linux app, Android, the headless mode and the tests all use exactly this door.
#![warn(missing_docs)]

mod audio;
mod chimes;
mod client;
mod diagnostics;
mod dial_in;
mod door;
mod driver;
mod invite;
mod licences;
mod net;
mod platform;
mod presets;
mod room_names;
mod server_text;

pub use audio::ProcessedAudio;
pub use audio::tone::play_sound;
pub use chimes::{Chime, Chimes};
pub use client::Client;
pub use diagnostics::diagnostics;
pub use door::command::{Command, Layout, Reaction, Tile};
pub use door::devices::{Device, DeviceKind, DeviceProblem, Devices};
pub use door::error::{OtherService, UserError};
pub use door::event::{BridgeChannel, EndReason, Event, SpeakerLevel};
pub use door::moderation::{Knocker, Protection, RoomDoor};
pub use door::notice::Notice;
pub use door::servers::{
    CheckState, Comparison, ComparisonLine, ComparisonTopic, DialIn, DialInNumber, Finding, ForeignPurpose,
    Server, ServerCheck, ServerFeature, Tone,
};
pub use door::settings::{DataUse, Settings, Theme};
pub use door::snapshot::{
    ChatLine, ConnectionState, Participant, Preview, Quality, RecentMeeting, Screen, SelfView, Snapshot,
    Tracks, Waiting,
};
pub use door::stats::{DropStats, LayerStats, ProcessStats, SpeakerStats, Stats, VideoStats};
pub use invite::{CalendarEntry, QrCode, calendar_file, qr_code};
pub use licences::{Licence, licences};
pub use platform::{
    AddressWatch, ClientConfig, NetworkAddresses, Observer, Platform, ResolveOverride, ServerTrust,
};
