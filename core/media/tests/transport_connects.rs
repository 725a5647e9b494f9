//! How a transport comes up: paths, handshakes, profiles and what must make them fail.

mod common;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use common::{addr, bridge_config, client_config, connected, events, introduce, rtp, strangers};
use treff_media::codec::Ssrc;
use treff_media::transport::{
    Candidate, CandidateKind, SrtpProfile, TransportConfig, TransportError, TransportEvent,
};

const ADA: &str = "10.0.0.2:4000";
const BRIDGE: &str = "203.0.113.5:10000";

fn failure(events: &[TransportEvent]) -> Option<&TransportError> {
    events.iter().find_map(|event| match event {
        TransportEvent::Failed(error) => Some(error),
        _ => None,
    })
}

#[test]
fn ada_reaches_the_bridge_in_a_fraction_of_a_second() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    introduce(&mut world);
    let end = world.now + Duration::from_secs(5);
    assert!(world.run_until(end, |world| world.ada.is_channel_open()));
    assert!(world.elapsed() < Duration::from_millis(400), "{:?}", world.elapsed());
    world.run(Duration::from_millis(100));

    let profile = SrtpProfile::AeadAes128Gcm;
    let connected = TransportEvent::Connected { profile, relayed: false };
    assert_eq!(events(&mut world.ada), [connected.clone(), TransportEvent::ChannelOpen]);
    assert_eq!(events(&mut world.bridge), [connected, TransportEvent::ChannelOpen]);
    assert_eq!(world.ada.selected_pair(), Some((addr(ADA), addr(BRIDGE))));
    assert_eq!(world.bridge.selected_pair(), Some((addr(BRIDGE), addr(ADA))));

    world.ada.accept_ssrc(Ssrc(2));
    world.bridge.accept_ssrc(Ssrc(1));
    world.ada.send_rtp(&rtp(1, 1, b"from ada")).unwrap();
    world.bridge.send_rtp(&rtp(2, 1, b"from ben")).unwrap();
    let report = [0x80, 201, 0, 1, 0, 0, 0, 1];
    world.ada.send_rtcp(&report).unwrap();
    world.ada.send_message(world.now, "{\"colibriClass\":\"ClientHello\"}").unwrap();
    world.bridge.send_message(world.now, "").unwrap();
    world.bridge.send_message(world.now, &"long ".repeat(4000)).unwrap();
    world.run(Duration::from_millis(200));
    assert_eq!(
        events(&mut world.ada),
        [
            TransportEvent::Rtp(rtp(2, 1, b"from ben").as_slice().into()),
            TransportEvent::ChannelMessage(String::new()),
            TransportEvent::ChannelMessage("long ".repeat(4000)),
        ]
    );
    assert_eq!(
        events(&mut world.bridge),
        [
            TransportEvent::Rtp(rtp(1, 1, b"from ada").as_slice().into()),
            TransportEvent::Rtcp(report.as_slice().into()),
            TransportEvent::ChannelMessage("{\"colibriClass\":\"ClientHello\"}".to_owned()),
        ]
    );
    assert_eq!(world.ada.stats().dropped(), 0);
    assert_eq!(world.bridge.stats().dropped(), 0);
}

#[test]
fn a_bridge_that_knows_only_aes_cm_is_understood() {
    let bridge =
        TransportConfig { srtp_profiles: vec![SrtpProfile::Aes128CmSha1_80], ..bridge_config(&[BRIDGE]) };
    let mut world = strangers(client_config(&[ADA]), bridge);
    introduce(&mut world);
    world.run(Duration::from_secs(1));
    let profile = SrtpProfile::Aes128CmSha1_80;
    assert_eq!(events(&mut world.ada)[0], TransportEvent::Connected { profile, relayed: false });
    world.bridge.accept_ssrc(Ssrc(1));
    events(&mut world.bridge);
    world.ada.send_rtp(&rtp(1, 1, b"hello")).unwrap();
    world.run(Duration::from_millis(50));
    assert_eq!(events(&mut world.bridge), [TransportEvent::Rtp(rtp(1, 1, b"hello").as_slice().into())]);
}

