//! What goes into a [`Transport`](super::Transport) and what comes out of it: configuration, the two descriptions
//! exchanged by signalling, datagrams, events, counters and errors.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;

use super::Certificate;

/// Which end of the connection this is. Roles are fixed by signalling and never negotiated on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The conference client: ICE controlled, DTLS active, opens the data channel.
    Client,
    /// The bridge: ICE controlling, DTLS passive, accepts the data channel.
    Bridge,
}

/// An SRTP protection profile (RFC 5764, RFC 7714).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SrtpProfile {
    /// `SRTP_AEAD_AES_128_GCM`, what the bridge prefers.
    AeadAes128Gcm,
    /// `SRTP_AEAD_AES_256_GCM`.
    AeadAes256Gcm,
    /// `SRTP_AES128_CM_HMAC_SHA1_80`, which everyone has.
    Aes128CmSha1_80,
}

/// How a transport is set up.
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// Which end this is.
    pub role: Role,
    /// What this end proves itself with; made ahead of the call.
    pub certificate: Certificate,
    /// The addresses of the caller's UDP sockets: one bound socket for each interface address, never `0.0.0.0`.
    /// The first is preferred.
    pub local_addrs: Vec<SocketAddr>,
    /// The port of the SCTP association, or nothing where signalling offered no data channel.
    pub sctp_port: Option<u16>,
    /// SRTP profiles, preferred first.
    pub srtp_profiles: Vec<SrtpProfile>,
    /// How long a path to the other end is looked for.
    pub patience: Duration,
}

impl TransportConfig {
    /// How long a path is looked for unless something else is set: a bridge answers within a fraction of a second
    /// of being told about us, or never.
    pub const PATIENCE: Duration = Duration::from_secs(15);

    /// The usual setup: a data channel on port 5000, both profiles every bridge knows, and the usual patience.
    pub fn new(role: Role, certificate: Certificate, local_addrs: Vec<SocketAddr>) -> Self {
        Self {
            role,
            certificate,
            local_addrs,
            sctp_port: Some(5000),
            srtp_profiles: vec![SrtpProfile::AeadAes128Gcm, SrtpProfile::Aes128CmSha1_80],
            patience: Self::PATIENCE,
        }
    }
}

/// Where an address came from (RFC 8445 §5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// An interface of the machine itself.
    Host,
    /// As a STUN server saw it.
    ServerReflexive,
    /// As the other end saw it.
    PeerReflexive,
    /// On a TURN server.
    Relayed,
}

/// One UDP address at which an end may be reached. Candidates of other protocols are left out by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The address.
    pub address: SocketAddr,
    /// Its priority; 0 lets the transport compute one.
    pub priority: u32,
    /// Its foundation; empty lets the transport compute one.
    pub foundation: String,
    /// Where it came from.
    pub kind: CandidateKind,
}

/// What signalling must tell the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTransport {
    /// The ICE user name fragment.
    pub ufrag: String,
    /// The ICE password.
    pub pwd: String,
    /// SHA-256 over the certificate: upper-case hex with colons.
    pub fingerprint: String,
    /// The host candidates of the given sockets.
    pub candidates: Vec<Candidate>,
}

/// What signalling told about the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTransport {
    /// The ICE user name fragment.
    pub ufrag: String,
    /// The ICE password.
    pub pwd: String,
    /// SHA-256 over the certificate: hex with colons, in any case.
    pub fingerprint: String,
    /// The candidates known so far; more may follow, and for a client there may be none at all.
    pub candidates: Vec<Candidate>,
}

impl From<LocalTransport> for RemoteTransport {
    fn from(local: LocalTransport) -> Self {
        Self {
            ufrag: local.ufrag,
            pwd: local.pwd,
            fingerprint: local.fingerprint,
            candidates: local.candidates,
        }
    }
}

