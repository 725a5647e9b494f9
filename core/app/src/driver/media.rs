//! The media session of a call: made for each offer, fed by the driver's sockets, freed when the focus ends it.
//!
//! Signalling and media do not know each other; this is where a session description crosses from one to the other.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use tokio::net::UdpSocket;
use treff_media::codec::{
    HeaderExtensions, MediaKind, Negotiated, PayloadKind, PayloadType, Ssrc, VideoCodec,
};
use treff_media::session::{RemoteMedia, SendLayer, Session, SessionConfig, SessionEvent};
use treff_media::transport::{self, RemoteTransport, Role, TransportConfig};
use treff_signalling::{
    BridgeChannelKind, CandidateProtocol, EndpointId, LocalDescription, MediaDescription, RemoteSource,
    SessionDescription, SourceName,
};

use super::Driver;
use super::inputs::MediaSocket;
use super::recovery::Verdict;
use super::storage::random_u64;
use crate::door::error::UserError;
use crate::door::event::{EndReason, Event};
use crate::door::snapshot::ConnectionState;

/// Simulcast encodings of a camera.
const LAYERS: usize = 3;

pub(super) struct Media {
    pub(super) session: Session,
    pub(super) connected: bool,
    pub(super) negotiated: Negotiated,
    pub(super) sources: BTreeMap<SourceName, Source>,
    pub(super) names: BTreeMap<Ssrc, SourceName>,
}

/// A source somebody sends in this session.
pub(super) struct Source {
    pub(super) owner: EndpointId,
    pub(super) kind: MediaKind,
    pub(super) ssrc: Ssrc,
}

impl Driver {
    /// Answers an offer: sockets, a session, the description of our side.
    pub(super) fn session_offered(&mut self, now: Instant, offer: &SessionDescription) {
        self.outlet.tell(&Event::OfferReceived);
        self.close_session();
        let Some(certificate) = self.certificate.clone() else { return };
        let addresses = usable_addresses(&self.platform.network.addresses(), offer);
        self.inputs.media = addresses.into_iter().filter_map(|address| bind(address).ok()).collect();
        let negotiated = self.negotiate(offer);
        let sctp = offer.bridge_channel == Some(BridgeChannelKind::Sctp);
        let mut transport = TransportConfig::new(
            Role::Client,
            certificate,
            self.inputs.media.iter().map(|socket| socket.address).collect(),
        );
        transport.sctp_port = offer.transport.sctp_port.filter(|_| sctp);
        transport.patience = self.config.media_patience.unwrap_or(TransportConfig::PATIENCE);
        let ssrcs: Vec<Ssrc> = (0..=2 * LAYERS).map(|_| random_ssrc()).collect();
        let (audio, video) = (ssrcs[0], &ssrcs[1..]);
        let layers: Vec<SendLayer> =
            video.chunks_exact(2).map(|pair| SendLayer { ssrc: pair[0], rtx: Some(pair[1]) }).collect();
        let config = SessionConfig {
            transport,
            remote: remote_transport(offer),
            negotiated: negotiated.clone(),
            audio_ssrc: Some(audio),
            video: layers.clone(),
            random_seed: random_u64(),
        };
        let session = match Session::new(now, config) {
            Ok(session) => session,
            Err(error) => {
                tracing::error!("No media session could be made: {error}.");
                return self.end(now, EndReason::Failed { error: UserError::MediaFailed });
            }
        };
        let local = session.local();
        let answer = LocalDescription {
            ufrag: local.ufrag.clone(),
            pwd: local.pwd.clone(),
            fingerprint: local.fingerprint.clone(),
            // The bridge finds us by our checks, so that no address of this device is ever written down.
            candidates: Vec::new(),
            audio: accepted(&offer.audio, &negotiated),
            video: accepted(&offer.video, &negotiated),
            sctp,
            audio_ssrc: Some(signalled(audio)),
            video_ssrcs: layers.iter().map(|layer| signalled(layer.ssrc)).collect(),
            video_rtx: layers.iter().filter_map(|layer| layer.rtx).map(signalled).collect(),
        };
        self.with_live(|live| {
            live.conference.accept_session(now, &offer.sid, answer);
            live.media = Some(Media {
                session,
                connected: false,
                negotiated,
                sources: BTreeMap::new(),
                names: BTreeMap::new(),
            });
            live.figures.start(now);
        });
        self.start_loudspeaker();
        self.sources_added(now, &offer.sources);
        if offer.start_audio_muted {
            self.microphone_off();
        }
        if offer.start_video_muted {
            self.camera_off();
        }
    }

