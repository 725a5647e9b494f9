//! What a transport lives through: forged, broken and unexpected datagrams, silence, and a phone's battery.

mod common;

use std::time::Duration;

use bytes::BytesMut;
use common::{
    Chance, Flying, addr, bridge_config, client_config, connected, events, introduce, rtp, strangers,
};
use treff_media::codec::Ssrc;
use treff_media::transport::{TransportError, TransportEvent};

const ADA: &str = "10.0.0.2:4000";
const BRIDGE: &str = "203.0.113.5:10000";
const MALLORY: &str = "198.51.100.66:6666";

/// A STUN request without integrity that claims the controlled role with the smallest tie-breaker.
fn forged_role_claim(attribute: u8, tie_breaker: u8) -> BytesMut {
    let mut message = vec![0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42];
    message.extend_from_slice(&[9; 12]);
    message.extend_from_slice(&[0x80, attribute, 0, 8]);
    message.extend_from_slice(&[tie_breaker; 8]);
    message.as_slice().into()
}

#[test]
fn a_forged_role_conflict_changes_nothing() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    introduce(&mut world);
    for (to, attribute, tie_breaker) in [(ADA, 0x29, 0x00), (BRIDGE, 0x2a, 0xff)] {
        for from in [MALLORY, ADA, BRIDGE] {
            let bytes = forged_role_claim(attribute, tie_breaker);
            let flying = Flying { from: addr(from), to: addr(to), bytes };
            world.inject(flying.clone(), Duration::ZERO);
            world.inject(flying, Duration::from_secs(2));
        }
    }
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected() && world.bridge.is_connected());
    // A reversed role would break the next checks: let them happen.
    world.run(Duration::from_secs(40));
    assert_eq!(world.ada.stats().dropped_role_conflict, 6);
    assert_eq!(world.bridge.stats().dropped_role_conflict, 6);
    let ours = events(&mut world.ada);
    assert!(!ours.iter().any(|event| matches!(event, TransportEvent::Failed(_))), "{ours:?}");
}

#[test]
fn garbage_is_counted_and_harms_nothing() {
    let mut world = connected();
    world.ada.accept_ssrc(Ssrc(2));
    let mut chance = Chance::new(3);
    for _ in 0..5000 {
        let length = (chance.draw() * 120.0) as usize;
        let bytes: Vec<u8> = (0..length).map(|_| (chance.draw() * 256.0) as u8).collect();
        let from = if chance.draw() < 0.5 { BRIDGE } else { MALLORY };
        let flying = Flying { from: addr(from), to: addr(ADA), bytes: bytes.as_slice().into() };
        let delay = Duration::from_millis((chance.draw() * 900.0) as u64);
        world.inject(flying, delay);
    }
    let before = world.ada.stats();
    world.run(Duration::from_secs(1));
    let after = world.ada.stats();
    assert!(after.dropped() - before.dropped() > 4900, "{after:?}");
    assert!(after.dropped_malformed > 1000, "{after:?}");
    assert!(after.dropped_unknown_address > 500, "{after:?}");
    assert!(after.dropped_unsignalled > 100, "{after:?}");

    world.bridge.send_rtp(&rtp(2, 1, b"still here")).unwrap();
    world.bridge.send_message(world.now, "still here").unwrap();
    world.run(Duration::from_millis(100));
    assert_eq!(
        events(&mut world.ada),
        [
            TransportEvent::Rtp(rtp(2, 1, b"still here").as_slice().into()),
            TransportEvent::ChannelMessage("still here".to_owned()),
        ]
    );
}

