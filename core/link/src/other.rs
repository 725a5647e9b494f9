//! Links of other meeting systems, told by host and path so that a person learns why Treff does not open them.
//!
//! Only the host that would be asked counts: `https://zoom.us@meet.example.org/Room` is a Jitsi meeting on
//! `meet.example.org`, and `zoom.us.example.org` belongs to `example.org`.

use crate::error::LinkError;
use crate::parse::{clean, host_of, split_authority};
use crate::path::is_slash;
use crate::scheme;

/// A meeting system that is not Jitsi.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OtherService {
    /// BigBlueButton, on whoever's server.
    BigBlueButton,
    /// Zoom.
    Zoom,
    /// Microsoft Teams.
    Teams,
    /// Google Meet.
    GoogleMeet,
    /// Webex.
    Webex,
}

/// A meeting of another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherMeeting {
    /// Whose.
    pub service: OtherService,
    /// An https address that a browser opens.
    pub url: String,
}

/// App schemes of other systems, and the host that stands behind them when the link names none.
const SCHEMES: &[(&str, OtherService, &str)] = &[
    ("zoommtg:", OtherService::Zoom, "zoom.us"),
    ("zoomus:", OtherService::Zoom, "zoom.us"),
    ("msteams:", OtherService::Teams, "teams.microsoft.com"),
];

/// Domains whose hosts all belong to one system. Zoom and Webex give each customer a name below theirs.
const DOMAINS: &[(&str, bool, OtherService)] = &[
    ("zoom.us", true, OtherService::Zoom),
    ("zoom.com", true, OtherService::Zoom),
    ("zoomgov.com", true, OtherService::Zoom),
    ("teams.microsoft.com", true, OtherService::Teams),
    ("teams.microsoft.us", true, OtherService::Teams),
    ("teams.live.com", false, OtherService::Teams),
    ("teams.cloud.microsoft", false, OtherService::Teams),
    ("meet.google.com", false, OtherService::GoogleMeet),
    ("webex.com", true, OtherService::Webex),
];

/// The meeting of another system that a text leads to, if it does.
#[must_use]
pub fn other_meeting(text: &str) -> Option<OtherMeeting> {
    read(&clean(text).ok()?)
}

/// The same for a text that was cleaned already.
pub(crate) fn read(text: &str) -> Option<OtherMeeting> {
    if let Some(meeting) = app_link(text) {
        return Some(meeting);
    }
    let stripped = scheme::strip(text).ok()?;
    let (authority, rest) = split_authority(stripped.rest);
    let host = host_of(authority).ok()?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let folders: Vec<&str> = path.split(is_slash).filter(|folder| !folder.is_empty()).collect();
    let service = by_domain(&host, &folders).or_else(|| big_blue_button(&folders))?;
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| is_port(port));
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    Some(OtherMeeting { service, url: format!("https://{host}{port}{}", rest.replace('\\', "/")) })
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit()) && text != "443"
}

/// `zoommtg://zoom.us/join?…` and `msteams:/l/meetup-join/…`: the web address behind the app's.
fn app_link(text: &str) -> Option<OtherMeeting> {
    let (name, service, usual) = SCHEMES
        .iter()
        .find(|(name, ..)| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))?;
    let rest = &text[name.len()..];
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = split_authority(rest);
            (host_of(authority).ok()?, path)
        }
        None => ((*usual).to_owned(), rest),
    };
    // A foreign host behind such a scheme is somebody's trick: the person still learns whose link it pretends to be.
    let host = if by_domain(&host, &["x"]) == Some(*service) { host } else { (*usual).to_owned() };
    let path = path.trim_start_matches(is_slash);
    Some(OtherMeeting { service: *service, url: format!("https://{host}/{path}") })
}

/// The bare front page of a service is no meeting, but no Jitsi server either.
fn by_domain(host: &str, folders: &[&str]) -> Option<OtherService> {
    if host == "g.co" {
        return (folders.first() == Some(&"meet")).then_some(OtherService::GoogleMeet);
    }
    let belongs = |domain: &str, below: bool| {
        host == domain || below && host.strip_suffix(domain).is_some_and(|customer| customer.ends_with('.'))
    };
    DOMAINS.iter().find(|(domain, below, _)| belongs(domain, *below)).map(|(.., service)| *service)
}

/// BigBlueButton runs under anybody's name; its own paths and those of its front, Greenlight, give it away.
fn big_blue_button(folders: &[&str]) -> Option<OtherService> {
    let is_one = match folders {
        ["bigbluebutton", "api", call, ..] => *call == "join",
        ["html5client", ..] => folders.len() > 1,
        ["playback", "presentation", _, ..] => true,
        // Greenlight 2: b/ada-x7k-2mq, and with a fourth group since 2.8.
        ["b", room] => is_greenlight(room, 3) || is_greenlight(room, 4),
        // Greenlight 3: rooms/abc-def-ghi-jkl/join.
        ["rooms", room] | ["rooms", room, "join"] => is_greenlight(room, 4),
        _ => false,
    };
    is_one.then_some(OtherService::BigBlueButton)
}

