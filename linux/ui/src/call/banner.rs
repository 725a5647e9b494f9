//! Which one sentence stands between pictures and controls. In: what is the case, what happened, the time. Out: at most
//! one banner, the most urgent.

use std::time::{Duration, Instant};

use treff_app::{ConnectionState, DeviceKind, DeviceProblem, Notice, Snapshot};

use crate::CallBanner;

/// How long a sentence stays that asks for nothing.
const STAYS: Duration = Duration::from_secs(10);
/// Before that, nobody wonders where sound and picture are.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is shown: the kind, and a name and an id that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) kind: CallBanner,
    pub(super) name: String,
    pub(super) id: String,
    pub(super) more: i32,
}

impl Shown {
    fn plain(kind: CallBanner) -> Self {
        Self { kind, name: String::new(), id: String::new(), more: 0 }
    }
}

/// Sentences that pass.
#[derive(Debug, Default)]
pub(super) struct Banners {
    muted_by_moderator: Option<Instant>,
    muted_speaking: Option<Instant>,
    recording: Option<Instant>,
    notice: Option<(Instant, Notice)>,
    was_recording: Option<bool>,
    unconnected_since: Option<Instant>,
}

impl Banners {
    /// Follows the state.
    pub(super) fn follow(&mut self, now: Instant, snapshot: &Snapshot) {
        if self.was_recording == Some(false) && snapshot.recording {
            self.recording = Some(now);
        }
        self.was_recording = Some(snapshot.recording);
        if snapshot.me.microphone {
            self.muted_speaking = None;
            self.muted_by_moderator = None;
        }
        let waits = matches!(snapshot.connection, ConnectionState::Connecting | ConnectionState::Joined)
            && !snapshot.participants.is_empty();
        self.unconnected_since = waits.then(|| self.unconnected_since.unwrap_or(now));
    }

    /// We speak and are muted.
    pub(super) fn speaks_muted(&mut self, now: Instant) {
        self.muted_speaking = Some(now);
    }

    /// A moderator muted us.
    pub(super) fn muted_by_moderator(&mut self, now: Instant) {
        self.muted_by_moderator = Some(now);
    }

    /// The core has something to say.
    pub(super) fn notice(&mut self, now: Instant, notice: Notice) {
        self.notice = Some((now, notice));
    }

    /// The person has read it.
    pub(super) fn close(&mut self) {
        self.recording = None;
        self.muted_by_moderator = None;
        self.notice = None;
    }

    /// The most urgent.
    pub(super) fn shown(&self, now: Instant, snapshot: &Snapshot, guest: &str) -> Shown {
        let fresh = |since: Option<Instant>| since.is_some_and(|since| now.duration_since(since) < STAYS);
        if snapshot.connection == ConnectionState::Reconnecting {
            return Shown::plain(CallBanner::Reconnecting);
        }
        if let Some(first) = snapshot.door.knocking.first() {
            let name = if first.name.trim().is_empty() { guest } else { first.name.trim() };
            return Shown {
                kind: CallBanner::Knock,
                name: name.to_owned(),
                id: first.id.clone(),
                more: snapshot.door.knocking.len() as i32 - 1,
            };
        }
        if fresh(self.muted_by_moderator) {
            return Shown::plain(CallBanner::MutedByModerator);
        }
        if fresh(self.muted_speaking) {
            return Shown::plain(CallBanner::MutedSpeaking);
        }
        if fresh(self.recording) {
            return Shown::plain(CallBanner::Recording);
        }
        if let Some((_, notice)) = self.notice.as_ref().filter(|(since, _)| fresh(Some(*since))) {
            let (code, problem) = code(notice);
            return Shown {
                name: code.to_owned(),
                id: problem.to_owned(),
                ..Shown::plain(CallBanner::Notice)
            };
        }
        let late = self.unconnected_since.is_some_and(|since| now.duration_since(since) >= PATIENCE);
        Shown::plain(if late { CallBanner::Connecting } else { CallBanner::None })
    }
}

/// A device's problem by its stable code.
pub(super) fn problem(problem: Option<DeviceProblem>) -> &'static str {
    match problem {
        None => "",
        Some(DeviceProblem::Missing) => "missing",
        Some(DeviceProblem::Busy) => "busy",
        Some(DeviceProblem::Refused) => "refused",
        Some(_) => "failed",
    }
}

/// A kind of device by its stable code.
fn device(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "microphone",
        DeviceKind::Speaker => "speaker",
        DeviceKind::Camera => "camera",
    }
}

