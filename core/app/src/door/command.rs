//! What a front end may ask for.

use serde::{Deserialize, Serialize};

use super::devices::DeviceKind;
use super::moderation::Protection;
use super::settings::Settings;

/// One wish of the person. In JSON: `{"command": "send_chat", "text": "Hello"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Reads a link (or a room name, with a preferred server) and prepares the meeting behind it.
    Open {
        /// What was tapped, typed or pasted.
        link: String,
        /// A JWT that replaces the link's own.
        #[serde(default)]
        token: Option<String>,
    },
    /// Opens a new meeting on the preferred server, under a name that is hard to guess and easy to say.
    NewMeeting {
        /// The language of its words, BCP 47; English where there is no list.
        #[serde(default)]
        language: Option<String>,
    },
    /// Starts the meeting that could not be started, under the same name on another server of the list. Whoever has the
    /// link that was made before needs the new one. Only a meeting that was to be started here (a new one, or a bare room
    /// name) moves; a link always leads where it points.
    StartOn {
        /// Which: [`crate::Snapshot::next_server`], another one of the list, or the same once more.
        server: String,
    },
    /// Back to the first screen from a meeting that is not entered or over.
    GoHome,
    /// Enters the opened meeting.
    Join {
        /// The name others see; the stored one if absent.
        #[serde(default)]
        name: Option<String>,
        /// A room password known beforehand.
        #[serde(default)]
        password: Option<String>,
        /// Enter with the microphone on.
        #[serde(default = "on")]
        microphone: bool,
        /// Enter with the camera on.
        #[serde(default = "on")]
        camera: bool,
        /// Protects the room the moment we are in, if we may.
        #[serde(default)]
        protection: Protection,
    },
    /// Answers a request for the room's password.
    EnterPassword {
        /// As the person typed it.
        password: String,
    },
    /// Asks the moderators to be let in.
    Knock {
        /// The name they see.
        name: String,
    },
    /// Leaves the meeting, or stops trying to enter.
    Leave,
    /// Switches the microphone.
    SetMicrophone {
        /// On is heard.
        on: bool,
    },
    /// Switches the camera.
    SetCamera {
        /// On is seen.
        on: bool,
    },
    /// Changes the name others see.
    SetDisplayName {
        /// The new name.
        name: String,
    },
    /// Raises or lowers the hand.
    RaiseHand {
        /// Up or down.
        raised: bool,
    },
    /// Sends a chat message.
    SendChat {
        /// What to say.
        text: String,
        /// The endpoint to tell it in private; everyone if absent.
        #[serde(default)]
        to: Option<String>,
    },
    /// Sends a reaction to everyone.
    SendReaction {
        /// Which.
        reaction: Reaction,
    },
    /// Says what is visible: nothing else is received or decoded.
    SetLayout {
        /// The visible sources with their sizes.
        layout: Layout,
    },
    /// Sets how loud one participant is heard.
    SetVolume {
        /// Whose voice.
        endpoint: String,
        /// 1.0 as sent, 0.0 silent, 2.0 doubled.
        gain: f32,
    },
    /// Hears nobody for a while, as when a telephone call holds the meeting; everybody keeps the volume they have.
    SetSilence {
        /// Nobody is heard.
        on: bool,
    },
    /// Opens devices before the call, to see and hear oneself. Entering a call ends it.
    SetPreview {
        /// Measure the microphone.
        microphone: bool,
        /// Show the camera.
        camera: bool,
    },
    /// Chooses a device.
    SelectDevice {
        /// What for.
        kind: DeviceKind,
        /// Which; the system's default if absent.
        #[serde(default)]
        id: Option<String>,
    },
    /// Plays a short tone on the chosen loudspeaker.
    TestSpeaker,
    /// Shares a screen or window; the platform lets the person pick which.
    StartShare,
    /// Ends that.
    StopShare,
    /// Replaces the settings.
    ChangeSettings {
        /// All of them.
        settings: Settings,
    },
    /// Sets, changes or removes the room's password.
    SetRoomPassword {
        /// The new one; none if absent.
        #[serde(default)]
        password: Option<String>,
    },
    /// Switches the lobby.
    SetLobby {
        /// On: newcomers wait until let in.
        on: bool,
    },
    /// Lets somebody in.
    Admit {
        /// The knocker's id.
        knocker: String,
    },
    /// Turns somebody away.
    Refuse {
        /// The knocker's id.
        knocker: String,
    },
    /// Asks the server for the telephone numbers of this meeting.
    AskDialIn,
    /// Adds a server of one's own.
    AddServer {
        /// An address or any meeting link on it.
        address: String,
        /// What to call it; its host if absent.
        #[serde(default)]
        name: Option<String>,
    },
    /// Changes what the person calls a server and writes about it.
    EditServer {
        /// Which.
        address: String,
        /// Its new name.
        name: String,
        /// The new notes.
        notes: String,
    },
    /// Takes a server off the list; a preset can be put back by [`Command::RestorePresets`].
    RemoveServer {
        /// Which.
        address: String,
    },
    /// Moves a server within the list.
    MoveServer {
        /// Which.
        address: String,
        /// Its new place, 0 the first.
        position: u32,
    },
    /// Puts back the servers that came with Treff.
    RestorePresets,
    /// Looks at a server, or at the one behind a meeting's link.
    CheckServer {
        /// An address or a link.
        address: String,
    },
    /// Looks at several servers of the list and sets them side by side in [`crate::Snapshot::comparison`].
    CompareServers {
        /// Which: two to four addresses. Fewer end the comparison, of more the first four of the list count.
        addresses: Vec<String>,
    },
    /// Asks for the list of servers as text; [`crate::Event::ServersExported`] brings it.
    ExportServers,
    /// Adds the servers of such a text.
    ImportServers {
        /// What was exported.
        text: String,
    },
    /// Chooses the server for bare room names.
    SetPreferredServer {
        /// A host name, or nothing to have none.
        server: Option<String>,
    },
    /// Forgets one recent meeting, or all.
    ForgetRecent {
        /// The meeting's link; all if absent.
        #[serde(default)]
        link: Option<String>,
    },
    /// Hands the snapshot to the observers even if nothing changed.
    PublishSnapshot,
}