/// Groups of three letters or digits.
fn is_greenlight(room: &str, groups: usize) -> bool {
    let mut count = 0;
    room.split('-').all(|group| {
        count += 1;
        group.len() == 3 && group.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    }) && count == groups
}

/// Refuses such a link where a Jitsi meeting is wanted.
pub(crate) fn refuse(text: &str) -> Result<(), LinkError> {
    read(text).map_or(Ok(()), |meeting| Err(LinkError::OtherService(meeting.service)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parse, server_of};

    #[test]
    fn links_of_other_systems_are_told_apart() {
        use OtherService as S;
        let table = [
            ("https://zoom.us/j/123456789?pwd=Abc", S::Zoom, "https://zoom.us/j/123456789?pwd=Abc"),
            (
                "https://us02web.zoom.us/j/123?pwd=Abc#success",
                S::Zoom,
                "https://us02web.zoom.us/j/123?pwd=Abc#success",
            ),
            ("Zoom.us/my/ada", S::Zoom, "https://zoom.us/my/ada"),
            ("zoommtg://zoom.us/join?confno=123&pwd=x", S::Zoom, "https://zoom.us/join?confno=123&pwd=x"),
            ("zoommtg://evil.example/join?confno=1", S::Zoom, "https://zoom.us/join?confno=1"),
            (
                "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
                S::Teams,
                "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
            ),
            ("https://teams.live.com/meet/9312345?p=x", S::Teams, "https://teams.live.com/meet/9312345?p=x"),
            ("msteams:/l/meetup-join/19", S::Teams, "https://teams.microsoft.com/l/meetup-join/19"),
            ("https://meet.google.com/abc-defg-hij", S::GoogleMeet, "https://meet.google.com/abc-defg-hij"),
            ("http://meet.google.com\\abc-defg-hij", S::GoogleMeet, "https://meet.google.com/abc-defg-hij"),
            ("https://g.co/meet/treff", S::GoogleMeet, "https://g.co/meet/treff"),
            ("https://verein.webex.com/meet/ada", S::Webex, "https://verein.webex.com/meet/ada"),
            (
                "https://verein.webex.com/verein/j.php?MTID=m1",
                S::Webex,
                "https://verein.webex.com/verein/j.php?MTID=m1",
            ),
            (
                "https://bbb.example.org/b/ada-x7k-2mq",
                S::BigBlueButton,
                "https://bbb.example.org/b/ada-x7k-2mq",
            ),
            (
                "bbb.example.org/b/ada-x7k-2mq-q1w",
                S::BigBlueButton,
                "https://bbb.example.org/b/ada-x7k-2mq-q1w",
            ),
            (
                "https://bbb.example.org:8443/rooms/abc-def-ghi-jkl/join",
                S::BigBlueButton,
                "https://bbb.example.org:8443/rooms/abc-def-ghi-jkl/join",
            ),
            (
                "https://bbb.example.org/bigbluebutton/api/join?meetingID=1&checksum=2",
                S::BigBlueButton,
                "https://bbb.example.org/bigbluebutton/api/join?meetingID=1&checksum=2",
            ),
            ("Ada invites you to https://zoom.us/j/1. See you!", S::Zoom, "https://zoom.us/j/1"),
        ];
        for (text, service, url) in table {
            assert_eq!(other_meeting(text), Some(OtherMeeting { service, url: url.to_owned() }), "{text}");
            assert_eq!(parse(text, None), Err(LinkError::OtherService(service)), "{text}");
            assert_eq!(server_of(text), Err(LinkError::OtherService(service)), "{text}");
        }
    }

    #[test]
    fn look_alikes_are_meetings_of_their_own_host() {
        let table = [
            ("https://zoom.us@meet.example.org/Room", "meet.example.org"),
            ("https://zoom.us.example.org/j/1", "zoom.us.example.org"),
            ("https://myzoom.us/j/1", "myzoom.us"),
            ("https://meet.google.com.example.org/abc-defg-hij", "meet.google.com.example.org"),
            ("https://notwebex.com/meet/ada", "notwebex.com"),
            ("https://meet.example.org/zoom.us", "meet.example.org"),
            ("https://meet.example.org/b/Standup", "meet.example.org"),
            ("https://meet.example.org/b/Ada-X7K-2MQ", "meet.example.org"),
            ("https://meet.example.org/rooms/abc-def-ghi", "meet.example.org"),
            ("https://meet.example.org/ada-x7k-2mq", "meet.example.org"),
            ("https://meet.example.org/Room?u=https://zoom.us/j/1", "meet.example.org"),
            ("https://meet.example.org/Room#https://zoom.us/j/1", "meet.example.org"),
        ];
        for (text, host) in table {
            assert_eq!(other_meeting(text), None, "{text}");
            assert_eq!(
                parse(text, None).map(|address| address.host().to_owned()),
                Ok(host.to_owned()),
                "{text}"
            );
        }
    }
}
