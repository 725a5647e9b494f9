//! The room's door: its password, its lobby and who waits there.

use serde::{Deserialize, Serialize};

/// How the room is protected, and what we may do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomDoor {
    /// Entering needs a password.
    pub password_set: bool,
    /// Entering leads through the lobby.
    pub lobby: bool,
    /// Who waits there; moderators see it.
    pub knocking: Vec<Knocker>,
    /// We may set, change and remove the password.
    pub may_set_password: bool,
    /// We may switch the lobby, admit and refuse.
    pub may_set_lobby: bool,
}

/// Somebody who waits in the lobby.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knocker {
    /// To admit or refuse them by.
    pub id: String,
    /// The name they gave.
    pub name: String,
}

/// Protection that a new meeting gets the moment we are in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Protection {
    /// The room's password.
    pub password: Option<String>,
    /// Everyone else waits until let in.
    pub lobby: bool,
}
