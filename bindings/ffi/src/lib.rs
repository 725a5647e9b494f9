//! Treff's door for Kotlin. Translation only: what a client does is decided in the core.
//!
//! [`Client`] is the core's client, [`Platform`] what Kotlin does for it, and the door's own types cross as they are
//! (`build.rs` declares them). Pictures and sound never cross uniffi: the [`media`] module talks to the devices itself,
//! and Kotlin hands it one Surface per tile through JNI, and draws camera and screen on those of the encoders.
#![warn(missing_docs)]

mod capture;
mod client;
mod config;
mod licences;
mod logging;
mod media;
mod network;
mod observer;
mod trust;

pub use capture::{Cameras, CaptureRefused, PhoneCamera, Screens};
pub use client::{Client, StartError};
pub use config::{Config, DeviceCodec, Resolve};
pub use licences::Licence;
pub use observer::{Observer, ObserverFailed};
pub use trust::{CertificateRefused, Platform};

/// The door, declared to uniffi.
mod door {
    include!(concat!(env!("OUT_DIR"), "/door.rs"));
}

/// How a finding about a server is drawn.
#[uniffi::export]
fn tone_of(finding: &treff_app::Finding) -> treff_app::Tone {
    finding.tone()
}

/// A QR code, to be drawn with four light modules around it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct QrCode {
    /// Modules on each side.
    pub size: u32,
    /// Dark ones are true; row by row, from the top.
    pub modules: Vec<bool>,
}

/// The QR code of a link; none for more text than a code holds.
#[uniffi::export]
fn qr_code(text: &str) -> Option<QrCode> {
    let code = treff_app::qr_code(text)?;
    Some(QrCode { size: u32::try_from(code.size).ok()?, modules: code.modules })
}

uniffi::setup_scaffolding!();
