//! A meeting that is being joined or held: the signalling machine, the media session and what flows between them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::BytesMut;
use treff_deployment::Deployment;
use treff_media::session::SessionEvent;
use treff_signalling::{Conference, EndpointId, Participant};

use super::devices::OwnFrame;
use super::figures::Figures;
use super::media::Media;
use super::quality::QualityMeter;
use super::receiving::Receiving;
use super::recovery::Recovery;
use super::sending::Sending;
use crate::audio::Loudspeaker;
use crate::net::ConnectError;

pub(super) struct Live {
    pub(super) conference: Conference,
    pub(super) deployment: Deployment,
    /// Ourselves, once in the room.
    pub(super) me: Option<EndpointId>,
    /// Everyone in the room, hidden ones included.
    pub(super) people: BTreeMap<EndpointId, Participant>,
    pub(super) media: Option<Media>,
    pub(super) receiving: Receiving,
    pub(super) sending: Sending,
    pub(super) recovery: Recovery,
    pub(super) loudspeaker: Option<Loudspeaker>,
    pub(super) figures: Figures,
    pub(super) quality: QualityMeter,
    /// Why the last signalling connection failed: more precise than what the machine can know.
    pub(super) connect_error: Option<ConnectError>,
    /// We are leaving, and give up waiting for the server at this time.
    pub(super) closing_until: Option<Instant>,
}

impl Live {
    pub(super) fn new(conference: Conference, deployment: Deployment) -> Self {
        Self {
            sending: Sending::new(&deployment),
            conference,
            deployment,
            me: None,
            people: BTreeMap::new(),
            media: None,
            receiving: Receiving::default(),
            recovery: Recovery::default(),
            loudspeaker: None,
            figures: Figures::default(),
            quality: QualityMeter::default(),
            connect_error: None,
            closing_until: None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let media = self.media.as_ref().and_then(|media| media.session.poll_timeout());
        let figures = self.media.as_ref().and_then(|_| self.figures.due());
        [self.conference.poll_timeout(), media, figures, self.closing_until].into_iter().flatten().min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.conference.poll_timeout().is_some_and(|due| due <= now) {
            self.conference.handle_timeout(now);
        }
        if let Some(media) = &mut self.media
            && media.session.poll_timeout().is_some_and(|due| due <= now)
        {
            media.session.handle_timeout(now);
        }
    }

    pub(super) fn handle_datagram(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: BytesMut,
    ) {
        if let Some(media) = &mut self.media {
            media.session.handle_datagram(now, local, remote, bytes);
        }
    }

    pub(super) fn poll_media_event(&mut self) -> Option<SessionEvent> {
        self.media.as_mut().and_then(|media| media.session.poll_event())
    }

    pub(super) fn send_over_sctp(&mut self, now: Instant, text: &str) {
        if let Some(media) = &mut self.media {
            media.session.send_message(now, text);
        }
    }

    /// One of our encoded pictures. Those of a source that has been closed meanwhile are left out.
    pub(super) fn send_frame(&mut self, now: Instant, own: OwnFrame) {
        let Some(media) = self.media.as_mut().filter(|media| media.connected) else { return };
        let OwnFrame { source, frame } = own;
        if self.sending.camera.as_ref().is_some_and(|camera| camera.id == source) {
            self.figures.frame_sent(&frame);
            media.session.send_video(now, frame);
        } else if self.sending.share.as_ref().is_some_and(|share| share.is(source)) {
            self.figures.screen_sent(&frame);
            media.session.send_screen(now, &frame);
        }
    }

    /// Whatever the microphone's thread has made since.
    pub(super) fn send_audio(&mut self, now: Instant) {
        let Some(microphone) = &mut self.sending.microphone else { return };
        let session = self.media.as_mut().filter(|media| media.connected).map(|media| &mut media.session);
        match session {
            Some(session) => {
                while let Some(packet) = microphone.next_packet() {
                    session.send_audio(now, &packet);
                    self.figures.audio_packets_sent += 1;
                }
            }
            None => while microphone.next_packet().is_some() {},
        }
    }

    /// Stops everything that costs: devices, decoders, the session. The room stays.
    pub(super) fn stop_media(&mut self) {
        self.media = None;
        self.receiving.close_all();
        self.sending.close_all();
        self.loudspeaker = None;
    }
}
