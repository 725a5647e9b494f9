//! A new meeting, before it is entered: its link to pass on, and its protection.

use std::rc::Rc;

use slint::{ComponentHandle, Global, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};
use treff_app::{CalendarEntry, Command, calendar_file, qr_code};

use crate::state::State;
use crate::ui::Shared;
use crate::{AppWindow, NewMeetingAdapter};

/// Empty modules around the code, as ISO 18004 asks for.
const QUIET_ZONE: usize = 4;
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
        shared.update(|state| (state.new_meeting.copied, state.new_meeting.saved) = (false, false));
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
        shared.update(|state| state.new_meeting.saved = true);
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
    adapter.set_saved(state.new_meeting.saved);
    adapter.set_lobby(state.new_meeting.lobby);
}

/// The code with its margin, one pixel a module; nothing for a text that is too long for one.
fn qr(text: &str) -> Option<Image> {
    let code = qr_code(text)?;
    let side = code.size + 2 * QUIET_ZONE;
    let length = u32::try_from(side).ok()?;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(length, length);
    let inside = |place: usize| place.checked_sub(QUIET_ZONE).filter(|place| *place < code.size);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let dark = match (inside(index % side), inside(index / side)) {
            (Some(x), Some(y)) => code.modules[y * code.size + x],
            _ => false,
        };
        let shade = if dark { 0 } else { 255 };
        *pixel = Rgb8Pixel::new(shade, shade, shade);
    }
    Some(Image::from_rgb8(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_quiet_zone() {
        let image = qr("https://meet.example.org/Pub").expect("a code");
        // 28 octets fit version 3 at medium correction: 29 modules.
        assert_eq!(image.size().width, 29 + 8);
        let pixels = image.to_rgb8().expect("pixels");
        assert_eq!(pixels.as_slice()[0].r, 255, "the corner is not empty");
        // The finder's own corner is dark.
        assert_eq!(pixels.as_slice()[4 * 37 + 4].r, 0);
    }
}
