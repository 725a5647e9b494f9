//! The XML form of sources (XEP-0339 with Jitsi's names and owners), read from the contents of a Jingle stanza.
//! A stanza may carry the JSON form instead; `parse` reads whichever is there.

use minidom::Element;

use super::assemble::{FlatSource, Group, assemble};
use super::{JingleError, json_sources};
use crate::ids::{EndpointId, MediaKind, SourceName, Ssrc, VideoType};
use crate::ns;
use crate::session::RemoteSource;
use crate::xml::Read;

/// All sources of a session-initiate, source-add, source-remove or transport-replace.
pub(crate) fn parse(jingle: &Element) -> Result<Vec<RemoteSource>, JingleError> {
    let (mut flat, mut groups) = (Vec::new(), Vec::new());
    for content in jingle.children_of("content", ns::JINGLE) {
        let Some(description) = content.get_child("description", ns::RTP) else { continue };
        let media = description.attr("media").or_else(|| content.attr("name"));
        let kind = match media {
            Some("audio") => MediaKind::Audio,
            Some("video") => MediaKind::Video,
            _ => continue,
        };
        for source in description.children_of("source", ns::SSMA) {
            flat.push(flat_source(source, kind)?);
        }
        groups.extend(description.children_of("ssrc-group", ns::SSMA).filter_map(group));
    }
    let mut sources = assemble(flat, &groups)?;
    for message in jingle.children_of("json-message", ns::JITMEET) {
        sources.extend(json_sources::parse(&message.text())?);
    }
    Ok(sources)
}

fn flat_source(source: &Element, kind: MediaKind) -> Result<FlatSource, JingleError> {
    let name = source.attr_filled("name").map(SourceName::new);
    let owner = source
        .get_child("ssrc-info", ns::JITMEET)
        .and_then(|info| info.attr_filled("owner"))
        .map(|owner| EndpointId::new(owner.rsplit_once('/').map_or(owner, |(_, resource)| resource)))
        .or_else(|| name.as_ref().and_then(SourceName::endpoint))
        .ok_or(JingleError::Missing("owner of a source"))?;
    let msid = source
        .children_of("parameter", ns::SSMA)
        .find(|parameter| parameter.attr("name") == Some("msid"))
        .and_then(|parameter| parameter.attr("value"))
        .map(str::to_owned);
    Ok(FlatSource {
        ssrc: ssrc(source).ok_or(JingleError::Missing("ssrc"))?,
        owner,
        name,
        msid,
        video_type: source.attr("videoType").map_or(VideoType::Camera, VideoType::from_wire),
        kind,
    })
}

fn group(group: &Element) -> Option<Group> {
    let members: Option<Vec<Ssrc>> = group.children_of("source", ns::SSMA).map(ssrc).collect();
    match (group.attr("semantics")?, members?.as_slice()) {
        ("FID", [media, rtx]) => Some(Group::Retransmission(*media, *rtx)),
        ("SIM", layers) => Some(Group::Simulcast(layers.to_vec())),
        _ => None,
    }
}

fn ssrc(source: &Element) -> Option<Ssrc> {
    source.attr("ssrc")?.parse::<u32>().ok().filter(|ssrc| *ssrc != 0).map(Ssrc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    fn jingle(inner: &str) -> Element {
        parse_frame(&format!(
            "<jingle xmlns='urn:xmpp:jingle:1' action='source-add' sid='s'>{inner}</jingle>"
        ))
        .unwrap()
    }

    fn content(media: &str, inner: &str) -> String {
        format!(
            "<content name='{media}'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='{media}'>{inner}\
             </description></content>"
        )
    }

    #[test]
    fn a_simulcast_camera() {
        let source = |ssrc: u32| {
            format!(
                "<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='{ssrc}' name='ada-v0' videoType='camera'>\
                 <parameter name='msid' value='ada-video-0 t'/>\
                 <ssrc-info xmlns='http://jitsi.org/jitmeet' owner='room@muc.example/ada'/></source>"
            )
        };
        let group = |semantics: &str, ssrcs: [u32; 2]| {
            format!(
                "<ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='{semantics}'><source ssrc='{}'/>\
                 <source ssrc='{}'/></ssrc-group>",
                ssrcs[0], ssrcs[1]
            )
        };
        let inner =
            [source(21), source(20), source(10), source(11), group("SIM", [10, 20]), group("FID", [10, 11])]
                .concat()
                + &group("FID", [20, 21]);
        let sources = parse(&jingle(&content("video", &inner))).unwrap();
        assert_eq!(sources.len(), 1);
        assert_eq!(sources[0].owner, EndpointId::new("ada"));
        assert_eq!(sources[0].ssrcs, [Ssrc(10), Ssrc(20)]);
        assert_eq!(sources[0].rtx.len(), 2);
        assert_eq!(sources[0].msid.as_deref(), Some("ada-video-0 t"));
    }

    #[test]
    fn owner_from_the_name_and_a_screen() {
        let inner =
            "<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='7' name='ben-v1' videoType='desktop'/>";
        let sources = parse(&jingle(&content("video", inner))).unwrap();
        assert_eq!((sources[0].owner.as_str(), sources[0].video_type), ("ben", VideoType::Desktop));
    }

    #[test]
    fn an_ssrc_out_of_range_is_an_error() {
        for bad in ["0", "", "-1", "4294967296", "x"] {
            let inner =
                format!("<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='{bad}' name='ben-a0'/>");
            assert_eq!(parse(&jingle(&content("audio", &inner))), Err(JingleError::Missing("ssrc")), "{bad}");
        }
    }
}
