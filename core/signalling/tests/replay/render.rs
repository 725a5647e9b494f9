//! Events and stanzas as lines of text in which random ids do not show.

use minidom::Element;
use minidom::rxml::{Namespace, NcName};
use treff_signalling::{Event, MediaDescription, SessionDescription};

/// An event on one line; offers and participants shortened to what tells them apart.
pub(super) fn event(event: &Event) -> String {
    match event {
        Event::SessionOffered(offer) => offered(offer),
        Event::ChatReceived(message) => {
            format!(
                "ChatReceived({:?} from {:?}: {:?}, private {})",
                message.name, message.from, message.text, message.private
            )
        }
        Event::ParticipantJoined(who) | Event::ParticipantChanged(who) => {
            let joined = matches!(event, Event::ParticipantJoined(_));
            let sources: Vec<String> = who
                .sources
                .iter()
                .map(|(name, state)| {
                    format!("{name} {:?}{}", state.video_type, if state.muted { " muted" } else { "" })
                })
                .collect();
            format!(
                "Participant{}({} {:?}, moderator {}, hand {}, {:?}, [{}])",
                if joined { "Joined" } else { "Changed" },
                who.endpoint,
                who.name,
                who.moderator,
                who.raised_hand.is_some(),
                who.codecs.join(" "),
                sources.join(", ")
            )
        }
        other => format!("{other:?}"),
    }
}

fn offered(offer: &SessionDescription) -> String {
    let media = |media: &MediaDescription| {
        let payloads: Vec<String> =
            media.payload_types.iter().map(|p| format!("{} {}", p.id, p.name)).collect();
        let extensions: Vec<String> = media.header_extensions.iter().map(|e| e.id.to_string()).collect();
        format!("[{}; {}]", payloads.join(", "), extensions.join(" "))
    };
    let sources: Vec<String> =
        offer.sources.iter().map(|source| format!("{} {:?}", source.name, source.ssrcs)).collect();
    format!(
        "SessionOffered(channel {:?}, {} candidates, audio {}, video {}, sources {})",
        offer.bridge_channel,
        offer.transport.candidates.len(),
        media(&offer.audio),
        media(&offer.video),
        sources.join(", ")
    )
}

/// A stanza with its random parts replaced.
pub(super) fn stanza(frame: &Element) -> String {
    let mut frame = frame.clone();
    normalise(&mut frame);
    let mut bytes = Vec::new();
    frame.write_to(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn normalise(element: &mut Element) {
    if matches!(element.name(), "iq" | "message") && element.attr("id").is_some() {
        set(element, "id", "ID");
    }
    if element.name() == "a" {
        set(element, "h", "N");
    }
    if element.attr("name") == Some("msid") {
        let msid = element
            .attr("value")
            .and_then(|value| value.split_once(' '))
            .map(|(stream, _)| format!("{stream} TRACK"));
        set(element, "value", &msid.unwrap());
    }
    if element.name() == "stats-id" {
        element.take_nodes();
        element.append_text("LABEL");
    }
    for child in element.children_mut() {
        normalise(child);
    }
}

fn set(element: &mut Element, name: &'static str, value: &str) {
    element.set_attr(Namespace::NONE, NcName::try_from(name).unwrap(), value);
}