/// A UDP datagram to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The socket to send it from, as given in [`TransportConfig::local_addrs`].
    pub local: SocketAddr,
    /// Where to.
    pub remote: SocketAddr,
    /// What.
    pub bytes: BytesMut,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportEvent {
    /// ICE found a path and DTLS proved who is there: media may flow.
    Connected {
        /// How media is protected.
        profile: SrtpProfile,
        /// The path leads through a TURN server.
        relayed: bool,
    },
    /// Nothing has been heard for five seconds. The path may come back by itself.
    Interrupted,
    /// The path came back.
    Resumed,
    /// An RTP packet on a signalled SSRC, authenticated and decrypted.
    Rtp(BytesMut),
    /// A compound RTCP packet, authenticated and decrypted.
    Rtcp(BytesMut),
    /// The bridge's data channel carries messages from now on.
    ChannelOpen,
    /// A text message from it.
    ChannelMessage(String),
    /// It is gone, for this transport for ever.
    ChannelClosed,
    /// The transport is dead; only a new one helps.
    Failed(TransportError),
}

/// Datagrams and bytes moved, and what was dropped for which reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransportStats {
    /// Datagrams taken from the sockets.
    pub datagrams_received: u64,
    /// Bytes in them.
    pub bytes_received: u64,
    /// Datagrams given to the sockets.
    pub datagrams_sent: u64,
    /// Bytes in them.
    pub bytes_sent: u64,
    /// Neither STUN, DTLS, RTP nor RTCP, or cut off in the header.
    pub dropped_malformed: u64,
    /// From an address ICE knows nothing about, or to a socket that is none of ours.
    pub dropped_unknown_address: u64,
    /// STUN that would have reversed the ICE roles: forged, or a broken peer.
    pub dropped_role_conflict: u64,
    /// STUN the ICE agent refused, such as checks with a wrong password.
    pub dropped_stun: u64,
    /// DTLS records nobody could use.
    pub dropped_dtls: u64,
    /// Media that came before there were keys.
    pub dropped_early: u64,
    /// RTP on SSRCs that were not signalled.
    pub dropped_unsignalled: u64,
    /// RTP that failed authentication or was a replay.
    pub dropped_srtp: u64,
    /// RTCP that failed authentication or was a replay.
    pub dropped_srtcp: u64,
    /// Round-trip time of the last connectivity check.
    pub round_trip: Option<Duration>,
}

impl TransportStats {
    /// All drops together.
    pub fn dropped(&self) -> u64 {
        self.dropped_malformed
            + self.dropped_unknown_address
            + self.dropped_role_conflict
            + self.dropped_stun
            + self.dropped_dtls
            + self.dropped_early
            + self.dropped_unsignalled
            + self.dropped_srtp
            + self.dropped_srtcp
    }
}

/// Why a transport could not be made, or died, or could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The cryptography library refused; the text is for the log.
    #[error("cryptography failed: {0}")]
    Crypto(String),
    /// The fingerprint is not 32 bytes of hex with colons.
    #[error("the fingerprint is not SHA-256 in hex with colons")]
    InvalidFingerprint,
    /// A parameter makes no sense to a protocol layer; the text is for the log.
    #[error("a transport parameter was refused: {0}")]
    InvalidParameter(String),
    /// No candidate pair answered, or the chosen one fell silent.
    #[error("no network path to the other end")]
    NoPath,
    /// The other end stopped agreeing to receive (RFC 7675).
    #[error("the other end no longer answers connectivity checks")]
    ConsentExpired,
    /// The certificate is not the one signalling announced: someone is in between.
    #[error("the other end's certificate does not match its fingerprint")]
    FingerprintMismatch,
    /// The DTLS handshake did not finish in time.
    #[error("the DTLS handshake timed out")]
    HandshakeTimedOut,
    /// The other end broke off the DTLS handshake, or it could not be completed; the text is for the log.
    #[error("the DTLS handshake was refused: {0}")]
    HandshakeRefused(String),
    /// No SRTP profile in common.
    #[error("no SRTP profile in common")]
    NoCommonProfile,
    /// The other end closed the connection in good order.
    #[error("the other end closed the connection")]
    ClosedByPeer,
    /// There is nothing to send over yet.
    #[error("not connected")]
    NotConnected,
    /// The data channel is not open.
    #[error("the data channel is not open")]
    ChannelNotOpen,
    /// A packet to send is none, or the data channel refused a message; the text is for the log.
    #[error("cannot be sent: {0}")]
    Unsendable(String),
}
