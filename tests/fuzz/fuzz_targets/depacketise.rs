//! RTP packets of any payload format, in any order, into a video assembler.
//!
//! The input is a row of packets, each a big-endian 16-bit length and its bytes. The clock moves 7 ms a packet.
#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use treff_media::codec::{Negotiated, PayloadKind, PayloadType, VideoCodec};
use treff_media::rtp::{RtpPacket, VideoAssembler};

fuzz_target!(|input: &[u8]| {
    let numbers =
        [(100, VideoCodec::Vp8), (101, VideoCodec::Vp9), (107, VideoCodec::H264), (41, VideoCodec::Av1)];
    let negotiated = Negotiated {
        payload_types: numbers
            .map(|(number, codec)| PayloadType { number, kind: PayloadKind::Video(codec) })
            .to_vec(),
        ..Negotiated::default()
    };
    let mut assembler = VideoAssembler::new(&negotiated);
    let mut now = Instant::now();
    let mut rest = input;
    while let Some((length, tail)) = rest.split_first_chunk() {
        let (packet, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)).min(tail.len()));
        rest = tail;
        now += Duration::from_millis(7);
        let Ok(packet) = RtpPacket::parse(Bytes::copy_from_slice(packet)) else { continue };
        assert_eq!(RtpPacket::from_rtc(&packet.to_rtc()).payload, packet.payload);
        assembler.push(now, &packet);
        while let Some(frame) = assembler.poll_frame(now) {
            assert!(!frame.data.is_empty());
        }
        let _ = assembler.needs_keyframe(now);
    }
});
