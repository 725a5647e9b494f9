//! Before the call.

use std::rc::Rc;

use slint::{ComponentHandle, Global};
use treff_app::{Command, Protection};

use crate::state::{Place, State};
use crate::ui::Shared;
use crate::{AppWindow, NewMeetingAdapter, PrejoinAdapter};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let prejoin = window.global::<PrejoinAdapter>();
    prejoin.on_back(shared.callback(Shared::back));
    prejoin.on_switch_microphone(
        shared.callback_with(|shared, on| shared.update(|state| state.entry.microphone = on)),
    );
    prejoin
        .on_switch_camera(shared.callback_with(|shared, on| shared.update(|state| state.entry.camera = on)));
    prejoin.on_open_devices(
        shared.callback_with(|shared, open| shared.update(|state| state.devices_open = open)),
    );
    prejoin.on_open_server(shared.callback(|shared| {
        let address = shared.read(|state| state.meeting_server().to_owned());
        shared.go(Place::Server { address });
    }));
    let weak = window.as_weak();
    prejoin.on_name_edited(move |name| {
        if let Some(window) = weak.upgrade() {
            PrejoinAdapter::get(&window).set_initials(initials(&name).into());
        }
    });
    let weak = window.as_weak();
    prejoin.on_join(shared.callback(move |shared| {
        if let Some(window) = weak.upgrade() {
            join(&window, shared);
        }
    }));
}

fn join(window: &AppWindow, shared: &Shared) {
    let name = PrejoinAdapter::get(window).get_name();
    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    let command = shared.read(|state| {
        let password = NewMeetingAdapter::get(window).get_password();
        let protection = Protection {
            password: Some(password.to_string())
                .filter(|text| state.snapshot.new_meeting && !text.is_empty()),
            lobby: state.snapshot.new_meeting && state.new_meeting.lobby,
        };
        let (microphone, camera) = (state.entry.microphone, state.entry.camera);
        Command::Join { name, password: None, microphone, camera, protection }
    });
    shared.dispatch(command);
}

pub(crate) fn show(window: &AppWindow, state: &State, entered: bool) {
    let prejoin = PrejoinAdapter::get(window);
    if entered {
        prejoin.set_name(own_name(state).into());
    }
    let address = state.meeting_server();
    let server = state.server(address);
    prejoin.set_meeting(state.meeting().into());
    prejoin.set_server(state.server_name(address).into());
    prejoin.set_operator(server.and_then(|server| server.operator.as_deref()).unwrap_or_default().into());
    prejoin.set_country(server.and_then(|server| server.country.as_deref()).unwrap_or_default().into());
    prejoin.set_initials(initials(&prejoin.get_name()).into());
    prejoin.set_colour(0);
    prejoin.set_microphone(state.entry.microphone);
    prejoin.set_camera(state.entry.camera);
    prejoin.set_has_picture(state.entry.has_picture);
    prejoin.set_devices_open(state.devices_open);
}

/// The name that stands in the field at first.
pub(crate) fn own_name(state: &State) -> &str {
    let given = &state.snapshot.settings.name;
    if given.is_empty() { &state.snapshot.me.name } else { given }
}

/// The first letters of the first and the last word; nothing for no name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_the_first_and_last_words() {
        assert_eq!(initials("Ada"), "A");
        assert_eq!(initials("großmutter ilse maria"), "GM");
        assert_eq!(initials("  "), "");
        assert_eq!(initials("Ayşe Öztürk"), "AÖ");
    }
}
