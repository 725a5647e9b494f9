//! Cost follows what is shown: layers switch with the layout, and nobody encodes what nobody watches.

use std::time::Duration;

use treff_app::{Command, Event, Layout, Tile};
use treff_lab::{LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

use crate::{PATIENCE, ROOM, face, lab, quiet};

fn everyone(max_height: i32) -> Command {
    Command::SetLayout { layout: Layout::Everyone { max_height, last_n: -1 } }
}

/// The heights of the encodings that are being made now.
fn active(guest: &Guest) -> Option<Vec<u16>> {
    let layers = guest.stats()?.sent.iter().filter(|layer| layer.active && layer.bitrate > 0);
    Some(layers.map(|layer| layer.height).collect())
}

#[tokio::test]
async fn layers_follow_the_watcher_and_rest_when_nobody_watches() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", face(2)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    let source = format!("{own}-v0");
    for height in [720u16, 180, 720] {
        ben.does(everyone(height.into()));
        ben.sees("the other size", |ben| ben.eyes.sight(&source).filter(|s| s.height == height)).await;
        ada.sees("what is encoded", |ada| active(ada)?.last().filter(|top| **top <= height).map(|_| ()))
            .await;
    }
    let sight = ben.eyes.sight(&source).expect("Ben has seen Ada");
    assert_eq!(sight.backwards, 0, "pictures come in order: {sight:?}");
    assert_eq!(sight.readable, sight.pictures, "no picture is broken: {sight:?}");
    assert!(sight.longest_gap < Duration::from_secs(1), "no switch freezes the picture: {sight:?}");
    assert!(sight.heights.iter().all(|height| [180, 360, 720].contains(height)), "{sight:?}");

    ben.does(Command::SetLayout { layout: Layout::Nothing });
    ada.sees("nothing being encoded", |ada| active(ada)?.is_empty().then_some(())).await;
    ada.sees("no layer active", |ada| ada.stats()?.sent.iter().all(|layer| !layer.active).then_some(()))
        .await;
    ben.sees("no figures", |ben| ben.stats()?.video.is_empty().then_some(())).await;
    ben.eyes.forget(&source);
    ben.does(everyone(180));
    let sight = ben.watches(&own, 2).await;
    assert_eq!(sight.height, 180);
    ada.sees("one layer", |ada| (active(ada)? == [180]).then_some(())).await;
}

#[tokio::test]
async fn the_last_watcher_takes_the_work_along() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", face(2)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    ben.watches(&ada.endpoint(), 2).await;
    let _cleo = Guest::join(&lab, "Pub", "Cleo", crate::voice(500.0)).await;
    ben.leave().await;
    ada.sees("nothing being encoded", |ada| active(ada)?.is_empty().then_some(())).await;
}

#[tokio::test]
async fn only_tiles_are_received() {
    let names = ["Ben", "Cleo", "Dora"];
    let people = names.map(|name| Person::new(name, VideoCodec::Vp8)).to_vec();
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let layout = Layout::Nothing;
    let mut ada = Guest::join(&lab, ROOM, "Ada", GuestOptions { layout, ..quiet() }).await;
    let endpoint = |name: &str| lab.endpoint(ROOM, name).expect("everyone is there");
    let tile = |name: &str, height: i32| Tile {
        source: format!("{}-v0", endpoint(name)),
        height,
        on_stage: height > 360,
    };
    let own = ada.endpoint();
    ada.until("the channel", |event| matches!(event, Event::BridgeChannelOpen { .. })).await;
    let nothing = |report: &treff_lab::EndpointReport| {
        report.messages.contains_key("ReceiverVideoConstraints") && report.forwarded.is_empty()
    };
    lab.wait_for_report(ROOM, &own, "no video", PATIENCE, nothing).await.expect("nothing is asked for");

    let tiles = vec![tile("Cleo", 720), tile("Dora", 180)];
    let mut wanted: Vec<String> = tiles.iter().map(|tile| tile.source.clone()).collect();
    wanted.sort();
    ada.does(Command::SetLayout { layout: Layout::Tiles(tiles) });
    for (name, height) in [("Cleo", 720), ("Dora", 180)] {
        let (_, colour, _) = lab.marks(name).expect("everyone is there");
        let source = format!("{}-v0", endpoint(name));
        ada.sees(name, |ada| {
            ada.eyes.sight(&source).filter(|s| s.height == height && s.colour == Some(colour))
        })
        .await;
    }
    let report = lab.report(ROOM, &own).await.expect("Ada is on the bridge");
    let mut forwarded = report.forwarded;
    forwarded.sort();
    assert_eq!(forwarded, wanted);
    assert_eq!(ada.eyes.sight(&format!("{}-v0", endpoint("Ben"))), None, "Ben is on no tile");

    ada.does(Command::SetLayout { layout: Layout::Nothing });
    let quiet = |report: &treff_lab::EndpointReport| report.forwarded.is_empty();
    lab.wait_for_report(ROOM, &own, "no video again", PATIENCE, quiet).await.expect("nothing is asked for");
    let report = lab.report(ROOM, &own).await.expect("Ada is on the bridge");
    assert_eq!(report.rejected_messages, 0, "the bridge understands every message");
}

#[tokio::test]
async fn last_n_limits_how_many_are_seen() {
    let names = ["Ben", "Cleo", "Dora"];
    let people = names.map(|name| Person::new(name, VideoCodec::Vp8)).to_vec();
    let lab = lab(LabOptions { people, ..LabOptions::default() }).await;
    let layout = Layout::Everyone { max_height: 180, last_n: 1 };
    let ada = Guest::join(&lab, ROOM, "Ada", GuestOptions { layout, ..quiet() }).await;
    let one = |report: &treff_lab::EndpointReport| report.forwarded.len() == 1;
    let own = ada.endpoint();
    lab.wait_for_report(ROOM, &own, "one source", PATIENCE, one).await.expect("one of three");
}
