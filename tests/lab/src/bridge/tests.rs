//! Conferences without sockets: who gets what, and who is told.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::conference::{Conference, Output};
use super::handle::PersonOrder;
use super::rtcp::{self, Report};
use super::{Packet, SourceDescription};
use crate::focus::Medium;
use crate::payloads;
use crate::random::Random;

struct Room {
    conference: Conference,
    now: Instant,
    sequence: u16,
}

fn camera(name: &str, first: u32) -> SourceDescription {
    SourceDescription {
        name: name.to_owned(),
        medium: Medium::Video,
        desktop: false,
        encodings: (0..3).map(|n| (first + n, Some(first + 10 + n))).collect(),
    }
}

fn microphone(name: &str, ssrc: u32) -> SourceDescription {
    SourceDescription {
        name: name.to_owned(),
        medium: Medium::Audio,
        desktop: false,
        encodings: vec![(ssrc, None)],
    }
}

impl Room {
    /// Ada, Ben and Cleo, with a camera and a microphone each and an open channel.
    fn new() -> Self {
        let now = Instant::now();
        let mut conference = Conference::new(now, 9999, Random::new(1));
        for (index, name) in ["ada", "ben", "cleo"].into_iter().enumerate() {
            let first = 100 * (index as u32 + 1);
            conference.add(now, name, false);
            let sources =
                vec![camera(&format!("{name}-v0"), first), microphone(&format!("{name}-a0"), first + 50)];
            conference.set_sources(now, name, sources);
            conference.channel_opened(now, name, "sctp");
        }
        let mut room = Self { conference, now, sequence: 0 };
        room.outputs();
        room
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.conference.poll()).collect()
    }

    /// Texts to one endpoint.
    fn told(&mut self, who: &str) -> Vec<String> {
        let all = self.outputs();
        all.into_iter()
            .filter_map(|output| match output {
                Output::Channel { endpoint, text } if endpoint == who => Some(text),
                _ => None,
            })
            .collect()
    }

    fn wish(&mut self, who: &str, fields: &str) {
        let text = format!(r#"{{"colibriClass":"ReceiverVideoConstraints",{fields}}}"#);
        self.conference.message(self.now, who, &text);
    }

    fn send(&mut self, who: &str, ssrc: u32, payload_type: u8, level: Option<u8>, payload: &[u8]) {
        self.sequence += 1;
        let packet = Packet {
            marker: true,
            payload_type,
            sequence: self.sequence,
            timestamp: u32::from(self.sequence) * 960,
            ssrc,
            extensions: level
                .map(|level| (payloads::AUDIO_LEVEL, Bytes::copy_from_slice(&[level])))
                .into_iter()
                .collect(),
            payload: Bytes::copy_from_slice(payload),
        };
        self.conference.rtp(self.now, who, &packet.write().into());
    }

    /// A VP8 picture in one packet on an encoding.
    fn picture(&mut self, who: &str, ssrc: u32, keyframe: bool) {
        let tag = if keyframe { 0x10 } else { 0x11 };
        self.send(who, ssrc, 100, None, &[0x90, 0xe0, 0x80, 1, 1, 0, tag, 0, 0]);
    }

    fn speak(&mut self, who: &str, ssrc: u32, packets: usize) {
        for _ in 0..packets {
            self.now += Duration::from_millis(20);
            self.send(who, ssrc, payloads::OPUS, Some(0x80 | 20), b"opus");
        }
    }
}

