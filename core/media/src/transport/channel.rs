//! The 'JVB data channel': one ordered, reliable stream of texts over SCTP over DTLS.
//!
//! In: SCTP packets from DTLS, texts to send, the time. Out: SCTP packets, texts, opening and closing. The client
//! dials; the bridge takes whichever channel comes first.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use rtc_datachannel::data_channel::{DataChannel, DataChannelConfig, DataChannelMessage};
use rtc_sctp::{
    Association, AssociationHandle, ClientConfig, DatagramEvent, Endpoint, EndpointConfig, Event, Payload,
    PayloadProtocolIdentifier, ReliabilityType, ServerConfig, StreamEvent, TransportConfig,
};
use rtc_shared::TransportProtocol;
use sansio::Protocol;

use super::dtls::PEER;
use super::{Role, TransportError};

const LABEL: &str = "JVB data channel";
const PROTOCOL: &str = "http://jitsi.org/protocols/colibri";
/// The client's only stream; even numbers belong to the DTLS client (RFC 8832 §6).
const STREAM: u16 = 0;
/// Until the channel is open and both know it, the last packets are repeated this often. The family waits one, two, four seconds, and
/// squares its own doubling for data: at a fifth of all packets lost, opening took up to twenty.
const REPEAT: Duration = Duration::from_millis(200);
/// Far above any colibri message.
const MAX_MESSAGE: usize = 256 * 1024;

/// What happened on the channel.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChannelEvent {
    Open,
    Message(String),
    Closed,
}

/// The association with its single channel.
pub(super) struct Channel {
    endpoint: Endpoint,
    config: TransportConfig,
    association: Option<(AssociationHandle, Association)>,
    channel: Option<DataChannel>,
    dials: bool,
    open: bool,
    /// Open, and what it took was acknowledged.
    settled: bool,
    closed: bool,
    last: Vec<Bytes>,
    repeat_at: Option<Instant>,
    events: VecDeque<ChannelEvent>,
}

impl Channel {
    pub(super) fn new(role: Role, port: u16) -> Self {
        let config = TransportConfig::default().with_sctp_port(port);
        let dials = role == Role::Client;
        let server = (!dials).then(|| Arc::new(ServerConfig::new(config.clone())));
        let endpoint =
            Endpoint::new(PEER, TransportProtocol::UDP, Arc::new(EndpointConfig::default()), server);
        Self {
            endpoint,
            config,
            association: None,
            channel: None,
            dials,
            open: false,
            settled: false,
            closed: false,
            last: Vec::new(),
            repeat_at: None,
            events: VecDeque::new(),
        }
    }

    /// DTLS is up: the client begins.
    pub(super) fn start(&mut self, now: Instant) {
        if self.dials && self.association.is_none() {
            match self.endpoint.connect(now, ClientConfig::new(self.config.clone()), PEER) {
                Ok(association) => self.association = Some(association),
                Err(_) => self.lose(),
            }
        }
    }

    /// Takes an SCTP packet.
    pub(super) fn read(&mut self, now: Instant, packet: Bytes) {
        match self.endpoint.handle(now, PEER, None, packet) {
            Some((_, DatagramEvent::AssociationEvent(event))) => {
                if let Some((_, association)) = &mut self.association {
                    association.handle_event(event);
                }
            }
            Some((handle, DatagramEvent::NewAssociation(association))) if self.association.is_none() => {
                self.association = Some((handle, association));
            }
            _ => {}
        }
        self.work(now);
    }

