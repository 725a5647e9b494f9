//! Finds the link in a text that was shared as a whole, such as an invitation of several lines.

use crate::scheme::starts_like_a_meeting;

/// Pairs in which people and mail programs wrap links.
const WRAPPERS: &[(char, char)] = &[('<', '>'), ('(', ')'), ('[', ']'), ('"', '"'), ('\'', '\''), ('“', '”')];

/// What ends a sentence and is not part of a link in the middle of prose.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '”', '’'];

/// The part of `text` that is the link, or all of it when it is no prose.
///
/// A text that starts with its link is taken whole, because blanks inside a link are dropped and not an end to it;
/// only further lines with words in them are cut off.
pub(crate) fn link_in(text: &str) -> &str {
    let text = text.trim();
    let Some((start, word)) =
        words(text).find(|(_, word)| starts_like_a_meeting(word.trim_start_matches(is_opening)))
    else {
        return unwrap(text);
    };
    if start > 0 {
        return word.trim_start_matches(is_opening).trim_end_matches(TRAILING);
    }
    if let Some((first, more)) = text.split_once('\n')
        && more.trim().contains(char::is_whitespace)
    {
        return unwrap(first.trim());
    }
    unwrap(text)
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn is_opening(character: char) -> bool {
    WRAPPERS.iter().any(|(open, _)| *open == character)
}

/// Takes one pair of wrappers off a link; `[::1]` is none.
fn unwrap(text: &str) -> &str {
    WRAPPERS
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
        .filter(|inner| starts_like_a_meeting(inner))
        .unwrap_or(text)
}
