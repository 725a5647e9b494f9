//! Replays the seeds of the fuzz target `depacketise`: rows of packets, each a 16-bit length and its bytes.

mod rtp_support;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use rtp_support::{Ada, Ben, CODECS, layered_frames};
use treff_media::rtp::RtpPacket;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/depacketise")
}

#[test]
fn every_seed_is_digested() {
    let mut count = 0;
    let mut frames = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let seed = std::fs::read(entry.unwrap().path()).unwrap();
        let mut rest = seed.as_slice();
        let mut ben = Ben::new();
        while let Some((length, tail)) = rest.split_first_chunk() {
            let (packet, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)).min(tail.len()));
            rest = tail;
            if let Ok(packet) = RtpPacket::parse(Bytes::copy_from_slice(packet)) {
                frames += ben.receive(&packet);
            }
            ben.wait(Duration::from_millis(7));
        }
        count += 1;
    }
    assert!(count >= 8, "{count} seeds");
    assert!(frames >= 20, "{frames} frames");
}

/// Writes the seeds made from real streams anew.
#[test]
#[ignore = "writes files"]
fn write_the_seeds() {
    for codec in CODECS {
        let mut ada = Ada::new(65_533, u32::MAX - 4000);
        let frames = layered_frames(codec);
        let packets = ada.send_all(&frames[..6]);
        let seed = |packets: &mut dyn Iterator<Item = &RtpPacket>| {
            packets
                .flat_map(|packet| {
                    let bytes = wire(packet);
                    [(bytes.len() as u16).to_be_bytes().to_vec(), bytes].concat()
                })
                .collect::<Vec<u8>>()
        };
        std::fs::write(folder().join(format!("{codec}-in-order")), seed(&mut packets.iter())).unwrap();
        let backwards = seed(&mut packets.iter().rev().filter(|packet| packet.sequence % 3 != 0));
        std::fs::write(folder().join(format!("{codec}-backwards-with-loss")), backwards).unwrap();
    }
}

/// The packet as on the wire, with a dependency descriptor that begins a frame.
fn wire(packet: &RtpPacket) -> Vec<u8> {
    let mut bytes = vec![0x90, u8::from(packet.marker) << 7 | packet.payload_type];
    bytes.extend_from_slice(&packet.sequence.to_be_bytes());
    bytes.extend_from_slice(&packet.timestamp.to_be_bytes());
    bytes.extend_from_slice(&packet.ssrc.0.to_be_bytes());
    bytes.extend_from_slice(&[0xbe, 0xde, 0, 1, 0xb2, 0x80, 0, 1]);
    bytes.extend_from_slice(&packet.payload);
    bytes
}
