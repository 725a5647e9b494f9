//! Server certificates, judged by the platform's trust manager, so that user CAs and the network security configuration
//! count. rustls itself checks the name, which Android's trust manager does not look at, and that the server holds the
//! certificate's key.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// What Kotlin does for the core.
#[uniffi::export(with_foreign)]
pub trait Platform: Send + Sync {
    /// Judges a server: returns if its certificate may be trusted, which does name `host`. `chain` is DER, the server's
    /// own certificate first; `auth_type` is what X509TrustManager wants to know. Called on a thread that may block.
    fn check_server(
        &self,
        chain: Vec<Vec<u8>>,
        auth_type: String,
        host: String,
    ) -> Result<(), CertificateRefused>;
}

/// Why a server is not trusted.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CertificateRefused {
    /// Too old.
    #[error("it has expired")]
    Expired,
    /// Too new, or this device's clock is behind.
    #[error("it is not valid yet")]
    NotYetValid,
    /// Nobody known vouches for it.
    #[error("its issuer is unknown")]
    UnknownIssuer,
    /// Anything else, in the platform's words.
    #[error("{reason}")]
    Other {
        /// The platform's words.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CertificateRefused {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Other { reason: error.reason }
    }
}

impl From<CertificateRefused> for CertificateError {
    fn from(refused: CertificateRefused) -> Self {
        match refused {
            CertificateRefused::Expired => Self::Expired,
            CertificateRefused::NotYetValid => Self::NotValidYet,
            CertificateRefused::UnknownIssuer => Self::UnknownIssuer,
            other @ CertificateRefused::Other { .. } => Self::Other(OtherError(Arc::new(other))),
        }
    }
}

/// Asks the platform.
pub(crate) struct PlatformVerifier {
    platform: Arc<dyn Platform>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PlatformVerifier {
    pub(crate) fn new(platform: Arc<dyn Platform>) -> Self {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        Self { platform, algorithms }
    }
}

impl fmt::Debug for PlatformVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlatformVerifier")
    }
}

impl ServerCertVerifier for PlatformVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        let chain = [end_entity].into_iter().chain(intermediates).map(|der| der.to_vec()).collect();
        // TLS 1.3 has no such name any more; Android's own stack says "GENERIC" there, and the trust manager takes it
        // for every kind of key.
        let verdict =
            self.platform.check_server(chain, "GENERIC".to_owned(), server_name.to_str().into_owned());
        match verdict {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(refused) => Err(Error::InvalidCertificate(refused.into())),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
