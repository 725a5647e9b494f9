//! Whole calls against a lab over real loopback sockets, by clients made of raw stanzas: what the lab forwards is
//! decoded, and what it is sent is looked at.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod raw;

use std::time::{Duration, Instant};

use bytes::Bytes;
use raw::RawClient;
use treff_codecs::pattern::{dominant_colour, read};
use treff_lab::{BridgeChannels, Direction, Lab, LabOptions, Person, Shaping};
use treff_media::codec::{MediaKind, Negotiated, PayloadKind, PayloadType, VideoCodec};
use treff_media::rtp::{RtpPacket, VideoAssembler};

const ROOM: &str = "treff";
const PATIENCE: Duration = Duration::from_secs(10);

fn negotiated() -> Negotiated {
    let video = |number, codec| PayloadType { number, kind: PayloadKind::Video(codec) };
    Negotiated {
        payload_types: vec![
            PayloadType { number: 111, kind: PayloadKind::Opus },
            video(41, VideoCodec::Av1),
            video(100, VideoCodec::Vp8),
            video(101, VideoCodec::Vp9),
            video(107, VideoCodec::H264),
        ],
        ..Negotiated::default()
    }
}

async fn lab_with(codec: VideoCodec, names: &[&str]) -> Lab {
    let people = names.iter().map(|name| Person::new(name, codec)).collect();
    Lab::start(LabOptions { people, ..LabOptions::default() }).await.unwrap()
}

/// A decoder of one source that keeps what it saw.
struct Viewer {
    ssrc: u32,
    assembler: VideoAssembler,
    decoder: Box<dyn treff_codecs::Decoder>,
    taken: usize,
    /// Frame number, colour and height of each picture.
    seen: Vec<(u32, Option<usize>, u16)>,
}

impl Viewer {
    fn new(ssrc: u32, codec: VideoCodec) -> Self {
        let assembler = VideoAssembler::new(&negotiated());
        Self { ssrc, assembler, decoder: treff_codecs::decoder(codec), taken: 0, seen: Vec::new() }
    }

    fn look(&mut self, packets: &[Bytes]) {
        let now = Instant::now();
        for bytes in &packets[self.taken..] {
            let packet = RtpPacket::parse(bytes.clone()).unwrap();
            if packet.ssrc.0 == self.ssrc {
                self.assembler.push(now, &packet);
            }
            while let Some(frame) = self.assembler.poll_frame(now) {
                let picture = self.decoder.decode(&frame).expect("every frame decodes");
                if let Some(picture) = picture {
                    let number = read(picture).map_or(u32::MAX, |n| n.0);
                    self.seen.push((number, dominant_colour(picture), picture.height()));
                }
            }
        }
        self.taken = packets.len();
    }
}

const ALL_720: &str =
    r#"{"colibriClass":"ReceiverVideoConstraints","lastN":-1,"defaultConstraints":{"maxHeight":720}}"#;
const ALL_180: &str =
    r#"{"colibriClass":"ReceiverVideoConstraints","lastN":-1,"defaultConstraints":{"maxHeight":180}}"#;

async fn joined(lab: &Lab, name: &str) -> RawClient {
    let mut client = RawClient::join(lab, ROOM, name).await;
    client.accept().await;
    client.drive("the channel", |c| c.channel_open).await;
    client
}

#[tokio::test]
async fn every_codec_of_a_synthetic_person_decodes() {
    for codec in [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Av1] {
        let lab = lab_with(codec, &["Ada"]).await;
        let mut ben = joined(&lab, "Ben").await;
        let ada = lab.endpoint(ROOM, "Ada").unwrap();
        let mut viewer = Viewer::new(ben.remote(&format!("{ada}-v0")).ssrc, codec);
        ben.colibri(ALL_720).await;
        ben.drive("pictures", |c| {
            viewer.look(&c.packets);
            viewer.seen.len() >= 20
        })
        .await;
        let (_, colour, _) = lab.marks("Ada").unwrap();
        for (number, seen, _) in &viewer.seen {
            assert!(*number < 60, "{codec}: no frame number could be read");
            assert_eq!(*seen, Some(colour), "{codec}");
        }
    }
}