    /// What both sides can do, in the offer's numbers.
    fn negotiate(&self, offer: &SessionDescription) -> Negotiated {
        let decodable = &self.platform.codecs.decode;
        let mut payload_types = Vec::new();
        for offered in offer.audio.payload_types.iter().chain(&offer.video.payload_types) {
            let kind = match offered.name.to_ascii_lowercase().as_str() {
                "opus" => PayloadKind::Opus,
                "rtx" => match offered.parameter("apt").and_then(|apt| apt.trim().parse().ok()) {
                    Some(associated) => PayloadKind::Rtx { associated },
                    None => continue,
                },
                name => match name.parse::<VideoCodec>() {
                    Ok(codec) if decodable.contains(&codec) => PayloadKind::Video(codec),
                    _ => continue,
                },
            };
            payload_types.push(PayloadType { number: offered.id, kind });
        }
        let known: Vec<u8> = payload_types.iter().map(|p| p.number).collect();
        payload_types.retain(|p| match p.kind {
            PayloadKind::Rtx { associated } => known.contains(&associated),
            _ => true,
        });
        Negotiated {
            payload_types,
            audio_extensions: extensions(&offer.audio),
            video_extensions: extensions(&offer.video),
        }
    }

    pub(super) fn sources_added(&mut self, now: Instant, added: &[RemoteSource]) {
        let voices = added.iter().filter(|source| source.kind == treff_signalling::MediaKind::Audio);
        for (source, ssrc) in voices.filter_map(|source| Some((source, source.ssrcs.first()?))) {
            self.platform.audio.name_speaker(Ssrc(ssrc.0), source.owner.as_str());
        }
        let volumes: BTreeMap<String, f32> =
            self.outlet.state.participants.iter().map(|p| (p.endpoint.clone(), p.volume)).collect();
        self.with_live(|live| {
            for source in added {
                let Some(media) = &mut live.media else { return };
                let Some(&primary) = source.ssrcs.first() else { continue };
                let ssrc = Ssrc(primary.0);
                let kind = match source.kind {
                    treff_signalling::MediaKind::Audio => MediaKind::Audio,
                    treff_signalling::MediaKind::Video => MediaKind::Video,
                };
                let rtx = source.rtx.get(&primary).map(|rtx| Ssrc(rtx.0));
                media.session.add_source(RemoteMedia { ssrc, rtx, kind });
                // The bridge's own carry only probes: they count for transport-cc, and nobody draws or plays them.
                if source.owner.is_bridge() {
                    continue;
                }
                media.names.insert(ssrc, source.name.clone());
                let owner = source.owner.clone();
                media.sources.insert(source.name.clone(), Source { owner, kind, ssrc });
                if kind == MediaKind::Audio
                    && let Some(loudspeaker) = &mut live.loudspeaker
                {
                    loudspeaker.add(ssrc);
                    if let Some(&gain) = volumes.get(source.owner.as_str()).filter(|gain| **gain != 1.0) {
                        loudspeaker.set_gain(ssrc, gain);
                    }
                }
            }
        });
        self.update_receiving(now);
    }

    pub(super) fn sources_removed(&mut self, now: Instant, removed: &[RemoteSource]) {
        for source in removed {
            self.remove_source(&source.name);
        }
        self.update_receiving(now);
    }

    /// Somebody left: their sources are gone without further notice.
    pub(super) fn owner_gone(&mut self, now: Instant, owner: &EndpointId) {
        let names: Option<Vec<SourceName>> = self.poll_live(|live| {
            let sources = live.media.as_ref()?.sources.iter();
            Some(sources.filter(|(_, source)| source.owner == *owner).map(|(name, _)| name.clone()).collect())
        });
        for name in names.unwrap_or_default() {
            self.remove_source(&name);
        }
        self.update_receiving(now);
    }

