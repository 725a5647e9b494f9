use minidom::Element;

use super::stream::Stream;
use crate::names::HOST;
use crate::options::{LabOptions, TokenPolicy};
use crate::random::Random;
use crate::testing::Deployment;
use crate::xml::{self, Build, ns};

fn open() -> String {
    format!("<open xmlns='{}' to='{HOST}' version='1.0'/>", ns::FRAMING)
}

fn auth() -> String {
    format!("<auth xmlns='{}' mechanism='ANONYMOUS'/>", ns::SASL)
}

#[test]
fn tokens_are_checked_at_login() {
    let policy = TokenPolicy::Required(vec!["good".to_owned()]);
    let answer = |token: Option<&str>| {
        let mut stream = Stream::new(Random::new(1), token.map(str::to_owned));
        stream.frame(&open(), &policy);
        stream.frame(&auth(), &policy).frames.remove(0)
    };
    assert!(answer(None).contains("token required"));
    assert!(answer(Some("bad")).contains("not-allowed"));
    assert!(answer(Some("good")).starts_with("<success"));
}

#[test]
fn nothing_is_routed_before_the_bind() {
    let mut stream = Stream::new(Random::new(1), None);
    stream.frame(&open(), &TokenPolicy::Open);
    let step = stream.frame("<message xmlns='jabber:client' to='x'/>", &TokenPolicy::Open);
    assert!(step.closed);
    assert!(step.stanza.is_none());
}

#[test]
fn rubbish_ends_the_stream() {
    let mut stream = Stream::new(Random::new(1), None);
    assert!(stream.frame("<open", &TokenPolicy::Open).closed);
}

#[test]
fn stream_management_counts_stanzas() {
    let mut d = Deployment::new(LabOptions::default());
    let mut ada = d.connect();
    ada.say_text(&mut d, &format!("<enable xmlns='{}' resume='true'/>", ns::SM));
    let enabled = ada.expect("enabled");
    assert_eq!(enabled.attr("resume"), None);
    for _ in 0..3 {
        let ping = xml::client("iq")
            .with("type", "get")
            .with("id", "p")
            .with("to", HOST)
            .child(xml::el("ping", ns::PING));
        ada.say(&mut d, ping);
        assert_eq!(ada.expect("iq").attr("type"), Some("result"));
    }
    ada.say_text(&mut d, &format!("<r xmlns='{}'/>", ns::SM));
    assert_eq!(ada.expect("a").attr("h"), Some("3"));
}

fn disco(d: &mut Deployment, to: &str, node: Option<&str>) -> Element {
    let mut ada = d.connect();
    let iq = xml::client("iq")
        .with("type", "get")
        .with("id", "d")
        .with("to", to)
        .child(xml::el("query", ns::DISCO_INFO).with_some("node", node));
    ada.say(d, iq);
    ada.expect("iq")
}

#[test]
fn the_server_names_its_components_unless_it_has_none() {
    let mut d = Deployment::new(LabOptions::default());
    let answer = disco(&mut d, HOST, None);
    let query = answer.get_child("query", ns::DISCO_INFO).unwrap();
    let lobby = query.children().find(|i| i.attr("type") == Some("lobbyrooms")).unwrap();
    assert_eq!(lobby.attr("name"), Some("lobby.meet.lab.test"));
    let answer = disco(&mut d, "lobby.meet.lab.test", Some("lobbyrooms"));
    assert_eq!(answer.get_child("query", ns::DISCO_INFO).unwrap().attr("node"), Some("lobbyrooms"));

    let mut plain = Deployment::new(LabOptions { components: false, ..LabOptions::default() });
    let answer = disco(&mut plain, HOST, None);
    let query = answer.get_child("query", ns::DISCO_INFO).unwrap();
    assert!(!query.children().any(|i| i.attr("category") == Some("component")));
}

#[test]
fn disco_is_pushed_when_the_deployment_does_so() {
    let mut d = Deployment::new(LabOptions { push_disco: true, ..LabOptions::default() });
    let mut ada = d.connect();
    let push = ada.expect("message");
    assert!(push.get_child("query", ns::DISCO_INFO).is_some());
    assert!(push.get_child("services", ns::EXTDISCO).is_some());
}

#[test]
fn a_lost_socket_empties_the_seat_at_once_or_after_hibernation() {
    let mut d = Deployment::new(LabOptions::default());
    let ada = d.join("treff", "Ada");
    let mut ben = d.join("treff", "Ben");
    ben.drain();
    let now = d.now;
    d.core.disconnected(now, 1);
    let gone = ben.expect("presence");
    assert_eq!(gone.attr("type"), Some("unavailable"));
    assert!(gone.attr("from").unwrap().ends_with(&ada.nick()));
}
