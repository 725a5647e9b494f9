//! Cuts a script into tokens. Never fails: what it does not know becomes [`Token::Unknown`].

use super::literal;

/// Template literals inside template literals, at most this deep.
const MAX_TEMPLATE_DEPTH: usize = 8;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Word(String),
    Number(f64),
    Text(String),
    Template(Vec<TemplatePart>),
    /// A regular expression; its text is of no use here.
    Regex,
    Mark(&'static str),
    Unknown,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TemplatePart {
    Text(String),
    Code(Vec<Lexeme>),
}

/// A token and whether a line began before it, which is where a lost parser finds its way again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) starts_line: bool,
}

/// Longest first, so that the first match is the right one.
const MARKS: &[&str] = &[
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=",
    ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
    "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~",
    "?", ":", "=", ".", "@", "#",
];

/// Words after which a slash starts a regular expression.
const BEFORE_REGEX: &[&str] = &["return", "typeof", "case", "in", "of", "delete", "void", "else"];

pub(crate) fn tokenise(source: &str) -> Vec<Lexeme> {
    Tokeniser { rest: source, starts_line: true, template_depth: 0 }.run(false)
}

struct Tokeniser<'a> {
    rest: &'a str,
    starts_line: bool,
    template_depth: usize,
}

impl Tokeniser<'_> {
    /// Reads to the end, or to the brace that closes a template's expression.
    fn run(&mut self, in_template: bool) -> Vec<Lexeme> {
        let mut lexemes: Vec<Lexeme> = Vec::new();
        let mut braces = 0_usize;
        loop {
            self.skip_blanks();
            let starts_line = std::mem::take(&mut self.starts_line);
            let Some(first) = self.rest.chars().next() else { break };
            let regex_allowed = lexemes.last().is_none_or(|last| allows_regex(&last.token));
            let token = self.next(first, regex_allowed);
            match token {
                Token::Mark("{") => braces += 1,
                Token::Mark("}") if in_template && braces == 0 => break,
                Token::Mark("}") => braces = braces.saturating_sub(1),
                _ => {}
            }
            lexemes.push(Lexeme { token, starts_line });
        }
        lexemes
    }

    fn next(&mut self, first: char, regex_allowed: bool) -> Token {
        match first {
            '"' | '\'' => {
                let (text, rest) = literal::quoted(self.rest);
                self.rest = rest;
                Token::Text(text)
            }
            '`' => self.template(),
            '0'..='9' => self.number(),
            '.' if self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            '/' if regex_allowed => self.regex(),
            c if c.is_alphabetic() || matches!(c, '_' | '$') => {
                let end = self.rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
                Token::Word(self.take(end.unwrap_or(self.rest.len())).to_owned())
            }
            _ => match MARKS.iter().find(|mark| self.rest.starts_with(**mark)) {
                Some(mark) => {
                    self.take(mark.len());
                    Token::Mark(mark)
                }
                None => {
                    self.take(first.len_utf8());
                    Token::Unknown
                }
            },
        }
    }

    fn take(&mut self, length: usize) -> &str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_line(&mut self) {
        let end = self.rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(self.rest.len());
        self.take(end);
    }

    /// Blanks and comments; `<!--` opens a comment to the end of the line, as browsers read scripts.
    fn skip_blanks(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            if c.is_whitespace() || c == '\u{feff}' {
                self.starts_line |= matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
                self.take(c.len_utf8());
            } else if self.rest.starts_with("//") || self.rest.starts_with("<!--") {
                self.take_line();
            } else if self.rest.starts_with("/*") {
                let end = self.rest[2..].find("*/").map_or(self.rest.len(), |end| end + 4);
                let has_line = self.take(end).contains('\n');
                self.starts_line |= has_line;
            } else {
                break;
            }
        }
    }

    fn number(&mut self) -> Token {
        let end = literal::number_length(self.rest);
        literal::number(self.take(end)).map_or(Token::Unknown, Token::Number)
    }

    fn regex(&mut self) -> Token {
        let mut in_class = false;
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                '\n' | '\r' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    self.take(at + 1);
                    let flags = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
                    self.take(flags);
                    return Token::Regex;
                }
                _ => {}
            }
        }
        self.take(1);
        Token::Mark("/")
    }

    fn template(&mut self) -> Token {
        let mut parts = Vec::new();
        self.take(1);
        loop {
            let (text, rest) = literal::template_text(self.rest);
            self.rest = rest;
            if !text.is_empty() {
                parts.push(TemplatePart::Text(text));
            }
            if self.rest.starts_with("${") {
                self.take(2);
                if self.template_depth == MAX_TEMPLATE_DEPTH {
                    return Token::Unknown;
                }
                self.template_depth += 1;
                parts.push(TemplatePart::Code(self.run(true)));
                self.template_depth -= 1;
            } else {
                self.take(self.rest.len().min(1)); // the closing backtick, or nothing at the end of the file
                return Token::Template(parts);
            }
        }
    }
}

fn allows_regex(before: &Token) -> bool {
    match before {
        Token::Mark(mark) => !matches!(*mark, ")" | "]" | "}"),
        Token::Word(word) => BEFORE_REGEX.contains(&word.as_str()),
        _ => false,
    }
}
