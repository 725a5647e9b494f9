//! Methods of strings and arrays that configurations call. Positions count characters, which for host names and paths
//! is the same as JavaScript's UTF-16 units.

use super::machine::{Computed, Machine, NotUnderstood};
use super::value::Value;

impl Value {
    /// A member by name: of an object, an array or a string.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Object(members), name) => members.get(name).cloned(),
            (Self::Array(values), "length") => Some(number(values.len())),
            (Self::Text(text), "length") => Some(number(text.chars().count())),
            (Self::Array(values), name) => values.get(name.parse::<usize>().ok()?).cloned(),
            (Self::Text(text), name) => Some(Self::Text(text.chars().nth(name.parse().ok()?)?.to_string())),
            _ => None,
        }
    }
}

pub(super) fn call(machine: &mut Machine, on: Value, name: &str, arguments: Vec<Value>) -> Computed<Value> {
    match on {
        Value::Text(text) => {
            machine.spend(text.len() / 4)?;
            on_text(machine, &text, name, &arguments)
        }
        Value::Array(values) => {
            machine.spend(values.len())?;
            on_array(machine, values, name, arguments)
        }
        Value::Number(_) | Value::Bool(_) if name == "toString" => {
            on.to_text().map(Value::Text).ok_or(NotUnderstood)
        }
        _ => Err(NotUnderstood),
    }
}

fn on_text(machine: &mut Machine, text: &str, name: &str, arguments: &[Value]) -> Computed<Value> {
    let word = |at: usize| match arguments.get(at) {
        Some(Value::Text(word)) => Ok(word.as_str()),
        _ => Err(NotUnderstood),
    };
    let length = text.chars().count();
    Ok(match name {
        "startsWith" => Value::Bool(text.starts_with(word(0)?)),
        "endsWith" => Value::Bool(text.ends_with(word(0)?)),
        "includes" => Value::Bool(text.contains(word(0)?)),
        "indexOf" => index(text.find(word(0)?).map(|at| text[..at].chars().count())),
        "lastIndexOf" => index(text.rfind(word(0)?).map(|at| text[..at].chars().count())),
        "toLowerCase" => machine.text(text.to_lowercase())?,
        "toUpperCase" => machine.text(text.to_uppercase())?,
        "trim" => Value::text(text.trim()),
        "toString" | "valueOf" => Value::text(text),
        "charAt" => cut(text, clamped(arguments, 0, 0, length)?, 1),
        "substring" => {
            let (start, end) = (clamped(arguments, 0, 0, length)?, clamped(arguments, 1, length, length)?);
            cut(text, start.min(end), start.abs_diff(end))
        }
        "substr" => {
            let start = from_end(arguments, 0, 0, length)?;
            cut(text, start, clamped(arguments, 1, length, length)?)
        }
        "slice" => {
            let (start, end) = (from_end(arguments, 0, 0, length)?, from_end(arguments, 1, length, length)?);
            cut(text, start, end.saturating_sub(start))
        }
        "concat" => {
            let mut joined = text.to_owned();
            for argument in arguments {
                joined.push_str(&argument.to_text().ok_or(NotUnderstood)?);
            }
            machine.text(joined)?
        }
        "replace" => machine.text(text.replacen(word(0)?, word(1)?, 1))?,
        "replaceAll" if !word(0)?.is_empty() => {
            machine.spend(text.len() * (word(1)?.len() / 16 + 1))?;
            machine.text(text.replace(word(0)?, word(1)?))?
        }
        "split" => {
            let parts: Vec<Value> = match word(0)? {
                "" => text.chars().map(|c| Value::Text(c.to_string())).collect(),
                separator => text.split(separator).map(Value::text).collect(),
            };
            machine.spend(parts.len())?;
            Value::Array(parts)
        }
        _ => return Err(NotUnderstood),
    })
}

fn on_array(machine: &mut Machine, values: Vec<Value>, name: &str, arguments: Vec<Value>) -> Computed<Value> {
    match (name, arguments.first()) {
        ("join", separator) => {
            let separator = match separator {
                None => ",",
                Some(Value::Text(separator)) => separator,
                Some(_) => return Err(NotUnderstood),
            };
            let mut text = String::new();
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    text.push_str(separator);
                }
                text.push_str(&value.to_text().ok_or(NotUnderstood)?);
                machine.spend(separator.len() / 16)?;
            }
            machine.text(text)
        }
        ("map" | "filter", Some(Value::Function(function))) => {
            let mut kept = Vec::with_capacity(values.len());
            for (at, value) in values.into_iter().enumerate() {
                let original = machine.copy(&value)?;
                let result = machine.call(function, vec![value, number(at)])?;
                if name == "map" {
                    kept.push(result);
                } else if result.is_truthy() {
                    kept.push(original);
                }
            }
            Ok(Value::Array(kept))
        }
        ("filter", Some(_)) | ("map", Some(_)) => Err(NotUnderstood),
        ("concat", _) => {
            let mut all = values;
            for argument in arguments {
                match argument {
                    Value::Array(more) => all.extend(more),
                    one => all.push(one),
                }
            }
            Ok(Value::Array(all))
        }
        ("includes", Some(wanted)) => Ok(Value::Bool(values.iter().any(|value| value.equals(wanted)))),
        ("indexOf", Some(wanted)) => Ok(index(values.iter().position(|value| value.equals(wanted)))),
        _ => Err(NotUnderstood),
    }
}

#[expect(clippy::cast_precision_loss, reason = "JavaScript numbers are floats")]
fn number(count: usize) -> Value {
    Value::Number(count as f64)
}

fn index(found: Option<usize>) -> Value {
    found.map_or(Value::Number(-1.0), number)
}

fn cut(text: &str, start: usize, length: usize) -> Value {
    Value::Text(text.chars().skip(start).take(length).collect())
}

/// An argument as a position from 0 to `length`.
fn clamped(arguments: &[Value], at: usize, missing: usize, length: usize) -> Computed<usize> {
    position(arguments, at).map(|position| position.map_or(missing, |position| to_index(position, length)))
}

/// The same, where negative positions count from the end.
fn from_end(arguments: &[Value], at: usize, missing: usize, length: usize) -> Computed<usize> {
    position(arguments, at).map(|position| match position {
        None => missing,
        Some(position) if position < 0.0 => length - to_index(-position, length),
        Some(position) => to_index(position, length),
    })
}

fn position(arguments: &[Value], at: usize) -> Computed<Option<f64>> {
    match arguments.get(at) {
        None | Some(Value::Undefined) => Ok(None),
        Some(Value::Number(position)) => Ok(Some(position.trunc())),
        Some(_) => Err(NotUnderstood),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
fn to_index(position: f64, length: usize) -> usize {
    (position.max(0.0) as usize).min(length)
}
