//! Ada's frames go through packets, and a network that reorders, doubles and delays, and come back the same at Ben's.

mod rtp_support;

use std::time::Duration;

use bytes::Bytes;
use rtp_support::{
    Ada, Ben, CODECS, Dice, FRAME, Print, data, frames, ivf, layered_frames, number, packet, print,
};
use treff_media::codec::VideoCodec;
use treff_media::frame::{EncodedFrame, TemporalLayer};
use treff_media::rtp::{KeyframeReason, MAX_PAYLOAD, RtpPacket, video_timestamp};

const MS: Duration = Duration::from_millis(1);

#[test]
fn every_codec_comes_back_identical() {
    for codec in CODECS {
        let sent = layered_frames(codec);
        // Both counters wrap on the way.
        let (mut ada, mut ben) = (Ada::new(65_530, u32::MAX - 9000), Ben::new());
        for frame in &sent {
            let packets = ada.send(frame);
            assert!(packets.iter().all(|packet| packet.payload.len() <= MAX_PAYLOAD));
            assert_eq!(ben.receive_all(&packets), 1, "{codec}");
            ben.now += FRAME;
        }
        assert_eq!(ben.data(), data(&sent), "{codec}");
        for (received, sent) in ben.frames.iter().zip(&sent) {
            assert_eq!((received.codec, received.keyframe), (codec, sent.keyframe), "{codec}");
            assert_eq!((received.width, received.height), (160, 90), "{codec}");
            let since_first = received.timestamp - ben.frames[0].timestamp;
            assert!(since_first.abs_diff(sent.timestamp) < Duration::from_micros(20), "{since_first:?}");
        }
        let stats = ben.assembler.stats();
        assert_eq!((stats.frames, stats.keyframes, stats.frames_dropped), (12, 2, 0));
        assert_eq!((stats.packets_lost, stats.packets_discarded, stats.freezes), (0, 0, 0));
        assert_eq!(ben.assembler.needs_keyframe(ben.now), None);
    }
}

#[test]
fn temporal_layers_survive_for_vp8() {
    let sent = layered_frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(7, 0), Ben::new());
    ben.receive_all(&ada.send_all(&sent));
    let temporal = |frames: &[EncodedFrame]| frames.iter().map(|f| f.temporal).collect::<Vec<_>>();
    assert_eq!(temporal(&ben.frames), temporal(&sent));
}

#[test]
fn reordered_and_doubled_packets_do_no_harm() {
    for codec in CODECS {
        let sent = layered_frames(codec);
        for seed in 0..60 {
            let mut dice = Dice::new(seed);
            let (mut ada, mut ben) = (Ada::new(65_528, 5), Ben::new());
            let mut packets = ada.send_all(&sent);
            // A key frame in the middle would end the wait for what is before it: shuffle within its group.
            let second =
                packets.iter().position(|p| p.timestamp == video_timestamp(5, sent[6].timestamp)).unwrap();
            let mut order: Vec<usize> = (0..packets.len()).collect();
            for (low, high) in [(0, second), (second, packets.len())] {
                for index in low..high {
                    order.swap(index, (index + dice.below(4)).min(high - 1));
                }
            }
            packets = order.iter().map(|index| packets[*index].clone()).collect();
            let mut doubled = 0;
            for packet in &packets {
                ben.receive(packet);
                if dice.below(3) == 0 {
                    ben.receive(packet);
                    doubled += 1;
                }
                ben.now += MS;
            }
            assert_eq!(ben.data(), data(&sent), "{codec}, seed {seed}");
            assert_eq!(ben.assembler.stats().packets_discarded, doubled);
            assert_eq!(ben.assembler.stats().packets_lost, 0);
        }
    }
}

#[test]
fn retransmissions_that_come_in_time_leave_no_trace() {
    for codec in CODECS {
        let sent = frames(codec);
        for lost in 0..4 {
            let (mut ada, mut ben) = (Ada::new(500, 0), Ben::new());
            let mut packets = ada.send_all(&sent[..6]);
            let late = packets.remove(lost);
            for packet in &packets {
                ben.receive(packet);
                ben.now += MS * 10;
            }
            // Before its first packet nobody knows where a stream begins.
            assert_eq!(ben.assembler.stats().packets_lost, u64::from(lost > 0));
            ben.wait(MS * 20);
            ben.receive(&late);
            assert_eq!(ben.data(), data(&sent[..6]), "{codec}, packet {lost}");
            assert_eq!(ben.assembler.stats().packets_lost, 0);
        }
    }
}

