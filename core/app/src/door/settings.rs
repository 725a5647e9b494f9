//! What a person sets once: kept in the store, the same for every meeting.

use serde::{Deserialize, Serialize};

/// Everything on the settings screen apart from servers and devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The name others see; empty if never given.
    pub name: String,
    /// Enter with the microphone on.
    pub microphone_on: bool,
    /// Enter with the camera on.
    pub camera_on: bool,
    /// How much data pictures may cost.
    pub data_use: DataUse,
    /// Show the own picture in the call.
    pub self_view: bool,
    /// Show the own picture as in a mirror.
    pub mirror: bool,
    /// Quiet sounds for a knock, somebody who joins, and a message.
    pub sounds: bool,
    /// Notices outside the window.
    pub notifications: bool,
    /// Remember the meetings that were joined.
    pub keep_history: bool,
    /// Suppress steady noise around the microphone.
    pub noise_suppression: bool,
    /// Light, dark, or as the desktop.
    pub theme: Theme,
    /// The language as BCP 47 ("de"), or nothing for the system's.
    pub language: Option<String>,
    /// Size of the type in percent, 100 to 200, on top of the system's.
    pub text_size: u16,
    /// The first start's questions were answered or skipped.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            microphone_on: true,
            camera_on: true,
            data_use: DataUse::Auto,
            self_view: true,
            mirror: true,
            sounds: true,
            notifications: true,
            keep_history: true,
            noise_suppression: true,
            theme: Theme::System,
            language: None,
            text_size: 100,
            welcomed: false,
        }
    }
}

/// How much data pictures may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataUse {
    /// As good as the network and the window allow.
    #[default]
    Auto,
    /// No picture higher than 180 lines, either way.
    Low,
    /// No pictures at all, either way.
    AudioOnly,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop or the phone.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
