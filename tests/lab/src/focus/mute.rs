//! Moderators mute others through the focus, which tells the muted one who it was.

use minidom::Element;

use super::{Focus, Io};
use crate::jid::Jid;
use crate::xml::{self, Build, ns};

impl Focus {
    /// A mute IQ from an occupant.
    pub(super) fn mute(&mut self, from: &Jid, iq: &Element, mute: &Element, io: &mut Io<'_>) {
        let namespace = mute.ns();
        let Some(medium) = namespace.strip_prefix(ns::JITMEET).and_then(|rest| rest.strip_prefix('/')) else {
            return io.port.send(xml::error(iq, "cancel", "feature-not-implemented"));
        };
        let target = Jid::parse(mute.attr("jid").unwrap_or_default());
        let (key, nick) = (from.bare_text(), from.resource.clone().unwrap_or_default());
        let Some(meeting) = self.meetings.get(&key) else {
            return io.port.send(xml::error(iq, "cancel", "item-not-found"));
        };
        let moderator = meeting.participants.get(&nick).is_some_and(|p| p.moderator);
        let target_nick = target.resource.clone().unwrap_or_default();
        let own = target_nick == nick;
        if !meeting.participants.contains_key(&target_nick) {
            return io.port.send(xml::error(iq, "cancel", "item-not-found"));
        }
        // Nobody can be unmuted by somebody else.
        if !own && (!moderator || mute.text() != "true") {
            return io.port.send(xml::error(iq, "cancel", "not-allowed"));
        }
        io.port.send(xml::result(iq));
        if !own {
            let medium = medium.to_owned();
            self.order_mute(&key, &target_nick, &medium, Some(&nick), io);
        }
    }

    /// Tells somebody to mute a medium, in the name of `actor` if there is one.
    pub(crate) fn order_mute(
        &mut self,
        key: &str,
        nick: &str,
        medium: &str,
        actor: Option<&str>,
        io: &mut Io<'_>,
    ) {
        let Some(meeting) = self.meetings.get(key) else { return };
        let actor = actor.map(|actor| meeting.room.occupant(actor).to_string());
        let to = meeting.room.occupant(nick);
        let mute =
            xml::el("mute", &xml::mute_namespace(medium)).with_some("actor", actor.as_deref()).say("true");
        self.ask("set", &to, mute, None, io);
    }
}
