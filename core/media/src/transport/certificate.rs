//! The certificate a transport proves itself with, and fingerprints.
//!
//! Signalling carries the SHA-256 of the certificate; comparing it is the only authentication there is.

use std::fmt;
use std::sync::Arc;

use rtc_crypto::{HashAlgorithm, RTCCrypto, RTCCryptoProvider};

use super::TransportError;

/// A self-signed ECDSA P-256 certificate with its key. Cheap to clone; make it before the first call is opened.
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<rtc_dtls::crypto::Certificate>,
    fingerprint: Fingerprint,
}

impl Certificate {
    /// Makes a new key and certificate.
    ///
    /// # Errors
    /// Only if the cryptography library has no randomness to give.
    pub fn generate() -> Result<Self, TransportError> {
        let provider = provider()?;
        let inner =
            rtc_dtls::crypto::Certificate::generate_self_signed(vec!["treff".to_owned()], provider.crypto())
                .map_err(|error| TransportError::Crypto(error.to_string()))?;
        let der = inner
            .certificate
            .first()
            .ok_or_else(|| TransportError::Crypto("empty certificate".to_owned()))?;
        let fingerprint = Fingerprint::of(der, provider.crypto())?;
        Ok(Self { inner: Arc::new(inner), fingerprint })
    }

    /// SHA-256 over the certificate in upper-case hex with colons, as Jingle wants it with `hash="sha-256"`.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.to_string()
    }

    /// The certificate in the family's own type.
    pub(super) fn to_dtls(&self) -> rtc_dtls::crypto::Certificate {
        (*self.inner).clone()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

/// SHA-256 over a certificate in DER form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Computes it.
    pub(super) fn of(der: &[u8], crypto: &dyn RTCCrypto) -> Result<Self, TransportError> {
        let digest = crypto
            .hash(HashAlgorithm::Sha256, der)
            .map_err(|error| TransportError::Crypto(error.to_string()))?;
        let bytes = digest.try_into().map_err(|_| TransportError::InvalidFingerprint)?;
        Ok(Self(bytes))
    }

    /// Reads hex with colons in any case.
    pub(super) fn parse(text: &str) -> Result<Self, TransportError> {
        let mut bytes = [0; 32];
        let mut octets = text.trim().split(':');
        for byte in &mut bytes {
            let octet = octets.next().ok_or(TransportError::InvalidFingerprint)?;
            if octet.len() != 2 || !octet.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(TransportError::InvalidFingerprint);
            }
            *byte = u8::from_str_radix(octet, 16).map_err(|_| TransportError::InvalidFingerprint)?;
        }
        if octets.next().is_some() {
            return Err(TransportError::InvalidFingerprint);
        }
        Ok(Self(bytes))
    }

    /// Whether `der` is the certificate meant.
    pub(super) fn matches(&self, der: &[u8], crypto: &dyn RTCCrypto) -> bool {
        Self::of(der, crypto).is_ok_and(|other| rtc_crypto::constant_time_eq(&self.0, &other.0))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

/// The cryptography used everywhere in the transport.
pub(super) fn provider() -> Result<Arc<dyn RTCCryptoProvider>, TransportError> {
    rtc_crypto::default_provider().map_err(|error| TransportError::Crypto(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_survives_the_way_through_signalling() {
        let ada = Certificate::generate().unwrap();
        let text = ada.fingerprint();
        assert_eq!(text.len(), 95);
        assert_eq!(text, text.to_ascii_uppercase());
        assert_eq!(Fingerprint::parse(&text).unwrap(), ada.fingerprint);
        assert_eq!(Fingerprint::parse(&text.to_ascii_lowercase()).unwrap(), ada.fingerprint);
        assert_ne!(Certificate::generate().unwrap().fingerprint(), text);
    }

    #[test]
    fn what_is_no_sha256_is_refused() {
        let good = "AB:".repeat(31) + "AB";
        assert!(Fingerprint::parse(&good).is_ok());
        for bad in
            ["", "AB", &good[3..], &format!("{good}:00"), &good.replace("AB", "+B"), &good.replace(':', "-")]
        {
            assert_eq!(Fingerprint::parse(bad), Err(TransportError::InvalidFingerprint), "{bad}");
        }
    }
}