#[test]
fn replays_and_tampering_are_counted() {
    let mut world = connected();
    world.ada.accept_ssrc(Ssrc(2));
    world.bridge.send_rtp(&rtp(2, 1, b"once")).unwrap();
    let sealed = world.bridge.poll_transmit().unwrap();
    let flying = Flying { from: sealed.local, to: sealed.remote, bytes: sealed.bytes };
    let mut tampered = flying.clone();
    tampered.bytes[13] ^= 1;
    world.inject(tampered, Duration::ZERO);
    world.inject(flying.clone(), Duration::from_millis(1));
    world.inject(flying, Duration::from_millis(2));
    world.run(Duration::from_millis(10));
    assert_eq!(events(&mut world.ada), [TransportEvent::Rtp(rtp(2, 1, b"once").as_slice().into())]);
    assert_eq!(world.ada.stats().dropped_srtp, 2);
}

#[test]
fn only_signalled_sources_get_in() {
    let mut world = connected();
    world.ada.accept_ssrc(Ssrc(2));
    world.bridge.send_rtp(&rtp(3, 1, b"who?")).unwrap();
    world.run(Duration::from_millis(50));
    assert_eq!(events(&mut world.ada), []);
    assert_eq!(world.ada.stats().dropped_unsignalled, 1);
    world.ada.accept_ssrc(Ssrc(3));
    world.bridge.send_rtp(&rtp(3, 2, b"cleo")).unwrap();
    world.run(Duration::from_millis(50));
    assert_eq!(events(&mut world.ada), [TransportEvent::Rtp(rtp(3, 2, b"cleo").as_slice().into())]);
    world.ada.forget_ssrc(Ssrc(3));
    world.bridge.send_rtp(&rtp(3, 3, b"gone")).unwrap();
    world.run(Duration::from_millis(50));
    assert_eq!(events(&mut world.ada), []);
}

#[test]
fn a_silent_bridge_is_noticed_and_may_come_back() {
    let mut world = connected();
    world.filter = Some(Box::new(|_| false));
    world.run(Duration::from_secs(8));
    assert_eq!(events(&mut world.ada), [TransportEvent::Interrupted]);
    world.filter = None;
    world.run(Duration::from_secs(4));
    assert_eq!(events(&mut world.ada), [TransportEvent::Resumed]);
    assert!(world.ada.is_connected());

    world.filter = Some(Box::new(|_| false));
    let silent_since = world.now;
    let mut told = Vec::new();
    let end = world.now + Duration::from_secs(25);
    world.run_until(end, |world| {
        let now = world.now;
        told.extend(events(&mut world.ada).into_iter().map(|event| (event, (now - silent_since).as_secs())));
        told.len() == 2
    });
    let [(TransportEvent::Interrupted, told), (TransportEvent::Failed(TransportError::NoPath), failed)] =
        told[..]
    else {
        panic!("{told:?}")
    };
    assert!((4..=5).contains(&told), "told after {told} s");
    assert!((9..=10).contains(&failed), "given up after {failed} s");
}

#[test]
fn media_alone_is_no_consent() {
    let mut world = connected();
    world.ada.accept_ssrc(Ssrc(2));
    // The bridge's answers are lost, its media is not (or somebody forges the address it comes from).
    world.filter = Some(Box::new(|flying| !(flying.is_stun() && flying.from == addr(BRIDGE))));
    for sequence in 0..40 {
        let _ = world.bridge.send_rtp(&rtp(2, sequence, b"media"));
        world.run(Duration::from_secs(1));
    }
    let ours = events(&mut world.ada);
    assert_eq!(ours.last(), Some(&TransportEvent::Failed(TransportError::ConsentExpired)));
}

#[test]
fn a_quiet_call_wakes_the_phone_once_a_second() {
    let mut world = connected();
    world.run(Duration::from_secs(10));
    let (wakes, stats) = (world.ada_wakes, world.ada.stats());
    world.run(Duration::from_secs(60));
    assert!(world.ada_wakes - wakes <= 75, "{}", world.ada_wakes - wakes);
    assert!(world.ada.stats().datagrams_sent - stats.datagrams_sent <= 150);
    assert!(world.ada.is_connected() && world.bridge.is_connected());
    assert_eq!(world.ada.round_trip(), Some(Duration::from_millis(20)));
}
