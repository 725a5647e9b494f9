//! Message stanzas: what the server pushes, what components say, invitations out of the lobby, and chat.
//!
//! Inputs, from the server: messages. A component is believed only when the server named it in its identities.

use std::time::Instant;

use minidom::Element;
use serde_json::Value;

use super::Conference;
use crate::disco;
use crate::event::{Event, MutedMedium};
use crate::ice_servers;
use crate::ids::EndpointId;
use crate::jid;
use crate::json_message::{self, JsonMessage, Moderation};
use crate::ns;
use crate::xml::Read;

/// More component messages than this do not wait for the components to be known.
const MAX_QUEUED: usize = 64;

impl Conference {
    pub(super) fn message(&mut self, now: Instant, message: &Element) {
        let from = message.attr("from").unwrap_or_default().to_owned();
        if jid::same_bare(&from, &self.room.jid) {
            self.room_message(now, message, &from);
        } else if from.is_empty() || self.is_server(&from) {
            self.pushed(now, message);
        } else if let Some(json) = message.get_child("json-message", ns::JITMEET) {
            self.component_message(now, message, json, &from);
        }
    }

    fn is_server(&self, from: &str) -> bool {
        let deployment = &self.config.deployment;
        from.eq_ignore_ascii_case(&deployment.domain)
            || deployment.anonymous_domain.as_ref().is_some_and(|domain| from.eq_ignore_ascii_case(domain))
    }

    /// What `mod_jiconop` sends right after the login, to save asking.
    fn pushed(&mut self, now: Instant, message: &Element) {
        if let Some(query) = message.get_child("query", ns::DISCO_INFO) {
            self.server_info(now, &disco::parse(query));
        }
        if let Some(services) = message.children().find(|child| child.name() == "services") {
            self.ice_servers(services);
        }
    }

    fn room_message(&mut self, now: Instant, message: &Element, from: &str) {
        if message.attr("type") == Some("error") {
            if message.has_child("body", ns::CLIENT) || message.attr("id").is_some() {
                self.chat.refused(message, &mut self.out);
            }
            return;
        }
        if let Some(user) = message.get_child("x", ns::MUC_USER) {
            if jid::resource(from).is_none() && user.has_child("invite", ns::MUC_USER) {
                self.admitted(now, user.child_text("password"));
                return;
            }
            if user.children_of("status", ns::MUC_USER).any(|status| status.attr("code") == Some("104")) {
                self.ask_room_info(now);
            }
        }
        if let Some(json) = message.get_child("json-message", ns::JITMEET) {
            self.notice(&json.text());
            return;
        }
        let roster = &self.room.roster;
        let me = (self.room.endpoint(), self.room.own.display_name.as_deref());
        let name_of = |endpoint: &EndpointId| {
            let own = me.1.filter(|_| me.0 == Some(endpoint));
            own.or_else(|| roster.name_of(endpoint)).map(str::to_owned)
        };
        self.chat.receive(message, name_of, &mut self.out);
    }

    /// A notice of a participant to all.
    fn notice(&mut self, text: &str) {
        match json_message::parse(text) {
            // Switching off is told as `LOBBY-ENABLED`, too, with the value false.
            Some(JsonMessage::LobbyNotice { event, value }) => match event.as_str() {
                "LOBBY-ENABLED" => {
                    let enabled = value != Some(Value::Bool(false));
                    self.out.event(Event::LobbySwitched { enabled });
                }
                "LOBBY-DISABLED" => self.out.event(Event::LobbySwitched { enabled: false }),
                _ => {}
            },
            Some(_) => {}
            None => self.out.stats.malformed_stanzas += 1,
        }
    }

    fn component_message(&mut self, now: Instant, message: &Element, json: &Element, from: &str) {
        let Some(components) = &self.server.components else {
            if self.server.queued.len() < MAX_QUEUED {
                self.server.queued.push(message.clone());
            }
            return;
        };
        let Some(kind) = components.kind_of(from).map(str::to_owned) else {
            self.out.stats.untrusted_stanzas += 1;
            return;
        };
        match (kind.as_str(), json_message::parse(&json.text())) {
            (_, None) => self.out.stats.malformed_stanzas += 1,
            ("room_metadata", Some(JsonMessage::RoomMetadata { metadata })) => self.metadata(now, &metadata),
            ("av_moderation", Some(JsonMessage::Moderation(moderation))) => self.moderation(&moderation),
            (_, Some(_)) => {}
        }
    }

    /// The room's shared settings, whole each time.
    pub(super) fn metadata(&mut self, now: Instant, value: &Value) {
        let metadata = json_message::metadata(value);
        if let Some(services) = metadata.services {
            self.learn_ice_servers(ice_servers::from_metadata(services));
        }
        let settings = metadata.settings;
        // Only what is set when we come in concerns us.
        if self.metadata.is_none() {
            let (audio, video) = (settings.start_audio_muted, settings.start_video_muted);
            self.start_muted(now, audio.unwrap_or(false), video.unwrap_or(false));
        }
        if self.metadata.as_ref() != Some(&settings) {
            self.out.event(Event::RoomMetadata(settings.clone()));
            self.metadata = Some(settings);
        }
    }

    fn moderation(&mut self, moderation: &Moderation) {
        let Some(kind) = moderation.media_type.as_deref().and_then(MutedMedium::from_name) else { return };
        if let Some(enabled) = moderation.enabled {
            let actor = moderation.actor.as_deref().and_then(jid::resource).map(EndpointId::new);
            self.out.event(Event::ModerationChanged { kind, enabled, actor });
        }
        if moderation.approved == Some(true) {
            self.out.event(Event::UnmuteApproval { kind, approved: true });
        }
        if moderation.removed == Some(true) {
            self.out.event(Event::UnmuteApproval { kind, approved: false });
        }
    }
}
