//! How sessions treat the path: estimates, feedback, speech before pictures, wake-ups and rubbish.

mod common;

use std::time::Duration;

use common::Chance;
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

/// What a camera whose encoding follows the estimate does to the path, second by second.
struct Second {
    estimate: u64,
    /// The longest wait at the bottleneck.
    queue: Duration,
}

/// Stretches of a path: what it carries upwards in bits per second, what share it loses either way, for how many seconds.
type Stretch = (f64, f64, u64);

fn follow_the_estimate(stretches: &[Stretch], seed: u64) -> Vec<Second> {
    let mut world = call();
    world.seed(seed);
    let mut estimate = INITIAL_ESTIMATE;
    let mut seconds = Vec::new();
    let mut index = 0;
    for (uplink, loss, duration) in stretches {
        (world.uplink, world.loss) = (Some(*uplink), *loss);
        for _ in 0..*duration {
            let mut queue = Duration::ZERO;
            for _ in 0..25 {
                let events = events(&mut world.ada);
                estimate = last_estimate(&events).unwrap_or(estimate);
                let size = (estimate.min(2_500_000) as f64 * 0.9 / 8.0 / 25.0) as usize;
                world.ada.send_audio(world.now, &opus(index as u32));
                world.ada.send_video(world.now, vp8(index, 0, index == 0, size.max(100)));
                world.run(Duration::from_millis(40));
                queue = queue.max(world.queueing());
                index += 1;
            }
            seconds.push(Second { estimate, queue });
        }
    }
    seconds
}

#[test]
fn on_a_wide_path_full_quality_is_reached_within_three_seconds() {
    let seconds = follow_the_estimate(&[(20e6, 0.0, 3)], 7);
    assert!(seconds[2].estimate > 2_500_000);
}

#[test]
fn a_narrow_path_is_filled_and_not_stuffed() {
    let seconds = follow_the_estimate(&[(600e3, 0.0, 40)], 7);
    for second in &seconds[6..] {
        assert!((400_000..660_000).contains(&second.estimate), "{}", second.estimate);
        assert!(second.queue < Duration::from_millis(60), "{:?}", second.queue);
    }
}

#[test]
fn a_path_that_narrows_and_widens_is_followed() {
    let seconds = follow_the_estimate(&[(4e6, 0.0, 10), (800e3, 0.0, 20), (4e6, 0.0, 40)], 7);
    assert!(seconds[9].estimate > 2_500_000);
    for second in &seconds[16..30] {
        assert!((400_000..900_000).contains(&second.estimate), "{}", second.estimate);
        assert!(second.queue < Duration::from_millis(100), "{:?}", second.queue);
    }
    assert!(seconds[69].estimate > 1_500_000, "{}", seconds[69].estimate);
}

/// A twentieth of the feedback is lost too: it says nothing about the packets it would have told of.
#[test]
fn a_path_that_loses_a_twentieth_both_ways_is_not_given_up() {
    for seed in 1..=8 {
        let seconds = follow_the_estimate(&[(20e6, 0.0, 5), (20e6, 0.05, 60)], seed);
        let before = seconds[4].estimate;
        let least = seconds[5..].iter().map(|second| second.estimate).min().expect("seconds");
        assert!(least > before * 9 / 10, "seed {seed}: from {before} to {least}");
    }
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
fn rubbish_from_the_bridge_is_counted() {
    let mut world = bare_call();
    world.ada.add_source(audio_media(Ssrc(2)));
    world.ada.add_source(RemoteMedia { ssrc: Ssrc(3), rtx: Some(Ssrc(4)), kind: MediaKind::Video });
    world.ada.set_wanted(Ssrc(3), true);
    world.ada.send_audio(world.now, &opus(0));
    world.ada.send_video(world.now, vp8(0, 0, true, 900));
    let mut chance = Chance::new(11);
    for round in 0..20_000_u32 {
        let length = 4 * (1 + (chance.draw() * 30.0) as usize);
        let mut bytes: Vec<u8> = (0..length).map(|_| (chance.draw() * 256.0) as u8).collect();
        bytes[0] = 0x80 | (bytes[0] & 0x3f);
        if round % 2 == 0 {
            // RTCP of a plausible type, whose first packet claims a plausible length.
            bytes[1] = 200 + (bytes[1] % 8);
            let words = ((chance.draw() * 40.0) as u16).min(length as u16);
            bytes[2..4].copy_from_slice(&words.to_be_bytes());
            let _ = world.bridge.send_rtcp(&bytes);
        } else if length >= 12 {
            bytes[1] = [111, 100, 96, 107, 99, 0x80 | 100][round as usize % 6];
            bytes[8..12].copy_from_slice(&(2 + round % 3).to_be_bytes());
            let _ = world.bridge.send_rtp(&bytes);
        }
        if round % 50 == 0 {
            world.run(Duration::from_millis(20));
        }
    }
    world.run(Duration::from_secs(1));
    let now = world.now;
    assert!(world.ada.stats(now).dropped_malformed > 1000);
    assert!(world.ada.is_connected());
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
    assert!(world.ada_wakes - wakes < 75, "{}", world.ada_wakes - wakes);
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
