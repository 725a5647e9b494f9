//! What a front end asks of the desktop.

use crate::awake::Awake;
use crate::haptics::Touch;
use crate::keeper::FileToKeep;
use crate::notices::{Notice, Subject};

/// What a front end asks of the desktop. Each is carried out when its turn comes; [`crate::Event`] tells how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Show a notice, or replace the one about the same subject.
    Notify(Notice),
    /// Take a notice back.
    Withdraw(Subject),
    /// Take every notice back.
    WithdrawAll,
    /// Keep the screen or the machine awake, or no longer.
    KeepAwake {
        /// What is to stay awake.
        awake: Awake,
        /// Why, for a person, translated: desktops show it. Empty with [`Awake::Off`].
        reason: String,
    },
    /// Open something with the program that is for it: another service's link, a mail with an invitation.
    OpenUri {
        /// `https`, `http`, `mailto`, `sms`, `tel`, `xmpp` or `matrix`; anything else is [`crate::Failure::Unsuitable`].
        uri: String,
        /// Let the person choose the program, where the desktop can ask.
        ask: bool,
    },
    /// Keep a file where the person wants it; [`crate::Event::FileKept`] tells where.
    Keep(FileToKeep),
    /// Make the phone be felt.
    Touch(Touch),
    /// Go on without a window, in a sandbox that would end us otherwise.
    StayInBackground {
        /// Why, for a person, translated.
        reason: String,
    },
}
