//! What a call costs: the built `treff` binary in a lab, beside bare libvpx decoding the very same streams.
//!
//! `./dev bench` runs it. Prints the stages of joining, and CPU and memory of receiving one 720p and eight 180p.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;
use treff_app::{
    Client, ClientConfig, Event, Layout, NetworkAddresses, Observer, Platform, ResolveOverride, ServerTrust,
    Snapshot, Tile,
};
use treff_codecs::decoder;
use treff_lab::{Lab, LabOptions};
use treff_media::codec::VideoCodec;
use treff_media::device::{
    AudioDevices, AudioInput, AudioOutput, DeviceError, EncodedVideoSource, FrameSink, PushOutcome,
    RendererFactory, RendererStats, RendererWake, VideoRenderer, VideoSources,
};
use treff_media::frame::EncodedFrame;

/// Joins to take the median of.
const JOINS: usize = 15;
/// The stages of a join, in order.
const STAGES: [&str; 7] = [
    "config_loaded",
    "signalling_connected",
    "joined",
    "offer_received",
    "media_connected",
    "first_audio",
    "first_video",
];
/// Measured once the picture sizes have settled.
const SETTLE: Duration = Duration::from_secs(6);
const MEASURE: Duration = Duration::from_secs(20);

fn main() {
    // The lab has threads of its own; this runtime only starts it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        joining().await;
        receiving(false).await;
        receiving(true).await;
    });
}

/// The binary beside this bench.
fn treff() -> PathBuf {
    let bench = std::env::current_exe().expect("a running program has a path");
    let folder = bench.ancestors().nth(2).expect("benches lie in target/PROFILE/deps");
    let binary = folder.join("treff");
    assert!(binary.exists(), "{} is missing: build treff-linux in this profile first", binary.display());
    binary
}

