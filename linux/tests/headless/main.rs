//! The `treff` binary without a window, as a script sees it: lines of JSON out, commands in, files, exit codes.

mod call;
mod ends;
mod process;

use treff_lab::{Lab, LabOptions};

/// The room of the synthetic people.
const ROOM: &str = "treff";

async fn lab(options: LabOptions) -> Lab {
    Lab::start(options).await.expect("a lab on loopback")
}
