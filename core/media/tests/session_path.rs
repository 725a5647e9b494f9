//! How sessions treat the path: estimates, feedback, speech before pictures, wake-ups and rubbish.

mod common;

use std::time::Duration;

use common::session::{ADA_AUDIO, ADA_LAYERS, BEN_AUDIO, audio_media, bare_call, call, events, opus, vp8};
use treff_media::codec::{MediaKind, Ssrc};
use treff_media::session::{INITIAL_ESTIMATE, RemoteMedia, SessionEvent};

fn last_estimate(events: &[SessionEvent]) -> Option<u64> {
    events.iter().rev().find_map(|event| match event {
        SessionEvent::Estimate { bps } => Some(*bps),
        _ => None,
    })
}

#[test]
fn a_wide_path_raises_the_estimate() {
    let mut world = call();
    for index in 0..250 {
        for layer in 0..3 {
            let size = 600 + 1500 * usize::from(layer);
            world.ada.send_video(world.now, vp8(index, layer, index == 0, size));
        }
        world.run(Duration::from_millis(40));
    }
    let estimate = last_estimate(&events(&mut world.ada)).expect("the bridge reports");
    assert!(estimate > INITIAL_ESTIMATE * 3 / 2, "{estimate}");
    let now = world.now;
    assert!(world.ada.stats(now).estimate.abs_diff(estimate) < estimate / 10);
}

#[test]
fn heavy_loss_lowers_the_estimate() {
    let mut world = call();
    world.loss = 0.3;
    for index in 0..250 {
        world.ada.send_video(world.now, vp8(index, 0, index == 0, 4000));
        world.run(Duration::from_millis(40));
    }
    let estimate = last_estimate(&events(&mut world.ada)).expect("the bridge reports");
    assert!(estimate < INITIAL_ESTIMATE * 2 / 3, "{estimate}");
}

#[test]
fn every_packet_carries_a_transport_wide_number() {
    let mut world = call();
    world.loss = 0.1;
    for index in 0..100 {
        world.ada.send_audio(world.now, &opus(index));
        world.ada.send_video(world.now, vp8(u64::from(index), 2, index == 0, 6000));
        world.run(Duration::from_millis(40));
    }
    let now = world.now;
    let sent = world.ada.stats(now).sent;
    let layer = sent[&ADA_LAYERS[2].ssrc];
    assert!(layer.retransmitted > 20, "{layer:?}");
    // Feedback that missed retransmissions or speech would not move at all.
    assert!(last_estimate(&events(&mut world.ada)).is_some());
    assert!(layer.fraction_lost > 0);
    assert_eq!(sent[&ADA_AUDIO].retransmitted, 0);
}

#[test]
fn speech_does_not_wait_behind_a_key_frame() {
    let mut world = call();
    world.bridge.send_video(world.now, vp8(0, 0, true, 150_000));
    world.bridge.send_audio(world.now, &opus(0));
    world.run(Duration::from_millis(12));
    let first = events(&mut world.ada);
    assert!(first.iter().any(|event| matches!(event, SessionEvent::Audio(_))), "{first:?}");
    assert!(!first.iter().any(|event| matches!(event, SessionEvent::Video { .. })));
    world.run(Duration::from_secs(1));
    let later = events(&mut world.ada);
    assert!(later.iter().any(|event| matches!(event, SessionEvent::Video { .. })));
}

#[test]
fn probes_are_counted_and_never_shown() {
    let mut world = bare_call();
    let probe = Ssrc(9000);
    world.ada.add_source(RemoteMedia { ssrc: probe, rtx: None, kind: MediaKind::Video });
    world.ada.set_wanted(probe, true);
    // The bridge's probing comes as padding alone, made by hand: 255 bytes, the last one the count.
    let mut header = vec![0xa0, 100, 0, 7, 0, 0, 0, 9];
    header.extend_from_slice(&9000_u32.to_be_bytes());
    header.extend_from_slice(&[0; 254]);
    header.push(255);
    world.bridge.send_rtp(&header).unwrap();
    world.run(Duration::from_millis(50));
    let now = world.now;
    let stats = world.ada.stats(now).received[&probe];
    assert_eq!((stats.probes, stats.packets, stats.frames), (1, 0, 0));
    assert_eq!(events(&mut world.ada), []);
}

#[test]
fn a_silent_room_costs_one_wake_up_a_second() {
    let mut world = call();
    for index in 0..50 {
        world.ada.send_audio(world.now, &opus(index));
        world.bridge.send_audio(world.now, &opus(index));
        world.run(Duration::from_millis(20));
    }
    world.run(Duration::from_secs(5));
    let wakes = world.ada_wakes;
    world.run(Duration::from_secs(60));
    assert!(world.ada_wakes - wakes < 260, "{}", world.ada_wakes - wakes);
}

#[test]
fn a_large_room_costs_what_is_heard() {
    let mut world = call();
    for number in 0..200 {
        world.ada.add_source(audio_media(Ssrc(5000 + number)));
    }
    let now = world.now;
    let before = world.ada.stats(now).transport.datagrams_sent;
    for index in 0..100 {
        world.bridge.send_audio(world.now, &opus(index));
        world.run(Duration::from_millis(20));
    }
    let sent = world.ada.stats(now).transport.datagrams_sent - before;
    assert!(sent < 40, "{sent} datagrams in two seconds");
    assert_eq!(world.ada.stats(now).received[&BEN_AUDIO].packets, 100);
}

#[test]
fn before_the_connection_nothing_is_kept() {
    let mut world = call();
    world.ada.close(world.now);
    world.ada.send_video(world.now, vp8(0, 0, true, 900));
    world.ada.send_audio(world.now, &opus(0));
    assert!(!world.ada.is_connected());
    world.run(Duration::from_secs(1));
    assert_eq!(events(&mut world.bridge).len(), 1);
}
