//! The family's interceptors that a session uses, as one object: transport-wide numbers on what we send, feedback on
//! those of what we receive, and sender reports.
//!
//! In: every RTP packet received and sent. Out: packets to send. NACK, retransmission, receiver reports and pacing are
//! ours; their modules say why.

use std::time::{Duration, Instant};

use rtc_interceptor::{
    AttributedPacket, Interceptor, Packet, RTPHeaderExtension, Registry, SenderReportBuilder, Slot,
    StreamInfo, TaggedPacket, TwccReceiverBuilder, TwccSenderBuilder,
};
use rtc_shared::TransportContext;

const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
/// The receiver of transport-wide feedback asks for ten wake-ups a second, come what may. While nothing comes, one.
const IDLE: Duration = Duration::from_secs(1);

/// RTCP packets of one compound packet.
pub(super) type Compound = Vec<Box<dyn rtc_rtcp::packet::Packet>>;

/// A stream as the chain wants to know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    pub(super) ssrc: u32,
    pub(super) clock_rate: u32,
    pub(super) transport_cc: Option<u8>,
}

impl Stream {
    fn info(self) -> StreamInfo {
        let extension = self
            .transport_cc
            .map(|id| RTPHeaderExtension { uri: TRANSPORT_CC.to_owned(), id: u16::from(id) });
        StreamInfo {
            ssrc: self.ssrc,
            clock_rate: self.clock_rate,
            rtp_header_extensions: extension.into_iter().collect(),
            ..StreamInfo::default()
        }
    }
}

/// The interceptors in their order.
pub(super) struct Chain {
    inner: Box<dyn Interceptor>,
    busy: bool,
    last_call: Instant,
}

impl Chain {
    pub(super) fn new(now: Instant) -> Self {
        let inner = Registry::new()
            .with(Slot::TwccSender, TwccSenderBuilder::new().build())
            .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
            .with(Slot::SenderReport, SenderReportBuilder::new().build())
            .build();
        Self { inner: Box::new(inner), busy: false, last_call: now }
    }

    pub(super) fn bind_sending(&mut self, stream: Stream) {
        self.inner.bind_local_stream(&stream.info());
    }

    pub(super) fn bind_receiving(&mut self, stream: Stream) {
        self.inner.bind_remote_stream(&stream.info());
    }

    pub(super) fn unbind_receiving(&mut self, stream: Stream) {
        self.inner.unbind_remote_stream(&stream.info());
    }

    /// Shows a received RTP packet. Nothing here keeps or changes it.
    pub(super) fn saw_rtp(&mut self, now: Instant, packet: rtc_rtp::packet::Packet) {
        self.busy = true;
        // The chain's own errors are logged by it; a packet is never worth more.
        let _ = self.inner.handle_read(tag(now, Packet::Rtp(packet)));
        while self.inner.poll_read().is_some() {}
    }

    /// Hands over an RTP packet that leaves now.
    pub(super) fn send_rtp(&mut self, now: Instant, packet: rtc_rtp::packet::Packet) {
        self.busy = true;
        let _ = self.inner.handle_write(tag(now, Packet::Rtp(packet)));
    }

    /// The next packet to protect and send.
    pub(super) fn poll(&mut self) -> Option<Packet> {
        self.inner.poll_write().map(|tagged| tagged.message.packet)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        // Awake for another reason: then this is done as well, and both sleep equally long.
        if self.inner.poll_timeout().is_some_and(|deadline| deadline <= now) {
            self.last_call = now;
            self.busy = false;
            let _ = self.inner.handle_timeout(now);
        }
    }

    pub(super) fn deadline(&mut self) -> Option<Instant> {
        let deadline = self.inner.poll_timeout()?;
        Some(if self.busy { deadline } else { deadline.max(self.last_call + IDLE) })
    }
}

fn tag(now: Instant, packet: Packet) -> TaggedPacket {
    TaggedPacket { now, transport: TransportContext::default(), message: AttributedPacket::new(packet) }
}
