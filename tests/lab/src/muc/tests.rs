use minidom::Element;

use crate::names;
use crate::options::LabOptions;
use crate::testing::{Client, Deployment};
use crate::xml::{self, Build, ns};

fn deployment() -> Deployment {
    Deployment::new(LabOptions::default())
}

fn codes(presence: &Element) -> Vec<&str> {
    presence
        .get_child("x", ns::MUC_USER)
        .map(|x| x.children().filter(|c| c.name() == "status").filter_map(|c| c.attr("code")).collect())
        .unwrap_or_default()
}

fn item<'a>(presence: &'a Element, attribute: &'a str) -> Option<&'a str> {
    presence.get_child("x", ns::MUC_USER)?.get_child("item", ns::MUC_USER)?.attr(attribute)
}

fn presences(client: &mut Client) -> Vec<Element> {
    client.drain().into_iter().filter(|s| s.name() == "presence").collect()
}

fn condition(presence: &Element) -> String {
    let error = presence.get_child("error", ns::CLIENT).unwrap();
    error.children().next().unwrap().name().to_owned()
}

#[test]
fn the_focus_makes_the_room_and_ada_becomes_its_owner_a_little_later() {
    let mut d = deployment();
    let mut ada = d.join("treff", "Ada");
    let stanzas = ada.drain();
    let focus = &stanzas[0];
    assert_eq!(focus.attr("from"), Some("treff@conference.meet.lab.test/focus"));
    assert_eq!(item(focus, "jid"), Some("focus@auth.meet.lab.test/focus"));
    let own = stanzas.iter().find(|s| codes(s).contains(&"110")).unwrap();
    assert_eq!(codes(own), ["100", "110"]);
    assert_eq!(item(own, "role"), Some("participant"));
    assert!(stanzas.iter().any(|s| s.get_child("json-message", ns::JITMEET).is_some()));
    assert!(stanzas.iter().any(|s| s.get_child("subject", ns::CLIENT).is_some()));

    d.pass(std::time::Duration::from_millis(50));
    let promoted = presences(&mut ada).pop().unwrap();
    assert_eq!(item(&promoted, "role"), Some("moderator"));
    assert!(promoted.get_child("permissions", ns::JITMEET).is_some());
}

#[test]
fn without_a_conference_request_there_is_no_room() {
    let mut d = deployment();
    let mut ada = d.connect();
    ada.enter(&mut d, "treff", "Ada", None);
    let error = ada.expect("presence");
    assert_eq!(error.attr("type"), Some("error"));
    assert_eq!(condition(&error), "not-allowed");
}

#[test]
fn a_newcomer_sees_everyone_and_everyone_sees_the_newcomer() {
    let mut d = deployment();
    let mut ada = d.join("treff", "Ada");
    ada.drain();
    let mut ben = d.join("treff", "Ben");
    let seen: Vec<String> =
        presences(&mut ben).iter().filter_map(|p| p.attr("from").map(str::to_owned)).collect();
    let room = names::room("treff");
    assert!(seen.contains(&room.occupant(&ada.nick()).to_string()));
    assert_eq!(seen.last(), Some(&room.occupant(&ben.nick()).to_string()));
    let arrival = presences(&mut ada).pop().unwrap();
    assert_eq!(arrival.attr("from"), Some(room.occupant(&ben.nick()).to_string().as_str()));
    assert!(codes(&arrival).is_empty());

    let leave = xml::client("presence")
        .with("type", "unavailable")
        .with("to", room.occupant(&ben.nick()).to_string());
    ben.say(&mut d, leave);
    assert_eq!(codes(&presences(&mut ben).pop().unwrap()), ["110"]);
    assert!(presences(&mut ada).iter().any(|p| p.attr("type") == Some("unavailable")));
}

#[test]
fn nicknames_can_neither_be_changed_nor_taken_nor_be_odd() {
    let mut d = Deployment::new(LabOptions { strict_nicknames: true, ..LabOptions::default() });
    let mut ada = d.join("treff", "Ada");
    ada.drain();
    let room = names::room("treff");
    let try_as = |d: &mut Deployment, client: &mut Client, nick: &str| {
        let presence = client.presence(&room, "X", None).with("to", room.occupant(nick).to_string());
        client.say(d, presence);
        condition(&client.expect("presence"))
    };
    assert_eq!(try_as(&mut d, &mut ada, "other123"), "not-allowed");
    let mut ben = d.connect();
    assert_eq!(try_as(&mut d, &mut ben, "focus"), "not-allowed");
    assert_eq!(try_as(&mut d, &mut ben, "aaaaaaaa"), "not-allowed");
    let mut lenient = deployment();
    let ada = lenient.join("treff", "Ada");
    let mut ben = lenient.connect();
    assert_eq!(try_as(&mut lenient, &mut ben, &ada.nick()), "conflict");
}

