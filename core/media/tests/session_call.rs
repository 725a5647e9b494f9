//! Calls between two sessions: speech, pictures, repair, feedback, and sources that come and go.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::session::{
    ADA_AUDIO, ADA_LAYERS, BEN_AUDIO, BEN_VIDEO, audio_media, call, events, frames, layer_media, opus, vp8,
};
use treff_media::codec::{Ssrc, VideoCodec};
use treff_media::frame::{EncodedFrame, TemporalLayer};
use treff_media::session::{AudioPacket, SendLayer, SessionEvent};

fn speech(events: &[SessionEvent]) -> Vec<&AudioPacket> {
    let packets = events.iter().filter_map(|event| match event {
        SessionEvent::Audio(packet) => Some(packet),
        _ => None,
    });
    packets.collect()
}

#[test]
fn speech_arrives_with_its_loudness() {
    let mut world = call();
    for index in 0..50 {
        world.ada.send_audio(world.now, &opus(index));
        world.bridge.send_audio(world.now, &opus(index));
        world.run(Duration::from_millis(20));
    }
    for (session, ssrc) in [(&mut world.ada, BEN_AUDIO), (&mut world.bridge, ADA_AUDIO)] {
        let events = events(session);
        let heard = speech(&events);
        assert_eq!(heard.len(), 50);
        for (index, packet) in heard.iter().enumerate() {
            assert_eq!(packet.ssrc, ssrc);
            assert_eq!(packet.payload, format!("opus {index}").as_bytes());
            assert_eq!(packet.level, Some(index as u8));
            assert_eq!(packet.sequence, heard[0].sequence.wrapping_add(index as u16));
            assert_eq!(packet.timestamp, heard[0].timestamp.wrapping_add(960 * index as u32));
        }
        assert!(heard[0].sequence < 32768);
    }
    world.run(Duration::from_secs(2));
    let now = world.now;
    let stats = world.ada.stats(now);
    assert_eq!(stats.received[&BEN_AUDIO].packets, 50);
    assert_eq!(stats.received[&BEN_AUDIO].packets_lost, 0);
    assert_eq!(stats.sent[&ADA_AUDIO].packets, 50);
    assert_eq!(stats.transport.dropped(), 0);
    let round_trip = stats.round_trip.expect("reports were exchanged");
    assert!((19..=21).contains(&round_trip.as_millis()), "{round_trip:?}");
}

#[test]
fn three_encodings_reach_the_bridge_on_one_clock() {
    let mut world = call();
    for index in 0..50 {
        for layer in 0..3 {
            let size = 500 + 2000 * usize::from(layer);
            world.ada.send_video(world.now, vp8(index, layer, index == 0, size));
        }
        world.run(Duration::from_millis(40));
    }
    world.run(Duration::from_millis(200));
    let seen = events(&mut world.bridge);
    for (layer, sent) in ADA_LAYERS.iter().enumerate() {
        let frames = frames(&seen, sent.ssrc);
        assert_eq!(frames.len(), 50, "layer {layer}");
        for (index, frame) in frames.iter().enumerate() {
            let original = vp8(index as u64, layer as u8, index == 0, 500 + 2000 * layer);
            assert_eq!(frame.data, original.data, "layer {layer} frame {index}");
            assert_eq!(frame.temporal, original.temporal);
            assert_eq!(frame.keyframe, original.keyframe);
        }
        assert_eq!((frames[0].width, frames[0].height), (320, 180));
    }
    // The bridge compares the encodings' timestamps.
    let clocks = ADA_LAYERS.map(|layer| frames(&seen, layer.ssrc)[7].timestamp);
    assert_eq!(clocks[0], clocks[1]);
    assert_eq!(clocks[1], clocks[2]);
    let now = world.now;
    let sent = world.ada.stats(now).sent;
    assert_eq!(sent[&ADA_LAYERS[0].ssrc].frames, 50);
    let bitrate = sent[&ADA_LAYERS[2].ssrc].bitrate;
    assert!((700_000..1_000_000).contains(&bitrate), "{bitrate}");
}

