//! The DTLS association: proves who the other end is, gives the SRTP keys and carries SCTP.
//!
//! The peer's address is a fixed placeholder, so that a change of the network path never touches the association.
//! The comparison with the signalled fingerprint is the only authentication there is.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_crypto::RTCCryptoProvider;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use rtc_shared::error::Error;
use rtc_srtp::config::LABEL_EXTRACTOR_DTLS_SRTP;

use super::certificate::Fingerprint;
use super::flight::Flight;
use super::srtp::Srtp;
use super::{Certificate, Role, SrtpProfile, TransportError};

/// Stands for the other end towards DTLS and SCTP. Any address with a port will do.
pub(super) const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// A bridge without a common SRTP profile drops the handshake without an alert, so the clock is ours.
const DEADLINE: Duration = Duration::from_secs(10);
/// Between repetitions of a flight.
const REPEAT: Duration = Duration::from_millis(200);

/// What came out of a datagram.
pub(super) enum DtlsEvent {
    Established,
    Data(BytesMut),
    Failed(TransportError),
}

/// One DTLS association.
pub(super) struct Dtls {
    endpoint: Endpoint,
    config: Arc<HandshakeConfig>,
    role: Role,
    expected: Fingerprint,
    mismatch: Arc<AtomicBool>,
    provider: Arc<dyn RTCCryptoProvider>,
    deadline: Option<Instant>,
    established: bool,
    flight: Flight,
    outgoing: VecDeque<BytesMut>,
}

impl Dtls {
    pub(super) fn new(
        role: Role,
        certificate: &Certificate,
        profiles: &[SrtpProfile],
        expected: Fingerprint,
        provider: Arc<dyn RTCCryptoProvider>,
    ) -> Result<Self, TransportError> {
        let mismatch = Arc::new(AtomicBool::new(false));
        let verify = {
            let (mismatch, provider) = (mismatch.clone(), provider.clone());
            move |certificates: &[Vec<u8>], _: &[_]| {
                if certificates.first().is_some_and(|der| expected.matches(der, provider.crypto())) {
                    return Ok(());
                }
                mismatch.store(true, Ordering::Relaxed);
                Err(Error::Other("fingerprint mismatch".to_owned()))
            }
        };
        let is_client = role == Role::Client;
        let config = ConfigBuilder::default()
            .with_crypto_provider(provider.clone())
            .with_certificates(vec![certificate.to_dtls()])
            .with_srtp_protection_profiles(profiles.iter().map(|profile| to_dtls(*profile)).collect())
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_insecure_skip_verify(true)
            .with_verify_peer_certificate(Some(Arc::new(verify)))
            .with_server_name("treff".to_owned())
            .with_flight_interval(REPEAT)
            .build(is_client, None)
            .map_err(|error| TransportError::InvalidParameter(error.to_string()))?;
        let config = Arc::new(config);
        let server_config = (!is_client).then(|| config.clone());
        let endpoint = Endpoint::new(PEER, TransportProtocol::UDP, server_config);
        Ok(Self {
            endpoint,
            config,
            role,
            expected,
            mismatch,
            provider,
            deadline: None,
            established: false,
            flight: Flight::new(REPEAT),
            outgoing: VecDeque::new(),
        })
    }

    /// There is a path: the client begins, the bridge waits, both watch the clock.
    pub(super) fn start(&mut self, now: Instant) -> Result<(), TransportError> {
        if self.deadline.is_some() || self.established {
            return Ok(());
        }
        self.deadline = Some(now + DEADLINE);
        if self.role == Role::Client {
            self.endpoint
                .connect(now, PEER, self.config.clone(), None)
                .map_err(|error| TransportError::HandshakeRefused(error.to_string()))?;
            self.collect(now, false);
        }
        Ok(())
    }