    fn remove_source(&mut self, name: &SourceName) {
        self.with_live(|live| {
            let Some(media) = &mut live.media else { return };
            let Some(source) = media.sources.remove(name) else { return };
            media.names.remove(&source.ssrc);
            media.session.remove_source(source.ssrc);
            live.receiving.close(name);
            if let Some(loudspeaker) = &mut live.loudspeaker
                && source.kind == MediaKind::Audio
            {
                loudspeaker.remove(source.ssrc);
            }
        });
    }

    pub(super) fn session_terminated(&mut self, moving: bool) {
        self.close_session();
        if moving { self.outlet.lost() } else { self.outlet.found(ConnectionState::Joined) }
    }

    /// Frees the transport and what it fed. Renderers stay, so that tiles keep their last picture over a move.
    pub(super) fn close_session(&mut self) {
        self.inputs.media.clear();
        self.with_live(|live| {
            let Some(media) = live.media.take() else { return };
            live.figures.keep(&media.session);
            if let Some(loudspeaker) = &mut live.loudspeaker {
                for source in media.sources.values().filter(|source| source.kind == MediaKind::Audio) {
                    loudspeaker.remove(source.ssrc);
                }
            }
            live.sending.forget_session();
        });
    }

    pub(super) fn media_event(&mut self, now: Instant, event: SessionEvent) {
        match event {
            SessionEvent::Connected { relayed } => {
                self.with_live(|live| {
                    if let Some(media) = &mut live.media {
                        media.connected = true;
                    }
                    live.recovery.connected();
                });
                self.outlet.tell(&Event::MediaConnected { transport: "udp".to_owned(), relayed });
                self.outlet.found(ConnectionState::Connected);
                self.update_sending(now);
            }
            SessionEvent::ChannelOpen => {
                self.with_live(|live| live.conference.bridge_opened(now, BridgeChannelKind::Sctp));
            }
            SessionEvent::ChannelMessage(text) => {
                self.with_live(|live| live.conference.bridge_message(now, &text));
            }
            SessionEvent::ChannelClosed => self.with_live(|live| live.conference.bridge_closed(now)),
            SessionEvent::Audio(packet) => self.audio_arrived(now, &packet),
            SessionEvent::Video { ssrc, frame } => self.frame_arrived(now, ssrc, frame),
            SessionEvent::KeyframeRequested => self.with_live(|live| live.sending.request_keyframe()),
            SessionEvent::ScreenKeyframeRequested => {
                self.with_live(|live| live.sending.request_screen_keyframe());
            }
            SessionEvent::Estimate { bps } => {
                self.with_live(|live| live.sending.estimate = Some(bps));
                self.update_sending(now);
            }
            SessionEvent::Interrupted => self.outlet.lost(),
            SessionEvent::Resumed => self.outlet.found(ConnectionState::Connected),
            SessionEvent::Failed(error) => {
                tracing::warn!("The media session failed: {error}.");
                self.session_failed(now);
            }
            _ => {}
        }
    }

    /// Asks the focus for a fresh session, a few times in a row.
    fn session_failed(&mut self, now: Instant) {
        if self.poll_live(|live| Some(live.recovery.failed())) == Some(Verdict::GiveUp) {
            self.close_session();
            self.leave(now);
            return self.end(now, EndReason::Failed { error: UserError::MediaFailed });
        }
        self.begin_media_again(now);
    }

    /// Closes the session and asks the focus for a fresh one.
    pub(super) fn begin_media_again(&mut self, now: Instant) {
        self.close_session();
        self.outlet.lost();
        self.with_live(|live| live.conference.restart_session(now));
    }

