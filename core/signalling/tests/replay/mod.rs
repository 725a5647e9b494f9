//! Replays the received half of a recording through a `Conference`: answers to the recorded requests are given to ours
//! (matched by what was asked, with our ids), everything else arrives at its recorded time. What the recorded person did
//! (leaving, knocking, entering the password) is done when it is called for.

mod render;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use minidom::Element;
use serde_json::Value;
use treff_signalling::{
    Action, BridgeChannelKind, BridgeChannelPreference, Conference, ConferenceConfig, Event,
    LocalDescription, ReceiveConstraints, SessionDescription, Ssrc, Stats,
};

const MUC: &str = "http://jabber.org/protocol/muc";

/// What came of a replay.
pub(crate) struct Outcome {
    /// Events and stanzas sent, in order, normalised.
    pub(crate) log: String,
    pub(crate) events: Vec<Event>,
    pub(crate) stats: Stats,
}

/// Plays a recording to its end.
pub(crate) fn replay(transcript: &str) -> Outcome {
    let lines: Vec<Line> = transcript.lines().map(Line::parse).collect();
    let mut replay = Replay::new(&lines);
    for line in &lines {
        replay.advance(Duration::from_millis(line.at));
        replay.line(line);
    }
    replay.advance(Duration::from_millis(lines.last().map_or(0, |line| line.at)) + Duration::from_secs(6));
    Outcome { log: replay.log.join("\n"), events: replay.events, stats: replay.conference.stats() }
}

/// One line of a recording.
struct Line {
    at: u64,
    value: Value,
}

impl Line {
    fn parse(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap();
        Self { at: value["t"].as_u64().unwrap(), value }
    }

    fn text(&self, key: &str) -> &str {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn is(&self, direction: &str, channel: &str) -> bool {
        self.text("dir") == direction && self.text("ch") == channel
    }
}

/// The names under which somebody is in the room and in the lobby.
#[derive(Default)]
struct Nicknames {
    room: Option<String>,
    lobby: Option<String>,
}

impl Nicknames {
    fn note(&mut self, frame: &Element) {
        let joins = frame.name() == "presence" && frame.has_child("x", MUC);
        let Some((room, nick)) = frame.attr("to").filter(|_| joins).and_then(|to| to.split_once('/')) else {
            return;
        };
        let place = if room.contains("@lobby.") { &mut self.lobby } else { &mut self.room };
        *place = Some(nick.to_owned());
    }
}

struct Replay {
    conference: Conference,
    start: Instant,
    now: Instant,
    /// Recorded answers by what was asked.
    answers: BTreeMap<String, VecDeque<String>>,
    http_answer: Option<(u16, String)>,
    recorded: Nicknames,
    ours: Nicknames,
    log: Vec<String>,
    events: Vec<Event>,
}

impl Replay {
    fn new(lines: &[Line]) -> Self {
        let mut asked = BTreeMap::new();
        let mut answers: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
        let mut recorded = Nicknames::default();
        for line in lines.iter().filter(|line| line.text("ch") == "xmpp") {
            let frame: Element = line.text("data").parse().unwrap();
            let id = frame.attr("id").unwrap_or_default().to_owned();
            if line.text("dir") == ">>" {
                recorded.note(&frame);
                asked.insert(id, question(&frame));
            } else if is_answer(&frame)
                && let Some(question) = asked.get(&id)
            {
                answers.entry(question.clone()).or_default().push_back(line.text("data").to_owned());
            }
        }
        let http = lines.iter().find(|line| line.is("<<", "http"));
        let now = Instant::now();
        let mut replay = Self {
            conference: Conference::new(now, config(lines)),
            start: now,
            now,
            answers,
            http_answer: http
                .map(|line| (line.value["status"].as_u64().unwrap() as u16, line.text("data").to_owned())),
            recorded,
            ours: Nicknames::default(),
            log: Vec::new(),
            events: Vec::new(),
        };
        replay.act(|conference, now| conference.set_receive_constraints(now, ReceiveConstraints::default()));
        replay
    }

    fn advance(&mut self, to: Duration) {
        let end = self.start + to;
        while let Some(next) = self.conference.poll_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.act(Conference::handle_timeout);
        }
        self.now = self.now.max(end);
    }

    fn line(&mut self, line: &Line) {
        let data = self.translate(line.text("data"));
        match (line.text("dir"), line.text("ch")) {
            ("<<", "xmpp") if !is_answer(&data.parse().unwrap()) => {
                self.act(|conference, now| conference.socket_frame(now, &data));
            }
            ("<<", "colibri" | "datachannel") => {
                self.act(|conference, now| conference.bridge_message(now, &data))
            }
            ("--", "datachannel") => {
                self.act(|conference, now| conference.bridge_opened(now, BridgeChannelKind::Sctp));
            }
            (">>", "xmpp") if says_good_bye(&data.parse().unwrap()) => self.act(Conference::leave),
            _ => {}
        }
    }

    /// The recorded names replaced by ours.
    fn translate(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let places = [(&self.recorded.room, &self.ours.room), (&self.recorded.lobby, &self.ours.lobby)];
        for (recorded, ours) in places {
            if let (Some(recorded), Some(ours)) = (recorded, ours) {
                text = text
                    .replace(&format!("/{recorded}"), &format!("/{ours}"))
                    .replace(&format!("{recorded}-"), &format!("{ours}-"));
            }
        }
        text
    }

