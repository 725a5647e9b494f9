//! Exit codes, and the one sentence that says what to do next.

use treff_lab::{LabOptions, Refusal};
use treff_media::codec::VideoCodec;

use crate::lab;
use crate::process::{End, Folder, Treff};

const SILENT: [&str; 4] = ["--audio", "none", "--video", "none"];

fn says_one_sentence(end: &End, part: &str) {
    assert_eq!(end.words.trim().lines().count(), 1, "{}", end.words);
    assert!(end.words.contains(part), "{}", end.words);
}

#[tokio::test]
async fn wrong_usage_is_2() {
    for arguments in [
        vec![],
        vec!["join"],
        vec!["join", "https://meet.example.org/Pub", "--headless", "--codec", "theora"],
        vec!["join", "https://meet.example.org/Pub", "--headless", "--duration", "soon"],
    ] {
        let end = Treff::start(&arguments).ends().await;
        assert_eq!(end.code, Some(2), "{arguments:?}");
        assert!(!end.words.is_empty(), "{arguments:?}");
    }
    for (arguments, part) in [
        (vec!["join", "https://", "--headless"], "link"),
        (vec!["join", "Pub", "--headless"], "server"),
        (vec!["join", "https://meet.example.org/Pub", "--headless", "--ca", "/nowhere.pem"], "/nowhere.pem"),
        (
            vec!["join", "https://meet.example.org/Pub", "--headless", "--audio", "/nowhere.wav"],
            "/nowhere.wav",
        ),
        (
            vec!["join", "https://meet.example.org/Pub", "--headless", "--video", "/nowhere.y4m"],
            "/nowhere.y4m",
        ),
    ] {
        let end = Treff::start(&arguments).ends().await;
        assert_eq!(end.code, Some(2), "{arguments:?}");
        says_one_sentence(&end, part);
    }
}

#[tokio::test]
async fn help_names_every_option() {
    let end = Treff::start(&["join", "--help"]).ends().await;
    assert_eq!(end.code, Some(0));
    let text = end.lines.iter().filter_map(|line| line.as_str()).collect::<Vec<_>>().join("\n");
    for option in [
        "--headless",
        "--name",
        "--password",
        "--token",
        "--duration",
        "--audio",
        "--video",
        "--record",
        "--ca",
        "--resolve",
        "--receive-height",
        "--last-n",
        "--codec",
        "--bridge-channel",
        "--media-timeout",
        "Exit codes",
    ] {
        assert!(text.contains(option), "{option} is missing from {text}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_3() {
    let nowhere = Treff::start(&["join", "https://nowhere.invalid/Pub", "--headless"]).ends().await;
    assert_eq!(nowhere.code, Some(3));
    says_one_sentence(&nowhere, "nowhere.invalid");
    let lab = lab(LabOptions::default()).await;
    let (link, resolve) = (lab.link("Pub"), lab.resolve());
    let untrusted = Treff::start(&["join", &link, "--headless", "--resolve", &resolve]).ends().await;
    assert_eq!(untrusted.code, Some(3));
    says_one_sentence(&untrusted, "certificate");
    lab.refuse_conference(Refusal::ShuttingDown);
    let folder = Folder::new();
    let closing = Treff::join(&lab, &folder, "Pub", &SILENT).ends().await;
    assert_eq!(closing.code, Some(3));
    says_one_sentence(&closing, "moment");
}

#[tokio::test]
async fn refusals_are_4() {
    let password = Some("open sesame".to_owned());
    let lab = lab(LabOptions { password, max_occupants: Some(1), ..LabOptions::default() }).await;
    let folder = Folder::new();
    let wrong = ["--password", "open barley"];
    let end = Treff::join(&lab, &folder, "treff", &[&SILENT[..], &wrong].concat()).ends().await;
    assert_eq!(end.code, Some(4));
    assert!(end.words.contains("password is wrong"), "{}", end.words);

    let right = [&SILENT[..], &["--password", "open sesame"]].concat();
    let mut ada = Treff::join(&lab, &folder, "treff", &right);
    let own = ada.tells("joined").await["endpoint"].as_str().expect("an endpoint id").to_owned();
    let full = Treff::join(&lab, &folder, "treff", &right).ends().await;
    assert_eq!(full.code, Some(4));
    says_one_sentence(&full, "full");

    lab.kick("treff", &own, None, "Closing time").expect("Ada is there");
    let kicked = ada.ends().await;
    assert_eq!(kicked.code, Some(4));
    says_one_sentence(&kicked, "moderator");
    assert_eq!(kicked.lines.last().expect("it printed")["reason"]["why"], "kicked");
}

#[tokio::test]
async fn sound_and_picture_that_cannot_get_through_are_5() {
    let lab =
        lab(LabOptions { bridge_answers: false, ..LabOptions::default() }.with_people(1, VideoCodec::Vp8))
            .await;
    let folder = Folder::new();
    let hasty = [&SILENT[..], &["--media-timeout", "0.5"]].concat();
    let end = Treff::join(&lab, &folder, "treff", &hasty).ends().await;
    assert_eq!(end.code, Some(5), "{}", end.words);
    says_one_sentence(&end, "network");
    let count = |name: &str| end.lines.iter().filter(|line| line["event"] == name).count();
    // The first session and two more, as far apart as the focus allows.
    assert_eq!((count("offer_received"), count("media_connected")), (3, 0));
    // However many sessions it takes, to a person it is one loss.
    assert_eq!(count("reconnecting"), 1);
    assert_eq!(end.lines.last().expect("it printed")["reason"]["error"]["code"], "media_failed");
    assert_eq!(lab.occupants("treff").len(), 1, "it has left properly");
}

#[tokio::test]
async fn a_normal_end_is_0() {
    let lab = lab(LabOptions::default()).await;
    let folder = Folder::new();
    let timed = Treff::join(&lab, &folder, "Pub", &[&SILENT[..], &["--duration", "1"]].concat()).ends().await;
    assert_eq!((timed.code, timed.words.as_str()), (Some(0), ""));
    assert!(timed.lines.iter().any(|line| line["event"] == "joined"));
    assert_eq!(lab.occupants("Pub").len(), 0, "it has left properly");

    let mut ada = Treff::join(&lab, &folder, "Pub", &SILENT);
    ada.tells("joined").await;
    lab.end_meeting("Pub").expect("Ada's room");
    let over = ada.ends().await;
    assert_eq!(over.code, Some(0));
    assert_eq!(over.lines.last().expect("it printed")["reason"]["why"], "ended_for_all");
}
