//! Whole files of both dialects, what is made of them, and what is refused.

use std::time::Duration;

use serde_json::json;

use super::*;

mod dialects;
mod hostile;
mod seeds;

fn address(link: &str) -> MeetingAddress {
    treff_link::parse(link, None).expect("a valid link")
}

fn standup() -> MeetingAddress {
    address("https://meet.example.org/Standup")
}

fn read(config_js: &str) -> Deployment {
    parse(config_js, &standup()).expect("a deployment")
}

#[test]
fn the_address_of_the_configuration() {
    let table = [
        ("https://meet.example.org/Standup", "https://meet.example.org/config.js?room=standup"),
        (
            "https://meet.example.org:8443/Team/Standup",
            "https://meet.example.org:8443/Team/config.js?room=standup",
        ),
        (
            "https://meet.example.org/Bürgerrat?release=1234",
            "https://meet.example.org/config.js?room=b%c3%bcrgerrat&release=1234",
        ),
    ];
    for (link, url) in table {
        assert_eq!(config_url(&address(link)), url);
    }
}

#[test]
fn without_a_file_the_usual_holds() {
    let deployment = defaults(&standup());
    assert_eq!(deployment.domain, "meet.example.org");
    assert_eq!(deployment.muc, "conference.meet.example.org");
    assert_eq!(deployment.focus, "focus.meet.example.org");
    assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org/xmpp-websocket"));
    assert_eq!(deployment.bosh.as_deref(), Some("https://meet.example.org/http-bind"));
    assert!(deployment.p2p_enabled && deployment.raw.is_null());
    let tenant = defaults(&address("https://meet.example.org:8443/My.Team/Standup"));
    assert_eq!(tenant.muc, "conference.my_team.meet.example.org");
    assert_eq!(tenant.websocket.as_deref(), Some("wss://meet.example.org:8443/My.Team/xmpp-websocket"));
}

#[test]
fn the_smallest_file_gets_every_default() {
    let deployment = read("var config = { hosts: { domain: 'meet.jitsi' } };");
    let ping =
        PingConfig { interval: Duration::from_secs(10), timeout: Duration::from_secs(5), threshold: 2 };
    assert_eq!(deployment.ping, ping);
    assert_eq!(deployment.bridge_channel, BridgeChannelConfig { prefer_sctp: true, ignore_domain: None });
    assert_eq!(deployment.muc, "conference.meet.jitsi");
    assert_eq!(deployment.focus, "focus.meet.jitsi");
    assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org/xmpp-websocket"));
    assert_eq!(deployment.video.codec_preference, ["AV1", "VP9", "VP8", "H264"]);
    assert_eq!(deployment.video.mobile_codec_preference, ["VP8", "VP9", "H264", "AV1"]);
    assert_eq!(deployment.video.max_bitrates["VP8"].high, 1_500_000);
    assert_eq!(deployment.p2p.back_to_p2p_delay, Duration::from_secs(5));
    assert!(deployment.p2p.stun_servers.is_empty(), "no third party unless the deployment names it");
    assert!(deployment.lobby.chat && !deployment.lobby.auto_knock && deployment.prejoin.enabled);
    assert!(deployment.enable_tcc && deployment.enable_remb && deployment.websocket_resume);
    assert!(
        deployment.ice.restart_on_network_change && !deployment.ice.restart && !deployment.ice.use_turn_udp
    );
}

