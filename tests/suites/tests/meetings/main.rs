//! What happens in meetings, one module a behaviour, in one binary so that slow stories wait side by side.

mod chat;
mod codecs;
mod devices;
mod door;
mod entry;
mod joining;
mod losses;
mod moderation;
mod moves;
mod muting;
mod networks;
mod noise;
mod servers;
mod settings;
mod sharing;
mod sizes;
mod sources;
mod strangers;
mod volume;

use std::time::Duration;

use treff_app::Layout;
use treff_lab::{Lab, LabOptions};
use treff_suites::GuestOptions;

/// The room of the synthetic people.
const ROOM: &str = "treff";
/// How long the lab may take to see something.
const PATIENCE: Duration = Duration::from_secs(20);

async fn lab(options: LabOptions) -> Lab {
    Lab::start(options).await.expect("a lab on loopback")
}

/// Neither heard nor seen, and looking at everyone.
fn quiet() -> GuestOptions {
    GuestOptions { microphone: false, camera: false, ..GuestOptions::default() }
}

/// Heard, not seen, and looking at nobody.
fn voice(hertz: f32) -> GuestOptions {
    GuestOptions { microphone: true, hertz, layout: Layout::Nothing, ..quiet() }
}

/// Seen, not heard, and looking at nobody.
fn face(colour: usize) -> GuestOptions {
    GuestOptions { camera: true, colour, layout: Layout::Nothing, ..quiet() }
}
