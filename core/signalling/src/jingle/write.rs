//! Our side of Jingle as elements: the answer, sources added and removed, and the end of a session.
//! Jicofo's rules for sources are kept here: every SSRC of a group is a source, and all of one source share one msid.

use minidom::Element;

use crate::ids::{EndpointId, MediaKind, SourceName, Ssrc, VideoType};
use crate::ns;
use crate::session::{
    Candidate, CandidateKind, CandidateProtocol, LocalDescription, LocalSource, MediaDescription,
};
use crate::xml::{Xml, xml};

/// A source of ours with the label under which it was signalled; removal needs the very same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignalledSource {
    pub(crate) source: LocalSource,
    pub(crate) msid: String,
}

impl SignalledSource {
    /// Labels a source in the way the web client does: stream by kind and index, track by a random id.
    pub(crate) fn new(endpoint: &EndpointId, source: LocalSource, track: &str) -> Self {
        let index: String = source.name.as_str().chars().rev().take_while(char::is_ascii_digit).collect();
        let index: String = index.chars().rev().collect();
        let msid = format!("{endpoint}-{}-{index}-1 {track}-1", source.kind.as_str());
        Self { source, msid }
    }
}

/// The microphone and camera of an answer, as sources.
pub(crate) fn own_sources(endpoint: &EndpointId, local: &LocalDescription) -> Vec<LocalSource> {
    let microphone = local.audio_ssrc.map(|ssrc| LocalSource {
        name: endpoint.audio_source(),
        kind: MediaKind::Audio,
        ssrcs: vec![ssrc],
        rtx: Vec::new(),
        video_type: VideoType::Camera,
    });
    let camera = (!local.video_ssrcs.is_empty()).then(|| LocalSource {
        name: endpoint.camera_source(),
        kind: MediaKind::Video,
        ssrcs: local.video_ssrcs.clone(),
        rtx: local.video_rtx.clone(),
        video_type: VideoType::Camera,
    });
    microphone.into_iter().chain(camera).collect()
}

/// Who is who in a session.
pub(crate) struct Parties<'a> {
    pub(crate) sid: &'a str,
    pub(crate) initiator: &'a str,
    pub(crate) responder: &'a str,
}

fn jingle(action: &str, sid: &str) -> Xml {
    xml("jingle", ns::JINGLE).attr("action", action).attr("sid", sid)
}

/// `session-accept` or `transport-accept`; both have the same shape.
pub(crate) fn accept(
    action: &str,
    parties: &Parties<'_>,
    local: &LocalDescription,
    sctp_port: Option<u16>,
    sources: &[SignalledSource],
) -> Element {
    let content = |name: &str| {
        xml("content", ns::JINGLE).attr("creator", "responder").attr("name", name).attr("senders", "both")
    };
    let mut answer =
        jingle(action, parties.sid).attr("initiator", parties.initiator).attr("responder", parties.responder);
    let mut names = Vec::new();
    for (kind, media) in [(MediaKind::Audio, &local.audio), (MediaKind::Video, &local.video)] {
        if media.payload_types.is_empty() {
            continue;
        }
        let description = media_description(kind, media)
            .children(source_elements(kind, sources))
            .child(xml("rtcp-mux", ns::RTP));
        answer = answer.child(content(kind.as_str()).child(description).child(transport(local)));
        names.push(kind.as_str());
    }
    if let Some(port) = sctp_port.filter(|_| local.sctp) {
        let map = xml("sctpmap", ns::SCTP)
            .attr("number", port.to_string())
            .attr("protocol", "webrtc-datachannel")
            .attr("streams", "1024");
        answer = answer.child(content("data").child(transport(local).child(map)));
        names.push("data");
    }
    let group = xml("group", ns::GROUPING)
        .attr("semantics", "BUNDLE")
        .children(names.into_iter().map(|name| xml("content", ns::GROUPING).attr("name", name)));
    answer.child(group).build()
}

/// `source-add` or `source-remove` for sources of one kind.
pub(crate) fn change_sources(action: &str, parties: &Parties<'_>, sources: &[SignalledSource]) -> Element {
    let contents = [MediaKind::Audio, MediaKind::Video].into_iter().filter_map(|kind| {
        let elements = source_elements(kind, sources);
        let description = xml("description", ns::RTP).attr("media", kind.as_str()).children(elements.clone());
        let content = xml("content", ns::JINGLE).attr("creator", "responder").attr("name", kind.as_str());
        (!elements.is_empty()).then(|| content.child(description))
    });
    jingle(action, parties.sid).attr("initiator", parties.initiator).children(contents).build()
}

/// `session-terminate` with a reason and a text.
pub(crate) fn terminate(sid: &str, condition: &str, text: &str) -> Xml {
    let reason =
        xml("reason", ns::JINGLE).child(xml(condition, ns::JINGLE)).child(xml("text", ns::JINGLE).text(text));
    jingle("session-terminate", sid).child(reason)
}

