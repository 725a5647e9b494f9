//! Names for new meetings: hard to guess, easy to say. Four words of a list in the person's language.
//!
//! In: a language and a source of randomness. Out: a name such as `otter-lantern-maple-tuesday`, of small ASCII letters
//! and hyphens, which every deployment takes. Each list has at least 1024 words, so a name has at least 40 bits: whoever
//! tries a thousand names a second on one server needs 17 years for half of them.
//!
//! The words are plain nouns mostly, each the only one that sounds like it, written as one hears it: no accents or ß
//! left out, no British and American spelling, no two words that make a third. None names an illness, a body, a group
//! of people or a party, in any pairing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Words in a name.
const WORDS: usize = 4;

/// Own compilations: short, told apart by ear, and kind. By language, BCP 47.
const LISTS: [(&str, &str); 3] = [
    ("de", include_str!("../data/words/de.txt")),
    ("en", include_str!("../data/words/en.txt")),
    ("fr", include_str!("../data/words/fr.txt")),
];

static WORDS_BY_LANGUAGE: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    LISTS.iter().map(|(language, text)| (*language, text.split_whitespace().collect())).collect()
});

/// A new name; in English where there is no list of the language. `random` gives 64 fresh bits each time.
pub(crate) fn make(language: &str, mut random: impl FnMut() -> u64) -> String {
    let words = words(language);
    let chosen: Vec<&str> = (0..WORDS).map(|_| words[below(words.len(), &mut random)]).collect();
    chosen.join("-")
}

fn words(language: &str) -> &'static [&'static str] {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let lists = &*WORDS_BY_LANGUAGE;
    lists.get(primary.as_str()).or_else(|| lists.get("en")).map(Vec::as_slice).unwrap_or_default()
}

/// A number below `count`, each as likely as the others: what is left over at the top is drawn again.
fn below(count: usize, random: &mut impl FnMut() -> u64) -> usize {
    let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
    let fair = u64::MAX - u64::MAX % count;
    loop {
        let drawn = random();
        if drawn < fair {
            return usize::try_from(drawn % count).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_list_gives_forty_bits_and_its_words_are_told_apart() {
        for (language, words) in &*WORDS_BY_LANGUAGE {
            let different: BTreeSet<&&str> = words.iter().collect();
            assert_eq!(different.len(), words.len(), "{language}: a word comes twice");
            assert!(words.len() >= 1024, "{language}: {} words", words.len());
            #[expect(clippy::cast_precision_loss, reason = "some thousand words")]
            let bits = (words.len() as f64).log2() * WORDS as f64;
            assert!(bits >= 40.0, "{language}: {bits} bits");
            for word in words {
                let fits = (3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
                assert!(fits, "{language}: {word}");
            }
        }
    }

    #[test]
    fn said_aloud_a_name_is_not_heard_as_another() {
        for (language, words) in &*WORDS_BY_LANGUAGE {
            let known: BTreeSet<&&str> = words.iter().collect();
            for word in words {
                let joined =
                    (1..word.len()).find(|&at| known.contains(&&word[..at]) && known.contains(&&word[at..]));
                assert!(joined.is_none(), "{language}: {word} is two others");
            }
        }
    }

    #[test]
    fn words_that_hurt_or_mislead_were_taken_out() {
        let out = [
            ("de", "krebs zwerg riese taube eichel heimat wal wahl seite saite strasse weiss"),
            ("en", "color gray monkey pansy donkey blue beach beech flower night knot"),
            ("fr", "crabe raton grue gland noir ecole foret mer maire champ chant verre"),
        ];
        for (language, list) in out {
            for word in list.split(' ') {
                assert!(!words(language).contains(&word), "{language}: {word}");
            }
        }
    }

    #[test]
    fn a_name_is_four_words_that_survive_a_link() {
        let mut counter = 0_u64;
        let name = make("de-AT", || {
            counter += 1_000_003;
            counter
        });
        assert_eq!(name.split('-').count(), WORDS);
        let address =
            treff_link::parse(&format!("https://meet.example.org/{name}"), None).expect("a meeting");
        assert_eq!(address.room().as_str(), name);
        assert_eq!(address.to_url(), format!("https://meet.example.org/{name}"));
        assert_eq!(treff_link::parse(&name, Some("meet.example.org")), Ok(address), "also as typed in");
    }

    #[test]
    fn languages_without_a_list_speak_english() {
        let fixed = || 7;
        assert_eq!(make("", fixed), make("en", fixed));
        assert_eq!(make("nl", fixed), make("en-GB", fixed));
        assert_ne!(make("FR", fixed), make("en", fixed));
        assert_ne!(make("de_CH", fixed), make("en", fixed));
    }

    #[test]
    fn no_word_is_likelier_than_another() {
        let mut draws = [u64::MAX, u64::MAX - 1, 1025].into_iter();
        assert_eq!(below(1024, &mut || draws.next().expect("a draw")), 1, "the unfair rest is drawn again");
        let mut seen = [0_u32; 3];
        let mut state = 1_u64;
        for _ in 0..3000 {
            let drawn = below(3, &mut || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state
            });
            seen[drawn] += 1;
        }
        assert!(seen.iter().all(|count| (900..1100).contains(count)), "{seen:?}");
    }
}
