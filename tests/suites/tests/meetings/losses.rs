//! A network that loses five packets of a hundred: pictures are repaired, speech is filled in.

use std::time::Duration;

use treff_app::Layout;
use treff_lab::{Direction, LabOptions, Person, Shaping};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

use crate::{ROOM, face, lab, quiet};

#[tokio::test]
async fn received_video_is_repaired_and_speech_filled_in() {
    let people = vec![Person::new("Cleo", VideoCodec::Vp8)];
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let layout = Layout::Everyone { max_height: 360, last_n: -1 };
    let mut ada = Guest::join(&lab, ROOM, "Ada", GuestOptions { layout, ..quiet() }).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let (hertz, colour, _) = lab.marks("Cleo").expect("Cleo is there");
    let source = format!("{cleo}-v0");
    ada.watches(&cleo, colour).await;
    let shaping = Shaping { delay: Duration::from_millis(20), ..Shaping::loss(5.0) };
    lab.shape(ROOM, &ada.endpoint(), Direction::ToEndpoint, shaping).expect("Ada is there");
    ada.eyes.forget(&source);
    let enough = |ada: &Guest| {
        let sight = ada.eyes.sight(&source)?;
        let stats = ada.stats()?;
        let video = stats.video.iter().find(|video| video.source == source)?;
        let speaker = stats.speakers.iter().find(|speaker| speaker.endpoint == cleo)?;
        let repaired = video.nacks > 3 && sight.readable >= 100;
        (repaired && speaker.concealed_ms > 0).then(|| (sight, video.clone(), speaker.clone()))
    };
    let (sight, video, speaker) = ada.sees("repaired pictures", enough).await;
    assert_eq!((sight.readable, sight.colour), (sight.pictures, Some(colour)), "{sight:?}");
    assert!(sight.longest_gap < Duration::from_secs(1), "pictures stalled: {sight:?}");
    assert!(video.freezes <= 3, "{video:?}");
    assert!(speaker.concealed_ms * 5 < speaker.received_ms, "too much was made up: {speaker:?}");
    ada.hears(&cleo, hertz).await;
    let report = lab.report(ROOM, &ada.endpoint()).await.expect("Ada is on the bridge");
    assert!(report.lost > 0 && report.nacks_received > 0 && report.retransmitted > 0, "{report:?}");
}

#[tokio::test]
async fn sent_video_is_repaired() {
    let lab = lab(LabOptions::default()).await;
    let ada = Guest::join(&lab, "Pub", "Ada", face(2)).await;
    let layout = Layout::Everyone { max_height: 180, last_n: -1 };
    let mut ben = Guest::join(&lab, "Pub", "Ben", GuestOptions { layout, ..quiet() }).await;
    let own = ada.endpoint();
    ben.watches(&own, 2).await;
    let shaping = Shaping { delay: Duration::from_millis(20), ..Shaping::loss(5.0) };
    lab.shape("Pub", &own, Direction::FromEndpoint, shaping).expect("Ada is there");
    let source = format!("{own}-v0");
    ben.eyes.forget(&source);
    let sight =
        ben.sees("many pictures", |ben| ben.eyes.sight(&source).filter(|sight| sight.readable >= 60)).await;
    assert_eq!((sight.backwards, sight.colour), (0, Some(2)), "{sight:?}");
    assert!(sight.longest_gap < Duration::from_secs(2), "pictures stalled: {sight:?}");
    let report = lab.report("Pub", &own).await.expect("Ada is on the bridge");
    let of_ada = report.streams.values().filter(|stream| stream.source == source);
    let recovered: u64 = of_ada.map(|stream| stream.recovered).sum();
    assert!(report.lost > 0 && recovered > 0, "nothing was sent again: {report:?}");
}