fn rtp_to(outputs: &[Output], who: &str) -> Vec<Packet> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Rtp { endpoint, packet } if endpoint == who => Some(packet.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn senders_are_told_the_largest_wish_of_anybody() {
    let mut room = Room::new();
    room.wish("ben", r#""defaultConstraints":{"maxHeight":180}"#);
    let text = r#"{"colibriClass":"SenderSourceConstraints", "sourceName":"ada-v0", "maxHeight":180}"#;
    assert!(room.told("ada").contains(&text.to_owned()));
    room.wish("cleo", r#""constraints":{"ada-v0":{"maxHeight":720}},"defaultConstraints":{"maxHeight":0}"#);
    assert!(room.told("ada").iter().any(|t| t.contains(r#""maxHeight":720"#)));
    room.wish("cleo", r#""lastN":0"#);
    assert!(room.told("ada").iter().any(|t| t.contains(r#""maxHeight":180"#)));
    room.wish("ben", r#""lastN":0"#);
    assert!(room.told("ada").iter().any(|t| t.contains(r#""maxHeight":0"#)));
}

#[test]
fn video_needs_a_wish_and_a_key_frame_and_the_request_names_the_smallest_layer() {
    let mut room = Room::new();
    room.picture("ada", 100, true);
    assert!(rtp_to(&room.outputs(), "ben").is_empty());
    room.wish("ben", r#""defaultConstraints":{"maxHeight":180}"#);
    let asked: Vec<Report> = room
        .outputs()
        .iter()
        .filter_map(|output| match output {
            Output::Rtcp { endpoint, bytes } if endpoint == "ada" => Some(rtcp::read(bytes)),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(asked, [Report::Keyframe { media: 100 }]);
    room.picture("ada", 100, false);
    assert!(rtp_to(&room.outputs(), "ben").is_empty());
    room.picture("ada", 100, true);
    let outputs = room.outputs();
    assert_eq!(rtp_to(&outputs, "ben").len(), 1);
    assert!(rtp_to(&outputs, "cleo").is_empty());
    assert!(rtp_to(&outputs, "ada").is_empty());
}

#[test]
fn the_last_speaker_has_the_one_seat_of_last_n() {
    let mut room = Room::new();
    room.wish("cleo", r#""lastN":1,"defaultConstraints":{"maxHeight":180}"#);
    assert_eq!(room.told("cleo").len(), 1);
    room.speak("ben", 250, 12);
    let told = room.told("cleo");
    assert!(
        told.iter()
            .any(|t| t.contains("DominantSpeaker") && t.contains(r#""dominantSpeakerEndpoint":"ben""#))
    );
    assert!(told.iter().any(|t| t.contains(r#"["ben-v0"]"#)), "{told:?}");
    room.now += Duration::from_secs(1);
    room.speak("ada", 150, 12);
    let told = room.told("cleo");
    assert!(told.iter().any(|t| t.contains(r#""previousSpeakers":["ben"]"#)));
    assert!(told.iter().any(|t| t.contains(r#"["ada-v0"]"#)), "{told:?}");
}

#[test]
fn a_muted_camera_is_not_forwarded() {
    let mut room = Room::new();
    room.wish("ben", r#""defaultConstraints":{"maxHeight":180}"#);
    assert!(room.told("ben").iter().any(|t| t.contains(r#"["ada-v0","cleo-v0"]"#)));
    let muted = r#"{"colibriClass":"SourceVideoTypeMessage","sourceName":"ada-v0","videoType":"none"}"#;
    room.conference.message(room.now, "ada", muted);
    let outputs = room.told("ben");
    assert!(outputs.iter().any(|t| t.contains(r#"["cleo-v0"]"#)), "{outputs:?}");
}

#[test]
fn messages_go_to_one_or_to_all_others() {
    let mut room = Room::new();
    let message = |to: &str| format!(r#"{{"colibriClass":"EndpointMessage","to":"{to}","msgPayload":{{}}}}"#);
    room.conference.message(room.now, "ada", &message("ben"));
    let outputs = room.outputs();
    assert_eq!(outputs.len(), 1);
    assert!(
        matches!(&outputs[0], Output::Channel { endpoint, text } if endpoint == "ben" && text.contains(r#""from":"ada""#))
    );
    room.conference.message(room.now, "ada", &message(""));
    assert_eq!(room.outputs().len(), 2);
}

#[test]
fn audio_reaches_everybody_with_a_number_of_their_own() {
    let mut room = Room::new();
    room.speak("ada", 150, 2);
    let outputs = room.outputs();
    for who in ["ben", "cleo"] {
        let packets = rtp_to(&outputs, who);
        let numbers: Vec<_> =
            packets.iter().map(|p| p.extension(payloads::TRANSPORT_CC).unwrap()[1]).collect();
        assert_eq!(numbers, [0, 1]);
        assert!(packets.iter().all(|p| p.ssrc == 150 && p.extension(payloads::AUDIO_LEVEL).is_some()));
    }
}

#[test]
fn a_sender_report_is_passed_on_in_the_receivers_numbers() {
    let mut room = Room::new();
    room.wish("ben", r#""defaultConstraints":{"maxHeight":180}"#);
    room.picture("ada", 100, true);
    room.outputs();
    let report = rtcp::sender_report(100, 7 << 32, 5000, 1, 1);
    room.conference.rtcp(room.now, "ada", &report);
    let passed: Vec<Report> = room
        .outputs()
        .iter()
        .filter_map(|output| match output {
            Output::Rtcp { endpoint, bytes } if endpoint == "ben" => Some(rtcp::read(bytes)),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(passed, [Report::Sender { ssrc: 100, ntp: 7 << 32, rtp: 5000 }]);
}

#[test]
fn people_get_orders_instead_of_packets() {
    let mut room = Room::new();
    room.conference.add(room.now, "dora", true);
    room.conference.set_sources(room.now, "dora", vec![camera("dora-v0", 400)]);
    room.outputs();
    room.wish("ada", r#""defaultConstraints":{"maxHeight":360}"#);
    let orders: Vec<u32> = room
        .outputs()
        .into_iter()
        .filter_map(|output| match output {
            Output::Person { order: PersonOrder::Watched { max_height, .. }, .. } => Some(max_height),
            _ => None,
        })
        .collect();
    assert_eq!(orders, [360]);
    room.speak("ben", 250, 1);
    assert!(rtp_to(&room.outputs(), "dora").is_empty());
}
