//! Scenarios with a scripted server on a fake clock: `Scene` plays the server, ada is the one who joins.

mod doorkeeping;
mod joining;
mod lobby;
mod media;
mod messages;
mod reconnecting;

use super::*;
use crate::event::BridgeChannelKind;
use crate::ids::Ssrc;
use crate::ns;
use crate::session::{LocalDescription, SessionDescription};
use crate::xml::{Read, parse_frame};

pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const ROOM: &str = "garden@conference.meet.example";
const ME: &str = "ada00001-1111-2222@meet.example/home";
const OFFER: &str = include_str!("../../../tests/stanzas/session-initiate.xml");

const CONFIG: &str = "var config = { hosts: { domain: 'meet.example', muc: 'conference.meet.example', \
    focus: 'focus.meet.example' }, websocket: 'wss://meet.example/xmpp-websocket', hiddenDomain: 'recorder.meet.example' };";

pub(super) fn config(extra: &str) -> ConferenceConfig {
    let address = treff_link::parse("https://meet.example/garden", None).unwrap();
    ConferenceConfig {
        deployment: treff_deployment::parse(&format!("{CONFIG}{extra}"), &address).unwrap(),
        room: "garden".into(),
        origin: "https://meet.example".into(),
        token: None,
        machine_uid: "0123456789abcdef0123456789abcdef".into(),
        display_name: Some("Ada".into()),
        password: None,
        audio_muted: false,
        video_muted: false,
        codecs: vec!["vp8".into(), "av1".into()],
        bridge_channel: BridgeChannelPreference::Auto,
        random_seed: 42,
    }
}

