//! The tokens as they stand in `tokens.json`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Colour, DesignError};

/// Colours, sizes and times, each by its role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    #[serde(rename = "about")]
    _about: String,
    /// Colours by theme and role.
    pub colour: Colours,
    /// Type sizes; they grow with the person's setting.
    #[serde(rename = "type")]
    pub type_sizes: BTreeMap<String, u32>,
    /// Font weights.
    pub weight: BTreeMap<String, u32>,
    /// Distances, multiples of 4.
    pub space: BTreeMap<String, u32>,
    /// Sizes of things and of the layout.
    pub size: BTreeMap<String, u32>,
    /// Corner radii.
    pub shape: BTreeMap<String, u32>,
    /// Durations in milliseconds.
    pub motion: BTreeMap<String, u32>,
}

/// Colours by theme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Colours {
    /// By day.
    pub light: BTreeMap<String, Colour>,
    /// By night, and always in a call.
    pub dark: BTreeMap<String, Colour>,
    /// What only the call screen has.
    pub call: BTreeMap<String, Colour>,
    /// Behind initials.
    pub avatar: Vec<Colour>,
    /// The initials themselves.
    pub on_avatar: Colour,
}

impl Tokens {
    /// Reads the JSON.
    ///
    /// # Errors
    /// When a group is missing or unknown, or a colour is none.
    pub fn parse(json: &str) -> Result<Self, DesignError> {
        Ok(serde_json::from_str(json)?)
    }
}
