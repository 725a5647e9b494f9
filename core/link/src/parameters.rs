//! The `key=value` pairs of a link's query and fragment.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::room::decode;

/// More pairs than any page writes; the rest is dropped.
const MAX_PAIRS: usize = 256;

/// Keys that would reach into JavaScript's object model; dropped for good measure, as the web client does.
const POISONED: &[&str] = &["__proto__", "constructor", "prototype"];

/// Depth to which an object value is spread into dotted keys.
const MAX_DEPTH: usize = 4;

/// The first value of `key`, decoded.
pub(crate) fn find(pairs: &str, key: &str) -> Option<String> {
    split(pairs).find(|(name, _)| *name == key).map(|(_, value)| decode(value))
}

/// All JSON values of a fragment under their dotted keys; what does not parse is dropped.
///
/// An object stands for its members: `config.prejoinConfig={"enabled":false}` gives `config.prejoinConfig.enabled`.
pub(crate) fn json_values(fragment: &str) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    if fragment.starts_with('/') && !fragment.contains('&') {
        return values; // the position of a hash router, not parameters
    }
    for (key, value) in split(fragment) {
        let text = decode(value).replace(['“', '”'], "\"").replace(['‘', '’'], "'");
        if text == "undefined" {
            continue;
        }
        if let Ok(value) = serde_json::from_str(&text) {
            spread(key.to_owned(), value, 0, &mut values);
        }
    }
    values
}

fn split(pairs: &str) -> impl Iterator<Item = (&str, &str)> {
    pairs
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| !key.is_empty() && !key.split('.').any(|part| POISONED.contains(&part)))
        .take(MAX_PAIRS)
}

fn spread(key: String, value: Value, depth: usize, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) if depth < MAX_DEPTH => {
            for (name, value) in members {
                if !POISONED.contains(&name.as_str()) {
                    spread(format!("{key}.{name}"), value, depth + 1, into);
                }
            }
        }
        Value::Object(_) => {}
        value => {
            into.insert(key, value);
        }
    }
}
