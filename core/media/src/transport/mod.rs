//! One connection to a bridge: ICE, DTLS, SRTP, SCTP and the bridge's data channel, composed from the webrtc family
//! without SDP (docs/adr/0001).
//!
//! In: datagrams with their addresses, the time, packets and texts to send. Out: datagrams to send, the next
//! deadline, opened packets, texts and the connection's fate. Sockets are the caller's. After every call drain
//! [`Transport::poll_transmit`] and [`Transport::poll_event`], then ask [`Transport::poll_timeout`].

mod certificate;
mod channel;
mod dtls;
mod flight;
mod ice;
mod srtp;
mod stun;
mod types;

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_crypto::RTCCryptoProvider;

pub use certificate::Certificate;
pub use types::{
    Candidate, CandidateKind, Datagram, LocalTransport, RemoteTransport, Role, SrtpProfile, TransportConfig,
    TransportError, TransportEvent, TransportStats,
};

use crate::codec::Ssrc;
use certificate::{Fingerprint, provider};
use channel::{Channel, ChannelEvent};
use dtls::{Dtls, DtlsEvent};
use ice::{Ice, IceEvent, IceRefusal};
use srtp::{Refusal, Srtp};

/// A connection to the other end. See the module for how to drive it.
pub struct Transport {
    config: TransportConfig,
    provider: Arc<dyn RTCCryptoProvider>,
    ice: Ice,
    dtls: Option<Dtls>,
    srtp: Option<Srtp>,
    channel: Option<Channel>,
    signalled: BTreeSet<Ssrc>,
    outgoing: VecDeque<Datagram>,
    events: VecDeque<TransportEvent>,
    stats: TransportStats,
    failed: bool,
}

impl Transport {
    /// Sets up this end. Nothing is sent before [`Self::set_remote`].
    ///
    /// # Errors
    /// If an address cannot be a candidate or the cryptography library has no randomness.
    pub fn new(now: Instant, config: TransportConfig) -> Result<Self, TransportError> {
        let provider = provider()?;
        let ice = Ice::new(now, config.role, &config.local_addrs, config.patience, provider.clone())?;
        let channel = config.sctp_port.map(|port| Channel::new(config.role, port));
        Ok(Self {
            config,
            provider,
            ice,
            dtls: None,
            srtp: None,
            channel,
            signalled: BTreeSet::new(),
            outgoing: VecDeque::new(),
            events: VecDeque::new(),
            stats: TransportStats::default(),
            failed: false,
        })
    }

    /// What signalling must tell the other end.
    pub fn local(&self) -> LocalTransport {
        let (ufrag, pwd) = self.ice.credentials();
        LocalTransport {
            ufrag,
            pwd,
            fingerprint: self.config.certificate.fingerprint(),
            candidates: self.ice.candidates(),
        }
    }

    /// What signalling told about the other end; starts connecting. Only the first call counts.
    ///
    /// # Errors
    /// If the fingerprint or the credentials are malformed. Malformed candidates are skipped.
    pub fn set_remote(&mut self, now: Instant, remote: RemoteTransport) -> Result<(), TransportError> {
        if self.dtls.is_some() {
            return Ok(());
        }
        let expected = Fingerprint::parse(&remote.fingerprint)?;
        let dtls = Dtls::new(
            self.config.role,
            &self.config.certificate,
            &self.config.srtp_profiles,
            expected,
            self.provider.clone(),
        )?;
        self.ice.start(now, remote.ufrag, remote.pwd)?;
        for candidate in &remote.candidates {
            // One bad address must not cost the others.
            let _ = self.ice.add_remote(candidate);
        }
        self.dtls = Some(dtls);
        self.handle_timeout(now);
        Ok(())
    }

    /// A further address of the other end.
    ///
    /// # Errors
    /// If it cannot be a candidate.
    pub fn add_remote_candidate(
        &mut self,
        now: Instant,
        candidate: &Candidate,
    ) -> Result<(), TransportError> {
        self.ice.add_remote(candidate)?;
        self.handle_timeout(now);
        Ok(())
    }

