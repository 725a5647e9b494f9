//! Files in the shape that packages and container images write them, with names of our own.

use super::*;

/// As the Debian package writes it: one literal, server-side includes, a note behind each line.
const PACKAGED: &str = include_str!("../../fixtures/packaged.js");
/// As the container image writes it: an empty object and assignments.
const CONTAINER: &str = include_str!("../../fixtures/container.js");
/// Before there were tenants: includes in the middle of addresses.
const OLDER: &str = include_str!("../../fixtures/older.js");

/// What nginx makes of the includes for a tenant.
fn included(source: &str, subdir: &str, subdomain: &str) -> String {
    source
        .replace("<!--# echo var=\"subdir\" default=\"\" -->", subdir)
        .replace("<!--# echo var=\"subdomain\" default=\"\" -->", subdomain)
}

#[test]
fn the_packaged_dialect_with_and_without_includes_done() {
    for source in [PACKAGED.to_owned(), included(PACKAGED, "", "")] {
        let deployment = read(&source);
        assert_eq!(deployment.domain, "meet.example.org");
        assert_eq!(deployment.muc, "conference.meet.example.org");
        assert_eq!(deployment.bosh.as_deref(), Some("https://meet.example.org/http-bind"));
        assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org/xmpp-websocket"));
        assert_eq!(deployment.p2p.stun_servers, ["stun:stun.example.org:443"]);
        assert_eq!(deployment.channel_last_n, Some(-1));
        assert_eq!(deployment.raw["flags"], json!({"sourceNameSignaling": true}));
        assert_eq!(deployment.raw["mouseMoveCallbackInterval"], json!(1000));
        assert!(deployment.raw.get("dialInNumbersUrl").is_none(), "its guard is false");
    }
}

#[test]
fn the_packaged_dialect_for_a_tenant() {
    let source = included(PACKAGED, "My.Team/", "My.Team.");
    let deployment =
        parse(&source, &address("https://meet.example.org/My.Team/Standup")).expect("a deployment");
    assert_eq!(deployment.muc, "conference.my_team.meet.example.org");
    assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org/My.Team/xmpp-websocket"));
    assert_eq!(deployment.bosh.as_deref(), Some("https://meet.example.org/My.Team/http-bind"));
}

#[test]
fn the_container_dialect_with_and_without_includes_done() {
    for source in [CONTAINER.to_owned(), included(CONTAINER, "", "")] {
        let deployment = read(&source);
        assert_eq!(deployment.domain, "meet.jitsi");
        assert_eq!(deployment.muc, "muc.meet.jitsi");
        assert_eq!(deployment.anonymous_domain.as_deref(), Some("guest.meet.jitsi"));
        assert_eq!(deployment.bosh.as_deref(), Some("https://meet.example.org:8443/http-bind"));
        assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org:8443/xmpp-websocket"));
        assert!(deployment.bridge_channel.prefer_sctp);
        assert_eq!(deployment.resolution, Some(720));
        assert_eq!(deployment.start_muted.audio_from, Some(10));
        assert_eq!(deployment.p2p.stun_servers, ["stun:one.example.org:443", "stun:two.example.org:443"]);
        assert_eq!(deployment.hidden_domain.as_deref(), Some("hidden.meet.jitsi"));
        assert_eq!(deployment.video.codec_preference, ["AV1", "VP9", "VP8", "H264"]);
        assert!(
            !deployment.enable_remb && deployment.ice.restart && !deployment.ice.restart_on_network_change
        );
        assert_eq!(
            deployment.raw["analytics"]["rtcstatsEndpoint"],
            json!("wss://meet.example.org:8443/rtcstats-ws")
        );
        assert_eq!(
            deployment.raw["testing"],
            json!({"assumeBandwidth": true}),
            "what the operator added at the end"
        );
    }
}

#[test]
fn the_container_dialect_for_a_tenant() {
    let source = included(CONTAINER, "team.one/", "team.one.");
    let deployment =
        parse(&source, &address("https://meet.example.org:8443/team.one/Standup")).expect("a deployment");
    assert_eq!(deployment.muc, "muc.team_one.meet.jitsi");
    assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org:8443/team.one/xmpp-websocket"));
}

#[test]
fn the_older_dialect() {
    for source in [OLDER.to_owned(), included(OLDER, "", "")] {
        let deployment = read(&source);
        assert_eq!(deployment.domain, "meet.example.org");
        assert_eq!(deployment.muc, "conference.meet.example.org");
        assert_eq!(deployment.bosh.as_deref(), Some("https://meet.example.org/http-bind"));
        assert!(!deployment.p2p_enabled);
    }
}

#[test]
fn addresses_made_from_the_pages_own() {
    let deployment = read(
        "const host = window.location.hostname;
        window.config = { hosts: { domain: host, muc: `conference.${host}` },
            websocket: 'wss://' + location.host + '/xmpp-websocket' };",
    );
    assert_eq!(deployment.muc, "conference.meet.example.org");
    assert_eq!(deployment.websocket.as_deref(), Some("wss://meet.example.org/xmpp-websocket"));
}
