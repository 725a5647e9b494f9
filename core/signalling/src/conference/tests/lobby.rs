use super::*;

const LOBBY: &str = "garden@lobby.meet.example";

fn at_the_lobby() -> Scene {
    let mut scene = Scene::new();
    scene.log_in();
    scene.open_conference();
    members_only(&mut scene);
    assert_eq!(
        scene.events.last(),
        Some(&Event::LobbyRequired { waiting_for_host: false, display_name_required: false })
    );
    scene.forget();
    scene
}

fn members_only(scene: &mut Scene) {
    let error = format!(
        "<error type='auth' code='407'><registration-required xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <lobbyroom xmlns='http://jitsi.org/jitmeet'>{LOBBY}</lobbyroom></error>"
    );
    scene.presence("ada00001", "type='error'", &error);
}

/// Knocks and returns the nickname in the lobby.
fn waiting(scene: &mut Scene) -> String {
    scene.act(|c, now| c.knock(now, "Ada at the door"));
    let knock = scene.sent("presence").remove(0);
    let to = knock.attr("to").unwrap().to_owned();
    let nick = to.strip_prefix(&format!("{LOBBY}/")).unwrap().to_owned();
    assert_ne!(nick, "ada00001");
    assert_eq!(knock.child_text("nick").as_deref(), Some("Ada at the door"));
    assert!(knock.child_named("SourceInfo").is_none());
    from_lobby(scene, &nick, "", &item("participant", "x@y", "<status code='110'/>"));
    assert_eq!(scene.told(), [Event::LobbyJoined]);
    nick
}

fn from_lobby(scene: &mut Scene, nick: &str, attributes: &str, inner: &str) {
    scene.hear(&format!(
        "<presence xmlns='jabber:client' from='{LOBBY}/{nick}' {attributes}>{inner}</presence>"
    ));
}

fn invite(scene: &mut Scene, password: &str) {
    let inner =
        format!("<x xmlns='http://jabber.org/protocol/muc#user'><invite from='{ROOM}'/>{password}</x>");
    scene.message(ROOM, "", &inner);
}

#[test]
fn ada_knocks_and_is_let_in() {
    let mut scene = at_the_lobby();
    let nick = waiting(&mut scene);
    invite(&mut scene, "<password>rose</password>");
    assert_eq!(scene.told(), [Event::LobbyAdmitted]);
    let join = scene.sent("presence").remove(0);
    assert_eq!(join.attr("to"), Some("garden@conference.meet.example/ada00001"));
    assert_eq!(join.get_child("x", ns::MUC).unwrap().child_text("password").as_deref(), Some("rose"));
    scene.let_in("ada00001");
    let left = scene.sent("presence").remove(0);
    assert_eq!(
        (left.attr("to"), left.attr("type")),
        (Some(format!("{LOBBY}/{nick}").as_str()), Some("unavailable"))
    );
    assert_eq!(scene.told()[0], Event::Joined { endpoint: EndpointId::new("ada00001"), room: ROOM.into() });
}

#[test]
fn ada_is_refused_and_may_knock_again() {
    let mut scene = at_the_lobby();
    let nick = waiting(&mut scene);
    let kick = "<x xmlns='http://jabber.org/protocol/muc#user'><status code='307'/><item role='none'/><status code='110'/></x>";
    from_lobby(&mut scene, &nick, "type='unavailable'", kick);
    assert_eq!(scene.told(), [Event::LobbyDenied]);
    waiting(&mut scene);
}

#[test]
fn the_lobby_is_switched_off() {
    let mut scene = at_the_lobby();
    let nick = waiting(&mut scene);
    let destroyed = format!(
        "<x xmlns='http://jabber.org/protocol/muc#user'><destroy jid='{ROOM}'/><item role='none'/><status code='110'/></x>"
    );
    from_lobby(&mut scene, &nick, "type='unavailable'", &destroyed);
    assert_eq!(scene.told(), [Event::LobbyAdmitted]);
    assert_eq!(scene.sent("presence")[0].attr("to"), Some("garden@conference.meet.example/ada00001"));
}

#[test]
fn the_meeting_ends_while_ada_waits() {
    let mut scene = at_the_lobby();
    let nick = waiting(&mut scene);
    let destroyed =
        "<x xmlns='http://jabber.org/protocol/muc#user'><destroy><reason>over</reason></destroy></x>";
    from_lobby(&mut scene, &nick, "type='unavailable'", destroyed);
    assert_eq!(scene.told(), [Event::Ended(EndReason::Destroyed { reason: Some("over".into()) })]);
}

#[test]
fn a_password_opens_the_door_too() {
    let mut scene = at_the_lobby();
    waiting(&mut scene);
    scene.act(|c, now| c.enter_password(now, "wrong".into()));
    members_only(&mut scene);
    assert_eq!(scene.told(), [Event::PasswordRequired { wrong: true }]);
    scene.sent("presence");
    scene.act(|c, now| c.enter_password(now, "rose".into()));
    scene.let_in("ada00001");
    assert_eq!(names(&scene.told()), ["Joined"]);
}

#[test]
fn an_invitation_from_a_participant_opens_nothing() {
    let mut scene = at_the_lobby();
    waiting(&mut scene);
    let inner = "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='x'/></x>";
    scene.message(&format!("{ROOM}/mallory1"), "", inner);
    assert_eq!(scene.told(), []);
}

#[test]
fn giving_up_leaves_the_lobby() {
    let mut scene = at_the_lobby();
    waiting(&mut scene);
    scene.act(Conference::cancel_knock);
    assert_eq!(scene.sent("presence")[0].attr("type"), Some("unavailable"));
    scene.act(Conference::leave);
    assert_eq!(scene.told(), [Event::Ended(EndReason::Left)]);
}

#[test]
fn who_waited_waits_again_after_a_broken_connection() {
    let mut scene = at_the_lobby();
    waiting(&mut scene);
    scene.lose_socket();
    scene.wait(5 * SECOND);
    scene.log_in();
    scene.open_conference();
    scene.forget();
    members_only(&mut scene);
    assert!(scene.sent("presence")[0].attr("to").is_some_and(|to| to.starts_with(LOBBY)));
    assert_eq!(scene.told(), []);
}
