//! The values a script computes with.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Number, Value as Json};

use super::syntax::Function;

#[derive(Clone, Debug, Default)]
pub(crate) enum Value {
    #[default]
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Value>),
    Object(BTreeMap<String, Value>),
    Function(Rc<Function>),
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(flag) => *flag,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) | Self::Function(_) => true,
        }
    }

    /// The text of a primitive. A missing value is refused: an address with `undefined` in it helps nobody.
    pub(crate) fn to_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Strict equality of primitives; composite values are equal to nothing, for they have no identity here.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            _ => false,
        }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Null | Self::Array(_) | Self::Object(_) => "object",
            Self::Function(_) => "function",
        }
    }

    /// How much a copy costs and how deep the value is.
    pub(crate) fn measure(&self) -> (usize, usize) {
        let inner = |cost: usize, depth: usize, value: &Self| {
            let (more, below) = value.measure();
            (cost + more, depth.max(below))
        };
        let (cost, depth) = match self {
            Self::Text(text) => (text.len() / 16, 0),
            Self::Array(values) => {
                values.iter().fold((0, 0), |(cost, depth), value| inner(cost, depth, value))
            }
            Self::Object(members) => members
                .iter()
                .fold((0, 0), |(cost, depth), (name, value)| inner(cost + name.len() / 16, depth, value)),
            _ => (0, 0),
        };
        (cost + 1, depth + 1)
    }

    /// What `JSON.stringify` keeps; `None` for what it drops.
    pub(crate) fn to_json(&self) -> Option<Json> {
        Some(match self {
            Self::Undefined | Self::Function(_) => return None,
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Number(number) => to_json_number(*number),
            Self::Text(text) => Json::String(text.clone()),
            Self::Array(values) => {
                Json::Array(values.iter().map(|value| value.to_json().unwrap_or(Json::Null)).collect())
            }
            Self::Object(members) => Json::Object(
                members
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), value.to_json()?)))
                    .collect::<Map<_, _>>(),
            ),
        })
    }

    pub(crate) fn from_json(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(flag),
            Json::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            Json::String(text) => Self::Text(text),
            Json::Array(values) => Self::Array(values.into_iter().map(Self::from_json).collect()),
            Json::Object(members) => Self::Object(
                members.into_iter().map(|(name, value)| (name, Self::from_json(value))).collect(),
            ),
        }
    }
}

/// Whole numbers stay whole, as in JavaScript's own rendering.
fn to_json_number(number: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±2^53")]
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return Json::Number(Number::from(number as i64));
    }
    Number::from_f64(number).map_or(Json::Null, Json::Number)
}
