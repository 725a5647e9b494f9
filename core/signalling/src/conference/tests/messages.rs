use super::*;
use crate::event::{MutedMedium, Reaction};

const METADATA: &str = "metadata.meet.example";

fn json(text: &str) -> String {
    format!("<json-message xmlns='http://jitsi.org/jitmeet' room='{ROOM}'>{text}</json-message>")
}

fn identities() -> String {
    format!(
        "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='component' type='room_metadata' \
         name='{METADATA}'/><identity category='component' type='av_moderation' name='mod.meet.example'/></query>"
    )
}

const SERVICES: &str =
    "<services xmlns='urn:xmpp:extdisco:2'><service type='turn' host='t' port='3478'/></services>";

#[test]
fn what_is_pushed_is_not_asked_for() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.message("meet.example", "", &format!("{}{SERVICES}", identities()));
    scene.wait(SECOND);
    assert!(matches!(scene.told().last(), Some(Event::IceServers(servers)) if servers.len() == 1));
    assert!(
        scene
            .frames
            .iter()
            .all(|frame| frame.child_named("services").is_none() && frame.child_named("query").is_none())
    );
}

#[test]
fn what_is_not_pushed_is_asked_for_in_either_version() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.wait(SECOND);
    let disco = scene.request("query");
    assert_eq!(disco.attr("to"), Some("meet.example"));
    let first = scene.request("services");
    assert!(first.has_child("services", ns::EXTDISCO_2));
    scene.error(&first, "service-unavailable");
    let second = scene.request("services");
    assert!(second.has_child("services", ns::EXTDISCO_1));
    scene.result(
        &second,
        "<services xmlns='urn:xmpp:extdisco:1'><service type='stun' host='s' port='1'/></services>",
    );
    assert!(
        matches!(scene.told().last(), Some(Event::IceServers(servers)) if servers[0].url() == "stun:s:1")
    );
}

#[test]
fn metadata_waits_for_the_components_and_mutes_who_comes_in() {
    let mut scene = Scene::in_the_room();
    let text = r#"{"type":"room_metadata","metadata":{"startMuted":{"audio":true},"services":[{"type":"turn","host":"t","port":"3478"}]}}"#;
    scene.message(METADATA, "", &json(text));
    scene.message("mallory.example", "", &json(text));
    assert_eq!(scene.told(), []);
    scene.message("meet.example", "", &identities());
    assert_eq!(names(&scene.told()), ["IceServers", "StartMuted", "RoomMetadata"]);
    assert_eq!(scene.conference.stats().untrusted_stanzas, 1);
    let text = r#"{"type":"room_metadata","metadata":{"startMuted":{"audio":true,"video":true}}}"#;
    scene.message(METADATA, "", &json(text));
    scene.message(METADATA, "", &json(text));
    assert_eq!(names(&scene.told()), ["RoomMetadata"]);
}