    /// Sends what the session has ready. A full socket drops the datagram, as any network may.
    pub(super) fn transmit(&mut self) {
        let Self { inputs, meeting, .. } = self;
        let Some(live) = meeting.as_mut().and_then(super::Meeting::live) else { return };
        let Some(media) = &mut live.media else { return };
        while let Some(datagram) = media.session.poll_transmit() {
            let socket = inputs.media.iter().find(|socket| socket.address == datagram.local);
            if let Some(socket) = socket
                && let Err(error) = socket.socket.try_send_to(&datagram.bytes, datagram.remote)
            {
                tracing::trace!("A datagram did not leave: {error}.");
            }
        }
    }
}

/// One socket an address: ICE has to know from where each datagram leaves.
fn bind(ip: IpAddr) -> io::Result<MediaSocket> {
    let socket = std::net::UdpSocket::bind(SocketAddr::new(ip, 0))?;
    socket.set_nonblocking(true)?;
    let address = socket.local_addr()?;
    Ok(MediaSocket { socket: UdpSocket::from_std(socket)?, address })
}

/// Addresses of the families the bridge offers. Loopback serves only a bridge on this very machine.
fn usable_addresses(all: &[IpAddr], offer: &SessionDescription) -> Vec<IpAddr> {
    let remote: Vec<IpAddr> = offer.transport.candidates.iter().filter_map(|c| c.ip.parse().ok()).collect();
    let on_this_machine = remote.iter().any(IpAddr::is_loopback);
    let link_local = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    let mut usable: Vec<IpAddr> = all
        .iter()
        .copied()
        .filter(|ip| remote.iter().any(|other| other.is_ipv4() == ip.is_ipv4()))
        .filter(|ip| !link_local(ip) && !ip.is_unspecified() && (on_this_machine || !ip.is_loopback()))
        .collect();
    usable.sort_unstable();
    usable.dedup();
    usable
}

fn remote_transport(offer: &SessionDescription) -> RemoteTransport {
    let candidates = offer.transport.candidates.iter().filter(|c| c.protocol == CandidateProtocol::Udp);
    let candidates = candidates.filter_map(|candidate| {
        Some(transport::Candidate {
            address: SocketAddr::new(candidate.ip.parse().ok()?, candidate.port),
            priority: candidate.priority,
            foundation: candidate.foundation.clone(),
            kind: match candidate.kind {
                treff_signalling::CandidateKind::Host => transport::CandidateKind::Host,
                treff_signalling::CandidateKind::PeerReflexive => transport::CandidateKind::PeerReflexive,
                treff_signalling::CandidateKind::Relayed => transport::CandidateKind::Relayed,
                _ => transport::CandidateKind::ServerReflexive,
            },
        })
    });
    RemoteTransport {
        ufrag: offer.transport.ufrag.clone(),
        pwd: offer.transport.pwd.clone(),
        fingerprint: offer.transport.fingerprint.value.clone(),
        candidates: candidates.collect(),
    }
}

fn extensions(offered: &MediaDescription) -> HeaderExtensions {
    let id = |uri: &str| offered.header_extensions.iter().find(|e| e.uri == uri).map(|e| e.id);
    HeaderExtensions {
        audio_level: id("urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
        transport_cc: id("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"),
        abs_send_time: id("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"),
        dependency_descriptor: id(
            "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
        ),
    }
}

/// The part of an offered medium that we understand, in the offer's numbers and order.
fn accepted(offered: &MediaDescription, negotiated: &Negotiated) -> MediaDescription {
    let known = [&negotiated.audio_extensions, &negotiated.video_extensions];
    let understood = |id: u8| {
        known.iter().any(|e| {
            [e.audio_level, e.transport_cc, e.abs_send_time, e.dependency_descriptor].contains(&Some(id))
        })
    };
    MediaDescription {
        payload_types: offered
            .payload_types
            .iter()
            .filter(|p| negotiated.kind(p.id).is_some())
            .cloned()
            .collect(),
        header_extensions: offered.header_extensions.iter().filter(|e| understood(e.id)).cloned().collect(),
    }
}

pub(super) fn signalled(ssrc: Ssrc) -> treff_signalling::Ssrc {
    treff_signalling::Ssrc(ssrc.0)
}

/// Never zero, which Jicofo refuses.
pub(super) fn random_ssrc() -> Ssrc {
    Ssrc((random_u64() as u32).max(1))
}
