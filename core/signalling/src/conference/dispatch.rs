//! Stanzas by kind: requests to us, answers to our requests, and what they are passed on to.
//!
//! Inputs, from the server: IQs (and, through `Conference`, overdue answers). Messages and presence go to their own files.

use std::time::Instant;

use minidom::Element;

use super::Conference;
use crate::disco::{self, Components};
use crate::event::{Event, IceServer};
use crate::ice_servers;
use crate::muc::owner_form;
use crate::ns;
use crate::output::{Answer, Purpose};
use crate::xml::xml;

impl Conference {
    pub(super) fn stanza(&mut self, now: Instant, stanza: &Element) {
        match stanza.name() {
            "iq" => self.iq(now, stanza),
            "presence" => self.presence(now, stanza),
            "message" => self.message(now, stanza),
            _ => self.out.stats.unknown_stanzas += 1,
        }
    }

    fn iq(&mut self, now: Instant, iq: &Element) {
        match iq.attr("type") {
            Some("get") => self.query(iq),
            Some("set") => self.command(now, iq),
            Some("result") => self.answer(now, iq, Answer::Result(iq)),
            Some("error") => self.answer(now, iq, Answer::Error(iq)),
            _ => self.out.stats.malformed_stanzas += 1,
        }
    }

    fn query(&mut self, iq: &Element) {
        if let Some(query) = iq.get_child("query", ns::DISCO_INFO) {
            match self.room.own.capabilities().answer(query) {
                Some(info) => self.out.answer(iq, Some(info)),
                None => self.out.refuse(iq, "cancel", "item-not-found", None),
            }
        } else if iq.has_child("ping", ns::PING) {
            self.out.answer(iq, None);
        } else {
            self.out.refuse(iq, "cancel", "service-unavailable", None);
        }
    }

    fn command(&mut self, now: Instant, iq: &Element) {
        if let Some(jingle) = iq.get_child("jingle", ns::JINGLE) {
            self.jingle(now, iq, jingle);
        } else if let Some(mute) = iq.children().find(|child| child.name() == "mute") {
            self.mute_command(now, iq, mute);
        } else {
            self.out.refuse(iq, "cancel", "service-unavailable", None);
        }
    }

    fn answer(&mut self, now: Instant, iq: &Element, answer: Answer<'_>) {
        match self.out.claim(iq) {
            Some(purpose) => self.answered(now, purpose, answer),
            None => self.out.stats.unexpected_answers += 1,
        }
    }

    pub(super) fn unanswered(&mut self, now: Instant, purpose: Purpose) {
        self.answered(now, purpose, Answer::Timeout);
    }

    fn answered(&mut self, now: Instant, purpose: Purpose, answer: Answer<'_>) {
        match (purpose, &answer) {
            (Purpose::Ping, Answer::Timeout) => self.ping_missed(now),
            (Purpose::Ping, _) => self.ping_answered(now),
            (Purpose::Conference, _) => {
                let verdict = self.focus.answered(now, &answer, &mut self.out);
                self.focus_verdict(now, verdict);
            }
            (Purpose::ServerDisco, Answer::Result(iq)) => {
                let info = iq.get_child("query", ns::DISCO_INFO).map(disco::parse).unwrap_or_default();
                self.server_info(now, &info);
            }
            // Without identities no component can be trusted; what was queued is dropped.
            (Purpose::ServerDisco, _) => self.server_info(now, &disco::DiscoInfo::default()),
            (Purpose::LobbyDisco, Answer::Result(iq)) => {
                let info = iq.get_child("query", ns::DISCO_INFO).map(disco::parse).unwrap_or_default();
                self.lobby.display_name_required =
                    info.features.iter().any(|feature| feature.ends_with("#displayname_required"));
            }
            (Purpose::RoomDisco, Answer::Result(iq)) => self.room_info(now, iq),
            (Purpose::IceServers { .. }, Answer::Result(iq)) => {
                if let Some(services) = iq.children().find(|child| child.name() == "services") {
                    self.ice_servers(services);
                }
            }
            (Purpose::IceServers { version: 2 }, _) => self.ask_ice_servers(now, 1),
            (Purpose::OwnerForm, Answer::Result(iq)) => {
                if let Some(form) = iq.get_child("query", ns::MUC_OWNER).and_then(owner_form::visible_to_all)
                {
                    let room = self.room.jid.clone();
                    self.out.request(now, "set", Some(&room), form, Purpose::OwnerSubmit);
                }
            }
            (Purpose::DoorForm, _) => self.door_form_answered(now, &answer),
            (Purpose::DoorSubmit, _) => self.door_submit_answered(now, &answer),
            // Jitsi's lobby answers with no IQ but disco#info: silence is no refusal.
            (Purpose::DoorOrder, Answer::Error(_)) => self.out.event(Event::ProtectionRefused),
            (Purpose::Accept { sid, with_sources }, _) => {
                self.accept_answered(now, &sid, with_sources, &answer)
            }
            (Purpose::AddSource { sid, name }, _) => self.add_source_answered(now, &sid, &name, &answer),
            (Purpose::Restart { sid }, _) => self.restart_answered(now, &sid, &answer),
            _ => {}
        }
    }

