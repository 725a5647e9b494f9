//! An occupant's presence read into a `Participant` and what the room says beside it.

use std::collections::{BTreeMap, BTreeSet};

use minidom::Element;
use serde::Deserialize;

use crate::ids::{EndpointId, MediaKind, SourceName, VideoType};
use crate::jid;
use crate::ns;
use crate::participant::{Identity, Participant, SourceState};
use crate::xml::Read;

/// More sources than this from one participant are not believable.
const MAX_SOURCES: usize = 64;

/// What one presence stanza says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OccupantPresence {
    pub(crate) available: bool,
    pub(crate) participant: Participant,
    /// Their address at the server, of which the domain tells recorders and the focus apart.
    pub(crate) real_jid: Option<String>,
    /// They have a lasting relation to the room, such as `member` or `owner`.
    pub(crate) affiliated: bool,
    pub(crate) statuses: BTreeSet<u16>,
    pub(crate) actor: Option<EndpointId>,
    pub(crate) reason: Option<String>,
    pub(crate) destroyed: Option<Destroyed>,
    /// Part of the content was no JSON; the rest is used.
    pub(crate) malformed: bool,
}

/// The room is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destroyed {
    /// Where people should go instead.
    pub(crate) alternative: Option<String>,
    pub(crate) reason: Option<String>,
}

impl OccupantPresence {
    pub(crate) fn is_own(&self) -> bool {
        self.statuses.contains(&110)
    }
}

/// Reads presence that comes from an occupant; `None` if it does not, or is to be ignored.
pub(crate) fn parse(presence: &Element) -> Option<OccupantPresence> {
    let endpoint = EndpointId::new(jid::resource(presence.attr("from")?)?);
    if presence.child_named("ignore").is_some() {
        return None;
    }
    let user = presence.get_child("x", ns::MUC_USER);
    let item = user.and_then(|x| x.get_child("item", ns::MUC_USER));
    let destroy = user.and_then(|x| x.get_child("destroy", ns::MUC_USER));
    let statuses = user
        .into_iter()
        .flat_map(|x| x.children_of("status", ns::MUC_USER))
        .filter_map(|status| status.attr("code")?.parse().ok())
        .collect();
    let mut participant = Participant::new(endpoint);
    participant.moderator = item.and_then(|item| item.attr("role")) == Some("moderator");
    let malformed = describe(presence, &mut participant).is_none();
    Some(OccupantPresence {
        available: presence.attr("type").is_none(),
        participant,
        real_jid: item.and_then(|item| item.attr_filled("jid")).map(str::to_owned),
        affiliated: item
            .and_then(|item| item.attr_filled("affiliation"))
            .is_some_and(|relation| relation != "none"),
        statuses,
        actor: item
            .and_then(|item| item.get_child("actor", ns::MUC_USER))
            .and_then(|actor| actor.attr_filled("nick"))
            .map(EndpointId::new),
        reason: item.and_then(|item| item.child_text("reason")),
        destroyed: destroy.map(|destroy| Destroyed {
            alternative: destroy.attr_filled("jid").map(str::to_owned),
            reason: destroy.child_text("reason"),
        }),
        malformed,
    })
}

/// Fills in what the participant says; `None` if their sources are not readable.
fn describe(presence: &Element, participant: &mut Participant) -> Option<()> {
    participant.name =
        presence.get_child("nick", ns::NICK).map(Element::text).map(|name| name.trim().to_owned());
    participant.name.take_if(|name| name.is_empty());
    participant.raised_hand =
        presence.child_text("jitsi_participant_raisedHand").and_then(|stamp| stamp.trim().parse().ok());
    participant.region = presence.child_text("jitsi_participant_region");
    participant.codecs = presence
        .child_text("jitsi_participant_codecList")
        .or_else(|| presence.child_text("jitsi_participant_codecType"))
        .map(|list| {
            list.split(',').map(|codec| codec.trim().to_ascii_lowercase()).filter(|c| !c.is_empty()).collect()
        })
        .unwrap_or_default();
    participant.features = presence
        .child_named("features")
        .into_iter()
        .flat_map(Element::children)
        .filter(|feature| feature.name() == "feature")
        .filter_map(|feature| feature.attr_filled("var").map(str::to_owned))
        .collect();
    participant.bot = presence.child_named("bot").map(|bot| bot.attr("type").unwrap_or_default().to_owned());
    participant.silent = presence.child_named("silent").is_some();
    participant.identity = presence.child_named("identity").map(identity);
    participant.stream_url = presence.child_text("live-stream-view-url");
    participant.sources = sources(presence, &participant.endpoint)?;
    Some(())
}

