//! What a script is made of, after parsing. Chains are flat, so the depth of a tree is the depth of its brackets.

use std::rc::Rc;

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Declare(Vec<(String, Option<Expression>)>),
    Evaluate(Expression),
    If { condition: Expression, then: Vec<Statement>, otherwise: Vec<Statement> },
    Block(Vec<Statement>),
    Return(Option<Expression>),
}

#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Template(Vec<Expression>),
    Name(String),
    Array(Vec<Element>),
    Object(Vec<Property>),
    Function(Rc<Function>),
    /// A value followed by members and calls: `a.b['c'](d)`.
    Postfix(Box<Expression>, Vec<Suffix>),
    Unary(&'static str, Box<Expression>),
    /// Operators of one precedence, left to right.
    Chain(Box<Expression>, Vec<(&'static str, Expression)>),
    Conditional(Box<(Expression, Expression, Expression)>),
    Assign {
        target: Box<Expression>,
        operator: &'static str,
        value: Box<Expression>,
    },
    /// Well-formed, but outside the subset.
    Opaque,
}

#[derive(Clone, Debug)]
pub(crate) enum Element {
    One(Expression),
    Spread(Expression),
}

#[derive(Clone, Debug)]
pub(crate) enum Property {
    Named(String, Expression),
    Computed(Expression, Expression),
    Spread(Expression),
}

#[derive(Clone, Debug)]
pub(crate) enum Suffix {
    Member(String),
    Index(Expression),
    Call(Vec<Element>),
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) parameters: Vec<String>,
    pub(crate) body: Vec<Statement>,
}
