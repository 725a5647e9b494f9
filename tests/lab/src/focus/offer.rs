//! The session-initiate, shaped after a recorded offer of Jicofo: three contents over one bundled transport.

use std::collections::BTreeMap;

use minidom::Element;

use super::meeting::{Meeting, Participant, Session};
use super::{EndpointSources, Focus, Io, Medium, Pending, encode};
use crate::bridge::{Allocation, AllocationRequest};
use crate::names;
use crate::payloads;
use crate::xml::{self, Build, ns};

const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

impl Focus {
    /// Allocates a place on the bridge and offers it.
    pub(super) fn offer(&mut self, key: &str, nick: &str, io: &mut Io<'_>) {
        let channels = self.options.bridge_channels;
        let Some(meeting) = self.meetings.get_mut(key) else { return };
        let Some(participant) = meeting.participants.get(nick) else { return };
        let sctp = channels.sctp && participant.has(ns::SCTP);
        let request = AllocationRequest {
            conference: meeting.conference_id.clone(),
            endpoint: nick.to_owned(),
            sctp,
            web_socket: channels.websocket,
            bridge_audio: meeting.bridge_audio,
            bridge_video: meeting.bridge_video,
        };
        let allocation = match io.bridge.allocate(&request) {
            Ok(allocation) => allocation,
            Err(error) => {
                tracing::warn!(%error, "the bridge has no place");
                return;
            }
        };
        let known = others(meeting, nick);
        let session = Session {
            sid: self.random.token(13),
            bridge_session: self.random.uuid(),
            accepted: false,
            known: known.clone(),
        };
        let offer = Offer {
            session: &session,
            participant,
            allocation: &allocation,
            web_socket_base: &self.web_socket_base,
            random_id: self.random.hex(24),
        };
        let start_muted = self.options.start_muted;
        let jingle = offer.element(meeting, &known, start_muted);
        let to = meeting.room.occupant(nick);
        let sid = session.sid.clone();
        if let Some(participant) = meeting.participants.get_mut(nick) {
            participant.session = Some(session);
        }
        self.bridge_in_use(key, io);
        let pending = Pending::Offer { room: key.to_owned(), nick: nick.to_owned(), sid };
        self.ask("set", &to, jingle, Some(pending), io);
    }
}

/// What everybody but `nick` sends, as a receiver is told.
pub(super) fn others(meeting: &Meeting, nick: &str) -> BTreeMap<String, EndpointSources> {
    meeting
        .participants
        .iter()
        .filter(|(other, p)| *other != nick && !p.sources.is_empty())
        .map(|(other, p)| (other.clone(), p.sources.stripped()))
        .collect()
}

struct Offer<'a> {
    session: &'a Session,
    participant: &'a Participant,
    allocation: &'a Allocation,
    web_socket_base: &'a str,
    random_id: String,
}

