//! Real bitstreams, a sender that packetises them, a seeded dice and a receiver on a fake clock.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::time::{Duration, Instant};

use bytes::Bytes;
use treff_media::codec::{Negotiated, PayloadKind, PayloadType, VideoCodec};
use treff_media::frame::{EncodedFrame, TemporalLayer};
use treff_media::rtp::{Packetizer, PacketizerConfig, RtpPacket, VideoAssembler, video_timestamp};

pub const CODECS: [VideoCodec; 4] = [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Av1];
pub const FRAME: Duration = Duration::from_nanos(33_333_334);
const SSRC: u32 = 0x5eed;
/// Temporal layers of L1T3 and which of their pictures need only the base layer.
const PATTERN: [(u8, bool); 4] = [(0, false), (2, true), (1, true), (2, false)];

pub fn negotiated() -> Negotiated {
    let payload_types =
        CODECS.iter().map(|codec| PayloadType { number: number(*codec), kind: PayloadKind::Video(*codec) });
    Negotiated { payload_types: payload_types.collect(), ..Negotiated::default() }
}

pub fn number(codec: VideoCodec) -> u8 {
    match codec {
        VideoCodec::Vp8 => 100,
        VideoCodec::Vp9 => 101,
        VideoCodec::H264 => 107,
        _ => 41,
    }
}

/// The fixture of `codec` as an encoder would give it, all on the base layer.
pub fn frames(codec: VideoCodec) -> Vec<EncodedFrame> {
    let (pictures, every) = match codec {
        VideoCodec::Vp8 => (ivf(include_bytes!("../fixtures/vp8.ivf")), 6),
        VideoCodec::Vp9 => (ivf(include_bytes!("../fixtures/vp9.ivf")), 6),
        VideoCodec::H264 => (access_units(include_bytes!("../fixtures/h264.h264")), 6),
        _ => (ivf(include_bytes!("../fixtures/av1.ivf")), 6),
    };
    assert_eq!(pictures.len(), 12);
    let frame = |(index, data): (usize, Bytes)| EncodedFrame {
        codec,
        data,
        timestamp: FRAME * index as u32,
        keyframe: index % every == 0,
        layer: 0,
        temporal: TemporalLayer::default(),
        width: 160,
        height: 90,
    };
    pictures.into_iter().enumerate().map(frame).collect()
}

/// The same in the pattern 0-2-1-2.
pub fn layered_frames(codec: VideoCodec) -> Vec<EncodedFrame> {
    let mut frames = frames(codec);
    let mut position = 0;
    for frame in &mut frames {
        position = if frame.keyframe { 0 } else { position + 1 };
        let (id, sync) = PATTERN[position % 4];
        frame.temporal = TemporalLayer { id, sync };
    }
    frames
}

pub fn ivf(file: &'static [u8]) -> Vec<Bytes> {
    let mut rest = Bytes::from_static(file).slice(32..);
    let mut pictures = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[..4].try_into().unwrap()) as usize;
        let _ = rest.split_to(12);
        pictures.push(rest.split_to(length));
    }
    pictures
}

/// Access units with four-byte start codes.
fn access_units(file: &[u8]) -> Vec<Bytes> {
    let mut units: Vec<Vec<u8>> = Vec::new();
    let mut has_slice = true;
    for nal in nal_units(file) {
        let slice = matches!(nal[0] & 0x1f, 1 | 5);
        if has_slice && (!slice || nal[1] & 0x80 != 0) {
            units.push(Vec::new());
            has_slice = false;
        }
        has_slice |= slice;
        let unit = units.last_mut().unwrap();
        unit.extend_from_slice(&[0, 0, 0, 1]);
        unit.extend_from_slice(nal);
    }
    units.into_iter().map(Bytes::from).collect()
}

fn nal_units(file: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> = (0..file.len() - 2).filter(|&i| file[i..i + 3] == [0, 0, 1]).collect();
    let ends = starts.iter().skip(1).copied().chain([file.len()]);
    let cut = |(&start, end): (&usize, usize)| {
        let nal = &file[start + 3..end];
        &nal[..=nal.iter().rposition(|byte| *byte != 0).unwrap()]
    };
    starts.iter().zip(ends).map(cut).collect()
}

