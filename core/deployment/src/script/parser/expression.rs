//! Expressions, by precedence.

use std::rc::Rc;

use super::super::syntax::{Element, Expression, Function, Statement, Suffix};
use super::super::token::{TemplatePart, Token};
use super::{Lost, Parsed, Parser};

/// Binary operators from the loosest to the tightest. Bitwise ones are not part of the subset.
const LEVELS: &[&[&str]] = &[
    &["??", "||"],
    &["&&"],
    &["===", "!==", "==", "!="],
    &["<=", ">=", "<", ">"],
    &["+", "-"],
    &["*", "/", "%"],
];

const ASSIGNMENTS: &[&str] = &["=", "+=", "||=", "&&=", "??="];

const UNARY: &[&str] = &["!", "-", "+"];

impl Parser<'_> {
    /// With commas; the last value counts.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        let first = self.assignment()?;
        if !self.at(",") {
            return Ok(first);
        }
        let mut all = vec![(",", first)];
        while self.take(",") {
            all.push((",", self.assignment()?));
        }
        Ok(Expression::Chain(Box::new(Expression::Undefined), all))
    }

    /// Without commas, as in arguments and properties.
    pub(super) fn assignment(&mut self) -> Parsed<Expression> {
        self.nested(|parser| {
            if parser.at_arrow_function() {
                return parser.arrow_function();
            }
            let target = parser.conditional()?;
            let Some(Token::Mark(operator)) = parser.token() else { return Ok(target) };
            if !ASSIGNMENTS.contains(operator) {
                return Ok(target);
            }
            if !matches!(target, Expression::Name(_) | Expression::Postfix(..)) {
                return Err(Lost);
            }
            parser.advance();
            let value = Box::new(parser.assignment()?);
            Ok(Expression::Assign { target: Box::new(target), operator, value })
        })
    }

    fn conditional(&mut self) -> Parsed<Expression> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let then = self.assignment()?;
        self.expect(":")?;
        let otherwise = self.assignment()?;
        Ok(Expression::Conditional(Box::new((condition, then, otherwise))))
    }

    fn binary(&mut self, level: usize) -> Parsed<Expression> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let first = self.binary(level + 1)?;
        let mut more = Vec::new();
        while let Some(Token::Mark(operator)) = self.token()
            && operators.contains(operator)
        {
            self.advance();
            more.push((*operator, self.binary(level + 1)?));
        }
        if more.is_empty() { Ok(first) } else { Ok(Expression::Chain(Box::new(first), more)) }
    }

    fn unary(&mut self) -> Parsed<Expression> {
        let operator = match self.token() {
            Some(Token::Mark(mark)) if UNARY.contains(mark) => mark,
            Some(Token::Word(word)) if word == "typeof" => "typeof",
            Some(Token::Word(word)) if word == "void" => "void",
            _ => return self.postfix(),
        };
        self.advance();
        let operand = self.nested(Self::unary)?;
        Ok(Expression::Unary(operator, Box::new(operand)))
    }

    fn postfix(&mut self) -> Parsed<Expression> {
        let base = self.primary()?;
        let mut suffixes = Vec::new();
        loop {
            if self.take(".") {
                suffixes.push(Suffix::Member(self.take_name()?));
            } else if self.take("?.") {
                if !self.at("(") && !self.at("[") {
                    suffixes.push(Suffix::Member(self.take_name()?));
                }
            } else if self.take("[") {
                let index = self.nested(Self::expression)?;
                self.expect("]")?;
                suffixes.push(match index {
                    Expression::Text(name) => Suffix::Member(name),
                    index => Suffix::Index(index),
                });
            } else if self.at("(") {
                suffixes.push(Suffix::Call(self.nested(|parser| parser.elements("(", ")"))?));
            } else if suffixes.is_empty() {
                return Ok(base);
            } else {
                return Ok(Expression::Postfix(Box::new(base), suffixes));
            }
        }
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let token = self.token().ok_or(Lost)?;
        match token {
            Token::Text(text) => {
                self.advance();
                Ok(Expression::Text(text.clone()))
            }
            Token::Number(number) => {
                self.advance();
                Ok(Expression::Number(*number))
            }
            Token::Regex => {
                self.advance();
                Ok(Expression::Opaque)
            }
            Token::Template(parts) => {
                self.advance();
                self.template(parts)
            }
            Token::Mark("{") => self.nested(Self::object),
            Token::Mark("[") => Ok(Expression::Array(self.nested(|parser| parser.elements("[", "]"))?)),
            Token::Mark("(") => {
                self.advance();
                let inner = self.nested(Self::expression)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Word(word) => self.word(word),
            Token::Mark(_) | Token::Unknown => Err(Lost),
        }
    }

    fn word(&mut self, word: &str) -> Parsed<Expression> {
        self.advance();
        Ok(match word {
            "true" => Expression::Bool(true),
            "false" => Expression::Bool(false),
            "null" => Expression::Null,
            "undefined" => Expression::Undefined,
            "function" => {
                if matches!(self.token(), Some(Token::Word(_))) {
                    self.advance();
                }
                return self.nested(Self::function_rest);
            }
            "new" | "await" | "delete" | "yield" | "class" => return Err(Lost),
            name => Expression::Name(name.to_owned()),
        })
    }

    fn template(&mut self, parts: &[TemplatePart]) -> Parsed<Expression> {
        let mut texts = Vec::with_capacity(parts.len());
        for part in parts {
            texts.push(match part {
                TemplatePart::Text(text) => Expression::Text(text.clone()),
                TemplatePart::Code(lexemes) => {
                    let mut inner = Parser::new(lexemes, self.depth);
                    let expression = inner.nested(Parser::expression)?;
                    if !inner.at_end() {
                        return Err(Lost);
                    }
                    expression
                }
            });
        }
        Ok(Expression::Template(texts))
    }

    /// Items between brackets; one that is not understood becomes opaque and the rest stays.
    fn elements(&mut self, open: &str, close: &str) -> Parsed<Vec<Element>> {
        self.expect(open)?;
        let mut elements = Vec::new();
        while !self.at_end() && !self.take(close) {
            if self.take(",") {
                elements.push(Element::One(Expression::Undefined));
                continue;
            }
            let spread = self.take("...");
            let value = self.assignment().unwrap_or_else(|Lost| {
                self.skip_to_comma();
                Expression::Opaque
            });
            elements.push(if spread { Element::Spread(value) } else { Element::One(value) });
            if !self.take(",") && !self.at(close) {
                self.skip_to_comma();
                if !self.take(",") && !self.at(close) {
                    return Err(Lost); // closed by another kind of bracket, or never
                }
            }
        }
        Ok(elements)
    }

    /// To the next comma or closing bracket of this level.
    pub(super) fn skip_to_comma(&mut self) {
        while !self.at_end() && !self.at(",") && !self.at_closing() {
            self.skip_one();
        }
    }

    fn at_arrow_function(&self) -> bool {
        let is_arrow = |at: usize| matches!(self.lexemes.get(at).map(|l| &l.token), Some(Token::Mark("=>")));
        match self.token() {
            Some(Token::Word(_)) => is_arrow(self.at + 1),
            Some(Token::Mark("(")) => self.closing[self.at].is_some_and(|end| is_arrow(end + 1)),
            _ => false,
        }
    }

    fn arrow_function(&mut self) -> Parsed<Expression> {
        let parameters = if self.at("(") { self.parameters()? } else { vec![self.take_name()?] };
        self.expect("=>")?;
        let body =
            if self.at("{") { self.block()? } else { vec![Statement::Return(Some(self.assignment()?))] };
        Ok(Expression::Function(Rc::new(Function { parameters, body })))
    }

    /// A function from its parameters on.
    pub(super) fn function_rest(&mut self) -> Parsed<Expression> {
        let parameters = self.parameters()?;
        let body = self.block()?;
        Ok(Expression::Function(Rc::new(Function { parameters, body })))
    }

    fn parameters(&mut self) -> Parsed<Vec<String>> {
        self.expect("(")?;
        let mut names = Vec::new();
        while !self.take(")") {
            names.push(self.take_name()?);
            if !self.take(",") && !self.at(")") {
                return Err(Lost);
            }
        }
        Ok(names)
    }
}