#[tokio::test]
async fn layers_switch_without_a_broken_picture() {
    let lab = lab_with(VideoCodec::Vp8, &["Ada"]).await;
    let mut ben = joined(&lab, "Ben").await;
    let ada = lab.endpoint(ROOM, "Ada").unwrap();
    let mut viewer = Viewer::new(ben.remote(&format!("{ada}-v0")).ssrc, VideoCodec::Vp8);
    for (constraints, height) in [(ALL_180, 180), (ALL_720, 720), (ALL_180, 180), (ALL_720, 720)] {
        ben.colibri(constraints).await;
        ben.drive("the other size", |c| {
            viewer.look(&c.packets);
            viewer.seen.last().is_some_and(|(_, _, h)| *h == height)
        })
        .await;
    }
    assert_eq!(viewer.assembler.stats().packets_lost, 0);
    assert!(viewer.seen.iter().all(|(number, _, _)| *number < 60));
    let ssrcs: std::collections::BTreeSet<u32> = ben
        .packets
        .iter()
        .filter_map(|b| RtpPacket::parse(b.clone()).ok())
        .filter(|p| p.payload_type == 100)
        .map(|p| p.ssrc.0)
        .collect();
    assert_eq!(ssrcs.len(), 1, "one SSRC whatever the layer");
}

#[tokio::test]
async fn the_tone_has_its_frequency_and_mute_is_silence() {
    let lab = lab_with(VideoCodec::Vp8, &["Ada"]).await;
    let mut ben = joined(&lab, "Ben").await;
    let ada = lab.endpoint(ROOM, "Ada").unwrap();
    let ssrc = ben.remote(&format!("{ada}-a0")).ssrc;
    let of_ada = |packets: &[Bytes]| -> Vec<RtpPacket> {
        let parsed = packets.iter().filter_map(|b| RtpPacket::parse(b.clone()).ok());
        parsed.filter(|p| p.ssrc.0 == ssrc).collect()
    };
    ben.drive("half a second of sound", |c| of_ada(&c.packets).len() >= 30).await;
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
    let mut samples = Vec::new();
    for packet in of_ada(&ben.packets) {
        let mut block = [0.0_f32; 5760];
        let length = decoder.decode_float(&packet.payload, &mut block, false).unwrap();
        samples.extend_from_slice(&block[..length]);
    }
    let steady = &samples[samples.len() / 2..];
    let rises = steady.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
    let hertz = rises as f32 * 48_000.0 / steady.len() as f32;
    let expected = lab.marks("Ada").unwrap().0;
    assert!((hertz - expected).abs() < 12.0, "{hertz} instead of {expected}");
    ben.drive("the dominant speaker", |c| {
        c.messages.iter().any(|m| m.contains(&ada) && m.contains("Dominant"))
    })
    .await;

    lab.mute_person(ROOM, "Ada", MediaKind::Audio, true).unwrap();
    assert!(lab.occupants(ROOM).iter().any(|o| o.source_info.contains(r#"-a0":{"muted":true"#)));
    let mut quiet_since = (of_ada(&ben.packets).len(), Instant::now());
    ben.drive("silence", |c| {
        let count = of_ada(&c.packets).len();
        if count != quiet_since.0 {
            quiet_since = (count, Instant::now());
        }
        quiet_since.1.elapsed() > Duration::from_millis(200)
    })
    .await;
}

/// A generic NACK (RFC 4585 §6.2.1).
fn nack(media: u32, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x81, 205, 0, 3];
    packet.extend(1_u32.to_be_bytes());
    packet.extend(media.to_be_bytes());
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0]);
    packet
}

