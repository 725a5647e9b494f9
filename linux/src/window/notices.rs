//! What is told outside the window while nobody looks at it: somebody knocks, a private message, the call goes on. In:
//! the core's events and states, and whether the window is seen. Out: commands for the desktop; and what a pressed notice
//! asks of the core.

use std::collections::BTreeSet;

use treff_app::{Command as Wish, Event, Screen, Snapshot};
use treff_desktop::{Button, Choice, Command, Notice, Subject};

use super::sight::Seen;

/// The words of notices, in the person's language.
pub(super) trait Words {
    fn knocks(&self, name: &str) -> String;
    fn writes(&self, name: &str) -> String;
    fn goes_on(&self) -> String;
    fn label(&self, choice: Choice) -> String;
    /// For people without a name.
    fn guest(&self) -> String;
}

/// Remembers what is shown.
#[derive(Debug, Default)]
pub(super) struct Notices {
    knocks: BTreeSet<String>,
    messages: BTreeSet<String>,
    call: bool,
}

impl Notices {
    /// Something happened, and the window is looked at or not.
    pub(super) fn happened(
        &mut self,
        event: &Event,
        snapshot: &Snapshot,
        looked_at: bool,
        words: &dyn Words,
    ) -> Option<Command> {
        if looked_at || !snapshot.settings.notifications {
            return None;
        }
        let button = |choice| Button { choice, label: words.label(choice) };
        match event {
            Event::KnockArrived { id, name } => {
                self.knocks.insert(id.clone());
                let name = if name.is_empty() { words.guest() } else { name.clone() };
                Some(Command::Notify(Notice {
                    subject: Subject::Knock(id.clone()),
                    title: words.knocks(&name),
                    body: snapshot.room.clone(),
                    buttons: vec![button(Choice::Admit), button(Choice::Refuse)],
                }))
            }
            Event::Chat { from: Some(from), name, text, private: true } if *from != snapshot.me.endpoint => {
                self.messages.insert(from.clone());
                let name = name.clone().unwrap_or_else(|| words.guest());
                Some(Command::Notify(Notice {
                    subject: Subject::Message(from.clone()),
                    title: words.writes(&name),
                    body: text.clone(),
                    buttons: vec![button(Choice::Reply)],
                }))
            }
            _ => None,
        }
    }

    /// The core moved on: answered knocks and the end of the call take notices back.
    pub(super) fn follow(&mut self, snapshot: &Snapshot) -> Vec<Command> {
        if !matches!(snapshot.screen, Screen::Call) {
            let any = self.call || !self.knocks.is_empty() || !self.messages.is_empty();
            *self = Self::default();
            return if any { vec![Command::WithdrawAll] } else { Vec::new() };
        }
        let waits = |id: &String| snapshot.door.knocking.iter().any(|knocker| knocker.id == *id);
        let (waiting, gone) = std::mem::take(&mut self.knocks).into_iter().partition(waits);
        self.knocks = waiting;
        let gone: BTreeSet<String> = gone;
        gone.into_iter().map(|id| Command::Withdraw(Subject::Knock(id))).collect()
    }

    /// The window came to sight, went out of it, got or lost the keyboard.
    pub(super) fn seen(&mut self, seen: Seen, snapshot: &Snapshot, words: &dyn Words) -> Vec<Command> {
        if seen.looked_at {
            let mut back: Vec<Command> = std::mem::take(&mut self.messages)
                .into_iter()
                .map(|from| Command::Withdraw(Subject::Message(from)))
                .collect();
            back.extend(
                std::mem::take(&mut self.knocks).into_iter().map(Subject::Knock).map(Command::Withdraw),
            );
            if std::mem::take(&mut self.call) {
                back.push(Command::Withdraw(Subject::Call));
            }
            return back;
        }
        let in_call = matches!(snapshot.screen, Screen::Call);
        if seen.visible || !in_call || self.call || !snapshot.settings.notifications {
            return Vec::new();
        }
        self.call = true;
        let subject = snapshot.subject.as_deref().filter(|subject| !subject.trim().is_empty());
        vec![Command::Notify(Notice {
            subject: Subject::Call,
            title: words.goes_on(),
            body: subject.unwrap_or(&snapshot.room).to_owned(),
            buttons: vec![Button { choice: Choice::HangUp, label: words.label(Choice::HangUp) }],
        })]
    }
}