#[test]
fn aes_256_is_taken_when_both_prefer_it() {
    let profiles = vec![SrtpProfile::AeadAes256Gcm, SrtpProfile::AeadAes128Gcm];
    let ada = TransportConfig { srtp_profiles: profiles.clone(), ..client_config(&[ADA]) };
    let bridge = TransportConfig { srtp_profiles: profiles, ..bridge_config(&[BRIDGE]) };
    let mut world = strangers(ada, bridge);
    introduce(&mut world);
    world.run(Duration::from_secs(1));
    let profile = SrtpProfile::AeadAes256Gcm;
    assert_eq!(events(&mut world.ada)[0], TransportEvent::Connected { profile, relayed: false });
}

#[test]
fn without_a_common_profile_there_is_no_call() {
    let bridge =
        TransportConfig { srtp_profiles: vec![SrtpProfile::AeadAes256Gcm], ..bridge_config(&[BRIDGE]) };
    let mut world = strangers(client_config(&[ADA]), bridge);
    introduce(&mut world);
    world.run(Duration::from_secs(12));
    assert!(failure(&events(&mut world.ada)).is_some());
    assert_eq!(failure(&events(&mut world.bridge)), Some(&TransportError::NoCommonProfile));
}

#[test]
fn a_bridge_with_another_certificate_is_refused() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let mut from_bridge = world.bridge.local();
    from_bridge.fingerprint = client_config(&[ADA]).certificate.fingerprint();
    world.bridge.set_remote(world.now, world.ada.local().into()).unwrap();
    world.ada.set_remote(world.now, from_bridge.into()).unwrap();
    world.run(Duration::from_secs(15));
    assert_eq!(events(&mut world.ada), [TransportEvent::Failed(TransportError::FingerprintMismatch)]);
    assert!(!world.ada.is_connected());
    assert_eq!(world.ada.send_rtp(&rtp(1, 1, b"")), Err(TransportError::NotConnected));
    let theirs = events(&mut world.bridge);
    assert!(failure(&theirs).is_some(), "{theirs:?}");
}

#[test]
fn a_client_with_another_certificate_is_refused() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let mut from_ada = world.ada.local();
    from_ada.fingerprint = bridge_config(&[BRIDGE]).certificate.fingerprint();
    world.bridge.set_remote(world.now, from_ada.into()).unwrap();
    world.ada.set_remote(world.now, world.bridge.local().into()).unwrap();
    world.run(Duration::from_secs(15));
    assert_eq!(events(&mut world.bridge), [TransportEvent::Failed(TransportError::FingerprintMismatch)]);
}

#[test]
fn a_malformed_fingerprint_is_refused_at_once() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let mut from_bridge = world.bridge.local();
    from_bridge.fingerprint.truncate(59);
    let refused = world.ada.set_remote(world.now, from_bridge.into());
    assert_eq!(refused, Err(TransportError::InvalidFingerprint));
}

#[test]
fn a_bridge_silent_about_dtls_costs_ten_seconds() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    world.filter = Some(Box::new(|flying| !flying.is_dtls()));
    introduce(&mut world);
    let end = world.now + Duration::from_secs(15);
    let failed = world.run_until(end, |world| failure(&events(&mut world.ada)).is_some());
    assert!(failed);
    let elapsed = world.elapsed();
    assert!((10..=11).contains(&elapsed.as_secs()), "{elapsed:?}");
}

#[test]
fn a_bridge_nobody_reaches_is_given_up() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    world.filter = Some(Box::new(|_| false));
    introduce(&mut world);
    world.run(TransportConfig::PATIENCE - Duration::from_secs(1));
    assert_eq!(events(&mut world.ada), []);
    world.run(Duration::from_secs(1));
    assert_eq!(events(&mut world.ada), [TransportEvent::Failed(TransportError::NoPath)]);
    assert_eq!(world.ada.poll_timeout(), None);
}

#[test]
fn a_bridge_that_hears_of_ada_late_is_waited_for() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let mut from_ada = world.ada.local();
    from_ada.candidates.clear();
    world.ada.set_remote(world.now, world.bridge.local().into()).unwrap();
    world.run(Duration::from_secs(9));
    assert_eq!(events(&mut world.ada), []);
    world.bridge.set_remote(world.now, from_ada.into()).unwrap();
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected());
}

