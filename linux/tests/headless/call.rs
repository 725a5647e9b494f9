//! A whole call: the events in their order, commands obeyed, and what was recorded.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use treff_codecs::PictureSource;
use treff_codecs::pattern::{dominant_colour, read};
use treff_codecs::y4m::Y4mSource;
use treff_lab::{LabOptions, OccupantView, Person};
use treff_media::codec::VideoCodec;

use crate::process::{Folder, Treff};
use crate::{ROOM, lab};

/// How long the lab may take to see something.
const PATIENCE: Duration = Duration::from_secs(20);

fn with_cleo() -> LabOptions {
    LabOptions { people: vec![Person::new("Cleo", VideoCodec::Vp8)], ..LabOptions::default() }
}

/// The strongest of these frequencies in the second half of a WAV file, and its amplitude.
fn tone(path: &Path, candidates: &[f32]) -> (f32, f32) {
    let mut reader = hound::WavReader::open(path).expect("a finished WAV file");
    assert_eq!((reader.spec().sample_rate, reader.spec().channels), (48_000, 1));
    let all: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.expect("a sample")) / 32_768.0).collect();
    let half = &all[all.len() / 2..];
    let strength = |hertz: f32| {
        let turn = std::f32::consts::TAU * hertz / 48_000.0;
        let (sine, cosine) = half.iter().enumerate().fold((0.0, 0.0), |(sine, cosine), (n, sample)| {
            let angle = (turn * n as f32) % std::f32::consts::TAU;
            (sine + sample * angle.sin(), cosine + sample * angle.cos())
        });
        2.0 * f32::hypot(sine, cosine) / half.len() as f32
    };
    candidates
        .iter()
        .map(|hertz| (*hertz, strength(*hertz)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .expect("some candidates")
}

#[tokio::test]
async fn a_call_is_told_in_order_and_recorded() {
    let lab = lab(with_cleo()).await;
    let (hertz, colour, _) = lab.marks("Cleo").expect("Cleo is there");
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let folder = Folder::new();
    let record = folder.path().join("record");
    let record_argument = record.display().to_string();
    let more = ["--name", "Ada", "--receive-height", "360", "--record", &record_argument];
    let mut treff = Treff::join(&lab, &folder, ROOM, &more);
    treff.tells("config_loaded").await;
    treff.tells("signalling_connected").await;
    let joined = treff.tells("joined").await;
    let own = joined["endpoint"].as_str().expect("an endpoint id").to_owned();
    assert_eq!(lab.endpoint(ROOM, "Ada").as_deref(), Some(own.as_str()));
    assert_eq!(joined["room"], ROOM);
    let newcomer = treff.tells("participant_joined").await;
    assert_eq!((&newcomer["endpoint"], &newcomer["name"]), (&json!(cleo), &json!("Cleo")));
    treff.tells("offer_received").await;
    let media = treff.tells("media_connected").await;
    assert_eq!((&media["transport"], &media["relayed"]), (&json!("udp"), &json!(false)));
    assert_eq!(treff.tells("bridge_channel_open").await["kind"], "sctp");

    let source = format!("{cleo}-v0");
    let enough = |line: &Value| {
        let video = line["video"].as_array().and_then(|all| all.first()).unwrap_or(&Value::Null);
        let speaker = line["speakers"].as_array().and_then(|all| all.first()).unwrap_or(&Value::Null);
        video["source"] == source
            && video["height"] == 360
            && video["frames_decoded"].as_u64() > Some(30)
            && speaker["received_ms"].as_u64() > Some(1_500)
    };
    let stats = treff.until("figures of a whole second", enough).await;
    for (path, number) in [
        ("/video/0/fps", true),
        ("/video/0/freezes", true),
        ("/video/0/nacks", true),
        ("/speakers/0/concealed_ms", true),
        ("/process/cpu_s", true),
        ("/process/rss_bytes", true),
        ("/audio_packets_sent", true),
        ("/rtt_ms", true),
        ("/video/0/codec", false),
    ] {
        let value = stats.pointer(path).unwrap_or(&Value::Null);
        assert!(if number { value.is_number() } else { value.is_string() }, "{path}: {stats}");
    }
    treff.does(r#"{"command":"leave"}"#);
    let end = treff.ends().await;
    assert_eq!((end.code, end.words.as_str()), (Some(0), ""));
    let last = end.lines.last().expect("it printed");
    assert_eq!((&last["event"], &last["reason"]["why"]), (&json!("ended"), &json!("left")));
    let position = |event: &str| end.lines.iter().position(|line| line["event"] == event);
    for (event, after) in [("first_audio", "media_connected"), ("first_video", "bridge_channel_open")] {
        assert!(position(event) > position(after), "{event} comes after {after}: {:?}", end.lines);
    }
    let first = &end.lines[position("first_video").expect("a first picture")];
    assert_eq!((&first["source"], &first["codec"]), (&json!(source), &json!("vp8")));
    let times: Vec<u64> = end.lines.iter().map(|line| line["t_ms"].as_u64().expect("a time")).collect();
    assert!(times.is_sorted(), "{times:?}");

    for file in ["mix".to_owned(), cleo.clone()] {
        let candidates: Vec<f32> = (20..=200).map(|step| step as f32 * 10.0).collect();
        let (heard, amplitude) = tone(&record.join(format!("{file}.wav")), &candidates);
        assert!((heard - hertz).abs() <= 10.0 && amplitude > 0.1, "{file}: {amplitude} at {heard} Hz");
    }
    let pictures: Vec<_> = std::fs::read_dir(&record)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "y4m"))
        .collect();
    assert!(pictures.iter().any(|path| path.ends_with(format!("{source}.y4m"))), "{pictures:?}");
    let mut read_pictures = 0;
    for path in pictures {
        let mut file = Y4mSource::open(&path).expect("a finished Y4M file");
        let length = std::fs::metadata(&path).expect("it is there").len();
        let one = u64::from(file.width()) * u64::from(file.height()) * 3 / 2 + 6;
        for number in 0..(length - 1) / one {
            let picture = file.next(Duration::ZERO).expect("a picture");
            assert!(read(&picture).is_some_and(|n| n.0 < 60), "picture {number} of {path:?} shows no number");
            assert_eq!(dominant_colour(&picture), Some(colour), "picture {number} of {path:?}");
            read_pictures += 1;
        }
    }
    assert!(read_pictures > 30, "only {read_pictures} pictures were written");
}