#[test]
fn lost_pictures_are_repaired() {
    let mut world = call();
    world.loss = 0.05;
    world.jitter = Duration::from_millis(5);
    let mut seen = Vec::new();
    let mut keyframes = 0;
    for index in 0..500 {
        let asked = events(&mut world.bridge).contains(&SessionEvent::KeyframeRequested);
        keyframes += u32::from(asked);
        world.bridge.send_video(world.now, vp8(index, 0, index == 0 || asked, 4000));
        world.bridge.send_audio(world.now, &opus(index as u32));
        world.run(Duration::from_millis(40));
        seen.extend(events(&mut world.ada));
    }
    world.loss = 0.0;
    world.run(Duration::from_secs(1));
    seen.extend(events(&mut world.ada));
    let frames = frames(&seen, BEN_VIDEO.ssrc);
    let now = world.now;
    let stats = world.ada.stats(now).received[&BEN_VIDEO.ssrc];
    assert!(frames.len() >= 490, "{} of 500 frames: {stats:?}", frames.len());
    assert!(keyframes <= 2, "{keyframes}: {stats:?}");
    assert!(stats.recovered > 80, "{stats:?}");
    assert!(stats.nacks > 50, "{stats:?}");
    let order = frames.is_sorted_by_key(|frame| frame.timestamp);
    assert!(order);
    let ours = world.bridge.stats(now).sent[&BEN_VIDEO.ssrc];
    assert!(ours.retransmitted >= stats.recovered, "{ours:?}");
    // Speech is not repaired.
    let audio = world.ada.stats(now).received[&BEN_AUDIO];
    assert!((5..60).contains(&audio.packets_lost), "{audio:?}");
}

#[test]
fn the_bridge_asks_for_a_key_frame_and_gets_one_event() {
    let mut world = call();
    world.ada.send_video(world.now, vp8(0, 0, true, 900));
    world.run(Duration::from_millis(100));
    for _ in 0..5 {
        world.bridge.request_keyframe(world.now, ADA_LAYERS[0].ssrc);
        world.run(Duration::from_millis(20));
    }
    let asked = |events: &[SessionEvent]| {
        events.iter().filter(|event| **event == SessionEvent::KeyframeRequested).count()
    };
    assert_eq!(asked(&events(&mut world.ada)), 1);
    world.run(Duration::from_secs(1));
    assert_eq!(asked(&events(&mut world.ada)), 1, "the repeated wish is asked for once politeness allows");
    let now = world.now;
    assert_eq!(world.ada.stats(now).sent[&ADA_LAYERS[0].ssrc].plis, 2);
    assert_eq!(world.bridge.stats(now).received[&ADA_LAYERS[0].ssrc].plis, 2);
}

#[test]
fn a_screen_is_a_source_of_its_own_and_ends() {
    let screens =
        [(3001, 3011), (3002, 3012)].map(|(ssrc, rtx)| SendLayer { ssrc: Ssrc(ssrc), rtx: Some(Ssrc(rtx)) });
    let mut world = call();
    for screen in screens {
        world.bridge.add_source(layer_media(screen));
        world.bridge.set_wanted(screen.ssrc, true);
        world.ada.set_screen(world.now, Some(screen));
        for index in 0..20 {
            world.ada.send_video(world.now, vp8(index, 0, index == 0, 900));
            world.ada.send_screen(world.now, &vp8(index, 0, index == 0, 5000));
            world.run(Duration::from_millis(40));
        }
        world.bridge.request_keyframe(world.now, screen.ssrc);
        world.run(Duration::from_millis(500));
        let seen = events(&mut world.bridge);
        assert_eq!(frames(&seen, screen.ssrc).len(), 20);
        assert_eq!(frames(&seen, ADA_LAYERS[0].ssrc).len(), 20);
        let asked = events(&mut world.ada);
        assert!(asked.contains(&SessionEvent::ScreenKeyframeRequested));
        assert!(!asked.contains(&SessionEvent::KeyframeRequested), "the camera was not asked");
    }
    let now = world.now;
    let sent = world.ada.stats(now).sent;
    assert_eq!(sent[&screens[1].ssrc].frames, 20);
    assert!(!sent.contains_key(&screens[0].ssrc), "the first share is over");

    world.ada.send_screen(world.now, &vp8(20, 0, true, 50_000));
    world.ada.set_screen(world.now, None);
    world.ada.send_screen(world.now, &vp8(21, 0, true, 900));
    world.run(Duration::from_secs(1));
    assert_eq!(frames(&events(&mut world.bridge), screens[1].ssrc).len(), 0, "what waited is thrown away");
}