impl Offer<'_> {
    fn element(
        &self,
        meeting: &Meeting,
        known: &BTreeMap<String, EndpointSources>,
        start_muted: Option<(bool, bool)>,
    ) -> Element {
        let json = self.participant.has("http://jitsi.org/json-encoded-sources");
        let mut sources = known.clone();
        sources.insert(encode::BRIDGE.to_owned(), encode::bridge_sources(meeting));
        let inline = |medium| if json { Vec::new() } else { encode::elements(&sources, medium) };
        let mut names = vec!["audio", "video"];
        let mut jingle = xml::el("jingle", ns::JINGLE)
            .with("action", "session-initiate")
            .with("sid", &self.session.sid)
            .with("initiator", names::focus_account().to_string())
            .child(self.content("audio", self.audio().children_from(inline(Medium::Audio)), false))
            .child(self.content("video", self.video().children_from(inline(Medium::Video)), false));
        if self.allocation.sctp_port.is_some() {
            names.push("data");
            let description = xml::el("description", ns::RTP)
                .with("media", "application")
                .child(xml::el("rtcp-mux", ns::RTP));
            jingle = jingle.child(self.content("data", description, true));
        }
        let group = xml::el("group", ns::GROUPING)
            .with("semantics", "BUNDLE")
            .children_from(names.iter().map(|name| xml::el("content", ns::GROUPING).with("name", name)));
        jingle = jingle.child(group);
        if let Some((audio, video)) = start_muted {
            let text = |on: bool| if on { "true" } else { "false" };
            jingle = jingle.child(
                xml::el("startmuted", ns::START_MUTED).with("audio", text(audio)).with("video", text(video)),
            );
        }
        jingle = jingle.child(xml::el("bridge-session", ns::FOCUS).with("id", &self.session.bridge_session));
        if json {
            jingle = jingle.child(encode::compact(&sources));
        }
        let trace = xml::el("traceparent", "jitsi:opentelemetry")
            .with("trace_id", "0".repeat(32))
            .with("parent_id", "0".repeat(16))
            .with("trace_flags", "00");
        jingle.child(trace)
    }

    fn content(&self, name: &str, description: Element, sctp: bool) -> Element {
        xml::el("content", ns::JINGLE)
            .with("name", name)
            .with("creator", "initiator")
            .with("senders", "both")
            .child(description)
            .child(self.transport(sctp))
    }

    fn transport(&self, sctp: bool) -> Element {
        let allocation = self.allocation;
        let mut transport =
            xml::el("transport", ns::ICE).with("ufrag", &allocation.ufrag).with("pwd", &allocation.pwd);
        if let Some(path) = &allocation.web_socket {
            let url = format!("{}{path}", self.web_socket_base);
            transport = transport.child(xml::el("web-socket", ns::COLIBRI).with("url", url));
        }
        let fingerprint = xml::el("fingerprint", ns::DTLS)
            .with("hash", "sha-256")
            .with("setup", "actpass")
            .with("cryptex", "false")
            .with("required", "false")
            .say(&allocation.fingerprint);
        transport = transport.child(xml::el("rtcp-mux", ns::ICE)).child(fingerprint);
        if let Some(port) = allocation.sctp_port.filter(|_| sctp) {
            let map = xml::el("sctpmap", ns::SCTP)
                .with("number", port.to_string())
                .with("protocol", "webrtc-datachannel")
                .with("streams", "1024");
            transport = transport.child(map);
        }
        let candidates = allocation.candidates.iter().enumerate().map(|(n, address)| {
            xml::el("candidate", ns::ICE)
                .with("type", "host")
                .with("component", "1")
                .with("foundation", (n + 1).to_string())
                .with("generation", "0")
                .with("id", format!("{}{n}", self.random_id))
                .with("ip", address.ip().to_string())
                .with("network", "0")
                .with("port", address.port().to_string())
                .with("priority", (2_130_706_431 - n).to_string())
                .with("protocol", "udp")
        });
        transport.children_from(candidates)
    }

    fn audio(&self) -> Element {
        let mut opus = payload(payloads::OPUS, "opus", 48_000)
            .with("channels", "2")
            .child(parameter("minptime", "10"))
            .child(parameter("useinbandfec", "1"));
        let mut description = xml::el("description", ns::RTP).with("media", "audio").with("maxptime", "60");
        let tcc = self.participant.has("http://jitsi.org/tcc");
        if tcc {
            opus = opus.child(feedback("transport-cc", None));
        }
        description = description.child(opus).child(payload(126, "telephone-event", 8000));
        description = description
            .child(extension(payloads::AUDIO_LEVEL, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"))
            .child(extension(payloads::MID, "urn:ietf:params:rtp-hdrext:sdes:mid"));
        if tcc {
            description = description.child(extension(payloads::TRANSPORT_CC, TRANSPORT_CC));
        }
        description.child(xml::el("extmap-allow-mixed", ns::HDREXT)).child(xml::el("rtcp-mux", ns::RTP))
    }

    fn video(&self) -> Element {
        let tcc = self.participant.has("http://jitsi.org/tcc");
        let mut description = xml::el("description", ns::RTP).with("media", "video");
        for (number, name) in payloads::VIDEO {
            let mut element = payload(number, name, 90_000).children_from(loss_feedback());
            if tcc {
                element = element.child(feedback("transport-cc", None));
            }
            if name == "H264" {
                // All of fmtp under one name, as Jicofo writes it.
                let value = "42e01f;level-asymmetry-allowed=1;packetization-mode=1;";
                element = element.child(parameter("profile-level-id", value));
            }
            description = description.child(element);
        }
        if self.participant.has("urn:ietf:rfc:4588") {
            for (number, associated) in payloads::RTX {
                let element = payload(number, "rtx", 90_000)
                    .child(parameter("apt", &associated.to_string()))
                    .children_from(loss_feedback());
                description = description.child(element);
            }
        }
        description = description
            .child(extension(
                payloads::DEPENDENCY_DESCRIPTOR,
                "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
            ))
            .child(extension(payloads::MID, "urn:ietf:params:rtp-hdrext:sdes:mid"))
            .child(extension(
                payloads::ABS_SEND_TIME,
                "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            ));
        if tcc {
            description = description.child(extension(payloads::TRANSPORT_CC, TRANSPORT_CC));
        }
        description.child(xml::el("extmap-allow-mixed", ns::HDREXT)).child(xml::el("rtcp-mux", ns::RTP))
    }
}

fn payload(number: u8, name: &str, clockrate: u32) -> Element {
    xml::el("payload-type", ns::RTP)
        .with("id", number.to_string())
        .with("name", name)
        .with("clockrate", clockrate.to_string())
}

fn parameter(name: &str, value: &str) -> Element {
    xml::el("parameter", ns::RTP).with("name", name).with("value", value)
}

fn feedback(kind: &str, subtype: Option<&str>) -> Element {
    xml::el("rtcp-fb", ns::RTCP_FB).with("type", kind).with_some("subtype", subtype)
}

fn loss_feedback() -> [Element; 3] {
    [feedback("ccm", Some("fir")), feedback("nack", None), feedback("nack", Some("pli"))]
}

fn extension(id: u8, uri: &str) -> Element {
    xml::el("rtp-hdrext", ns::HDREXT).with("id", id.to_string()).with("uri", uri)
}
