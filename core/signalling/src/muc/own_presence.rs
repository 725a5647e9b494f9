//! Our own presence in the room. State lives in presence, so every update repeats the whole of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::caps::Capabilities;
use crate::ids::{EndpointId, SourceName, VideoType};
use crate::ns;
use crate::xml::{Xml, xml};

/// Everything we say about ourselves.
#[derive(Clone, Debug)]
pub(crate) struct OwnPresence {
    pub(crate) display_name: Option<String>,
    pub(crate) audio_muted: bool,
    pub(crate) video_muted: bool,
    raised_hand: Option<u64>,
    hand_moved: bool,
    /// Sources beyond microphone and camera: the shared screen.
    pub(crate) screen: Option<(SourceName, bool)>,
    /// The focus knows our sources, so their state may be told.
    pub(crate) sources_known: bool,
    codecs: String,
    stats_id: String,
    capabilities: Capabilities,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireState {
    muted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_type: Option<&'static str>,
}

impl OwnPresence {
    pub(crate) fn new(
        display_name: Option<String>,
        audio_muted: bool,
        video_muted: bool,
        codecs: &[String],
        stats_id: String,
        capabilities: Capabilities,
    ) -> Self {
        Self {
            display_name,
            audio_muted,
            video_muted,
            raised_hand: None,
            hand_moved: false,
            screen: None,
            sources_known: false,
            codecs: codecs.join(","),
            stats_id,
            capabilities,
        }
    }

    /// The presence to an occupant address; `join` is the element that asks to be let in.
    pub(crate) fn element(&self, endpoint: &EndpointId, to: &str, join: Option<Xml>) -> Xml {
        let client = |name: &str, text: &str| xml(name, ns::CLIENT).text(text);
        let legacy_mute = self.sources_known.then(|| {
            [
                client("audiomuted", if self.audio_muted { "true" } else { "false" }),
                client("videomuted", if self.video_muted { "true" } else { "false" }),
            ]
        });
        xml("presence", ns::CLIENT)
            .attr("to", to)
            .children(join)
            .child(client("stats-id", &self.stats_id))
            .child(self.capabilities.element())
            .children(self.nick())
            .child(client("SourceInfo", &self.source_info(endpoint)))
            .child(client("jitsi_participant_codecList", &self.codecs))
            .children(self.hand())
            .children(legacy_mute.into_iter().flatten())
    }

    /// The presence with which one knocks: nothing but who it is.
    pub(crate) fn lobby_element(&self, to: &str) -> Xml {
        xml("presence", ns::CLIENT)
            .attr("to", to)
            .child(xml("x", ns::MUC))
            .child(self.capabilities.element())
            .children(self.nick())
    }

    pub(crate) fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Raises the hand at that time, in milliseconds since 1970, or lowers it; whether anything changed.
    pub(crate) fn raise_hand(&mut self, at: Option<u64>) -> bool {
        let changed = self.raised_hand.is_some() != at.is_some();
        if changed {
            self.raised_hand = at;
            self.hand_moved = true;
        }
        changed
    }

    /// Once it was up, a lowered hand is said to be down: web clients keep the last hand that they were told of.
    fn hand(&self) -> Option<Xml> {
        let stamp = self.raised_hand.map(|stamp| stamp.to_string()).unwrap_or_default();
        self.hand_moved.then(|| xml("jitsi_participant_raisedHand", ns::CLIENT).text(&stamp))
    }

    fn nick(&self) -> Option<Xml> {
        self.display_name.as_ref().map(|name| xml("nick", ns::NICK).text(name))
    }

    /// Empty until the focus acknowledged our sources: it cannot take the state of sources it does not know.
    fn source_info(&self, endpoint: &EndpointId) -> String {
        let mut info = BTreeMap::new();
        if self.sources_known {
            info.insert(endpoint.audio_source(), WireState { muted: self.audio_muted, video_type: None });
            info.insert(endpoint.camera_source(), WireState { muted: self.video_muted, video_type: None });
            if let Some((name, muted)) = &self.screen {
                let video_type = Some(VideoType::Desktop.as_wire());
                info.insert(name.clone(), WireState { muted: *muted, video_type });
            }
        }
        serde_json::to_string(&info).unwrap_or_else(|_| "{}".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::muc::presence;
    use crate::xml::{clean, parse_frame, write_frame};

    fn ada() -> OwnPresence {
        let codecs = ["vp8".to_owned(), "av1".to_owned()];
        OwnPresence::new(Some("Ada".into()), true, false, &codecs, "label".into(), Capabilities::new(true))
    }

    #[test]
    fn before_the_focus_knows_our_sources_nothing_is_said_about_them() {
        let endpoint = EndpointId::new("ada00001");
        let frame = write_frame(&ada().element(&endpoint, "g@muc/ada00001", Some(xml("x", ns::MUC))).build())
            .unwrap();
        assert!(frame.contains("<SourceInfo>{}</SourceInfo>"), "{frame}");
        assert!(frame.starts_with(
            "<presence xmlns='jabber:client' to='g@muc/ada00001'><x xmlns='http://jabber.org/protocol/muc'/>"
        ));
    }

    #[test]
    fn what_we_write_is_read_as_meant() {
        let endpoint = EndpointId::new("ada00001");
        let mut own = ada();
        own.sources_known = true;
        own.raise_hand(Some(7));
        own.screen = Some((endpoint.screen_source(), false));
        let mut element = own.element(&endpoint, "g@muc/ada00001", None).build();
        element.set_attr(
            minidom::rxml::Namespace::NONE,
            minidom::rxml::NcName::try_from("from").unwrap(),
            clean("g@muc/ada00001").into_owned(),
        );
        let read =
            presence::parse(&parse_frame(&write_frame(&element).unwrap()).unwrap()).unwrap().participant;
        assert_eq!((read.name.as_deref(), read.raised_hand, read.codecs.len()), (Some("Ada"), Some(7), 2));
        assert!(read.audio_muted() && !read.camera_muted() && read.sharing_screen());
    }
}
