//! Object literals: most of every configuration, so the most forgiving part.

use super::super::syntax::{Expression, Property};
use super::super::token::Token;
use super::{Lost, Parsed, Parser};

impl Parser<'_> {
    /// Keeps every property it understands, also when a comma is missing or the file ends early.
    pub(super) fn object(&mut self) -> Parsed<Expression> {
        self.expect("{")?;
        let mut properties = Vec::new();
        while !self.at_end() && !self.take("}") {
            if self.take(",") {
                continue;
            }
            let start = self.at;
            match self.property() {
                Ok(property) => properties.push(property),
                Err(Lost) => {
                    if self.at == start && !self.at_closing() {
                        self.skip_one();
                    }
                    self.skip_property();
                }
            }
            if self.at(")") || self.at("]") || self.at(";") {
                self.advance();
            }
        }
        Ok(Expression::Object(properties))
    }

    /// To the next comma, the end of the object, or a line that starts like another property.
    fn skip_property(&mut self) {
        while !self.at_end() && !self.at(",") && !self.at_closing() {
            if self.starts_line() && matches!(self.ahead(1), Some(Token::Mark(":"))) {
                return;
            }
            self.skip_one();
        }
    }

    fn property(&mut self) -> Parsed<Property> {
        if self.take("...") {
            return self.assignment().map(Property::Spread);
        }
        if self.take("[") {
            let name = self.assignment()?;
            self.expect("]")?;
            self.expect(":")?;
            return Ok(Property::Computed(name, self.assignment()?));
        }
        let name = match self.token() {
            Some(Token::Word(name) | Token::Text(name)) => name.clone(),
            Some(Token::Number(number)) => number.to_string(),
            _ => return Err(Lost),
        };
        self.advance();
        if self.take(":") {
            let value = self.assignment()?;
            // Anything but an end here means that the value was only half understood.
            let ends = self.at(",") || self.at_closing() || self.at_end() || self.starts_line();
            return if ends { Ok(Property::Named(name, value)) } else { Err(Lost) };
        }
        if self.at("(") {
            return Ok(Property::Named(name, self.nested(Self::function_rest)?));
        }
        if self.at(",") || self.at("}") {
            return Ok(Property::Named(name.clone(), Expression::Name(name)));
        }
        Err(Lost)
    }
}
