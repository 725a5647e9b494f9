//! What the window costs, on a display of its own (Xvfb) with the software renderer: its start, an idle home screen, a
//! link's way to the first picture, and a call with one large and eight small pictures, beside Chromium that shows the
//! same streams in bare `<video>` elements.
//!
//! `./dev bench window` runs it.

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/window/desk.rs"]
mod desk;
#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/window/display.rs"]
mod display;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../tests/headless/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use treff_browser::{Browser, BrowserError, Peer, PeerOptions};
use treff_lab::{Lab, LabOptions, Person};
use treff_media::codec::VideoCodec;

use desk::{Desk, ROOM, SCREEN, colour};
use display::{Display, Key};

/// Wide and high enough for a large picture with eight small ones beside it.
const LARGE: (u16, u16) = (1680, 1440);
const NAMES: [&str; 9] = ["Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Juna"];
/// Starts to take the median of.
const STARTS: usize = 7;
/// Until sizes have settled, and how long CPU time is counted.
const SETTLE: Duration = Duration::from_secs(8);
const MEASURE: Duration = Duration::from_secs(20);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        starts().await;
        window().await;
        if let Err(error) = chromium().await {
            println!("no Chromium to compare with: {error}");
        }
    });
}

/// Nine people with cameras and without a voice.
fn people() -> Vec<Person> {
    NAMES.map(|name| Person { audio: false, ..Person::new(name, VideoCodec::Vp8) }).to_vec()
}

/// A process and those it started.
fn family(process: u32) -> Vec<u32> {
    let parents: BTreeMap<u32, u32> = fs::read_dir("/proc")
        .expect("Linux has it")
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, fields(id)?.get(1)?.parse().ok()?)))
        .collect();
    let mut family = vec![process];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(parents.iter().filter(|(_, of)| **of == parent).map(|(id, _)| *id));
        next += 1;
    }
    family
}

/// What stands behind a process's name in its `stat`, from its state on (proc_pid_stat(5)).
fn fields(process: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(stat.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect())
}

/// CPU seconds of some processes so far: user and system time, in hundredths of a second as on every Linux.
fn cpu(processes: &[u32]) -> f64 {
    let of = |process: &u32| {
        let fields = fields(*process)?;
        Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
    };
    processes.iter().filter_map(of).sum()
}

/// Memory of some processes in megabytes, what they share counted once (proc_pid_smaps_rollup(5)).
fn memory(processes: &[u32]) -> f64 {
    let of = |process: &u32| {
        let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").parse::<f64>().ok()
    };
    processes.iter().filter_map(of).sum::<f64>() / 1000.0
}

/// Shares of a core over a while: of the processes, and of the display they draw on.
async fn load(processes: &[u32], display: &Display) -> (f64, f64) {
    let server = [display.process()];
    let before = (cpu(processes), cpu(&server));
    tokio::time::sleep(MEASURE).await;
    let share = |now: f64, before: f64| (now - before) / MEASURE.as_secs_f64();
    (share(cpu(processes), before.0), share(cpu(&server), before.1))
}

async fn starts() {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(Desk::with(SCREEN, Vec::new()).await.opened.as_millis());
    }
    times.sort_unstable();
    println!(
        "window, {STARTS} starts of the process until the home screen stands: median (least to greatest)"
    );
    println!("  {} ms ({} to {})", times[STARTS / 2], times[0], times[STARTS - 1]);
}

async fn window() {
    let desk = Desk::with(LARGE, people()).await;
    let treff = [desk.program.id()];
    tokio::time::sleep(SETTLE).await;
    let (ours, servers) = load(&treff, &desk.display).await;
    println!(
        "window, idle at home: {ours:.4} of a core (the display {servers:.4}), {:.0} MB",
        memory(&treff)
    );

    let faces = NAMES.map(|name| colour(desk.lab.marks(name).expect("they are there").1));
    let linked = Instant::now();
    desk.open().await;
    let opened = linked.elapsed();
    let entered = Instant::now();
    let ada = desk.enter().await;
    desk.until("a face", || faces.iter().any(|face| desk.sees(*face, 0))).await;
    println!(
        "window, link typed until the meeting's door: {} ms; name typed until the first picture: {} ms",
        opened.as_millis(),
        entered.elapsed().as_millis()
    );

    // Her camera off, and one person large.
    desk.press(&[Key::Letter('v'), Key::Letter('l'), Key::Letter('l')]);
    tokio::time::sleep(SETTLE).await;
    desk.forwarded(&ada, "nine people's pictures", |sources| sources == NAMES.len()).await;
    let (ours, servers) = load(&treff, &desk.display).await;
    let shown = desk.display.look().keep("bench-window");
    println!(
        "window, one large and eight small pictures: {ours:.3} of a core (the display {servers:.3}), {:.0} MB",
        memory(&treff)
    );
    println!("  what was on screen: {shown}");
}

async fn chromium() -> Result<(), BrowserError> {
    let lab = Lab::start(LabOptions { people: people(), ..LabOptions::default() }).await.expect("a lab");
    let display = Display::start(LARGE);
    let large = lab.occupants(ROOM).first().map(|occupant| format!("{}-v0", occupant.nick));
    let browser = Browser::on_display(display.name(), LARGE)?;
    // A camera that nobody watches, at the slowest pace there is.
    let options =
        PeerOptions { show: large, max_height: 180, fps: 1, width: 64, height: 36, ..PeerOptions::default() };
    let peer = Peer::join(&browser, &lab.link(ROOM), &options).await?;
    tokio::time::sleep(SETTLE).await;
    let processes = family(browser.process());
    let before = peer.stats().await?;
    let (theirs, servers) = load(&processes, &display).await;
    let after = peer.stats().await?;
    let sizes: Vec<u16> = after.inbound.iter().map(|entry| entry.frame_height).collect();
    let pictures = |stats: &treff_browser::Stats| stats.inbound.iter().map(|e| e.frames_decoded).sum::<u64>();
    println!(
        "Chromium, the same streams in bare elements: {theirs:.3} of a core (the display {servers:.3}), {:.0} MB in {} processes",
        memory(&processes),
        processes.len()
    );
    println!("  heights {sizes:?}, {} pictures decoded in that time", pictures(&after) - pictures(&before));
    println!("  what was on screen: {}", display.look().keep("bench-chromium"));
    peer.leave().await
}
