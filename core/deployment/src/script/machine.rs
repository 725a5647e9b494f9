//! Runs statements and computes expressions, within a budget.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::methods;
use super::syntax::{Element, Expression, Function, Property, Statement, Suffix};
use super::value::Value;

mod place;

/// Steps and copied values in one run; a large real file needs a few thousand.
const BUDGET: usize = 300_000;
/// Expressions within expressions, counted through function calls.
const MAX_DEPTH: usize = 96;
/// Values within values, so that dropping and serialising them stays shallow.
const MAX_VALUE_DEPTH: usize = 32;
const MAX_CALLS: usize = 12;
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The expression is outside the subset, refers to something unknown, or the budget is spent.
#[derive(Debug)]
pub(super) struct NotUnderstood;

pub(super) type Computed<T> = Result<T, NotUnderstood>;

/// Whether a function is through.
enum Flow {
    Next,
    Return(Value),
}

pub(crate) struct Machine {
    /// The globals, and the variables of each function that is running.
    scopes: Vec<BTreeMap<String, Value>>,
    budget: usize,
    depth: usize,
}

impl Machine {
    pub(crate) fn new(globals: Vec<(String, Value)>) -> Self {
        Self { scopes: vec![globals.into_iter().collect()], budget: BUDGET, depth: 0 }
    }

    pub(crate) fn run(&mut self, program: &[Statement]) {
        let _ = self.statements(program);
    }

    pub(crate) fn global(&self, name: &str) -> Option<&Value> {
        self.scopes.first()?.get(name)
    }