#[tokio::test]
async fn lost_packets_come_back_as_retransmissions() {
    let lab = lab_with(VideoCodec::Vp8, &["Ada"]).await;
    let mut ben = joined(&lab, "Ben").await;
    let ada = lab.endpoint(ROOM, "Ada").unwrap();
    let remote = ben.remote(&format!("{ada}-v0"));
    lab.shape(ROOM, &ben.nick, Direction::ToEndpoint, Shaping::loss(10.0)).unwrap();
    ben.colibri(ALL_720).await;
    let sequences = |c: &RawClient| -> Vec<u16> {
        let parsed = c.packets.iter().filter_map(|b| RtpPacket::parse(b.clone()).ok());
        parsed.filter(|p| p.ssrc.0 == remote.ssrc).map(|p| p.sequence).collect()
    };
    ben.drive("video with gaps", |c| sequences(c).len() >= 100).await;
    let seen = sequences(&ben);
    let (first, last) = (seen[0], seen[seen.len() - 1]);
    let missing: Vec<u16> = (first..last).filter(|n| !seen.contains(n)).collect();
    assert!(!missing.is_empty(), "a tenth should have been lost");
    lab.shape(ROOM, &ben.nick, Direction::ToEndpoint, Shaping::default()).unwrap();
    for sequence in &missing {
        ben.send_rtcp(&nack(remote.ssrc, *sequence)).await;
    }
    let recovered = |c: &RawClient| -> Vec<u16> {
        let parsed = c.packets.iter().filter_map(|b| RtpPacket::parse(b.clone()).ok());
        parsed
            .filter(|p| Some(p.ssrc.0) == remote.rtx && p.payload_type == 96)
            .map(|p| u16::from_be_bytes([p.payload[0], p.payload[1]]))
            .collect()
    };
    ben.drive("the retransmissions", |c| missing.iter().all(|n| recovered(c).contains(n))).await;
    let report = lab.report(ROOM, &ben.nick).await.unwrap();
    assert!(report.retransmitted >= missing.len() as u64);
    assert!(report.lost > 0);
}

/// A media packet with a transport-wide number.
fn media(ssrc: u32, payload_type: u8, sequence: u16, wide: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x90, payload_type];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 960).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend([0xbe, 0xde, 0, 2, 0x51]);
    packet.extend(wide.to_be_bytes());
    packet.extend([0x10, 0x80 | 20, 0, 0, 0]);
    packet.extend_from_slice(payload);
    packet
}

#[tokio::test]
async fn a_sender_gets_feedback_nacks_and_an_audience() {
    let lab = Lab::start(LabOptions::default()).await.unwrap();
    let mut ada = RawClient::join(&lab, ROOM, "Ada").await;
    let mut ben = RawClient::join(&lab, ROOM, "Ben").await;
    let source = |ssrc: u32, name: &str| {
        format!(
            "<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='{ssrc}' name='{}-{name}'><parameter \
             name='msid' value='ada-{name}'/></source>",
            ada.nick
        )
    };
    let fid = "<ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='FID'><source ssrc='20'/>\
               <source ssrc='21'/></ssrc-group>";
    ada.sources = [source(10, "a0"), format!("{}{}{fid}", source(20, "v0"), source(21, "v0"))];
    ada.accept().await;
    ben.accept().await;
    let name = format!("{}-a0", ada.nick);
    ben.drive("Ada's sources", |c| c.remotes.iter().any(|r| r.name == name)).await;
    let mut tap = lab.tap(ROOM, &ada.nick).unwrap();
    for n in 1..=30 {
        ada.send_rtp(&media(10, 111, n, n, b"opus")).await;
    }
    for n in [1, 2, 5] {
        ada.send_rtp(&media(20, 100, n, 30 + n, &[0x10, 0x10, 0, 0])).await;
    }
    let packets = |c: &RawClient| {
        c.packets.iter().filter_map(|b| RtpPacket::parse(b.clone()).ok()).filter(|p| p.ssrc.0 == 10).count()
    };
    ben.drive("Ada's voice", |c| packets(c) == 30).await;
    let is = |kind: u8, format: u8| move |b: &Bytes| b[1] == kind && b[0] & 0x1f == format;
    ada.drive("feedback", |c| c.reports.iter().any(is(205, 15))).await;
    ada.drive("a NACK", |c| c.reports.iter().any(|b| is(205, 1)(b) && b[12..14] == [0, 3])).await;
    ada.drive("a receiver report", |c| c.reports.iter().any(is(201, 2))).await;
    let first = tap.recv().await.unwrap();
    assert_eq!((first.source.as_str(), first.encoding), (name.as_str(), 0));
    let report = lab.report(ROOM, &ada.nick).await.unwrap();
    assert_eq!(report.streams[&10].packets, 30);
    assert!(report.transport_cc >= 33);
    assert_eq!(report.streams[&20].nacked % 2, 0);
    assert!(ada.messages.is_empty() || ada.messages.iter().all(|m| m.contains("colibriClass")));
}