#[test]
fn a_packet_lost_for_good_asks_for_a_key_frame_and_a_key_frame_helps() {
    for codec in CODECS {
        let sent = frames(codec);
        let (mut ada, mut ben) = (Ada::new(65_533, 0), Ben::new());
        ben.receive_all(&ada.send(&sent[0]));
        ada.send(&sent[1]);
        ben.receive_all(&ada.send_all(&sent[2..6]));
        assert_eq!(ben.frames.len(), 1, "{codec}");
        ben.wait(MS * 299);
        assert_eq!(ben.assembler.needs_keyframe(ben.now), None);
        ben.wait(MS);
        assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Loss), "{codec}");
        ben.receive_all(&ada.send_all(&sent[6..]));
        assert_eq!(ben.data()[1..], data(&sent[6..]), "{codec}");
        assert_eq!(ben.assembler.needs_keyframe(ben.now), None);
        assert!(ben.assembler.stats().packets_lost > 0);
    }
}

#[test]
fn a_packet_that_comes_after_the_request_still_helps() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(1, 0), Ben::new());
    ben.receive_all(&ada.send(&sent[0]));
    let late = ada.send(&sent[1]);
    ben.receive_all(&ada.send_all(&sent[2..6]));
    ben.wait(MS * 500);
    assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Loss));
    ben.receive_all(&late);
    assert_eq!(ben.data(), data(&sent[..6]));
    assert_eq!(ben.assembler.needs_keyframe(ben.now), None);
}

#[test]
fn what_cannot_be_repaired_is_given_up_in_time() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(1, 0), Ben::new());
    ben.receive_all(&ada.send(&sent[0]));
    ada.send(&sent[1]);
    ben.receive_all(&ada.send_all(&sent[2..6]));
    ben.wait(Duration::from_secs(3));
    assert_eq!(ben.frames.len(), 1);
    assert_eq!(ben.assembler.stats().frames_dropped, 4);
    assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Loss));
    assert_eq!(ben.assembler.poll_timeout(), None);
    ben.receive_all(&ada.send_all(&sent[6..]));
    assert_eq!(ben.data()[1..], data(&sent[6..]));
}

#[test]
fn lost_pictures_of_the_top_layer_freeze_nothing() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9] {
        let sent = layered_frames(codec);
        let (mut ada, mut ben) = (Ada::new(9, 0), Ben::new());
        for (index, frame) in sent.iter().enumerate() {
            let packets = ada.send(frame);
            // 0-2-1-2-0-2: the picture before the second base-layer picture.
            if index != 3 {
                ben.receive_all(&packets);
            }
            ben.wait(FRAME);
            assert_eq!(ben.assembler.needs_keyframe(ben.now), None, "{codec}");
        }
        let expected: Vec<Print> = sent
            .iter()
            .enumerate()
            // Its neighbour of the same layer counts as needing it where the format cannot say otherwise.
            .filter(|(index, _)| *index != 3 && (codec == VideoCodec::Vp8 || *index != 5))
            .map(|(_, frame)| print(&frame.data))
            .collect();
        assert_eq!(ben.data(), expected, "{codec}");
        assert_eq!(ben.assembler.stats().freezes, 0);
    }
}

#[test]
fn a_lost_picture_of_the_middle_layer_takes_its_dependants_with_it() {
    let sent = layered_frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(9, 0), Ben::new());
    for (index, frame) in sent.iter().enumerate() {
        let packets = ada.send(frame);
        if index != 2 {
            ben.receive_all(&packets);
        }
        ben.wait(FRAME);
    }
    // Picture 3 (layer 2, no sync) would need picture 2.
    let expected: Vec<Print> = sent
        .iter()
        .enumerate()
        .filter(|(index, _)| ![2, 3].contains(index))
        .map(|(_, f)| print(&f.data))
        .collect();
    assert_eq!(ben.data(), expected);
    assert_eq!(ben.assembler.stats().frames_dropped, 0, "given up together with the lost one");
}

#[test]
fn a_temporal_layer_that_never_heals_asks_for_a_key_frame_in_the_end() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(9, 0), Ben::new());
    let mut reason = None;
    let mut asked_after = 0;
    for index in 0..100u32 {
        let mut frame = sent[if index == 0 { 0 } else { 1 + index as usize % 5 }].clone();
        frame.timestamp = FRAME * index;
        // Ada's encoder never marks a picture that needs only the base layer.
        frame.temporal = TemporalLayer { id: u8::from(index % 2 == 1), sync: false };
        let packets = ada.send(&frame);
        if index != 3 {
            ben.receive_all(&packets);
        }
        ben.wait(FRAME);
        reason = ben.assembler.needs_keyframe(ben.now);
        if reason.is_some() {
            asked_after = index;
            break;
        }
    }
    assert_eq!(reason, Some(KeyframeReason::TemporalLayer));
    assert!((60..75).contains(&asked_after), "{asked_after}");
    assert_eq!(ben.assembler.stats().freezes, 0, "the base layer went on");
    let key = EncodedFrame { timestamp: FRAME * 200, ..sent[6].clone() };
    ben.receive_all(&ada.send(&key));
    assert_eq!(ben.assembler.needs_keyframe(ben.now), None);
}

