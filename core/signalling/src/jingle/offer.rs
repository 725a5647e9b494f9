//! The focus's offer (session-initiate or transport-replace) read into a `SessionDescription`.
//! Tolerant where Jitsi varies: split format parameters, contents named or only typed, several equal transports.

use minidom::Element;

use super::{JingleError, sources};
use crate::ids::MediaKind;
use crate::ns;
use crate::session::{
    Candidate, CandidateKind, CandidateProtocol, Fingerprint, HeaderExtension, MediaDescription, PayloadType,
    SessionDescription, TransportDescription,
};
use crate::xml::Read;

/// More candidates than this are not believable.
const MAX_CANDIDATES: usize = 256;

/// Reads an offer. The bridge channel is chosen later.
pub(crate) fn parse(jingle: &Element) -> Result<SessionDescription, JingleError> {
    let sid = jingle.attr_filled("sid").ok_or(JingleError::Missing("sid"))?.to_owned();
    let bridge = jingle.get_child("bridge-session", ns::FOCUS);
    let start_muted = jingle.get_child("startmuted", ns::START_MUTED);
    let muted = |what: &'static str| start_muted.and_then(|element| element.attr(what)) == Some("true");
    Ok(SessionDescription {
        sid,
        bridge_session: bridge.and_then(|bridge| bridge.attr_filled("id")).map(str::to_owned),
        region: bridge.and_then(|bridge| bridge.attr_filled("region")).map(str::to_owned),
        transport: transport(jingle)?,
        audio: media(jingle, MediaKind::Audio),
        video: media(jingle, MediaKind::Video),
        sources: sources::parse(jingle)?,
        start_audio_muted: muted("audio"),
        start_video_muted: muted("video"),
        bridge_channel: None,
    })
}

/// The first transport, to which the SCTP port of a later content is added.
fn transport(jingle: &Element) -> Result<TransportDescription, JingleError> {
    let transports = || {
        jingle
            .children_of("content", ns::JINGLE)
            .filter_map(|content| content.get_child("transport", ns::ICE_UDP))
    };
    let first = transports().next().ok_or(JingleError::Missing("transport"))?;
    let fingerprint = first.get_child("fingerprint", ns::DTLS).ok_or(JingleError::Missing("fingerprint"))?;
    let candidates: Vec<Candidate> =
        first.children_of("candidate", ns::ICE_UDP).filter_map(candidate).collect();
    if candidates.len() > MAX_CANDIDATES {
        return Err(JingleError::TooMany("candidates"));
    }
    Ok(TransportDescription {
        ufrag: first.attr_filled("ufrag").ok_or(JingleError::Missing("ufrag"))?.to_owned(),
        pwd: first.attr_filled("pwd").ok_or(JingleError::Missing("pwd"))?.to_owned(),
        fingerprint: Fingerprint {
            hash: fingerprint.attr("hash").unwrap_or("sha-256").to_ascii_lowercase(),
            value: fingerprint.text().trim().to_ascii_uppercase(),
            setup: fingerprint.attr("setup").unwrap_or("actpass").to_owned(),
        },
        candidates,
        web_sockets: first
            .children_of("web-socket", ns::COLIBRI)
            .filter_map(|socket| socket.attr_filled("url"))
            .filter(|url| url.starts_with("wss://") || url.starts_with("ws://"))
            .map(str::to_owned)
            .collect(),
        sctp_port: transports()
            .find_map(|transport| transport.get_child("sctpmap", ns::SCTP))
            .and_then(|map| map.attr("number")?.parse().ok()),
    })
}

/// A candidate of a kind we know; others are passed over.
fn candidate(element: &Element) -> Option<Candidate> {
    let number = |name: &'static str| element.attr(name).and_then(|value| value.parse::<u32>().ok());
    let related = element.attr("rel-addr").zip(element.attr("rel-port").and_then(|port| port.parse().ok()));
    Some(Candidate {
        component: number("component").and_then(|component| u8::try_from(component).ok()).unwrap_or(1),
        foundation: element.attr("foundation").unwrap_or("1").to_owned(),
        generation: number("generation").unwrap_or(0),
        id: element.attr("id").unwrap_or_default().to_owned(),
        ip: element.attr_filled("ip")?.to_owned(),
        network: number("network").unwrap_or(0),
        port: u16::try_from(number("port")?).ok()?,
        priority: number("priority").unwrap_or(1),
        protocol: match element.attr("protocol")?.to_ascii_lowercase().as_str() {
            "udp" => CandidateProtocol::Udp,
            "tcp" => CandidateProtocol::Tcp,
            "ssltcp" => CandidateProtocol::SslTcp,
            _ => return None,
        },
        kind: match element.attr("type")? {
            "host" => CandidateKind::Host,
            "srflx" => CandidateKind::ServerReflexive,
            "prflx" => CandidateKind::PeerReflexive,
            "relay" => CandidateKind::Relayed,
            _ => return None,
        },
        related: related.map(|(address, port)| (address.to_owned(), port)),
        tcp_type: element.attr("tcptype").map(str::to_owned),
    })
}