#[test]
fn a_password_keeps_people_out_until_they_know_it() {
    let mut d = deployment();
    let mut ada = d.join("treff", "Ada");
    let now = d.now;
    d.core.muc.set_password(&names::room("treff"), Some("s3cret".to_owned()));
    d.core.run(now);
    assert!(ada.drain().iter().any(|s| codes(s).contains(&"104")));
    let mut ben = d.connect();
    for wrong in [None, Some("guess")] {
        ben.enter(&mut d, "treff", "Ben", wrong);
        assert_eq!(condition(&ben.expect("presence")), "not-authorized");
    }
    ben.enter(&mut d, "treff", "Ben", Some("s3cret"));
    assert!(presences(&mut ben).iter().any(|p| codes(p).contains(&"110")));
}

#[test]
fn a_room_takes_only_so_many() {
    let mut d = Deployment::new(LabOptions { max_occupants: Some(1), ..LabOptions::default() });
    let _ada = d.join("treff", "Ada");
    let mut ben = d.join("treff", "Ben");
    assert_eq!(condition(&ben.expect("presence")), "service-unavailable");
}

/// Ada moderates a room with its lobby on; Ben has knocked.
fn knocked(d: &mut Deployment) -> (Client, Client) {
    let mut ada = d.join("treff", "Ada");
    d.pass(std::time::Duration::from_millis(50));
    let form = xml::el("x", ns::DATA_FORM).with("type", "submit").child(
        xml::el("field", ns::DATA_FORM)
            .with("var", "muc#roomconfig_membersonly")
            .child(xml::el("value", ns::DATA_FORM).say("true")),
    );
    let iq = xml::client("iq")
        .with("type", "set")
        .with("id", "o1")
        .with("to", names::room("treff").to_string())
        .child(xml::el("query", ns::MUC_OWNER).child(form));
    ada.say(d, iq);
    let lobby = lobby();
    let own = ada.presence(&lobby, "Ada", None);
    ada.say(d, own);
    let mut ben = d.join("treff", "Ben");
    let refused = ben.expect("presence");
    assert_eq!(condition(&refused), "registration-required");
    assert_eq!(refused.get_child("lobbyroom", ns::CLIENT).unwrap().text(), lobby.to_string());
    let knock = ben.presence(&lobby, "Ben", None);
    ben.say(d, knock);
    let seen = presences(&mut ada).pop().unwrap();
    assert_eq!(seen.attr("from"), Some(lobby.occupant(&ben.nick()).to_string().as_str()));
    (ada, ben)
}

fn lobby() -> crate::jid::Jid {
    crate::jid::Jid { domain: names::lobby(), ..names::room("treff") }
}

#[test]
fn a_moderator_lets_a_waiting_guest_in() {
    let mut d = deployment();
    let (mut ada, mut ben) = knocked(&mut d);
    ben.drain();
    let invite = xml::client("message").with("to", names::room("treff").to_string()).child(
        xml::el("x", ns::MUC_USER).child(xml::el("invite", ns::MUC_USER).with("to", ben.jid.to_string())),
    );
    ada.say(&mut d, invite);
    let invitation = ben.expect("message");
    assert_eq!(invitation.attr("from"), Some("treff@conference.meet.lab.test"));
    assert!(invitation.get_child("x", ns::MUC_USER).unwrap().get_child("invite", ns::MUC_USER).is_some());
    ben.enter(&mut d, "treff", "Ben", None);
    let own = presences(&mut ben).into_iter().find(|p| codes(p).contains(&"110")).unwrap();
    assert_eq!(item(&own, "affiliation"), Some("member"));
}

#[test]
fn a_refused_guest_is_kicked_out_of_the_lobby() {
    let mut d = deployment();
    let (mut ada, mut ben) = knocked(&mut d);
    ben.drain();
    let kick = xml::client("iq").with("type", "set").with("id", "k").with("to", lobby().to_string()).child(
        xml::el("query", ns::MUC_ADMIN)
            .child(xml::el("item", ns::MUC_ADMIN).with("nick", ben.nick()).with("role", "none")),
    );
    ada.say(&mut d, kick);
    assert_eq!(codes(&presences(&mut ben).pop().unwrap()), ["307", "110"]);
    assert!(ada.drain().iter().any(|s| s.text_of_notice().contains("LOBBY-ACCESS-DENIED")));
}

