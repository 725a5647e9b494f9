use super::*;

#[test]
fn ada_joins_and_ben_comes_after_her() {
    let mut scene = Scene::new();
    assert_eq!(
        scene.done(),
        [Action::OpenSocket {
            url: "wss://meet.example/xmpp-websocket?room=garden".into(),
            protocol: "xmpp",
            origin: "https://meet.example".into()
        }]
    );
    scene.log_in();
    assert_eq!(scene.told(), [Event::SignallingConnected]);
    scene.open_conference();
    let joins = scene.sent("presence");
    assert_eq!(joins.len(), 1);
    assert_eq!(joins[0].attr("to"), Some("garden@conference.meet.example/ada00001"));
    assert!(joins[0].has_child("x", ns::MUC) && joins[0].has_child("c", ns::CAPS));
    assert_eq!(joins[0].child_text("nick").as_deref(), Some("Ada"));
    assert_eq!(joins[0].child_text("SourceInfo").as_deref(), Some("{}"));
    assert_eq!(joins[0].child_text("jitsi_participant_codecList").as_deref(), Some("vp8,av1"));

    scene.arrives("ben00002", "Ben");
    assert_eq!(scene.told(), []);
    scene.let_in("ada00001");
    assert_eq!(names(&scene.told()), ["Joined", "ParticipantJoined"]);
    assert_eq!(scene.conference.endpoint(), Some(&EndpointId::new("ada00001")));
    let disco = scene.request("query");
    assert_eq!(disco.attr("to"), Some(ROOM));
    scene.arrives("cleo0003", "Cleo");
    scene.leaves("ben00002");
    assert_eq!(names(&scene.told()), ["ParticipantJoined", "ParticipantLeft"]);
    assert_eq!(scene.conference.stats().dropped(), 0);
}

#[test]
fn becoming_a_moderator_is_told() {
    let mut scene = Scene::in_the_room();
    let me = scene.me.clone();
    for _ in 0..2 {
        scene.presence("ada00001", "", &item("moderator", &me, "<status code='110'/>"));
    }
    assert_eq!(scene.told(), [Event::OwnRoleChanged { moderator: true }]);
}

#[test]
fn nothing_is_updated_before_we_are_in_and_changes_go_out_together() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.open_conference();
    scene.act(|c, now| c.set_audio_muted(now, true));
    scene.wait(SECOND);
    assert_eq!(scene.sent("presence").len(), 1);
    scene.let_in("ada00001");
    scene.act(|c, now| {
        c.set_audio_muted(now, false);
        c.set_video_muted(now, true);
        c.set_display_name(now, "Ada L.");
        c.raise_hand(now, true, 1_795_520_349_756);
    });
    scene.wait(SECOND);
    let updates = scene.sent("presence");
    assert_eq!(updates.len(), 1);
    assert!(!updates[0].has_child("x", ns::MUC));
    assert_eq!(updates[0].child_text("nick").as_deref(), Some("Ada L."));
    assert_eq!(updates[0].child_text("jitsi_participant_raisedHand").as_deref(), Some("1795520349756"));
    scene.act(|c, now| c.raise_hand(now, false, 0));
    scene.wait(SECOND);
    let lowered = scene.sent("presence").remove(0);
    let hand = lowered.child_named("jitsi_participant_raisedHand").expect("others keep what is left out");
    assert_eq!(hand.text(), "");
}

#[test]
fn a_wrong_password_and_the_right_one() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.open_conference();
    let refuse = |scene: &mut Scene| {
        let error =
            "<error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
        scene.presence("ada00001", "type='error'", error);
    };
    refuse(&mut scene);
    assert_eq!(scene.events.last(), Some(&Event::PasswordRequired { wrong: false }));
    scene.sent("presence");
    scene.act(|c, now| c.enter_password(now, "rose".into()));
    let join = scene.sent("presence").remove(0);
    assert_eq!(join.get_child("x", ns::MUC).unwrap().child_text("password").as_deref(), Some("rose"));
    refuse(&mut scene);
    assert_eq!(scene.events.last(), Some(&Event::PasswordRequired { wrong: true }));
    scene.act(|c, now| c.enter_password(now, "tulip".into()));
    scene.let_in("ada00001");
    assert_eq!(names(&scene.told()).last().map(String::as_str), Some("Joined"));
}

#[test]
fn a_name_is_asked_for() {
    let mut scene = Scene::with(ConferenceConfig { display_name: None, ..config("") });
    scene.log_in();
    scene.open_conference();
    let error = "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
                 <displayname-required xmlns='http://jitsi.org/jitmeet'/></error>";
    scene.presence("ada00001", "type='error'", error);
    assert_eq!(scene.events.last(), Some(&Event::DisplayNameRequired));
    scene.sent("presence");
    scene.act(|c, now| c.provide_display_name(now, "Ada"));
    assert_eq!(scene.sent("presence")[0].child_text("nick").as_deref(), Some("Ada"));
}

#[test]
fn refusals_that_end_it() {
    for (condition, reason) in [
        ("service-unavailable", EndReason::RoomFull),
        ("gone", EndReason::Refused { text: "gone".into() }),
        ("not-allowed", EndReason::NotAllowed { text: None }),
    ] {
        let mut scene = Scene::new();
        scene.log_in();
        scene.open_conference();
        scene.forget();
        let error = format!(
            "<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        );
        scene.presence("ada00001", "type='error'", &error);
        assert_eq!(scene.told(), [Event::Ended(reason)]);
        assert_eq!(scene.done(), [Action::CloseSocket]);
        assert_eq!(scene.conference.poll_timeout(), None);
    }
}

#[test]
fn a_room_that_does_not_exist_yet_is_tried_again() {
    let mut scene = Scene::new();
    scene.log_in();
    for _ in 0..3 {
        scene.open_conference();
        let error = "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text \
                     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Room creation is restricted</text></error>";
        scene.presence("ada00001", "type='error'", error);
        scene.wait(2 * SECOND);
    }
    scene.open_conference();
    scene.let_in("ada00001");
    assert!(names(&scene.told()).contains(&"Joined".to_owned()));
}

#[test]
fn a_taken_nickname_is_replaced() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.open_conference();
    scene.sent("presence");
    let error = "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    scene.presence("ada00001", "type='error'", error);
    let join = scene.sent("presence").remove(0);
    let to = join.attr("to").unwrap().to_owned();
    assert!(to.starts_with(ROOM) && !to.ends_with("ada00001"));
}

