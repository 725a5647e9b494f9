//! Who is in the room. Presence updates `current`; what the application was told is `announced`; the difference becomes
//! events. So a rejoin tells only what changed meanwhile, and an unchanged presence tells nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::Event;
use crate::ids::EndpointId;
use crate::jid;
use crate::muc::presence::OccupantPresence;
use crate::output::Output;
use crate::participant::Participant;

/// How the focus is recognised: by the real address behind an occupant, never by a nickname alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct FocusIdentity {
    /// From the conference request.
    pub(crate) jid: Option<String>,
    /// From the deployment's configuration.
    pub(crate) user_jid: Option<String>,
}

impl FocusIdentity {
    /// Whether the occupant is the focus. Where no address is known at all, a moderator called `focus` has to do.
    pub(crate) fn matches(&self, presence: &OccupantPresence) -> bool {
        let known: Vec<&String> = self.jid.iter().chain(&self.user_jid).collect();
        if known.is_empty() {
            return presence.participant.endpoint.as_str() == "focus" && presence.participant.moderator;
        }
        presence
            .real_jid
            .as_ref()
            .is_some_and(|real| known.into_iter().any(|focus| jid::same_bare(real, focus)))
    }
}

/// Everybody in the room but ourselves and the focus.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    current: BTreeMap<EndpointId, Participant>,
    announced: BTreeMap<EndpointId, Participant>,
    /// Everybody's address at the server, and whether they have a lasting relation to the room.
    accounts: BTreeMap<EndpointId, (String, bool)>,
    /// Endpoints we had before a reconnection. Their ghosts linger until the server notices.
    former_own: BTreeSet<EndpointId>,
    hidden_domain: Option<String>,
}

impl Roster {
    pub(crate) fn new(hidden_domain: Option<String>) -> Self {
        Self { hidden_domain, ..Self::default() }
    }

    /// A new join begins: whoever is announced may be gone by now.
    pub(crate) fn begin(&mut self, former_own: Option<EndpointId>) {
        self.current.clear();
        self.accounts.clear();
        self.former_own.extend(former_own);
    }

    /// Somebody's presence; announced at once if `live`, else with `settle`.
    pub(crate) fn update(&mut self, presence: OccupantPresence, live: bool, out: &mut Output) {
        let mut participant = presence.participant;
        if self.former_own.contains(&participant.endpoint) {
            return;
        }
        participant.hidden = self.hidden_domain.as_deref().is_some_and(|hidden| {
            presence.real_jid.as_deref().is_some_and(|real| jid::domain(real).eq_ignore_ascii_case(hidden))
        });
        if presence.malformed
            && let Some(known) = self.current.get(&participant.endpoint)
        {
            participant.sources = known.sources.clone();
        }
        let endpoint = participant.endpoint.clone();
        if let Some(account) = presence.real_jid {
            self.accounts.insert(endpoint.clone(), (account, presence.affiliated));
        }
        self.current.insert(endpoint.clone(), participant);
        if live {
            self.announce(&endpoint, out);
        }
    }

    /// Somebody left.
    pub(crate) fn remove(&mut self, endpoint: &EndpointId, live: bool, out: &mut Output) {
        self.current.remove(endpoint);
        self.accounts.remove(endpoint);
        self.former_own.remove(endpoint);
        if live && self.announced.remove(endpoint).is_some() {
            out.event(Event::ParticipantLeft { endpoint: endpoint.clone() });
        }
    }

    /// We are in: tell who left since we were last in, then who is here. Returns those who left.
    pub(crate) fn settle(&mut self, out: &mut Output) -> Vec<EndpointId> {
        let gone: Vec<EndpointId> =
            self.announced.keys().filter(|endpoint| !self.current.contains_key(*endpoint)).cloned().collect();
        for endpoint in &gone {
            self.announced.remove(endpoint);
            out.event(Event::ParticipantLeft { endpoint: endpoint.clone() });
        }
        for endpoint in self.current.keys().cloned().collect::<Vec<_>>() {
            self.announce(&endpoint, out);
        }
        gone
    }

