//! The settings and their pages.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{Command, DataUse, Settings, Theme};

use crate::host::Host;
use crate::prejoin::own_name;
use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{
    AppWindow, DataUseChoice, SettingsAdapter, SettingsOn, SettingsPage, SettingsSwitch, ThemeChoice,
};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let settings = window.global::<SettingsAdapter>();
    settings.on_back(shared.callback(Shared::back));
    settings.on_close(shared.callback(|shared| {
        shared.update(|state| state.places.retain(|place| !matches!(place, Place::Settings(_))));
    }));
    settings.on_open(shared.callback_with(|shared, page| {
        shared.update(|state| {
            state.copied = false;
            // Groups stand beside each other: one takes another's place, and the way back is the list's.
            state
                .places
                .retain(|place| !matches!(place, Place::Settings(page) if *page != SettingsPage::List));
            if page != SettingsPage::List {
                state.places.push(Place::Settings(page));
            }
        });
    }));
    settings.on_open_servers(shared.callback(|shared| shared.go(Place::Servers)));
    settings.on_open_licences(shared.callback(|shared| shared.go(Place::Licences)));
    settings
        .on_forget_history(shared.callback(|shared| shared.dispatch(Command::ForgetRecent { link: None })));
    settings.on_copy_diagnostics(shared.callback(|shared| {
        shared.host.copy(&shared.host.diagnostics());
        shared.update(|state| state.copied = true);
    }));
    let weak = Rc::downgrade(shared);
    settings.on_set_switch(move |which, on| {
        if let Some(shared) = weak.upgrade() {
            change(&shared, |settings| *switch(settings, which) = on);
        }
    });
    wire_values(&settings, shared);
}

/// Where a switch is kept.
fn switch(settings: &mut Settings, which: SettingsSwitch) -> &mut bool {
    match which {
        SettingsSwitch::MicrophoneOn => &mut settings.microphone_on,
        SettingsSwitch::CameraOn => &mut settings.camera_on,
        SettingsSwitch::SelfView => &mut settings.self_view,
        SettingsSwitch::Mirror => &mut settings.mirror,
        SettingsSwitch::Sounds => &mut settings.sounds,
        SettingsSwitch::Notifications => &mut settings.notifications,
        SettingsSwitch::KeepHistory => &mut settings.keep_history,
        SettingsSwitch::NoiseSuppression => &mut settings.noise_suppression,
    }
}

/// Which switches are on.
fn on(settings: &Settings) -> SettingsOn {
    SettingsOn {
        microphone_on: settings.microphone_on,
        camera_on: settings.camera_on,
        self_view: settings.self_view,
        mirror: settings.mirror,
        sounds: settings.sounds,
        notifications: settings.notifications,
        keep_history: settings.keep_history,
        noise_suppression: settings.noise_suppression,
    }
}

fn wire_values(settings: &SettingsAdapter<'_>, shared: &Rc<Shared>) {
    settings.on_name_edited(shared.callback_with(|shared, name: SharedString| {
        change(shared, |settings| settings.name = name.trim().to_owned());
    }));
    settings.on_set_data_use(shared.callback_with(|shared, choice| {
        change(shared, |settings| {
            settings.data_use = match choice {
                DataUseChoice::Auto => DataUse::Auto,
                DataUseChoice::Low => DataUse::Low,
                DataUseChoice::AudioOnly => DataUse::AudioOnly,
            };
        });
    }));
    settings.on_set_theme(shared.callback_with(|shared, choice| {
        change(shared, |settings| {
            settings.theme = match choice {
                ThemeChoice::System => Theme::System,
                ThemeChoice::Light => Theme::Light,
                ThemeChoice::Dark => Theme::Dark,
            };
        });
    }));
    settings.on_set_language(shared.callback_with(|shared, language: SharedString| {
        change(shared, |settings| {
            settings.language = Some(language.into()).filter(|text: &String| !text.is_empty())
        });
    }));
    settings.on_set_text_size(shared.callback_with(|shared, percent: i32| {
        change(shared, |settings| settings.text_size = u16::try_from(percent.clamp(100, 200)).unwrap_or(100));
    }));
}

/// Changes one thing and leaves the others as they are.
fn change(shared: &Shared, change: impl FnOnce(&mut Settings)) {
    let mut settings = shared.read(|state| state.snapshot.settings.clone());
    change(&mut settings);
    // Shown at once; the core's next snapshot says the same.
    shared.update(|state| state.snapshot.settings = settings.clone());
    shared.dispatch(Command::ChangeSettings { settings });
}

pub(crate) fn show(window: &AppWindow, state: &State, host: &dyn Host, entered: bool) {
    let adapter = SettingsAdapter::get(window);
    let settings = &state.snapshot.settings;
    let page = match state.places.last() {
        Some(Place::Settings(page)) => *page,
        _ => SettingsPage::List,
    };
    if entered {
        adapter.set_name(own_name(state).into());
        adapter.set_version(env!("CARGO_PKG_VERSION").into());
    }
    if page == SettingsPage::Diagnostics && adapter.get_page() != page {
        adapter.set_diagnostics(host.diagnostics().into());
    }
    adapter.set_page(page);
    adapter
        .set_server(state.server_name(state.snapshot.preferred_server.as_deref().unwrap_or_default()).into());
    adapter.set_on(on(settings));
    adapter.set_data_use(match settings.data_use {
        DataUse::Auto => DataUseChoice::Auto,
        DataUse::Low => DataUseChoice::Low,
        DataUse::AudioOnly => DataUseChoice::AudioOnly,
    });
    adapter.set_theme(match settings.theme {
        Theme::System => ThemeChoice::System,
        Theme::Light => ThemeChoice::Light,
        Theme::Dark => ThemeChoice::Dark,
    });
    adapter.set_language(settings.language.as_deref().unwrap_or_default().into());
    adapter.set_text_size(i32::from(settings.text_size));
    adapter.set_has_history(!state.snapshot.recent.is_empty());
    adapter.set_copied(state.copied);
}
