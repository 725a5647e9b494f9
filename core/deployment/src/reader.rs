//! From the parsed configuration to a [`Deployment`]: names of keys, their older forms, and what holds without them.

use std::time::Duration;

use serde_json::Value as Json;
use treff_link::MeetingAddress;

use crate::deployment::{
    BridgeChannelConfig, Deployment, IceConfig, LobbyConfig, P2pConfig, PingConfig, PrejoinConfig,
    StartConfig,
};
use crate::error::DeploymentError;
use crate::quality::{VideoQuality, p2p_codecs};
use crate::tree::{Tree, as_integer};
use crate::urls::{Purpose, resolve};

/// Any of these makes a `config` a Jitsi deployment's.
const SIGNS: &[&str] = &["hosts", "bosh", "websocket"];

/// RFC 7622: each part of a JID has at most 1023 bytes.
const MAX_JID_PART_BYTES: usize = 1023;
const MAX_STUN_SERVERS: usize = 16;

pub(crate) fn read(raw: Json, address: &MeetingAddress) -> Result<Deployment, DeploymentError> {
    let config = Tree::new(&raw);
    if !SIGNS.iter().any(|sign| config.has(sign)) {
        return Err(DeploymentError::NotJitsi);
    }
    let mut deployment = typed(config, address);
    if deployment.websocket.is_none() && deployment.bosh.is_none() {
        if config.text("websocket").is_some() || config.text("bosh").is_some() {
            return Err(DeploymentError::UnsafeAddress);
        }
        add_usual_addresses(&mut deployment, address);
    }
    deployment.raw = raw;
    Ok(deployment)
}

pub(crate) fn defaults(address: &MeetingAddress) -> Deployment {
    let mut deployment = typed(Tree::new(&Json::Null), address);
    add_usual_addresses(&mut deployment, address);
    deployment
}

/// The paths of the packaged web server configuration.
fn add_usual_addresses(deployment: &mut Deployment, address: &MeetingAddress) {
    deployment.websocket = Some(deployment.websocket_guess.clone());
    deployment.bosh = resolve("http-bind", &address.base_url(), Purpose::Http).ok();
}

fn typed(config: Tree<'_>, address: &MeetingAddress) -> Deployment {
    let base = address.base_url();
    let hosts = config.at("hosts");
    let domain = hosts.text("domain").and_then(domain).unwrap_or_else(|| address.host().to_owned());
    let muc = hosts.text("muc").and_then(self::domain).unwrap_or_else(|| usual_muc(&domain, address));
    let url = |key: &str, purpose| config.text(key).and_then(|value| resolve(value, &base, purpose).ok());
    let guess = resolve("xmpp-websocket", &base, Purpose::WebSocket);
    let p2p = config.at("p2p");
    Deployment {
        anonymous_domain: hosts.text("anonymousdomain").and_then(self::domain),
        auth_domain: hosts.text("authdomain").and_then(self::domain),
        focus: hosts.text("focus").and_then(jid).unwrap_or_else(|| format!("focus.{domain}")),
        focus_user_jid: config.text("focusUserJid").and_then(jid),
        websocket: url("websocket", Purpose::WebSocket),
        websocket_guess: guess.unwrap_or_else(|_| format!("wss://{}/xmpp-websocket", address.host())),
        bosh: url("bosh", Purpose::Http),
        prefer_bosh: config.flag("preferBosh").unwrap_or(false),
        websocket_resume: config.flag("enableWebsocketResume").unwrap_or(true),
        conference_request_url: url("conferenceRequestUrl", Purpose::Http),
        ping: ping(config.at("xmppPing")),
        bridge_channel: BridgeChannelConfig {
            prefer_sctp: config.at("bridgeChannel").flag("preferSctp").unwrap_or(true),
            ignore_domain: config.at("bridgeChannel").text("ignoreDomain").and_then(self::domain),
        },
        p2p_enabled: p2p.flag("enabled").unwrap_or(true),
        p2p: peer_to_peer(p2p),
        video: VideoQuality::read(config),
        channel_last_n: last_n(config, "channelLastN"),
        start_last_n: last_n(config, "startLastN"),
        last_n_limits: config
            .at("lastNLimits")
            .members()
            .filter_map(|(people, limit)| Some((people.parse().ok()?, as_integer(limit)?.try_into().ok()?)))
            .collect(),
        resolution: resolution(config),
        disable_simulcast: config.flag("disableSimulcast").unwrap_or(false),
        disable_rtx: config.flag("disableRtx").unwrap_or(false),
        enable_opus_red: config.flag("enableOpusRed").unwrap_or(false),
        enable_tcc: config.flag("enableTcc").unwrap_or(true),
        enable_remb: config.flag("enableRemb").unwrap_or(true),
        start_muted: start(config),
        lobby: lobby(config),
        prejoin: prejoin(config),
        require_display_name: config.flag("requireDisplayName").unwrap_or(false),
        hidden_domain: config.text("hiddenDomain").and_then(self::domain),
        ice: ice(config),
        raw: Json::Null,
        domain,
        muc,
    }
}

