//! The network path: rtc-ice with its sharp edges covered.
//!
//! In: candidates, credentials, STUN datagrams, the time. Out: STUN datagrams, the chosen path and its fate. Sockets
//! and gathering are the caller's. Kept here because the agent does not: who may speak before integrity is checked,
//! how often it is woken, consent by answers alone (RFC 7675), and the last good path.

use std::net::{SocketAddr, SocketAddrV6};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_crypto::RTCCryptoProvider;
use rtc_ice::agent::agent_config::AgentConfig;
use rtc_ice::agent::{Agent, Event};
use rtc_ice::candidate::candidate_host::CandidateHostConfig;
use rtc_ice::candidate::candidate_peer_reflexive::CandidatePeerReflexiveConfig;
use rtc_ice::candidate::candidate_relay::CandidateRelayConfig;
use rtc_ice::candidate::candidate_server_reflexive::CandidateServerReflexiveConfig;
use rtc_ice::candidate::{Candidate as AgentCandidate, CandidateConfig, CandidateType};
use rtc_ice::state::ConnectionState;
use rtc_shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use sansio::Protocol;

use super::stun::{Verdict, inspect};
use super::{Candidate, CandidateKind, Datagram, Role, TransportError};

/// Between checks while there is no path yet, at first and after two seconds.
const CHECK_INTERVAL: Duration = Duration::from_millis(20);
const SLOW_CHECK_INTERVAL: Duration = Duration::from_millis(200);
const HURRY: Duration = Duration::from_secs(2);
/// A connected agent asks for every 200 ms; once a second does, for the battery.
const CONNECTED_INTERVAL: Duration = Duration::from_secs(1);
const KEEPALIVE: Duration = Duration::from_secs(2);
const INTERRUPTED_AFTER: Duration = Duration::from_secs(5);
/// On top of the above: whoever hears nothing for ten seconds asks for another session.
const FAILED_AFTER: Duration = Duration::from_secs(5);
/// How long the agent itself would wait: the clock for giving up is ours, since it has one for paths that broke and
/// for paths that never were.
const NEVER: Duration = Duration::from_secs(24 * 3600);
/// How long a relayed pair waits for a direct one before the controlling end takes it.
const RELAY_WAIT: Duration = Duration::from_millis(500);
/// RFC 7675 §5.1.
const CONSENT: Duration = Duration::from_secs(30);
/// The bridge answers only once it has heard of us from Jicofo, so a pair must not be given up for silence before
/// the whole attempt is.
const MAX_CHECKS: u16 = 1000;

/// What became of the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum IceEvent {
    Selected,
    Interrupted,
    Resumed,
    Failed(TransportError),
}

/// Why a datagram went no further.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum IceRefusal {
    Malformed,
    RoleConflict,
    Refused,
}

/// The pair of addresses in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    pub(super) relayed: bool,
}

/// One ICE agent with a single component.
pub(super) struct Ice {
    agent: Agent,
    role: Role,
    sockets: Vec<SocketAddr>,
    started: Option<Instant>,
    last_call: Instant,
    path: Option<Path>,
    patience: Duration,
    interrupted: Option<Instant>,
    answers: u64,
    last_answer: Instant,
    round_trip: Option<Duration>,
    /// When the agent wants to be called.
    wish: Option<Instant>,
}

impl Ice {
    /// An agent with one host candidate for each socket, the first preferred. It gives up when no path is found
    /// within `patience`.
    pub(super) fn new(
        now: Instant,
        role: Role,
        sockets: &[SocketAddr],
        patience: Duration,
        provider: Arc<dyn RTCCryptoProvider>,
    ) -> Result<Self, TransportError> {
        let config = AgentConfig {
            is_controlling: role == Role::Bridge,
            check_interval: CHECK_INTERVAL,
            keepalive_interval: Some(KEEPALIVE),
            disconnected_timeout: Some(INTERRUPTED_AFTER),
            failed_timeout: Some(NEVER),
            max_binding_requests: Some(MAX_CHECKS),
            // Clients reach a bridge through NATs as a rule: nothing better than the mapped address is to come.
            srflx_acceptance_min_wait: Some(Duration::ZERO),
            prflx_acceptance_min_wait: Some(Duration::ZERO),
            relay_acceptance_min_wait: Some(RELAY_WAIT),
            ..AgentConfig::default()
        };
        let mut agent = Agent::new(now, Arc::new(config), provider).map_err(refused)?;
        for (index, socket) in sockets.iter().enumerate() {
            let address = plain(*socket);
            let candidate = CandidateHostConfig {
                base_config: CandidateConfig {
                    network: "udp".to_owned(),
                    address: address.ip().to_string(),
                    port: address.port(),
                    component: 1,
                    priority: host_priority(index),
                    ..CandidateConfig::default()
                },
                ..CandidateHostConfig::default()
            };
            agent.add_local_candidate(candidate.new_candidate_host().map_err(refused)?).map_err(refused)?;
        }
        Ok(Self {
            agent,
            role,
            sockets: sockets.to_vec(),
            started: None,
            last_call: now,
            path: None,
            patience,
            interrupted: None,
            answers: 0,
            last_answer: now,
            round_trip: None,
            wish: None,
        })
    }

