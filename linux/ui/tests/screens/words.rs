//! No English leaks into another language: every `@tr` of the screens has its German and French, with as many plural
//! forms and the same places for names and numbers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A string as gettext knows it: context and English.
type Key = (String, String);

#[derive(Debug, Default)]
struct Words {
    /// Plural in English, if it has one.
    plural: Option<String>,
    translations: Vec<String>,
}

fn slint_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the screens are there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            slint_files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "slint") {
            found.push(path);
        }
    }
}

/// The string literal at the start of `text`, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let rest = text.trim_start().strip_prefix('"')?;
    let mut end = 0;
    let bytes = rest.as_bytes();
    while bytes.get(end)? != &b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    Some((rest[..end].to_owned(), &rest[end + 1..]))
}

fn strings_of_screens() -> BTreeMap<Key, Words> {
    let mut files = Vec::new();
    slint_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui"), &mut files);
    let mut strings = BTreeMap::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a screen can be read");
        for piece in source.split("@tr(").skip(1) {
            let (mut text, mut rest) = literal(piece).expect("@tr starts with a literal");
            let mut context = String::new();
            if let Some(after) = rest.trim_start().strip_prefix("=>") {
                (context, (text, rest)) = (text, literal(after).expect("a literal follows the context"));
            }
            let plural = rest.trim_start().strip_prefix('|').and_then(literal).map(|(plural, _)| plural);
            strings.insert((context, text), Words { plural, translations: Vec::new() });
        }
    }
    strings
}

fn translations(language: &str) -> BTreeMap<Key, Words> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("lang/{language}/LC_MESSAGES/treff-ui.po"));
    let source = fs::read_to_string(path).expect("the language is there");
    let mut all = BTreeMap::new();
    for block in source.split("\n\n") {
        let (mut context, mut id, mut words) = (String::new(), None, Words::default());
        for line in block.lines() {
            let value = |rest| literal(rest).expect("a literal").0;
            if let Some(rest) = line.strip_prefix("msgctxt ") {
                context = value(rest);
            } else if let Some(rest) = line.strip_prefix("msgid_plural ") {
                words.plural = Some(value(rest));
            } else if let Some(rest) = line.strip_prefix("msgid ") {
                id = Some(value(rest));
            } else if let Some(rest) = line.strip_prefix("msgstr") {
                let rest = rest.split_once(' ').expect("a text follows").1;
                words.translations.push(value(rest));
            }
        }
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            all.insert((context, id), words);
        }
    }
    all
}

/// `{0}`, `{n}` and `{}` in a text, sorted.
fn places(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}').map(|(place, _)| place.to_owned()))
        .collect();
    found.sort();
    found
}

fn check(language: &str) {
    let known = translations(language);
    let mut missing = Vec::new();
    for ((context, text), words) in strings_of_screens() {
        let Some(found) = known.get(&(context.clone(), text.clone())) else {
            missing.push(format!("{context}|{text}"));
            continue;
        };
        let forms = if words.plural.is_some() { 2 } else { 1 };
        assert_eq!(found.translations.len(), forms, "plural forms of {text:?} in {language}");
        assert_eq!(found.plural, words.plural, "the plural of {text:?} in {language}");
        for translation in &found.translations {
            assert!(!translation.is_empty(), "{text:?} is empty in {language}");
            assert_eq!(places(translation), places(&text), "places of {text:?} in {language}");
        }
    }
    assert!(missing.is_empty(), "{language} lacks {}:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn german_is_complete() {
    check("de");
}

#[test]
fn french_is_complete() {
    check("fr");
}

/// The variants of an enum of the core, in snake case as its codes are.
fn variants(file: &str, name: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/app/src/door").join(file);
    let source = fs::read_to_string(path).expect("the core is there");
    let body = source.split(&format!("pub enum {name} {{")).nth(1).expect("the enum is there");
    let body = body.split("\n}").next().expect("it ends");
    let variant = |line: &str| {
        let line = line.strip_prefix("    ")?;
        let name: String = line.chars().take_while(|letter| letter.is_alphanumeric()).collect();
        let follows = &line[name.len()..];
        let is_variant = name.starts_with(char::is_uppercase) && matches!(follows.trim(), "," | "{");
        is_variant.then_some(name)
    };
    body.lines().filter_map(variant).map(|name| (snake(&name), name)).collect()
}

fn snake(name: &str) -> String {
    let mut code = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !code.is_empty() {
            code.push('_');
        }
        code.extend(letter.to_lowercase());
    }
    code
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("the file is there")
}

#[test]
fn every_error_has_its_sentence() {
    let words = read("ui/words.slint");
    let errors = variants("error.rs", "UserError");
    assert!(errors.len() >= 17, "{errors:?}");
    // What has no fitting case has the sentence of everything else.
    for (code, _) in errors.into_iter().filter(|(code, _)| code != "unexpected") {
        assert!(words.contains(&format!("\"{code}\"")), "{code} has no sentence");
    }
}

#[test]
fn every_notice_has_its_sentence() {
    let (words, codes) = (read("ui/call/banner.slint"), read("src/call/banner.rs"));
    let notices = variants("notice.rs", "Notice");
    assert!(notices.len() >= 15, "{notices:?}");
    for (code, name) in notices {
        assert!(words.contains(&format!("code == \"{code}\"")), "{code} has no sentence");
        assert!(codes.contains(&format!("Notice::{name}")), "{name} has no code");
    }
}
