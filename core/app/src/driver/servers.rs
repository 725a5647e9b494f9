//! The person's list of servers: presets and their own, in their order, and the one they prefer.

use treff_link::LinkError;
use treff_store::{Store, StoreError, StoredServer};

use super::Driver;
use crate::door::command::Command;
use crate::door::error::{OtherService, UserError};
use crate::door::event::Event;
use crate::door::servers::Server;
use crate::presets;
use crate::server_text;

impl Driver {
    /// Brings the presets of this version into the list.
    pub(super) fn start_servers(&mut self) {
        let addresses: Vec<String> = presets::presets().into_iter().map(|server| server.address).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        self.change_list(|store| store.merge_presets(&addresses));
    }

    /// The commands about the list; others are none of its business.
    pub(super) fn server_command(&mut self, command: Command) {
        match command {
            Command::AddServer { address, name } => self.add_server(&address, name.as_deref()),
            Command::EditServer { address, name, notes } => {
                let (name, notes) = (server_text::clean_name(&name), server_text::clean_notes(&notes));
                if self.change_list(|store| store.edit_server(&address, &name, &notes)) == Some(false) {
                    self.refuse_server("it is not on the list");
                }
            }
            Command::RemoveServer { address } => {
                self.change_list(|store| store.remove_server(&address));
                if self.outlet.state.preferred_server.as_deref() == Some(address.as_str()) {
                    self.prefer(None);
                }
            }
            Command::MoveServer { address, position } => {
                let position = usize::try_from(position).unwrap_or(usize::MAX);
                self.change_list(|store| store.move_server(&address, position));
            }
            Command::RestorePresets => {
                self.change_list(Store::restore_presets);
            }
            Command::ExportServers => {
                let text = server_text::write(self.stored_servers());
                self.outlet.tell(&Event::ServersExported { text });
            }
            Command::ImportServers { text } => self.import_servers(&text),
            Command::SetPreferredServer { server } => self.set_preferred_server(server.as_deref()),
            _ => {}
        }
    }

    fn add_server(&mut self, text: &str, name: Option<&str>) {
        let server = match treff_link::server_of(text) {
            Ok(server) => server,
            Err(error) => {
                return self.outlet.tell(&Event::ServerRefused { error: server_error(text, error) });
            }
        };
        let stored = StoredServer {
            address: server.compact(),
            name: name.map(server_text::clean_name).unwrap_or_default(),
            ..StoredServer::default()
        };
        if self.change_list(|store| store.add_server(&stored)) == Some(false) {
            self.refuse_server("it is on the list already");
        }
    }

    fn import_servers(&mut self, text: &str) {
        let servers = match server_text::read(text) {
            Ok(servers) => servers,
            Err(detail) => return self.refuse_server(&detail),
        };
        if let Some(added) = self.change_list(|store| store.add_servers(&servers)) {
            let added = u32::try_from(added).unwrap_or(u32::MAX);
            self.outlet.tell(&Event::ServersImported { added });
        }
    }

    /// The server for bare room names; one that is not on the list comes onto it.
    fn set_preferred_server(&mut self, text: Option<&str>) {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return self.prefer(None);
        };
        let address = match self.address_of(text) {
            Ok(server) => server.compact(),
            Err(error) => return self.outlet.tell(&Event::ServerRefused { error }),
        };
        let stored = StoredServer { address: address.clone(), ..StoredServer::default() };
        self.change_list(|store| store.add_server(&stored));
        self.prefer(Some(&address));
    }

    fn prefer(&mut self, address: Option<&str>) {
        self.storage.set_preferred_server(address);
        self.outlet.state.preferred_server = address.map(str::to_owned);
        self.outlet.touch();
    }

    /// The server that an address on the list, any other address or a meeting's link leads to.
    pub(super) fn address_of(&self, text: &str) -> Result<treff_link::ServerAddress, UserError> {
        let listed = self.outlet.state.servers.iter().any(|server| server.address == text);
        let server = if listed { treff_link::parse_server(text) } else { treff_link::server_of(text) };
        server.map_err(|error| server_error(text, error))
    }

    /// Changes the list, shows it anew, and says so when the store refuses.
    fn change_list<T>(&mut self, change: impl FnOnce(&Store) -> Result<T, StoreError>) -> Option<T> {
        let outcome = self.storage.store().map(change)?;
        self.outlet.state.servers = self.stored_servers().into_iter().map(shown).collect();
        self.outlet.touch();
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::warn!("The list of servers was not changed: {error}.");
                self.refuse_server(&server_text::lower(&error.to_string()));
                None
            }
        }
    }

    fn stored_servers(&self) -> Vec<StoredServer> {
        let servers = self.storage.store().map(Store::servers);
        servers.and_then(Result::ok).unwrap_or_default()
    }

    fn refuse_server(&mut self, detail: &str) {
        let error = UserError::ServerInvalid { detail: detail.to_owned() };
        self.outlet.tell(&Event::ServerRefused { error });
    }
}

/// A server as front ends draw it: the facts of this version, the person's name and notes.
fn shown(stored: StoredServer) -> Server {
    let preset = presets::presets().into_iter().find(|preset| preset.address == stored.address);
    let known = preset.unwrap_or_else(|| Server { name: stored.address.clone(), ..Server::default() });
    let name = if stored.name.is_empty() { known.name } else { stored.name };
    Server { address: stored.address, name, notes: stored.notes, preset: stored.preset, ..known }
}

/// Why a text is no server.
fn server_error(text: &str, error: LinkError) -> UserError {
    match error {
        LinkError::OtherService(_) => link_error(text, error),
        error => UserError::ServerInvalid { detail: server_text::lower(&error.to_string()) },
    }
}

/// Why a text is no meeting.
pub(super) fn link_error(text: &str, error: LinkError) -> UserError {
    match (error, treff_link::other_meeting(text)) {
        (LinkError::NoServer, _) => UserError::NoServerChosen,
        (LinkError::OtherService(_), Some(meeting)) => {
            let service = match meeting.service {
                treff_link::OtherService::BigBlueButton => OtherService::BigBlueButton,
                treff_link::OtherService::Zoom => OtherService::Zoom,
                treff_link::OtherService::Teams => OtherService::Teams,
                treff_link::OtherService::GoogleMeet => OtherService::GoogleMeet,
                treff_link::OtherService::Webex => OtherService::Webex,
                _ => return UserError::LinkInvalid { detail: error.to_string() },
            };
            UserError::OtherService { service, url: meeting.url }
        }
        (error, _) => UserError::LinkInvalid { detail: error.to_string() },
    }
}