fn media(jingle: &Element, kind: MediaKind) -> MediaDescription {
    let description = jingle
        .children_of("content", ns::JINGLE)
        .filter_map(|content| {
            content.get_child("description", ns::RTP).map(|description| (content, description))
        })
        .find(|(content, description)| {
            description.attr("media").or_else(|| content.attr("name")) == Some(kind.as_str())
        });
    let Some((_, description)) = description else { return MediaDescription::default() };
    MediaDescription {
        payload_types: description.children_of("payload-type", ns::RTP).filter_map(payload_type).collect(),
        header_extensions: description
            .children_of("rtp-hdrext", ns::HDREXT)
            .filter_map(header_extension)
            .collect(),
    }
}

fn payload_type(element: &Element) -> Option<PayloadType> {
    Some(PayloadType {
        id: element.attr("id")?.parse().ok().filter(|id| *id < 128)?,
        name: element.attr("name").unwrap_or_default().to_owned(),
        clockrate: element.attr("clockrate").and_then(|rate| rate.parse().ok()).unwrap_or(90_000),
        channels: element.attr("channels").and_then(|channels| channels.parse().ok()),
        parameters: element.children_of("parameter", ns::RTP).flat_map(parameters).collect(),
        feedback: element
            .children_of("rtcp-fb", ns::RTCP_FB)
            .filter_map(|feedback| {
                Some((feedback.attr("type")?.to_owned(), feedback.attr("subtype").map(str::to_owned)))
            })
            .collect(),
    })
}

/// Jicofo writes a whole fmtp line for H264 into the value of its first parameter; it is taken apart here.
fn parameters(element: &Element) -> Vec<(String, String)> {
    let name = element.attr("name").unwrap_or_default();
    let value = element.attr("value").unwrap_or_default();
    let mut parts = value.split(';').map(str::trim).filter(|part| !part.is_empty());
    let first = (name.to_owned(), parts.next().unwrap_or_default().to_owned());
    let rest = parts.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.trim().to_owned(), value.trim().to_owned()),
        None => (String::new(), part.to_owned()),
    });
    std::iter::once(first).chain(rest).collect()
}

fn header_extension(element: &Element) -> Option<HeaderExtension> {
    Some(HeaderExtension {
        id: element.attr("id")?.parse().ok().filter(|id| (1..=14).contains(id))?,
        uri: element.attr_filled("uri")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    const OFFER: &str = include_str!("../../tests/stanzas/session-initiate.xml");

    fn offer() -> Element {
        parse_frame(OFFER).unwrap()
    }

    #[test]
    fn a_recorded_offer() {
        let offer = parse(&offer()).unwrap();
        assert_eq!(offer.sid, "3n0umphd1efm8");
        assert_eq!(offer.bridge_session.as_deref(), Some("c7599cfb-516b-4316-bf2c-36ba604d4680"));
        assert_eq!(offer.transport.sctp_port, Some(5000));
        assert_eq!(offer.transport.web_sockets.len(), 1);
        assert_eq!(
            (offer.transport.ufrag.as_str(), offer.transport.candidates[0].port),
            ("aa4o51k86lvpvg", 10000)
        );
        assert_eq!(offer.transport.fingerprint.setup, "actpass");
        let opus = &offer.audio.payload_types[0];
        assert_eq!((opus.id, opus.name.as_str(), opus.channels), (111, "opus", Some(2)));
        assert_eq!(opus.parameter("useinbandfec"), Some("1"));
        let ids: Vec<u8> = offer.video.payload_types.iter().map(|payload| payload.id).collect();
        assert_eq!(ids, [41, 100, 107, 101, 42, 96, 97, 99]);
        assert_eq!(offer.video.header_extensions.len(), 4);
        assert_eq!(offer.sources.len(), 2);
        assert!(offer.sources.iter().all(|source| source.owner.is_bridge()));
    }

    #[test]
    fn the_fmtp_line_inside_a_parameter_is_taken_apart() {
        let offer = parse(&offer()).unwrap();
        let h264 = offer.video.payload_types.iter().find(|payload| payload.name == "H264").unwrap();
        assert_eq!(h264.parameter("profile-level-id"), Some("42e01f"));
        assert_eq!(h264.parameter("packetization-mode"), Some("1"));
        assert_eq!(h264.parameters.len(), 3);
    }

    #[test]
    fn an_offer_without_keys_or_addresses_is_an_error() {
        for (cut, missing) in [
            ("sid=", "sid"),
            ("fingerprint", "fingerprint"),
            ("ufrag=", "ufrag"),
            ("transport ", "transport"),
        ] {
            let broken = OFFER
                .replace(&format!("<{cut}"), "<other ")
                .replace("</fingerprint>", if cut == "fingerprint" { "</other>" } else { "</fingerprint>" });
            let broken = if cut.ends_with('=') { broken.replace(cut, "x-attribute=") } else { broken };
            let broken =
                if cut == "transport " { broken.replace("</transport>", "</other>") } else { broken };
            assert_eq!(parse(&parse_frame(&broken).unwrap()), Err(JingleError::Missing(missing)), "{cut}");
        }
    }
}
