//! What the person does.
//!
//! Inputs, from the application: muting, name, hand, chat, reactions, passwords, knocking, layout, leaving.

use std::time::Instant;

use serde_json::Value;

use super::joining::Gate;
use super::{Conference, Phase, REACTION_BUFFER, ReactionBuffer};
use crate::bridge::messages::{self, ReceiveConstraints};
use crate::chat::{self, Draft};
use crate::event::{EndReason, Reaction};
use crate::ids::EndpointId;

/// A reaction buffer holds no more than this.
const MAX_BUFFERED_REACTIONS: usize = 32;

impl Conference {
    /// The microphone was muted or unmuted.
    pub fn set_audio_muted(&mut self, now: Instant, muted: bool) {
        if self.room.own.audio_muted != muted {
            self.room.own.audio_muted = muted;
            self.room.changed(now);
        }
    }

    /// The camera was muted or unmuted.
    pub fn set_video_muted(&mut self, now: Instant, muted: bool) {
        if self.room.own.video_muted != muted {
            self.room.own.video_muted = muted;
            self.room.changed(now);
            self.tell_video_types();
        }
    }

    /// Another name to show to others; empty for none.
    pub fn set_display_name(&mut self, now: Instant, name: &str) {
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        if self.room.own.display_name != name {
            self.room.own.display_name = name;
            self.room.changed(now);
        }
    }

    /// Raises or lowers the hand. Hands are ordered by the wall clock of those who raise them.
    pub fn raise_hand(&mut self, now: Instant, raised: bool, wall_clock_ms: u64) {
        if self.room.own.raise_hand(raised.then_some(wall_clock_ms)) {
            self.room.changed(now);
        }
    }

    /// Writes to everybody, or to one person. Returns the message's id; `None` if it cannot be sent now.
    pub fn send_chat(
        &mut self,
        now: Instant,
        text: &str,
        to: Option<&EndpointId>,
        reply_to: Option<&str>,
    ) -> Option<String> {
        if !self.room.is_inside() || text.trim().is_empty() {
            return None;
        }
        tracing::trace!("Chat message sent at {now:?}.");
        let id = self.out.random.uuid();
        let draft = Draft { text, reply_to };
        let message = match to {
            Some(to) => chat::write("chat", &self.room.occupant(to.as_str()), &id, &draft),
            None => chat::write("groupchat", &self.room.jid, &id, &draft),
        };
        self.out.send(message);
        Some(id)
    }

    /// Reacts to what is going on; quick reactions go out together.
    pub fn send_reaction(&mut self, now: Instant, reaction: Reaction, wall_clock_ms: u64) {
        let buffer = self.reactions.get_or_insert_with(|| ReactionBuffer {
            reactions: Vec::new(),
            stamp: wall_clock_ms,
            flush_at: now + REACTION_BUFFER,
        });
        if buffer.reactions.len() < MAX_BUFFERED_REACTIONS {
            buffer.reactions.push(reaction);
        }
    }

    /// Sends a message to another endpoint, or to all, over the bridge. False if the channel is not open.
    pub fn send_endpoint_message(&mut self, to: Option<&EndpointId>, payload: &Value) -> bool {
        self.bridge.send(messages::endpoint_message(to, payload), &mut self.out)
    }

    /// The room's password, after `PasswordRequired` or `LobbyRequired`.
    pub fn enter_password(&mut self, now: Instant, password: String) {
        if self.room.is_inside() || !(self.gate == Gate::Password || self.lobby.is_involved()) {
            self.room.password = Some(password);
            return;
        }
        self.room.password = Some(password);
        self.gate = Gate::Free;
        self.try_join(now);
    }

    /// Knocks at the lobby, after `LobbyRequired` or `LobbyDenied`.
    pub fn knock(&mut self, now: Instant, name: &str) {
        if !self.lobby.can_knock() || !self.stream.is_ready() {
            return;
        }
        self.set_display_name(now, name);
        self.lobby.knock(&self.room.own, &mut self.out);
    }

    /// Gives up waiting in the lobby; `knock` stays possible.
    pub fn cancel_knock(&mut self, now: Instant) {
        tracing::debug!("Knocking cancelled at {now:?}.");
        self.lobby.cancel(&mut self.out);
    }

    /// A name to show, after `DisplayNameRequired`.
    pub fn provide_display_name(&mut self, now: Instant, name: &str) {
        self.set_display_name(now, name);
        if self.gate == Gate::DisplayName {
            self.gate = Gate::Free;
            self.try_join(now);
        } else if self.lobby.can_knock() {
            self.knock(now, name);
        }
    }

    /// What we want to receive; said again after each opening of the bridge channel.
    pub fn set_receive_constraints(&mut self, now: Instant, constraints: ReceiveConstraints) {
        tracing::trace!("Constraints at {now:?}: {constraints:?}.");
        self.bridge.set_constraints(constraints, &mut self.out);
    }

    /// Leaves. `Ended` follows when the room has confirmed it, or after five seconds.
    pub fn leave(&mut self, now: Instant) {
        if self.phase != Phase::Running {
            return;
        }
        self.phase = Phase::Leaving;
        self.bridge.stop(&mut self.out);
        self.lobby.leave(&mut self.out);
        if self.stream.is_ready() && self.room.is_involved() {
            self.room.leave(now, &mut self.out);
        } else {
            self.end(EndReason::Left);
        }
    }
}
