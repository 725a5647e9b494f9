//! A deployment as the rest of the client sees it: typed, complete, every address absolute.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::quality::VideoQuality;

/// What a server says about itself, with defaults where it says nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// `hosts.domain`: the XMPP domain, in lower case.
    pub domain: String,
    /// `hosts.anonymousdomain`: where people without a token log in instead.
    pub anonymous_domain: Option<String>,
    /// `hosts.authdomain`: where people log in with a password; `domain` when absent.
    pub auth_domain: Option<String>,
    /// `hosts.muc`: the domain of the rooms, in lower case.
    pub muc: String,
    /// `hosts.focus`: the address for the conference request.
    pub focus: String,
    /// `focusUserJid`: one more address the focus may have in the room.
    pub focus_user_jid: Option<String>,
    /// `wss://…`, to which `room=` and the rest are still to be added ([`crate::with_parameters`]).
    pub websocket: Option<String>,
    /// Where packaged web servers put the WebSocket; worth a try when `websocket` is absent.
    pub websocket_guess: String,
    /// `https://…`, likewise.
    pub bosh: Option<String>,
    /// BOSH before WebSocket.
    pub prefer_bosh: bool,
    /// `enableWebsocketResume`: stream resumption is wanted.
    pub websocket_resume: bool,
    /// `https://…`: send the conference request there instead of as an IQ.
    pub conference_request_url: Option<String>,
    /// Keep-alive of the XMPP stream.
    pub ping: PingConfig,
    /// How to reach the bridge's channel.
    pub bridge_channel: BridgeChannelConfig,
    /// `p2p.enabled`.
    pub p2p_enabled: bool,
    /// The rest of `p2p`.
    pub p2p: P2pConfig,
    /// Codecs and bitrates.
    pub video: VideoQuality,
    /// `channelLastN`: how many people's video to receive; -1 for all.
    pub channel_last_n: Option<i32>,
    /// `startLastN`: the same while joining.
    pub start_last_n: Option<i32>,
    /// `lastNLimits`: from so many participants on, at most so many videos.
    pub last_n_limits: BTreeMap<u32, i32>,
    /// Capture height: `resolution`, or what `constraints.video` asks for.
    pub resolution: Option<u16>,
    /// One layer per camera only.
    pub disable_simulcast: bool,
    /// No retransmission streams.
    pub disable_rtx: bool,
    /// Redundant audio.
    pub enable_opus_red: bool,
    /// Transport-wide congestion control feedback.
    pub enable_tcc: bool,
    /// Receiver estimated maximum bitrate.
    pub enable_remb: bool,
    /// What is off when joining.
    pub start_muted: StartConfig,
    /// The lobby.
    pub lobby: LobbyConfig,
    /// The page before joining.
    pub prejoin: PrejoinConfig,
    /// `requireDisplayName`.
    pub require_display_name: bool,
    /// `hiddenDomain`: occupants from there are recorders and transcribers.
    pub hidden_domain: Option<String>,
    /// Connectivity.
    pub ice: IceConfig,
    /// The whole configuration as the server has it; [`Json::Null`] when it could not be asked.
    pub raw: Json,
}

/// `xmppPing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PingConfig {
    /// Silence after which to ask.
    pub interval: Duration,
    /// How long to wait for the answer.
    pub timeout: Duration,
    /// Answers missed in a row until the connection counts as lost.
    pub threshold: u32,
}

impl Default for PingConfig {
    fn default() -> Self {
        Self { interval: Duration::from_secs(10), timeout: Duration::from_secs(5), threshold: 2 }
    }
}

/// `bridgeChannel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeChannelConfig {
    /// The data channel rather than a WebSocket, when both are offered.
    pub prefer_sctp: bool,
    /// Offered WebSockets on this host are to be left alone.
    pub ignore_domain: Option<String>,
}

impl Default for BridgeChannelConfig {
    fn default() -> Self {
        Self { prefer_sctp: true, ignore_domain: None }
    }
}

/// `p2p`, apart from the switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct P2pConfig {
    /// `stun:` addresses the deployment names.
    pub stun_servers: Vec<String>,
    /// `iceTransportPolicy` is `relay`: never show an address to the other person.
    pub relay_only: bool,
    /// `backToP2PDelay`: wait this long after the third person left.
    pub back_to_p2p_delay: Duration,
    /// Codecs, most wanted first, in upper case.
    pub codec_preference: Vec<String>,
    /// The same on phones.
    pub mobile_codec_preference: Vec<String>,
}

/// What is off, or not there at all, when joining.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartConfig {
    /// `startWithAudioMuted`.
    pub audio: bool,
    /// `startWithVideoMuted`.
    pub video: bool,
    /// `startAudioMuted`: the n-th participant and later ones join with the microphone off.
    pub audio_from: Option<u32>,
    /// `startVideoMuted`: likewise for the camera.
    pub video_from: Option<u32>,
    /// `startAudioOnly`: no video in either direction.
    pub audio_only: bool,
    /// `startSilent`: no sound in either direction.
    pub silent: bool,
}

/// `lobby`, its older forms, and what `securityUi` says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LobbyConfig {
    /// Knock without asking first.
    pub auto_knock: bool,
    /// A chat between the lobby and the moderators.
    pub chat: bool,
    /// Do not offer to switch the lobby on.
    pub hide_button: bool,
}

impl Default for LobbyConfig {
    fn default() -> Self {
        Self { auto_knock: false, chat: true, hide_button: false }
    }
}

/// `prejoinConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrejoinConfig {
    /// Show the page before joining.
    pub enabled: bool,
    /// Leave the name field off it.
    pub hide_display_name: bool,
}

impl Default for PrejoinConfig {
    fn default() -> Self {
        Self { enabled: true, hide_display_name: false }
    }
}

/// How the media may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceConfig {
    /// `useTurnUdp`: relays over UDP are welcome towards the bridge.
    pub use_turn_udp: bool,
    /// `forceTurnRelay`: relays only.
    pub force_turn_relay: bool,
    /// `enableIceRestart`: the server can restart a session in place.
    pub restart: bool,
    /// `enableIceRestartOnNetworkChange`.
    pub restart_on_network_change: bool,
}

impl Default for IceConfig {
    fn default() -> Self {
        Self { use_turn_udp: false, force_turn_relay: false, restart: false, restart_on_network_change: true }
    }
}
