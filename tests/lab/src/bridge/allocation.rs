//! Which sources a receiver gets and how large: Jitsi's on stage, selected, then by speech, up to last-n.

use std::collections::BTreeMap;

use super::colibri::ReceiverVideoConstraints;

/// No limit, as senders are told of it.
pub(crate) const UNLIMITED: u32 = 2160;
/// What the bridge assumes of a message without `defaultConstraints`.
const ASSUMED_HEIGHT: i32 = 180;

/// What a receiver wants, accumulated over its messages.
#[derive(Clone, Debug)]
pub(crate) struct Wishes {
    last_n: i32,
    selected: Vec<String>,
    on_stage: Vec<String>,
    default_height: i32,
    heights: BTreeMap<String, i32>,
}

impl Default for Wishes {
    /// Before the first message: no video at all.
    fn default() -> Self {
        Self {
            last_n: -1,
            selected: Vec::new(),
            on_stage: Vec::new(),
            default_height: 0,
            heights: BTreeMap::new(),
        }
    }
}

impl Wishes {
    /// Takes a message; what it leaves out stays, except the default.
    pub(crate) fn update(&mut self, message: ReceiverVideoConstraints) {
        self.last_n = message.last_n.unwrap_or(self.last_n);
        self.selected = message.selected_sources.unwrap_or_else(|| std::mem::take(&mut self.selected));
        self.on_stage = message.on_stage_sources.unwrap_or_else(|| std::mem::take(&mut self.on_stage));
        self.default_height = message.default_constraints.map_or(ASSUMED_HEIGHT, |c| c.max_height);
        if let Some(constraints) = message.constraints {
            self.heights = constraints.into_iter().map(|(name, c)| (name, c.max_height)).collect();
        }
    }

    /// The legacy message that only limits the count.
    pub(crate) fn set_last_n(&mut self, last_n: i32) {
        self.last_n = last_n;
    }

    /// Which of these sources, given in the order of speech, are sent, with the height asked for.
    pub(crate) fn choose(&self, sources: &[String]) -> Vec<(String, u32)> {
        let rank = |name: &String| {
            let on_stage = self.on_stage.iter().position(|s| s == name).map(|i| (0, i));
            let selected = self.selected.iter().position(|s| s == name).map(|i| (1, i));
            on_stage.or(selected).unwrap_or((2, 0))
        };
        let mut ordered: Vec<&String> = sources.iter().collect();
        ordered.sort_by_key(|name| rank(name));
        let count = usize::try_from(self.last_n).unwrap_or(usize::MAX);
        ordered
            .into_iter()
            .map(|name| (name.clone(), self.height(name)))
            .filter(|(_, height)| *height > 0)
            .take(count)
            .collect()
    }

    fn height(&self, name: &str) -> u32 {
        let height = self.heights.get(name).copied().unwrap_or(self.default_height);
        u32::try_from(height).unwrap_or(UNLIMITED)
    }
}

/// The encoding to send for a height: the largest that is not larger, or the smallest.
pub(crate) fn encoding_for(heights: &[u16], height: u32) -> usize {
    heights.iter().rposition(|h| u32::from(*h) <= height).unwrap_or(0)
}

/// The usual heights of so many encodings, until key frames say better.
pub(crate) fn usual_heights(encodings: usize) -> Vec<u16> {
    let top = 720_u16;
    (0..encodings).rev().map(|n| top >> n.min(8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::colibri::{FromEndpoint, read};

    fn wishes(texts: &[&str]) -> Wishes {
        let mut wishes = Wishes::default();
        for text in texts {
            let text = format!(r#"{{"colibriClass":"ReceiverVideoConstraints",{text}}}"#);
            let (_, Ok(FromEndpoint::Constraints(message))) = read(&text) else { panic!("{text}") };
            wishes.update(message);
        }
        wishes
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn nothing_is_sent_before_the_first_message() {
        assert!(Wishes::default().choose(&names(&["ada-v0"])).is_empty());
    }

    #[test]
    fn the_stage_comes_before_the_selected_before_the_speakers() {
        let wishes = wishes(&[r#""lastN":3,"onStageSources":["dora-v0"],"selectedSources":["cleo-v0"],
               "defaultConstraints":{"maxHeight":180},"constraints":{"dora-v0":{"maxHeight":720}}"#]);
        let chosen = wishes.choose(&names(&["ada-v0", "ben-v0", "cleo-v0", "dora-v0"]));
        let expected = [("dora-v0", 720), ("cleo-v0", 180), ("ada-v0", 180)];
        assert_eq!(chosen, expected.map(|(n, h)| (n.to_owned(), h)));
    }

    #[test]
    fn what_is_left_out_stays_but_the_default_falls_back() {
        let wishes = wishes(&[
            r#""lastN":1,"defaultConstraints":{"maxHeight":720}"#,
            r#""constraints":{"ada-v0":{"maxHeight":-1},"cleo-v0":{"maxHeight":0}}"#,
        ]);
        assert_eq!(wishes.choose(&names(&["cleo-v0", "ben-v0", "ada-v0"])), [("ben-v0".to_owned(), 180)]);
        assert_eq!(wishes.choose(&names(&["ada-v0"])), [("ada-v0".to_owned(), UNLIMITED)]);
    }

    #[test]
    fn heights_choose_encodings() {
        let heights = usual_heights(3);
        assert_eq!(heights, [180, 360, 720]);
        assert_eq!(encoding_for(&heights, 100), 0);
        assert_eq!(encoding_for(&heights, 400), 1);
        assert_eq!(encoding_for(&heights, UNLIMITED), 2);
    }
}
