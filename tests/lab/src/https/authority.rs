//! The lab's own certificate authority: made at start, trusted by whoever gets its PEM.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::names::HOST;

/// A root and a server certificate under it.
pub(crate) struct Authority {
    /// The root, for clients.
    pub(crate) pem: String,
    pub(crate) acceptor: TlsAcceptor,
}

impl Authority {
    /// Makes both, with fresh keys.
    pub(crate) fn generate() -> Result<Self, String> {
        let text = |error: rcgen::Error| error.to_string();
        let root_key = KeyPair::generate().map_err(text)?;
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "Treff lab root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root_certificate = root.self_signed(&root_key).map_err(text)?;
        let issuer = Issuer::new(root, root_key);

        let key = KeyPair::generate().map_err(text)?;
        let mut server =
            CertificateParams::new(vec![HOST.to_owned(), "localhost".to_owned()]).map_err(text)?;
        server.distinguished_name.push(DnType::CommonName, HOST);
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = server.signed_by(&key, &issuer).map_err(text)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)
            })
            .map_err(|error| error.to_string())?;
        Ok(Self { pem: root_certificate.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}
