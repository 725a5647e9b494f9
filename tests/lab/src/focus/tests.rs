use std::time::Duration;

use minidom::Element;

use crate::bridge::SourceDescription;
use crate::focus::Medium;
use crate::names;
use crate::options::LabOptions;
use crate::testing::{Asked, Client, Deployment};
use crate::xml::{self, Build, ns};

const FEATURES: [&str; 7] = [
    "http://jitsi.org/json-encoded-sources",
    "http://jitsi.org/tcc",
    "urn:ietf:rfc:4588",
    "urn:xmpp:jingle:1",
    "urn:xmpp:jingle:apps:rtp:audio",
    "urn:xmpp:jingle:apps:rtp:video",
    "urn:xmpp:jingle:transports:dtls-sctp:1",
];

/// Answers the focus's caps query.
fn introduce(d: &mut Deployment, client: &mut Client, features: &[&str]) {
    let query = loop {
        let iq = client.expect("iq");
        if iq.get_child("query", ns::DISCO_INFO).is_some() && iq.attr("type") == Some("get") {
            break iq;
        }
    };
    assert_eq!(query.get_child("query", ns::DISCO_INFO).unwrap().attr("node"), Some("n#v"));
    let features = features.iter().map(|var| xml::el("feature", ns::DISCO_INFO).with("var", var));
    let answer = xml::result(&query).child(xml::el("query", ns::DISCO_INFO).children_from(features));
    client.say(d, answer);
}

/// Ada and Ben, both introduced; both have an offer.
fn two(d: &mut Deployment) -> (Client, Client) {
    let mut ada = d.join("treff", "Ada");
    introduce(d, &mut ada, &FEATURES);
    d.pass(Duration::from_millis(50));
    let mut ben = d.join("treff", "Ben");
    introduce(d, &mut ben, &FEATURES);
    (ada, ben)
}

fn source(ssrc: u32, name: &str, msid: &str) -> Element {
    let parameter = xml::el("parameter", ns::SSMA).with("name", "msid").with("value", msid);
    xml::el("source", ns::SSMA).with("ssrc", ssrc.to_string()).with("name", name).child(parameter)
}

fn group(semantics: &str, ssrcs: &[u32]) -> Element {
    let members = ssrcs.iter().map(|s| xml::el("source", ns::SSMA).with("ssrc", s.to_string()));
    xml::el("ssrc-group", ns::SSMA).with("semantics", semantics).children_from(members)
}

fn content(medium: &str, children: Vec<Element>) -> Element {
    let fingerprint = xml::el("fingerprint", ns::DTLS)
        .with("hash", "sha-256")
        .with("setup", "active")
        .say(&vec!["CD"; 32].join(":"));
    let transport = xml::el("transport", ns::ICE).with("ufrag", "u").with("pwd", "p").child(fingerprint);
    xml::el("content", ns::JINGLE)
        .with("name", medium)
        .with("creator", "responder")
        .child(xml::el("description", ns::RTP).with("media", medium).children_from(children))
        .child(transport)
}

fn jingle_iq(action: &str, sid: &str, contents: Vec<Element>) -> Element {
    let jingle =
        xml::el("jingle", ns::JINGLE).with("action", action).with("sid", sid).children_from(contents);
    xml::client("iq")
        .with("type", "set")
        .with("id", action)
        .with("to", names::room("treff").occupant("focus").to_string())
        .child(jingle)
}

fn sid(offer: &Element) -> String {
    offer.get_child("jingle", ns::JINGLE).unwrap().attr("sid").unwrap().to_owned()
}

/// A simulcast camera and a microphone from this first SSRC on.
fn media(nick: &str, first: u32) -> Vec<Element> {
    let video = format!("{nick}-video");
    let mut children: Vec<Element> =
        (0..6).map(|n| source(first + n, &format!("{nick}-v0"), &video)).collect();
    children.push(group("SIM", &[first, first + 1, first + 2]));
    (0..3).for_each(|n| children.push(group("FID", &[first + n, first + 3 + n])));
    let audio = source(first + 10, &format!("{nick}-a0"), &format!("{nick}-audio"));
    vec![content("audio", vec![audio]), content("video", children)]
}

/// Takes the offer and accepts it with media.
fn accept(d: &mut Deployment, client: &mut Client, first: u32) -> String {
    let offer = client.expect_jingle("session-initiate");
    let ack = xml::result(&offer);
    client.say(d, ack);
    let sid = sid(&offer);
    let iq = jingle_iq("session-accept", &sid, media(&client.nick(), first));
    client.say(d, iq);
    sid
}

#[test]
fn nobody_is_offered_anything_while_alone() {
    let mut d = Deployment::new(LabOptions::default());
    let mut ada = d.join("treff", "Ada");
    introduce(&mut d, &mut ada, &FEATURES);
    assert!(ada.drain().iter().all(|s| s.get_child("jingle", ns::JINGLE).is_none()));
}