/// What a pressed button asks of the core; nothing where the window is to be shown instead.
pub(super) fn wish(subject: &Subject, choice: Choice) -> Option<Wish> {
    match (subject, choice) {
        (Subject::Knock(id), Choice::Admit) => Some(Wish::Admit { knocker: id.clone() }),
        (Subject::Knock(id), Choice::Refuse) => Some(Wish::Refuse { knocker: id.clone() }),
        (_, Choice::HangUp) => Some(Wish::Leave),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use treff_app::Knocker;

    use super::*;

    struct English;

    impl Words for English {
        fn knocks(&self, name: &str) -> String {
            format!("{name} would like to join")
        }

        fn writes(&self, name: &str) -> String {
            format!("{name} writes to you alone")
        }

        fn goes_on(&self) -> String {
            "The meeting goes on".to_owned()
        }

        fn label(&self, choice: Choice) -> String {
            format!("{choice:?}")
        }

        fn guest(&self) -> String {
            "Guest".to_owned()
        }
    }

    const AWAY: Seen = Seen { visible: true, looked_at: false };
    const HIDDEN: Seen = Seen { visible: false, looked_at: false };
    const BACK: Seen = Seen { visible: true, looked_at: true };

    /// Ada in the pub, with Ben at the door.
    fn pub_call() -> Snapshot {
        let mut snapshot = Snapshot { screen: Screen::Call, room: "Pub".to_owned(), ..Snapshot::default() };
        snapshot.me.endpoint = "ada".to_owned();
        snapshot.door.knocking = vec![Knocker { id: "ben".to_owned(), name: "Ben".to_owned() }];
        snapshot
    }

    fn knock() -> Event {
        Event::KnockArrived { id: "ben".to_owned(), name: "Ben".to_owned() }
    }

    fn message(from: &str, private: bool) -> Event {
        let name = Some("Cleo".to_owned());
        Event::Chat { from: Some(from.to_owned()), name, text: "Are you there?".to_owned(), private }
    }

    fn told(command: Option<Command>) -> (Subject, String, Vec<Choice>) {
        let Some(Command::Notify(notice)) = command else { panic!("{command:?}") };
        (notice.subject, notice.title, notice.buttons.iter().map(|button| button.choice).collect())
    }

    #[test]
    fn a_knock_is_told_only_while_ada_looks_elsewhere() {
        let (mut notices, call) = (Notices::default(), pub_call());
        assert_eq!(notices.happened(&knock(), &call, true, &English), None);
        let (subject, title, buttons) = told(notices.happened(&knock(), &call, false, &English));
        assert_eq!((subject, title.as_str()), (Subject::Knock("ben".to_owned()), "Ben would like to join"));
        assert_eq!(buttons, [Choice::Admit, Choice::Refuse]);
    }

    #[test]
    fn an_answered_knock_is_taken_back() {
        let (mut notices, mut call) = (Notices::default(), pub_call());
        notices.happened(&knock(), &call, false, &English);
        assert_eq!(notices.follow(&call), []);
        call.door.knocking.clear();
        assert_eq!(notices.follow(&call), [Command::Withdraw(Subject::Knock("ben".to_owned()))]);
        assert_eq!(notices.follow(&call), []);
    }

    #[test]
    fn only_private_messages_of_others_are_told() {
        let (mut notices, call) = (Notices::default(), pub_call());
        assert_eq!(notices.happened(&message("cleo", false), &call, false, &English), None);
        assert_eq!(notices.happened(&message("ada", true), &call, false, &English), None);
        let (subject, title, _) = told(notices.happened(&message("cleo", true), &call, false, &English));
        assert_eq!(
            (subject.clone(), title.as_str()),
            (Subject::Message("cleo".to_owned()), "Cleo writes to you alone")
        );
        assert_eq!(notices.seen(BACK, &call, &English), [Command::Withdraw(subject)]);
    }

    #[test]
    fn the_call_is_told_while_the_window_is_hidden() {
        let (mut notices, call) = (Notices::default(), pub_call());
        assert_eq!(notices.seen(AWAY, &call, &English), [], "it is still on the screen");
        let hidden = notices.seen(HIDDEN, &call, &English).pop();
        assert_eq!(told(hidden), (Subject::Call, "The meeting goes on".to_owned(), vec![Choice::HangUp]));
        assert_eq!(notices.seen(HIDDEN, &call, &English), [], "once");
        assert_eq!(notices.seen(BACK, &call, &English), [Command::Withdraw(Subject::Call)]);
        assert_eq!(notices.seen(HIDDEN, &Snapshot::default(), &English), [], "no call, no notice");
    }

    #[test]
    fn the_end_takes_everything_back() {
        let (mut notices, call) = (Notices::default(), pub_call());
        notices.happened(&knock(), &call, false, &English);
        assert_eq!(notices.follow(&Snapshot::default()), [Command::WithdrawAll]);
        assert_eq!(notices.follow(&Snapshot::default()), []);
    }

    #[test]
    fn turned_off_means_nothing_is_told() {
        let (mut notices, mut call) = (Notices::default(), pub_call());
        call.settings.notifications = false;
        assert_eq!(notices.happened(&knock(), &call, false, &English), None);
        assert_eq!(notices.seen(HIDDEN, &call, &English), []);
    }

    #[test]
    fn buttons_are_wishes() {
        let ben = Subject::Knock("ben".to_owned());
        assert_eq!(wish(&ben, Choice::Admit), Some(Wish::Admit { knocker: "ben".to_owned() }));
        assert_eq!(wish(&ben, Choice::Open), None);
        assert_eq!(wish(&Subject::Call, Choice::HangUp), Some(Wish::Leave));
    }
}
