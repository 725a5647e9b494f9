//! One conference session with a bridge: a transport, what we send and what others send.
//!
//! In: datagrams, the time, Opus packets and encoded frames of ours, the sources of others as signalling names them.
//! Out: datagrams, Opus packets and complete frames of others, requests for key frames, the estimate of the path.
//! After every call drain [`Session::poll_transmit`] and [`Session::poll_event`], then ask
//! [`Session::poll_timeout`].

mod bandwidth;
mod chain;
mod history;
mod nack;
mod pacer;
mod rate;
mod receiver;
mod reception;
mod round_trip;
mod sender;
mod types;
mod wish;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use rtc_interceptor::Packet as ChainPacket;
use rtc_rtcp::header::PacketType;
use rtc_rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc_shared::marshal::Marshal;

pub use types::{
    AudioPacket, MediaConfig, ReceiveStats, RemoteMedia, SendLayer, SendStats, SessionConfig, SessionEvent,
    SessionStats,
};

use crate::audio::OpusPacket;
use crate::codec::{MediaKind, Negotiated, Ssrc};
use crate::frame::EncodedFrame;
use crate::rtp::RtpPacket;
use crate::transport::{Candidate, Datagram, LocalTransport, Transport, TransportError, TransportEvent};
use bandwidth::Bandwidth;
use chain::{Chain, Compound, Stream};
use receiver::Receiver;
use round_trip::RoundTrip;
use sender::{KeyframeOf, Random, Sender};
use wish::KeyframeWish;

/// What the path is believed to carry before anything is known, in bits per second: enough for the lower two
/// encodings at once.
pub const INITIAL_ESTIMATE: u64 = 1_000_000;
const MIN_ESTIMATE: f64 = 60_000.0;
const MAX_ESTIMATE: f64 = 10_000_000.0;
/// Bytes of RTCP in one datagram.
const MAX_COMPOUND: usize = 1100;
/// The estimate is told when it moved by a thirtieth, and at most so often.
const ESTIMATE_INTERVAL: Duration = Duration::from_millis(200);

/// A session. See the module for how to drive it.
pub struct Session {
    transport: Transport,
    negotiated: Negotiated,
    chain: Chain,
    sender: Sender,
    receiver: Receiver,
    round_trip: RoundTrip,
    bandwidth: Bandwidth,
    events: VecDeque<SessionEvent>,
    estimate_told: Option<(Instant, f64)>,
    camera_keyframe: KeyframeWish,
    screen_keyframe: KeyframeWish,
    random: Random,
    dropped_malformed: u64,
    deadline: Option<Instant>,
}

impl Session {
    /// Sets up a session and starts connecting.
    ///
    /// # Errors
    /// If the transport cannot be made of what is given.
    pub fn new(now: Instant, config: SessionConfig) -> Result<Self, TransportError> {
        let media = config.media();
        let mut transport = Transport::new(now, config.transport)?;
        transport.set_remote(now, config.remote)?;
        Ok(Self::over(now, transport, &media))
    }

    /// A session over a transport that was set up before.
    pub fn over(now: Instant, transport: Transport, media: &MediaConfig) -> Self {
        let mut random = Random(media.random_seed);
        let sender_ssrc = media.audio_ssrc.or_else(|| media.video.first().map(|layer| layer.ssrc));
        let sender_ssrc = sender_ssrc.map_or_else(|| random.next() as u32 | 1, |ssrc| ssrc.0);
        let estimate = INITIAL_ESTIMATE as f64;
        let extensions = [&media.negotiated.video_extensions, &media.negotiated.audio_extensions];
        let transport_cc = extensions.iter().find_map(|extensions| extensions.transport_cc);
        let mut session = Self {
            transport,
            negotiated: media.negotiated.clone(),
            chain: Chain::new(now),
            sender: Sender::new(media, &mut random, estimate),
            receiver: Receiver::new(media.negotiated.clone(), sender_ssrc),
            round_trip: RoundTrip::default(),
            bandwidth: Bandwidth::new(estimate, MIN_ESTIMATE, MAX_ESTIMATE, transport_cc),
            events: VecDeque::new(),
            estimate_told: None,
            camera_keyframe: KeyframeWish::default(),
            screen_keyframe: KeyframeWish::default(),
            random,
            dropped_malformed: 0,
            deadline: None,
        };
        if let Some(ssrc) = media.audio_ssrc {
            let stream = session.stream(ssrc, MediaKind::Audio);
            session.chain.bind_sending(stream);
        }
        for ssrc in media.video.iter().flat_map(|layer| [Some(layer.ssrc), layer.rtx]).flatten() {
            let stream = session.stream(ssrc, MediaKind::Video);
            session.chain.bind_sending(stream);
        }
        session.settle(now);
        session
    }

