//! What a program is made of, for the page that says so. In: a list with name, version and licence of a part on each line,
//! and what is in it besides. Out: the licences with the parts under each.

use std::collections::BTreeMap;

/// A licence, and what is under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// An SPDX expression, a choice always in the same order.
    pub licence: String,
    /// Names of parts, without versions, in alphabetical order.
    pub parts: Vec<String>,
}

/// Groups parts by licence, the most used first. Lines without three words are left out.
pub fn licences(list: &str, besides: &[(&str, &str)]) -> Vec<Licence> {
    let listed = list.lines().filter_map(|line| {
        let (name, rest) = line.split_once(' ')?;
        Some((name, rest.split_once(' ')?.1))
    });
    let mut by_licence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, licence) in listed.chain(besides.iter().copied()) {
        by_licence.entry(alike(licence)).or_default().push(name.to_owned());
    }
    let mut licences: Vec<Licence> = by_licence
        .into_iter()
        .map(|(licence, mut parts)| {
            parts.sort_by_key(|name| name.to_lowercase());
            parts.dedup();
            Licence { licence, parts }
        })
        .collect();
    licences.sort_by_key(|licence| std::cmp::Reverse(licence.parts.len()));
    licences
}

/// The same choice of licences always in the same words: crates order them as they like.
fn alike(licence: &str) -> String {
    if licence.contains(['(', ')']) || licence.contains(" AND ") {
        return licence.to_owned();
    }
    let mut choices: Vec<&str> =
        licence.split('/').flat_map(|part| part.split(" OR ")).map(str::trim).collect();
    choices.sort_by_key(|choice| (*choice != "MIT", *choice));
    choices.join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_under_their_licence_the_most_used_first() {
        let list = "Serde 1.0.2 MIT OR Apache-2.0\nring 0.17.1 Apache-2.0 AND ISC\nbytes 1.0.0 Apache-2.0/MIT\nbroken\n";
        let found = licences(list, &[("Opus", "BSD-3-Clause")]);
        let names = |licence: &str| {
            let found = found.iter().find(|found| found.licence == licence).expect("the licence is listed");
            found.parts.join(", ")
        };
        assert_eq!(found[0].licence, "MIT / Apache-2.0");
        assert_eq!(names("MIT / Apache-2.0"), "bytes, Serde");
        assert_eq!(names("Apache-2.0 AND ISC"), "ring");
        assert_eq!(names("BSD-3-Clause"), "Opus");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn the_order_of_a_choice_does_not_matter() {
        assert_eq!(alike("Apache-2.0/MIT"), alike("MIT OR Apache-2.0"));
        assert_eq!(alike("(MIT OR Apache-2.0) AND Unicode-3.0"), "(MIT OR Apache-2.0) AND Unicode-3.0");
    }
}
