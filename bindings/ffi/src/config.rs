//! What a client is told at its start.

use std::net::SocketAddr;

use treff_app::{ClientConfig, ResolveOverride, ServerTrust};
use treff_media::codec::VideoCodec;

use crate::capture::PhoneCamera;

/// Settings that do not change while a client runs.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct Config {
    /// The database file; in memory if absent.
    #[uniffi(default = None)]
    pub store: Option<String>,
    /// What MediaCodecList can decode.
    #[uniffi(default = [])]
    pub decoders: Vec<DeviceCodec>,
    /// What MediaCodecList can encode from a Surface.
    #[uniffi(default = [])]
    pub encoders: Vec<DeviceCodec>,
    /// The cameras, the one to begin with first.
    #[uniffi(default = [])]
    pub cameras: Vec<PhoneCamera>,
    /// Names that resolve to given addresses, before any DNS: for tests.
    #[uniffi(default = [])]
    pub resolve: Vec<Resolve>,
}

/// A video decoder or encoder of this device.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DeviceCodec {
    /// What it decodes or encodes.
    pub codec: VideoCodec,
    /// As MediaCodecList names it.
    pub name: String,
    /// In hardware.
    pub hardware: bool,
}

/// One name that resolves to a given address.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Resolve {
    /// The host name.
    pub host: String,
    /// The port it is valid for.
    pub port: u16,
    /// Where to connect instead, `127.0.0.1:8443`.
    pub address: String,
}

impl Config {
    /// The core's configuration. An address that cannot be read is left out: the name then resolves as any other.
    pub(crate) fn for_core(&self, trust: ServerTrust) -> ClientConfig {
        let resolve = self.resolve.iter().filter_map(|resolve| {
            let address: SocketAddr = resolve.address.parse().ok()?;
            Some(ResolveOverride { host: resolve.host.clone(), port: resolve.port, address })
        });
        ClientConfig {
            store: self.store.as_ref().map(Into::into),
            trust,
            resolve: resolve.collect(),
            bridge_channel: None,
            send_codec: None,
            ..ClientConfig::default()
        }
    }
}
