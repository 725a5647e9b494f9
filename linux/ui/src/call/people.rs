//! Rows about people: their names, initials and colours, and the order of the list.

use treff_app::{Participant, Snapshot};

use crate::{CallKnocker, CallMessage, CallPerson};

/// Up to two letters for somebody without a picture.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    let both = first.into_iter().chain(last);
    let letters: String = both.flat_map(char::to_uppercase).collect();
    if letters.is_empty() { "?".to_owned() } else { letters }
}

/// A number that stays the same for the same person.
pub(super) fn colour(endpoint: &str) -> i32 {
    let hash = endpoint.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    (hash % 1000) as i32
}

/// What somebody is called.
pub(super) fn name(participant: &Participant, guest: &str) -> String {
    let given = participant.name.as_deref().map(str::trim).unwrap_or_default();
    if given.is_empty() { guest.to_owned() } else { given.to_owned() }
}

/// What somebody in the room is called, ourselves included.
pub(super) fn name_of(snapshot: &Snapshot, endpoint: &str, guest: &str) -> Option<String> {
    snapshot.participants.iter().find(|person| person.endpoint == endpoint).map(|person| name(person, guest))
}

/// Everybody: raised hands first, by when they went up, then ourselves, then the others as they came.
pub(super) fn rows(
    snapshot: &Snapshot,
    guest: &str,
    speaks: impl Fn(&str) -> bool,
    pinned: Option<&str>,
) -> Vec<CallPerson> {
    let me = &snapshot.me;
    let own_name = if me.name.trim().is_empty() { guest } else { me.name.trim() };
    let own = CallPerson {
        endpoint: me.endpoint.clone().into(),
        name: own_name.into(),
        me: true,
        moderator: me.moderator,
        muted: !me.microphone,
        camera: me.camera,
        hand: me.hand_raised,
        speaking: false,
        pinned: false,
        volume: 1.0,
        initials: initials(own_name).into(),
        colour: colour(&me.endpoint),
    };
    let row = |person: &Participant| {
        let name = name(person, guest);
        CallPerson {
            endpoint: person.endpoint.clone().into(),
            initials: initials(&name).into(),
            name: name.into(),
            me: false,
            moderator: person.moderator,
            muted: !person.tracks.microphone,
            camera: person.tracks.camera.is_some(),
            hand: person.hand_raised.is_some(),
            speaking: speaks(&person.endpoint),
            pinned: pinned == Some(person.endpoint.as_str()),
            volume: person.volume,
            colour: colour(&person.endpoint),
        }
    };
    let mut raised: Vec<&Participant> =
        snapshot.participants.iter().filter(|person| person.hand_raised.is_some()).collect();
    raised.sort_by_key(|person| person.hand_raised);
    let others = snapshot.participants.iter().filter(|person| person.hand_raised.is_none());
    raised.into_iter().map(row).chain([own]).chain(others.map(row)).collect()
}

/// Who waits to be let in.
pub(super) fn knockers(snapshot: &Snapshot, guest: &str) -> Vec<CallKnocker> {
    let named = |name: &str| if name.trim().is_empty() { guest.to_owned() } else { name.trim().to_owned() };
    let row = |knocker: &treff_app::Knocker| CallKnocker {
        id: knocker.id.clone().into(),
        name: named(&knocker.name).into(),
    };
    snapshot.door.knocking.iter().map(row).collect()
}

/// What was written. `time` writes hour and minute.
pub(super) fn messages(snapshot: &Snapshot, guest: &str, time: impl Fn(u64) -> String) -> Vec<CallMessage> {
    let mut rows: Vec<CallMessage> = Vec::with_capacity(snapshot.chat.len());
    for line in &snapshot.chat {
        let own = line.from.as_deref() == Some(snapshot.me.endpoint.as_str());
        let here = line.from.as_deref().and_then(|from| name_of(snapshot, from, guest));
        let name = line.name.clone().or_else(|| here.clone()).unwrap_or_else(|| guest.to_owned());
        let to = line.to.as_deref().and_then(|to| name_of(snapshot, to, guest));
        let row = CallMessage {
            time: time(line.at).into(),
            text: line.text.clone().into(),
            own,
            private: line.private,
            to: to.unwrap_or_else(|| guest.to_owned()).into(),
            endpoint: here.and(line.from.clone()).unwrap_or_default().into(),
            follows: false,
            name: name.into(),
        };
        let follows = rows.last().is_some_and(|before| {
            before.name == row.name
                && before.own == row.own
                && before.private == row.private
                && before.to == row.to
                && before.time == row.time
        });
        rows.push(CallMessage { follows, ..row });
    }
    rows
}

#[cfg(test)]
mod tests {
    use treff_app::{ChatLine, SelfView};

    use super::*;

    fn person(endpoint: &str, name: &str, hand: Option<u64>) -> Participant {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Participant { endpoint: endpoint.to_owned(), name, hand_raised: hand, ..Participant::default() }
    }

    fn room() -> Snapshot {
        let me = SelfView { endpoint: "me".to_owned(), name: "Ada".to_owned(), ..SelfView::default() };
        let participants = vec![
            person("b", "Ben", None),
            person("c", "Cleo", Some(20)),
            person("d", "", None),
            person("e", "Eva", Some(10)),
        ];
        Snapshot { me, participants, ..Snapshot::default() }
    }

    #[test]
    fn initials_are_the_first_and_the_last_word() {
        let table = [
            ("Ada", "A"),
            ("Großmutter Ilse", "GI"),
            ("Jean Le Rond d’Alembert", "JD"),
            ("  (ben)  ", "B"),
            ("élodie", "É"),
            ("李 明", "李明"),
            ("", "?"),
            ("… !", "?"),
        ];
        for (name, expected) in table {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn raised_hands_come_first_by_when_they_went_up() {
        let rows = rows(&room(), "Guest", |endpoint| endpoint == "b", None);
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Eva", "Cleo", "Ada", "Ben", "Guest"]);
        assert!(rows[3].speaking && rows[2].me);
    }

    #[test]
    fn messages_tell_a_sender_once() {
        let line = |from: &str, text: &str, at, private: bool| ChatLine {
            id: text.to_owned(),
            from: Some(from.to_owned()),
            to: private.then(|| "b".to_owned()),
            name: Some(from.to_owned()),
            text: text.to_owned(),
            private,
            at,
        };
        let mut room = room();
        room.chat = vec![
            line("b", "one", 1, false),
            line("b", "two", 1, false),
            line("b", "three", 2, false),
            line("me", "four", 2, true),
            line("gone", "five", 2, false),
        ];
        let rows = messages(&room, "Guest", |at| at.to_string());
        let follows: Vec<bool> = rows.iter().map(|row| row.follows).collect();
        assert_eq!(follows, [false, true, false, false, false]);
        assert!(rows[3].own && rows[3].to == "Ben");
        assert_eq!((rows[0].endpoint.as_str(), rows[4].endpoint.as_str()), ("b", ""));
    }
}