#[test]
fn the_offer_has_what_the_features_allow() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    let offer = ada.expect_jingle("session-initiate");
    let jingle = offer.get_child("jingle", ns::JINGLE).unwrap();
    let names: Vec<&str> =
        jingle.children().filter(|c| c.is("content", ns::JINGLE)).filter_map(|c| c.attr("name")).collect();
    assert_eq!(names, ["audio", "video", "data"]);
    assert!(jingle.get_child("bridge-session", ns::FOCUS).is_some());
    let json = jingle.get_child("json-message", ns::JITMEET).unwrap().text();
    let sources: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(sources["sources"]["jvb"][0][0]["n"], "jvb-v0");
    assert!(ben.expect_jingle("session-initiate").get_child("jingle", ns::JINGLE).is_some());

    let mut cleo = d.join("treff", "Cleo");
    introduce(&mut d, &mut cleo, &["urn:xmpp:jingle:apps:rtp:audio", "urn:xmpp:jingle:apps:rtp:video"]);
    let offer = cleo.expect_jingle("session-initiate");
    let jingle = offer.get_child("jingle", ns::JINGLE).unwrap();
    assert!(jingle.get_child("json-message", ns::JITMEET).is_none());
    let video = jingle.children().find(|c| c.attr("name") == Some("video")).unwrap();
    let description = video.get_child("description", ns::RTP).unwrap();
    assert!(description.get_child("source", ns::SSMA).is_some());
    assert!(!description.children().any(|c| c.attr("name") == Some("rtx")));
    assert!(!jingle.children().any(|c| c.attr("name") == Some("data")));
}

#[test]
fn accepted_sources_reach_the_bridge_whole_and_the_others_stripped() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    accept(&mut d, &mut ada, 100);
    accept(&mut d, &mut ben, 200);
    let nick = ada.nick();
    let expected = SourceDescription {
        name: format!("{nick}-v0"),
        medium: Medium::Video,
        desktop: false,
        encodings: vec![(100, Some(103)), (101, Some(104)), (102, Some(105))],
    };
    let described = d.bridge.notes().into_iter().find_map(|note| match note {
        Asked::Sources(endpoint, sources) if endpoint == nick => Some(sources),
        _ => None,
    });
    assert!(described.unwrap().contains(&expected));

    let added = ben.expect_jingle("source-add");
    let text = added.get_child("jingle", ns::JINGLE).unwrap().get_child("json-message", ns::JITMEET).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text.text()).unwrap();
    let of_ada = &json["sources"][&nick];
    assert_eq!(of_ada[0].as_array().unwrap().len(), 2);
    assert_eq!(of_ada[1], serde_json::json!([["f", 100, 103]]));
    assert_eq!(of_ada[2][0]["s"], 110);
    ada.expect_jingle("source-add");
}

#[test]
fn broken_sources_are_refused_with_a_reason() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    accept(&mut d, &mut ada, 100);
    let offer = ben.expect_jingle("session-initiate");
    let sid = sid(&offer);
    let cases: [(&str, Vec<Element>); 4] = [
        ("already used", vec![content("video", vec![source(100, "x-v0", "m")])]),
        ("not valid", vec![content("video", vec![source(0, "x-v0", "m")])]),
        ("not signalled", vec![content("video", vec![source(7, "x-v0", "m"), group("FID", &[7, 8])])]),
        ("in no group", vec![content("video", vec![source(7, "x-v0", "m"), source(8, "x-v1", "m")])]),
    ];
    for (reason, contents) in cases {
        let iq = jingle_iq("session-accept", &sid, contents);
        ben.say(&mut d, iq);
        let answer = ben.expect("iq");
        assert_eq!(answer.attr("type"), Some("error"));
        let text =
            answer.get_child("error", ns::CLIENT).unwrap().get_child("text", ns::STANZAS).unwrap().text();
        assert!(text.contains(reason), "{text} does not say {reason}");
    }
    let unknown = jingle_iq("session-accept", "nonsense", Vec::new());
    ben.say(&mut d, unknown);
    let answer = ben.expect("iq");
    let error = answer.get_child("error", ns::CLIENT).unwrap();
    assert!(error.get_child("unknown-session", ns::JINGLE_ERRORS).is_some());
}

#[test]
fn a_screen_share_comes_and_goes_by_source_add_and_remove() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    let sid = accept(&mut d, &mut ada, 100);
    accept(&mut d, &mut ben, 200);
    ben.drain();
    let name = format!("{}-v1", ada.nick());
    let share = || vec![content("video", vec![source(150, &name, "share").with("videoType", "desktop")])];
    let add = jingle_iq("source-add", &sid, share());
    ada.say(&mut d, add);
    let added = ben.expect_jingle("source-add");
    let text = added.get_child("jingle", ns::JINGLE).unwrap().get_child("json-message", ns::JITMEET).unwrap();
    assert!(text.text().contains("\"v\":\"d\""));
    let remove = jingle_iq("source-remove", &sid, share());
    ada.say(&mut d, remove);
    ben.expect_jingle("source-remove");
    ada.drain();
    let again = jingle_iq("source-remove", &sid, share());
    ada.say(&mut d, again);
    assert_eq!(ada.expect("iq").attr("type"), Some("error"));
}

