//! What people write and show: chat, reactions, hands, names.

use serde_json::json;
use treff_app::{Command, Event, Reaction};
use treff_lab::{LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::Guest;

use crate::{PATIENCE, ROOM, lab, quiet};

fn says(text: &str, to: Option<&str>) -> Command {
    Command::SendChat { text: text.to_owned(), to: to.map(str::to_owned) }
}

async fn reads(guest: &mut Guest, wanted: &str) -> (Option<String>, Option<String>, bool) {
    match guest.until(wanted, |event| matches!(event, Event::Chat { text, .. } if text == wanted)).await {
        Event::Chat { from, name, private, .. } => (from, name, private),
        other => panic!("{other:?} is no message"),
    }
}

#[tokio::test]
async fn messages_reach_everybody_or_one() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let mut cleo = Guest::join(&lab, "Pub", "Cleo", quiet()).await;
    let (from, name) = (Some(ada.endpoint()), Some("Ada".to_owned()));
    ada.does(says("Good morning <all> & \"everybody\" 👋", None));
    for reader in [&mut ben, &mut cleo] {
        let read = reads(reader, "Good morning <all> & \"everybody\" 👋").await;
        assert_eq!(read, (from.clone(), name.clone(), false));
    }
    // The room echoes what everybody may read, and may do so to Ada last of all.
    ada.sees("her first words", |ada| (ada.snapshot().chat.len() == 1).then_some(())).await;
    ada.does(says("Only for you", Some(&ben.endpoint())));
    assert_eq!(reads(&mut ben, "Only for you").await, (from, name, true));
    ada.does(says("Shall we begin?", None));
    reads(&mut cleo, "Shall we begin?").await;
    assert!(!cleo.was_told(|e| matches!(e, Event::Chat { private: true, .. })), "Cleo reads others' letters");
    let own = ada.endpoint();
    ada.sees("her own words", |ada| {
        let chat = &ada.snapshot().chat;
        let ours: Vec<_> = chat.iter().filter(|line| line.from.as_deref() == Some(own.as_str())).collect();
        let expected = ["Good morning <all> & \"everybody\" 👋", "Only for you", "Shall we begin?"];
        let told = ours.get(1).is_some_and(|line| line.private && line.to == Some(ben.endpoint()));
        (ours.iter().map(|line| line.text.as_str()).eq(expected) && told).then_some(())
    })
    .await;
    assert!(!ada.was_told(|event| matches!(event, Event::Chat { .. })), "nobody is told what they said");
}

#[tokio::test]
async fn a_newcomer_reads_what_was_said_before() {
    let people = vec![Person { video: false, audio: false, ..Person::new("Cleo", VideoCodec::Vp8) }];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    lab.chat(ROOM, "Cleo", "First", None).expect("Cleo is there");
    lab.chat(ROOM, "Cleo", "Second", None).expect("Cleo is there");
    let mut ada = Guest::join(&lab, ROOM, "Ada", quiet()).await;
    let cleo = lab.endpoint(ROOM, "Cleo");
    for text in ["First", "Second"] {
        let (from, _, private) = reads(&mut ada, text).await;
        assert_eq!((from, private), (cleo.clone(), false));
    }
    let lines = ada.sees("the chat", |ada| Some(ada.snapshot().chat.clone()).filter(|c| c.len() == 2)).await;
    assert_eq!((lines[0].text.as_str(), lines[1].text.as_str()), ("First", "Second"));
    lab.chat(ROOM, "Cleo", "For Ada", Some(&ada.endpoint())).expect("both are there");
    let (from, name, private) = reads(&mut ada, "For Ada").await;
    assert_eq!((from, name.as_deref(), private), (cleo, Some("Cleo"), true));
}

#[tokio::test]
async fn reactions_go_both_ways() {
    let people = vec![Person { video: false, audio: false, ..Person::new("Cleo", VideoCodec::Vp8) }];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, ROOM, "Ben", quiet()).await;
    for guest in [&mut ada, &mut ben] {
        guest.until("the channel", |event| matches!(event, Event::BridgeChannelOpen { .. })).await;
    }
    ada.does(Command::SendReaction { reaction: Reaction::Clap });
    ada.does(Command::SendReaction { reaction: Reaction::Love });
    for reaction in [Reaction::Clap, Reaction::Love] {
        let expected = Event::Reaction { from: ada.endpoint(), reaction };
        ben.until("Ada's reaction", |event| *event == expected).await;
    }
    let laugh = json!({"name": "endpoint-reaction", "reactions": ["laugh", "unheard-of"], "timestamp": 1});
    lab.endpoint_message("Cleo", &laugh).expect("Cleo is there");
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let expected = Event::Reaction { from: cleo, reaction: Reaction::Laugh };
    ada.until("Cleo's laugh", |event| *event == expected).await;
}

#[tokio::test]
async fn hands_are_seen_on_both_sides() {
    let people = vec![Person { video: false, audio: false, ..Person::new("Cleo", VideoCodec::Vp8) }];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, ROOM, "Ada", quiet()).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    for raised in [Some(1_700_000_000_000), None] {
        lab.raise_hand(ROOM, "Cleo", raised).expect("Cleo is there");
        let seen = |ada: &Guest| (ada.person(&cleo)?.hand_raised == raised).then_some(());
        ada.sees("Cleo's hand", seen).await;
    }
    let mut ben = Guest::join(&lab, ROOM, "Ben", quiet()).await;
    let own = ada.endpoint();
    for raised in [true, false] {
        ada.does(Command::RaiseHand { raised });
        ben.sees("Ada's hand", |ben| (ben.person(&own)?.hand_raised.is_some() == raised).then_some(())).await;
        ada.sees("her own hand", |ada| (ada.snapshot().me.hand_raised == raised).then_some(())).await;
    }
}

#[tokio::test]
async fn a_new_name_is_seen_by_all() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    let named = |name: &'static str| {
        let own = own.clone();
        move |ben: &Guest| (ben.person(&own)?.name.as_deref() == Some(name)).then_some(())
    };
    ben.sees("Ada's first name", named("Ada")).await;
    ada.does(Command::SetDisplayName { name: "Ada <Lovelace>".to_owned() });
    ben.sees("Ada's new name", named("Ada <Lovelace>")).await;
    ada.sees("her own name", |ada| (ada.snapshot().me.name == "Ada <Lovelace>").then_some(())).await;
    lab.wait_until("the name", PATIENCE, |lab| lab.endpoint("Pub", "Ada <Lovelace>").is_some())
        .await
        .expect("the room knows it");
}
