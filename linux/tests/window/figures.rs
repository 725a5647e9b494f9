//! What the window costs: not a test but a measurement, for docs/measurements.md.
//!
//! `cargo test --release -p treff-linux --test window -- --ignored --nocapture figures`

use std::fs;
use std::time::{Duration, Instant};

use treff_lab::Person;
use treff_media::codec::VideoCodec;

use crate::{Desk, ROOM, colour};

/// How long CPU time is counted.
const WHILE: Duration = Duration::from_secs(20);

/// CPU seconds a process has used, and its resident memory in megabytes (proc_pid_stat(5), proc_pid_status(5)).
fn used(process: u32) -> (f64, f64) {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<f64>().expect("a number");
    // utime and stime in hundredths of a second, as on every Linux.
    let cpu = (ticks(11) + ticks(12)) / 100.0;
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a figure");
    let kilobytes: f64 = resident.trim().trim_end_matches(" kB").parse().expect("a number");
    (cpu, kilobytes / 1000.0)
}

async fn cpu_share(process: u32) -> f64 {
    let (before, _) = used(process);
    tokio::time::sleep(WHILE).await;
    (used(process).0 - before) / WHILE.as_secs_f64()
}

#[tokio::test]
#[ignore = "a measurement, on a quiet machine"]
async fn figures() {
    let names = ["Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Juna"];
    let people = names.map(|name| Person::new(name, VideoCodec::Vp8)).to_vec();
    let start = Instant::now();
    let desk = Desk::with(people).await;
    let process = desk.program.id();
    println!("start to the home screen: {} ms", desk.opened.as_millis());
    println!("(with the lab's own start: {} ms)", start.elapsed().as_millis());
    println!("memory at home: {:.0} MB", used(process).1);
    println!("CPU at home: {:.4} of a core", cpu_share(process).await);
    let asked = Instant::now();
    let ada = desk.join().await;
    let bens = colour(desk.lab.marks("Ben").expect("Ben is there").1);
    desk.until("Ben's colour", || desk.sees(bens, 0)).await;
    println!("link typed, name typed, joined, first picture: {} ms", asked.elapsed().as_millis());
    desk.forwarded(&ada, "nine people's pictures", |sources| sources == names.len()).await;
    println!("nine people shown, own picture sent: {:.3} of a core", cpu_share(process).await);
    println!("memory with nine people: {:.0} MB", used(process).1);
    println!("forwarded: {:?}", desk.lab.report(ROOM, &ada).await.map(|report| report.forwarded));
}
