//! The settings and their pages.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{Command, DataUse, Settings, Theme};

use crate::host::Host;
use crate::prejoin::own_name;
use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{AppWindow, DataUseChoice, SettingsAdapter, SettingsPage, ThemeChoice};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let settings = window.global::<SettingsAdapter>();
    settings.on_back(shared.callback(Shared::back));
    settings.on_open(shared.callback_with(|shared, page| {
        shared.update(|state| {
            state.copied = false;
            state.places.push(Place::Settings(page));
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
    wire_values(&settings, shared);
    wire_switches(&settings, shared);
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

fn wire_switches(settings: &SettingsAdapter<'_>, shared: &Rc<Shared>) {
    let switch = |set: fn(&mut Settings, bool)| {
        shared.callback_with(move |shared, on: bool| change(shared, |settings| set(settings, on)))
    };
    settings.on_set_microphone_on(switch(|settings, on| settings.microphone_on = on));
    settings.on_set_camera_on(switch(|settings, on| settings.camera_on = on));
    settings.on_set_self_view(switch(|settings, on| settings.self_view = on));
    settings.on_set_mirror(switch(|settings, on| settings.mirror = on));
    settings.on_set_sounds(switch(|settings, on| settings.sounds = on));
    settings.on_set_notifications(switch(|settings, on| settings.notifications = on));
    settings.on_set_keep_history(switch(|settings, on| settings.keep_history = on));
    settings.on_set_noise_suppression(switch(|settings, on| settings.noise_suppression = on));
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
    adapter.set_microphone_on(settings.microphone_on);
    adapter.set_camera_on(settings.camera_on);
    adapter.set_data_use(match settings.data_use {
        DataUse::Auto => DataUseChoice::Auto,
        DataUse::Low => DataUseChoice::Low,
        DataUse::AudioOnly => DataUseChoice::AudioOnly,
    });
    adapter.set_self_view(settings.self_view);
    adapter.set_mirror(settings.mirror);
    adapter.set_sounds(settings.sounds);
    adapter.set_notifications(settings.notifications);
    adapter.set_keep_history(settings.keep_history);
    adapter.set_noise_suppression(settings.noise_suppression);
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
