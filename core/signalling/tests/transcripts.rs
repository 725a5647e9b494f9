//! Recorded joins of real deployments (web clients, Prosody, Jicofo, Videobridge) replayed through the machine.
//! Nothing of them may be dropped; what comes of them is kept as snapshots.

#![allow(clippy::unwrap_used, reason = "a recording that cannot be read fails the test")]

mod replay;

use replay::{Outcome, replay};
use treff_signalling::{EndReason, Event, MutedMedium, Warning};

macro_rules! recording {
    ($name:literal) => {
        replay(include_str!(concat!("transcripts/", $name, ".jsonl")))
    };
}

/// Nothing was dropped, nothing was unknown.
fn check(outcome: &Outcome) {
    assert_eq!(outcome.stats.dropped(), 0, "{:?}\n{}", outcome.stats, outcome.log);
    assert_eq!(outcome.stats.unknown_stanzas, 0, "{}", outcome.log);
    assert_eq!(outcome.stats.unknown_bridge_messages, 0, "{}", outcome.log);
    assert_eq!(outcome.stats.unexpected_answers, 0, "{}", outcome.log);
}

fn count(outcome: &Outcome, is: impl Fn(&Event) -> bool) -> usize {
    outcome.events.iter().filter(|event| is(event)).count()
}

#[test]
fn three_peers() {
    for (outcome, name) in
        [(recording!("three-peers/p1"), "three-peers-1"), (recording!("three-peers/p3"), "three-peers-3")]
    {
        check(&outcome);
        assert_eq!(count(&outcome, |event| matches!(event, Event::SessionOffered(_))), 1);
        assert_eq!(count(&outcome, |event| matches!(event, Event::ParticipantJoined(_))), 2);
        assert_eq!(outcome.events.last(), Some(&Event::Ended(EndReason::Left)));
        insta::assert_snapshot!(name, outcome.log);
    }
}

#[test]
fn three_peers_with_h264() {
    check(&recording!("three-peers-h264/p2"));
}

#[test]
fn a_plain_prosody_and_a_conference_request_by_http() {
    let outcome = recording!("three-peers-plain-prosody/p2");
    check(&outcome);
    assert_eq!(count(&outcome, |event| matches!(event, Event::SessionAccepted)), 1);
    insta::assert_snapshot!("plain-prosody", outcome.log);
}

#[test]
fn a_bridge_channel_over_sctp() {
    let outcome = recording!("three-peers-sctp-bridge-channel/p1");
    check(&outcome);
    assert!(outcome.log.contains("BridgeChannelOpen { kind: Sctp }"));
    insta::assert_snapshot!("sctp", outcome.log);
}

#[test]
fn a_direct_session_is_declined_and_the_bridge_used() {
    let outcome = recording!("two-peers-p2p/p1");
    check(&outcome);
    assert!(outcome.log.contains("<decline/>"));
    assert_eq!(count(&outcome, |event| matches!(event, Event::SessionAccepted)), 1);
    insta::assert_snapshot!("two-peers-p2p", outcome.log);
}

#[test]
fn the_lobby_lets_in_and_refuses() {
    check(&recording!("lobby/p1"));
    let guest = recording!("lobby/p2");
    check(&guest);
    assert_eq!(count(&guest, |event| matches!(event, Event::LobbyAdmitted | Event::LobbyJoined)), 2);
    assert_eq!(count(&guest, |event| matches!(event, Event::SessionAccepted)), 1);
    insta::assert_snapshot!("lobby-guest", guest.log);
    let denied = recording!("lobby/p3");
    check(&denied);
    assert_eq!(count(&denied, |event| *event == Event::LobbyDenied), 1);
    insta::assert_snapshot!("lobby-denied", denied.log);
}

#[test]
fn a_password_is_asked_for() {
    let outcome = recording!("password/p2");
    check(&outcome);
    assert_eq!(count(&outcome, |event| *event == Event::PasswordRequired { wrong: false }), 1);
    assert_eq!(count(&outcome, |event| matches!(event, Event::Joined { .. })), 1);
    insta::assert_snapshot!("password", outcome.log);
}

#[test]
fn tokens() {
    let refused = recording!("token/p0-notoken");
    check(&refused);
    assert_eq!(refused.events, [Event::Ended(EndReason::AuthenticationRequired)]);
    let member = recording!("token/p2-member");
    check(&member);
    insta::assert_snapshot!("token-member", member.log);
}

#[test]
fn everything_people_do_in_a_meeting() {
    let moderator = recording!("features/p1");
    let member = recording!("features/p2");
    let kicked = recording!("features/p3");
    for outcome in [&moderator, &member, &kicked] {
        check(outcome);
    }
    assert_eq!(
        count(&moderator, |event| matches!(event, Event::ChatReceived(message) if message.private)),
        1
    );
    assert_eq!(count(&moderator, |event| matches!(event, Event::ReactionReceived { .. })), 1);
    assert_eq!(count(&member, |event| matches!(event, Event::MutedBy { kind: MutedMedium::Audio, .. })), 2);
    assert_eq!(count(&member, |event| matches!(event, Event::ModerationChanged { .. })), 2);
    assert_eq!(count(&member, |event| *event == Event::SubjectChanged("My subject".into())), 1);
    assert!(matches!(member.events.last(), Some(Event::Ended(EndReason::Destroyed { .. }))));
    assert!(matches!(kicked.events.last(), Some(Event::Ended(EndReason::Kicked { .. }))));
    assert_eq!(count(&member, |event| matches!(event, Event::Warning(Warning::AnswerRefused { .. }))), 0);
    insta::assert_snapshot!("features-member", member.log);
}
