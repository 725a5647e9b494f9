//! Chromium and the client in one meeting: each decodes what the other sends, in every codec, through the lab's bridge.
//!
//! Bea is the browser; Ada is the client. Bea's side is asserted by the browser's `getStats`.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};
use treff_browser::{Browser, BrowserError, Peer, PeerOptions};
use treff_codecs::fixture::Av1Loop;
use treff_lab::{BridgeChannels, ConfigDialect, Lab, LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

const ADA_HERTZ: f32 = 500.0;
const ADA_COLOUR: usize = 1;
const BEA_HERTZ: f32 = 700.0;
const BEA_COLOUR: usize = 8;

/// What the browser gave; its errors are for reading.
#[track_caller]
fn did<T>(result: Result<T, BrowserError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// The browser all tests share, and the turn to use it: two meetings at once are too much for a small machine.
async fn browser() -> (Arc<Browser>, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::const_new(());
    (did(Browser::shared()), TURN.lock().await)
}

async fn lab(options: LabOptions) -> Lab {
    Lab::start(options).await.expect("a lab on loopback")
}

fn name(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::Vp8 => "vp8",
        VideoCodec::Vp9 => "vp9",
        VideoCodec::H264 => "h264",
        VideoCodec::Av1 => "av1",
    }
}

fn ada(codec: VideoCodec) -> GuestOptions {
    // Nothing here encodes AV1.
    let codec = Some(codec).filter(|codec| *codec != VideoCodec::Av1);
    GuestOptions {
        camera: codec.is_some(),
        codec,
        hertz: ADA_HERTZ,
        colour: ADA_COLOUR,
        ..GuestOptions::default()
    }
}

fn bea(codec: VideoCodec) -> PeerOptions {
    PeerOptions {
        codec: name(codec).to_owned(),
        hertz: BEA_HERTZ,
        colour: BEA_COLOUR,
        ..PeerOptions::default()
    }
}

/// Ada and Bea send each other a voice, and pictures in the codec; Ada's only where it can be encoded.
async fn exchange(codec: VideoCodec, bea: PeerOptions) {
    exchange_in(LabOptions::default(), codec, bea).await;
}

async fn exchange_in(deployment: LabOptions, codec: VideoCodec, bea: PeerOptions) {
    let (browser, _turn) = browser().await;
    let lab = lab(deployment).await;
    let ada_options = ada(codec);
    let ada_shows = ada_options.camera;
    let mut ada = Guest::join(&lab, "Pub", "Ada", ada_options).await;
    let bea = did(Peer::join(&browser, &lab.link("Pub"), &bea).await);

    ada.hears(bea.endpoint(), BEA_HERTZ).await;
    let sight = ada.watches(bea.endpoint(), BEA_COLOUR).await;
    assert_eq!(sight.codec, Some(codec), "{sight:?}");
    assert_eq!(sight.backwards, 0, "pictures come in order: {sight:?}");

    let heard = did(bea.hears(&ada.endpoint(), Some(ADA_HERTZ)).await);
    assert_eq!(heard.last.codec.as_deref(), Some("opus"));
    assert!(heard.last.total_audio_energy > heard.first.total_audio_energy, "{heard:?}");
    if ada_shows {
        let seen = did(bea.watches(&ada.endpoint(), ADA_COLOUR, None).await);
        assert_eq!(seen.last.codec.as_deref(), Some(name(codec)));
        assert!(seen.last.frames_decoded >= seen.first.frames_decoded + 20, "{seen:?}");
        assert_eq!(seen.last.picture.as_ref().map(|picture| picture.backwards), Some(0), "{seen:?}");
    }
    let stats = did(bea.stats().await);
    assert!(stats.errors.is_empty(), "{:?}", stats.errors);
    let sent = stats.outbound.iter().find(|sent| sent.kind == "video" && sent.frames_encoded > 0);
    assert_eq!(sent.and_then(|sent| sent.codec.as_deref()), Some(name(codec)));
    did(bea.leave().await);
    ada.leave().await;
}

#[tokio::test]
async fn vp8_both_ways() {
    exchange(VideoCodec::Vp8, bea(VideoCodec::Vp8)).await;
}

#[tokio::test]
async fn vp9_both_ways() {
    exchange(VideoCodec::Vp9, bea(VideoCodec::Vp9)).await;
}

#[tokio::test]
async fn h264_both_ways() {
    exchange(VideoCodec::H264, bea(VideoCodec::H264)).await;
}

#[tokio::test]
async fn av1_from_chromium() {
    exchange(VideoCodec::Av1, bea(VideoCodec::Av1)).await;
}

#[tokio::test]
async fn vp8_simulcast_from_chromium_with_a_websocket_as_bridge_channel() {
    let deployment = LabOptions {
        bridge_channels: BridgeChannels { sctp: false, websocket: true },
        dialect: ConfigDialect::Docker,
        ..LabOptions::default()
    };
    exchange_in(deployment, VideoCodec::Vp8, PeerOptions { layers: 2, ..bea(VideoCodec::Vp8) }).await;
}

/// Web clients send these two codecs as one stream of several spatial layers.
#[tokio::test]
async fn vp9_spatial_layers_from_chromium() {
    exchange(
        VideoCodec::Vp9,
        PeerOptions { scalability: Some("L3T3_KEY".to_owned()), ..bea(VideoCodec::Vp9) },
    )
    .await;
}

#[tokio::test]
async fn av1_spatial_layers_from_chromium() {
    exchange(
        VideoCodec::Av1,
        PeerOptions { scalability: Some("L3T3_KEY".to_owned()), ..bea(VideoCodec::Av1) },
    )
    .await;
}

#[tokio::test]
async fn chromium_decodes_each_layer_of_the_clients_simulcast() {
    let (browser, _turn) = browser().await;
    let lab = lab(LabOptions::default()).await;
    let ada = Guest::join(&lab, "Pub", "Ada", ada(VideoCodec::Vp8)).await;
    let wishes = PeerOptions { max_height: 180, ..bea(VideoCodec::Vp8) };
    let bea = did(Peer::join(&browser, &lab.link("Pub"), &wishes).await);
    let mut decoded = 0;
    for height in [180, 720, 360] {
        did(bea.wants(height).await);
        let seen = did(bea.watches(&ada.endpoint(), ADA_COLOUR, Some(height)).await);
        assert!(seen.first.frames_decoded > decoded, "one stream, whatever its size: {seen:?}");
        assert!(seen.last.key_frames_decoded >= 1, "{seen:?}");
        decoded = seen.last.frames_decoded;
    }
    did(bea.leave().await);
    ada.leave().await;
}

#[tokio::test]
async fn chromium_decodes_the_labs_own_people() {
    let (browser, _turn) = browser().await;
    let people = [VideoCodec::Vp8, VideoCodec::Vp9, VideoCodec::H264, VideoCodec::Av1];
    let names = ["Cleo", "Dora", "Emil", "Fay"];
    let options = LabOptions {
        room: "pub".to_owned(),
        people: names.into_iter().zip(people).map(|(name, codec)| Person::new(name, codec)).collect(),
        ..LabOptions::default()
    };
    let lab = lab(options).await;
    let bea = did(Peer::join(&browser, &lab.link("Pub"), &bea(VideoCodec::Vp8)).await);
    for (index, codec) in people.into_iter().enumerate() {
        let person = lab.endpoint("pub", names[index]).expect("they are there from the start");
        let colour = if codec == VideoCodec::Av1 { Av1Loop::PERSON } else { index };
        let seen = did(bea.watches(&person, colour, None).await);
        assert_eq!(seen.last.codec.as_deref(), Some(name(codec)), "{seen:?}");
        // A gap in rewritten sequence numbers would count as loss; a few may really be lost on a busy machine.
        assert!(seen.last.packets_lost <= seen.last.packets_received as i64 / 20, "{seen:?}");
        let heard = did(bea.hears(&person, Some(320.0 + 70.0 * index as f32)).await);
        assert!(heard.last.total_audio_energy > heard.first.total_audio_energy, "{heard:?}");
    }
    let stats = did(bea.stats().await);
    assert!(stats.errors.is_empty(), "{:?}", stats.errors);
    did(bea.leave().await);
}