/// `conference.example.org`, and with a tenant `conference.tenant.example.org`.
fn usual_muc(domain: &str, address: &MeetingAddress) -> String {
    let tenant =
        address.tenant().filter(|tenant| !tenant.contains('/')).map(|tenant| tenant.replace('.', "_"));
    tenant
        .and_then(|tenant| self::domain(&format!("conference.{tenant}.{domain}")))
        .unwrap_or_else(|| format!("conference.{domain}"))
}

/// A name that can stand in an XMPP address, in lower case.
fn domain(text: &str) -> Option<String> {
    let valid = text.len() <= MAX_JID_PART_BYTES
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    valid.then(|| text.to_lowercase())
}

/// `domain` or `name@domain`.
fn jid(text: &str) -> Option<String> {
    let Some((name, host)) = text.split_once('@') else { return domain(text) };
    let valid = !name.is_empty()
        && name.len() <= MAX_JID_PART_BYTES
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || "\"&'/:<>@".contains(c));
    Some(format!("{}@{}", name.to_lowercase(), domain(host)?)).filter(|_| valid)
}

fn ping(config: Tree<'_>) -> PingConfig {
    let usual = PingConfig::default();
    let duration = |key: &str, usual: Duration| {
        config.number::<u32>(key).filter(|ms| *ms >= 500).map_or(usual, |ms| Duration::from_millis(ms.into()))
    };
    PingConfig {
        interval: duration("interval", usual.interval),
        timeout: duration("timeout", usual.timeout),
        threshold: config.number("threshold").filter(|threshold| *threshold > 0).unwrap_or(usual.threshold),
    }
}

fn peer_to_peer(p2p: Tree<'_>) -> P2pConfig {
    let (codec_preference, mobile_codec_preference) = p2p_codecs(p2p);
    let servers = p2p.at("stunServers").json().as_array().map(Vec::as_slice).unwrap_or_default();
    let stun_servers = servers
        .iter()
        .flat_map(|server| match server {
            Json::String(url) => vec![url.as_str()],
            server => Tree::new(server).texts("urls"),
        })
        .map(str::trim)
        .filter(|url| url.starts_with("stun:") || url.starts_with("stuns:"))
        .map(str::to_owned)
        .take(MAX_STUN_SERVERS)
        .collect();
    P2pConfig {
        stun_servers,
        relay_only: p2p.text("iceTransportPolicy") == Some("relay"),
        back_to_p2p_delay: Duration::from_secs(p2p.number::<u32>("backToP2PDelay").unwrap_or(5).into()),
        codec_preference,
        mobile_codec_preference,
    }
}

fn last_n(config: Tree<'_>, key: &str) -> Option<i32> {
    config.number(key).filter(|n| *n >= -1)
}

fn resolution(config: Tree<'_>) -> Option<u16> {
    let height = config.at("constraints").at("video").at("height");
    config
        .number("resolution")
        .or_else(|| height.number("ideal"))
        .or_else(|| height.number("max"))
        .or_else(|| config.at("constraints").at("video").number("height"))
        .filter(|height| *height > 0)
}

fn lobby(config: Tree<'_>) -> LobbyConfig {
    let section = config.at("lobby");
    let usual = LobbyConfig::default();
    LobbyConfig {
        auto_knock: section
            .flag("autoKnock")
            .or_else(|| config.flag("autoKnockLobby"))
            .unwrap_or(usual.auto_knock),
        chat: section.flag("enableChat").or_else(|| config.flag("enableLobbyChat")).unwrap_or(usual.chat),
        hide_button: config
            .at("securityUi")
            .flag("hideLobbyButton")
            .or_else(|| config.flag("hideLobbyButton"))
            .unwrap_or(usual.hide_button),
    }
}

fn start(config: Tree<'_>) -> StartConfig {
    StartConfig {
        audio: config.flag("startWithAudioMuted").unwrap_or(false),
        video: config.flag("startWithVideoMuted").unwrap_or(false),
        audio_from: config.number("startAudioMuted"),
        video_from: config.number("startVideoMuted"),
        audio_only: config.flag("startAudioOnly").unwrap_or(false),
        silent: config.flag("startSilent").unwrap_or(false),
    }
}

fn prejoin(config: Tree<'_>) -> PrejoinConfig {
    PrejoinConfig {
        enabled: config
            .at("prejoinConfig")
            .flag("enabled")
            .or_else(|| config.flag("prejoinPageEnabled"))
            .unwrap_or(true),
        hide_display_name: config.at("prejoinConfig").flag("hideDisplayName").unwrap_or(false),
    }
}

fn ice(config: Tree<'_>) -> IceConfig {
    IceConfig {
        use_turn_udp: config.flag("useTurnUdp").unwrap_or(false),
        force_turn_relay: config.flag("forceTurnRelay").unwrap_or(false),
        restart: config.flag("enableIceRestart").unwrap_or(false),
        restart_on_network_change: config.flag("enableIceRestartOnNetworkChange").unwrap_or(true),
    }
}
