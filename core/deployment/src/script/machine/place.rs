//! Variables and the members below them: reading along a path, and assigning to its end.

use std::collections::BTreeMap;

use super::super::syntax::{Expression, Suffix};
use super::super::value::Value;
use super::{Computed, MAX_VALUE_DEPTH, Machine, NotUnderstood};

/// Longest path that may be assigned to.
const MAX_PATH: usize = 16;

/// The names under which a browser's scripts find the globals.
pub(super) fn is_window(name: &str) -> bool {
    matches!(name, "window" | "globalThis" | "self")
}

impl Machine {
    /// The name of a member.
    pub(super) fn key(&mut self, suffix: &Suffix) -> Computed<String> {
        match suffix {
            Suffix::Member(name) => Ok(name.clone()),
            Suffix::Index(index) => self.compute(index)?.to_text().ok_or(NotUnderstood),
            Suffix::Call(_) => Err(NotUnderstood),
        }
    }

    /// The variable and members that an expression names, if it is nothing but that.
    pub(super) fn path(&mut self, target: &Expression) -> Computed<Option<Vec<String>>> {
        let (name, suffixes) = match target {
            Expression::Name(name) => (name, [].as_slice()),
            Expression::Postfix(base, suffixes) => match base.as_ref() {
                Expression::Name(name) => (name, suffixes.as_slice()),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        if suffixes.iter().any(|suffix| matches!(suffix, Suffix::Call(_))) {
            return Ok(None);
        }
        let mut path = Vec::with_capacity(suffixes.len() + 1);
        if !is_window(name) || suffixes.is_empty() {
            path.push(name.clone());
        }
        for suffix in suffixes {
            path.push(self.key(suffix)?);
        }
        if path.len() > MAX_PATH { Err(NotUnderstood) } else { Ok(Some(path)) }
    }

    /// The value at the end of a path, made on the way. Where JavaScript would stop with an error because a member is
    /// missing, an object is put there: the rest of the file is still worth reading.
    pub(super) fn place(&mut self, path: &[String]) -> Computed<&mut Value> {
        let (name, members) = path.split_first().ok_or(NotUnderstood)?;
        let scope = self.scopes.iter().rposition(|scope| scope.contains_key(name)).unwrap_or(0);
        let scope = self.scopes.get_mut(scope).ok_or(NotUnderstood)?;
        let mut place = scope.entry(name.clone()).or_default();
        for member in members {
            if matches!(place, Value::Undefined | Value::Null) {
                *place = Value::Object(BTreeMap::new());
            }
            place = match place {
                Value::Object(members) => members.entry(member.clone()).or_default(),
                Value::Array(values) => {
                    let index: usize = member.parse().map_err(|_| NotUnderstood)?;
                    values.get_mut(index).ok_or(NotUnderstood)?
                }
                _ => return Err(NotUnderstood),
            };
        }
        Ok(place)
    }

    pub(super) fn assign(
        &mut self,
        target: &Expression,
        operator: &str,
        value: &Expression,
    ) -> Computed<Value> {
        let path = self.path(target)?.ok_or(NotUnderstood)?;
        let value = match operator {
            "=" => self.compute(value)?,
            operator => {
                let old = self.compute(target).unwrap_or_default();
                match operator {
                    "||=" if old.is_truthy() => return Ok(old),
                    "&&=" if !old.is_truthy() => return Ok(old),
                    "??=" if !matches!(old, Value::Undefined | Value::Null) => return Ok(old),
                    "+=" => {
                        let value = self.compute(value)?;
                        self.operate("+", old, &value)?
                    }
                    _ => self.compute(value)?,
                }
            }
        };
        let value = self.storable(value)?;
        let result = self.copy(&value)?;
        *self.place(&path)? = value;
        Ok(result)
    }

    /// Reads as far along members as there are no calls, without copying what is passed by.
    pub(super) fn walk<'a>(
        &mut self,
        base: &Expression,
        suffixes: &'a [Suffix],
    ) -> Computed<(Value, &'a [Suffix])> {
        let Expression::Name(name) = base else { return Ok((self.compute(base)?, suffixes)) };
        let calls = |at: usize| matches!(suffixes.get(at), Some(Suffix::Call(_)));
        let mut keys = Vec::new();
        while keys.len() < suffixes.len() && !calls(keys.len()) && !calls(keys.len() + 1) {
            keys.push(self.key(&suffixes[keys.len()])?);
        }
        let rest = &suffixes[keys.len()..];
        let mut keys = keys.as_slice();
        let root = match keys.split_first() {
            Some((first, more)) if is_window(name) => {
                keys = more;
                match self.lookup(first) {
                    Some(value) => value,
                    None => return Ok((Value::Undefined, rest)),
                }
            }
            _ => self.lookup(name).ok_or(NotUnderstood)?,
        };
        let mut found = root;
        let mut computed = None;
        for (at, key) in keys.iter().enumerate() {
            found = match found {
                Value::Object(members) => match members.get(key) {
                    Some(member) => member,
                    None => return Ok((Value::Undefined, rest)),
                },
                Value::Array(values) if key != "length" => {
                    match key.parse().ok().and_then(|at: usize| values.get(at)) {
                        Some(value) => value,
                        None => return Ok((Value::Undefined, rest)),
                    }
                }
                other => {
                    let value = other.member(key).filter(|_| at + 1 == keys.len());
                    computed = Some(value.unwrap_or_default());
                    break;
                }
            };
        }
        let value = match computed {
            Some(value) => value,
            None => {
                let (cost, depth) = found.measure();
                let copy = if depth > MAX_VALUE_DEPTH { None } else { Some(found.clone()) };
                self.spend(cost)?;
                copy.ok_or(NotUnderstood)?
            }
        };
        Ok((value, rest))
    }
}
