//! What each tile shows: which source, whose name, which marks.

use treff_app::{Participant, Snapshot};

use super::constraints::Fit;
use super::layout::{Place, Placed, Subject};
use super::people::{colour, initials, name};
use super::picture::OWN_PICTURE;
use crate::{CallTile, TilePlace};

/// The shape of a picture that has not come yet.
const USUAL_ASPECT: f32 = 16.0 / 9.0;
/// A face is not cut when less than this much of its picture would be left.
const LEAST_SEEN: f32 = 0.35;

/// A subject as the screen tells it apart.
pub(super) fn key(subject: &Subject) -> String {
    match subject {
        Subject::Me => "me".to_owned(),
        Subject::Person(endpoint) => format!("person {endpoint}"),
        Subject::Screen(endpoint) => format!("screen {endpoint}"),
    }
}

/// The other way.
pub(super) fn subject(key: &str) -> Option<Subject> {
    match key.split_once(' ') {
        None => (key == "me").then_some(Subject::Me),
        Some(("person", endpoint)) => Some(Subject::Person(endpoint.to_owned())),
        Some(("screen", endpoint)) => Some(Subject::Screen(endpoint.to_owned())),
        Some(_) => None,
    }
}

fn participant<'a>(snapshot: &'a Snapshot, endpoint: &str) -> Option<&'a Participant> {
    snapshot.participants.iter().find(|person| person.endpoint == endpoint)
}

/// The source whose pictures a tile shows, while there are any to come.
pub(super) fn source(snapshot: &Snapshot, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Me => snapshot.me.camera.then(|| OWN_PICTURE.to_owned()),
        Subject::Person(endpoint) => participant(snapshot, endpoint)?.tracks.camera.clone(),
        Subject::Screen(endpoint) => participant(snapshot, endpoint)?.tracks.screen.clone(),
    }
}

/// A picture's shape, width to height.
pub(super) fn aspect(size: Option<(u32, u32)>) -> f32 {
    size.map_or(USUAL_ASPECT, |(width, height)| width.max(1) as f32 / height.max(1) as f32)
}

/// How a picture fills its tile.
pub(super) fn fit(placed: &Placed, aspect: f32) -> Fit {
    let tile = placed.rect.width / placed.rect.height.max(1.0);
    let seen = tile.min(aspect) / tile.max(aspect);
    if matches!(placed.subject, Subject::Screen(_)) || seen < LEAST_SEEN { Fit::Contain } else { Fit::Cover }
}

/// What a tile is drawn from besides the snapshot.
pub(super) struct Marks<'a> {
    pub(super) guest: &'a str,
    pub(super) picture: Option<(u32, u32)>,
    pub(super) speaking: bool,
    pub(super) pinned: bool,
}

/// One tile's row.
pub(super) fn row(snapshot: &Snapshot, placed: &Placed, marks: &Marks<'_>) -> CallTile {
    let me = &snapshot.me;
    let (endpoint, shown) = match &placed.subject {
        Subject::Me => (me.endpoint.as_str(), None),
        Subject::Person(endpoint) | Subject::Screen(endpoint) => {
            (endpoint.as_str(), participant(snapshot, endpoint))
        }
    };
    let name = match shown {
        Some(person) => name(person, marks.guest),
        None if me.name.trim().is_empty() => marks.guest.to_owned(),
        None => me.name.trim().to_owned(),
    };
    let screen = matches!(placed.subject, Subject::Screen(_));
    CallTile {
        key: key(&placed.subject).into(),
        x: placed.rect.x,
        y: placed.rect.y,
        width: placed.rect.width,
        height: placed.rect.height,
        place: match placed.place {
            Place::Stage => TilePlace::Stage,
            Place::Grid => TilePlace::Grid,
            Place::Strip => TilePlace::Strip,
            Place::Floating => TilePlace::Floating,
        },
        has_picture: marks.picture.is_some(),
        contain: fit(placed, aspect(marks.picture)) == Fit::Contain,
        me: placed.subject == Subject::Me,
        screen,
        muted: !screen && !shown.map_or(me.microphone, |person| person.tracks.microphone),
        hand: !screen && shown.map_or(me.hand_raised, |person| person.hand_raised.is_some()),
        speaking: marks.speaking && !screen,
        pinned: marks.pinned,
        initials: initials(&name).into(),
        colour: colour(endpoint),
        name: name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Rect;
    use super::*;

    #[test]
    fn keys_lead_back_to_their_subjects() {
        for subject_ in [Subject::Me, Subject::Person("a b".to_owned()), Subject::Screen("c".to_owned())] {
            assert_eq!(subject(&key(&subject_)), Some(subject_));
        }
        assert_eq!(subject("nobody"), None);
    }

    #[test]
    fn faces_fill_their_tiles_unless_too_little_of_them_would_be_seen() {
        let placed = |subject, width, height| Placed {
            subject,
            rect: Rect { x: 0.0, y: 0.0, width, height },
            place: Place::Grid,
        };
        let ada = || Subject::Person("ada".to_owned());
        assert_eq!(fit(&placed(ada(), 168.0, 188.0), USUAL_ASPECT), Fit::Cover);
        assert_eq!(fit(&placed(ada(), 344.0, 500.0), USUAL_ASPECT), Fit::Cover);
        assert_eq!(fit(&placed(ada(), 1248.0, 640.0), 9.0 / 16.0), Fit::Contain);
        assert_eq!(fit(&placed(Subject::Screen("ada".to_owned()), 160.0, 90.0), USUAL_ASPECT), Fit::Contain);
    }
}
