//! What the fuzz targets do with their bytes, callable from plain tests too.
//! Nothing here may panic, and what is promised of the outputs is checked.

use std::time::{Duration, Instant};

use crate::action::Action;
use crate::bridge::channel::BridgeChannelPreference;
use crate::conference::Conference;
use crate::config::ConferenceConfig;
use crate::event::{BridgeChannelKind, Event};
use crate::ids::Ssrc;
use crate::jingle::{offer, sources};
use crate::session::LocalDescription;
use crate::xml::{MAX_FRAME, Read, parse_frame};
use crate::{jingle, json_message};

const CONFIG: &str = "var config = { hosts: { domain: 'meet.example', muc: 'conference.meet.example' }, \
                      websocket: 'wss://meet.example/xmpp-websocket' };";

/// How ada gets into the room, up to what depends on random ids.
const LOGIN: [&str; 3] = [
    "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><mechanisms \
     xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>",
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><bind \
     xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
];

/// A conference whose answers to requests are made up, so that any frame finds it in the middle of a meeting.
pub struct Meeting {
    conference: Conference,
    now: Instant,
}

impl Meeting {
    /// Ada is in the garden with ben.
    pub fn begin() -> Self {
        let address = treff_link::parse("https://meet.example/garden", None).expect("a valid link");
        let deployment = treff_deployment::parse(CONFIG, &address).expect("a valid configuration");
        let config = ConferenceConfig {
            deployment,
            room: "garden".into(),
            origin: "https://meet.example".into(),
            token: None,
            machine_uid: "0".repeat(32),
            display_name: Some("Ada".into()),
            password: None,
            audio_muted: false,
            video_muted: true,
            codecs: vec!["vp8".into()],
            bridge_channel: BridgeChannelPreference::Auto,
            random_seed: 1,
        };
        let now = Instant::now();
        let mut meeting = Self { conference: Conference::new(now, config), now };
        meeting.drain();
        for frame in LOGIN {
            meeting.hear(frame);
        }
        let item = |jid: &str, status: &str| {
            format!(
                "<x xmlns='http://jabber.org/protocol/muc#user'><item role='moderator' jid='{jid}'/>{status}</x>"
            )
        };
        for (nick, jid, status) in [
            ("focus", "focus@auth.meet.example/focus", ""),
            ("ada00001", "ada00001-1@meet.example/r", "<status code='110'/>"),
            ("ben00002", "ben00002-1@meet.example/r", ""),
        ] {
            meeting.hear(&format!(
                "<presence xmlns='jabber:client' from='garden@conference.meet.example/{nick}'>{}</presence>",
                item(jid, status)
            ));
        }
        meeting
    }

    /// A frame comes, and everything it leads to is done.
    pub fn hear(&mut self, frame: &str) {
        self.conference.socket_frame(self.now, frame);
        self.drain();
    }

    /// Looks at everything that comes out and answers what has to be answered.
    fn drain(&mut self) {
        loop {
            if let Some(action) = self.conference.poll_action() {
                self.act(action);
            } else if let Some(event) = self.conference.poll_event() {
                if let Event::SessionOffered(offer) = event {
                    let answer = LocalDescription {
                        audio: offer.audio,
                        video: offer.video,
                        sctp: true,
                        audio_ssrc: Some(Ssrc(1)),
                        ..LocalDescription::default()
                    };
                    self.conference.accept_session(self.now, &offer.sid, answer);
                }
            } else {
                return;
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::SendFrame(frame) => {
                let frame = parse_frame(&frame).expect("what we send is well-formed");
                let id = frame.attr("id").unwrap_or_default();
                let result =
                    |inner: &str| format!("<iq xmlns='jabber:client' type='result' id='{id}'>{inner}</iq>");
                if frame.child_named("bind").is_some() {
                    let jid = "<jid>ada00001-1@meet.example/r</jid>";
                    self.conference.socket_frame(
                        self.now,
                        &result(&format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{jid}</bind>")),
                    );
                } else if frame.child_named("conference").is_some() {
                    let conference = "<conference xmlns='http://jitsi.org/protocol/focus' ready='true' \
                                      focusjid='focus@auth.meet.example'/>";
                    self.conference.socket_frame(self.now, &result(conference));
                }
            }
            Action::OpenSocket { .. } => self.conference.socket_opened(self.now),
            Action::OpenBridgeSocket { .. } => {
                self.conference.bridge_opened(self.now, BridgeChannelKind::WebSocket)
            }
            _ => {}
        }
    }

    /// Lets a minute pass; timers may not spin.
    fn wait(&mut self) {
        let end = self.now + Duration::from_secs(60);
        let mut steps = 0;
        while let Some(next) = self.conference.poll_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.conference.handle_timeout(self.now);
            self.drain();
            steps += 1;
            assert!(steps < 10_000, "timers spin");
        }
    }
}

/// Frames, one a line, heard in the middle of a meeting.
///
/// # Panics
/// When a promise of this crate is broken.
pub fn xmpp_frames(data: &[u8]) {
    let mut meeting = Meeting::begin();
    assert!(meeting.conference.endpoint().is_some(), "ada is in the room");
    for line in String::from_utf8_lossy(data).lines() {
        meeting.hear(line);
    }
    meeting.wait();
    meeting.conference.leave(meeting.now);
    meeting.drain();
    assert_eq!(meeting.conference.stats().unsendable, 0);
}

/// A Jingle element as an offer and as a change of sources.
///
/// # Panics
/// When a promise of this crate is broken.
pub fn jingle(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(element) = parse_frame(&text) else { return };
    if let Ok(sources) = sources::parse(&element) {
        let mut ledger = jingle::ledger::Ledger::default();
        let added = ledger.add(sources.clone());
        for source in &added {
            assert!(!source.ssrcs.is_empty() && source.ssrcs.iter().all(|ssrc| ssrc.0 != 0));
            assert!(source.rtx.keys().all(|media| source.ssrcs.contains(media)));
        }
        ledger.remove(sources);
        assert!(ledger.is_empty(), "what was added can be removed");
    }
    if let Ok(offer) = offer::parse(&element) {
        assert!(!offer.sid.is_empty() && !offer.transport.ufrag.is_empty());
        assert!(
            offer
                .audio
                .payload_types
                .iter()
                .chain(&offer.video.payload_types)
                .all(|payload| payload.id < 128)
        );
    }
}

/// A message on the bridge channel, and the JSON inside stanzas.
///
/// # Panics
/// When a promise of this crate is broken.
pub fn colibri(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if text.len() > MAX_FRAME {
        return;
    }
    let mut meeting = Meeting::begin();
    meeting.conference.bridge_message(meeting.now, &text);
    meeting.drain();
    if let Ok(sources) = jingle::json_sources::parse(&text) {
        assert!(sources.iter().all(|source| !source.ssrcs.is_empty()));
    }
    if let Some(json_message::JsonMessage::RoomMetadata { metadata }) = json_message::parse(&text) {
        json_message::metadata(&metadata);
    }
}
