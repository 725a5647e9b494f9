//! On the way in.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{Command, Screen, Waiting};

use crate::prejoin::own_name;
use crate::state::State;
use crate::ui::Shared;
use crate::{AppWindow, PrejoinAdapter, WaitingAdapter, WaitingKind};

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let waiting = window.global::<WaitingAdapter>();
    waiting.on_leave(shared.callback(|shared| shared.dispatch(Command::Leave)));
    waiting.on_enter_password(shared.callback_with(|shared, password: SharedString| {
        if !password.is_empty() {
            shared.dispatch(Command::EnterPassword { password: password.into() });
        }
    }));
    waiting.on_knock(shared.callback_with(|shared, name: SharedString| {
        if !name.trim().is_empty() {
            shared.dispatch(Command::Knock { name: name.trim().to_owned() });
        }
    }));
    waiting.on_give_name(shared.callback_with(|shared, name: SharedString| {
        if !name.trim().is_empty() {
            shared.dispatch(Command::SetDisplayName { name: name.trim().to_owned() });
        }
    }));
}

pub(crate) fn show(window: &AppWindow, state: &State, entered: bool) {
    let adapter = WaitingAdapter::get(window);
    if entered {
        let typed = PrejoinAdapter::get(window).get_name();
        adapter.set_name(if typed.is_empty() { own_name(state).into() } else { typed });
        adapter.set_password(SharedString::default());
    }
    let Screen::Joining { waiting } = &state.snapshot.screen else { return };
    adapter.set_meeting(state.meeting().into());
    adapter.set_wrong_password(matches!(waiting, Some(Waiting::Password { wrong: true })));
    adapter.set_kind(match waiting {
        Some(Waiting::Password { .. }) => WaitingKind::Password,
        Some(Waiting::Knock) => WaitingKind::Knock,
        Some(Waiting::Moderator) => WaitingKind::Moderator,
        Some(Waiting::Host) => WaitingKind::Host,
        Some(Waiting::DisplayName) => WaitingKind::Name,
        _ => WaitingKind::Connecting,
    });
}
