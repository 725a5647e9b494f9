//! Tries the real devices of this machine: `cargo run -p treff-devices --example devices -- VERB`.
//!
//! `list`, `watch SECONDS`, `chime`, `hear SECONDS [ID]` (level of the microphone), `loop SECONDS` (microphone to
//! loudspeaker), `see SECONDS [ID]` (camera, encoded), `share SECONDS [NODE]` (a screen through the portal, or a node).
#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::error::Error;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use treff_codecs::{I420Frame, PictureTap};
use treff_devices::{DeviceKind, Devices};
use treff_media::audio::level;
use treff_media::codec::VideoCodec;
use treff_media::device::{AudioOutput, EncodePlan, EncodedVideoSource, FrameSink, LayerPlan, SourceNews};
use treff_media::frame::BLOCK_SAMPLES;

const KINDS: [DeviceKind; 3] = [DeviceKind::Microphone, DeviceKind::Speaker, DeviceKind::Camera];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let verb = arguments.first().map_or("list", String::as_str);
    let seconds = arguments.get(1).and_then(|s| s.parse().ok()).unwrap_or(3);
    let time = Duration::from_secs(seconds);
    let which = arguments.get(2).map(String::as_str);
    let begun = Instant::now();
    let devices = Devices::start()?;
    println!("ready after {} ms", begun.elapsed().as_millis());
    devices.watch_moves(move |moved| println!("{:5.1} s {moved:?}", begun.elapsed().as_secs_f32()));
    match verb {
        "list" => list(&devices),
        "watch" => std::thread::sleep(time),
        "chime" => {
            devices.play_chime()?;
            std::thread::sleep(Duration::from_millis(1200));
        }
        "hear" => hear(&devices, which, time, None)?,
        "loop" => hear(&devices, which, time, Some(devices.open_speaker()?))?,
        "see" => {
            devices.choose(DeviceKind::Camera, which);
            see(&devices, |sink| devices.open_camera(sink), time)?;
        }
        "share" => match which.and_then(|node| node.parse().ok()) {
            Some(node) => see(&devices, |sink| devices.open_node(node, sink), time)?,
            None => see(&devices, |sink| devices.open_screen(sink), time)?,
        },
        _ => return Err("no such verb".into()),
    }
    Ok(())
}

fn list(devices: &Devices) {
    for device in KINDS.into_iter().flat_map(|kind| devices.list(kind)) {
        let mark = if device.is_default { "*" } else { " " };
        println!("{mark} {:?} {:40} {}", device.kind, device.name, device.id);
    }
}

fn hear(
    devices: &Devices,
    which: Option<&str>,
    time: Duration,
    mut output: Option<Box<dyn AudioOutput>>,
) -> Result<(), Box<dyn Error>> {
    devices.choose(DeviceKind::Microphone, which);
    let mut input = devices.open_microphone()?;
    let (begun, mut block, mut second) = (Instant::now(), [0.0; BLOCK_SAMPLES], Vec::new());
    while begun.elapsed() < time {
        input.read_block(&mut block)?;
        if let Some(output) = &mut output {
            output.write_block(&block)?;
        }
        second.extend_from_slice(&block);
        if second.len() == 48_000 {
            let crossings = second.windows(2).filter(|two| two[0] < 0.0 && two[1] >= 0.0).count();
            println!(
                "{:5.2} s -{} dBov, {crossings} Hz, delay {} ms in, {} ms out",
                begun.elapsed().as_secs_f32(),
                level::of(&second),
                input.delay().as_millis(),
                output.as_ref().map_or(0, |output| output.delay().as_millis())
            );
            second.clear();
        }
    }
    Ok(())
}

fn see<E: Error + 'static>(
    devices: &Devices,
    open: impl FnOnce(FrameSink) -> Result<Box<dyn EncodedVideoSource>, E>,
    time: Duration,
) -> Result<(), Box<dyn Error>> {
    let (sink, news) = channel();
    let own = OwnPicture::default();
    let seen = own.clone();
    devices.tap_cameras(move || Box::new(own.clone()));
    let begun = Instant::now();
    let mut source = open(Box::new(move |said| drop(sink.send(said))))?;
    println!("opened after {} ms, {} pixels high", begun.elapsed().as_millis(), source.capture_height());
    let layers = [(0, 180, 200_000), (1, 360, 500_000), (2, 720, 1_500_000)];
    let layers = layers.map(|(layer, height, bitrate)| LayerPlan { layer, height, bitrate }).to_vec();
    source.set_plan(&EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: 30, layers });
    follow(&news, &*source, begun, time);
    drop(source);
    let last = seen.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    match last {
        Some(picture) => {
            let middle = usize::from(picture.height() / 2);
            let at = usize::from(picture.width() / 2);
            let [y, u, v] = [
                picture.y().row(middle)[at],
                picture.u().row(middle / 2)[at / 2],
                picture.v().row(middle / 2)[at / 2],
            ];
            println!("own picture: {} x {}, middle {y} {u} {v}", picture.width(), picture.height());
        }
        None => println!("no own picture"),
    }
    Ok(())
}

/// What the camera sees before it is encoded.
#[derive(Clone, Default)]
struct OwnPicture(Arc<Mutex<Option<I420Frame>>>);

impl PictureTap for OwnPicture {
    fn wants(&self) -> bool {
        true
    }

    fn take(&mut self, picture: &I420Frame) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(picture.clone());
    }
}

fn follow(news: &Receiver<SourceNews>, source: &dyn EncodedVideoSource, begun: Instant, time: Duration) {
    let mut frames = [(0u32, 0usize, 0u16); 3];
    while let Some(left) = time.checked_sub(begun.elapsed()) {
        let at = begun.elapsed().as_secs_f32();
        match news.recv_timeout(left) {
            Ok(SourceNews::Frame(frame)) => {
                let known = &mut frames[usize::from(frame.layer.min(2))];
                if known.0 == 0 {
                    println!(
                        "{at:5.2} s first frame of layer {}: {} x {}",
                        frame.layer, frame.width, frame.height
                    );
                }
                *known = (known.0 + 1, known.1 + frame.data.len(), frame.height);
            }
            Ok(SourceNews::Resized) => println!("{at:5.2} s now {} pixels high", source.capture_height()),
            Ok(SourceNews::Ended(error)) => println!("{at:5.2} s ended: {error}"),
            Err(_) => break,
        }
    }
    println!("frames, bytes and height of each layer: {frames:?}");
}
