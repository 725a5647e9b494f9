//! What a front end brings along: devices, codecs, the network's addresses, how servers are trusted, and an observer.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::ServerCertVerifier;
use rustls_pki_types::CertificateDer;
use treff_media::codec::VideoCodec;
use treff_media::device::{AudioDevices, CodecCatalog, RendererFactory, VideoSources};

use crate::door::event::{BridgeChannel, Event};
use crate::door::snapshot::Snapshot;

/// The platform's half of a client.
pub struct Platform {
    /// Microphones and loudspeakers.
    pub audio: Box<dyn AudioDevices>,
    /// Cameras with their encoders.
    pub video: Box<dyn VideoSources>,
    /// Renderers with their decoders.
    pub renderers: Box<dyn RendererFactory>,
    /// What this device can encode and decode.
    pub codecs: CodecCatalog,
    /// This device's addresses.
    pub network: Box<dyn NetworkAddresses>,
}

/// Called by a platform, from any thread, when this device's addresses may have changed. Cheap, never blocks; the driver
/// then asks for them, and what stood on one that is gone is begun anew.
pub type AddressWatch = Arc<dyn Fn() + Send + Sync>;

/// Tells this device's addresses, asked at each new media session and when they changed.
pub trait NetworkAddresses: Send {
    /// Every usable address, loopback included.
    fn addresses(&self) -> Vec<IpAddr>;

    /// Keeps `changed` and calls it whenever [`NetworkAddresses::addresses`] may say something new. Called once.
    fn watch(&mut self, changed: AddressWatch) {
        let _ = changed;
    }
}

/// Settings that do not change while a client runs.
#[derive(Clone, Default)]
pub struct ClientConfig {
    /// The database file; in memory if absent.
    pub store: Option<PathBuf>,
    /// How servers prove who they are.
    pub trust: ServerTrust,
    /// Names that resolve to given addresses, before any DNS.
    pub resolve: Vec<ResolveOverride>,
    /// Which bridge channel to use; the deployment's choice if absent.
    pub bridge_channel: Option<BridgeChannel>,
    /// Send with this codec only.
    pub send_codec: Option<VideoCodec>,
    /// How long a path to the bridge is looked for; [`TransportConfig::PATIENCE`] if absent.
    ///
    /// [`TransportConfig::PATIENCE`]: treff_media::transport::TransportConfig::PATIENCE
    pub media_patience: Option<Duration>,
}

/// How servers prove who they are.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum ServerTrust {
    /// The roots this system trusts.
    #[default]
    System,
    /// The system's roots and these.
    SystemAnd(Vec<CertificateDer<'static>>),
    /// The platform judges by itself (Android's trust manager).
    Verifier(Arc<dyn ServerCertVerifier>),
}

/// One name that resolves to a given address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolveOverride {
    /// The host name.
    pub host: String,
    /// The port it is valid for.
    pub port: u16,
    /// Where to connect instead.
    pub address: SocketAddr,
}

/// Listens at the door. Called from the driver's thread only; must return quickly.
pub trait Observer: Send {
    /// Something happened.
    fn on_event(&mut self, event: &Event);

    /// Whether [`Event::Levels`] is of any use here, asked when subscribing. Where nobody wants it, nothing is measured,
    /// and a muted microphone is closed; otherwise one that was on stays open while muted, and nothing but its level is
    /// taken from it.
    fn wants_levels(&self) -> bool {
        true
    }

    /// The state changed; at most about 20 a second.
    fn on_snapshot(&mut self, snapshot: &Arc<Snapshot>);
}
