//! What the fuzz targets do with their bytes, callable from plain tests too. Nothing here may panic.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::codec::{Negotiated, PayloadKind, PayloadType, VideoCodec};
use crate::rtp::{RtpPacket, VideoAssembler};

/// RTP packets of any payload format, in any order, into a video assembler; how many frames came out.
///
/// `input` is a row of packets, each a big-endian 16-bit length and its bytes. The clock moves 7 ms a packet.
pub fn depacketise(input: &[u8]) -> usize {
    let numbers =
        [(100, VideoCodec::Vp8), (101, VideoCodec::Vp9), (107, VideoCodec::H264), (41, VideoCodec::Av1)];
    let negotiated = Negotiated {
        payload_types: numbers
            .map(|(number, codec)| PayloadType { number, kind: PayloadKind::Video(codec) })
            .to_vec(),
        ..Negotiated::default()
    };
    let mut assembler = VideoAssembler::new(&negotiated);
    let (mut now, mut frames, mut rest) = (Instant::now(), 0, input);
    while let Some((length, tail)) = rest.split_first_chunk() {
        let (packet, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)).min(tail.len()));
        rest = tail;
        now += Duration::from_millis(7);
        let Ok(packet) = RtpPacket::parse(Bytes::copy_from_slice(packet)) else { continue };
        assert_eq!(RtpPacket::from_rtc(&packet.to_rtc()).payload, packet.payload);
        assembler.push(now, &packet);
        while let Some(frame) = assembler.poll_frame(now) {
            assert!(!frame.data.is_empty());
            frames += 1;
        }
        let _ = assembler.needs_keyframe(now);
    }
    frames
}