#[test]
fn moderation_of_unmuting() {
    let mut scene = Scene::in_the_room();
    scene.message("meet.example", "", &identities());
    scene.told();
    let enabled = format!(
        r#"{{"type":"av_moderation","enabled":true,"mediaType":"audio","actor":"{ROOM}\/ben00002"}}"#
    );
    scene.message("mod.meet.example", "", &json(&enabled));
    scene.message(
        "mod.meet.example",
        "",
        &json(r#"{"type":"av_moderation","approved":true,"mediaType":"audio"}"#),
    );
    scene.message(
        "mod.meet.example",
        "",
        &json(r#"{"type":"av_moderation","removed":true,"mediaType":"video"}"#),
    );
    scene.message(METADATA, "", &json(r#"{"type":"av_moderation","approved":true,"mediaType":"audio"}"#));
    assert_eq!(
        scene.told(),
        [
            Event::ModerationChanged {
                kind: MutedMedium::Audio,
                enabled: true,
                actor: Some(EndpointId::new("ben00002"))
            },
            Event::UnmuteApproval { kind: MutedMedium::Audio, approved: true },
            Event::UnmuteApproval { kind: MutedMedium::Video, approved: false },
        ]
    );
}

#[test]
fn questions_to_us_are_answered() {
    let mut scene = Scene::in_the_room();
    let ask = |scene: &mut Scene, inner: &str| {
        scene.hear(&format!("<iq xmlns='jabber:client' type='get' id='q' from='{ROOM}/focus'>{inner}</iq>"));
        scene.sent("iq").remove(0)
    };
    let disco = ask(&mut scene, "<query xmlns='http://jabber.org/protocol/disco#info'/>");
    assert_eq!(
        (disco.attr("type"), disco.attr("to"), disco.attr("id")),
        (Some("result"), Some("garden@conference.meet.example/focus"), Some("q"))
    );
    assert_eq!(ask(&mut scene, "<ping xmlns='urn:xmpp:ping'/>").attr("type"), Some("result"));
    let unknown = ask(&mut scene, "<query xmlns='jabber:iq:version'/>");
    assert_eq!(unknown.attr("type"), Some("error"));
    assert!(unknown.child_named("error").unwrap().has_child("service-unavailable", ns::STANZAS));
}

#[test]
fn chat_goes_both_ways() {
    let mut scene = Scene::in_the_room();
    let id = scene.act(|c, now| c.send_chat(now, "hello", None, None)).unwrap();
    let sent = scene.sent("message").remove(0);
    assert_eq!(
        (sent.attr("to"), sent.attr("type"), sent.attr("id")),
        (Some(ROOM), Some("groupchat"), Some(id.as_str()))
    );
    scene.message(&format!("{ROOM}/ada00001"), &format!("type='groupchat' id='{id}'"), "<body>hello</body>");
    scene.message(&format!("{ROOM}/ben00002"), "type='chat' id='2'", "<body>psst</body>");
    let told = scene.told();
    let [Event::ChatReceived(echo), Event::ChatReceived(private)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&echo.id, echo.name.as_deref()), (&id, Some("Ada")));
    assert_eq!((private.name.as_deref(), private.private), (Some("Ben"), true));
    let ben = EndpointId::new("ben00002");
    scene.act(|c, now| c.send_chat(now, "yes?", Some(&ben), Some("2")));
    assert_eq!(scene.sent("message")[0].attr("to"), Some("garden@conference.meet.example/ben00002"));
    assert_eq!(scene.act(|c, now| c.send_chat(now, "  ", None, None)), None);
    scene.message(
        ROOM,
        "type='error' id='3'",
        "<body>x</body><error type='auth'><text>Not now</text></error>",
    );
    assert_eq!(scene.told(), [Event::ChatRefused { id: Some("3".into()), text: "Not now".into() }]);
}

#[test]
fn quick_reactions_go_out_together() {
    let mut scene = Scene::in_a_call();
    scene.act(|c, now| c.bridge_opened(now, BridgeChannelKind::Sctp));
    scene.forget();
    scene.act(|c, now| c.send_reaction(now, Reaction::Like, 7));
    scene.wait(SECOND / 4);
    scene.act(|c, now| c.send_reaction(now, Reaction::Clap, 8));
    scene.wait(SECOND);
    let done = scene.done();
    let [Action::SendBridge(text)] = &done[..] else { panic!("{done:?}") };
    assert_eq!(
        text,
        r#"{"colibriClass":"EndpointMessage","to":"","msgPayload":{"name":"endpoint-reaction","reactions":["like","clap"],"timestamp":7}}"#
    );
}

#[test]
fn notices_and_settings_of_the_room() {
    let mut scene = Scene::in_the_room();
    let notice = "<json-message xmlns='http://jitsi.org/jitmeet'>{\"type\":\"lobby-notify\",\"event\":\"LOBBY-ENABLED\"}</json-message>";
    scene.message(&format!("{ROOM}/ben00002"), "type='groupchat'", notice);
    assert_eq!(scene.told(), [Event::LobbySwitched { enabled: true }]);
    let changed = "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>";
    scene.message(ROOM, "type='groupchat'", changed);
    let disco = scene.request("query");
    scene.result(
        &disco,
        "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='muc_membersonly'/><x xmlns='jabber:x:data'>\
         <field var='muc#roominfo_jitsimetadata'><value>{\"lobbyEnabled\":true}</value></field></x></query>",
    );
    assert_eq!(names(&scene.told()), ["RoomInformation", "RoomMetadata"]);
}

#[test]
fn bad_input_is_counted_and_dropped() {
    let mut scene = Scene::in_a_call();
    for bad in ["<", "hello", "<a/><b/>", "<presence xmlns='jabber:client'>", "&#0;"] {
        scene.hear(bad);
    }
    scene.presence("ben00002", "", "<SourceInfo>{</SourceInfo>");
    scene.message(
        &format!("{ROOM}/ben00002"),
        "",
        "<json-message xmlns='http://jitsi.org/jitmeet'>{</json-message>",
    );
    scene.jingle(
        "focus",
        &change("source-add", "s1", "<json-message xmlns='http://jitsi.org/jitmeet'>{</json-message>"),
    );
    let stats = scene.conference.stats();
    assert_eq!((stats.malformed_frames, stats.malformed_stanzas), (5, 3));
}