/// The server's side of one meeting.
pub(super) struct Scene {
    pub(super) now: Instant,
    pub(super) conference: Conference,
    /// Frames sent, as elements, not yet looked at.
    pub(super) frames: Vec<Element>,
    /// Other actions, not yet looked at.
    pub(super) actions: Vec<Action>,
    pub(super) events: Vec<Event>,
    /// The address given to ada.
    pub(super) me: String,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(config(""))
    }

    pub(super) fn with(config: ConferenceConfig) -> Self {
        let now = Instant::now();
        let conference = Conference::new(now, config);
        let mut scene = Self {
            now,
            conference,
            frames: Vec::new(),
            actions: Vec::new(),
            events: Vec::new(),
            me: ME.into(),
        };
        scene.drain();
        scene
    }

    /// Joined, with ben in the room.
    pub(super) fn in_the_room() -> Self {
        Self::in_the_room_with(config(""))
    }

    pub(super) fn in_the_room_with(config: ConferenceConfig) -> Self {
        let mut scene = Self::with(config);
        scene.log_in();
        scene.open_conference();
        scene.let_in("ada00001");
        scene.arrives("ben00002", "Ben");
        scene.forget();
        scene
    }

    /// In the room with an acknowledged session.
    pub(super) fn in_a_call() -> Self {
        Self::in_a_call_with(config(""))
    }

    pub(super) fn in_a_call_with(config: ConferenceConfig) -> Self {
        let mut scene = Self::in_the_room_with(config);
        scene.offer("s1");
        scene.accept("s1");
        let accept = scene.request("jingle");
        scene.result(&accept, "");
        scene.wait(SECOND);
        scene.forget();
        scene
    }

    pub(super) fn drain(&mut self) {
        while let Some(action) = self.conference.poll_action() {
            match action {
                Action::SendFrame(frame) => self.frames.push(parse_frame(&frame).unwrap()),
                other => self.actions.push(other),
            }
        }
        while let Some(event) = self.conference.poll_event() {
            self.events.push(event);
        }
    }

    /// Forgets what was sent and told so far.
    pub(super) fn forget(&mut self) {
        self.frames.clear();
        self.actions.clear();
        self.events.clear();
    }

    pub(super) fn told(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(super) fn done(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    /// Something the person, the media side or the driver does.
    pub(super) fn act<T>(&mut self, act: impl FnOnce(&mut Conference, Instant) -> T) -> T {
        let result = act(&mut self.conference, self.now);
        self.drain();
        result
    }

    pub(super) fn hear(&mut self, frame: &str) {
        self.act(|conference, now| conference.socket_frame(now, frame));
    }

    /// Lets time pass, firing every timer at its time.
    pub(super) fn wait(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(next) = self.conference.poll_timeout().filter(|next| *next <= end) {
            self.now = next.max(self.now);
            self.act(Conference::handle_timeout);
        }
        self.now = end;
    }

    /// Half a minute on a stream that lives, and nothing that matters on it.
    pub(super) fn no_offer_comes(&mut self) {
        for _ in 0..4 {
            self.wait(8 * SECOND);
            self.hear("<message xmlns='jabber:client'/>");
        }
        assert!(self.told().contains(&Event::Warning(Warning::NoSessionOffered)));
    }

    /// Takes the frame of that name and (for IQs) that payload out of what was sent.
    pub(super) fn request(&mut self, payload: &str) -> Element {
        let at = self.frames.iter().position(|frame| {
            frame.name() == "iq"
                && frame.child_named(payload).is_some()
                && matches!(frame.attr("type"), Some("get" | "set"))
        });
        self.frames.remove(at.unwrap_or_else(|| panic!("no {payload} among {:?}", self.frames)))
    }

    pub(super) fn sent(&mut self, name: &str) -> Vec<Element> {
        let (found, others) =
            std::mem::take(&mut self.frames).into_iter().partition(|frame| frame.name() == name);
        self.frames = others;
        found
    }

    pub(super) fn result(&mut self, iq: &Element, inner: &str) {
        self.reply(iq, "result", inner);
    }

    pub(super) fn error(&mut self, iq: &Element, condition: &str) {
        let inner = format!(
            "<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        );
        self.reply(iq, "error", &inner);
    }

    fn reply(&mut self, iq: &Element, kind: &str, inner: &str) {
        let from = iq.attr("to").map(|to| format!("from='{to}'")).unwrap_or_default();
        let id = iq.attr("id").unwrap();
        self.hear(&format!("<iq xmlns='jabber:client' type='{kind}' id='{id}' {from}>{inner}</iq>"));
    }

    pub(super) fn log_in(&mut self) {
        let features = |inner: &str| {
            format!(
                "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>{inner}\
                 </stream:features>"
            )
        };
        self.act(Conference::socket_opened);
        self.hear(&features(
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms>",
        ));
        self.hear("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        self.hear(&features("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"));
        let bind = self.request("bind");
        let jid = self.me.clone();
        self.result(
            &bind,
            &format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{jid}</jid></bind>"),
        );
    }

    pub(super) fn open_conference(&mut self) {
        let request = self.request("conference");
        self.result(
            &request,
            "<conference xmlns='http://jitsi.org/protocol/focus' ready='true' focusjid='focus@auth.meet.example'/>",
        );
    }

    pub(super) fn presence(&mut self, nick: &str, attributes: &str, inner: &str) {
        self.hear(&format!(
            "<presence xmlns='jabber:client' from='{ROOM}/{nick}' {attributes}>{inner}</presence>"
        ));
    }

    pub(super) fn focus_arrives(&mut self) {
        self.presence("focus", "", &item("moderator", "focus@auth.meet.example/focus", ""));
    }

    /// Answers the join: the focus, then ourselves.
    pub(super) fn let_in(&mut self, nick: &str) {
        self.focus_arrives();
        let me = self.me.clone();
        self.presence(nick, "", &item("participant", &me, "<status code='110'/>"));
    }

    pub(super) fn arrives(&mut self, nick: &str, name: &str) {
        let who = format!(
            "<nick xmlns='http://jabber.org/protocol/nick'>{name}</nick>{}",
            item("participant", &format!("{nick}@meet.example/x"), "")
        );
        self.presence(nick, "", &who);
    }

    pub(super) fn leaves(&mut self, nick: &str) {
        self.presence(nick, "type='unavailable'", &item("none", "x@meet.example/x", ""));
    }

    pub(super) fn offer(&mut self, sid: &str) {
        self.jingle("focus", &offer(sid));
    }

    pub(super) fn jingle(&mut self, nick: &str, jingle: &str) {
        self.hear(&format!("<iq xmlns='jabber:client' type='set' id='j' from='{ROOM}/{nick}'>{jingle}</iq>"));
    }

    pub(super) fn accept(&mut self, sid: &str) {
        let offer = self.events.iter().rev().find_map(|event| match event {
            Event::SessionOffered(offer) => Some(offer.clone()),
            _ => None,
        });
        let answer = answer(&offer.expect("an offer"));
        self.act(|conference, now| conference.accept_session(now, sid, answer));
    }

    pub(super) fn message(&mut self, from: &str, attributes: &str, inner: &str) {
        self.hear(&format!("<message xmlns='jabber:client' from='{from}' {attributes}>{inner}</message>"));
    }

    /// The socket breaks, the server is found again and ada is let in once more, under another name.
    pub(super) fn lose_socket(&mut self) {
        self.act(Conference::socket_closed);
    }
}

pub(super) fn item(role: &str, jid: &str, inner: &str) -> String {
    format!(
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='{role}' jid='{jid}'/>{inner}</x>"
    )
}

pub(super) fn offer(sid: &str) -> String {
    OFFER.replace("3n0umphd1efm8", sid)
}

/// The camera of somebody as JSON sources.
pub(super) fn camera(owner: &str, ssrc: u32) -> String {
    format!(
        "<json-message xmlns='http://jitsi.org/jitmeet'>{{\"sources\":{{\"{owner}\":[[{{\"s\":{ssrc},\"n\":\"{owner}-v0\"}}]]}}}}\
         </json-message>"
    )
}

pub(super) fn change(action: &str, sid: &str, inner: &str) -> String {
    format!("<jingle xmlns='urn:xmpp:jingle:1' action='{action}' sid='{sid}'>{inner}</jingle>")
}

/// An answer with a microphone and a simulcast camera.
pub(super) fn answer(offer: &SessionDescription) -> LocalDescription {
    LocalDescription {
        ufrag: "uuuu".into(),
        pwd: "pppppppppppppppppppppppp".into(),
        fingerprint: "AA:BB".into(),
        candidates: Vec::new(),
        audio: offer.audio.clone(),
        video: offer.video.clone(),
        sctp: offer.bridge_channel == Some(BridgeChannelKind::Sctp),
        audio_ssrc: Some(Ssrc(100)),
        video_ssrcs: vec![Ssrc(201), Ssrc(202), Ssrc(203)],
        video_rtx: vec![Ssrc(301), Ssrc(302), Ssrc(303)],
    }
}

pub(super) fn names(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|event| {
            let text = format!("{event:?}");
            text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
        })
        .collect()
}