    /// Takes a datagram; `Err` if nobody could use it.
    pub(super) fn read(&mut self, now: Instant, bytes: BytesMut, out: &mut Vec<DtlsEvent>) -> Result<(), ()> {
        // A server has to hear a repeated ClientHello: it repeats its HelloVerifyRequest for nothing else.
        if self.role == Role::Client && !self.established && self.flight.is_repeated(&bytes) {
            return Ok(());
        }
        let outcome = self.endpoint.read(now, PEER, None, bytes);
        self.collect(now, false);
        match outcome {
            Ok(events) => {
                for event in events {
                    match event {
                        EndpointEvent::HandshakeComplete => out.push(self.complete()),
                        EndpointEvent::ApplicationData(data) => out.push(DtlsEvent::Data(data)),
                        EndpointEvent::PeerClosed => {
                            // Else the next datagram would begin a new association.
                            self.endpoint.set_server_config(None);
                            out.push(DtlsEvent::Failed(TransportError::ClosedByPeer));
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
            Err(_) if self.mismatch.load(Ordering::Relaxed) => {
                out.push(DtlsEvent::Failed(TransportError::FingerprintMismatch));
                Ok(())
            }
            Err(Error::ErrAlertFatalOrClose) if !self.established => {
                let text = "fatal alert".to_owned();
                out.push(DtlsEvent::Failed(TransportError::HandshakeRefused(text)));
                Ok(())
            }
            Err(Error::ErrServerNoMatchingSrtpProfile | Error::ErrClientNoMatchingSrtpProfile)
                if !self.established =>
            {
                out.push(DtlsEvent::Failed(TransportError::NoCommonProfile));
                Ok(())
            }
            Err(_) => Err(()),
        }
    }

    /// Checks the finished handshake once more, whatever the library did.
    fn complete(&mut self) -> DtlsEvent {
        let genuine = self
            .endpoint
            .get_connection_state(PEER)
            .and_then(|state| state.peer_certificates.first())
            .is_some_and(|der| self.expected.matches(der, self.provider.crypto()));
        if !genuine {
            return DtlsEvent::Failed(TransportError::FingerprintMismatch);
        }
        self.established = true;
        self.deadline = None;
        self.endpoint.set_server_config(None);
        DtlsEvent::Established
    }

    /// The media keys of the finished handshake.
    pub(super) fn srtp(&self) -> Result<Srtp, TransportError> {
        let state = self.endpoint.get_connection_state(PEER).ok_or(TransportError::NotConnected)?;
        let profile = from_dtls(state.srtp_protection_profile()).ok_or(TransportError::NoCommonProfile)?;
        let material = state
            .export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], Srtp::keying_material_len(profile))
            .map_err(|error| TransportError::Crypto(error.to_string()))?;
        Srtp::new(profile, material.as_ref(), state.is_client(), self.provider.as_ref())
    }

    /// Encrypts one SCTP packet.
    pub(super) fn write(&mut self, now: Instant, data: &[u8]) {
        // Fails only before the handshake or after the end, when SCTP has nothing to say.
        let _ = self.endpoint.write(now, PEER, data);
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, now: Instant) {
        let _ = self.endpoint.close(now);
    }

    pub(super) fn poll_transmit(&mut self) -> Option<BytesMut> {
        let queued = self.outgoing.pop_front();
        queued.or_else(|| self.endpoint.poll_transmit().map(|message| message.message))
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        [self.deadline, self.repetition()].into_iter().flatten().min()
    }

    /// When the flight under way goes out again.
    fn repetition(&self) -> Option<Instant> {
        let running = self.endpoint.poll_timeout(&PEER).filter(|_| self.flight.has_repetitions_left());
        running.or_else(|| self.flight.due().filter(|_| self.deadline.is_some()))
    }

    /// Takes what the endpoint has to say, and remembers it while the handshake may need it again.
    fn collect(&mut self, now: Instant, again: bool) {
        let said: Vec<_> = std::iter::from_fn(|| self.endpoint.poll_transmit()).map(|m| m.message).collect();
        self.outgoing.extend(said.iter().cloned());
        if !self.established {
            self.flight.sent(now, said, again);
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Result<(), TransportError> {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            return Err(TransportError::HandshakeTimedOut);
        }
        if self.repetition().is_none_or(|due| due > now) {
            return Ok(());
        }
        if self.flight.has_repetitions_left() && self.endpoint.poll_timeout(&PEER).is_some() {
            self.endpoint.handle_timeout(PEER, now).map_err(|_| TransportError::HandshakeTimedOut)?;
            self.collect(now, true);
        } else {
            self.outgoing.extend(self.flight.again(now).iter().cloned());
        }
        Ok(())
    }
}

fn to_dtls(profile: SrtpProfile) -> SrtpProtectionProfile {
    match profile {
        SrtpProfile::AeadAes128Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        SrtpProfile::AeadAes256Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm,
        SrtpProfile::Aes128CmSha1_80 => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
    }
}

fn from_dtls(profile: SrtpProtectionProfile) -> Option<SrtpProfile> {
    match profile {
        SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => Some(SrtpProfile::AeadAes128Gcm),
        SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm => Some(SrtpProfile::AeadAes256Gcm),
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => Some(SrtpProfile::Aes128CmSha1_80),
        _ => None,
    }
}