    fn act(&mut self, act: impl FnOnce(&mut Conference, Instant)) {
        act(&mut self.conference, self.now);
        loop {
            if let Some(action) = self.conference.poll_action() {
                self.action(action);
            } else if let Some(event) = self.conference.poll_event() {
                self.log.push(format!("event {}", render::event(&event)));
                self.events.push(event.clone());
                self.respond(event);
            } else {
                return;
            }
        }
    }

    fn action(&mut self, action: Action) {
        match action {
            Action::SendFrame(frame) => {
                let frame: Element = frame.parse().unwrap();
                self.ours.note(&frame);
                self.log.push(format!("send  {}", render::stanza(&frame)));
                self.answer(&frame);
            }
            Action::OpenSocket { .. } => {
                self.log.push("open socket".to_owned());
                self.conference.socket_opened(self.now);
            }
            Action::HttpConferenceRequest { body, .. } => {
                self.log.push(format!("post  {body}"));
                if let Some((status, body)) = self.http_answer.take() {
                    self.conference.conference_response(self.now, status, &body);
                }
            }
            Action::OpenBridgeSocket { .. } => {
                self.log.push("open bridge socket".to_owned());
                self.conference.bridge_opened(self.now, BridgeChannelKind::WebSocket);
            }
            Action::SendBridge(text) => self.log.push(format!("bridge {text}")),
            other => self.log.push(format!("{other:?}")),
        }
    }

    /// Gives the recorded answer to a request, under our id.
    fn answer(&mut self, frame: &Element) {
        let Some(answer) = self.answers.get_mut(&question(frame)).and_then(VecDeque::pop_front) else {
            return;
        };
        let recorded: Element = answer.parse().unwrap();
        let answer = answer.replace(recorded.attr("id").unwrap(), frame.attr("id").unwrap());
        let answer = self.translate(&answer);
        self.conference.socket_frame(self.now, &answer);
    }

    fn respond(&mut self, event: Event) {
        let now = self.now;
        match event {
            Event::SessionOffered(offer) => {
                let sid = offer.sid.clone();
                self.conference.accept_session(now, &sid, answer(offer));
            }
            Event::PasswordRequired { .. } => self.conference.enter_password(now, "s3cret".into()),
            Event::LobbyRequired { .. } => self.conference.knock(now, "Ada"),
            _ => {}
        }
    }
}

fn config(lines: &[Line]) -> ConferenceConfig {
    let socket =
        lines.iter().map(|line| line.text("url")).find(|url| url.contains("/xmpp-websocket?")).unwrap();
    let parameter = |name: &str| {
        socket
            .split(['?', '&'])
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
    };
    let room = parameter("room").unwrap();
    let address = treff_link::parse(&format!("https://meet.local.test:8443/{room}"), None).unwrap();
    let text = "var config = { hosts: { domain: 'meet.local.test', muc: 'conference.meet.local.test', focus: \
                'focus.meet.local.test' }, websocket: 'wss://meet.local.test:8443/xmpp-websocket' };";
    let http = lines.iter().find(|line| line.is(">>", "http")).map(|line| line.text("url"));
    let http = http.map(|url| format!("config.conferenceRequestUrl = '{url}';")).unwrap_or_default();
    ConferenceConfig {
        deployment: treff_deployment::parse(&format!("{text}{http}"), &address).unwrap(),
        room,
        origin: "https://meet.local.test:8443".into(),
        token: parameter("token"),
        machine_uid: "0123456789abcdef0123456789abcdef".into(),
        display_name: Some("Ada".into()),
        password: None,
        audio_muted: false,
        video_muted: false,
        codecs: ["av1", "vp9", "vp8", "h264"].map(str::to_owned).into(),
        bridge_channel: BridgeChannelPreference::Auto,
        random_seed: 7,
    }
}

fn answer(offer: SessionDescription) -> LocalDescription {
    LocalDescription {
        ufrag: "ufrag".into(),
        pwd: "password".into(),
        fingerprint: "AA:BB".into(),
        candidates: Vec::new(),
        sctp: offer.bridge_channel == Some(BridgeChannelKind::Sctp),
        audio: offer.audio,
        video: offer.video,
        audio_ssrc: Some(Ssrc(100)),
        video_ssrcs: vec![Ssrc(201), Ssrc(202), Ssrc(203)],
        video_rtx: vec![Ssrc(301), Ssrc(302), Ssrc(303)],
    }
}

fn is_answer(frame: &Element) -> bool {
    frame.name() == "iq" && matches!(frame.attr("type"), Some("result" | "error"))
}

fn says_good_bye(frame: &Element) -> bool {
    frame.name() == "close"
        || (frame.name() == "presence"
            && frame.attr("to").is_none_or(|to| !to.contains("@lobby."))
            && frame.attr("type") == Some("unavailable"))
}

/// What an IQ asks for, and whom.
fn question(iq: &Element) -> String {
    let payload = iq.children().next();
    let part =
        |name: &'static str| payload.and_then(|payload| payload.attr(name)).unwrap_or_default().to_owned();
    let kind = payload.map(|payload| format!("{} {}", payload.name(), payload.ns())).unwrap_or_default();
    let to = iq.attr("to").unwrap_or_default();
    format!("{:?} {to} {kind} {} {} {}", iq.attr("type"), part("node"), part("action"), part("sid"))
}