#[tokio::test]
async fn commands_are_obeyed_and_nonsense_is_left_out() {
    let lab = lab(with_cleo()).await;
    let folder = Folder::new();
    let mut treff = Treff::join(&lab, &folder, ROOM, &["--name", "Ada", "--video", "none", "--last-n", "0"]);
    let own = treff.tells("joined").await["endpoint"].as_str().expect("an endpoint id").to_owned();
    let seen = async |what: &'static str, check: &dyn Fn(&OccupantView) -> bool| {
        let ada = |lab: &treff_lab::Lab| lab.occupants(ROOM).iter().any(|o| o.nick == own && check(o));
        lab.wait_until(what, PATIENCE, ada).await.expect("the room sees it");
    };
    treff.does("this is no command");
    treff.does(r#"{"command":"fly"}"#);
    treff.does("");
    treff.does(r#"{"command":"raise_hand","raised":true}"#);
    seen("the hand", &|o| !o.raised_hand.is_empty()).await;
    treff.does(r#"{"command":"set_display_name","name":"Ada Lovelace"}"#);
    seen("the name", &|o| o.name == "Ada Lovelace").await;
    treff.does(r#"{"command":"set_microphone","on":false}"#);
    seen("the mute", &|o| o.source_info.contains(r#"-a0":{"muted":true"#)).await;
    treff.does(r#"{"command":"send_chat","text":"Hello"}"#);
    lab.chat(ROOM, "Cleo", "Good morning", Some(&own)).expect("Cleo is there");
    let chat = treff.tells("chat").await;
    assert_eq!(
        (&chat["name"], &chat["text"], &chat["private"]),
        (&json!("Cleo"), &json!("Good morning"), &json!(true))
    );
    let shown = loop {
        treff.does(r#"{"command":"publish_snapshot"}"#);
        let snapshot = treff.tells("snapshot").await["snapshot"].take();
        if snapshot["chat"].as_array().is_some_and(|lines| lines.len() == 2) {
            break snapshot;
        }
    };
    assert_eq!(shown["screen"]["screen"], "call");
    assert_eq!(shown["me"]["name"], "Ada Lovelace");
    assert_eq!((&shown["me"]["microphone"], &shown["me"]["hand_raised"]), (&json!(false), &json!(true)));
    assert_eq!(shown["participants"][0]["name"], "Cleo");
    treff.does(r#"{"command":"leave"}"#);
    let end = treff.ends().await;
    assert_eq!(end.code, Some(0));
    let complaints: Vec<&str> = end.words.lines().collect();
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints.iter().all(|line| line.contains("docs/headless.md")), "{complaints:?}");
    assert!(!end.lines.iter().any(|line| line["event"] == "first_video"), "nothing is to be seen");
}

#[tokio::test]
async fn a_screen_is_shared_and_levels_are_told_if_asked_for() {
    let lab = lab(with_cleo()).await;
    let folder = Folder::new();
    let mut treff = Treff::join(&lab, &folder, ROOM, &["--name", "Ada", "--share", "pattern", "--levels"]);
    let own = treff.tells("joined").await["endpoint"].as_str().expect("an endpoint id").to_owned();
    let screen = format!("{own}-v1");
    // Nobody encodes what nobody watches.
    let mut ben = Treff::join(&lab, &folder, ROOM, &["--name", "Ben", "--audio", "none", "--video", "none"]);
    let shown = |line: &Value| line["event"] == "first_video" && line["source"] == screen;
    ben.until("Ada's screen", shown).await;
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let heard = |line: &Value| {
        let speakers = line["speakers"].as_array().into_iter().flatten();
        line["event"] == "levels"
            && line["me"].as_f64() > Some(0.1)
            && speakers.into_iter().any(|s| s["endpoint"] == cleo && s["level"].as_f64() > Some(0.1))
    };
    treff.until("Ada and Cleo heard", heard).await;
    treff.interrupt();
    assert_eq!(treff.ends().await.code, Some(0));
}

#[tokio::test]
async fn files_are_said_and_shown() {
    let lab = lab(LabOptions::default()).await;
    let folder = Folder::new();
    let song = folder.path().join("song.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&song, spec).expect("a file of our own");
    for n in 0..48_000u32 {
        let sample = (std::f32::consts::TAU * 600.0 * n as f32 / 48_000.0).sin() * 8_000.0;
        writer.write_sample(sample as i16).expect("space for a second");
    }
    writer.finalize().expect("a complete file");
    let song = song.display().to_string();
    let _ada = Treff::join(&lab, &folder, "Pub", &["--name", "Ada", "--audio", &song, "--video", "none"]);
    let record = folder.path().join("heard");
    let record_argument = record.display().to_string();
    let more = [
        "--name",
        "Ben",
        "--audio",
        "none",
        "--video",
        "none",
        "--record",
        &record_argument,
        "--bridge-channel",
    ];
    let more = [more.as_slice(), &["websocket"]].concat();
    let mut ben = Treff::join(&lab, &folder, "Pub", &more);
    assert_eq!(ben.tells("bridge_channel_open").await["kind"], "websocket");
    let heard = |line: &Value| line["speakers"][0]["received_ms"].as_u64() > Some(2_000);
    ben.until("two seconds of sound", heard).await;
    ben.interrupt();
    assert_eq!(ben.ends().await.code, Some(0));
    let (heard, amplitude) = tone(&record.join("mix.wav"), &[300.0, 440.0, 600.0, 900.0, 1200.0]);
    assert!(heard == 600.0 && amplitude > 0.1, "{amplitude} at {heard} Hz");
}