/// A `treff` process in a lab.
struct Process {
    child: Child,
    commands: ChildStdin,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Process {
    fn join(lab: &Lab, room: &str, ca: &Path) -> Self {
        let mut child = Command::new(treff())
            .args(["join", &lab.link(room), "--headless", "--audio", "none", "--video", "none", "--ca"])
            .arg(ca)
            .args(["--resolve", &lab.resolve()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let commands = child.stdin.take().expect("its input is a pipe");
        let lines = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        Self { child, commands, lines }
    }

    fn next(&mut self) -> Value {
        let line = self.lines.next().expect("the call goes on").expect("its output can be read");
        serde_json::from_str(&line).expect("each line is JSON")
    }

    fn says(&mut self, command: &Value) {
        writeln!(self.commands, "{command}").expect("it reads its input");
    }

    fn leave(mut self) {
        self.says(&serde_json::json!({"command": "leave"}));
        while self.lines.next().is_some() {}
        let _ = self.child.wait();
    }
}

async fn lab(people: usize, voices: bool) -> (Lab, PathBuf) {
    let mut options = LabOptions::default().with_people(people, VideoCodec::Vp8);
    options.people.iter_mut().for_each(|person| person.audio = voices);
    let lab = Lab::start(options).await.expect("a lab on loopback");
    let ca = std::env::temp_dir().join(format!("treff-bench-{}-{people}.pem", std::process::id()));
    std::fs::write(&ca, lab.ca_pem()).expect("the temporary folder can be written");
    (lab, ca)
}

/// From the process's start to each stage, in milliseconds.
async fn joining() {
    let (lab, ca) = lab(1, true).await;
    let mut times: Vec<Vec<u64>> = vec![Vec::new(); STAGES.len()];
    for _ in 0..JOINS {
        let mut process = Process::join(&lab, "treff", &ca);
        let mut waiting = STAGES.len();
        while waiting > 0 {
            let line = process.next();
            if let Some(stage) = STAGES.iter().position(|stage| line["event"] == *stage) {
                times[stage].push(line["t_ms"].as_u64().expect("a time"));
                waiting -= 1;
            }
        }
        process.leave();
    }
    println!(
        "joining a lab on loopback, ms since the process started, {JOINS} times: median (least to greatest)"
    );
    for (stage, times) in STAGES.iter().zip(&mut times) {
        times.sort_unstable();
        println!("  {stage:<22} {:>4} ({} to {})", times[JOINS / 2], times[0], times[JOINS - 1]);
    }
    let _ = std::fs::remove_file(ca);
}

/// CPU and memory of receiving one 720p and eight 180p at 30 fps, beside bare decoding.
async fn receiving(voices: bool) {
    let (lab, ca) = lab(9, voices).await;
    let sources: Vec<String> = lab.occupants("treff").iter().map(|o| format!("{}-v0", o.nick)).collect();
    let tiles: Vec<Tile> = sources
        .iter()
        .enumerate()
        .map(|(place, source)| Tile {
            source: source.clone(),
            height: if place == 0 { 720 } else { 180 },
            on_stage: place == 0,
        })
        .collect();
    let layout = Layout::Tiles(tiles);
    let (cpu, rss, decoded) = client(&lab, &ca, &layout);
    let (bare, frames) = bare(&lab, layout);
    let voices = if voices { "and nine voices" } else { "without sound" };
    println!("receiving one 720p and eight 180p VP8 {voices}, {} s", MEASURE.as_secs());
    println!("  treff        {cpu:.2} s of CPU, {decoded} pictures, {:.1} MB resident", rss / 1e6);
    println!("  bare libvpx  {bare:.2} s of CPU, {frames} pictures of the same streams");
    println!("  ratio        {:.2}", (cpu / decoded as f64) / (bare / frames as f64));
    let _ = std::fs::remove_file(ca);
}

fn client(lab: &Lab, ca: &Path, layout: &Layout) -> (f64, f64, u64) {
    let mut process = Process::join(lab, "treff", ca);
    process.says(&serde_json::json!({"command": "set_layout", "layout": layout}));
    let decoded = |line: &Value| -> u64 {
        let videos = line["video"].as_array().into_iter().flatten();
        videos.map(|video| video["frames_decoded"].as_u64().unwrap_or(0)).sum()
    };
    let mut start: Option<(Instant, Value)> = None;
    loop {
        let line = process.next();
        if line["event"] != "stats" {
            continue;
        }
        match &start {
            None if line["t_ms"].as_u64() >= Some(SETTLE.as_millis() as u64) => {
                start = Some((Instant::now(), line));
            }
            Some((since, first)) if since.elapsed() >= MEASURE => {
                let cpu = |line: &Value| line["process"]["cpu_s"].as_f64().unwrap_or(0.0);
                let rss = line["process"]["rss_bytes"].as_f64().unwrap_or(0.0);
                let result = (cpu(&line) - cpu(first), rss, decoded(&line) - decoded(first));
                process.leave();
                return result;
            }
            _ => {}
        }
    }
}

/// Keeps encoded frames instead of decoding them.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(String, EncodedFrame)>>>);

struct Shelf {
    frames: Collector,
    source: String,
}

impl Collector {
    fn forget_all_before_the_last_keyframes(&self) {
        let mut frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keyframes = frames.iter().enumerate().filter(|(_, (_, frame))| frame.keyframe);
        let starts: BTreeMap<String, usize> =
            keyframes.map(|(place, (source, _))| (source.clone(), place)).collect();
        let mut places = 0..;
        frames.retain(|(source, _)| places.next().is_some_and(|place| Some(&place) >= starts.get(source)));
    }
}

impl RendererFactory for Collector {
    fn open(&mut self, source_name: &str, _: RendererWake) -> Box<dyn VideoRenderer> {
        Box::new(Shelf { frames: self.clone(), source: source_name.to_owned() })
    }
}

impl VideoRenderer for Shelf {
    fn push(&mut self, frame: EncodedFrame) -> PushOutcome {
        self.frames.0.lock().unwrap_or_else(PoisonError::into_inner).push((self.source.clone(), frame));
        PushOutcome::Accepted
    }

    fn stats(&self) -> RendererStats {
        RendererStats::default()
    }
}

/// Takes the same streams off the lab, then decodes them with nothing around.
fn bare(lab: &Lab, layout: Layout) -> (f64, u64) {
    let collector = Collector::default();
    let (told, seconds) = channel();
    let client = quiet_client(lab, collector.clone());
    client.subscribe(Box::new(Seconds(told)));
    client.dispatch(treff_app::Command::SetLayout { layout });
    client.dispatch(treff_app::Command::Open { link: lab.link("treff"), token: None });
    client.dispatch(treff_app::Command::Join {
        name: Some("Collector".to_owned()),
        password: None,
        microphone: false,
        camera: false,
        protection: treff_app::Protection::default(),
    });
    for _ in 0..SETTLE.as_secs() {
        seconds.recv().expect("the call goes on");
    }
    collector.forget_all_before_the_last_keyframes();
    for _ in 0..MEASURE.as_secs() {
        seconds.recv().expect("the call goes on");
    }
    client.shutdown();
    let frames = std::mem::take(&mut *collector.0.lock().unwrap_or_else(PoisonError::into_inner));
    let mut decoders = BTreeMap::new();
    let before = thread_cpu();
    let mut pictures = 0;
    for (source, frame) in &frames {
        let decoder = decoders.entry(source).or_insert_with(|| decoder(frame.codec));
        pictures += u64::from(matches!(decoder.decode(frame), Ok(Some(_))));
    }
    (thread_cpu() - before, pictures)
}

/// A client that neither says nor shows anything, and decodes nothing.
fn quiet_client(lab: &Lab, collector: Collector) -> Client {
    let roots = CertificateDer::pem_slice_iter(lab.ca_pem().as_bytes());
    let config = ClientConfig {
        trust: ServerTrust::SystemAnd(roots.collect::<Result<_, _>>().expect("the lab's root is PEM")),
        resolve: vec![ResolveOverride {
            host: "meet.lab.test".to_owned(),
            port: lab.address().port(),
            address: lab.address(),
        }],
        ..ClientConfig::default()
    };
    let platform = Platform {
        audio: Box::new(Nothing),
        video: Box::new(Nothing),
        renderers: Box::new(collector),
        codecs: treff_codecs::catalog(),
        network: Box::new(Nothing),
    };
    Client::new(config, platform).expect("a thread for the driver")
}

struct Nothing;

impl AudioDevices for Nothing {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        Err(DeviceError::Missing)
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        Err(DeviceError::Missing)
    }
}

impl VideoSources for Nothing {
    fn open_camera(&mut self, _: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        Err(DeviceError::Missing)
    }
}

impl NetworkAddresses for Nothing {
    fn addresses(&self) -> Vec<IpAddr> {
        vec![Ipv4Addr::LOCALHOST.into()]
    }
}

/// Tells each second of a call.
struct Seconds(Sender<()>);

impl Observer for Seconds {
    fn on_event(&mut self, event: &Event) {
        if matches!(event, Event::Stats(_)) {
            let _ = self.0.send(());
        }
    }

    fn on_snapshot(&mut self, _: &Arc<Snapshot>) {}
}

/// Seconds of CPU of this thread, from the scheduler's own accounts.
fn thread_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux keeps these accounts");
    let nanoseconds: f64 =
        text.split(' ').next().and_then(|n| n.parse().ok()).expect("a number of nanoseconds");
    nanoseconds / 1e9
}
