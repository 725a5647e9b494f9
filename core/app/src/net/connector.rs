//! TCP and TLS to a named server: every address is tried, staggered as in RFC 8305, and the first that answers wins.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::runtime::Handle;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::platform::{ResolveOverride, ServerTrust};

pub(crate) type TlsStream = tokio_rustls::client::TlsStream<TcpStream>;

/// How long TCP and TLS together may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The head start of one address over the next (RFC 8305 §5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Which step towards a server failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the name does not resolve")]
    NameNotFound,
    #[error("no address answers: {0}")]
    Unreachable(String),
    #[error("the certificate is not accepted: {0}")]
    Certificate(String),
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    #[error("the WebSocket was refused: {0}")]
    WebSocket(String),
    #[error("the server answered with status {0} instead of a WebSocket")]
    NotAWebSocket(u16),
    #[error("it took too long")]
    TimedOut,
}

/// Opens TLS connections; cheap to clone, one for each client.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: TlsConnector,
    /// The platform judges certificates, and may take its time over it.
    asks_platform: bool,
    overrides: Arc<[ResolveOverride]>,
}

impl Connector {
    /// Reads the trust roots, which takes some milliseconds of file access.
    ///
    /// # Errors
    /// When the TLS library refuses the configuration.
    pub(crate) fn new(trust: &ServerTrust, overrides: &[ResolveOverride]) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = match trust {
            ServerTrust::Verifier(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::clone(verifier))
                .with_no_client_auth(),
            ServerTrust::System => builder.with_root_certificates(system_roots()).with_no_client_auth(),
            ServerTrust::SystemAnd(extra) => {
                let mut roots = system_roots();
                roots.add_parsable_certificates(extra.iter().cloned());
                builder.with_root_certificates(roots).with_no_client_auth()
            }
        };
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            asks_platform: matches!(trust, ServerTrust::Verifier(_)),
            overrides: overrides.into(),
        })
    }

    /// A TLS connection to `host`, its certificate checked.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TlsStream, ConnectError> {
        match timeout(CONNECT_TIMEOUT, self.connect_unbounded(host, port)).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::TimedOut),
        }
    }

    async fn connect_unbounded(&self, host: &str, port: u16) -> Result<TlsStream, ConnectError> {
        let addresses = self.resolve(host, port).await?;
        let tcp = race(addresses).await?;
        // Signalling is small and urgent; a failure to say so costs only milliseconds.
        let _ = tcp.set_nodelay(true);
        let name =
            ServerName::try_from(host.to_owned()).map_err(|e| ConnectError::Certificate(e.to_string()))?;
        let handshake = self.tls.connect(name, tcp);
        if !self.asks_platform {
            return handshake.await.map_err(|e| tls_error(&e));
        }
        // rustls wants its verdict at once, the platform may look into files or the network for it: that waits on a
        // thread of its own. Nobody can end such a thread, so the handshake has to end by itself.
        let bounded = timeout(CONNECT_TIMEOUT, handshake);
        let runtime = Handle::current();
        match spawn_blocking(move || runtime.block_on(bounded)).await {
            Ok(Ok(result)) => result.map_err(|e| tls_error(&e)),
            Ok(Err(_)) => Err(ConnectError::TimedOut),
            Err(ended) => Err(ConnectError::Tls(ended.to_string())),
        }
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ConnectError> {
        // Every way out leads through here; a test counts whom a call contacts.
        tracing::debug!(target: "treff::contacts", host, port, "Connecting.");
        if let Some(known) = self.overrides.iter().find(|o| o.host == host && o.port == port) {
            return Ok(vec![known.address]);
        }
        let found: Vec<_> =
            lookup_host((host, port)).await.map_err(|_| ConnectError::NameNotFound)?.collect();
        if found.is_empty() { Err(ConnectError::NameNotFound) } else { Ok(found) }
    }
}

/// No file lists what Android trusts: there the front end brings a verifier, and without one nobody is trusted.
#[cfg(target_os = "android")]
fn system_roots() -> RootCertStore {
    RootCertStore::empty()
}

#[cfg(not(target_os = "android"))]
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!("A trust root could not be read: {error}.");
    }
    roots.add_parsable_certificates(found.certs);
    roots
}

async fn race(addresses: Vec<SocketAddr>) -> Result<TcpStream, ConnectError> {
    let mut attempts = JoinSet::new();
    for (turn, address) in (0u32..).zip(addresses) {
        attempts.spawn(async move {
            sleep(ATTEMPT_DELAY * turn).await;
            TcpStream::connect(address).await
        });
    }
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    while let Some(finished) = attempts.join_next().await {
        match finished {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(ConnectError::Unreachable(last.kind().to_string()))
}

fn tls_error(error: &io::Error) -> ConnectError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(reason)) => {
            ConnectError::Certificate(certificate_words(reason))
        }
        Some(other) => ConnectError::Tls(other.to_string()),
        None => ConnectError::Tls(error.kind().to_string()),
    }
}

fn certificate_words(reason: &rustls::CertificateError) -> String {
    use rustls::CertificateError as C;
    match reason {
        C::Expired | C::ExpiredContext { .. } => "it has expired".to_owned(),
        C::NotValidYet | C::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
        C::UnknownIssuer => "its issuer is unknown".to_owned(),
        C::NotValidForName | C::NotValidForNameContext { .. } => "it is for another name".to_owned(),
        C::Revoked => "it has been revoked".to_owned(),
        C::Other(platform) => platform.0.to_string(),
        other => other.to_string(),
    }
}
