//! The inside of literals: numbers, escapes, and what nginx leaves in strings.

/// How far a number reaches, as JavaScript would take it.
pub(crate) fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'X' | b'o' | b'O' | b'b' | b'B') {
        let digits = bytes[2..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        return 2 + digits;
    }
    let mut end = 0;
    while end < bytes.len() {
        let continues = match bytes[end] {
            b'0'..=b'9' | b'.' | b'_' | b'e' | b'E' => true,
            b'+' | b'-' => end > 0 && matches!(bytes[end - 1], b'e' | b'E'),
            b'n' => false,
            _ => false,
        };
        if !continues {
            break;
        }
        end += 1;
    }
    end.max(1)
}

pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let radix = match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => return text.parse().ok().filter(|number: &f64| number.is_finite()),
    };
    #[expect(clippy::cast_precision_loss, reason = "JavaScript numbers are floats")]
    u64::from_str_radix(&text[2..], radix).ok().map(|number| number as f64)
}

/// Reads a string in quotes and returns it with what follows. A line's end ends it, closed or not.
pub(crate) fn quoted(text: &str) -> (String, &str) {
    let mut reader = Reader { rest: text, text: String::new() };
    let quote = reader.next().unwrap_or('"');
    loop {
        if reader.skip_server_comment() {
            continue;
        }
        match reader.peek() {
            None | Some('\n' | '\r') => return (reader.text, reader.rest),
            Some('\\') => reader.escape(),
            Some(c) => {
                reader.next();
                if c == quote {
                    return (reader.text, reader.rest);
                }
                reader.text.push(c);
            }
        }
    }
}

/// Reads a template's text up to its closing backtick or the next `${`, neither of which is taken.
pub(crate) fn template_text(text: &str) -> (String, &str) {
    let mut reader = Reader { rest: text, text: String::new() };
    loop {
        if reader.skip_server_comment() {
            continue;
        }
        match reader.peek() {
            None | Some('`') => return (reader.text, reader.rest),
            Some('$') if reader.rest.starts_with("${") => return (reader.text, reader.rest),
            Some('\\') => reader.escape(),
            Some(c) => {
                reader.next();
                reader.text.push(c);
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    text: String,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// `<!--# echo var="subdir" default="" -->` is for nginx to replace. Where nobody did, its default holds, which is
    /// the empty string in every deployment; the quotes inside it must not end the literal around it.
    fn skip_server_comment(&mut self) -> bool {
        if !self.rest.starts_with("<!--#") {
            return false;
        }
        let line = self.rest.find('\n').unwrap_or(self.rest.len());
        let Some(end) = self.rest[..line].find("-->") else { return false };
        self.rest = &self.rest[end + "-->".len()..];
        true
    }

    fn escape(&mut self) {
        self.next();
        match self.next() {
            None | Some('\n') => {}
            Some('\r') => {
                if self.peek() == Some('\n') {
                    self.next();
                }
            }
            Some('n') => self.text.push('\n'),
            Some('t') => self.text.push('\t'),
            Some('r') => self.text.push('\r'),
            Some('b') => self.text.push('\u{8}'),
            Some('f') => self.text.push('\u{c}'),
            Some('v') => self.text.push('\u{b}'),
            Some('0') => self.text.push('\0'),
            Some('x') => {
                let code = self.hex(2);
                self.push_code(code);
            }
            Some('u') => self.unicode(),
            Some(other) => self.text.push(other),
        }
    }

    fn unicode(&mut self) {
        if let Some(braced) = self.rest.strip_prefix('{') {
            let Some(end) = braced.bytes().take(9).position(|b| b == b'}') else { return };
            let code = braced.get(..end).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            self.rest = &braced[end + 1..];
            return self.push_code(code);
        }
        let Some(high) = self.hex(4) else { return };
        if (0xd800..0xdc00).contains(&high) && self.rest.starts_with("\\u") {
            let before = self.rest;
            self.rest = &self.rest[2..];
            if let Some(low) = self.hex(4).filter(|low| (0xdc00..0xe000).contains(low)) {
                return self.push_code(Some(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
            }
            self.rest = before;
        }
        self.push_code(Some(high));
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let code = u32::from_str_radix(self.rest.get(..digits)?, 16).ok()?;
        self.rest = &self.rest[digits..];
        Some(code)
    }

    fn push_code(&mut self, code: Option<u32>) {
        if let Some(code) = code {
            self.text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}
