//! Texts of strangers made fit for a shell's notice: one line, bounded, no control characters, markup escaped.

/// Characters of a notice's title that are shown at most.
const TITLE: usize = 100;
/// Characters of a notice's body that are shown at most.
const BODY: usize = 300;

/// A title: a plain text for every service.
pub(crate) fn title(text: &str) -> String {
    tidy(text, TITLE)
}

/// A body; services with the capability `body-markup` read it as markup.
pub(crate) fn body(text: &str, markup: bool) -> String {
    let text = tidy(text, BODY);
    if markup { escape(&text) } else { text }
}

/// Bidirectional overrides would let a name rewrite the words around it; line ends would let it add some.
fn tidy(text: &str, limit: usize) -> String {
    let hidden =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let cleaned: String =
        text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut words = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(limit) {
        words.truncate(end);
        words.push('…');
    }
    words
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_strangers_is_shown_and_not_obeyed() {
        assert_eq!(body("<b>Ben</b> & Cleo", true), "&lt;b&gt;Ben&lt;/b&gt; &amp; Cleo");
        assert_eq!(body("<b>Ben</b>", false), "<b>Ben</b>");
    }

    #[test]
    fn long_and_unruly_texts_are_tamed() {
        assert_eq!(title("Ben\n\n  the\tmoderator\u{202e}"), "Ben the moderator");
        let long = title(&"ä".repeat(500));
        assert_eq!(long.chars().count(), TITLE + 1);
        assert!(long.ends_with('…'));
        // Cut before escaping, so that no entity is cut in two.
        assert!(body(&"&".repeat(500), true).ends_with("&amp;…"));
    }
}