#[test]
fn when_the_lobby_is_switched_off_those_who_wait_are_sent_to_the_room() {
    let mut d = deployment();
    let (_ada, mut ben) = knocked(&mut d);
    ben.drain();
    let now = d.now;
    d.core.muc.set_lobby(&names::room("treff"), false);
    d.core.run(now);
    let gone = presences(&mut ben).pop().unwrap();
    let destroy = gone.get_child("x", ns::MUC_USER).unwrap().get_child("destroy", ns::MUC_USER).unwrap();
    assert_eq!(destroy.attr("jid"), Some("treff@conference.meet.lab.test"));
    ben.enter(&mut d, "treff", "Ben", None);
    assert!(presences(&mut ben).iter().any(|p| codes(p).contains(&"110")));
}

#[test]
fn only_moderators_kick_and_the_kicked_one_learns_who_it_was() {
    let mut d = deployment();
    let mut ada = d.join("treff", "Ada");
    d.pass(std::time::Duration::from_millis(50));
    let mut ben = d.join("treff", "Ben");
    ben.drain();
    let kick = |nick: &str| {
        xml::client("iq")
            .with("type", "set")
            .with("id", "k")
            .with("to", names::room("treff").to_string())
            .child(
                xml::el("query", ns::MUC_ADMIN).child(
                    xml::el("item", ns::MUC_ADMIN)
                        .with("nick", nick)
                        .with("role", "none")
                        .child(xml::el("reason", ns::MUC_ADMIN).say("bye")),
                ),
            )
    };
    let of_ada = kick(&ada.nick());
    ben.say(&mut d, of_ada);
    assert_eq!(condition(&ben.expect("iq")), "forbidden");
    let of_ben = kick(&ben.nick());
    ada.say(&mut d, of_ben);
    let gone = presences(&mut ben).pop().unwrap();
    assert_eq!(codes(&gone), ["307", "110"]);
    let item = gone.get_child("x", ns::MUC_USER).unwrap().get_child("item", ns::MUC_USER).unwrap();
    assert_eq!(item.get_child("actor", ns::MUC_USER).unwrap().attr("nick"), Some(ada.nick().as_str()));
    assert_eq!(item.get_child("reason", ns::MUC_USER).unwrap().text(), "bye");
}

#[test]
fn chat_reaches_all_with_an_id_and_latecomers_with_a_delay() {
    let mut d = deployment();
    let mut ada = d.join("treff", "Ada");
    ada.drain();
    let hello = xml::client("message")
        .with("type", "groupchat")
        .with("to", names::room("treff").to_string())
        .child(xml::client("body").say("hello"));
    ada.say(&mut d, hello);
    let echo = ada.expect("message");
    assert!(!echo.attr("id").unwrap().is_empty());
    let mut ben = d.join("treff", "Ben");
    let old = ben.drain().into_iter().find(|s| s.get_child("body", ns::CLIENT).is_some()).unwrap();
    assert!(old.get_child("delay", ns::DELAY).unwrap().attr("stamp").unwrap().ends_with('Z'));
    let psst = xml::client("message")
        .with("type", "chat")
        .with("id", "p1")
        .with("to", names::room("treff").occupant(&ada.nick()).to_string())
        .child(xml::client("body").say("psst"));
    ben.say(&mut d, psst);
    let private = ada.drain().into_iter().rfind(|s| s.name() == "message").unwrap();
    assert_eq!(private.attr("type"), Some("chat"));
    assert_eq!(private.attr("id"), Some("p1"));
    assert_eq!(private.attr("from").unwrap(), names::room("treff").occupant(&ben.nick()).to_string());
}

#[test]
fn ending_the_conference_destroys_the_room_for_all() {
    let mut d = deployment();
    let mut ada = d.join("treff", "Ada");
    d.pass(std::time::Duration::from_millis(50));
    let mut ben = d.join("treff", "Ben");
    let end = xml::client("message")
        .with("to", names::component("endconference"))
        .child(xml::client("end_conference"));
    ada.say(&mut d, end);
    let gone = presences(&mut ben).pop().unwrap();
    let destroy = gone.get_child("x", ns::MUC_USER).unwrap().get_child("destroy", ns::MUC_USER).unwrap();
    assert_eq!(destroy.attr("jid"), None);
    assert!(d.core.muc.room(&names::room("treff")).is_none());
}

trait NoticeText {
    fn text_of_notice(&self) -> String;
}

impl NoticeText for Element {
    fn text_of_notice(&self) -> String {
        self.get_child("json-message", ns::JITMEET).map(Element::text).unwrap_or_default()
    }
}