#[test]
fn a_new_room_is_configured() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.open_conference();
    let me = scene.me.clone();
    scene.presence("ada00001", "", &item("participant", &me, "<status code='201'/><status code='110'/>"));
    let form = scene.frames.iter().find(|frame| frame.has_child("query", ns::MUC_OWNER)).cloned().unwrap();
    scene.result(
        &form,
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>\
         <field var='muc#roomconfig_whois'/></x></query>",
    );
    let submit = scene.frames.last().unwrap();
    assert_eq!(submit.attr("type"), Some("set"));
    assert!(submit.has_child("query", ns::MUC_OWNER));
}

#[test]
fn leaving_waits_for_the_echo() {
    let mut scene = Scene::in_the_room();
    scene.act(Conference::leave);
    assert_eq!(scene.sent("presence")[0].attr("type"), Some("unavailable"));
    assert_eq!(scene.told(), []);
    let me = scene.me.clone();
    scene.presence("ada00001", "type='unavailable'", &item("none", &me, "<status code='110'/>"));
    assert_eq!(scene.told(), [Event::Ended(EndReason::Left)]);
    let last: Vec<&str> = scene.frames.iter().map(Element::name).collect();
    assert_eq!(last, ["presence", "close"]);
    assert_eq!(scene.done(), [Action::CloseSocket]);
}

#[test]
fn leaving_waits_no_longer_than_five_seconds() {
    let mut scene = Scene::in_the_room();
    scene.act(Conference::leave);
    scene.wait(Duration::from_millis(4900));
    assert_eq!(scene.told(), []);
    scene.wait(SECOND);
    assert_eq!(scene.told(), [Event::Ended(EndReason::Left)]);
}

#[test]
fn leaving_before_anything_happened() {
    let mut scene = Scene::new();
    scene.act(Conference::leave);
    assert_eq!(scene.told(), [Event::Ended(EndReason::Left)]);
    assert_eq!(scene.done().last(), Some(&Action::CloseSocket));
}

#[test]
fn kicked_and_destroyed() {
    let x = |inner: &str| {
        format!("<x xmlns='http://jabber.org/protocol/muc#user'>{inner}<status code='110'/></x>")
    };
    let kicked =
        x("<status code='307'/><item role='none'><actor nick='ben00002'/><reason>bye</reason></item>");
    let destroyed =
        x("<destroy><reason>The meeting has been terminated</reason></destroy><item role='none'/>");
    for (inner, reason) in [
        (kicked, EndReason::Kicked { actor: Some(EndpointId::new("ben00002")), reason: Some("bye".into()) }),
        (destroyed, EndReason::Destroyed { reason: Some("The meeting has been terminated".into()) }),
    ] {
        let mut scene = Scene::in_a_call();
        scene.presence("ada00001", "type='unavailable'", &inner);
        assert_eq!(scene.told(), [Event::Ended(reason)]);
        scene.hear("<message xmlns='jabber:client'/>");
        assert_eq!(scene.conference.poll_timeout(), None);
    }
}

#[test]
fn a_conference_request_by_http_runs_beside_the_login() {
    let extra = "config.conferenceRequestUrl = 'https://meet.example/conference-request/v1';";
    let mut scene = Scene::with(config(extra));
    let [Action::OpenSocket { .. }, Action::HttpConferenceRequest { url, .. }] = &scene.done()[..] else {
        panic!("two actions expected")
    };
    assert_eq!(url, "https://meet.example/conference-request/v1?room=garden");
    let body = r#"{"ready":true,"focusJid":"focus@auth.meet.example"}"#;
    scene.act(|c, now| c.conference_response(now, 200, body));
    assert!(scene.frames.is_empty());
    scene.log_in();
    let join = scene.sent("presence").remove(0);
    assert!(join.get_child("x", ns::MUC).unwrap().child_text("billingid").is_some());
}

#[test]
fn a_token_travels_in_the_query_and_its_refusal_is_shown() {
    let mut scene = Scene::with(ConferenceConfig { token: Some("a.b.c".into()), ..config("") });
    let Some(Action::OpenSocket { url, .. }) = scene.done().into_iter().next() else { panic!("no socket") };
    assert_eq!(url, "wss://meet.example/xmpp-websocket?room=garden&token=a.b.c");
    scene.act(Conference::socket_opened);
    scene.hear(
        "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><mechanisms \
         xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>",
    );
    scene.hear(
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>expired</text></failure>",
    );
    assert_eq!(scene.told(), [Event::Ended(EndReason::TokenRefused { text: "expired".into() })]);
}

#[test]
fn waiting_for_a_host() {
    let mut scene = Scene::new();
    scene.log_in();
    scene.told();
    for _ in 0..2 {
        let request = scene.request("conference");
        scene.error(&request, "not-authorized");
        scene.wait(10 * SECOND);
    }
    assert_eq!(scene.told(), [Event::WaitingForHost]);
    scene.open_conference();
    assert_eq!(scene.sent("presence").len(), 1);
}