#[test]
fn a_bridge_that_answers_dtls_late_is_waited_for() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let deaf_until = world.now + Duration::from_secs(8);
    let clock = Rc::new(Cell::new(world.now));
    let seen = Rc::clone(&clock);
    world.filter = Some(Box::new(move |flying| !flying.is_dtls() || seen.get() >= deaf_until));
    introduce(&mut world);
    let end = world.now + Duration::from_secs(12);
    let up = world.run_until(end, |world| {
        clock.set(world.now);
        world.ada.is_channel_open()
    });
    assert!(up, "{:?}", events(&mut world.ada));
}

#[test]
fn a_network_that_loses_a_fifth_only_delays() {
    let mut times = Vec::new();
    for seed in 0..200 {
        let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
        world.seed(seed);
        world.loss = 0.2;
        world.delay = Duration::from_millis(20 + seed % 5);
        world.jitter = Duration::from_millis(30);
        introduce(&mut world);
        let end = world.now + Duration::from_secs(12);
        let up = world.run_until(end, |world| world.ada.is_channel_open() && world.bridge.is_channel_open());
        assert!(up, "seed {seed}: {:?} {:?}", events(&mut world.ada), events(&mut world.bridge));
        times.push(world.elapsed());
    }
    times.sort_unstable();
    assert!(times[times.len() / 2] < Duration::from_secs(2), "{:?}", times[times.len() / 2]);
    assert!(times[times.len() * 9 / 10] < Duration::from_secs(4), "{:?}", times[times.len() * 9 / 10]);
}

#[test]
fn several_addresses_of_both_families_work_and_the_first_is_preferred() {
    let ada = client_config(&["192.168.1.7:4000", "[fd00::7]:4000", ADA]);
    let mut world = strangers(ada, bridge_config(&[BRIDGE, "[2001:db8::5]:10000"]));
    let candidates = world.ada.local().candidates;
    assert_eq!(candidates.len(), 3);
    assert!(candidates[0].priority > candidates[1].priority);
    introduce(&mut world);
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected() && world.bridge.is_connected());
    assert_eq!(world.ada.selected_pair(), Some((addr("192.168.1.7:4000"), addr(BRIDGE))));

    let mut world = strangers(client_config(&["[fd00::7]:4000"]), bridge_config(&["[2001:db8::5]:10000"]));
    introduce(&mut world);
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected() && world.bridge.is_connected());
}

#[test]
fn a_trickled_candidate_is_used() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let mut from_bridge = world.bridge.local();
    from_bridge.candidates.clear();
    let mut from_ada = world.ada.local();
    from_ada.candidates.clear();
    world.bridge.set_remote(world.now, from_ada.into()).unwrap();
    world.ada.set_remote(world.now, from_bridge.into()).unwrap();
    world.run(Duration::from_secs(1));
    assert!(!world.ada.is_connected());
    let candidate = Candidate {
        address: addr(BRIDGE),
        priority: 0,
        foundation: String::new(),
        kind: CandidateKind::ServerReflexive,
    };
    world.ada.add_remote_candidate(world.now, &candidate).unwrap();
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected());
    assert!(!world.ada.relayed());
}

#[test]
fn a_relayed_path_says_so() {
    let mut world = strangers(client_config(&[ADA]), bridge_config(&[BRIDGE]));
    let mut from_bridge = world.bridge.local();
    from_bridge.candidates[0].kind = CandidateKind::Relayed;
    world.bridge.set_remote(world.now, world.ada.local().into()).unwrap();
    world.ada.set_remote(world.now, from_bridge.into()).unwrap();
    world.run(Duration::from_secs(3));
    assert!(world.ada.relayed());
}

#[test]
fn without_a_port_there_is_no_channel() {
    let ada = TransportConfig { sctp_port: None, ..client_config(&[ADA]) };
    let bridge = TransportConfig { sctp_port: None, ..bridge_config(&[BRIDGE]) };
    let mut world = strangers(ada, bridge);
    introduce(&mut world);
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected());
    assert_eq!(world.ada.send_message(world.now, "hello"), Err(TransportError::ChannelNotOpen));
}

#[test]
fn who_leaves_says_goodbye() {
    let mut world = connected();
    world.bridge.close(world.now);
    world.run(Duration::from_secs(1));
    assert_eq!(events(&mut world.ada), [TransportEvent::Failed(TransportError::ClosedByPeer)]);
}