    /// Nothing was pushed: ask the server about itself.
    pub(super) fn ask_server(&mut self, now: Instant) {
        let domain = self.config.deployment.domain.clone();
        if self.server.components.is_none() {
            self.out.request(now, "get", Some(&domain), disco::query(None), Purpose::ServerDisco);
        }
        if !self.server.ice_servers_known {
            self.ask_ice_servers(now, 2);
        }
    }

    fn ask_ice_servers(&mut self, now: Instant, version: u8) {
        let domain = self.config.deployment.domain.clone();
        let ns = if version == 2 { ns::EXTDISCO_2 } else { ns::EXTDISCO_1 };
        self.out.request(now, "get", Some(&domain), xml("services", ns), Purpose::IceServers { version });
    }

    /// What the server's disco#info says, pushed or asked for.
    pub(super) fn server_info(&mut self, now: Instant, info: &disco::DiscoInfo) {
        let components = Components::of(info);
        if let Some(lobby) = components.address("lobbyrooms").map(str::to_owned) {
            self.out.request(now, "get", Some(&lobby), disco::query(Some("lobbyrooms")), Purpose::LobbyDisco);
        }
        if components.address("lobbyrooms").is_some() {
            self.out.event(Event::LobbyOffered);
        }
        self.server.components = Some(components);
        self.keep_door(now);
        for message in std::mem::take(&mut self.server.queued) {
            self.message(now, &message);
        }
    }

    /// STUN and TURN servers by service discovery.
    pub(super) fn ice_servers(&mut self, services: &Element) {
        self.learn_ice_servers(ice_servers::parse(services));
    }

    /// The same list may come by two ways; it is told once, shuffled, so that not everybody uses the first.
    pub(super) fn learn_ice_servers(&mut self, servers: Vec<IceServer>) {
        self.server.ice_servers_known = true;
        let same =
            servers.len() == self.ice_servers.len() && servers.iter().all(|s| self.ice_servers.contains(s));
        if same {
            return;
        }
        self.ice_servers = servers;
        self.out.random.shuffle(&mut self.ice_servers);
        self.out.event(Event::IceServers(self.ice_servers.clone()));
    }

    pub(super) fn ask_room_info(&mut self, now: Instant) {
        let room = self.room.jid.clone();
        self.out.request(now, "get", Some(&room), disco::query(None), Purpose::RoomDisco);
    }

    fn room_info(&mut self, now: Instant, iq: &Element) {
        let Some(query) = iq.get_child("query", ns::DISCO_INFO) else { return };
        let info = disco::parse(query);
        let information = disco::room_information(&info);
        self.doorkeeper.learn(&information);
        self.out.event(Event::RoomInformation(information));
        self.keep_door(now);
        if let Some(metadata) = info.form.get("muc#roominfo_jitsimetadata") {
            match serde_json::from_str(metadata) {
                Ok(metadata) => self.metadata(now, &metadata),
                Err(_) => self.out.stats.malformed_stanzas += 1,
            }
        }
    }
}
