//! Tokens in, statements out. A statement or property that is not understood is skipped to its end, never more.

use super::syntax::{Expression, Statement};
use super::token::{Lexeme, Token};

mod expression;
mod object;

/// Brackets within brackets; real files stay below ten.
const MAX_DEPTH: usize = 48;

/// The text is outside the subset here; the nearest property or statement is given up.
#[derive(Debug)]
pub(super) struct Lost;

type Parsed<T> = Result<T, Lost>;

pub(crate) fn parse(lexemes: &[Lexeme]) -> Vec<Statement> {
    let mut parser = Parser::new(lexemes, 0);
    let mut statements = Vec::new();
    while !parser.at_end() {
        parser.statement_into(&mut statements);
        if parser.at("}") || parser.at(")") || parser.at("]") {
            parser.advance(); // a stray bracket, perhaps of a statement that was given up
        }
    }
    statements
}

/// Statements whose effect on a configuration is nil or unknowable; they are stepped over as a whole.
const SKIPPED: &[&str] =
    &["for", "while", "do", "switch", "with", "class", "import", "throw", "break", "continue"];

pub(super) struct Parser<'a> {
    lexemes: &'a [Lexeme],
    /// For each opening bracket the index of the closing one.
    closing: Vec<Option<usize>>,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(lexemes: &'a [Lexeme], depth: usize) -> Self {
        Self { lexemes, closing: match_brackets(lexemes), at: 0, depth }
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.lexemes.len()
    }

    pub(super) fn token(&self) -> Option<&'a Token> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, by: usize) -> Option<&'a Token> {
        self.lexemes.get(self.at + by).map(|lexeme| &lexeme.token)
    }

    pub(super) fn starts_line(&self) -> bool {
        self.lexemes.get(self.at).is_none_or(|lexeme| lexeme.starts_line)
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    pub(super) fn at(&self, mark: &str) -> bool {
        matches!(self.token(), Some(Token::Mark(found)) if *found == mark)
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        matches!(self.token(), Some(Token::Word(found)) if found == word)
    }

    pub(super) fn take(&mut self, mark: &str) -> bool {
        let found = self.at(mark);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, mark: &str) -> Parsed<()> {
        if self.take(mark) { Ok(()) } else { Err(Lost) }
    }

    pub(super) fn take_name(&mut self) -> Parsed<String> {
        let Some(Token::Word(name)) = self.token() else { return Err(Lost) };
        self.advance();
        Ok(name.clone())
    }

    /// One level deeper, unless the file is made of nothing but brackets.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Lost);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Steps over one token, or over a whole bracket and what it holds.
    pub(super) fn skip_one(&mut self) {
        self.at = self.closing.get(self.at).copied().flatten().unwrap_or(self.at) + 1;
    }

    /// Reads a statement and adds it; one that is not understood is skipped. Always gets ahead, except at a closing
    /// bracket or the end.
    pub(super) fn statement_into(&mut self, statements: &mut Vec<Statement>) {
        let start = self.at;
        match self.nested(Self::statement) {
            Ok(Some(statement)) => statements.push(statement),
            Ok(None) => {}
            Err(Lost) => self.skip_statement(start),
        }
    }

    /// To the end of the statement: a semicolon, or a new line that starts with a word.
    fn skip_statement(&mut self, start: usize) {
        if self.at == start && !self.at_closing() {
            self.skip_one();
        }
        while !self.at_end() && !self.at_closing() {
            if self.take(";") {
                return;
            }
            if self.starts_line() && matches!(self.token(), Some(Token::Word(_))) {
                return;
            }
            self.skip_one();
        }
    }

    fn at_closing(&self) -> bool {
        self.at("}") || self.at(")") || self.at("]")
    }

    fn statement(&mut self) -> Parsed<Option<Statement>> {
        if self.take(";") {
            return Ok(None);
        }
        if self.at("{") {
            return Ok(Some(Statement::Block(self.block()?)));
        }
        if let Some(Token::Word(word)) = self.token() {
            match word.as_str() {
                "var" | "let" | "const" => return self.declaration().map(Some),
                "if" => return self.condition().map(Some),
                "return" => return self.returned().map(Some),
                "function" if matches!(self.ahead(1), Some(Token::Word(_))) => {
                    return self.function().map(Some);
                }
                "try" => return self.attempt().map(Some),
                "export" => {
                    self.advance();
                    if self.at_word("default") {
                        self.advance();
                    }
                    return self.nested(Self::statement);
                }
                word if SKIPPED.contains(&word) => return self.skipped(),
                _ => {}
            }
        }
        let expression = self.expression()?;
        self.end_statement()?;
        Ok(Some(Statement::Evaluate(expression)))
    }

    /// A semicolon, or what JavaScript inserts one before.
    fn end_statement(&mut self) -> Parsed<()> {
        if self.take(";") || self.at_end() || self.at_closing() || self.starts_line() {
            Ok(())
        } else {
            Err(Lost)
        }
    }

    pub(super) fn block(&mut self) -> Parsed<Vec<Statement>> {
        self.expect("{")?;
        let mut statements = Vec::new();
        while !self.at_end() && !self.take("}") {
            self.statement_into(&mut statements);
            if self.at(")") || self.at("]") {
                self.advance();
            }
        }
        Ok(statements)
    }

    fn block_or_statement(&mut self) -> Parsed<Vec<Statement>> {
        let mut statements = Vec::new();
        if self.at("{") {
            return self.nested(Self::block);
        }
        self.statement_into(&mut statements);
        Ok(statements)
    }

    fn declaration(&mut self) -> Parsed<Statement> {
        self.advance();
        let mut names = Vec::new();
        loop {
            let name = self.take_name()?;
            let value = if self.take("=") { Some(self.assignment()?) } else { None };
            names.push((name, value));
            if !self.take(",") {
                break;
            }
        }
        // What follows is not understood, but what was declared stands.
        if self.end_statement().is_err() {
            self.skip_statement(self.at);
        }
        Ok(Statement::Declare(names))
    }

    fn condition(&mut self) -> Parsed<Statement> {
        self.advance();
        let start = self.at;
        self.expect("(")?;
        let condition = self.expression().and_then(|condition| self.expect(")").map(|()| condition));
        let condition = condition.unwrap_or_else(|Lost| {
            self.at = start;
            self.skip_one();
            Expression::Opaque
        });
        let then = self.block_or_statement()?;
        let otherwise = if self.at_word("else") {
            self.advance();
            self.block_or_statement()?
        } else {
            Vec::new()
        };
        Ok(Statement::If { condition, then, otherwise })
    }

    fn returned(&mut self) -> Parsed<Statement> {
        self.advance();
        let value = if self.at(";") || self.at_closing() || self.starts_line() {
            None
        } else {
            Some(self.expression()?)
        };
        self.end_statement()?;
        Ok(Statement::Return(value))
    }

    /// A declared function is a variable that holds it.
    fn function(&mut self) -> Parsed<Statement> {
        self.advance();
        let name = self.take_name()?;
        let function = self.nested(Self::function_rest)?;
        Ok(Statement::Declare(vec![(name, Some(function))]))
    }

    /// The tried block runs; the ways out of it are stepped over.
    fn attempt(&mut self) -> Parsed<Statement> {
        self.advance();
        let block = self.nested(Self::block)?;
        while self.at_word("catch") || self.at_word("finally") {
            self.advance();
            if self.at("(") {
                self.skip_one();
            }
            if self.at("{") {
                self.skip_one();
            }
        }
        Ok(Statement::Block(block))
    }

    fn skipped(&mut self) -> Parsed<Option<Statement>> {
        while !self.at_end() && !self.at_closing() {
            if self.take(";") {
                break;
            }
            let block = self.at("{");
            self.skip_one();
            if block && !self.at_word("while") {
                break;
            }
        }
        Ok(None)
    }
}

/// Pairs brackets in one pass. One that is closed by another kind, or never, has no partner.
fn match_brackets(lexemes: &[Lexeme]) -> Vec<Option<usize>> {
    let mut closing = vec![None; lexemes.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        let Token::Mark(mark) = lexeme.token else { continue };
        match mark {
            "{" => open.push((at, "}")),
            "(" => open.push((at, ")")),
            "[" => open.push((at, "]")),
            "}" | ")" | "]" if open.last().is_some_and(|(_, expected)| *expected == mark) => {
                if let Some((start, _)) = open.pop() {
                    closing[start] = Some(at);
                }
            }
            _ => {}
        }
    }
    closing
}
