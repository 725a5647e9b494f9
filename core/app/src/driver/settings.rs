//! What a person sets once: kept at once, and at once in force, in the middle of a call too.

use std::time::Instant;

use super::Driver;
use crate::door::command::Layout;
use crate::door::settings::{DataUse, Settings};

/// The longest name that others are shown, in characters.
const LONGEST_NAME: usize = 80;
/// The lines of a picture that costs little.
pub(super) const LOW_HEIGHT: u16 = 180;

impl Driver {
    pub(super) fn change_settings(&mut self, now: Instant, wanted: Settings) {
        let wanted = tidy(wanted);
        let before = std::mem::replace(&mut self.outlet.state.settings, wanted.clone());
        self.outlet.touch();
        self.storage.keep_settings(&wanted);
        if wanted.name != before.name {
            self.remember_name(&wanted.name);
            self.with_live(|live| live.conference.set_display_name(now, &wanted.name));
        }
        if wanted.keep_history != before.keep_history {
            self.outlet.state.recent = self.storage.recent();
        }
        if wanted.noise_suppression != before.noise_suppression {
            self.platform.audio.set_noise_suppression(wanted.noise_suppression);
        }
        if wanted.data_use != before.data_use {
            self.follow_data_use(now);
        }
    }

    /// The name others see, from whichever command it came.
    pub(super) fn remember_name(&mut self, name: &str) {
        self.storage.set_display_name(name);
        name.clone_into(&mut self.outlet.state.me.name);
        name.clone_into(&mut self.outlet.state.settings.name);
        self.outlet.touch();
    }

    /// Whether pictures are wanted at all, either way.
    pub(super) fn pictures(&self) -> bool {
        self.outlet.state.settings.data_use != DataUse::AudioOnly
    }

    fn follow_data_use(&mut self, now: Instant) {
        self.describe_devices();
        if !self.pictures() {
            self.close_preview_camera();
            self.stop_share(now);
            if self.outlet.state.me.camera {
                self.set_camera(now, false);
            }
        }
        self.update_receiving(now);
        self.update_sending(now);
    }
}

/// What a front end may have left untidy.
fn tidy(settings: Settings) -> Settings {
    Settings {
        name: settings.name.trim().chars().take(LONGEST_NAME).collect(),
        text_size: settings.text_size.clamp(100, 200),
        language: settings.language.filter(|language| !language.trim().is_empty()),
        ..settings
    }
}

/// What is asked for of a layout, given how much it may cost.
pub(super) fn affordable(layout: &Layout, data_use: DataUse) -> Layout {
    let low = |height: i32| match height {
        0..=180 => height,
        _ => i32::from(LOW_HEIGHT),
    };
    match (data_use, layout) {
        (DataUse::Auto, layout) => layout.clone(),
        (DataUse::AudioOnly, _) | (_, Layout::Nothing) => Layout::Nothing,
        (DataUse::Low, Layout::Everyone { max_height, last_n }) => {
            Layout::Everyone { max_height: low(*max_height), last_n: *last_n }
        }
        (DataUse::Low, Layout::Tiles(tiles)) => {
            let mut tiles = tiles.clone();
            for tile in &mut tiles {
                tile.height = low(tile.height);
            }
            Layout::Tiles(tiles)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::command::Tile;

    fn everyone(max_height: i32) -> Layout {
        Layout::Everyone { max_height, last_n: 4 }
    }

    fn tiles(height: i32) -> Layout {
        Layout::Tiles(vec![Tile { source: "ben-v0".to_owned(), height, on_stage: true }])
    }

    #[test]
    fn the_layout_is_cut_to_what_it_may_cost() {
        for (layout, low) in [
            (everyone(720), everyone(180)),
            (everyone(-1), everyone(180)),
            (everyone(90), everyone(90)),
            (everyone(0), everyone(0)),
            (tiles(1080), tiles(180)),
            (tiles(120), tiles(120)),
            (Layout::Nothing, Layout::Nothing),
        ] {
            assert_eq!(affordable(&layout, DataUse::Auto), layout);
            assert_eq!(affordable(&layout, DataUse::Low), low);
            assert_eq!(affordable(&layout, DataUse::AudioOnly), Layout::Nothing);
        }
    }

    #[test]
    fn settings_are_kept_within_bounds() {
        let untidy = Settings {
            name: format!("  {}  ", "Ada ".repeat(100)),
            text_size: 5000,
            language: Some(" ".to_owned()),
            ..Settings::default()
        };
        let tidy = tidy(untidy);
        assert_eq!((tidy.name.chars().count(), tidy.text_size, tidy.language), (80, 200, None));
    }
}
