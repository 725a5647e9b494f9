//! Ada moderates: password, lobby, and those who knock.

use super::*;

const LOBBY: &str = "garden@lobby.meet.example";
const FORM: &str = "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>\
    <field var='muc#roomconfig_roomsecret'/><field var='muc#roomconfig_membersonly'/>\
    <field var='muc#roomconfig_whois'/></x></query>";

/// The server names its components.
fn components(scene: &mut Scene, lobby: bool) {
    let identity = if lobby {
        "<identity category='component' type='lobbyrooms' name='lobby.meet.example'/>"
    } else {
        ""
    };
    scene.message(
        "meet.example",
        "",
        &format!("<query xmlns='http://jabber.org/protocol/disco#info'>{identity}</query>"),
    );
}

fn made_owner(scene: &mut Scene) {
    let me = scene.me.clone();
    let x = format!(
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='{me}'/>\
         <status code='110'/></x>"
    );
    scene.presence("ada00001", "", &x);
}

fn moderator() -> Scene {
    let mut scene = Scene::in_the_room();
    components(&mut scene, true);
    made_owner(&mut scene);
    scene.forget();
    scene
}

/// The room says what it is like now.
fn room_is(scene: &mut Scene, features: &[&str]) {
    scene.message(
        ROOM,
        "type='groupchat'",
        "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>",
    );
    let asked = scene.request("query");
    let features: String = features.iter().map(|feature| format!("<feature var='{feature}'/>")).collect();
    let form = format!(
        "<x xmlns='jabber:x:data' type='result'><field var='muc#roominfo_lobbyroom'><value>{LOBBY}</value></field></x>"
    );
    scene.result(
        &asked,
        &format!("<query xmlns='http://jabber.org/protocol/disco#info'>{features}{form}</query>"),
    );
}

fn submitted(iq: &Element) -> Vec<(String, String)> {
    let query = iq.child_named("query").expect("a query");
    let form = query.child_named("x").expect("a form");
    assert_eq!(form.attr("type"), Some("submit"));
    form.children()
        .map(|field| {
            let name = field.attr("var").unwrap_or_default().trim_start_matches("muc#roomconfig_");
            (name.to_owned(), field.child_text("value").unwrap_or_default())
        })
        .skip(1)
        .collect()
}

