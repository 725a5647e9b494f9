//! What outlives a client: settings, recent meetings and cached deployments, in SQLite. A store that fails costs
//! memory of the past, never a call.

use std::path::Path;

use treff_store::{RecentMeeting as StoredMeeting, Store, StoreError};

use super::requests::unix_milliseconds;
use crate::door::devices::DeviceKind;
use crate::door::settings::Settings;
use crate::door::snapshot::{RecentMeeting, Snapshot};

/// Recent meetings shown.
const RECENT_LIMIT: usize = 20;

pub(super) struct Storage {
    store: Option<Store>,
}

impl Storage {
    pub(super) fn open(path: Option<&Path>) -> Self {
        let opened = match path {
            Some(path) => Store::open(path),
            None => Store::open_in_memory(),
        };
        let store = opened.or_else(|error| {
            tracing::error!("The store cannot be opened, nothing will be remembered: {error}.");
            Store::open_in_memory()
        });
        Self { store: store.ok() }
    }

    /// Puts what is remembered into the snapshot.
    pub(super) fn describe(&self, state: &mut Snapshot) {
        state.preferred_server = self.read(Store::preferred_server);
        state.settings = self.settings();
        state.me.name.clone_from(&state.settings.name);
        state.recent = self.recent();
    }

    pub(super) fn recent(&self) -> Vec<RecentMeeting> {
        let stored = self.read(|store| store.recent_meetings(RECENT_LIMIT).map(Some)).unwrap_or_default();
        let shown = |meeting: StoredMeeting| RecentMeeting {
            link: meeting.url,
            room: meeting.room,
            server: meeting.server,
            joined_at: meeting.last_joined_ms,
        };
        stored.into_iter().map(shown).collect()
    }

    pub(super) fn keep_recent(&mut self, link: &str, room: &str, server: &str, at: u64) {
        let meeting = StoredMeeting {
            url: link.to_owned(),
            room: room.to_owned(),
            server: server.to_owned(),
            last_joined_ms: at,
        };
        self.write(|store| store.remember_meeting(&meeting));
    }

    pub(super) fn forget_recent(&mut self, link: Option<&str>) {
        self.write(|store| match link {
            Some(link) => store.forget_meeting(link).map(|_| ()),
            None => store.forget_all_meetings().map(|_| ()),
        });
    }

    pub(super) fn set_preferred_server(&mut self, server: Option<&str>) {
        self.write(|store| store.set_preferred_server(server));
    }

    pub(super) fn set_display_name(&mut self, name: &str) {
        self.write(|store| store.set_display_name(Some(name)));
    }

    /// Everything a person set. What older versions kept apart is kept apart still.
    pub(super) fn settings(&self) -> Settings {
        let text = self.read(Store::preferences);
        let mut settings: Settings =
            text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        settings.name = self.read(Store::display_name).unwrap_or_default();
        settings.microphone_on = !self.read(Store::microphone_off).unwrap_or(false);
        settings.camera_on = !self.read(Store::camera_off).unwrap_or(false);
        settings.keep_history = self.read(|store| store.keeps_history().map(Some)).unwrap_or(true);
        settings
    }

    /// Keeps all of it. Switching the history off forgets it.
    pub(super) fn keep_settings(&mut self, settings: &Settings) {
        let text = serde_json::to_string(settings).unwrap_or_default();
        self.write(|store| store.set_preferences(&text));
        self.set_display_name(&settings.name);
        self.write(|store| store.set_microphone_off(!settings.microphone_on));
        self.write(|store| store.set_camera_off(!settings.camera_on));
        self.write(|store| store.set_keeps_history(settings.keep_history));
    }

    pub(super) fn chosen_device(&self, kind: DeviceKind) -> Option<String> {
        self.read(|store| store.chosen_device(&kind.to_string()))
    }

    pub(super) fn choose_device(&mut self, kind: DeviceKind, id: Option<&str>) {
        self.write(|store| store.set_chosen_device(&kind.to_string(), id));
    }

    pub(super) fn cached_config(&self, base_url: &str) -> Option<String> {
        self.read(|store| store.cached_config(base_url)).map(|cached| cached.text)
    }

    pub(super) fn keep_config(&mut self, base_url: &str, text: &str) {
        self.write(|store| store.cache_config(base_url, text, unix_milliseconds()));
    }

    /// The store itself; absent when not even one in memory could be made.
    pub(super) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    fn read<T>(&self, read: impl FnOnce(&Store) -> Result<Option<T>, StoreError>) -> Option<T> {
        read(self.store.as_ref()?)
            .inspect_err(|error| tracing::warn!("The store was not read: {error}."))
            .ok()?
    }

    fn write(&mut self, write: impl FnOnce(&mut Store) -> Result<(), StoreError>) {
        if let Some(store) = &mut self.store
            && let Err(error) = write(store)
        {
            tracing::warn!("The store was not written: {error}.");
        }
    }
}

/// 64 random bits.
pub(super) fn random_u64() -> u64 {
    getrandom::u64().unwrap_or_else(|_| unix_milliseconds().wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// 32 random hex digits.
pub(super) fn random_hex() -> String {
    format!("{:016x}{:016x}", random_u64(), random_u64())
}