    /// Takes a datagram that `local`, one of the caller's sockets, got from `remote`.
    pub fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, bytes: BytesMut) {
        if self.failed {
            return;
        }
        self.stats.datagrams_received += 1;
        self.stats.bytes_received += bytes.len() as u64;
        // RFC 7983 §7.
        match bytes.first() {
            Some(0..=3) => match self.ice.handle_stun(now, local, remote, bytes) {
                Ok(()) => {}
                Err(IceRefusal::Malformed) => self.stats.dropped_malformed += 1,
                Err(IceRefusal::RoleConflict) => self.stats.dropped_role_conflict += 1,
                Err(IceRefusal::Refused) => self.stats.dropped_stun += 1,
            },
            Some(20..=63 | 128..=191) if !self.ice.admits(now, local, remote) => {
                self.stats.dropped_unknown_address += 1;
            }
            Some(20..=63) => self.read_dtls(now, bytes),
            Some(128..=191) => {
                self.open_media(&bytes);
                // Media changes nothing else: no need to look at the other layers.
                return;
            }
            _ => self.stats.dropped_malformed += 1,
        }
        self.pump(now);
    }

    /// The caller's clock. Early calls do no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.failed {
            return;
        }
        self.ice.handle_timeout(now);
        if let Some(Err(error)) = self.dtls.as_mut().map(|dtls| dtls.handle_timeout(now)) {
            self.fail(error);
            return;
        }
        if let Some(channel) = &mut self.channel {
            channel.handle_timeout(now);
        }
        self.pump(now);
    }

    /// When to call [`Self::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.failed {
            return None;
        }
        let dtls = self.dtls.as_ref().and_then(Dtls::poll_timeout);
        let channel = self.channel.as_ref().and_then(Channel::poll_timeout);
        [self.ice.poll_timeout(), dtls, channel].into_iter().flatten().min()
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Datagram> {
        let datagram = self.outgoing.pop_front()?;
        self.stats.datagrams_sent += 1;
        self.stats.bytes_sent += datagram.bytes.len() as u64;
        Some(datagram)
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }

    /// Protects and sends one RTP packet. Start sequence numbers below 32768, or a receiver that meets reordering at
    /// the first wrap guesses the wrong roll-over.
    ///
    /// # Errors
    /// If there is no connection, or the packet is none.
    pub fn send_rtp(&mut self, packet: &[u8]) -> Result<(), TransportError> {
        let srtp = self.srtp.as_mut().ok_or(TransportError::NotConnected)?;
        let bytes = srtp.protect_rtp(packet)?;
        self.send(bytes)
    }

    /// Protects and sends one compound RTCP packet.
    ///
    /// # Errors
    /// If there is no connection, or the packet is none.
    pub fn send_rtcp(&mut self, packet: &[u8]) -> Result<(), TransportError> {
        let srtp = self.srtp.as_mut().ok_or(TransportError::NotConnected)?;
        let bytes = srtp.protect_rtcp(packet)?;
        self.send(bytes)
    }

    /// Sends a text over the bridge's data channel.
    ///
    /// # Errors
    /// If the channel is not open, or the text is longer than 256 KiB.
    pub fn send_message(&mut self, now: Instant, text: &str) -> Result<(), TransportError> {
        let channel = self.channel.as_mut().ok_or(TransportError::ChannelNotOpen)?;
        channel.send(now, text)?;
        self.pump(now);
        Ok(())
    }

    /// Lets RTP on this SSRC in: it was signalled.
    pub fn accept_ssrc(&mut self, ssrc: Ssrc) {
        self.signalled.insert(ssrc);
    }

    /// Shuts RTP on this SSRC out again.
    pub fn forget_ssrc(&mut self, ssrc: Ssrc) {
        self.signalled.remove(&ssrc);
    }

    /// The socket and the remote address in use, once there are.
    pub fn selected_pair(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.ice.path().map(|path| (path.local, path.remote))
    }

    /// Whether the path leads through a TURN server.
    pub fn relayed(&self) -> bool {
        self.ice.path().is_some_and(|path| path.relayed)
    }

    /// Whether media may flow.
    pub fn is_connected(&self) -> bool {
        self.srtp.is_some() && !self.failed
    }

    /// Whether the data channel carries messages.
    pub fn is_channel_open(&self) -> bool {
        self.channel.as_ref().is_some_and(Channel::is_open)
    }

    /// Counters so far.
    pub fn stats(&self) -> TransportStats {
        TransportStats { round_trip: self.ice.round_trip(), ..self.stats }
    }

    /// Round-trip time of the last connectivity check.
    pub fn round_trip(&self) -> Option<Duration> {
        self.ice.round_trip()
    }

    /// Says goodbye to the other end; drain [`Self::poll_transmit`] once more, then drop the transport.
    pub fn close(&mut self, now: Instant) {
        if self.failed {
            return;
        }
        if let Some(dtls) = &mut self.dtls {
            dtls.close(now);
        }
        self.flush_dtls();
        self.failed = true;
    }

    fn send(&mut self, bytes: BytesMut) -> Result<(), TransportError> {
        let path = self.ice.path().filter(|_| !self.failed).ok_or(TransportError::NotConnected)?;
        self.outgoing.push_back(Datagram { local: path.local, remote: path.remote, bytes });
        Ok(())
    }

    fn open_media(&mut self, bytes: &[u8]) {
        let Some(srtp) = &mut self.srtp else {
            self.stats.dropped_early += 1;
            return;
        };
        // RFC 5761 §4: RTCP packet types stand where RTP has marker and payload type.
        let is_rtcp = bytes.get(1).is_some_and(|second| (192..=223).contains(second));
        let opened = if is_rtcp {
            srtp.open_rtcp(bytes, self.provider.as_ref()).map(TransportEvent::Rtcp)
        } else {
            srtp.open_rtp(bytes, &self.signalled).map(TransportEvent::Rtp)
        };
        match opened {
            Ok(event) => self.events.push_back(event),
            Err(Refusal::Malformed) => self.stats.dropped_malformed += 1,
            Err(Refusal::Unsignalled) => self.stats.dropped_unsignalled += 1,
            Err(Refusal::Unauthentic) if is_rtcp => self.stats.dropped_srtcp += 1,
            Err(Refusal::Unauthentic) => self.stats.dropped_srtp += 1,
        }
    }

    fn read_dtls(&mut self, now: Instant, bytes: BytesMut) {
        let Some(dtls) = &mut self.dtls else {
            self.stats.dropped_dtls += 1;
            return;
        };
        let mut events = Vec::new();
        if dtls.read(now, bytes, &mut events).is_err() {
            self.stats.dropped_dtls += 1;
        }
        for event in events {
            match event {
                DtlsEvent::Established => self.establish(now),
                DtlsEvent::Data(packet) => {
                    if let Some(channel) = &mut self.channel {
                        channel.read(now, packet.freeze());
                    }
                }
                DtlsEvent::Failed(error) => self.fail(error),
            }
        }
    }

    fn establish(&mut self, now: Instant) {
        let Some(srtp) = self.dtls.as_ref().map(Dtls::srtp) else { return };
        match srtp {
            Ok(srtp) => {
                let profile = srtp.profile();
                self.srtp = Some(srtp);
                self.events.push_back(TransportEvent::Connected { profile, relayed: self.relayed() });
                if let Some(channel) = &mut self.channel {
                    channel.start(now);
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// Moves everything from layer to layer until all are quiet.
    fn pump(&mut self, now: Instant) {
        while let Some(event) = self.ice.poll_event(now) {
            match event {
                IceEvent::Selected => {
                    if let Some(Err(error)) = self.dtls.as_mut().map(|dtls| dtls.start(now)) {
                        self.fail(error);
                    }
                }
                IceEvent::Interrupted => self.events.push_back(TransportEvent::Interrupted),
                IceEvent::Resumed => self.events.push_back(TransportEvent::Resumed),
                IceEvent::Failed(error) => self.fail(error),
            }
            if self.failed {
                break;
            }
        }
        while let Some(datagram) = self.ice.poll_transmit() {
            self.outgoing.push_back(datagram);
        }
        if let Some(channel) = &mut self.channel {
            while let Some(event) = channel.poll_event() {
                self.events.push_back(match event {
                    ChannelEvent::Open => TransportEvent::ChannelOpen,
                    ChannelEvent::Message(text) => TransportEvent::ChannelMessage(text),
                    ChannelEvent::Closed => TransportEvent::ChannelClosed,
                });
            }
            if let Some(dtls) = &mut self.dtls {
                channel.transmit(now, |packet| dtls.write(now, packet));
            }
        }
        self.flush_dtls();
    }

    /// Sends what DTLS has to say along the path, or leaves it waiting for one.
    fn flush_dtls(&mut self) {
        let (Some(path), Some(dtls)) = (self.ice.path(), &mut self.dtls) else { return };
        while let Some(bytes) = dtls.poll_transmit() {
            self.outgoing.push_back(Datagram { local: path.local, remote: path.remote, bytes });
        }
    }

    fn fail(&mut self, error: TransportError) {
        if !self.failed {
            // A last alert may tell the other end why.
            self.flush_dtls();
            self.failed = true;
            self.events.push_back(TransportEvent::Failed(error));
        }
    }
}