    /// User name fragment and password of this end.
    pub(super) fn credentials(&self) -> (String, String) {
        let credentials = self.agent.get_local_credentials();
        (credentials.ufrag.clone(), credentials.pwd.clone())
    }

    /// The candidates of this end.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        self.agent
            .get_local_candidates()
            .iter()
            .map(|candidate| Candidate {
                address: candidate.addr(),
                priority: candidate.priority(),
                foundation: candidate.foundation(),
                kind: CandidateKind::Host,
            })
            .collect()
    }

    /// Starts checking.
    pub(super) fn start(&mut self, now: Instant, ufrag: String, pwd: String) -> Result<(), TransportError> {
        self.started = Some(now);
        self.agent.start_connectivity_checks(now, self.role == Role::Bridge, ufrag, pwd).map_err(refused)
    }

    /// Adds an address of the other end, known before or only now.
    pub(super) fn add_remote(&mut self, candidate: &Candidate) -> Result<(), TransportError> {
        let candidate = to_agent(candidate)?;
        self.agent.add_remote_candidate(candidate).map_err(refused)?;
        self.wish = self.agent.poll_timeout();
        Ok(())
    }

    /// Takes a datagram that looks like STUN.
    pub(super) fn handle_stun(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: BytesMut,
    ) -> Result<(), IceRefusal> {
        match inspect(&bytes, self.role) {
            Verdict::Pass => {}
            Verdict::Malformed => return Err(IceRefusal::Malformed),
            Verdict::RoleConflict => return Err(IceRefusal::RoleConflict),
            Verdict::Indication => return Ok(()),
        }
        let message = TaggedBytesMut { now, transport: context(local, remote), message: bytes };
        let outcome = self.agent.handle_read(message).map_err(|_| IceRefusal::Refused);
        self.wish = self.agent.poll_timeout();
        outcome
    }

    /// Whether media and DTLS may come from `remote` to `local`.
    pub(super) fn admits(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) -> bool {
        self.agent.is_valid_non_stun_traffic(now, context(local, remote))
    }

    /// The path in use, kept through interruptions.
    pub(super) fn path(&self) -> Option<Path> {
        self.path
    }

    /// Round-trip time of the last answered check on the path.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// When to call [`Self::handle_timeout`].
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let started = self.started?;
        let work = if self.path.is_some() {
            Some(self.last_call + CONNECTED_INTERVAL)
        } else if self.last_call > started + HURRY {
            self.wish.map(|wish| wish.max(self.last_call + SLOW_CHECK_INTERVAL))
        } else {
            self.wish
        };
        [work, self.given_up_at()].into_iter().flatten().min()
    }

    /// Lets the agent work if its time has come.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_none_or(|deadline| deadline > now) {
            return;
        }
        self.last_call = now;
        // The agent's only error here would be mDNS, which is off.
        let _ = self.agent.handle_timeout(now);
        self.wish = self.agent.poll_timeout();
        if self.path.is_some() {
            self.measure(now);
        }
    }

    /// The next STUN datagram to send.
    pub(super) fn poll_transmit(&mut self) -> Option<Datagram> {
        let message = self.agent.poll_write()?;
        let local = self.socket(message.transport.local_addr);
        let remote = scoped(message.transport.peer_addr, local);
        Some(Datagram { local, remote, bytes: message.message })
    }

    /// What happened to the path.
    pub(super) fn poll_event(&mut self, now: Instant) -> Option<IceEvent> {
        while let Some(event) = self.agent.poll_event() {
            match event.event {
                Event::SelectedCandidatePairChange(local, remote) => {
                    let socket = self.socket(local.base_addr());
                    let relayed =
                        [local.candidate_type(), remote.candidate_type()].contains(&CandidateType::Relay);
                    let remote = scoped(remote.addr(), socket);
                    self.path = Some(Path { local: socket, remote, relayed });
                    self.last_answer = now;
                    self.last_call = now;
                    return Some(IceEvent::Selected);
                }
                Event::ConnectionStateChange(ConnectionState::Disconnected) => {
                    self.interrupted = Some(now);
                    return Some(IceEvent::Interrupted);
                }
                Event::ConnectionStateChange(ConnectionState::Connected) if self.interrupted.is_some() => {
                    self.interrupted = None;
                    return Some(IceEvent::Resumed);
                }
                _ => {}
            }
        }
        if self.given_up_at().is_some_and(|at| at <= now) {
            return Some(IceEvent::Failed(TransportError::NoPath));
        }
        let expired = self.path.is_some() && now.saturating_duration_since(self.last_answer) > CONSENT;
        expired.then_some(IceEvent::Failed(TransportError::ConsentExpired))
    }

    /// When the path counts as dead unless something is heard, or as not to be found.
    fn given_up_at(&self) -> Option<Instant> {
        match self.path {
            Some(_) => self.interrupted.map(|since| since + FAILED_AFTER),
            None => self.started.map(|started| started + self.patience),
        }
    }

    /// Reads from the agent whether our checks are still answered. Media alone is no consent: its source address can
    /// be forged.
    fn measure(&mut self, now: Instant) {
        let pairs = self.agent.get_candidate_pairs_stats(now);
        let Some(pair) = pairs.iter().find(|pair| pair.nominated) else { return };
        if pair.responses_received > self.answers {
            self.answers = pair.responses_received;
            self.last_answer = now;
            self.round_trip = Some(Duration::from_secs_f64(pair.current_round_trip_time.max(0.0)));
        }
    }

    /// The caller's socket with this address: the agent knows no IPv6 scopes.
    fn socket(&self, address: SocketAddr) -> SocketAddr {
        self.sockets.iter().copied().find(|socket| plain(*socket) == address).unwrap_or(address)
    }
}