    /// What signalling must tell the other end about the transport.
    pub fn local(&self) -> LocalTransport {
        self.transport.local()
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
        self.transport.add_remote_candidate(now, candidate)?;
        self.settle(now);
        Ok(())
    }

    /// Takes a datagram that `local`, one of the caller's sockets, got from `remote`.
    pub fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, bytes: BytesMut) {
        self.transport.handle_datagram(now, local, remote, bytes);
        self.settle(now);
    }

    /// The caller's clock. Early calls do no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.transport.handle_timeout(now);
        self.chain.handle_timeout(now);
        self.settle(now);
    }

    /// When to call [`Self::handle_timeout`] next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadline
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Datagram> {
        self.transport.poll_transmit()
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<SessionEvent> {
        self.events.pop_front()
    }

    /// A source of somebody else was signalled. The bridge's own sources belong here too: its probes come on them.
    pub fn add_source(&mut self, media: RemoteMedia) {
        if let Some(replaced) = self.receiver.add(media) {
            self.shut_out(replaced);
        }
        let stream = self.stream(media.ssrc, media.kind);
        self.chain.bind_receiving(stream);
        self.transport.accept_ssrc(media.ssrc);
        if let Some(rtx) = media.rtx {
            self.transport.accept_ssrc(rtx);
        }
    }

    /// A source is gone.
    pub fn remove_source(&mut self, ssrc: Ssrc) {
        if let Some(removed) = self.receiver.remove(ssrc) {
            self.shut_out(removed);
        }
    }

    /// Whether the frames of a video source should be put together. At first none are.
    pub fn set_wanted(&mut self, ssrc: Ssrc, wanted: bool) {
        self.receiver.set_wanted(ssrc, wanted);
    }

    /// Asks the sender of a wanted video source for a key frame, now or as soon as it is polite.
    pub fn request_keyframe(&mut self, now: Instant, ssrc: Ssrc) {
        self.receiver.request_keyframe(ssrc);
        self.settle(now);
    }

    /// Sends a packet of our microphone. Before the connection is up it is dropped.
    pub fn send_audio(&mut self, now: Instant, opus: &OpusPacket) {
        if !self.transport.is_connected() {
            return;
        }
        if let Some(packet) = self.sender.audio(now, opus) {
            self.chain.send_rtp(now, packet);
        }
        self.settle(now);
    }

    /// Sends a frame of one of our encodings. Before the connection is up it is dropped.
    pub fn send_video(&mut self, now: Instant, frame: EncodedFrame) {
        if !self.transport.is_connected() {
            return;
        }
        self.sender.video(&frame);
        self.settle(now);
    }

    /// Takes on a shared screen as a further source of ours, or another one in its place, or gives it up. Each share wants
    /// SSRCs of its own: to receivers it is another stream.
    pub fn set_screen(&mut self, now: Instant, screen: Option<SendLayer>) {
        self.sender.set_screen(screen, &mut self.random);
        self.screen_keyframe = KeyframeWish::default();
        for ssrc in screen.iter().flat_map(|layer| [Some(layer.ssrc), layer.rtx]).flatten() {
            let stream = self.stream(ssrc, MediaKind::Video);
            self.chain.bind_sending(stream);
        }
        self.settle(now);
    }

    /// Sends a frame of our screen. Without one, and before the connection is up, it is dropped.
    pub fn send_screen(&mut self, now: Instant, frame: &EncodedFrame) {
        if !self.transport.is_connected() {
            return;
        }
        self.sender.screen(frame);
        self.settle(now);
    }

    /// Sends a message over the data channel. While that is not open it is dropped.
    pub fn send_message(&mut self, now: Instant, text: &str) {
        if let Err(error) = self.transport.send_message(now, text) {
            tracing::debug!("Dropped a message to the bridge: {error}.");
        }
        self.settle(now);
    }

    /// Whether media may flow.
    pub fn is_connected(&self) -> bool {
        self.transport.is_connected()
    }

    /// To the bridge and back, from RTCP if there is any, else from connectivity checks.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip.value().or_else(|| self.transport.round_trip())
    }

    /// Figures so far.
    pub fn stats(&mut self, now: Instant) -> SessionStats {
        SessionStats {
            round_trip: self.round_trip(),
            estimate: self.bandwidth.estimate() as u64,
            received: self.receiver.stats(),
            sent: self.sender.stats(now),
            dropped_malformed: self.dropped_malformed,
            transport: self.transport.stats(),
        }
    }

    /// What was thrown away so far: datagrams of whatever kind, and packets that were authentic and yet made no sense.
    pub fn dropped(&self) -> (u64, u64) {
        (self.transport.stats().dropped(), self.dropped_malformed)
    }

    /// Says goodbye to the other end; drain [`Self::poll_transmit`] once more, then drop the session.
    pub fn close(&mut self, now: Instant) {
        self.transport.close(now);
        self.deadline = None;
    }

    fn stream(&self, ssrc: Ssrc, kind: MediaKind) -> Stream {
        let (clock_rate, extensions) = match kind {
            MediaKind::Audio => (48_000, &self.negotiated.audio_extensions),
            MediaKind::Video => (90_000, &self.negotiated.video_extensions),
        };
        Stream { ssrc: ssrc.0, clock_rate, transport_cc: extensions.transport_cc }
    }

    fn shut_out(&mut self, media: RemoteMedia) {
        let stream = self.stream(media.ssrc, media.kind);
        self.chain.unbind_receiving(stream);
        self.transport.forget_ssrc(media.ssrc);
        if let Some(rtx) = media.rtx {
            self.transport.forget_ssrc(rtx);
        }
    }

    /// Moves everything along until all is quiet, and finds the next deadline.
    fn settle(&mut self, now: Instant) {
        while let Some(event) = self.transport.poll_event() {
            match event {
                TransportEvent::Rtp(bytes) => self.take_rtp(now, bytes.freeze()),
                TransportEvent::Rtcp(bytes) => self.take_rtcp(now, bytes.freeze()),
                TransportEvent::Connected { relayed, .. } => {
                    self.events.push_back(SessionEvent::Connected { relayed });
                }
                TransportEvent::Interrupted => self.events.push_back(SessionEvent::Interrupted),
                TransportEvent::Resumed => self.events.push_back(SessionEvent::Resumed),
                TransportEvent::ChannelOpen => self.events.push_back(SessionEvent::ChannelOpen),
                TransportEvent::ChannelMessage(text) => {
                    self.events.push_back(SessionEvent::ChannelMessage(text));
                }
                TransportEvent::ChannelClosed => self.events.push_back(SessionEvent::ChannelClosed),
                TransportEvent::Failed(error) => self.events.push_back(SessionEvent::Failed(error)),
            }
        }
        self.tell_keyframe_request(now);
        while let Some(packet) = self.sender.poll(now) {
            self.chain.send_rtp(now, packet);
        }
        let mut feedback = Compound::new();
        let round_trip = self.round_trip();
        self.receiver.work(now, round_trip, &mut self.events, &mut feedback);
        self.flush(now, feedback);
        self.deadline = [
            self.transport.poll_timeout(),
            self.chain.deadline(),
            self.receiver.deadline(),
            self.sender.deadline(now),
            self.camera_keyframe.deadline(),
            self.screen_keyframe.deadline(),
        ]
        .into_iter()
        .flatten()
        .min();
    }

    fn take_rtp(&mut self, now: Instant, bytes: Bytes) {
        match RtpPacket::parse(bytes) {
            Ok(packet) => {
                self.chain.saw_rtp(now, packet.to_rtc());
                self.receiver.packet(now, packet, &mut self.events);
            }
            Err(_) => self.dropped_malformed += 1,
        }
    }

    fn take_rtcp(&mut self, now: Instant, mut bytes: Bytes) {
        let Ok(compound) = rtc_rtcp::packet::unmarshal(&mut bytes) else {
            self.dropped_malformed += 1;
            return;
        };
        for packet in &compound {
            let packet = packet.as_any();
            if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
                let round_trip = self.round_trip();
                let numbers = nack::numbers(&nack.nacks);
                for again in self.sender.nacked(now, Ssrc(nack.media_ssrc), numbers, round_trip) {
                    self.chain.send_rtp(now, again);
                }
            } else if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
                self.keyframe_requested(now, [Ssrc(pli.media_ssrc)]);
            } else if let Some(fir) = packet.downcast_ref::<FullIntraRequest>() {
                self.keyframe_requested(now, fir.fir.iter().map(|entry| Ssrc(entry.ssrc)));
            } else if let Some(feedback) = packet.downcast_ref::<TransportLayerCc>() {
                self.bandwidth.feedback(now, feedback, self.round_trip());
                self.estimated(now);
            } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
                self.receiver.sender_reported(now, Ssrc(report.ssrc), report.ntp_time);
                self.reported(now, &report.reports);
            } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
                self.reported(now, &report.reports);
            }
        }
    }

    fn reported(&mut self, now: Instant, blocks: &[ReceptionReport]) {
        for block in blocks {
            if self.sender.reported(Ssrc(block.ssrc), block.fraction_lost) {
                self.round_trip.echoed(now, block);
            }
        }
    }

    fn keyframe_requested(&mut self, now: Instant, ssrcs: impl IntoIterator<Item = Ssrc>) {
        for ssrc in ssrcs {
            match self.sender.keyframe_requested(ssrc) {
                Some(KeyframeOf::Camera) => self.camera_keyframe.asked(now),
                Some(KeyframeOf::Screen) => self.screen_keyframe.asked(now),
                None => {}
            }
        }
    }

    fn tell_keyframe_request(&mut self, now: Instant) {
        if self.camera_keyframe.is_due(now) {
            self.events.push_back(SessionEvent::KeyframeRequested);
        }
        if self.screen_keyframe.is_due(now) {
            self.events.push_back(SessionEvent::ScreenKeyframeRequested);
        }
    }

    fn estimated(&mut self, now: Instant) {
        let estimate = self.bandwidth.estimate();
        self.sender.set_estimate(estimate);
        let worth_telling = self.estimate_told.is_none_or(|(at, told)| {
            let moved = (estimate - told).abs() > told / 30.0;
            moved && (estimate < told || now.saturating_duration_since(at) >= ESTIMATE_INTERVAL)
        });
        if worth_telling {
            self.estimate_told = Some((now, estimate));
            self.events.push_back(SessionEvent::Estimate { bps: estimate as u64 });
        }
    }

    /// Protects and sends what the chain and we have ready; all RTCP of one moment leaves together.
    fn flush(&mut self, now: Instant, mut feedback: Compound) {
        while let Some(packet) = self.chain.poll() {
            match packet {
                ChainPacket::Rtp(packet) => {
                    self.bandwidth.sent(now, &packet);
                    if let Ok(bytes) = packet.marshal() {
                        let _ = self.transport.send_rtp(&bytes);
                    }
                }
                ChainPacket::Rtcp(packets) => {
                    for packet in &packets {
                        if let Some(report) = packet.as_any().downcast_ref::<SenderReport>() {
                            self.round_trip.reported(now, report.ntp_time);
                        }
                    }
                    feedback.extend(packets);
                }
                _ => {}
            }
        }
        // RFC 3550 §6.1: a compound packet begins with a report.
        feedback.sort_by_key(|packet| match packet.header().packet_type {
            PacketType::SenderReport => 0,
            PacketType::ReceiverReport => 1,
            _ => 2,
        });
        let mut compound = Compound::new();
        let mut length = 0;
        for packet in feedback {
            let size = packet.marshal_size();
            if length + size > MAX_COMPOUND && !compound.is_empty() {
                self.send_compound(&std::mem::take(&mut compound));
                length = 0;
            }
            length += size;
            compound.push(packet);
        }
        self.send_compound(&compound);
    }

    fn send_compound(&mut self, compound: &Compound) {
        if compound.is_empty() {
            return;
        }
        if let Ok(bytes) = rtc_rtcp::packet::marshal(compound) {
            // Before the connection is up there is nobody to tell.
            let _ = self.transport.send_rtcp(&bytes);
        }
    }
}
