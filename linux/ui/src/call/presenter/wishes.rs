//! What the person does on the call screen, as commands for the core or changes of the view.

use std::rc::Rc;

use slint::ComponentHandle;
use treff_app::{Command, DeviceKind, Settings};

use super::{CallPresenter, State};
use crate::call::layout::{Corner, Size, Subject, View};
use crate::call::tiles;
use crate::{AppWindow, CallAdapter, CallSheet, CallView, Reaction};

/// Ties every callback of the call screen.
pub(super) fn connect(presenter: &CallPresenter, window: &AppWindow) {
    let adapter = window.global::<CallAdapter<'_>>();
    media(presenter, &adapter);
    view(presenter, &adapter);
    talk(presenter, &adapter);
    room(presenter, &adapter);
}

/// A callback's way to the core.
fn sender(presenter: &CallPresenter) -> Rc<dyn Fn(Command)> {
    let host = Rc::clone(&presenter.state.borrow().host);
    Rc::new(move |command| host.dispatch(command))
}

/// A callback's way to the state.
fn change(presenter: &CallPresenter, change: impl Fn(&mut State) + 'static) -> impl Fn() + 'static {
    let state = Rc::downgrade(&presenter.state);
    move || {
        if let Some(state) = state.upgrade() {
            change(&mut state.borrow_mut());
        }
    }
}

fn media(presenter: &CallPresenter, adapter: &CallAdapter<'_>) {
    let send = sender(presenter);
    let microphone = {
        let send = Rc::clone(&send);
        move |on| send(Command::SetMicrophone { on })
    };
    adapter.on_set_microphone(microphone.clone());
    adapter.on_talk(microphone);
    let to = Rc::clone(&send);
    adapter.on_set_camera(move |on| to(Command::SetCamera { on }));
    let to = Rc::clone(&send);
    adapter.on_set_share(move |on| to(if on { Command::StartShare } else { Command::StopShare }));
    let to = Rc::clone(&send);
    adapter.on_set_hand(move |raised| to(Command::RaiseHand { raised }));
    let to = Rc::clone(&send);
    adapter.on_set_volume(move |endpoint, gain| {
        to(Command::SetVolume { endpoint: endpoint.into(), gain });
    });
    for kind in [DeviceKind::Microphone, DeviceKind::Speaker, DeviceKind::Camera] {
        let to = Rc::clone(&send);
        let choose = move |id: slint::SharedString| to(Command::SelectDevice { kind, id: Some(id.into()) });
        match kind {
            DeviceKind::Microphone => adapter.on_choose_microphone(choose),
            DeviceKind::Speaker => adapter.on_choose_speaker(choose),
            DeviceKind::Camera => adapter.on_choose_camera(choose),
        }
    }
    adapter.on_leave(move || send(Command::Leave));
}

fn view(presenter: &CallPresenter, adapter: &CallAdapter<'_>) {
    let state = Rc::downgrade(&presenter.state);
    let with = move |change: &dyn Fn(&mut State)| {
        if let Some(state) = state.upgrade() {
            let mut state = state.borrow_mut();
            change(&mut state);
            let now = state.now();
            state.arrange(now);
        }
    };
    let to = with.clone();
    adapter.on_area_changed(move |width, height| to(&|state| state.area = Size { width, height }));
    let to = with.clone();
    adapter.on_set_view(move |view| to(&|state| state.choose_view(view)));
    let to = with.clone();
    adapter.on_pin_tile(move |key| to(&|state| state.pin(tiles::subject(&key))));
    let to = with.clone();
    adapter.on_pin_person(move |endpoint| {
        to(&|state| state.pin(Some(Subject::Person(endpoint.to_string()))));
    });
    let to = with.clone();
    adapter.on_drop_self(move |x, y| to(&|state| state.corner = Corner::nearest(x, y, state.area)));
    adapter.on_zoomed(move |factor| with(&|state| state.zoom = factor));
    let state = Rc::downgrade(&presenter.state);
    adapter.on_set_self_view(move |self_view| {
        let Some(state) = state.upgrade() else { return };
        let state = state.borrow();
        let settings = Settings { self_view, ..state.snapshot.settings.clone() };
        state.host.dispatch(Command::ChangeSettings { settings });
    });
}

fn talk(presenter: &CallPresenter, adapter: &CallAdapter<'_>) {
    let state = Rc::downgrade(&presenter.state);
    adapter.on_send(move |text| {
        let Some(state) = state.upgrade() else { return };
        let state = state.borrow();
        let Some(window) = state.window.upgrade() else { return };
        let to = window.global::<CallAdapter<'_>>().get_private_to();
        let to = (!to.is_empty()).then(|| to.to_string());
        state.host.dispatch(Command::SendChat { text: text.trim().to_owned(), to });
    });
    let state = Rc::downgrade(&presenter.state);
    adapter.on_react(move |reaction| {
        let Some(state) = state.upgrade() else { return };
        let mut state = state.borrow_mut();
        let reaction = told_reaction(reaction);
        state.host.dispatch(Command::SendReaction { reaction });
        let me = state.snapshot.me.endpoint.clone();
        let name = state.snapshot.me.name.clone();
        let now = state.now();
        state.react(now, &me, reaction, &name);
        if let Some(window) = state.window.upgrade() {
            let adapter = window.global::<CallAdapter<'_>>();
            adapter.set_sheet(CallSheet::None);
        }
    });
    let opened = change(presenter, |state| {
        if let Some(window) = state.window.upgrade() {
            state.show_unread(&window.global::<CallAdapter<'_>>());
        }
    });
    adapter.on_open_sheet(move |_| opened());
}

fn room(presenter: &CallPresenter, adapter: &CallAdapter<'_>) {
    let send = sender(presenter);
    let to = Rc::clone(&send);
    adapter.on_admit(move |id| to(Command::Admit { knocker: id.into() }));
    let to = Rc::clone(&send);
    adapter.on_refuse(move |id| to(Command::Refuse { knocker: id.into() }));
    let to = Rc::clone(&send);
    adapter.on_set_lobby(move |on| to(Command::SetLobby { on }));
    adapter.on_set_password(move |password| {
        let password = (!password.is_empty()).then(|| password.to_string());
        send(Command::SetRoomPassword { password });
    });
    adapter.on_ask_dial_in(change(presenter, |state| {
        state.dial_in_asked = true;
        state.host.dispatch(Command::AskDialIn);
        if let Some(window) = state.window.upgrade() {
            state.show_dial_in(&window.global::<CallAdapter<'_>>());
        }
    }));
    adapter.on_copy_link(change(presenter, |state| {
        state.copied = Some(state.now());
        state.host.copy(&state.snapshot.link);
        if let Some(window) = state.window.upgrade() {
            window.global::<CallAdapter<'_>>().set_link_copied(true);
        }
    }));
    adapter.on_close_banner(change(presenter, |state| {
        state.banners.close();
        let now = state.now();
        state.pass(now);
    }));
}

impl State {
    fn choose_view(&mut self, view: CallView) {
        self.view = match view {
            CallView::Auto => View::Auto,
            CallView::Grid => View::Grid,
            CallView::Speaker => View::Speaker,
        };
        self.pinned = None;
        if let Some(window) = self.window.upgrade() {
            window.global::<CallAdapter<'_>>().set_view(view);
        }
    }

    /// Pins a subject, or lets it go if it was pinned.
    fn pin(&mut self, subject: Option<Subject>) {
        self.pinned = subject.filter(|subject| self.pinned.as_ref() != Some(subject));
    }
}

/// A reaction as the screen draws it; none for those it does not know.
pub(super) fn shown_reaction(reaction: treff_app::Reaction) -> Option<Reaction> {
    Some(match reaction {
        treff_app::Reaction::Like => Reaction::Like,
        treff_app::Reaction::Clap => Reaction::Clap,
        treff_app::Reaction::Laugh => Reaction::Laugh,
        treff_app::Reaction::Surprised => Reaction::Surprised,
        treff_app::Reaction::Boo => Reaction::Boo,
        treff_app::Reaction::Silence => Reaction::Silence,
        treff_app::Reaction::Love => Reaction::Love,
        _ => return None,
    })
}

fn told_reaction(reaction: Reaction) -> treff_app::Reaction {
    match reaction {
        Reaction::Like => treff_app::Reaction::Like,
        Reaction::Clap => treff_app::Reaction::Clap,
        Reaction::Laugh => treff_app::Reaction::Laugh,
        Reaction::Surprised => treff_app::Reaction::Surprised,
        Reaction::Boo => treff_app::Reaction::Boo,
        Reaction::Silence => treff_app::Reaction::Silence,
        Reaction::Love => treff_app::Reaction::Love,
    }
}