/// Bytes of an RTP packet.
pub fn packet(payload_type: u8, marker: bool, sequence: u16, timestamp: u32, payload: &[u8]) -> RtpPacket {
    let mut bytes = vec![0x80, u8::from(marker) << 7 | payload_type];
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&timestamp.to_be_bytes());
    bytes.extend_from_slice(&SSRC.to_be_bytes());
    bytes.extend_from_slice(payload);
    RtpPacket::parse(Bytes::from(bytes)).unwrap()
}

/// A probe: nothing but padding.
pub fn padding(sequence: u16, timestamp: u32) -> RtpPacket {
    let mut bytes = vec![0xa0, 100];
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&timestamp.to_be_bytes());
    bytes.extend_from_slice(&SSRC.to_be_bytes());
    bytes.extend_from_slice(&[0; 254]);
    bytes.push(255);
    RtpPacket::parse(Bytes::from(bytes)).unwrap()
}

/// Ada: packetises frames and numbers the packets.
pub struct Ada {
    pub packetizer: Packetizer,
    pub sequence: u16,
    pub base: u32,
}

impl Ada {
    pub fn new(sequence: u16, base: u32) -> Self {
        let config = PacketizerConfig { picture_id: 0x7ffa, base_index: 253, temporal_layers: true };
        Self { packetizer: Packetizer::new(config), sequence, base }
    }

    /// The packets of one frame.
    pub fn send(&mut self, frame: &EncodedFrame) -> Vec<RtpPacket> {
        let timestamp = video_timestamp(self.base, frame.timestamp);
        let payloads = self.packetizer.payloads(frame);
        assert!(!payloads.is_empty());
        payloads
            .iter()
            .map(|payload| {
                let packet =
                    packet(number(frame.codec), payload.marker, self.sequence, timestamp, &payload.bytes);
                self.sequence = self.sequence.wrapping_add(1);
                packet
            })
            .collect()
    }

    pub fn send_all(&mut self, frames: &[EncodedFrame]) -> Vec<RtpPacket> {
        frames.iter().flat_map(|frame| self.send(frame)).collect()
    }

    pub fn pad(&mut self) -> RtpPacket {
        let packet = padding(self.sequence, self.base);
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }
}

/// Ben: receives on a fake clock.
pub struct Ben {
    pub assembler: VideoAssembler,
    pub start: Instant,
    pub now: Instant,
    pub frames: Vec<EncodedFrame>,
}

impl Ben {
    pub fn new() -> Self {
        let start = Instant::now();
        Self { assembler: VideoAssembler::new(&negotiated()), start, now: start, frames: Vec::new() }
    }

    /// Receives a packet and returns how many frames came of it.
    pub fn receive(&mut self, packet: &RtpPacket) -> usize {
        self.assembler.push(self.now, packet);
        self.poll()
    }

    pub fn receive_all<'a>(&mut self, packets: impl IntoIterator<Item = &'a RtpPacket>) -> usize {
        packets.into_iter().map(|packet| self.receive(packet)).sum()
    }

    pub fn wait(&mut self, time: Duration) -> usize {
        let end = self.now + time;
        let mut count = 0;
        while let Some(deadline) = self.assembler.poll_timeout().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            count += self.poll();
        }
        self.now = end;
        count
    }

    fn poll(&mut self) -> usize {
        let before = self.frames.len();
        while let Some(frame) = self.assembler.poll_frame(self.now) {
            self.frames.push(frame);
        }
        self.frames.len() - before
    }

    pub fn data(&self) -> Vec<Print> {
        data(&self.frames)
    }
}

/// Length and hash of a frame's bytes: failures stay readable.
pub type Print = (usize, u64);

pub fn print(data: &Bytes) -> Print {
    (data.len(), BuildHasherDefault::<DefaultHasher>::default().hash_one(data))
}

pub fn data(frames: &[EncodedFrame]) -> Vec<Print> {
    frames.iter().map(|frame| print(&frame.data)).collect()
}

/// A small generator (xorshift), so that every run rolls the same.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    pub fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }
}
