//! Telephone numbers and the PIN of a meeting, as a deployment's two services tell them. In: JSON. Out: a [`DialIn`].

use serde_json::Value;

use crate::door::servers::{DialIn, DialInNumber};

/// More numbers than any deployment rents.
const MAX_NUMBERS: usize = 200;
/// ITU-T E.164 allows 15 digits; extensions may follow.
const MAX_DIGITS: usize = 24;
const MAX_COUNTRY_CHARS: usize = 60;

/// What both answers say together; nothing when either is of no use.
pub(crate) fn read(numbers: &str, code: &str) -> Option<DialIn> {
    let numbers = numbers_of(&serde_json::from_str(numbers).ok()?);
    let pin = pin_of(&serde_json::from_str(code).ok()?)?;
    (!numbers.is_empty()).then_some(DialIn { pin, numbers })
}

/// `{"conference": 1234567}`; false or nothing when the meeting has none.
fn pin_of(answer: &Value) -> Option<String> {
    let digits = match answer.get("conference")? {
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let valid =
        !digits.is_empty() && digits.len() <= MAX_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then_some(digits)
}

/// A list of records, or the older `{"numbers": {"DE": ["+49 …"]}}`.
fn numbers_of(answer: &Value) -> Vec<DialInNumber> {
    let listed = answer.get("numbers").unwrap_or(answer);
    let found: Vec<DialInNumber> = match listed {
        Value::Array(records) => records.iter().filter_map(record).take(MAX_NUMBERS).collect(),
        Value::Object(countries) => countries
            .iter()
            .flat_map(|(country, numbers)| {
                let numbers = numbers.as_array().into_iter().flatten().filter_map(Value::as_str);
                numbers.filter_map(|number| entry(country, number)).collect::<Vec<_>>()
            })
            .take(MAX_NUMBERS)
            .collect(),
        _ => Vec::new(),
    };
    found
}

fn record(record: &Value) -> Option<DialInNumber> {
    let text = |key: &str| record.get(key).and_then(Value::as_str);
    let number = text("number").or_else(|| text("formattedNumber"))?;
    entry(text("countryCode").or_else(|| text("country")).unwrap_or_default(), number)
}

fn entry(country: &str, number: &str) -> Option<DialInNumber> {
    let digits: String = number.chars().filter(char::is_ascii_digit).take(MAX_DIGITS).collect();
    let plus = if number.trim_start().starts_with('+') { "+" } else { "" };
    let country = country.chars().filter(|c| !c.is_control()).take(MAX_COUNTRY_CHARS).collect();
    (digits.len() >= 3).then(|| DialInNumber { country, number: format!("{plus}{digits}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<(String, String)> {
        let read = read(text, r#"{"conference":1234567}"#).map(|dial_in| dial_in.numbers).unwrap_or_default();
        read.into_iter().map(|number| (number.country, number.number)).collect()
    }

    #[test]
    fn both_forms_of_numbers_are_read() {
        let expected =
            vec![("DE".to_owned(), "+49891234567".to_owned()), ("US".to_owned(), "+15125550100".to_owned())];
        let list = r#"[{"countryCode":"DE","default":true,"formattedNumber":"+49 89 123-4567","tollFree":false},
            {"countryCode":"US","number":"+1 (512) 555-0100"}]"#;
        assert_eq!(numbers(list), expected);
        let map = r#"{"message":"x","numbersEnabled":true,"numbers":{"DE":["+49 89 1234567"],"US":["+1 512-555-0100",7]}}"#;
        assert_eq!(numbers(map), expected);
        assert_eq!(numbers(&format!(r#"{{"numbers":{list}}}"#)), expected);
    }

    #[test]
    fn without_a_pin_or_a_number_there_is_nothing() {
        let list = r#"[{"countryCode":"DE","formattedNumber":"+49891234567"}]"#;
        assert_eq!(
            read(list, r#"{"conference":"0042"}"#).map(|dial_in| dial_in.pin).as_deref(),
            Some("0042")
        );
        for code in [
            r#"{"conference":false}"#,
            "{}",
            "null",
            "<html>",
            r#"{"conference":"12a"}"#,
            r#"{"conference":""}"#,
        ] {
            assert_eq!(read(list, code), None, "{code}");
        }
        for text in ["[]", "{}", "null", "<html>", r#"[{"formattedNumber":"call us"}]"#, r#"{"numbers":7}"#] {
            assert_eq!(read(text, r#"{"conference":1}"#), None, "{text}");
        }
    }
}