#[test]
fn a_key_frame_of_av1_is_known_behind_a_temporal_delimiter() {
    let mut ben = Ben::new();
    let key = frames(VideoCodec::Av1)[0].data.clone();
    // One element a packet, the delimiter kept and no N bit, as some senders do it.
    let unit = [&[0x00, 2, 0x12, 0, 12, 0x0a, 10][..], &key[4..14]].concat();
    let frame = &key[14..];
    assert_eq!(
        (key[2], key[3], frame[0]),
        (0x0a, 10, 0x32),
        "a sequence header and a frame, both with sizes"
    );
    let number = number(VideoCodec::Av1);
    ben.receive(&packet(number, true, 6, 0, &[&[0x10][..], frame].concat()));
    assert_eq!(ben.receive(&packet(number, false, 5, 0, &unit)), 1);
    assert_eq!(ben.data(), [print(&key)]);
    assert!(ben.frames[0].keyframe);
}

#[test]
fn padding_fills_gaps_and_lost_padding_delays_nothing() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(9, 0), Ben::new());
    for (index, frame) in sent.iter().enumerate() {
        assert_eq!(ben.receive_all(&ada.send(frame)), 1, "picture {index}");
        let (first, second) = (ada.pad(), ada.pad());
        if index % 2 == 0 {
            ben.receive(&first);
        }
        if index % 3 == 0 {
            ben.receive(&second);
        }
    }
    assert_eq!(ben.data(), data(&sent));
}

#[test]
fn padding_fills_gaps_for_codecs_without_picture_ids() {
    let sent = frames(VideoCodec::H264);
    let (mut ada, mut ben) = (Ada::new(9, 0), Ben::new());
    for frame in &sent {
        ben.receive(&ada.pad());
        ben.receive_all(&ada.send(frame));
    }
    assert_eq!(ben.data(), data(&sent));
}

#[test]
fn the_codec_may_change_in_mid_stream() {
    let (mut ada, mut ben) = (Ada::new(65_000, 0), Ben::new());
    let mut expected = Vec::new();
    for (round, codec) in CODECS.iter().chain(&CODECS).enumerate() {
        let mut sent = frames(*codec);
        for frame in &mut sent {
            frame.timestamp += FRAME * 12 * round as u32;
        }
        ben.receive_all(&ada.send_all(&sent));
        expected.extend(data(&sent));
    }
    assert_eq!(ben.data(), expected);

    let mut sent = frames(VideoCodec::Vp8);
    for frame in &mut sent {
        frame.timestamp += FRAME * 120;
    }
    assert_eq!(ben.receive_all(&ada.send_all(&sent[1..6])), 0);
    assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::CodecChange));
    assert_eq!(ben.receive_all(&ada.send_all(&sent[6..])), 6);
}

#[test]
fn a_stream_joined_in_its_middle_waits_for_the_next_key_frame() {
    for codec in CODECS {
        let sent = frames(codec);
        let (mut ada, mut ben) = (Ada::new(65_533, 0), Ben::new());
        let packets = ada.send_all(&sent[..6]);
        // Only the end of the first key frame.
        ben.receive_all(&packets[2..]);
        assert_eq!(ben.frames.len(), 0, "{codec}");
        ben.wait(MS * 250);
        assert_eq!(ben.assembler.needs_keyframe(ben.now), Some(KeyframeReason::Start), "{codec}");
        ben.receive_all(&ada.send_all(&sent[6..]));
        assert_eq!(ben.data(), data(&sent[6..]), "{codec}");
    }
}

#[test]
fn the_first_packets_may_come_in_any_order() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(0, 0), Ben::new());
    let mut packets = ada.send(&sent[0]);
    packets.reverse();
    assert_eq!(ben.receive_all(&packets), 1);
    assert_eq!(ben.data(), data(&sent[..1]));
}

#[test]
fn a_missing_marker_only_delays() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(3, 0), Ben::new());
    for frame in &sent[..6] {
        for mut packet in ada.send(frame) {
            packet.marker = false;
            ben.receive(&packet);
        }
    }
    assert_eq!(ben.data(), data(&sent[..5]));
}

