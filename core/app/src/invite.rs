//! Ways to hand a meeting on: a calendar entry and a QR code. In: plain values, the time included. Out: text, or a square
//! of dark and light. Pure; front ends share, save or draw it.

use chrono::{DateTime, Utc};

/// A meeting for a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Unlike any other entry's; random hex digits do.
    pub uid: String,
    /// What it is called.
    pub title: String,
    /// The meeting's link.
    pub link: String,
    /// A few words above the link; may be empty.
    pub words: String,
    /// When it starts, in milliseconds since 1970.
    pub starts: u64,
    /// How long it takes.
    pub minutes: u32,
    /// When this entry is written, in milliseconds since 1970.
    pub written: u64,
}

/// A calendar file (`.ics`, RFC 5545) with one entry.
#[must_use]
pub fn calendar_file(entry: &CalendarEntry) -> String {
    let ends = entry.starts.saturating_add(u64::from(entry.minutes) * 60_000);
    let description = match entry.words.trim() {
        "" => entry.link.clone(),
        words => format!("{words}\n\n{}", entry.link),
    };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Treff//Treff//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@treffmeet.org", plain(&entry.uid)),
        format!("DTSTAMP:{}", utc(entry.written)),
        format!("DTSTART:{}", utc(entry.starts)),
        format!("DTEND:{}", utc(ends)),
        format!("SUMMARY:{}", escape(entry.title.trim())),
        format!("DESCRIPTION:{}", escape(&description)),
        format!("LOCATION:{}", escape(&entry.link)),
        format!("URL:{}", plain(&entry.link)),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| fold(line)).collect()
}

/// RFC 5545 §3.3.11: backslash, semicolon, comma and line breaks are escaped; other controls are not text.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// For values that are no text: nothing in them may start another line.
fn plain(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).collect()
}

/// RFC 5545 §3.1: at most 75 bytes a line, further ones start with a blank, and no character is cut.
fn fold(line: &str) -> String {
    const LIMIT: usize = 75;
    let mut folded = String::with_capacity(line.len() + line.len() / 30 + 2);
    let mut used = 0;
    for character in line.chars() {
        if used + character.len_utf8() > LIMIT {
            folded.push_str("\r\n ");
            used = 1;
        }
        folded.push(character);
        used += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

/// `20261124T183000Z`; what lies beyond every calendar becomes its last day.
fn utc(milliseconds: u64) -> String {
    let time = i64::try_from(milliseconds).ok().and_then(DateTime::from_timestamp_millis);
    time.unwrap_or(DateTime::<Utc>::MAX_UTC).format("%Y%m%dT%H%M%SZ").to_string()
}

/// A QR code to be drawn, with four light modules around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// Modules on each side.
    pub size: usize,
    /// Dark ones are true; row by row, from the top.
    pub modules: Vec<bool>,
}

/// The QR code of a link, with 15 % of it repairable; `None` for more text than a code holds.
#[must_use]
pub fn qr_code(text: &str) -> Option<QrCode> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).ok()?;
    let modules = code.to_colors().into_iter().map(|colour| colour == qrcode::Color::Dark).collect();
    Some(QrCode { size: code.width(), modules })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> CalendarEntry {
        CalendarEntry {
            uid: "0123456789abcdef".to_owned(),
            title: "Pub quiz; round 2, final \\o/".to_owned(),
            link: "https://meet.example.org/otter-lantern-maple-tuesday".to_owned(),
            words: "Bring a pen.\r\nSee you – à bientôt! 🙂".to_owned(),
            starts: 1_795_545_000_000,
            minutes: 90,
            written: 951_782_400_000,
        }
    }

    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_calendar_reads_the_entry() {
        let file = calendar_file(&entry());
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Treff//Treff//EN",
            "BEGIN:VEVENT",
            "UID:0123456789abcdef@treffmeet.org",
            "DTSTAMP:20000229T000000Z",
            "DTSTART:20261124T183000Z",
            "DTEND:20261124T200000Z",
            "SUMMARY:Pub quiz\\; round 2\\, final \\\\o/",
            "DESCRIPTION:Bring a pen.\\nSee you – à bientôt! 🙂\\n\\nhttps://meet.example.org/otter-lantern-maple-tuesday",
            "LOCATION:https://meet.example.org/otter-lantern-maple-tuesday",
            "URL:https://meet.example.org/otter-lantern-maple-tuesday",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(unfolded(&file), expected);
    }

    #[test]
    fn lines_are_folded_between_characters() {
        let long = CalendarEntry { title: "ü🙂".repeat(60), ..entry() };
        let file = calendar_file(&long);
        assert!(file.split("\r\n").all(|line| line.len() <= 75));
        assert!(!file.replace("\r\n", "").contains('\n'), "every line ends as RFC 5545 wants");
        assert!(unfolded(&file).contains(&format!("SUMMARY:{}", "ü🙂".repeat(60))));
    }

    #[test]
    fn nothing_in_an_entry_starts_a_line_of_its_own() {
        let sly = CalendarEntry {
            title: "x\r\nATTACH:evil\u{0}".to_owned(),
            link: "https://meet.example.org/x\r\nATTACH:evil".to_owned(),
            uid: "u\nATTACH:evil".to_owned(),
            ..entry()
        };
        assert!(!unfolded(&calendar_file(&sly)).iter().any(|line| line.starts_with("ATTACH")));
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(utc(0), "19700101T000000Z");
        assert_eq!(utc(951_827_696_789), "20000229T123456Z");
        assert!(utc(u64::MAX).ends_with("1231T235959Z"));
    }

    #[test]
    fn a_link_becomes_a_square_with_three_eyes() {
        let code = qr_code("https://meet.example.org/otter-lantern-maple-tuesday").expect("it fits");
        assert_eq!(code.modules.len(), code.size * code.size);
        let dark = |x: usize, y: usize| code.modules[y * code.size + x];
        let far = code.size - 7;
        for (left, top) in [(0, 0), (far, 0), (0, far)] {
            for step in 0..7 {
                assert!(dark(left + step, top) && dark(left + step, top + 6));
                assert!(dark(left, top + step) && dark(left + 6, top + step));
            }
            assert!(dark(left + 3, top + 3) && !dark(left + 1, top + 1));
        }
        assert_eq!(qr_code(&"x".repeat(4000)), None);
    }
}