fn fields(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Answers the request for the form and gives what is submitted then.
fn filled(scene: &mut Scene) -> Element {
    let asked = scene.request("query");
    assert_eq!((asked.attr("to"), asked.attr("type")), (Some(ROOM), Some("get")));
    scene.result(&asked, FORM);
    scene.request("query")
}

fn from_lobby(scene: &mut Scene, nick: &str, attributes: &str, inner: &str) {
    scene.hear(&format!(
        "<presence xmlns='jabber:client' from='{LOBBY}/{nick}' {attributes}>{inner}</presence>"
    ));
}

fn knocks(scene: &mut Scene, nick: &str, name: &str, account: &str) {
    let who = format!(
        "<nick xmlns='http://jabber.org/protocol/nick'>{name}</nick>{}",
        item("participant", account, "")
    );
    from_lobby(scene, nick, "", &who);
}

/// Ada stands in the lobby room, too.
fn at_the_door() -> Scene {
    let mut scene = moderator();
    room_is(&mut scene, &["muc_membersonly"]);
    let entered = scene.sent("presence").remove(0);
    assert!(entered.attr("to").is_some_and(|to| to.starts_with(LOBBY)));
    assert!(entered.child_named("SourceInfo").is_none());
    let nick = entered.attr("to").and_then(crate::jid::resource).expect("a nickname").to_owned();
    let own = item("moderator", &scene.me, "<status code='110'/>");
    from_lobby(&mut scene, &nick, "", &own);
    scene.forget();
    scene
}

#[test]
fn ada_locks_the_room_changes_the_password_and_unlocks_it() {
    let mut scene = moderator();
    scene.act(|c, now| c.set_password(now, Some("rose".into())));
    let form = filled(&mut scene);
    let expected = [("roomsecret", "rose"), ("passwordprotectedroom", "1"), ("whois", "anyone")];
    assert_eq!(submitted(&form), fields(&expected));
    scene.result(&form, "");
    let asked = scene.request("query");
    assert_eq!(asked.attr("to"), Some(ROOM), "the room is asked what it is like now");
    scene.act(|c, now| c.set_password(now, Some("lily".into())));
    let form = filled(&mut scene);
    assert_eq!(submitted(&form)[0], ("roomsecret".to_owned(), "lily".to_owned()));
    scene.result(&form, "");
    scene.request("query");
    scene.act(|c, now| c.set_password(now, None));
    let form = filled(&mut scene);
    assert_eq!(submitted(&form)[..2], fields(&[("roomsecret", ""), ("passwordprotectedroom", "0")]));
    scene.result(&form, "");
    assert_eq!(scene.told(), []);
}

#[test]
fn who_set_the_password_comes_back_with_it_after_a_broken_connection() {
    let mut scene = moderator();
    scene.act(|c, now| c.set_password(now, Some("rose".into())));
    let form = filled(&mut scene);
    scene.result(&form, "");
    scene.lose_socket();
    scene.wait(5 * SECOND);
    scene.forget();
    scene.log_in();
    scene.open_conference();
    let join = scene.sent("presence").remove(0);
    assert_eq!(join.get_child("x", ns::MUC).expect("a join").child_text("password").as_deref(), Some("rose"));
}

#[test]
fn changes_go_to_the_server_one_after_the_other() {
    let mut scene = moderator();
    scene.act(|c, now| c.set_password(now, Some("rose".into())));
    scene.act(|c, now| c.set_lobby(now, true));
    assert_eq!(scene.frames.len(), 1, "the second waits");
    let form = filled(&mut scene);
    scene.result(&form, "");
    let disco = scene.request("query");
    assert!(disco.get_child("query", ns::DISCO_INFO).is_some());
    let members = scene.request("query");
    let item =
        members.get_child("query", ns::MUC_ADMIN).and_then(|q| q.child_named("item")).expect("a member");
    assert_eq!((item.attr("affiliation"), item.attr("jid")), (Some("member"), Some("ben00002@meet.example")));
    let form = filled(&mut scene);
    assert_eq!(submitted(&form)[0], ("membersonly".to_owned(), "true".to_owned()));
}

#[test]
fn a_refusal_is_told_and_the_next_change_is_tried() {
    let mut scene = moderator();
    scene.act(|c, now| c.set_password(now, Some("rose".into())));
    scene.act(|c, now| c.set_password(now, None));
    let asked = scene.request("query");
    scene.error(&asked, "forbidden");
    assert_eq!(scene.told(), [Event::ProtectionRefused]);
    let form = filled(&mut scene);
    scene.error(&form, "not-allowed");
    assert_eq!(scene.told(), [Event::ProtectionRefused]);
    scene.act(|c, now| c.set_lobby(now, true));
    scene.wait(15 * SECOND);
    assert_eq!(names(&scene.told())[0], "ProtectionRefused", "no answer is a refusal");
}

#[test]
fn a_server_without_the_field_refuses_and_a_guest_may_do_nothing() {
    let mut scene = moderator();
    scene.act(|c, now| c.set_lobby(now, true));
    scene.request("query");
    let asked = scene.request("query");
    scene.result(
        &asked,
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data'/></query>",
    );
    assert_eq!(scene.told(), [Event::ProtectionRefused]);
    let mut guest = Scene::in_the_room();
    assert!(!guest.conference.may_set_password() && !guest.conference.may_set_lobby());
    guest.act(|c, now| c.set_password(now, Some("rose".into())));
    assert_eq!(guest.told(), [Event::ProtectionRefused]);
    assert!(guest.frames.is_empty());
}

#[test]
fn permissions_follow_the_role_and_the_server() {
    let mut scene = Scene::in_the_room();
    made_owner(&mut scene);
    assert!(scene.conference.may_set_password() && !scene.conference.may_set_lobby());
    components(&mut scene, true);
    assert!(scene.conference.may_set_lobby());
    assert_eq!(names(&scene.told()), ["OwnRoleChanged", "LobbyOffered"]);
}

#[test]
fn a_knock_is_told_and_the_knocker_let_in() {
    let mut scene = at_the_door();
    knocks(&mut scene, "cleo0003", "Cleo", "cleo@meet.example/x");
    let cleo = EndpointId::new("cleo0003");
    assert_eq!(scene.told(), [Event::KnockArrived { endpoint: cleo.clone(), name: Some("Cleo".into()) }]);
    knocks(&mut scene, "cleo0003", "Cleo", "cleo@meet.example/x");
    assert_eq!(scene.told(), [], "once is enough");
    scene.act(|c, now| c.admit(now, &cleo));
    let invitation = scene.sent("message").remove(0);
    let invite =
        invitation.get_child("x", ns::MUC_USER).and_then(|x| x.child_named("invite")).expect("an invitation");
    assert_eq!((invitation.attr("to"), invite.attr("to")), (Some(ROOM), Some("cleo@meet.example/x")));
    from_lobby(&mut scene, "cleo0003", "type='unavailable'", &item("none", "cleo@meet.example/x", ""));
    assert_eq!(scene.told(), [Event::KnockEnded { endpoint: cleo.clone() }]);
    scene.act(|c, now| c.admit(now, &cleo));
    assert!(scene.frames.is_empty(), "nobody of that name waits");
}

#[test]
fn a_knocker_is_turned_away() {
    let mut scene = at_the_door();
    knocks(&mut scene, "mallory1", "Mallory", "mallory@meet.example/x");
    scene.forget();
    scene.act(|c, now| c.refuse(now, &EndpointId::new("mallory1")));
    let order = scene.request("query");
    let item = order.get_child("query", ns::MUC_ADMIN).and_then(|q| q.child_named("item")).expect("an order");
    assert_eq!(
        (order.attr("to"), item.attr("nick"), item.attr("role")),
        (Some(LOBBY), Some("mallory1"), Some("none"))
    );
    scene.error(&order, "not-allowed");
    assert_eq!(scene.told(), [Event::ProtectionRefused]);
}

#[test]
fn a_lobby_that_never_answers_an_order_did_not_refuse_it() {
    // Jitsi's lobby lets no IQ out but disco#info: the order works, and its result never arrives.
    let mut scene = at_the_door();
    knocks(&mut scene, "mallory1", "Mallory", "mallory@meet.example/x");
    scene.act(|c, now| c.refuse(now, &EndpointId::new("mallory1")));
    let put_out = item("none", "mallory@meet.example/x", "<status code='307'/>");
    from_lobby(&mut scene, "mallory1", " type='unavailable'", &put_out);
    assert_eq!(names(&scene.told()), ["KnockArrived", "KnockEnded"]);
    for _ in 0..3 {
        scene.wait(8 * SECOND);
        scene.hear("<message xmlns='jabber:client'/>");
    }
    assert!(!scene.told().contains(&Event::ProtectionRefused));
}

#[test]
fn people_who_are_inside_do_not_knock() {
    let mut scene = at_the_door();
    knocks(&mut scene, "benlobby", "Ben", "ben00002@meet.example/x");
    from_lobby(&mut scene, "dora0004", "", &item("moderator", "dora@meet.example/x", ""));
    assert_eq!(scene.told(), []);
}

#[test]
fn the_door_is_left_when_the_lobby_is_switched_off() {
    let mut scene = at_the_door();
    knocks(&mut scene, "cleo0003", "Cleo", "cleo@meet.example/x");
    scene.forget();
    room_is(&mut scene, &[]);
    assert_eq!(scene.sent("presence")[0].attr("type"), Some("unavailable"));
    assert_eq!(names(&scene.told()), ["RoomInformation", "KnockEnded"]);
    room_is(&mut scene, &["muc_membersonly"]);
    assert!(
        scene.sent("presence")[0].attr("to").is_some_and(|to| to.starts_with(LOBBY)),
        "and kept again when on"
    );
}

#[test]
fn a_lobby_that_puts_us_out_is_not_stormed() {
    let mut scene = at_the_door();
    let error = "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    from_lobby(&mut scene, "x", "type='error'", error);
    room_is(&mut scene, &["muc_membersonly"]);
    assert!(scene.sent("presence").is_empty());
}

#[test]
fn switching_the_lobby_is_told_either_way() {
    let mut scene = moderator();
    for on in [true, false] {
        let notice = format!(r#"{{"type":"lobby-notify","event":"LOBBY-ENABLED","value":{on}}}"#);
        let json = format!("<json-message xmlns='http://jitsi.org/jitmeet'>{notice}</json-message>");
        scene.message(&format!("{ROOM}/ben00002"), "type='groupchat'", &json);
        assert_eq!(scene.told(), [Event::LobbySwitched { enabled: on }]);
    }
}

fn protected(lobby_offered: bool) -> Scene {
    let mut scene = Scene::new();
    scene.act(|c, now| c.protect(now, Some("rose".into()), true));
    scene.log_in();
    components(&mut scene, lobby_offered);
    scene.open_conference();
    scene.let_in("ada00001");
    scene.forget();
    scene
}

#[test]
fn a_new_room_is_protected_from_its_first_second() {
    let mut scene = protected(true);
    assert!(scene.frames.is_empty());
    made_owner(&mut scene);
    let form = filled(&mut scene);
    let expected = [
        ("roomsecret", "rose"),
        ("passwordprotectedroom", "1"),
        ("membersonly", "true"),
        ("whois", "anyone"),
    ];
    assert_eq!(submitted(&form), fields(&expected), "in one form");
    scene.result(&form, "");
    scene.wait(20 * SECOND);
    assert!(!names(&scene.told()).contains(&"ProtectionRefused".to_owned()));
}

#[test]
fn without_lobbies_at_least_the_password_is_set() {
    let mut scene = protected(false);
    made_owner(&mut scene);
    assert_eq!(names(&scene.told()), ["OwnRoleChanged", "ProtectionRefused"]);
    let form = filled(&mut scene);
    assert_eq!(submitted(&form)[0], ("roomsecret".to_owned(), "rose".to_owned()));
}

#[test]
fn protection_of_somebody_elses_room_is_given_up() {
    let mut scene = protected(true);
    scene.wait(11 * SECOND);
    assert_eq!(names(&scene.told()), ["ProtectionRefused"]);
    made_owner(&mut scene);
    let orders = scene.sent("iq").into_iter().filter(|iq| iq.get_child("query", ns::MUC_OWNER).is_some());
    assert_eq!(orders.count(), 0, "not later out of the blue");
}