#[test]
fn every_typed_key_is_read() {
    let deployment = read(
        "var config = {
            hosts: { domain: 'Meet.Jitsi', muc: 'MUC.Meet.Jitsi', anonymousdomain: 'guest.meet.jitsi',
                authdomain: 'meet.jitsi', focus: 'focus.other.jitsi' },
            focusUserJid: 'focus@auth.meet.jitsi', hiddenDomain: 'hidden.meet.jitsi',
            websocket: 'wss://xmpp.example.org/ws', bosh: '//xmpp.example.org/http-bind', preferBosh: true,
            enableWebsocketResume: false, conferenceRequestUrl: '/conference-request/v1',
            xmppPing: { interval: 20000, timeout: 8000, threshold: 3 },
            bridgeChannel: { preferSctp: false, ignoreDomain: 'jvb.example.org' },
            p2p: { enabled: false, iceTransportPolicy: 'relay', backToP2PDelay: 9,
                stunServers: [{ urls: 'stun:a.example:443' }, { urls: ['stun:b.example'] }, 'stuns:c.example', { urls: 'http:x' }],
                codecPreferenceOrder: ['vp9'], mobileCodecPreferenceOrder: ['H264', 'VP8'] },
            videoQuality: { codecPreferenceOrder: ['VP9', 'VP8'], mobileCodecPreferenceOrder: ['vp8'],
                preferredCodec: 'vp9', disabledCodec: 'h264',
                vp9: { maxBitratesVideo: { low: 111000, fullHd: '2222000', ultraHd: -5 }, scalabilityModeEnabled: true, useKSVC: false },
                maxBitratesVideo: { VP8: { standard: 444000 } } },
            channelLastN: 20, startLastN: 1, lastNLimits: { 5: 20, '30': 15, x: 1 },
            resolution: 1080, disableSimulcast: true, disableRtx: true, enableOpusRed: true, enableTcc: false, enableRemb: false,
            startWithAudioMuted: true, startWithVideoMuted: true, startAudioMuted: 10, startVideoMuted: 11,
            startAudioOnly: true, startSilent: true,
            useTurnUdp: true, forceTurnRelay: true, enableIceRestart: true, enableIceRestartOnNetworkChange: false,
            lobby: { autoKnock: true, enableChat: false }, securityUi: { hideLobbyButton: true },
            prejoinConfig: { enabled: false, hideDisplayName: true }, requireDisplayName: 'true',
        };",
    );
    assert_eq!((deployment.domain.as_str(), deployment.muc.as_str()), ("meet.jitsi", "muc.meet.jitsi"));
    assert_eq!(deployment.anonymous_domain.as_deref(), Some("guest.meet.jitsi"));
    assert_eq!(deployment.auth_domain.as_deref(), Some("meet.jitsi"));
    assert_eq!(deployment.focus, "focus.other.jitsi");
    assert_eq!(deployment.focus_user_jid.as_deref(), Some("focus@auth.meet.jitsi"));
    assert_eq!(deployment.hidden_domain.as_deref(), Some("hidden.meet.jitsi"));
    assert_eq!(deployment.websocket.as_deref(), Some("wss://xmpp.example.org/ws"));
    assert_eq!(deployment.bosh.as_deref(), Some("https://xmpp.example.org/http-bind"));
    assert_eq!(
        deployment.conference_request_url.as_deref(),
        Some("https://meet.example.org/conference-request/v1")
    );
    assert!(deployment.prefer_bosh && !deployment.websocket_resume);
    assert_eq!((deployment.ping.interval.as_secs(), deployment.ping.timeout.as_secs()), (20, 8));
    assert_eq!(deployment.ping.threshold, 3);
    assert!(!deployment.bridge_channel.prefer_sctp);
    assert_eq!(deployment.bridge_channel.ignore_domain.as_deref(), Some("jvb.example.org"));
    assert!(!deployment.p2p_enabled && deployment.p2p.relay_only);
    assert_eq!(deployment.p2p.stun_servers, ["stun:a.example:443", "stun:b.example", "stuns:c.example"]);
    assert_eq!(deployment.p2p.codec_preference, ["VP9"]);
    assert_eq!(deployment.p2p.mobile_codec_preference, ["H264", "VP8"]);
    assert_eq!(deployment.p2p.back_to_p2p_delay, Duration::from_secs(9));
    assert_eq!(deployment.video.codec_preference, ["VP9", "VP8"]);
    assert_eq!(deployment.video.mobile_codec_preference, ["VP8"]);
    assert_eq!(deployment.video.preferred_codec.as_deref(), Some("VP9"));
    assert_eq!(deployment.video.disabled_codec.as_deref(), Some("H264"));
    let vp9 = deployment.video.max_bitrates["VP9"];
    assert_eq!((vp9.low, vp9.standard, vp9.full_hd, vp9.ultra_hd), (111_000, 300_000, 2_222_000, 5_000_000));
    assert_eq!(deployment.video.max_bitrates["VP8"].standard, 444_000);
    let layering = Layering { scalability_mode: Some(true), use_simulcast: None, use_ksvc: Some(false) };
    assert_eq!(deployment.video.layering.get("VP9"), Some(&layering));
    assert_eq!((deployment.channel_last_n, deployment.start_last_n), (Some(20), Some(1)));
    assert_eq!(deployment.last_n_limits.into_iter().collect::<Vec<_>>(), [(5, 20), (30, 15)]);
    assert_eq!(deployment.resolution, Some(1080));
    assert!(deployment.disable_simulcast && deployment.disable_rtx && deployment.enable_opus_red);
    assert!(!deployment.enable_tcc && !deployment.enable_remb);
    let start = StartConfig {
        audio: true,
        video: true,
        audio_from: Some(10),
        video_from: Some(11),
        audio_only: true,
        silent: true,
    };
    assert_eq!(deployment.start_muted, start);
    assert!(deployment.ice.use_turn_udp && deployment.ice.force_turn_relay && deployment.ice.restart);
    assert!(!deployment.ice.restart_on_network_change);
    assert_eq!(deployment.lobby, LobbyConfig { auto_knock: true, chat: false, hide_button: true });
    assert_eq!(deployment.prejoin, PrejoinConfig { enabled: false, hide_display_name: true });
    assert!(deployment.require_display_name);
    assert_eq!(deployment.raw["p2p"]["backToP2PDelay"], json!(9));
}

