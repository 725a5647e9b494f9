//! A microphone's blocks through Capture: packets, their timestamps, levels and voice flags, mute, DTX and settings.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod audio_scene;

use audio_scene::amplitude;
use treff_media::audio::{Capture, CaptureConfig, MAX_OPUS_BYTES, OpusPacket};
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

fn tone(number: usize, loud: f32) -> AudioBlock {
    std::array::from_fn(|i| {
        let n = number * BLOCK_SAMPLES + i;
        loud * ((n % 48_000) as f32 / 48_000.0 * 440.0 * std::f32::consts::TAU).sin()
    })
}

/// Pushes `count` blocks; gives the packets.
fn push(capture: &mut Capture, from: usize, count: usize, loud: f32) -> Vec<OpusPacket> {
    let mut packet = OpusPacket::new();
    let mut packets = Vec::new();
    for n in from..from + count {
        if capture.push(&tone(n, loud), &mut packet) {
            packets.push(packet.clone());
        }
    }
    packets
}

fn decode(packets: &[OpusPacket]) -> Vec<f32> {
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
    let mut heard = Vec::new();
    for packet in packets {
        let mut samples = [0.0; 5_760];
        let count = decoder.decode_float(packet.payload(), &mut samples, false).unwrap();
        heard.extend_from_slice(&samples[..count]);
    }
    heard
}

#[test]
fn every_second_block_makes_a_packet_of_20_ms() {
    let config = CaptureConfig { first_timestamp: u32::MAX - 1_000, ..Default::default() };
    let mut capture = Capture::new(config).unwrap();
    let packets = push(&mut capture, 0, 100, 0.5);
    assert_eq!(packets.len(), 50);
    for (n, packet) in packets.iter().enumerate() {
        assert_eq!(packet.timestamp, config.first_timestamp.wrapping_add(n as u32 * 960));
        assert!((3..=MAX_OPUS_BYTES).contains(&packet.len));
        assert_eq!(packet.level, 9);
        assert!(packet.voice);
    }
    let heard = decode(&packets);
    assert_eq!(heard.len(), 48_000);
    assert!((0.45..0.55).contains(&amplitude(&heard[24_000..], 440.0)));
}

#[test]
fn levels_and_voice_follow_the_loudness() {
    let mut capture = Capture::new(CaptureConfig::default()).unwrap();
    let silence = push(&mut capture, 0, 100, 0.0);
    assert_eq!(silence.len(), 50, "without DTX silence is sent too: the bridge wants levels");
    assert!(silence.iter().all(|p| p.level == 127 && !p.voice));
    let speech = push(&mut capture, 100, 100, 0.1);
    assert!(speech.iter().all(|p| p.level == 23 && p.voice));
    let after = push(&mut capture, 200, 100, 0.0005);
    assert!(after.iter().all(|p| p.level == 69));
    assert!(after[0].voice && !after[20].voice, "a short hangover");
}

#[test]
fn muting_ends_softly_and_time_goes_on() {
    let mut capture = Capture::new(CaptureConfig::default()).unwrap();
    let before = push(&mut capture, 0, 101, 0.5);
    assert_eq!(before.len(), 50);
    capture.set_muted(true);
    assert!(capture.is_muted());
    let last = push(&mut capture, 101, 100, 0.9);
    assert_eq!(last.len(), 1, "one packet ends the sound");
    assert_eq!(last[0].timestamp, 50 * 960);
    let heard = decode(&[before, last].concat());
    let tail = &heard[heard.len() - 100..];
    assert!(tail.iter().all(|s| s.abs() < 0.05), "ends in silence");
    capture.set_muted(true);
    assert!(push(&mut capture, 201, 99, 0.9).is_empty());
    capture.set_muted(false);
    assert!(!capture.is_muted());
    let after = push(&mut capture, 300, 2, 0.5);
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].timestamp, 150 * 960, "the timestamp counts the mute");
}

#[test]
fn muting_and_unmuting_within_a_packet_loses_no_time() {
    let mut capture = Capture::new(CaptureConfig::default()).unwrap();
    push(&mut capture, 0, 11, 0.5);
    capture.set_muted(true);
    capture.set_muted(false);
    let packets = push(&mut capture, 11, 9, 0.5);
    assert_eq!(packets.iter().map(|p| p.timestamp).collect::<Vec<_>>(), [4_800, 5_760, 6_720, 7_680, 8_640]);
}

#[test]
fn dtx_sends_next_to_nothing_in_silence() {
    let mut capture = Capture::new(CaptureConfig { dtx: true, ..Default::default() }).unwrap();
    assert_eq!(push(&mut capture, 0, 100, 0.5).len(), 50);
    push(&mut capture, 100, 100, 0.0);
    let silent = push(&mut capture, 200, 400, 0.0);
    assert!((5..=25).contains(&silent.len()), "{} packets in 4 s", silent.len());
    assert!(silent.iter().any(|p| p.len <= 2));
    assert!(push(&mut capture, 600, 100, 0.5).len() >= 49);
}

#[test]
fn bitrate_and_expected_loss_change_what_is_sent() {
    let size = |bitrate, loss| {
        let config = CaptureConfig { bitrate, packet_loss: loss, ..Default::default() };
        let mut capture = Capture::new(config).unwrap();
        push(&mut capture, 0, 400, 0.3).iter().map(|p| p.len).sum::<usize>()
    };
    assert!(size(16_000, 0) < size(32_000, 0));
    assert!(size(32_000, 0) < size(64_000, 0));
    let mut capture = Capture::new(CaptureConfig { bitrate: 1, ..Default::default() }).unwrap();
    capture.set_bitrate(u32::MAX).unwrap();
    capture.set_packet_loss(255).unwrap();
    capture.set_complexity(99).unwrap();
    assert_eq!(push(&mut capture, 0, 100, 0.3).len(), 50, "values out of range are brought into it");
}
