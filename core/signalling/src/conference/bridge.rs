//! The bridge channel as seen by the driver, and what its messages mean.
//!
//! Inputs, from the driver: the channel opened, spoke or closed.

use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;

use super::Conference;
use crate::bridge::messages::{self, Incoming};
use crate::event::{BridgeChannelKind, Event, Reaction};
use crate::ids::EndpointId;

/// More reactions than this in one message are cut off.
const MAX_REACTIONS: usize = 64;

impl Conference {
    /// A channel to the bridge is open: the data channel of the session, or the bridge socket.
    pub fn bridge_opened(&mut self, now: Instant, kind: BridgeChannelKind) {
        if self.is_over() {
            return;
        }
        tracing::debug!("Bridge channel opened at {now:?}.");
        self.bridge.opened(kind, &mut self.out);
    }

    /// A channel to the bridge closed, or the bridge socket could not be opened.
    pub fn bridge_closed(&mut self, now: Instant) {
        if !self.is_over() {
            self.bridge.closed(now, &mut self.out);
        }
    }

    /// A text message arrived on the bridge channel.
    pub fn bridge_message(&mut self, now: Instant, text: &str) {
        if self.is_over() {
            return;
        }
        self.out.stats.bridge_messages += 1;
        let Some(message) = messages::parse(text) else {
            tracing::debug!("A bridge message at {now:?} is not readable.");
            self.out.stats.malformed_bridge_messages += 1;
            return;
        };
        let event = match message {
            Incoming::DominantSpeaker { dominant_speaker_endpoint, previous_speakers, silence } => {
                Event::DominantSpeaker {
                    endpoint: dominant_speaker_endpoint,
                    previous: previous_speakers,
                    silence,
                }
            }
            Incoming::ForwardedSources { forwarded_sources } => Event::ForwardedSources(forwarded_sources),
            Incoming::SenderSourceConstraints { source_name, max_height } => {
                Event::SenderConstraint { source: source_name, max_height }
            }
            Incoming::ConnectionStats { estimated_downlink_bandwidth } => {
                Event::EstimatedDownlink(estimated_downlink_bandwidth)
            }
            Incoming::Connectivity { endpoint, active } => Event::EndpointConnectivity { endpoint, active },
            Incoming::EndpointMessage { from, msg_payload } => {
                self.endpoint_message(from, &msg_payload);
                return;
            }
            Incoming::Unknown => {
                self.out.stats.unknown_bridge_messages += 1;
                return;
            }
            Incoming::ServerHello {}
            | Incoming::EndpointStats {}
            | Incoming::SourceVideoTypeMessage {}
            | Incoming::VideoSourcesMap {}
            | Incoming::AudioSourcesMap {} => return,
        };
        self.out.event(event);
    }

    fn endpoint_message(&mut self, from: EndpointId, payload: &Value) {
        #[derive(Deserialize)]
        struct Reactions {
            reactions: Vec<String>,
        }
        if payload.get("name").and_then(Value::as_str) == Some("endpoint-reaction") {
            let Ok(message) = Reactions::deserialize(payload) else {
                self.out.stats.malformed_bridge_messages += 1;
                return;
            };
            let known =
                message.reactions.iter().take(MAX_REACTIONS).filter_map(|name| Reaction::from_name(name));
            let reactions: Vec<Reaction> = known.collect();
            if !reactions.is_empty() {
                self.out.event(Event::ReactionReceived { from, reactions });
            }
            return;
        }
        self.out.event(Event::EndpointMessage { from, payload: payload.to_string() });
    }

    pub(super) fn flush_reactions(&mut self) {
        let Some(buffer) = self.reactions.take() else { return };
        let names: Vec<&str> = buffer.reactions.iter().map(|reaction| reaction.name()).collect();
        let payload =
            serde_json::json!({ "name": "endpoint-reaction", "reactions": names, "timestamp": buffer.stamp });
        self.bridge.send(messages::endpoint_message(None, &payload), &mut self.out);
    }
}