fn on() -> bool {
    true
}

/// Which video sources are visible, and how large.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Every source, none higher than this: what the headless client and a first grid want.
    Everyone {
        /// Greatest height in pixels; -1 for no limit.
        max_height: i32,
        /// How many sources at most; -1 for no limit.
        last_n: i32,
    },
    /// Just these tiles.
    Tiles(Vec<Tile>),
    /// No video at all, as when the window is hidden.
    Nothing,
}

/// One visible video source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// The source's name, `<endpoint>-v0`.
    pub source: String,
    /// Height on screen in physical pixels.
    pub height: i32,
    /// The large one on stage.
    #[serde(default)]
    pub on_stage: bool,
}

/// The reactions Jitsi knows, by the names on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reaction {
    /// Thumb up.
    Like,
    /// Clapping hands.
    Clap,
    /// Laughing face.
    Laugh,
    /// Surprised face.
    Surprised,
    /// Frowning face.
    Boo,
    /// Face without a mouth.
    Silence,
    /// Heart.
    Love,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_line_reads_as_a_command() {
        let line = r#"{"command":"join","name":"Ada","camera":false}"#;
        let expected = Command::Join {
            name: Some("Ada".to_owned()),
            password: None,
            microphone: true,
            camera: false,
            protection: Protection::default(),
        };
        assert_eq!(serde_json::from_str::<Command>(line).expect("a valid line"), expected);
    }

    #[test]
    fn layouts_are_scriptable() {
        let line = r#"{"command":"set_layout","layout":{"tiles":[{"source":"ben-v0","height":180}]}}"#;
        let tiles = vec![Tile { source: "ben-v0".to_owned(), height: 180, on_stage: false }];
        assert_eq!(
            serde_json::from_str::<Command>(line).expect("a valid line"),
            Command::SetLayout { layout: Layout::Tiles(tiles) }
        );
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(serde_json::from_str::<Command>(r#"{"command":"fly"}"#).is_err());
        assert!(serde_json::from_str::<Command>("[]").is_err());
    }
}
