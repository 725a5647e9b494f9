//! What nobody should send: random bytes, damaged packets and pictures without an end. Nothing may panic or grow.

mod rtp_support;

use std::time::Duration;

use bytes::Bytes;
use rtp_support::{Ada, Ben, CODECS, Dice, FRAME, data, frames, layered_frames, number, packet};
use treff_media::codec::VideoCodec;
use treff_media::frame::EncodedFrame;
use treff_media::rtp::{KeyframeReason, Packetizer, PacketizerConfig, RtpPacket};

#[test]
fn random_bytes_are_not_packets_or_harmless_ones() {
    let mut dice = Dice::new(1);
    for _ in 0..20_000 {
        let mut bytes: Vec<u8> = (0..dice.below(64)).map(|_| dice.byte()).collect();
        if let Some(first) = bytes.first_mut() {
            *first = 0x80 | *first & 0x3f;
        }
        let length = bytes.len();
        if let Ok(read) = RtpPacket::parse(Bytes::from(bytes)) {
            assert!(12 + read.payload.len() + usize::from(read.padding) <= length);
            let _ = read.to_rtc();
        }
    }
}

#[test]
fn random_payloads_never_panic() {
    for codec in CODECS {
        for seed in 0..40 {
            let mut dice = Dice::new(seed);
            let mut ben = Ben::new();
            let mut sequence = dice.below(65_536) as u16;
            for _ in 0..400 {
                sequence = sequence.wrapping_add(dice.below(3) as u16);
                let payload: Vec<u8> = (0..dice.below(40)).map(|_| dice.byte()).collect();
                let timestamp = if dice.below(50) == 0 { dice.below(1 << 32) } else { dice.below(4) * 3000 };
                ben.receive(&packet(number(codec), dice.below(3) == 0, sequence, timestamp as u32, &payload));
                ben.wait(Duration::from_millis(dice.below(20) as u64));
            }
            ben.wait(Duration::from_secs(10));
            let _ = ben.assembler.needs_keyframe(ben.now);
        }
    }
}

#[test]
fn damaged_streams_never_panic_and_recover() {
    for codec in CODECS {
        let sent = layered_frames(codec);
        for seed in 0..200 {
            let mut dice = Dice::new(seed);
            let (mut ada, mut ben) = (Ada::new(dice.below(65_536) as u16, 0), Ben::new());
            for (round, frame) in sent.iter().chain(&sent).enumerate() {
                let frame = EncodedFrame { timestamp: FRAME * round as u32, ..frame.clone() };
                for mut packet in ada.send(&frame) {
                    if round < 18 {
                        match dice.below(6) {
                            0 => continue,
                            1 => damage(&mut packet, &mut dice),
                            _ => {}
                        }
                    }
                    ben.receive(&packet);
                }
                ben.wait(FRAME);
            }
            // Six whole frames from the last key frame on.
            let tail = data(&sent[6..]);
            let received = ben.data();
            assert!(received.len() >= 6, "{codec}, seed {seed}");
            assert_eq!(received[received.len() - 6..], tail, "{codec}, seed {seed}");
        }
    }
}

fn damage(packet: &mut RtpPacket, dice: &mut Dice) {
    let mut bytes = packet.payload.to_vec();
    match dice.below(3) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => bytes[0] = dice.byte(),
        _ => {
            let at = dice.below(bytes.len().min(16));
            bytes[at] = dice.byte();
        }
    }
    packet.payload = Bytes::from(bytes);
    packet.marker ^= dice.below(8) == 0;
}

#[test]
fn a_picture_without_an_end_is_given_up() {
    let mut ben = Ben::new();
    let mut ada = Ada::new(0, 0);
    let sent = frames(VideoCodec::Vp8);
    ben.receive_all(&ada.send(&sent[0]));
    let started = ada.sequence;
    for count in 0..6000u16 {
        let first: u8 = if count == 0 { 0x10 } else { 0 };
        let payload = [[first].as_slice(), &[1; 1100]].concat();
        ben.receive(&packet(number(VideoCodec::Vp8), false, started.wrapping_add(count), 9000, &payload));
    }
    assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Loss));
    ada.sequence = started.wrapping_add(6000);
    for frame in &sent[6..] {
        ben.receive_all(
            &ada.send(&EncodedFrame { timestamp: frame.timestamp + FRAME * 20, ..frame.clone() }),
        );
    }
    assert_eq!(ben.data()[1..], data(&sent[6..]));
}

#[test]
fn gaps_without_number_are_passed_over() {
    let mut ben = Ben::new();
    for count in 0..20_000u16 {
        ben.receive(&packet(
            number(VideoCodec::Vp8),
            true,
            count.wrapping_mul(2),
            u32::from(count) * 3000,
            &[0x10, 1, 2],
        ));
        ben.wait(Duration::from_millis(1));
    }
    assert_eq!(ben.frames.len(), 0);
    assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Start));
}

#[test]
fn freezes_are_counted_and_pauses_are_not() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(5, 0), Ben::new());
    for (index, frame) in sent.iter().enumerate() {
        ben.receive_all(&ada.send(frame));
        ben.wait(match index {
            4 => FRAME * 12,
            8 => Duration::from_secs(8),
            _ => FRAME,
        });
    }
    let stats = ben.assembler.stats();
    assert_eq!((stats.freezes, stats.frozen), (1, FRAME * 12));
    assert_eq!(stats.bytes, ben.frames.iter().map(|f| f.data.len() as u64).sum::<u64>() + 6 * stats.packets);
}

#[test]
fn a_forgotten_stream_starts_again_with_a_key_frame() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(5, 0), Ben::new());
    ben.receive_all(&ada.send_all(&sent[..3]));
    ben.assembler.reset();
    ben.now += Duration::from_secs(60);
    ada.sequence = 50_000;
    assert_eq!(ben.receive_all(&ada.send_all(&sent[3..6])), 0);
    ben.wait(Duration::from_millis(200));
    assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Start));
    assert_eq!(ben.receive_all(&ada.send_all(&sent[6..])), 6);
    let stats = ben.assembler.stats();
    assert_eq!((stats.frames, stats.freezes, stats.packets_lost), (9, 0, 0));
}

#[test]
fn frames_that_are_not_of_their_codec_give_no_payloads_or_bounded_ones() {
    let mut dice = Dice::new(3);
    for codec in CODECS {
        let mut packetizer = Packetizer::new(PacketizerConfig::default());
        for length in [0, 1, 2, 7, 1199, 1200, 1201, 5000] {
            let bytes: Vec<u8> = (0..length).map(|_| dice.byte()).collect();
            let frame = EncodedFrame { data: Bytes::from(bytes), ..frames(codec)[0].clone() };
            let payloads = packetizer.payloads(&frame);
            assert!(payloads.iter().all(|payload| payload.bytes.len() <= 1200));
            assert_eq!(
                payloads.iter().filter(|payload| payload.marker).count(),
                usize::from(!payloads.is_empty())
            );
        }
    }
}
