//! What the focus says in its own presence: recordings, limits on senders, a missing bridge.
//! In: its presence elements. Out: events for what changed since the last one.

use std::collections::BTreeMap;

use minidom::Element;

use crate::event::{Event, RecordingMode, RecordingState, RecordingStatus, Warning};
use crate::ids::{EndpointId, MediaKind};
use crate::jid;
use crate::ns;
use crate::output::Output;
use crate::xml::Read;

/// What the focus said last.
#[derive(Debug, Default)]
pub(crate) struct FocusPresence {
    recordings: BTreeMap<String, RecordingStatus>,
    bridge_missing: bool,
    limits: Vec<MediaKind>,
}

impl FocusPresence {
    /// Compares a presence with the one before.
    pub(crate) fn update(&mut self, presence: &Element, out: &mut Output) {
        self.recordings(presence, out);
        let missing = presence.child_named("bridgeNotAvailable").is_some();
        if missing && !self.bridge_missing {
            out.event(Event::Warning(Warning::BridgeUnavailable));
        }
        self.bridge_missing = missing;
        let reached = |key: &str| property(presence, key) == Some("true");
        let limits: Vec<MediaKind> =
            [("audio-limit-reached", MediaKind::Audio), ("video-limit-reached", MediaKind::Video)]
                .into_iter()
                .filter(|(key, _)| reached(key))
                .map(|(_, kind)| kind)
                .collect();
        for kind in limits.iter().filter(|kind| !self.limits.contains(kind)) {
            out.event(Event::Warning(Warning::SenderLimitReached { kind: Some(*kind) }));
        }
        self.limits = limits;
    }

    fn recordings(&mut self, presence: &Element, out: &mut Output) {
        let mut now: BTreeMap<String, RecordingStatus> =
            presence.children_of("jibri-recording-status", ns::JIBRI).filter_map(recording).collect();
        if property(presence, "audio-recording-enabled") == Some("true") {
            let status = RecordingStatus {
                mode: RecordingMode::Audio,
                state: RecordingState::On,
                session: None,
                initiator: None,
                failure: None,
            };
            now.insert("audio".to_owned(), status);
        }
        for (key, status) in &now {
            let before = self.recordings.get(key);
            let never_ran =
                before.is_none() && status.state == RecordingState::Off && status.failure.is_none();
            if before != Some(status) && !never_ran {
                out.event(Event::Recording(status.clone()));
            }
        }
        for (key, status) in &self.recordings {
            if !now.contains_key(key) && status.state != RecordingState::Off {
                out.event(Event::Recording(RecordingStatus { state: RecordingState::Off, ..status.clone() }));
            }
        }
        self.recordings = now;
    }
}

fn recording(element: &Element) -> Option<(String, RecordingStatus)> {
    let state = match element.attr("status")? {
        "on" => RecordingState::On,
        "pending" => RecordingState::Pending,
        "off" | "failed" => RecordingState::Off,
        _ => return None,
    };
    let mode = match element.attr("recording_mode") {
        Some("stream") => RecordingMode::Stream,
        _ => RecordingMode::File,
    };
    let session = element.attr_filled("session_id").map(str::to_owned);
    let initiator = element.attr_filled("initiator").and_then(jid::resource).map(EndpointId::new);
    let failure = element.attr_filled("failure_reason").map(str::to_owned);
    let key = session.clone().unwrap_or_else(|| format!("{mode:?}"));
    Some((key, RecordingStatus { mode, state, session, initiator, failure }))
}

fn property<'a>(presence: &'a Element, key: &str) -> Option<&'a str> {
    presence
        .get_child("conference-properties", ns::FOCUS)?
        .children()
        .find(|property| property.attr("key") == Some(key))
        .and_then(|property| property.attr("value"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    fn hear(focus: &mut FocusPresence, inner: &str) -> Vec<Event> {
        let mut out = Output::new(1);
        let frame = format!("<presence xmlns='jabber:client' from='g@muc/focus'>{inner}</presence>");
        focus.update(&parse_frame(&frame).unwrap(), &mut out);
        std::iter::from_fn(|| out.poll_event()).collect()
    }

    fn jibri(status: &str) -> String {
        format!(
            "<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='{status}' session_id='s' \
             recording_mode='file' initiator='g@muc/ada00001'/>"
        )
    }

    #[test]
    fn a_recording_begins_and_ends() {
        let mut focus = FocusPresence::default();
        assert_eq!(hear(&mut focus, &jibri("off")), []);
        let states: Vec<_> = ["pending", "on", "on", "off"]
            .into_iter()
            .flat_map(|status| hear(&mut focus, &jibri(status)))
            .map(|event| match event {
                Event::Recording(status) => (status.mode, status.state),
                other => panic!("{other:?}"),
            })
            .collect();
        use RecordingState::{Off, On, Pending};
        assert_eq!(states, [Pending, On, Off].map(|state| (RecordingMode::File, state)));
    }

    #[test]
    fn a_status_that_vanishes_ends_the_recording() {
        let mut focus = FocusPresence::default();
        hear(&mut focus, &jibri("on"));
        assert!(
            matches!(&hear(&mut focus, "")[..], [Event::Recording(status)] if status.state == RecordingState::Off)
        );
    }

    #[test]
    fn a_missing_bridge_and_limits_are_told_once() {
        let mut focus = FocusPresence::default();
        let inner = "<bridgeNotAvailable/><conference-properties xmlns='http://jitsi.org/protocol/focus'><property \
                     key='video-limit-reached' value='true'/></conference-properties>";
        assert_eq!(
            hear(&mut focus, inner),
            [
                Event::Warning(Warning::BridgeUnavailable),
                Event::Warning(Warning::SenderLimitReached { kind: Some(MediaKind::Video) })
            ]
        );
        assert_eq!(hear(&mut focus, inner), []);
    }
}