#[test]
fn whoever_is_left_alone_loses_the_session_and_gets_one_with_the_next_guest() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    accept(&mut d, &mut ada, 100);
    let leave = xml::client("presence")
        .with("type", "unavailable")
        .with("to", names::room("treff").occupant(&ben.nick()).to_string());
    ben.say(&mut d, leave);
    d.pass(Duration::from_secs(19));
    assert!(!ada.drain().iter().any(|s| s.get_child("jingle", ns::JINGLE).is_some()));
    d.pass(Duration::from_secs(2));
    let ended = ada.expect_jingle("session-terminate");
    let reason = ended.get_child("jingle", ns::JINGLE).unwrap().get_child("reason", ns::JINGLE).unwrap();
    assert!(reason.get_child("expired", ns::JINGLE).is_some());
    let mut cleo = d.join("treff", "Cleo");
    introduce(&mut d, &mut cleo, &FEATURES);
    ada.expect_jingle("session-initiate");
}

#[test]
fn a_new_session_is_given_on_request_but_not_too_often() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    let offer = ada.expect_jingle("session-initiate");
    let jingle = offer.get_child("jingle", ns::JINGLE).unwrap();
    let bridge = jingle.get_child("bridge-session", ns::FOCUS).unwrap().attr("id").unwrap().to_owned();
    let restart = |sid: &str, id: &str| {
        let session = xml::el("bridge-session", ns::FOCUS).with("id", id).with("restart", "true");
        jingle_iq("session-terminate", sid, vec![session])
    };
    let wrong = restart(&sid(&offer), "another");
    ada.say(&mut d, wrong);
    assert_eq!(ada.expect("iq").attr("type"), Some("error"));
    let right = restart(&sid(&offer), &bridge);
    ada.say(&mut d, right);
    let second = ada.expect_jingle("session-initiate");
    let jingle = second.get_child("jingle", ns::JINGLE).unwrap();
    let bridge = jingle.get_child("bridge-session", ns::FOCUS).unwrap().attr("id").unwrap().to_owned();
    let soon = restart(&sid(&second), &bridge);
    ada.say(&mut d, soon);
    let answer = ada.expect("iq");
    assert!(
        answer
            .get_child("error", ns::CLIENT)
            .unwrap()
            .get_child("resource-constraint", ns::STANZAS)
            .is_some()
    );
    ben.drain();
}

#[test]
fn a_moderator_mutes_somebody_who_learns_who_it_was() {
    let mut d = Deployment::new(LabOptions::default());
    let (mut ada, mut ben) = two(&mut d);
    ben.drain();
    ada.drain();
    let mute = |target: &str| {
        xml::client("iq")
            .with("type", "set")
            .with("id", "m")
            .with("to", names::room("treff").occupant("focus").to_string())
            .child(
                xml::el("mute", "http://jitsi.org/jitmeet/audio")
                    .with("jid", names::room("treff").occupant(target).to_string())
                    .say("true"),
            )
    };
    let of_ada = mute(&ada.nick());
    ben.say(&mut d, of_ada);
    assert_eq!(ben.expect("iq").attr("type"), Some("error"));
    let of_ben = mute(&ben.nick());
    ada.say(&mut d, of_ben);
    assert_eq!(ada.expect("iq").attr("type"), Some("result"));
    let order = ben.expect("iq");
    let payload = order.get_child("mute", "http://jitsi.org/jitmeet/audio").unwrap();
    assert_eq!(payload.attr("actor"), Some(names::room("treff").occupant(&ada.nick()).to_string().as_str()));
}

#[test]
fn conference_requests_can_be_put_off_and_refused() {
    let mut d = Deployment::new(LabOptions::default());
    d.core.focus.answers.not_ready = 1;
    let mut ada = d.connect();
    let answer = d.request(&mut ada, "treff");
    let conference = answer.get_child("conference", ns::FOCUS).unwrap();
    assert_eq!(conference.attr("ready"), Some("false"));
    let answer = d.request(&mut ada, "treff");
    let conference = answer.get_child("conference", ns::FOCUS).unwrap();
    assert_eq!(conference.attr("ready"), Some("true"));
    assert_eq!(conference.attr("focusjid"), Some("focus@auth.meet.lab.test"));
    d.core.focus.answers.refusals.push_back(crate::Refusal::NotAuthorized);
    let answer = d.request(&mut ada, "treff");
    assert!(
        answer.get_child("error", ns::CLIENT).unwrap().get_child("not-authorized", ns::STANZAS).is_some()
    );

    let now = d.now;
    let body = r#"{"room":"treff@conference.meet.lab.test","machineUid":"x","properties":{"rtcstatsEnabled":false}}"#;
    let answer = d.core.conference_request(now, body);
    assert_eq!((answer.status, answer.after), (200, Some(names::room("treff"))));
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answer["ready"], true);
    assert_eq!(d.core.conference_request(now, "{").status, 400);
}
