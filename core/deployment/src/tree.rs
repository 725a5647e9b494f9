//! Reads typed values out of the parsed configuration. A value of the wrong type counts as absent.

use serde_json::Value as Json;

/// Longest string and list that are taken over into a typed field.
const MAX_TEXT_BYTES: usize = 2048;
const MAX_ITEMS: usize = 32;

static NOTHING: Json = Json::Null;

/// One place in the configuration, which may be empty.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a>(&'a Json);

impl<'a> Tree<'a> {
    pub(crate) fn new(json: &'a Json) -> Self {
        Self(json)
    }

    pub(crate) fn at(self, key: &str) -> Self {
        Self(self.0.get(key).unwrap_or(&NOTHING))
    }

    pub(crate) fn json(self) -> &'a Json {
        self.0
    }

    pub(crate) fn has(self, key: &str) -> bool {
        !self.at(key).0.is_null()
    }

    /// A string that is not blank.
    pub(crate) fn text(self, key: &str) -> Option<&'a str> {
        as_text(self.at(key).0)
    }

    /// The strings of a list, or the one string in place of a list.
    pub(crate) fn texts(self, key: &str) -> Vec<&'a str> {
        match self.at(key).0 {
            Json::Array(values) => values.iter().filter_map(as_text).take(MAX_ITEMS).collect(),
            one => as_text(one).into_iter().collect(),
        }
    }

    /// A switch; templates sometimes put it in quotes.
    pub(crate) fn flag(self, key: &str) -> Option<bool> {
        match self.at(key).0 {
            Json::Bool(flag) => Some(*flag),
            Json::String(word) => word.trim().parse().ok(),
            Json::Number(number) => number.as_i64().map(|number| number != 0),
            _ => None,
        }
    }

    /// A whole number within the range of its type; templates sometimes put it in quotes.
    pub(crate) fn number<T: TryFrom<i64>>(self, key: &str) -> Option<T> {
        T::try_from(as_integer(self.at(key).0)?).ok()
    }

    /// The members of an object.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a String, &'a Json)> {
        self.0.as_object().into_iter().flatten().take(MAX_ITEMS)
    }
}

pub(crate) fn as_integer(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64(),
        Json::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

fn as_text(json: &Json) -> Option<&str> {
    json.as_str().map(str::trim).filter(|text| !text.is_empty() && text.len() <= MAX_TEXT_BYTES)
}