fn identity(element: &Element) -> Identity {
    let user = element.child_named("user");
    let field = |name: &str| user.and_then(|user| user.child_text(name));
    Identity {
        id: field("id"),
        name: field("name"),
        avatar: field("avatar"),
        group: element.child_text("group"),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireState {
    muted: Option<bool>,
    video_type: Option<String>,
    media_type: Option<String>,
}

/// `SourceInfo`, or the older elements when a peer has none.
fn sources(presence: &Element, endpoint: &EndpointId) -> Option<BTreeMap<SourceName, SourceState>> {
    let Some(info) = presence.child_named("SourceInfo") else {
        return Some(legacy_sources(presence, endpoint));
    };
    let text = info.text();
    if text.trim().is_empty() {
        return Some(BTreeMap::new());
    }
    let wire: BTreeMap<String, WireState> = serde_json::from_str(&text).ok()?;
    let states = wire.into_iter().take(MAX_SOURCES).filter_map(|(name, state)| {
        let name = SourceName::new(name);
        let kind = match state.media_type.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("audio") => MediaKind::Audio,
            Some("video") => MediaKind::Video,
            _ => name.kind()?,
        };
        let video_type = state.video_type.as_deref().map_or(VideoType::Camera, VideoType::from_wire);
        Some((name, SourceState { kind, muted: state.muted.unwrap_or(true), video_type }))
    });
    Some(states.collect())
}

fn legacy_sources(presence: &Element, endpoint: &EndpointId) -> BTreeMap<SourceName, SourceState> {
    let mut sources = BTreeMap::new();
    let muted = |name: &str| presence.child_text(name).map(|text| text.trim() != "false");
    if let Some(muted) = muted("audiomuted") {
        let state = SourceState { kind: MediaKind::Audio, muted, video_type: VideoType::Camera };
        sources.insert(endpoint.audio_source(), state);
    }
    if let Some(muted) = muted("videomuted") {
        let video_type =
            presence.child_text("videoType").map_or(VideoType::Camera, |text| VideoType::from_wire(&text));
        sources.insert(endpoint.camera_source(), SourceState { kind: MediaKind::Video, muted, video_type });
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    fn read(attributes: &str, inner: &str) -> OccupantPresence {
        let frame = format!(
            "<presence xmlns='jabber:client' from='garden@muc.example/ada00001' {attributes}>{inner}</presence>"
        );
        parse(&parse_frame(&frame).unwrap()).unwrap()
    }

    #[test]
    fn a_current_participant() {
        let ada = read(
            "",
            "<nick xmlns='http://jabber.org/protocol/nick'> Ada </nick>\
             <SourceInfo>{\"ada00001-a0\":{\"muted\":false},\"ada00001-v0\":{},\"ada00001-v1\":{\"muted\":false,\
             \"videoType\":\"desktop\"},\"x\":{\"muted\":false,\"mediaType\":\"AUDIO\"},\"y\":{}}</SourceInfo>\
             <jitsi_participant_codecList>AV1, vp9,vp8</jitsi_participant_codecList>\
             <jitsi_participant_raisedHand>1795520349756</jitsi_participant_raisedHand>\
             <features><feature var='https://jitsi.org/meet/e2ee'/></features>\
             <identity><user><id>7</id><name>Ada L.</name></user><group>g</group></identity>\
             <x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' \
             jid='abc@meet.example/r'/></x>",
        );
        let who = &ada.participant;
        assert_eq!(
            (who.name.as_deref(), who.moderator, who.raised_hand),
            (Some("Ada"), true, Some(1_795_520_349_756))
        );
        assert_eq!(who.codecs, ["av1", "vp9", "vp8"]);
        assert!(!who.audio_muted() && who.camera_muted() && who.sharing_screen());
        assert_eq!(who.sources.len(), 4);
        assert_eq!(who.identity.as_ref().and_then(|identity| identity.name.as_deref()), Some("Ada L."));
        assert_eq!(ada.real_jid.as_deref(), Some("abc@meet.example/r"));
        assert!(ada.available && !ada.is_own() && !ada.malformed);
    }

    #[test]
    fn a_very_old_participant() {
        let ben = read(
            "",
            "<audiomuted>false</audiomuted><videomuted>true</videomuted><videoType>desktop</videoType>",
        );
        assert!(!ben.participant.audio_muted());
        let video = &ben.participant.sources[&SourceName::new("ada00001-v0")];
        assert_eq!((video.muted, video.video_type), (true, VideoType::Desktop));
    }

    #[test]
    fn a_hand_is_down_when_the_element_is_empty() {
        assert_eq!(read("", "<jitsi_participant_raisedHand/>").participant.raised_hand, None);
    }

    #[test]
    fn broken_source_information_costs_only_itself() {
        let ada = read(
            "",
            "<nick xmlns='http://jabber.org/protocol/nick'>Ada</nick><SourceInfo>{oops</SourceInfo>",
        );
        assert!(ada.malformed);
        assert_eq!(ada.participant.name.as_deref(), Some("Ada"));
    }

    #[test]
    fn removal_names_who_and_why() {
        let kicked = read(
            "type='unavailable'",
            "<x xmlns='http://jabber.org/protocol/muc#user'><status code='307'/><item role='none'><actor nick='ben00002'/>\
             <reason>bye</reason></item><status code='110'/></x>",
        );
        assert!(!kicked.available && kicked.is_own() && kicked.statuses.contains(&307));
        assert_eq!(
            (kicked.actor, kicked.reason.as_deref()),
            (Some(EndpointId::new("ben00002")), Some("bye"))
        );
    }

    #[test]
    fn the_room_itself_is_no_occupant() {
        let frame = "<presence xmlns='jabber:client' from='garden@muc.example'/>";
        assert_eq!(parse(&parse_frame(frame).unwrap()), None);
        let frame = "<presence xmlns='jabber:client' from='g@m/a'><ignore xmlns='http://jitsi.org/jitmeet/'/></presence>";
        assert!(parse(&parse_frame(frame).unwrap()).is_none());
    }
}
