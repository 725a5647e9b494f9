//! The Debian changelog, from the releases in the AppStream file: one list of releases, not two.

use std::error::Error;

use roxmltree::{Document, Node};

/// Who answers for the package.
const MAINTAINER: &str = "Treff contributors <maintainers@treffmeet.org>";

/// The newest release's date, as in the AppStream file.
pub(crate) fn date(metainfo: &str) -> Result<String, Box<dyn Error>> {
    let document = Document::parse(metainfo)?;
    let newest = releases(&document).next().ok_or("there is a release")?;
    Ok(attribute(newest, "date")?.to_owned())
}

/// One entry a release, newest first (deb-changelog(5)).
pub(crate) fn debian(metainfo: &str) -> Result<String, Box<dyn Error>> {
    let document = Document::parse(metainfo)?;
    let mut text = String::new();
    for release in releases(&document) {
        let version = attribute(release, "version")?;
        let date = rfc_5322(attribute(release, "date")?)?;
        text.push_str(&format!("treff ({version}-1) unstable; urgency=medium\n\n"));
        for line in release.descendants().filter(untranslated) {
            text.push_str(&format!("  * {}\n", line.text().unwrap_or_default().trim()));
        }
        text.push_str(&format!("\n -- {MAINTAINER}  {date}\n\n"));
    }
    Ok(text)
}

fn releases<'a, 'i>(document: &'a Document<'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    document.descendants().filter(|node| node.has_tag_name("release"))
}

fn untranslated(node: &Node<'_, '_>) -> bool {
    let sentence = node.has_tag_name("p") || node.has_tag_name("li");
    sentence && node.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).is_none()
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Result<&'a str, Box<dyn Error>> {
    node.attribute(name).ok_or_else(|| format!("a release has no {name}").into())
}

/// "2026-11-24" as "Tue, 24 Nov 2026 12:00:00 +0000".
fn rfc_5322(date: &str) -> Result<String, Box<dyn Error>> {
    const DAYS: [&str; 7] = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split('-').map(str::parse::<usize>);
    let (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("{date} is not a date").into());
    };
    // Zeller's congruence: January and February count as months 13 and 14 of the year before.
    let (z_year, z_month) = if month < 3 { (year - 1, month + 12) } else { (year, month) };
    let weekday = (day + 13 * (z_month + 1) / 5 + z_year + z_year / 4 - z_year / 100 + z_year / 400) % 7;
    Ok(format!("{}, {day:02} {} {year} 12:00:00 +0000", DAYS[weekday], MONTHS[month - 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week_are_right() {
        for (date, expected) in [
            ("2026-11-24", "Tue, 24 Nov 2026 12:00:00 +0000"),
            ("2024-02-29", "Thu, 29 Feb 2024 12:00:00 +0000"),
            ("2000-01-01", "Sat, 01 Jan 2000 12:00:00 +0000"),
        ] {
            assert_eq!(rfc_5322(date).expect("a date"), expected);
        }
        assert!(rfc_5322("soon").is_err());
        assert!(rfc_5322("2026-13-01").is_err());
    }
}
