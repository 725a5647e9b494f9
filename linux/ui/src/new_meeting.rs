//! A new meeting, before it is entered: its link to pass on, and its protection.

use std::rc::Rc;

use slint::{ComponentHandle, Global, SharedString};
use treff_app::{CalendarEntry, Command, calendar_file};

use crate::host::Saved;
use crate::qr::qr;
use crate::state::State;
use crate::ui::Shared;
use crate::{AppWindow, NewMeetingAdapter};

const HOUR_MS: u64 = 3_600_000;

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let meeting = window.global::<NewMeetingAdapter>();
    meeting.on_back(shared.callback(Shared::back));
    meeting.on_proceed(shared.callback(|shared| shared.update(|state| state.proceeded = true)));
    meeting.on_another_name(shared.callback(|shared| {
        let language = shared.read(|state| match &state.snapshot.settings.language {
            Some(language) => language.clone(),
            None => state.desktop.language.clone(),
        });
        shared.update(|state| (state.new_meeting.copied, state.new_meeting.saved) = (false, None));
        shared.dispatch(Command::NewMeeting { language: Some(language).filter(|text| !text.is_empty()) });
    }));
    meeting.on_copy(shared.callback(|shared| {
        shared.host.copy(&shared.read(|state| state.snapshot.link.clone()));
        shared.update(|state| state.new_meeting.copied = true);
    }));
    meeting.on_save_calendar(shared.callback(|shared| {
        let (title, link) = shared.read(|state| (state.meeting().to_owned(), state.snapshot.link.clone()));
        let name = format!("{title}.ics");
        let now = shared.host.now();
        // The next full hour, for the person to move.
        let starts = (now / HOUR_MS + 1) * HOUR_MS;
        let uid = format!("{now:x}");
        let words = String::new();
        let entry = CalendarEntry { uid, title, link, words, starts, minutes: 60, written: now };
        shared.host.save(&name, &calendar_file(&entry));
    }));
    meeting.on_show_qr(
        shared.callback_with(|shared, open| shared.update(|state| state.new_meeting.qr_open = open)),
    );
    meeting
        .on_set_lobby(shared.callback_with(|shared, on| shared.update(|state| state.new_meeting.lobby = on)));
}

pub(crate) fn show(window: &AppWindow, state: &State) {
    let adapter = NewMeetingAdapter::get(window);
    let snapshot = &state.snapshot;
    if adapter.get_link() != snapshot.link.as_str() {
        adapter.set_link(snapshot.link.as_str().into());
        adapter.set_qr(qr(&snapshot.link).unwrap_or_default());
        adapter.set_password(SharedString::default());
    }
    adapter.set_room(state.meeting().into());
    adapter.set_qr_open(state.new_meeting.qr_open);
    adapter.set_copied(state.new_meeting.copied);
    let saved = state.new_meeting.saved.as_ref();
    adapter.set_saved(matches!(saved, Some(Saved::Chosen | Saved::In(_))));
    adapter.set_save_failed(saved == Some(&Saved::Failed));
    adapter.set_saved_in(match saved {
        Some(Saved::In(folder)) => folder.into(),
        _ => SharedString::default(),
    });
    adapter.set_lobby(state.new_meeting.lobby);
}