#[test]
fn a_stream_that_begins_without_a_key_frame_asks_for_one() {
    let mut world = call();
    for index in 1..30 {
        world.bridge.send_video(world.now, vp8(index, 0, false, 900));
        world.run(Duration::from_millis(40));
    }
    let theirs = events(&mut world.bridge);
    assert!(theirs.contains(&SessionEvent::KeyframeRequested));
    world.bridge.send_video(world.now, vp8(32, 0, true, 900));
    world.run(Duration::from_millis(500));
    assert_eq!(frames(&events(&mut world.ada), BEN_VIDEO.ssrc).len(), 1);
    events(&mut world.bridge);
    world.run(Duration::from_secs(3));
    assert!(!events(&mut world.bridge).contains(&SessionEvent::KeyframeRequested));
}

#[test]
fn cleo_joins_in_mid_call_and_leaves() {
    let mut world = call();
    // The bridge forwards cleo on SSRCs of hers; here ben's encoder plays her.
    world.ada.remove_source(BEN_VIDEO.ssrc);
    world.bridge.send_video(world.now, vp8(0, 0, true, 900));
    world.run(Duration::from_millis(100));
    assert!(frames(&events(&mut world.ada), BEN_VIDEO.ssrc).is_empty());
    let now = world.now;
    assert_eq!(world.ada.stats(now).transport.dropped_unsignalled, 1);

    world.ada.add_source(layer_media(BEN_VIDEO));
    world.bridge.send_video(world.now, vp8(4, 0, true, 900));
    world.run(Duration::from_millis(100));
    assert!(frames(&events(&mut world.ada), BEN_VIDEO.ssrc).is_empty(), "nobody looks yet");
    assert_eq!(world.ada.stats(now).received[&BEN_VIDEO.ssrc].packets, 1);

    world.ada.set_wanted(BEN_VIDEO.ssrc, true);
    world.bridge.send_video(world.now, vp8(8, 0, true, 900));
    world.run(Duration::from_millis(100));
    assert_eq!(frames(&events(&mut world.ada), BEN_VIDEO.ssrc).len(), 1);

    world.ada.set_wanted(BEN_VIDEO.ssrc, false);
    world.bridge.send_video(world.now, vp8(12, 0, true, 900));
    world.run(Duration::from_millis(100));
    assert!(frames(&events(&mut world.ada), BEN_VIDEO.ssrc).is_empty());
    let stats = world.ada.stats(now).received[&BEN_VIDEO.ssrc];
    assert_eq!((stats.frames, stats.packets), (1, 3), "figures survive");
}

#[test]
fn the_codec_may_change_in_mid_stream() {
    let mut world = call();
    world.bridge.send_video(world.now, vp8(0, 0, true, 900));
    world.run(Duration::from_millis(40));
    // SPS, PPS and an IDR slice in Annex B.
    let data: &[u8] = &[
        0, 0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe9, 0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80,
        0, 0, 0, 1, 0x65, 0x88, 0x84, 0x21, 0xa0, 0x42,
    ];
    let picture = EncodedFrame {
        codec: VideoCodec::H264,
        data: Bytes::from_static(data),
        timestamp: Duration::from_millis(40),
        keyframe: true,
        layer: 0,
        temporal: TemporalLayer::default(),
        width: 1280,
        height: 720,
    };
    world.bridge.send_video(world.now, picture);
    world.run(Duration::from_millis(40));
    world.bridge.send_video(world.now, vp8(2, 0, true, 900));
    world.run(Duration::from_millis(100));
    let codecs: Vec<VideoCodec> =
        frames(&events(&mut world.ada), BEN_VIDEO.ssrc).iter().map(|frame| frame.codec).collect();
    assert_eq!(codecs, [VideoCodec::Vp8, VideoCodec::H264, VideoCodec::Vp8]);
}

#[test]
fn messages_cross_the_bridge_channel() {
    let mut world = call();
    world.ada.send_message(world.now, "{\"colibriClass\":\"ClientHello\"}");
    world.run(Duration::from_millis(50));
    let hello = SessionEvent::ChannelMessage("{\"colibriClass\":\"ClientHello\"}".to_owned());
    assert_eq!(events(&mut world.bridge), [hello]);
}

#[test]
fn a_replaced_source_keeps_nothing_of_the_old_one() {
    let mut world = call();
    world.bridge.send_audio(world.now, &opus(0));
    world.run(Duration::from_millis(50));
    world.ada.add_source(audio_media(BEN_AUDIO));
    let now = world.now;
    assert_eq!(world.ada.stats(now).received[&BEN_AUDIO].packets, 0);
    world.bridge.send_audio(world.now, &opus(1));
    world.run(Duration::from_millis(50));
    assert_eq!(world.ada.stats(now).received[&BEN_AUDIO].packets, 1);
    world.ada.remove_source(Ssrc(77));
}