    /// Statements that are not understood are left out; the others still count.
    fn statements(&mut self, statements: &[Statement]) -> Flow {
        for statement in statements {
            if self.spend(1).is_err() {
                break;
            }
            if let Ok(Flow::Return(value)) = self.statement(statement) {
                return Flow::Return(value);
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &Statement) -> Computed<Flow> {
        match statement {
            Statement::Declare(names) => {
                for (name, value) in names {
                    let value = match value {
                        Some(value) => self.compute(value),
                        None if self.lookup(name).is_some() => continue,
                        None => Ok(Value::Undefined),
                    };
                    if let Ok(value) = value {
                        let _ = self.declare(name, value);
                    }
                }
            }
            Statement::Evaluate(expression) => {
                self.compute(expression)?;
            }
            Statement::If { condition, then, otherwise } => {
                let branch = if self.compute(condition)?.is_truthy() { then } else { otherwise };
                return Ok(self.statements(branch));
            }
            Statement::Block(statements) => return Ok(self.statements(statements)),
            Statement::Return(None) => return Ok(Flow::Return(Value::Undefined)),
            Statement::Return(Some(value)) => return Ok(Flow::Return(self.compute(value)?)),
        }
        Ok(Flow::Next)
    }

    pub(super) fn spend(&mut self, cost: usize) -> Computed<()> {
        match self.budget.checked_sub(cost) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => {
                self.budget = 0;
                Err(NotUnderstood)
            }
        }
    }

    /// A copy of a stored value, paid for by its size.
    pub(super) fn copy(&mut self, value: &Value) -> Computed<Value> {
        let (cost, depth) = value.measure();
        self.spend(cost)?;
        if depth > MAX_VALUE_DEPTH { Err(NotUnderstood) } else { Ok(value.clone()) }
    }

    pub(super) fn lookup(&self, name: &str) -> Option<&Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// Puts a variable into the innermost scope. A string that still holds nginx's own comment stands for the empty
    /// one, as every guard in the wild makes it.
    pub(super) fn declare(&mut self, name: &str, value: Value) -> Computed<()> {
        let value = self.storable(value)?;
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), value);
        }
        Ok(())
    }

    pub(super) fn storable(&mut self, value: Value) -> Computed<Value> {
        if value.measure().1 > MAX_VALUE_DEPTH {
            return Err(NotUnderstood);
        }
        Ok(match value {
            Value::Text(text) if text.starts_with("<!--") => Value::text(""),
            value => value,
        })
    }

    pub(super) fn compute(&mut self, expression: &Expression) -> Computed<Value> {
        self.spend(1)?;
        if self.depth >= MAX_DEPTH {
            return Err(NotUnderstood);
        }
        self.depth += 1;
        let value = self.compute_inner(expression);
        self.depth -= 1;
        value
    }

    fn compute_inner(&mut self, expression: &Expression) -> Computed<Value> {
        match expression {
            Expression::Undefined => Ok(Value::Undefined),
            Expression::Null => Ok(Value::Null),
            Expression::Bool(flag) => Ok(Value::Bool(*flag)),
            Expression::Number(number) => Ok(Value::Number(*number)),
            Expression::Text(text) => self.text(text.clone()),
            Expression::Template(parts) => {
                let mut text = String::new();
                for part in parts {
                    text.push_str(&self.compute(part)?.to_text().ok_or(NotUnderstood)?);
                }
                self.text(text)
            }
            Expression::Name(_) => self.walk(expression, &[]).map(|(value, _)| value),
            Expression::Array(elements) => Ok(Value::Array(self.elements(elements, false)?)),
            Expression::Object(properties) => Ok(Value::Object(self.object(properties))),
            Expression::Function(function) => Ok(Value::Function(Rc::clone(function))),
            Expression::Postfix(base, suffixes) => self.postfix(base, suffixes),
            Expression::Unary(operator, operand) => self.unary(operator, operand),
            Expression::Chain(first, more) => self.chain(first, more),
            Expression::Conditional(parts) => {
                let (condition, then, otherwise) = parts.as_ref();
                if self.compute(condition)?.is_truthy() {
                    self.compute(then)
                } else {
                    self.compute(otherwise)
                }
            }
            Expression::Assign { target, operator, value } => self.assign(target, operator, value),
            Expression::Opaque => Err(NotUnderstood),
        }
    }

    pub(super) fn text(&mut self, text: String) -> Computed<Value> {
        self.spend(text.len() / 16)?;
        if text.len() > MAX_TEXT_BYTES { Err(NotUnderstood) } else { Ok(Value::Text(text)) }
    }

    /// Items of an array or arguments of a call. An array does without what is not understood, a call does not.
    fn elements(&mut self, elements: &[Element], all: bool) -> Computed<Vec<Value>> {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            let (value, spread) = match element {
                Element::One(value) => (self.compute(value), false),
                Element::Spread(value) => (self.compute(value), true),
            };
            match (value, spread) {
                (Ok(Value::Array(items)), true) => values.extend(items),
                (Ok(value), false) => values.push(value),
                _ if all => return Err(NotUnderstood),
                _ => {}
            }
        }
        Ok(values)
    }

    fn object(&mut self, properties: &[Property]) -> BTreeMap<String, Value> {
        let mut members = BTreeMap::new();
        for property in properties {
            match property {
                Property::Named(name, value) => {
                    if let Ok(value) = self.compute(value) {
                        members.insert(name.clone(), value);
                    }
                }
                Property::Computed(name, value) => {
                    let name = self.compute(name).ok().and_then(|name| name.to_text());
                    if let (Some(name), Ok(value)) = (name, self.compute(value)) {
                        members.insert(name, value);
                    }
                }
                Property::Spread(value) => {
                    if let Ok(Value::Object(more)) = self.compute(value) {
                        members.extend(more);
                    }
                }
            }
        }
        members
    }

    fn unary(&mut self, operator: &str, operand: &Expression) -> Computed<Value> {
        if operator == "typeof" {
            return Ok(Value::text(match operand {
                Expression::Name(name) if place::is_window(name) => "object",
                operand => self.compute(operand).unwrap_or_default().type_name(),
            }));
        }
        let value = self.compute(operand)?;
        match (operator, value) {
            ("!", value) => Ok(Value::Bool(!value.is_truthy())),
            ("-", Value::Number(number)) => Ok(Value::Number(-number)),
            ("+", Value::Number(number)) => Ok(Value::Number(number)),
            ("+", Value::Text(text)) => text.trim().parse().map(Value::Number).map_err(|_| NotUnderstood),
            ("void", _) => Ok(Value::Undefined),
            _ => Err(NotUnderstood),
        }
    }

    fn chain(&mut self, first: &Expression, more: &[(&'static str, Expression)]) -> Computed<Value> {
        let mut left = self.compute(first)?;
        for (operator, right) in more {
            left = match *operator {
                "||" if left.is_truthy() => left,
                "&&" if !left.is_truthy() => left,
                "??" if !matches!(left, Value::Undefined | Value::Null) => left,
                "||" | "&&" | "??" | "," => self.compute(right)?,
                operator => {
                    let right = self.compute(right)?;
                    self.operate(operator, left, &right)?
                }
            };
        }
        Ok(left)
    }

    pub(super) fn operate(&mut self, operator: &str, left: Value, right: &Value) -> Computed<Value> {
        if let Some(equal) = match operator {
            "===" => Some(left.equals(right)),
            "!==" => Some(!left.equals(right)),
            "==" => Some(left.equals(right) || is_nothing(&left) && is_nothing(right)),
            "!=" => Some(!(left.equals(right) || is_nothing(&left) && is_nothing(right))),
            _ => None,
        } {
            return Ok(Value::Bool(equal));
        }
        if let (Value::Number(left), Value::Number(right)) = (&left, right) {
            return arithmetic(operator, *left, *right).ok_or(NotUnderstood);
        }
        match operator {
            "+" if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) => {
                let mut text = left.to_text().ok_or(NotUnderstood)?;
                text.push_str(&right.to_text().ok_or(NotUnderstood)?);
                self.text(text)
            }
            _ => Err(NotUnderstood),
        }
    }

    fn postfix(&mut self, base: &Expression, suffixes: &[Suffix]) -> Computed<Value> {
        if let Some(result) = self.known_function(base, suffixes) {
            return result;
        }
        let (mut value, mut rest) = self.walk(base, suffixes)?;
        while let Some((suffix, more)) = rest.split_first() {
            rest = more;
            value = match (suffix, more.first()) {
                (Suffix::Call(arguments), _) => {
                    let arguments = self.elements(arguments, true)?;
                    let Value::Function(function) = value else { return Err(NotUnderstood) };
                    self.call(&function, arguments)?
                }
                (suffix, Some(Suffix::Call(arguments))) => {
                    rest = &more[1..];
                    let name = self.key(suffix)?;
                    let arguments = self.elements(arguments, true)?;
                    match (&value, value.member(&name)) {
                        (Value::Object(_), Some(Value::Function(function))) => {
                            self.call(&function, arguments)?
                        }
                        _ => methods::call(self, value, &name, arguments)?,
                    }
                }
                (suffix, _) => {
                    let name = self.key(suffix)?;
                    value.member(&name).unwrap_or_default()
                }
            };
        }
        Ok(value)
    }

    /// The few functions of the language itself that configurations use.
    fn known_function(&mut self, base: &Expression, suffixes: &[Suffix]) -> Option<Computed<Value>> {
        let Expression::Name(object) = base else { return None };
        match (object.as_str(), suffixes) {
            ("Object", [Suffix::Member(name), Suffix::Call(arguments)]) if name == "assign" => {
                Some(self.object_assign(arguments))
            }
            ("Object", [Suffix::Member(name), Suffix::Call(arguments)])
                if name == "freeze" || name == "seal" =>
            {
                Some(
                    self.elements(arguments, true)
                        .and_then(|values| values.into_iter().next().ok_or(NotUnderstood)),
                )
            }
            ("JSON", [Suffix::Member(name), Suffix::Call(arguments)]) if name == "parse" => {
                Some(self.json_parse(arguments))
            }
            ("String", [Suffix::Call(arguments)]) => Some(
                self.elements(arguments, true)
                    .and_then(|values| values.first().and_then(Value::to_text).ok_or(NotUnderstood))
                    .map(Value::Text),
            ),
            ("Boolean", [Suffix::Call(arguments)]) => Some(
                self.elements(arguments, true)
                    .map(|values| Value::Bool(values.first().is_some_and(Value::is_truthy))),
            ),
            _ => None,
        }
    }

    fn object_assign(&mut self, arguments: &[Element]) -> Computed<Value> {
        let Some((Element::One(target), sources)) = arguments.split_first() else {
            return Err(NotUnderstood);
        };
        let mut added = BTreeMap::new();
        for source in sources {
            let Element::One(source) = source else { return Err(NotUnderstood) };
            if let Value::Object(members) = self.compute(source)? {
                added.extend(members);
            }
        }
        if let Some(path) = self.path(target)? {
            let place = self.place(&path)?;
            if matches!(place, Value::Undefined | Value::Null) {
                *place = Value::Object(BTreeMap::new());
            }
            let Value::Object(members) = place else { return Err(NotUnderstood) };
            members.extend(added);
            let whole = place.clone();
            return self.copy(&whole);
        }
        let Value::Object(mut members) = self.compute(target)? else { return Err(NotUnderstood) };
        members.extend(added);
        Ok(Value::Object(members))
    }

    fn json_parse(&mut self, arguments: &[Element]) -> Computed<Value> {
        let arguments = self.elements(arguments, true)?;
        let Some(Value::Text(text)) = arguments.first() else { return Err(NotUnderstood) };
        self.spend(text.len())?;
        let value = Value::from_json(serde_json::from_str(text).map_err(|_| NotUnderstood)?);
        self.copy(&value)
    }

    pub(super) fn call(&mut self, function: &Function, arguments: Vec<Value>) -> Computed<Value> {
        if self.scopes.len() > MAX_CALLS {
            return Err(NotUnderstood);
        }
        let mut arguments = arguments.into_iter();
        let variables =
            function.parameters.iter().map(|name| (name.clone(), arguments.next().unwrap_or_default()));
        self.scopes.push(variables.collect());
        let flow = self.statements(&function.body);
        self.scopes.pop();
        match flow {
            Flow::Return(value) => Ok(value),
            Flow::Next => Ok(Value::Undefined),
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Undefined | Value::Null)
}

fn arithmetic(operator: &str, left: f64, right: f64) -> Option<Value> {
    let number = match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        "<" => return Some(Value::Bool(left < right)),
        ">" => return Some(Value::Bool(left > right)),
        "<=" => return Some(Value::Bool(left <= right)),
        ">=" => return Some(Value::Bool(left >= right)),
        _ => return None,
    };
    number.is_finite().then_some(Value::Number(number))
}
