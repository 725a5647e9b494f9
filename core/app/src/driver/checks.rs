//! A look at a server, on a tap: its configuration and its front page are fetched, nothing else, and from nobody else.

use std::time::Instant;

use treff_deployment::{Deployment, ForeignPurpose as Purpose, ForeignService, Offers};
use treff_link::{MeetingAddress, ServerAddress};

use super::meeting::connection_error;
use super::requests::unix_milliseconds;
use super::{Driver, News};
use crate::door::error::UserError;
use crate::door::event::Event;
use crate::door::servers::{CheckState, Finding, ForeignPurpose, ServerCheck, ServerFeature};
use crate::net::{self, Connector, HttpError};
use crate::presets;

/// Looks that are remembered until the end.
const MAX_CHECKS: usize = 50;
/// A room's name that makes an address whole; it is not sent.
const NO_ROOM: &str = "treff";

/// What was seen of a server.
pub(crate) struct Look {
    deployment: Box<Deployment>,
    milliseconds: u32,
    /// The number in the front page.
    release: Option<String>,
    front: Option<&'static str>,
}

impl Driver {
    /// Looks at the server behind an address or a meeting's link; several at once are fine, one server twice is not.
    pub(super) fn check_server(&mut self, text: &str) {
        let server = match self.address_of(text) {
            Ok(server) => server,
            Err(error) => return self.outlet.tell(&Event::ServerRefused { error }),
        };
        let address = server.compact();
        let running = |check: &ServerCheck| check.address == address && check.state == CheckState::Running;
        if self.outlet.state.checks.iter().any(running) {
            return;
        }
        let reporter = self.lasting_reporter();
        let Some(connector) = self.connector.clone() else {
            let error = UserError::ServerUnreachable { server: server.host().to_owned() };
            return self.show_check(address, CheckState::Failed { error });
        };
        self.show_check(address.clone(), CheckState::Running);
        tokio::spawn(async move {
            let look = look(&connector, &server).await;
            reporter.send(News::Checked(address, Box::new(look)));
        });
    }

    pub(super) fn checked(&mut self, address: String, look: Result<Look, UserError>) {
        let state = match look {
            Ok(look) => {
                let findings = self.findings(&address, &look);
                CheckState::Done { findings, at: unix_milliseconds() }
            }
            Err(error) => CheckState::Failed { error },
        };
        self.show_check(address, state);
    }

    fn show_check(&mut self, address: String, state: CheckState) {
        let checks = &mut self.outlet.state.checks;
        match checks.iter_mut().find(|check| check.address == address) {
            Some(check) => check.state = state,
            None => checks.push(ServerCheck { address, state }),
        }
        if checks.len() > MAX_CHECKS {
            checks.remove(0);
        }
        self.outlet.touch();
        self.update_comparison();
    }

    /// What was found, in reading order.
    fn findings(&self, address: &str, look: &Look) -> Vec<Finding> {
        let mut findings = vec![Finding::Answers { milliseconds: look.milliseconds }];
        let offers = look.deployment.offers();
        if let Some(version) = offers.release.clone().or_else(|| look.release.clone()) {
            let date = presets::release_date(&version).map(str::to_owned);
            findings.push(Finding::Release { version, date });
        }
        let listed = self.outlet.state.servers.iter().find(|server| server.address == address);
        if let Some((server, country)) = listed.and_then(|server| Some((server, server.country.clone()?))) {
            let in_eu = presets::in_eu(&country);
            findings.push(Finding::Location { country, in_eu, stated: server.source_date.clone() });
        }
        findings.push(Finding::OpensRooms { anyone: offers.anyone_opens });
        findings.extend(features(&offers));
        let host = address.split(['/', ':']).next().unwrap_or(address);
        let foreign = look.deployment.foreign_services(host);
        if foreign.is_empty() && look.front.is_none() {
            findings.push(Finding::NothingForeign);
        }
        findings.extend(look.front.map(|company| Finding::BrowserLoads {
            purpose: ForeignPurpose::WebFront,
            host: company.to_owned(),
        }));
        findings.extend(foreign.into_iter().map(loads));
        findings
    }
}

fn features(offers: &Offers) -> impl Iterator<Item = Finding> {
    [
        (ServerFeature::EndToEndEncryption, offers.end_to_end_encryption),
        (ServerFeature::Lobby, offers.lobby),
        (ServerFeature::DialIn, offers.dial_in),
        (ServerFeature::Recording, offers.recording),
        (ServerFeature::LiveStreaming, offers.live_streaming),
    ]
    .into_iter()
    .map(|(feature, offered)| Finding::Feature { feature, offered })
}

fn loads(service: ForeignService) -> Finding {
    let purpose = match service.purpose {
        Purpose::Analytics => ForeignPurpose::Analytics,
        Purpose::CallStatistics => ForeignPurpose::CallStatistics,
        Purpose::Stun => ForeignPurpose::Stun,
        Purpose::Avatars => ForeignPurpose::Avatars,
        Purpose::Giphy => ForeignPurpose::Giphy,
        Purpose::Dropbox => ForeignPurpose::Dropbox,
        Purpose::Calendar => ForeignPurpose::Calendar,
        _ => ForeignPurpose::Other,
    };
    Finding::BrowserLoads { purpose, host: service.host }
}

async fn look(connector: &Connector, server: &ServerAddress) -> Result<Look, UserError> {
    let host = server.host().to_owned();
    let base = server.base_url();
    let start = Instant::now();
    let fetched = net::get(connector, &format!("{base}config.js")).await;
    let milliseconds = u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX);
    let response = match fetched {
        Ok(response) if response.status == 200 => response,
        Ok(_) | Err(HttpError::Protocol(_)) => return Err(UserError::NotJitsi { server: host }),
        Err(error) => return Err(connection_error(host, &error)),
    };
    let not_jitsi = || UserError::NotJitsi { server: host.clone() };
    let meeting: MeetingAddress =
        treff_link::parse(&format!("{base}{NO_ROOM}"), None).map_err(|_| not_jitsi())?;
    let deployment = treff_deployment::parse(&response.body, &meeting).map_err(|_| not_jitsi())?;
    // The age of a release stands in its front page; a server that shows none stays a good server.
    let page = net::get(connector, &base).await.ok().filter(|page| page.status == 200);
    let release = page.and_then(|page| release_in(&page.body));
    Ok(Look { deployment: Box::new(deployment), milliseconds, release, front: response.front })
}

/// `libs/app.bundle.min.js?v=8252`: the number of the build that the page loads.
fn release_in(page: &str) -> Option<String> {
    let after = ["app.bundle.min.js?v=", "lib-jitsi-meet.min.js?v="]
        .into_iter()
        .find_map(|mark| page.split_once(mark).map(|(_, after)| after))?;
    let number: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == '.').take(16).collect();
    let number = number.trim_end_matches('.');
    (!number.is_empty()).then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::release_in;

    #[test]
    fn the_release_stands_in_the_front_page() {
        let page = "<script src=\"libs/lib-jitsi-meet.min.js?v=9955\"></script>\
            <script src=\"libs/app.bundle.min.js?v=9955.1\"></script>";
        assert_eq!(release_in(page).as_deref(), Some("9955.1"));
        assert_eq!(release_in("<script src='libs/lib-jitsi-meet.min.js?v=8252'>").as_deref(), Some("8252"));
        for page in
            ["", "<html>", "app.bundle.min.js?v=", "app.bundle.min.js?v=main", "app.bundle.min.js?v=."]
        {
            assert_eq!(release_in(page), None, "{page}");
        }
    }
}
