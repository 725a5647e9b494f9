use super::*;

#[test]
fn a_broken_socket_is_replaced_and_the_room_joined_again() {
    let mut scene = Scene::in_a_call();
    scene.arrives("cleo0003", "Cleo");
    scene.forget();
    scene.lose_socket();
    assert_eq!(scene.told(), [Event::Reconnecting]);
    assert_eq!(scene.done(), []);
    scene.wait(4 * SECOND);
    assert!(matches!(&scene.done()[..], [Action::OpenSocket { .. }]));
    scene.me = "ada0000f-1111@meet.example/home".into();
    scene.log_in();
    scene.open_conference();
    scene.forget();
    scene.arrives("ben00002", "Ben");
    scene.arrives("ada00001", "Ada");
    scene.arrives("dora0004", "Dora");
    scene.let_in("ada0000f");
    assert_eq!(
        names(&scene.events),
        ["Joined", "ParticipantLeft", "ParticipantJoined", "SessionTerminated", "Reconnected"]
    );
    assert_eq!(scene.events[1], Event::ParticipantLeft { endpoint: EndpointId::new("cleo0003") });
    assert!(matches!(&scene.events[3], Event::SessionTerminated { moving: true, .. }));
    scene.offer("s2");
    scene.accept("s2");
    scene.request("jingle");
}

#[test]
fn media_messages_keep_flowing_while_signalling_is_away() {
    let mut scene = Scene::in_a_call();
    scene.act(|c, now| c.bridge_opened(now, BridgeChannelKind::Sctp));
    scene.lose_socket();
    scene.forget();
    scene.act(|c, now| {
        c.bridge_message(now, r#"{"colibriClass":"ForwardedSources","forwardedSources":["ben00002-v0"]}"#)
    });
    assert_eq!(names(&scene.told()), ["ForwardedSources"]);
}

#[test]
fn the_network_coming_back_shortens_the_wait() {
    let mut scene = Scene::in_the_room();
    scene.lose_socket();
    scene.forget();
    scene.act(Conference::network_available);
    assert!(matches!(&scene.done()[..], [Action::OpenSocket { .. }]));
}

#[test]
fn a_server_never_reached_is_given_up_soon() {
    let mut scene = Scene::new();
    scene.act(Conference::socket_closed);
    scene.wait(3 * SECOND);
    scene.act(Conference::socket_closed);
    scene.wait(10 * SECOND);
    assert_eq!(scene.told(), []);
    scene.act(Conference::socket_closed);
    assert_eq!(scene.told(), [Event::Ended(EndReason::Unreachable)]);
}

#[test]
fn a_server_once_reached_is_given_up_after_minutes() {
    let mut scene = Scene::in_the_room();
    let start = scene.now;
    scene.lose_socket();
    while scene.conference.poll_timeout().is_some() {
        scene.wait(SECOND);
        if scene.done().iter().any(|action| matches!(action, Action::OpenSocket { .. })) {
            scene.act(Conference::socket_closed);
        }
    }
    assert_eq!(scene.told(), [Event::Reconnecting, Event::Ended(EndReason::Unreachable)]);
    assert!((300..360).contains(&(scene.now - start).as_secs()));
}

#[test]
fn a_silent_server_is_pinged_and_then_left() {
    let mut scene = Scene::in_the_room();
    scene.leaves("ben00002");
    scene.wait(10 * SECOND);
    let ping = scene.request("ping");
    assert_eq!(ping.attr("to"), Some("meet.example"));
    scene.result(&ping, "");
    scene.wait(10 * SECOND);
    scene.error(&scene.frames.last().unwrap().clone(), "service-unavailable");
    scene.forget();
    scene.wait(19 * SECOND);
    assert_eq!(scene.frames.iter().filter(|frame| frame.child_named("ping").is_some()).count(), 2);
    scene.wait(SECOND);
    assert_eq!(scene.told(), [Event::Reconnecting]);
    assert_eq!(scene.done(), [Action::CloseSocket]);
}

#[test]
fn a_login_that_hangs_is_started_over() {
    let mut scene = Scene::new();
    scene.act(Conference::socket_opened);
    scene.forget();
    scene.wait(20 * SECOND);
    assert_eq!(scene.done(), [Action::CloseSocket]);
    scene.wait(3 * SECOND);
    assert!(matches!(&scene.done()[..], [Action::OpenSocket { .. }]));
}

#[test]
fn the_focus_leaves_and_another_takes_over() {
    let mut scene = Scene::in_a_call();
    scene.presence("focus", "type='unavailable'", &item("none", "focus@auth.meet.example/focus", ""));
    assert_eq!(scene.told(), []);
    scene.wait(3 * SECOND);
    assert_eq!(names(&scene.told()), ["SessionTerminated", "Reconnecting"]);
    assert_eq!(scene.sent("presence")[0].attr("type"), Some("unavailable"));
    scene.open_conference();
    let me = scene.me.clone();
    scene.presence("ada00001", "type='unavailable'", &item("none", &me, "<status code='110'/>"));
    scene.arrives("ben00002", "Ben");
    scene.let_in("ada00001");
    assert_eq!(names(&scene.told()), ["Joined", "Reconnected"]);
}

#[test]
fn a_focus_that_only_blinks_changes_nothing() {
    let mut scene = Scene::in_a_call();
    scene.presence("focus", "type='unavailable'", &item("none", "focus@auth.meet.example/focus", ""));
    scene.focus_arrives();
    scene.wait(4 * SECOND);
    assert_eq!(scene.told(), []);
}

#[test]
fn a_restarting_server_says_so() {
    let mut scene = Scene::in_the_room();
    scene.hear(
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><system-shutdown \
         xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    assert_eq!(scene.told(), [Event::Warning(Warning::GracefulShutdown), Event::Reconnecting]);
}