/// A notice by its stable code, and the problem or device that belongs to it.
fn code(notice: &Notice) -> (&'static str, &'static str) {
    match notice {
        Notice::MicrophoneFailed { problem: why } => ("microphone_failed", problem(Some(*why))),
        Notice::SpeakerFailed { problem: why } => ("speaker_failed", problem(Some(*why))),
        Notice::CameraFailed { problem: why } => ("camera_failed", problem(Some(*why))),
        Notice::DeviceReplaced { kind } => ("device_replaced", device(*kind)),
        Notice::ShareFailed { problem: why } => ("share_failed", problem(Some(*why))),
        Notice::FocusUnavailable => ("focus_unavailable", ""),
        Notice::NotLiveYet => ("not_live_yet", ""),
        Notice::BridgeUnavailable => ("bridge_unavailable", ""),
        Notice::SenderLimitReached => ("sender_limit_reached", ""),
        Notice::NoSessionOffered => ("no_session_offered", ""),
        Notice::ServerGoesDown => ("server_goes_down", ""),
        Notice::AnswerRefused => ("answer_refused", ""),
        Notice::RestartRefused => ("restart_refused", ""),
        Notice::ProtectionRefused => ("protection_refused", ""),
        Notice::NoDialIn => ("no_dial_in", ""),
        _ => ("other", ""),
    }
}

#[cfg(test)]
mod tests {
    use treff_app::{Knocker, Participant};

    use super::*;

    #[test]
    fn the_most_urgent_is_shown_alone() {
        let now = Instant::now();
        let mut banners = Banners::default();
        let mut room = Snapshot { connection: ConnectionState::Connected, ..Snapshot::default() };
        banners.follow(now, &room);
        assert_eq!(banners.shown(now, &room, "Guest").kind, CallBanner::None);
        banners.notice(now, Notice::NoDialIn);
        assert_eq!(banners.shown(now, &room, "Guest").name, "no_dial_in");
        room.recording = true;
        banners.follow(now, &room);
        assert_eq!(banners.shown(now, &room, "Guest").kind, CallBanner::Recording);
        banners.speaks_muted(now);
        assert_eq!(banners.shown(now, &room, "Guest").kind, CallBanner::MutedSpeaking);
        let knock = |id: &str, name: &str| Knocker { id: id.to_owned(), name: name.to_owned() };
        room.door.knocking = vec![knock("1", " "), knock("2", "Ben")];
        let shown = banners.shown(now, &room, "Guest");
        assert_eq!((shown.kind, shown.name.as_str(), shown.more), (CallBanner::Knock, "Guest", 1));
        room.connection = ConnectionState::Reconnecting;
        assert_eq!(banners.shown(now, &room, "Guest").kind, CallBanner::Reconnecting);
    }

    #[test]
    fn sentences_pass() {
        let now = Instant::now();
        let mut banners = Banners::default();
        let mut room = Snapshot { connection: ConnectionState::Connected, ..Snapshot::default() };
        banners.speaks_muted(now);
        banners.muted_by_moderator(now);
        assert_eq!(banners.shown(now + STAYS, &room, "").kind, CallBanner::None);
        room.me.microphone = true;
        banners.follow(now, &room);
        assert_eq!(banners.shown(now, &room, "").kind, CallBanner::None);
    }

    #[test]
    fn a_room_that_was_recorded_when_we_came_is_not_news() {
        let now = Instant::now();
        let mut banners = Banners::default();
        let room = Snapshot { recording: true, ..Snapshot::default() };
        banners.follow(now, &room);
        banners.follow(now, &room);
        assert_eq!(banners.shown(now, &room, "").kind, CallBanner::None);
    }

    #[test]
    fn connecting_is_told_when_it_takes_long_and_somebody_is_there() {
        let now = Instant::now();
        let mut banners = Banners::default();
        let mut room = Snapshot { connection: ConnectionState::Joined, ..Snapshot::default() };
        banners.follow(now, &room);
        assert_eq!(banners.shown(now + PATIENCE, &room, "").kind, CallBanner::None);
        room.participants.push(Participant::default());
        banners.follow(now, &room);
        assert_eq!(banners.shown(now + PATIENCE / 2, &room, "").kind, CallBanner::None);
        assert_eq!(banners.shown(now + PATIENCE, &room, "").kind, CallBanner::Connecting);
    }
}