/// `session-terminate` that asks the focus for a fresh session.
pub(crate) fn restart(sid: &str, bridge_session: Option<&str>) -> Element {
    let bridge = xml("bridge-session", ns::FOCUS).attr_opt("id", bridge_session).attr("restart", "true");
    terminate(sid, "connectivity-error", "ICE FAILED").child(bridge).build()
}

fn media_description(kind: MediaKind, media: &MediaDescription) -> Xml {
    let payloads = media.payload_types.iter().map(|payload| {
        let parameters = payload.parameters.iter().map(|(name, value)| {
            let name = Some(name).filter(|name| !name.is_empty());
            xml("parameter", ns::RTP).attr_opt("name", name).attr("value", value)
        });
        let feedback = payload.feedback.iter().map(|(name, subtype)| {
            xml("rtcp-fb", ns::RTCP_FB).attr("type", name).attr_opt("subtype", subtype.as_ref())
        });
        xml("payload-type", ns::RTP)
            .attr("id", payload.id.to_string())
            .attr("name", &payload.name)
            .attr("clockrate", payload.clockrate.to_string())
            .attr_opt("channels", payload.channels.map(|channels| channels.to_string()))
            .children(parameters)
            .children(feedback)
    });
    let extensions = media.header_extensions.iter().map(|extension| {
        xml("rtp-hdrext", ns::HDREXT).attr("id", extension.id.to_string()).attr("uri", &extension.uri)
    });
    xml("description", ns::RTP)
        .attr("media", kind.as_str())
        .children(payloads)
        .children(extensions)
        .child(xml("extmap-allow-mixed", ns::HDREXT))
}

fn source_elements(kind: MediaKind, sources: &[SignalledSource]) -> Vec<Element> {
    let of_kind = || sources.iter().filter(|signalled| signalled.source.kind == kind);
    let singles = of_kind().flat_map(|signalled| {
        let source = &signalled.source;
        source.ssrcs.iter().chain(&source.rtx).map(move |ssrc| {
            let video_type = (kind == MediaKind::Video).then(|| source.video_type.as_wire());
            source_element(*ssrc)
                .attr("name", source.name.as_str())
                .attr_opt("videoType", video_type)
                .child(xml("parameter", ns::SSMA).attr("name", "msid").attr("value", &signalled.msid))
                .build()
        })
    });
    let groups = of_kind().flat_map(|signalled| {
        let source = &signalled.source;
        let layers = (source.ssrcs.len() > 1).then(|| group("SIM", &source.ssrcs));
        let pairs = source.ssrcs.iter().zip(&source.rtx).map(|(media, rtx)| group("FID", &[*media, *rtx]));
        layers.into_iter().chain(pairs).collect::<Vec<_>>()
    });
    singles.chain(groups).collect()
}

fn source_element(ssrc: Ssrc) -> Xml {
    xml("source", ns::SSMA).attr("ssrc", ssrc.to_string())
}

fn group(semantics: &str, ssrcs: &[Ssrc]) -> Element {
    xml("ssrc-group", ns::SSMA)
        .attr("semantics", semantics)
        .children(ssrcs.iter().map(|ssrc| source_element(*ssrc)))
        .build()
}

fn transport(local: &LocalDescription) -> Xml {
    let fingerprint =
        xml("fingerprint", ns::DTLS).attr("hash", "sha-256").attr("setup", "active").text(&local.fingerprint);
    xml("transport", ns::ICE_UDP)
        .attr("ufrag", &local.ufrag)
        .attr("pwd", &local.pwd)
        .child(xml("rtcp-mux", ns::ICE_UDP))
        .child(fingerprint)
        .children(local.candidates.iter().map(candidate))
}

fn candidate(candidate: &Candidate) -> Xml {
    let protocol = match candidate.protocol {
        CandidateProtocol::Udp => "udp",
        CandidateProtocol::Tcp => "tcp",
        CandidateProtocol::SslTcp => "ssltcp",
    };
    let kind = match candidate.kind {
        CandidateKind::Host => "host",
        CandidateKind::ServerReflexive => "srflx",
        CandidateKind::PeerReflexive => "prflx",
        CandidateKind::Relayed => "relay",
    };
    xml("candidate", ns::ICE_UDP)
        .attr("component", candidate.component.to_string())
        .attr("foundation", &candidate.foundation)
        .attr("generation", candidate.generation.to_string())
        .attr("id", &candidate.id)
        .attr("ip", &candidate.ip)
        .attr("network", candidate.network.to_string())
        .attr("port", candidate.port.to_string())
        .attr("priority", candidate.priority.to_string())
        .attr("protocol", protocol)
        .attr("type", kind)
        .attr_opt("rel-addr", candidate.related.as_ref().map(|(address, _)| address))
        .attr_opt("rel-port", candidate.related.as_ref().map(|(_, port)| port.to_string()))
        .attr_opt("tcptype", candidate.tcp_type.as_ref())
}

/// Whether a name is one of this endpoint's, as Jicofo demands.
pub(crate) fn is_own(endpoint: &EndpointId, name: &SourceName) -> bool {
    name.endpoint().as_ref() == Some(endpoint)
}