#[test]
fn older_keys_still_count() {
    let deployment = read(
        "var config = { bosh: '/http-bind', autoKnockLobby: true, enableLobbyChat: false, hideLobbyButton: true,
            prejoinPageEnabled: false, constraints: { video: { height: { ideal: 540, max: 720 } } } };",
    );
    assert_eq!(deployment.lobby, LobbyConfig { auto_knock: true, chat: false, hide_button: true });
    assert!(!deployment.prejoin.enabled);
    assert_eq!(deployment.resolution, Some(540));
    assert_eq!(deployment.websocket, None, "it names BOSH and nothing else");
    assert_eq!(deployment.websocket_guess, "wss://meet.example.org/xmpp-websocket");
}

#[test]
fn addresses_become_absolute() {
    let table = [
        ("wss://xmpp.example.org/ws", Some("wss://xmpp.example.org/ws")),
        ("https://xmpp.example.org/ws", Some("wss://xmpp.example.org/ws")),
        ("//xmpp.example.org/ws", Some("wss://xmpp.example.org/ws")),
        ("/ws", Some("wss://meet.example.org:8443/ws")),
        ("ws", Some("wss://meet.example.org:8443/Team/ws")),
        ("wss://xmpp.example.org/ws?room=other&node=1#x", Some("wss://xmpp.example.org/ws?node=1")),
        ("wss://xmpp.example.org/ws?room=other", Some("wss://xmpp.example.org/ws")),
        ("wss://ada:pw@xmpp.example.org/ws", Some("wss://xmpp.example.org/ws")),
        ("ws://xmpp.example.org/ws", None),
        ("http://xmpp.example.org/ws", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("wss://", None),
        ("wss://exa mple/ws", None),
    ];
    let address = address("https://meet.example.org:8443/Team/Standup");
    for (value, expected) in table {
        let source = format!("var config = {{ bosh: '/http-bind', websocket: '{value}' }};");
        let deployment = parse(&source, &address).expect("BOSH remains");
        assert_eq!(deployment.websocket.as_deref(), expected, "{value}");
        assert_eq!(deployment.bosh.as_deref(), Some("https://meet.example.org:8443/http-bind"));
    }
}

#[test]
fn parameters_follow_what_is_there() {
    assert_eq!(with_parameters("wss://a/x", &[("room", "r"), ("token", "t")]), "wss://a/x?room=r&token=t");
    assert_eq!(with_parameters("wss://a/x?node=1", &[("room", "r")]), "wss://a/x?node=1&room=r");
    assert_eq!(with_parameters("wss://a/x", &[]), "wss://a/x");
}

#[test]
fn a_link_overrides_what_it_may() {
    let link = "https://meet.example.org/Standup#config.startWithAudioMuted=true&config.p2p.enabled=false\
        &config.resolution=180&config.prejoinConfig.enabled=false&config.hosts.domain=\"evil.example\"\
        &config.websocket=\"wss://evil.example/\"";
    let source =
        "var config = { hosts: { domain: 'meet.jitsi' }, websocket: '/xmpp-websocket', resolution: 720 };";
    let deployment = parse(source, &address(link)).expect("a deployment");
    assert!(deployment.start_muted.audio && !deployment.p2p_enabled && !deployment.prejoin.enabled);
    assert_eq!(deployment.resolution, Some(180));
    assert_eq!(deployment.domain, "meet.jitsi");
    assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org/xmpp-websocket"));
    assert_eq!(deployment.raw["resolution"], json!(720));
    assert!(defaults(&address(link)).start_muted.audio);
}

#[test]
fn it_survives_being_written_and_read() {
    let deployment =
        read("var config = { hosts: { domain: 'meet.jitsi' }, lastNLimits: { 5: 20 }, x: [1.5, null] };");
    let json = serde_json::to_string(&deployment).expect("it can be written");
    assert_eq!(serde_json::from_str::<Deployment>(&json).expect("and read"), deployment);
}
