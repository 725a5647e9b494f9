use super::*;
use crate::bridge::messages::ReceiveConstraints;
use crate::event::MutedMedium;
use crate::ids::{MediaKind, VideoType};
use crate::jingle::sources;
use crate::session::LocalSource;

fn screen() -> LocalSource {
    LocalSource {
        name: EndpointId::new("ada00001").screen_source(),
        kind: MediaKind::Video,
        ssrcs: vec![Ssrc(400)],
        rtx: vec![Ssrc(401)],
        video_type: VideoType::Desktop,
    }
}

#[test]
fn an_offer_is_answered_and_sources_come_and_go() {
    let mut scene = Scene::in_the_room();
    scene.offer("s1");
    assert_eq!(scene.sent("iq")[0].attr("type"), Some("result"));
    assert_eq!(names(&scene.events), ["SessionOffered"]);
    scene.accept("s1");
    let iq = scene.request("jingle");
    assert_eq!(iq.attr("to"), Some("garden@conference.meet.example/focus"));
    let accept = iq.get_child("jingle", ns::JINGLE).unwrap();
    assert_eq!((accept.attr("action"), accept.attr("sid")), (Some("session-accept"), Some("s1")));
    assert_eq!(accept.attr("responder"), Some(scene.me.as_str()));
    let contents: Vec<_> = accept.children_of("content", ns::JINGLE).filter_map(|c| c.attr("name")).collect();
    assert_eq!(contents, ["audio", "video", "data"]);
    let own = sources::parse(accept).unwrap();
    assert_eq!(own[0].name.as_str(), "ada00001-a0");
    assert_eq!(own[1].ssrcs, [Ssrc(201), Ssrc(202), Ssrc(203)]);
    assert_eq!(own[1].rtx.len(), 3);
    assert_ne!(own[0].msid, own[1].msid);

    scene.told();
    scene.result(&iq, "");
    assert_eq!(scene.told(), [Event::SessionAccepted]);
    scene.wait(SECOND);
    let info = scene.sent("presence")[0].child_text("SourceInfo").unwrap();
    assert_eq!(info, r#"{"ada00001-a0":{"muted":false},"ada00001-v0":{"muted":false}}"#);

    scene.jingle("focus", &change("source-add", "s1", &camera("ben00002", 7)));
    scene.jingle("focus", &change("source-add", "s1", &camera("ben00002", 7)));
    scene.jingle("focus", &change("source-remove", "s1", &camera("ben00002", 7)));
    scene.jingle("focus", &change("source-remove", "s1", &camera("ben00002", 7)));
    assert_eq!(names(&scene.told()), ["SourcesAdded", "SourcesRemoved"]);
    assert!(scene.sent("iq").iter().all(|iq| iq.attr("type") != Some("error")));
}

#[test]
fn who_leaves_takes_their_sources_along() {
    let mut scene = Scene::in_a_call();
    scene.jingle("focus", &change("source-add", "s1", &camera("ben00002", 7)));
    scene.leaves("ben00002");
    scene.jingle("focus", &change("source-remove", "s1", &camera("ben00002", 7)));
    assert_eq!(names(&scene.told()), ["SourcesAdded", "ParticipantLeft"]);
}

#[test]
fn only_the_focus_may_offer() {
    let mut scene = Scene::in_the_room();
    scene.jingle("ben00002", &offer("p2p"));
    let declined = scene.request("jingle");
    let reason = declined.child_named("jingle").and_then(|j| j.get_child("reason", ns::JINGLE)).unwrap();
    assert!(reason.has_child("decline", ns::JINGLE));
    assert_eq!(scene.conference.stats().untrusted_stanzas, 0);
    scene.hear(&format!(
        "<iq xmlns='jabber:client' type='set' id='x' from='mallory@evil.example/x'>{}</iq>",
        offer("bad")
    ));
    let refused = scene.request("jingle");
    let reason = refused.child_named("jingle").and_then(|j| j.get_child("reason", ns::JINGLE)).unwrap();
    assert!(reason.has_child("security-error", ns::JINGLE));
    assert_eq!(scene.conference.stats().untrusted_stanzas, 1);
    assert_eq!(scene.told(), []);
}

#[test]
fn stanzas_that_fit_no_session_are_errors() {
    let mut scene = Scene::in_a_call();
    let condition = |scene: &mut Scene, jingle: &str| {
        scene.jingle("focus", jingle);
        let iq = scene.sent("iq").remove(0);
        iq.child_named("error").and_then(|error| error.children().next()).map(|child| child.name().to_owned())
    };
    assert_eq!(condition(&mut scene, &change("source-add", "other", "")).as_deref(), Some("item-not-found"));
    assert_eq!(condition(&mut scene, &change("dance", "s1", "")).as_deref(), Some("bad-request"));
    assert_eq!(condition(&mut scene, &offer("s1")).as_deref(), Some("service-unavailable"));
    assert_eq!(condition(&mut scene, &change("session-initiate", "s2", "")).as_deref(), Some("bad-request"));
    assert_eq!(condition(&mut scene, &change("transport-info", "s1", "")), None);
    assert_eq!(scene.told(), []);
}

#[test]
fn the_call_moves_to_another_bridge() {
    let mut scene = Scene::in_a_call();
    let moving = "<reason><success/><text>moving</text></reason>";
    scene.jingle("focus", &change("session-terminate", "s1", moving));
    scene.offer("s2");
    assert_eq!(scene.events[0], Event::SessionTerminated { reason: "success".into(), moving: true });
    assert_eq!(names(&scene.events), ["SessionTerminated", "SessionOffered"]);
    scene.accept("s2");
    scene.request("jingle");
}

#[test]
fn alone_again_the_session_ends_for_now() {
    let mut scene = Scene::in_a_call();
    scene.jingle("focus", &change("session-terminate", "s1", "<reason><expired/></reason>"));
    assert_eq!(scene.told(), [Event::SessionTerminated { reason: "expired".into(), moving: false }]);
}

#[test]
fn a_replaced_transport_is_accepted_on_the_same_session() {
    let mut scene = Scene::in_a_call();
    scene.jingle("focus", &offer("s1").replace("session-initiate", "transport-replace"));
    assert_eq!(names(&scene.events), ["SessionTerminated", "SessionOffered"]);
    scene.accept("s1");
    let iq = scene.request("jingle");
    assert_eq!(iq.child_named("jingle").unwrap().attr("action"), Some("transport-accept"));
}

#[test]
fn a_failed_transport_asks_for_a_fresh_session_at_a_measured_pace() {
    let mut scene = Scene::in_a_call();
    scene.act(Conference::restart_session);
    let iq = scene.request("jingle");
    let jingle = iq.child_named("jingle").unwrap();
    assert_eq!(jingle.attr("action"), Some("session-terminate"));
    let bridge = jingle.get_child("bridge-session", ns::FOCUS).unwrap();
    assert_eq!(
        (bridge.attr("id"), bridge.attr("restart")),
        (Some("c7599cfb-516b-4316-bf2c-36ba604d4680"), Some("true"))
    );
    scene.result(&iq, "");
    assert_eq!(
        scene.told(),
        [Event::SessionTerminated { reason: "connectivity-error".into(), moving: true }]
    );
    scene.offer("s2");
    scene.accept("s2");
    scene.forget();
    scene.act(Conference::restart_session);
    assert!(scene.frames.is_empty());
    scene.wait(5 * SECOND);
    scene.request("jingle");
}

#[test]
fn a_refused_restart_is_tried_again() {
    let mut scene = Scene::in_a_call();
    scene.act(Conference::restart_session);
    let iq = scene.request("jingle");
    scene.error(&iq, "resource-constraint");
    assert!(matches!(&scene.told()[..], [Event::Warning(Warning::RestartRefused { .. })]));
    scene.wait(10 * SECOND);
    scene.request("jingle");
}

/// The focus was about to move everybody, and forgot the session before our request came.
#[test]
fn a_session_that_the_focus_replaces_already_is_not_worth_a_warning() {
    let mut scene = Scene::in_a_call();
    scene.act(Conference::restart_session);
    let iq = scene.request("jingle");
    scene.error(&iq, "item-not-found");
    assert_eq!(scene.told(), [Event::SessionTerminated { reason: "item-not-found".into(), moving: true }]);
    scene.offer("s2");
    scene.accept("s2");
    assert_eq!(names(&scene.told()), ["SessionOffered"]);
}

#[test]
fn a_session_that_is_forgotten_and_never_replaced_is_told() {
    let mut scene = Scene::in_a_call();
    scene.act(Conference::restart_session);
    let iq = scene.request("jingle");
    scene.error(&iq, "item-not-found");
    scene.forget();
    scene.no_offer_comes();
}

#[test]
fn a_full_stage_is_joined_without_sources() {
    let mut scene = Scene::in_the_room();
    scene.offer("s1");
    scene.accept("s1");
    let iq = scene.request("jingle");
    scene.told();
    scene.error(&iq, "resource-constraint");
    assert_eq!(scene.told(), [Event::Warning(Warning::SenderLimitReached { kind: None })]);
    let again = scene.request("jingle");
    assert_eq!(sources::parse(again.child_named("jingle").unwrap()), Ok(Vec::new()));
    scene.result(&again, "");
    assert_eq!(scene.told(), [Event::SessionAccepted]);
}

#[test]
fn a_refused_answer_leads_to_a_fresh_session() {
    let mut scene = Scene::in_the_room();
    scene.offer("s1");
    scene.accept("s1");
    let iq = scene.request("jingle");
    scene.told();
    scene.error(&iq, "bad-request");
    assert_eq!(scene.told(), [Event::Warning(Warning::AnswerRefused { text: "bad-request".into() })]);
    scene.request("jingle");
}

#[test]
fn a_screen_is_shared_and_taken_back() {
    let mut scene = Scene::in_a_call();
    scene.act(|c, now| c.bridge_opened(now, BridgeChannelKind::Sctp));
    scene.forget();
    scene.act(|c, now| c.add_local_source(now, screen()));
    let iq = scene.request("jingle");
    let added = sources::parse(iq.child_named("jingle").unwrap()).unwrap();
    assert_eq!(
        (added[0].video_type, added[0].ssrcs.as_slice()),
        (VideoType::Desktop, [Ssrc(400)].as_slice())
    );
    assert!(added[0].msid.as_deref().is_some_and(|msid| msid.starts_with("ada00001-video-1-1 ")));
    scene.result(&iq, "");
    assert!(
        matches!(&scene.done()[..], [Action::SendBridge(text)] if text.contains("ada00001-v1") && text.contains("desktop"))
    );
    scene.wait(SECOND);
    assert!(
        scene.sent("presence")[0]
            .child_text("SourceInfo")
            .unwrap()
            .contains(r#""ada00001-v1":{"muted":false,"videoType":"desktop"}"#)
    );
    let name = screen().name;
    scene.act(|c, now| c.remove_local_source(now, &name));
    let iq = scene.request("jingle");
    let removed = sources::parse(iq.child_named("jingle").unwrap()).unwrap();
    assert_eq!(removed, added);
    scene.wait(SECOND);
    assert!(!scene.sent("presence")[0].child_text("SourceInfo").unwrap().contains("v1"));
}

#[test]
fn a_screen_shared_too_early_waits_for_the_acknowledgement() {
    let mut scene = Scene::in_the_room();
    scene.offer("s1");
    scene.accept("s1");
    scene.act(|c, now| c.add_local_source(now, screen()));
    let accept = scene.request("jingle");
    assert!(scene.frames.iter().all(|frame| frame.child_named("jingle").is_none()));
    scene.result(&accept, "");
    scene.request("jingle");
}

#[test]
fn a_screen_that_finds_no_room_is_told_and_may_be_tried_again() {
    let mut scene = Scene::in_a_call();
    scene.act(|c, now| c.add_local_source(now, screen()));
    let iq = scene.request("jingle");
    scene.forget();
    scene.error(&iq, "resource-constraint");
    let kind = Some(MediaKind::Video);
    let refused = Event::LocalSourceRefused { source: screen().name };
    assert_eq!(scene.told(), [Event::Warning(Warning::SenderLimitReached { kind }), refused]);
    scene.act(|c, now| c.add_local_source(now, screen()));
    scene.request("jingle");
}

#[test]
fn a_moderator_mutes_ada_through_the_focus_only() {
    let mut scene = Scene::in_a_call();
    let mute = |scene: &mut Scene, nick: &str, value: &str| {
        let mute =
            format!("<mute xmlns='http://jitsi.org/jitmeet/audio' actor='{ROOM}/ben00002'>{value}</mute>");
        scene.jingle(nick, &mute);
    };
    mute(&mut scene, "mallory1", "true");
    assert_eq!(scene.sent("iq")[0].attr("type"), Some("error"));
    mute(&mut scene, "focus", "false");
    assert_eq!(scene.told(), []);
    mute(&mut scene, "focus", "true");
    let actor = Some(EndpointId::new("ben00002"));
    assert_eq!(scene.told(), [Event::MutedBy { kind: MutedMedium::Audio, actor }]);
    scene.wait(SECOND);
    assert!(
        scene.sent("presence")[0]
            .child_text("SourceInfo")
            .unwrap()
            .contains(r#""ada00001-a0":{"muted":true}"#)
    );
}

#[test]
fn starting_muted_counts_once() {
    let mut scene = Scene::in_the_room();
    let muted =
        "<startmuted xmlns='http://jitsi.org/jitmeet/start-muted' audio='true' video='false'/></jingle>";
    scene.jingle("focus", &offer("s1").replace("</jingle>", muted));
    assert_eq!(scene.events[0], Event::StartMuted { audio: true, video: false });
    scene.told();
    scene.act(|c, now| c.set_audio_muted(now, false));
    scene.jingle("focus", &offer("s2").replace("</jingle>", muted));
    assert_eq!(names(&scene.told()), ["SessionTerminated", "SessionOffered"]);
}

#[test]
fn the_bridge_channel_over_a_socket() {
    let mut scene = Scene::in_the_room_with(config("config.bridgeChannel = { preferSctp: false };"));
    scene.act(|c, now| c.set_receive_constraints(now, ReceiveConstraints::default()));
    scene.offer("s1");
    scene.accept("s1");
    let [Action::OpenBridgeSocket { url }] = &scene.done()[..] else { panic!("no bridge socket") };
    assert!(url.starts_with("wss://meet.local.test:8443/colibri-ws/"));
    scene.act(|c, now| c.bridge_opened(now, BridgeChannelKind::WebSocket));
    let said = scene.done();
    assert!(matches!(&said[..], [Action::SendBridge(a), Action::SendBridge(b)]
        if a.contains(r#""sourceName":"ada00001-v0","videoType":"camera""#) && b.contains("ReceiverVideoConstraints")));
    scene.act(|c, now| c.set_video_muted(now, true));
    assert!(
        matches!(&scene.done()[..], [Action::SendBridge(text)] if text.contains(r#""videoType":"none""#))
    );
    scene.told();
    for message in [
        r#"{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"ben00002","previousSpeakers":["ada00001"],"silence":false}"#,
        r#"{"colibriClass":"SenderSourceConstraints","sourceName":"ada00001-v0","maxHeight":0}"#,
        r#"{"colibriClass":"EndpointMessage","from":"ben00002","to":"","msgPayload":{"name":"endpoint-reaction","reactions":["like","nonsense"],"timestamp":1}}"#,
        r#"{"colibriClass":"EndpointMessage","from":"ben00002","msgPayload":{"name":"other"}}"#,
        r#"{"colibriClass":"Future"}"#,
        "garbage",
    ] {
        scene.act(|c, now| c.bridge_message(now, message));
    }
    assert_eq!(
        names(&scene.told()),
        ["DominantSpeaker", "SenderConstraint", "ReactionReceived", "EndpointMessage"]
    );
    let stats = scene.conference.stats();
    assert_eq!((stats.malformed_bridge_messages, stats.unknown_bridge_messages), (1, 1));
}

#[test]
fn an_offer_that_never_comes_is_noticed() {
    Scene::in_the_room().no_offer_comes();
}
