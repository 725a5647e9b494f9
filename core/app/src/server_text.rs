//! A list of servers as text, to be kept, sent and read again: JSON with a version. In: servers, or a text of anybody's.
//! Out: a text, or entries with valid addresses; a text with anything wrong in it is refused whole, saying what.

use serde::{Deserialize, Serialize};
use treff_store::{MAX_SERVERS, StoredServer};

const VERSION: u32 = 1;
const MAX_BYTES: usize = 512 * 1024;
const MAX_NAME_CHARS: usize = 100;
const MAX_NOTES_CHARS: usize = 2000;

#[derive(Serialize, Deserialize)]
struct Text {
    treff_servers: u32,
    servers: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    address: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    notes: String,
}

/// The list as text.
pub(crate) fn write(servers: Vec<StoredServer>) -> String {
    let entry =
        |server: StoredServer| Entry { address: server.address, name: server.name, notes: server.notes };
    let text = Text { treff_servers: VERSION, servers: servers.into_iter().map(entry).collect() };
    serde_json::to_string_pretty(&text).unwrap_or_default()
}

/// Reads such a text.
///
/// # Errors
/// What is wrong, as a sentence without its full stop.
pub(crate) fn read(text: &str) -> Result<Vec<StoredServer>, String> {
    if text.len() > MAX_BYTES {
        return Err("the text is too long for a list of servers".to_owned());
    }
    let text: Text = serde_json::from_str(text.trim_start_matches('\u{feff}').trim())
        .map_err(|error| format!("this is not a list of servers, line {}", error.line()))?;
    if text.treff_servers != VERSION {
        return Err("this list was made by a newer version of Treff".to_owned());
    }
    if text.servers.len() > MAX_SERVERS {
        return Err(format!("the list has more than {MAX_SERVERS} servers"));
    }
    text.servers.into_iter().enumerate().map(|(number, entry)| entry.stored(number + 1)).collect()
}

impl Entry {
    fn stored(self, number: usize) -> Result<StoredServer, String> {
        let server = treff_link::parse_server(&self.address)
            .map_err(|error| format!("entry {number} is no server: {}", lower(&error.to_string())))?;
        let (name, notes) = (clean(&self.name, MAX_NAME_CHARS), clean(&self.notes, MAX_NOTES_CHARS));
        Ok(StoredServer { address: server.compact(), name, notes, preset: false })
    }
}

/// Words of the person's, or of whoever sent a list: without controls but line breaks, and bounded.
pub(crate) fn clean(text: &str, max_chars: usize) -> String {
    let kept = text.trim().chars().filter(|c| !c.is_control() || *c == '\n');
    kept.take(max_chars).collect()
}

/// A name for a server.
pub(crate) fn clean_name(text: &str) -> String {
    clean(&text.replace('\n', " "), MAX_NAME_CHARS)
}

/// Notes about a server.
pub(crate) fn clean_notes(text: &str) -> String {
    clean(text, MAX_NOTES_CHARS)
}

/// For the middle of a sentence.
pub(crate) fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(address: &str, name: &str, notes: &str) -> StoredServer {
        StoredServer { address: address.into(), name: name.into(), notes: notes.into(), preset: false }
    }

    #[test]
    fn what_is_written_is_read() {
        let list = vec![
            server("meet.example.org:8443/club", "Club", "Ben runs it\n\"well\""),
            server("a.example", "", ""),
        ];
        assert_eq!(read(&write(list.clone())), Ok(list));
        assert_eq!(read(r#"{"treff_servers":1,"servers":[]}"#), Ok(Vec::new()));
    }

    #[test]
    fn nonsense_is_refused_whole_and_says_why() {
        let table = [
            ("", "not a list"),
            ("meet.example.org", "not a list"),
            ("{}", "not a list"),
            ("[1,2]", "not a list"),
            (r#"{"treff_servers":"1","servers":[]}"#, "not a list"),
            (r#"{"treff_servers":2,"servers":[]}"#, "newer version"),
            (r#"{"treff_servers":1,"servers":[{"address":"a.example"},{"address":"ftp://b"}]}"#, "entry 2"),
            (r#"{"treff_servers":1,"servers":[{"address":""}]}"#, "entry 1"),
            (r#"{"treff_servers":1,"servers":[{"name":"x"}]}"#, "not a list"),
        ];
        for (text, expected) in table {
            let error = read(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
        let many: Vec<StoredServer> =
            (0..=MAX_SERVERS).map(|n| server(&format!("s{n}.example"), "", "")).collect();
        assert!(read(&write(many)).is_err());
        assert!(read(&" ".repeat(MAX_BYTES + 1)).is_err());
    }

    #[test]
    fn foreign_words_are_cleaned_and_bounded() {
        let text = serde_json::json!({"treff_servers": 1, "servers": [
            {"address": "HTTPS://A.Example/", "name": " x\u{7}y ".to_owned() + &"z".repeat(500), "notes": "a\u{1b}\nb", "more": 1}]});
        let list = read(&text.to_string()).expect("a list");
        assert_eq!(list[0].address, "a.example");
        assert!(list[0].name.starts_with("xy zzz") && list[0].name.chars().count() == MAX_NAME_CHARS);
        assert_eq!(list[0].notes, "a\nb");
    }
}