    /// Queues a text.
    pub(super) fn send(&mut self, now: Instant, text: &str) -> Result<(), TransportError> {
        let Some(channel) = self.channel.as_mut().filter(|_| self.open) else {
            return Err(TransportError::ChannelNotOpen);
        };
        let message = DataChannel::get_data_channel_message(true, BytesMut::from(text));
        channel.handle_write(message).map_err(|error| TransportError::Unsendable(error.to_string()))?;
        self.flush(now)
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn poll_event(&mut self) -> Option<ChannelEvent> {
        self.events.pop_front()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let association = self.association.as_ref().and_then(|(_, association)| association.poll_timeout());
        [association, self.repeat_at].into_iter().flatten().min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if let Some((_, association)) = &mut self.association
            && association.poll_timeout().is_some_and(|deadline| deadline <= now)
        {
            association.handle_timeout(now);
            self.work(now);
        }
    }

    /// Gives every waiting SCTP packet to `sink`, and until the channel is settled the last ones again and again:
    /// repetitions say nothing new to either end (RFC 9260 §5.2).
    pub(super) fn transmit(&mut self, now: Instant, mut sink: impl FnMut(&[u8])) {
        let Some((_, association)) = self.association.as_mut().filter(|_| !self.closed) else {
            self.repeat_at = None;
            return;
        };
        let mut packets = Vec::new();
        while let Some(message) = association.poll_transmit(now) {
            if let Payload::RawEncode(encoded) = message.message {
                packets.extend(encoded);
            }
        }
        packets.iter().for_each(|packet| sink(packet));
        let unheard = |association: &mut Association| {
            association
                .stream(STREAM)
                .and_then(|stream| stream.buffered_amount())
                .is_ok_and(|bytes| bytes > 0)
        };
        self.settled |= self.open && !unheard(association);
        if self.settled {
            (self.last, self.repeat_at) = (Vec::new(), None);
        } else if !packets.is_empty() {
            (self.last, self.repeat_at) = (packets, Some(now + REPEAT));
        } else if self.repeat_at.is_some_and(|due| due <= now) {
            self.last.iter().for_each(|packet| sink(packet));
            self.repeat_at = Some(now + REPEAT);
        }
    }

    /// Follows the association's events.
    fn work(&mut self, now: Instant) {
        loop {
            let Some((handle, association)) = &mut self.association else { return };
            let handle = *handle;
            while let Some(event) = association.poll_endpoint_event() {
                self.endpoint.handle_event(handle, event);
            }
            let Some(event) = association.poll() else { break };
            match event {
                Event::Connected if self.dials => self.dial(handle),
                Event::HandshakeFailed { .. } | Event::AssociationLost { .. } => {
                    self.lose();
                    return;
                }
                Event::Stream(StreamEvent::Opened { .. }) => while association.accept_stream().is_some() {},
                Event::Stream(StreamEvent::Readable { id }) => self.drain(id),
                Event::Stream(StreamEvent::Stopped { id, .. } | StreamEvent::Finished { id })
                    if self.channel.as_ref().is_some_and(|channel| channel.stream_identifier() == id) =>
                {
                    self.lose();
                    return;
                }
                _ => {}
            }
        }
        if self.flush(now).is_err() {
            self.lose();
        }
    }

    fn dial(&mut self, handle: AssociationHandle) {
        let Some((_, association)) = &mut self.association else { return };
        let config = DataChannelConfig {
            label: LABEL.to_owned(),
            protocol: PROTOCOL.to_owned(),
            ..DataChannelConfig::default()
        };
        let opened = association
            .open_stream(STREAM, PayloadProtocolIdentifier::Dcep)
            .and_then(|mut stream| stream.set_reliability_params(false, ReliabilityType::Reliable, 0))
            .and_then(|()| DataChannel::dial(config, handle.0, STREAM));
        match opened {
            Ok(channel) => self.channel = Some(channel),
            Err(_) => self.lose(),
        }
    }

    /// Reads everything waiting on a stream: the event comes once, however much there is.
    fn drain(&mut self, id: u16) {
        loop {
            let Some((handle, association)) = &mut self.association else { return };
            let Ok(mut stream) = association.stream(id) else { return };
            let Ok(Some(chunks)) = stream.read_sctp() else { return };
            let ppi = chunks.ppi;
            let Ok(payload) = chunks.to_payload(MAX_MESSAGE) else { continue };
            let handle = handle.0;
            self.take(handle, id, ppi, payload);
        }
    }

    fn take(&mut self, handle: usize, id: u16, ppi: PayloadProtocolIdentifier, payload: BytesMut) {
        match &mut self.channel {
            None if ppi == PayloadProtocolIdentifier::Dcep => {
                let config = DataChannelConfig::default();
                if let Ok(channel) = DataChannel::accept(config, handle, id, ppi, &payload) {
                    self.channel = Some(channel);
                }
            }
            Some(channel) if channel.stream_identifier() == id => match ppi {
                PayloadProtocolIdentifier::Dcep => {
                    let message = DataChannelMessage { ppi, payload, ..DataChannelMessage::default() };
                    // Unknown control messages are none of ours.
                    let _ = channel.handle_read(message);
                }
                PayloadProtocolIdentifier::String => match String::from_utf8(payload.into()) {
                    Ok(text) => self.events.push_back(ChannelEvent::Message(text)),
                    Err(_) => tracing::debug!("Dropped a bridge message that is no UTF-8."),
                },
                PayloadProtocolIdentifier::StringEmpty => {
                    self.events.push_back(ChannelEvent::Message(String::new()));
                }
                _ => {}
            },
            _ => {}
        }
        self.notice_opening();
    }

    fn notice_opening(&mut self) {
        let complete = self.channel.as_ref().is_some_and(DataChannel::is_handshake_complete);
        if complete && !self.open && !self.closed {
            self.open = true;
            // A text may overtake the acknowledgement only in our own queue.
            self.events.push_front(ChannelEvent::Open);
        }
    }

    /// Moves what the data channel wants to say into its stream.
    fn flush(&mut self, now: Instant) -> Result<(), TransportError> {
        let (Some((_, association)), Some(channel)) = (&mut self.association, &mut self.channel) else {
            return Ok(());
        };
        while let Some(message) = channel.poll_write() {
            association
                .stream(message.stream_id)
                .and_then(|mut stream| {
                    stream.write_chunk_with_ppi(now, &message.payload.freeze(), message.ppi)
                })
                .map_err(|error| TransportError::Unsendable(error.to_string()))?;
        }
        Ok(())
    }

    fn lose(&mut self) {
        self.association = None;
        self.channel = None;
        self.open = false;
        if !self.closed {
            self.closed = true;
            self.events.push_back(ChannelEvent::Closed);
        }
    }
}