fn refused(error: rtc_shared::error::Error) -> TransportError {
    TransportError::InvalidParameter(error.to_string())
}

fn context(local: SocketAddr, remote: SocketAddr) -> TransportContext {
    TransportContext {
        local_addr: plain(local),
        peer_addr: plain(remote),
        transport_protocol: TransportProtocol::UDP,
        ecn: None,
    }
}

/// RFC 8445 §5.1.2.1 with a local preference of its own for each socket.
fn host_priority(index: usize) -> u32 {
    let preference = u16::MAX - u16::try_from(index).unwrap_or(u16::MAX);
    (126 << 24) | (u32::from(preference) << 8) | 255
}

/// The address without IPv6 scope and flow label.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port())
}

/// A link-local address is only reachable through the interface of the socket.
fn scoped(remote: SocketAddr, local: SocketAddr) -> SocketAddr {
    match (remote, local) {
        (SocketAddr::V6(remote), SocketAddr::V6(local)) if remote.ip().is_unicast_link_local() => {
            SocketAddr::V6(SocketAddrV6::new(*remote.ip(), remote.port(), 0, local.scope_id()))
        }
        _ => remote,
    }
}

fn to_agent(candidate: &Candidate) -> Result<AgentCandidate, TransportError> {
    let base_config = CandidateConfig {
        network: "udp".to_owned(),
        address: candidate.address.ip().to_string(),
        port: candidate.address.port(),
        component: 1,
        priority: candidate.priority,
        foundation: candidate.foundation.clone(),
        ..CandidateConfig::default()
    };
    match candidate.kind {
        CandidateKind::Host => {
            CandidateHostConfig { base_config, ..CandidateHostConfig::default() }.new_candidate_host()
        }
        CandidateKind::ServerReflexive => {
            CandidateServerReflexiveConfig { base_config, ..CandidateServerReflexiveConfig::default() }
                .new_candidate_server_reflexive()
        }
        CandidateKind::PeerReflexive => {
            CandidatePeerReflexiveConfig { base_config, ..CandidatePeerReflexiveConfig::default() }
                .new_candidate_peer_reflexive()
        }
        CandidateKind::Relayed => {
            CandidateRelayConfig { base_config, ..CandidateRelayConfig::default() }.new_candidate_relay()
        }
    }
    .map_err(refused)
}
