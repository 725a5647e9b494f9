//! What a person should know while the call goes on: a stable code that front ends translate.

use serde::{Deserialize, Serialize};

use super::devices::{DeviceKind, DeviceProblem};

/// Something worth telling; the call goes on with what there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// The microphone is of no use.
    #[error("Nobody hears you: {problem}. Connect or choose another microphone.")]
    MicrophoneFailed {
        /// Why.
        problem: DeviceProblem,
    },
    /// The loudspeaker is of no use.
    #[error("Nothing can be heard: {problem}. Connect or choose another loudspeaker.")]
    SpeakerFailed {
        /// Why.
        problem: DeviceProblem,
    },
    /// The camera is of no use.
    #[error("Nobody sees you: {problem}. Connect or choose another camera.")]
    CameraFailed {
        /// Why.
        problem: DeviceProblem,
    },
    /// A device went away in the call, and another took its place.
    #[error("Your {kind} is gone; another one is used now. The settings let you choose.")]
    DeviceReplaced {
        /// What it was for.
        kind: DeviceKind,
    },
    /// The screen cannot be shared, or its sharing ended by itself.
    #[error("Your screen is not shared: {problem}. Try again, or choose another window.")]
    ShareFailed {
        /// Why.
        problem: DeviceProblem,
    },
    /// The focus does not answer yet.
    #[error("The server's meeting service does not answer yet. Trying again.")]
    FocusUnavailable,
    /// The meeting has not begun.
    #[error("The meeting has not begun yet. Waiting.")]
    NotLiveYet,
    /// The focus has no bridge.
    #[error(
        "The server has no video bridge for this meeting right now: no sound or picture until it finds one."
    )]
    BridgeUnavailable,
    /// As many send as the server takes.
    #[error("So many people send sound or picture that the server does not take ours. Listening works.")]
    SenderLimitReached,
    /// No session was offered for a while.
    #[error("The server has not offered sound and picture yet. Waiting.")]
    NoSessionOffered,
    /// The server goes down soon.
    #[error("The server is about to be updated. The meeting may break off; join again then.")]
    ServerGoesDown,
    /// The focus refused our answer.
    #[error("The server did not accept our connection. Trying again.")]
    AnswerRefused,
    /// The focus refused a new session.
    #[error("The server does not let us reconnect sound and picture yet. Trying again.")]
    RestartRefused,
    /// The password or the lobby could not be changed.
    #[error("The server did not change the room's protection. Try again in a moment.")]
    ProtectionRefused,
    /// The server tells no telephone numbers.
    #[error("The server does not say how to join this meeting by telephone. Share its link instead.")]
    NoDialIn,
}