    fn announce(&mut self, endpoint: &EndpointId, out: &mut Output) {
        let Some(participant) = self.current.get(endpoint) else { return };
        let event = match self.announced.get(endpoint) {
            Some(known) if known == participant => return,
            Some(_) => Event::ParticipantChanged(participant.clone()),
            None => Event::ParticipantJoined(participant.clone()),
        };
        self.announced.insert(endpoint.clone(), participant.clone());
        out.event(event);
    }

    /// The bare addresses of those without a lasting relation to the room.
    pub(crate) fn strangers(&self) -> impl Iterator<Item = &str> {
        self.accounts.values().filter(|(_, affiliated)| !affiliated).map(|(account, _)| jid::bare(account))
    }

    /// Whether somebody with this full address is in the room.
    pub(crate) fn has_account(&self, account: &str) -> bool {
        self.accounts.values().any(|(known, _)| known == account)
    }

    /// Somebody's display name.
    pub(crate) fn name_of(&self, endpoint: &EndpointId) -> Option<&str> {
        self.current.get(endpoint)?.name.as_deref()
    }

    /// How many there are, ourselves and the focus not counted.
    pub(crate) fn len(&self) -> usize {
        self.current.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(nick: &str, name: &str, real: &str) -> OccupantPresence {
        let mut participant = Participant::new(EndpointId::new(nick));
        participant.name = Some(name.into());
        OccupantPresence {
            available: true,
            participant,
            real_jid: Some(real.into()),
            affiliated: false,
            statuses: BTreeSet::new(),
            actor: None,
            reason: None,
            destroyed: None,
            malformed: false,
        }
    }

    fn told(out: &mut Output) -> Vec<String> {
        std::iter::from_fn(|| out.poll_event())
            .map(|event| match event {
                Event::ParticipantJoined(who) => format!("+{}", who.name.unwrap_or_default()),
                Event::ParticipantChanged(who) => format!("~{}", who.name.unwrap_or_default()),
                Event::ParticipantLeft { endpoint } => format!("-{endpoint}"),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn only_changes_are_told() {
        let (mut roster, mut out) = (Roster::new(None), Output::new(1));
        roster.update(presence("a", "Ada", "x@meet"), true, &mut out);
        roster.update(presence("a", "Ada", "x@meet"), true, &mut out);
        roster.update(presence("a", "Ada L.", "x@meet"), true, &mut out);
        roster.remove(&EndpointId::new("a"), true, &mut out);
        roster.remove(&EndpointId::new("a"), true, &mut out);
        assert_eq!(told(&mut out), ["+Ada", "~Ada L.", "-a"]);
    }

    #[test]
    fn a_rejoin_tells_what_changed_meanwhile_and_hides_our_own_ghost() {
        let (mut roster, mut out) = (Roster::new(None), Output::new(1));
        roster.update(presence("a", "Ada", "x@meet"), true, &mut out);
        roster.update(presence("b", "Ben", "x@meet"), true, &mut out);
        told(&mut out);
        roster.begin(Some(EndpointId::new("old")));
        roster.update(presence("a", "Ada", "x@meet"), false, &mut out);
        roster.update(presence("c", "Cleo", "x@meet"), false, &mut out);
        roster.update(presence("old", "Me", "x@meet"), false, &mut out);
        assert_eq!(told(&mut out), Vec::<String>::new());
        assert_eq!(roster.settle(&mut out), [EndpointId::new("b")]);
        assert_eq!(told(&mut out), ["-b", "+Cleo"]);
    }

    #[test]
    fn recorders_are_hidden() {
        let (mut roster, mut out) = (Roster::new(Some("recorder.example".into())), Output::new(1));
        roster.update(presence("r", "Recorder", "x@Recorder.example/1"), true, &mut out);
        assert!(matches!(out.poll_event(), Some(Event::ParticipantJoined(who)) if who.hidden));
    }

    #[test]
    fn the_focus_is_known_by_its_real_address() {
        let focus = FocusIdentity { jid: Some("focus@auth.example".into()), user_jid: None };
        assert!(focus.matches(&presence("anything", "", "focus@auth.example/focus")));
        assert!(!focus.matches(&presence("focus", "", "mallory@meet.example/r")));
        let mut unknown = presence("focus", "", "x@y");
        assert!(!FocusIdentity::default().matches(&unknown));
        unknown.participant.moderator = true;
        assert!(FocusIdentity::default().matches(&unknown));
    }
}
