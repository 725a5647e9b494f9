//! Two sessions in one call: ada's client and the bridge's end, with what a conference negotiates.

use std::time::{Duration, Instant};

use bytes::Bytes;
use treff_media::audio::OpusPacket;
use treff_media::codec::{
    HeaderExtensions, MediaKind, Negotiated, PayloadKind, PayloadType, Ssrc, VideoCodec,
};
use treff_media::frame::{EncodedFrame, TemporalLayer};
use treff_media::session::{MediaConfig, RemoteMedia, SendLayer, Session, SessionConfig, SessionEvent};
use treff_media::transport::Transport;

use super::{World, addr, bridge_config, client_config};

pub const ADA_AUDIO: Ssrc = Ssrc(1000);
pub const ADA_LAYERS: [SendLayer; 3] = [
    SendLayer { ssrc: Ssrc(1001), rtx: Some(Ssrc(1011)) },
    SendLayer { ssrc: Ssrc(1002), rtx: Some(Ssrc(1012)) },
    SendLayer { ssrc: Ssrc(1003), rtx: Some(Ssrc(1013)) },
];
pub const BEN_AUDIO: Ssrc = Ssrc(2000);
pub const BEN_VIDEO: SendLayer = SendLayer { ssrc: Ssrc(2001), rtx: Some(Ssrc(2011)) };

/// As Jicofo offers it by default.
pub fn negotiated() -> Negotiated {
    let kinds = [
        (111, PayloadKind::Opus),
        (100, PayloadKind::Video(VideoCodec::Vp8)),
        (96, PayloadKind::Rtx { associated: 100 }),
        (107, PayloadKind::Video(VideoCodec::H264)),
        (99, PayloadKind::Rtx { associated: 107 }),
    ];
    Negotiated {
        payload_types: kinds.map(|(number, kind)| PayloadType { number, kind }).to_vec(),
        audio_extensions: HeaderExtensions {
            audio_level: Some(1),
            transport_cc: Some(5),
            ..HeaderExtensions::default()
        },
        video_extensions: HeaderExtensions { transport_cc: Some(5), ..HeaderExtensions::default() },
    }
}

pub fn layer_media(layer: SendLayer) -> RemoteMedia {
    RemoteMedia { ssrc: layer.ssrc, rtx: layer.rtx, kind: MediaKind::Video }
}

pub fn audio_media(ssrc: Ssrc) -> RemoteMedia {
    RemoteMedia { ssrc, rtx: None, kind: MediaKind::Audio }
}

fn ada(start: Instant, bridge: &Transport) -> Session {
    let config = SessionConfig {
        transport: client_config(&["10.0.0.2:4000"]),
        remote: bridge.local().into(),
        negotiated: negotiated(),
        audio_ssrc: Some(ADA_AUDIO),
        video: ADA_LAYERS.to_vec(),
        random_seed: 1,
    };
    Session::new(start, config).expect("a session")
}

/// Ada and a bridge that says only what the test makes it say.
pub fn bare_call() -> World<Session, Transport> {
    let start = Instant::now();
    let mut bridge = Transport::new(start, bridge_config(&["203.0.113.5:10000"])).expect("a transport");
    let ada = ada(start, &bridge);
    bridge.set_remote(start, ada.local().into()).expect("well-formed");
    let mut world = World::new(start, ada, vec![addr("10.0.0.2:4000")], bridge);
    world.run(Duration::from_secs(1));
    assert!(world.ada.is_connected() && world.bridge.is_connected());
    events(&mut world.ada);
    world
}

/// Ada and the bridge (which plays ben), connected, each knowing the other's sources.
pub fn call() -> World<Session, Session> {
    let start = Instant::now();
    let mut bridge = Transport::new(start, bridge_config(&["203.0.113.5:10000"])).expect("a transport");
    let mut ada = ada(start, &bridge);
    bridge.set_remote(start, ada.local().into()).expect("well-formed");
    let media = MediaConfig {
        negotiated: negotiated(),
        audio_ssrc: Some(BEN_AUDIO),
        video: vec![BEN_VIDEO],
        random_seed: 2,
    };
    let mut bridge = Session::over(start, bridge, &media);
    ada.add_source(audio_media(BEN_AUDIO));
    ada.add_source(layer_media(BEN_VIDEO));
    ada.set_wanted(BEN_VIDEO.ssrc, true);
    bridge.add_source(audio_media(ADA_AUDIO));
    for layer in ADA_LAYERS {
        bridge.add_source(layer_media(layer));
        bridge.set_wanted(layer.ssrc, true);
    }
    let mut world = World::new(start, ada, vec![addr("10.0.0.2:4000")], bridge);
    world.run(Duration::from_secs(1));
    assert!(events(&mut world.ada).contains(&SessionEvent::Connected { relayed: false }));
    assert!(events(&mut world.bridge).contains(&SessionEvent::ChannelOpen));
    world
}

pub fn events(session: &mut Session) -> Vec<SessionEvent> {
    std::iter::from_fn(|| session.poll_event()).collect()
}

pub fn frames(events: &[SessionEvent], of: Ssrc) -> Vec<EncodedFrame> {
    let frames = events.iter().filter_map(|event| match event {
        SessionEvent::Video { ssrc, frame } if *ssrc == of => Some(frame.clone()),
        _ => None,
    });
    frames.collect()
}

/// 20 ms of speech, the `index`th.
pub fn opus(index: u32) -> OpusPacket {
    let mut packet = OpusPacket::new();
    let text = format!("opus {index}");
    packet.bytes[..text.len()].copy_from_slice(text.as_bytes());
    packet.len = text.len();
    packet.timestamp = index * 960;
    packet.level = (index % 128) as u8;
    packet.voice = index.is_multiple_of(2);
    packet
}

/// The `index`th VP8 picture of a camera at 25 a second, L1T3, `size` bytes.
pub fn vp8(index: u64, layer: u8, keyframe: bool, size: usize) -> EncodedFrame {
    let pattern = [(0, false), (2, true), (1, true), (2, false)][(index % 4) as usize];
    let (id, sync) = if keyframe { (0, false) } else { pattern };
    // A VP8 frame header (RFC 7741 §4.3): P bit, then for key frames the start code and the size.
    let mut data = vec![u8::from(!keyframe) | 0x10, 0, 0];
    if keyframe {
        data.extend_from_slice(&[0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]);
    }
    data.extend((data.len()..size).map(|place| (place as u64 ^ index) as u8));
    EncodedFrame {
        codec: VideoCodec::Vp8,
        data: Bytes::from(data),
        timestamp: Duration::from_millis(40 * index),
        keyframe,
        layer,
        temporal: TemporalLayer { id, sync },
        width: 320,
        height: 180,
    }
}