#[test]
fn a_new_numbering_is_followed_once_it_is_confirmed() {
    let sent = frames(VideoCodec::Vp8);
    let (mut ada, mut ben) = (Ada::new(100, 0), Ben::new());
    ben.receive_all(&ada.send_all(&sent[..6]));
    let stray = packet(number(VideoCodec::Vp8), true, 40_000, 0, &[0x10, 1]);
    ben.receive(&stray);
    assert_eq!(ben.assembler.needs_keyframe(ben.now), None);
    ada.sequence = 20_000;
    // The first packet of the new numbering is spent on its confirmation.
    ben.receive(&ada.pad());
    ben.receive_all(&ada.send_all(&sent[6..]));
    assert_eq!(ben.data(), data(&sent));
}

#[test]
fn pictures_of_several_spatial_layers_become_the_encoders_superframes() {
    let superframes = ivf(include_bytes!("fixtures/vp9_svc.ivf"));
    let mut ben = Ben::new();
    let mut sequence = 65_530u16;
    for (index, superframe) in superframes.iter().enumerate() {
        for packet in svc_packets(index, &split_superframe(superframe), &mut sequence) {
            ben.receive(&packet);
        }
    }
    assert_eq!(ben.data(), superframes.iter().map(print).collect::<Vec<_>>());
    assert_eq!(ben.frames.iter().filter(|frame| frame.keyframe).count(), 2);
    assert!(ben.frames.iter().all(|frame| (frame.width, frame.height) == (160, 90)));
}

#[test]
fn a_bridge_that_forwards_only_the_lower_layer_gives_plain_frames() {
    let superframes = ivf(include_bytes!("fixtures/vp9_svc.ivf"));
    let mut ben = Ben::new();
    let mut sequence = 0u16;
    let mut expected = Vec::new();
    for (index, superframe) in superframes.iter().enumerate() {
        let layers = split_superframe(superframe);
        let packets = svc_packets(index, &layers[..1], &mut sequence);
        packets.iter().for_each(|packet| {
            ben.receive(packet);
        });
        expected.push(print(&layers[0]));
    }
    assert_eq!(ben.data(), expected);
    assert!(ben.frames.iter().all(|frame| (frame.width, frame.height) == (80, 46)));
}

/// Packets of one picture in flexible mode, cut every 700 bytes.
fn svc_packets(index: usize, layers: &[Bytes], sequence: &mut u16) -> Vec<RtpPacket> {
    let key = index.is_multiple_of(6);
    let mut packets = Vec::new();
    for (spatial, layer) in layers.iter().enumerate() {
        let pieces: Vec<&[u8]> = layer.chunks(700).collect();
        for (number_of, piece) in pieces.iter().enumerate() {
            let (first, last) = (number_of == 0, number_of + 1 == pieces.len());
            let with_structure = key && spatial == 0 && first;
            let predicted = !key;
            let flags = 0x80 | 0x20 | 0x10;
            let bits = [(predicted, 6), (first, 3), (last, 2), (with_structure, 1)];
            let mut payload = vec![
                bits.iter().fold(flags, |flags, (set, bit)| flags | u8::from(*set) << bit),
                0x80,
                index as u8,
            ];
            payload.push((spatial as u8) << 1 | u8::from(spatial > 0));
            if predicted {
                payload.push(1 << 1);
            }
            if with_structure {
                payload.extend_from_slice(&[0x30, 0, 80, 0, 46, 0, 160, 0, 90]);
            }
            payload.extend_from_slice(piece);
            let marker = last && spatial + 1 == layers.len();
            let timestamp = index as u32 * 3000;
            packets.push(packet(number(VideoCodec::Vp9), marker, *sequence, timestamp, &payload));
            *sequence = sequence.wrapping_add(1);
        }
    }
    packets
}

/// The layer frames in a superframe, by its index.
fn split_superframe(superframe: &Bytes) -> Vec<Bytes> {
    let marker = superframe[superframe.len() - 1];
    assert_eq!(marker & 0xe0, 0xc0);
    let (count, width) = (usize::from(marker & 7) + 1, usize::from(marker >> 3 & 3) + 1);
    let mut sizes = superframe.slice(superframe.len() - 1 - count * width..superframe.len() - 1);
    let mut rest = superframe.clone();
    (0..count)
        .map(|_| {
            let size =
                sizes.split_to(width).iter().rev().fold(0, |size, byte| size << 8 | usize::from(*byte));
            rest.split_to(size)
        })
        .collect()
}
