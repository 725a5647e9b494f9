//! A small interpreter for the part of JavaScript that `config.js` is written in.
//!
//! In: the text of the script. Out: the value of one global variable as JSON. It keeps whatever it understands: a
//! property or a statement that it does not is dropped and the next one read. Nothing it does reaches outside; work,
//! depth and memory are bounded, so a hostile file costs a fraction of a second and cannot overflow the stack.

mod literal;
mod machine;
mod methods;
mod parser;
mod syntax;
mod token;
mod value;

use serde_json::Value as Json;

pub(crate) use value::Value;

/// Runs `source` with the given globals and returns the global `name` as `JSON.stringify` would give it.
pub(crate) fn evaluate(source: &str, globals: Vec<(String, Value)>, name: &str) -> Option<Json> {
    let tokens = token::tokenise(source);
    let program = parser::parse(&tokens);
    let mut machine = machine::Machine::new(globals);
    machine.run(&program);
    machine.global(name).and_then(Value::to_json)
}

#[cfg(test)]
mod tests;
