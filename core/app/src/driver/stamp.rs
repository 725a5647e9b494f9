//! Points in time as XEP-0082 writes them into delayed messages: `2026-08-22T12:34:56Z`, with or without fractions of a
//! second, in UTC or with an offset.

/// Milliseconds since 1970; `None` for what is no such point or lies before.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let (date, time) = text.trim().split_once('T')?;
    let mut date = date.splitn(3, '-').map(digits);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let at = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.splitn(3, ':').map(digits);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let possible = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    // A leap second is written as the sixtieth.
    if !possible || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset(zone)?;
    let thousandths = digits(format!("{fraction:0<3}").get(..3)?)?;
    u64::try_from(seconds * 1000 + thousandths).ok()
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let seconds = (digits(hours)? * 60 + digits(minutes)?) * 60;
    Some(if zone.starts_with('-') { -seconds } else { seconds })
}

/// Days from 1970 to a day of the Gregorian calendar, counting years from March so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year / 4 - year / 100 + year / 400;
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600_000),
            ("2026-08-22T12:34:56Z", 1_787_402_096_000),
            ("2026-08-22T12:34:56.5Z", 1_787_402_096_500),
            ("2026-08-22T12:34:56.123456Z", 1_787_402_096_123),
            ("2026-08-22T14:34:56+02:00", 1_787_402_096_000),
            ("2026-08-22T07:04:56-05:30", 1_787_402_096_000),
        ] {
            assert_eq!(milliseconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn nonsense_is_none() {
        for text in [
            "",
            "T",
            "yesterday",
            "2026-08-22",
            "2026-08-22T12:34:56",
            "2026-13-01T00:00:00Z",
            "2026-08-22T25:00:00Z",
            "2026-08-22T12:34:56+2",
            "2026-08-22T12:34:-6Z",
            "1969-12-31T23:59:59Z",
            "2026-08-22T12:34:56.éZ",
            "2026-08-22T12:34:56.00éZ",
            "99999999999999999999-01-01T00:00:00Z",
        ] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
