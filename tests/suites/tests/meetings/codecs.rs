//! Every codec a browser may send: pictures are decoded and read, voices are heard.

use treff_app::{Event, Layout};
use treff_lab::{LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

use crate::{ROOM, lab, quiet};

/// The frame numbers of a synthetic person's loop.
const LOOP: u32 = 60;

async fn cleo_is_seen_and_heard(codec: VideoCodec, height: u16) {
    let people = vec![Person::new("Cleo", codec)];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let (hertz, colour, _) = lab.marks("Cleo").expect("Cleo is there");
    let layout = Layout::Everyone { max_height: i32::from(height), last_n: -1 };
    let mut ada = Guest::join(&lab, ROOM, "Ada", GuestOptions { layout, ..quiet() }).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let source = format!("{cleo}-v0");
    let first = ada.until("a picture", |event| matches!(event, Event::FirstVideo { .. })).await;
    let Event::FirstVideo { source: seen, codec: told, width, .. } = first else { return };
    assert_eq!((seen, told), (source.clone(), codec));
    assert!(width > 0);
    let sight = ada.watches(&cleo, colour).await;
    assert_eq!(sight.codec, Some(codec));
    assert_eq!(sight.readable, sight.pictures, "every picture shows its number: {sight:?}");
    assert!(sight.number.is_some_and(|number| number < LOOP), "{sight:?}");
    ada.hears(&cleo, hertz).await;
    ada.sees("the height", |ada| ada.eyes.sight(&source).filter(|sight| sight.height == height)).await;
    let told = |ada: &Guest| ada.stats()?.video.iter().find(|v| v.source == source && v.fps > 1.0).cloned();
    let figures = ada.sees("figures", told).await;
    assert_eq!((figures.codec, figures.packets_lost, figures.nacks), (Some(codec), 0, 0), "{figures:?}");
    // A busy machine may starve whoever plays the person for a moment.
    assert!(figures.freezes <= 3, "{figures:?}");
    assert!(figures.bitrate > 10_000, "{figures:?}");
}

#[tokio::test]
async fn vp8_with_simulcast() {
    cleo_is_seen_and_heard(VideoCodec::Vp8, 720).await;
}

#[tokio::test]
async fn vp9() {
    cleo_is_seen_and_heard(VideoCodec::Vp9, 360).await;
}

#[tokio::test]
async fn h264() {
    cleo_is_seen_and_heard(VideoCodec::H264, 360).await;
}

#[tokio::test]
async fn av1() {
    cleo_is_seen_and_heard(VideoCodec::Av1, 720).await;
}

#[tokio::test]
async fn everybody_may_send_another_codec() {
    let names = [
        ("Ben", VideoCodec::Vp8),
        ("Cleo", VideoCodec::Vp9),
        ("Dora", VideoCodec::H264),
        ("Emil", VideoCodec::Av1),
    ];
    let people = names.map(|(name, codec)| Person::new(name, codec)).to_vec();
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let layout = Layout::Everyone { max_height: 180, last_n: -1 };
    let mut ada = Guest::join(&lab, ROOM, "Ada", GuestOptions { layout, ..quiet() }).await;
    for (name, codec) in names {
        let endpoint = lab.endpoint(ROOM, name).expect("everyone is there");
        let (_, colour, _) = lab.marks(name).expect("everyone is there");
        assert_eq!(ada.watches(&endpoint, colour).await.codec, Some(codec), "{name}");
    }
}