#[tokio::test]
async fn the_colibri_socket_greets_and_constrains() {
    let lab = Lab::start(LabOptions {
        bridge_channels: BridgeChannels { sctp: false, websocket: true },
        people: vec![Person::new("Ada", VideoCodec::Vp8)],
        ..LabOptions::default()
    })
    .await
    .unwrap();
    let mut ben = RawClient::join(&lab, ROOM, "Ben").await;
    ben.accept().await;
    ben.open_colibri(&lab).await;
    ben.drive("the greeting", |c| c.messages.iter().any(|m| m.contains("ServerHello"))).await;
    ben.colibri(ALL_720).await;
    let ada = lab.endpoint(ROOM, "Ada").unwrap();
    let forwarded = format!(r#"["{ada}-v0"]"#);
    ben.drive("what is forwarded", |c| c.messages.iter().any(|m| m.contains(&forwarded))).await;
    ben.colibri(
        r#"{"colibriClass":"ReceiverVideoConstraints","lastN":0,"defaultConstraints":{"maxHeight":720}}"#,
    )
    .await;
    ben.drive("nothing forwarded", |c| c.messages.last().is_some_and(|m| m.contains("[]"))).await;
    ben.colibri(r#"{"colibriClass":"ReceiverVideoConstraints","colour":"red"}"#).await;
    let report = lab
        .wait_for_report(ROOM, &ben.nick, "the rejection", PATIENCE, |r| r.rejected_messages == 1)
        .await
        .unwrap();
    assert_eq!(report.channel, Some("websocket"));
    assert_eq!(report.messages["ReceiverVideoConstraints"], 3);
}

#[tokio::test]
async fn a_screen_share_is_signalled_and_shown() {
    let lab = lab_with(VideoCodec::Vp8, &["Ada"]).await;
    let mut ben = joined(&lab, "Ben").await;
    ben.colibri(ALL_720).await;
    lab.share_screen(ROOM, "Ada", true).unwrap();
    let name = format!("{}-v1", lab.endpoint(ROOM, "Ada").unwrap());
    ben.drive("the new source", |c| c.remotes.iter().any(|r| r.name == name)).await;
    let mut viewer = Viewer::new(ben.remote(&name).ssrc, VideoCodec::Vp8);
    ben.drive("the screen", |c| {
        viewer.look(&c.packets);
        viewer.seen.len() >= 3
    })
    .await;
    let (_, _, colour) = lab.marks("Ada").unwrap();
    assert_eq!(viewer.seen[0].1, Some(colour));
    lab.share_screen(ROOM, "Ada", false).unwrap();
    ben.drive("its end", |c| c.messages.last().is_some_and(|m| !m.contains("-v1"))).await;
}

#[tokio::test]
async fn a_session_is_replaced_on_command_and_media_goes_on() {
    let lab = lab_with(VideoCodec::Vp8, &["Ada"]).await;
    let mut ben = joined(&lab, "Ben").await;
    ben.offer = None;
    ben.channel_open = false;
    lab.reoffer(ROOM, &ben.nick).unwrap();
    ben.accept().await;
    ben.drive("the channel", |c| c.channel_open).await;
    ben.packets.clear();
    ben.drive("sound", |c| !c.packets.is_empty()).await;
    lab.wait_until("the new session", PATIENCE, |lab| lab.accepted(ROOM) == [ben.nick.clone()])
        .await
        .unwrap();
}
