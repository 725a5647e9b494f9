//! What a deployment's configuration says about privacy: which foreign hosts it makes a browser contact, and what the
//! server offers. Treff contacts none of these hosts itself; it reads and tells.
//!
//! In: a [`Deployment`] and the server's host. Out: facts in a fixed order. Only what the configuration says counts,
//! together with what the web client does where it says nothing.

mod hosts;

use std::collections::BTreeSet;

use crate::deployment::Deployment;
use crate::tree::Tree;

/// What a foreign host is contacted for, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ForeignPurpose {
    /// Counting and watching visitors.
    Analytics,
    /// Reports of the calls' quality.
    CallStatistics,
    /// Finding one's own address.
    Stun,
    /// Pictures of people by their e-mail address.
    Avatars,
    /// Animated pictures.
    Giphy,
    /// Storing recordings.
    Dropbox,
    /// Calendars and the accounts behind them.
    Calendar,
    /// Anything else: branding, shared documents, directories, logins.
    Other,
}

/// A host that a browser would contact besides the server itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignService {
    /// What for.
    pub purpose: ForeignPurpose,
    /// The host, in lower case.
    pub host: String,
}

/// What the configuration says the server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// A stranger may open a room; otherwise somebody has to log in first.
    pub anyone_opens: bool,
    /// End-to-end encryption in the web client.
    pub end_to_end_encryption: bool,
    /// A waiting room.
    pub lobby: bool,
    /// Joining by telephone.
    pub dial_in: bool,
    /// Recording on the server.
    pub recording: bool,
    /// Streaming to the public.
    pub live_streaming: bool,
    /// The release as the deployment names it.
    pub release: Option<String>,
}

/// Where to ask for a meeting's telephone numbers and PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialInAddresses {
    /// `dialInNumbersUrl`.
    pub numbers: String,
    /// `dialInConfCodeUrl`.
    pub code: String,
}

/// The STUN server that the web client uses when peer-to-peer is on and the configuration names none
/// (lib-jitsi-meet, `DEFAULT_STUN_SERVERS`).
const DEFAULT_STUN: &str = "meet-jit-si-turnrelay.jitsi.net";
const GRAVATAR: &str = "www.gravatar.com";
const GIPHY: &str = "api.giphy.com";
const DROPBOX: &str = "www.dropbox.com";
const GOOGLE: &str = "apis.google.com";
const MICROSOFT: &str = "login.microsoftonline.com";
const AMPLITUDE: &str = "api2.amplitude.com";
const GOOGLE_ANALYTICS: &str = "www.google-analytics.com";
const CALLSTATS: &str = "api.callstats.io";
const WATCH_RTC: &str = "watchrtc.testrtc.com";

/// Addresses outside of any of the groups above that the web client asks by itself.
const OTHER_URLS: &[&str] = &[
    "brandingDataUrl",
    "dynamicBrandingUrl",
    "etherpad_base",
    "moderatedRoomServiceUrl",
    "peopleSearchUrl",
    "inviteServiceUrl",
    "roomPasswordUrl",
    "salesforceUrl",
    "tokenAuthUrl",
];

impl Deployment {
    /// The foreign hosts that a browser would contact in a meeting on `server`, each once, in reading order.
    #[must_use]
    pub fn foreign_services(&self, server: &str) -> Vec<ForeignService> {
        let mut found = Found { server, services: BTreeSet::new() };
        let config = Tree::new(&self.raw);
        // Without a configuration nothing is known, which is not the same as a clean one.
        if self.raw.is_null() {
            return Vec::new();
        }
        let third_parties = !config.flag("disableThirdPartyRequests").unwrap_or(false);
        if third_parties {
            found.analytics(config);
            found.avatars(config);
            found.giphy(config);
            found.dropbox(config);
            found.calendar(config);
        }
        found.call_statistics(config);
        found.stun(self, config);
        found.others(config);
        found.services.into_iter().collect()
    }

    /// What the server offers as far as the configuration tells.
    #[must_use]
    pub fn offers(&self) -> Offers {
        let config = Tree::new(&self.raw);
        let enabled = |group: &str| config.at(group).flag("enabled");
        let e2ee_off = config.at("e2ee").flag("disabled").unwrap_or(false)
            || config.at("testing").flag("disableE2EE").unwrap_or(false);
        let information = config.at("deploymentInfo");
        let release =
            ["releaseNumber", "backendRelease"].into_iter().find_map(|key| text_of(information, key));
        Offers {
            anyone_opens: self.anonymous_domain.is_none() && config.text("tokenAuthUrl").is_none(),
            end_to_end_encryption: !e2ee_off,
            lobby: !self.lobby.hide_button,
            dial_in: self.dial_in().is_some(),
            recording: enabled("recordingService")
                .or_else(|| config.flag("fileRecordingsEnabled"))
                .unwrap_or(false)
                || dropbox_key(config).is_some(),
            live_streaming: enabled("liveStreaming")
                .or_else(|| config.flag("liveStreamingEnabled"))
                .unwrap_or(false),
            release: release.filter(|release| release.len() <= MAX_RELEASE_BYTES),
        }
    }

    /// Where the deployment tells telephone numbers; both addresses are needed, and only https ones count.
    #[must_use]
    pub fn dial_in(&self) -> Option<DialInAddresses> {
        let config = Tree::new(&self.raw);
        let url = |key: &str| config.text(key).and_then(hosts::absolute_https);
        Some(DialInAddresses { numbers: url("dialInNumbersUrl")?, code: url("dialInConfCodeUrl")? })
    }
}

const MAX_RELEASE_BYTES: usize = 64;

fn text_of(place: Tree<'_>, key: &str) -> Option<String> {
    let number = place.number::<u64>(key).map(|number| number.to_string());
    number.or_else(|| place.text(key).map(str::to_owned))
}

fn dropbox_key(config: Tree<'_>) -> Option<&str> {
    config.at("dropbox").text("appKey").filter(is_filled_in)
}

/// `<APP_KEY>` and the like stand in templates that nobody filled in.
fn is_filled_in(text: &&str) -> bool {
    !text.starts_with('<') && !text.starts_with("your-")
}

struct Found<'a> {
    server: &'a str,
    services: BTreeSet<ForeignService>,
}

impl Found<'_> {
    fn add(&mut self, purpose: ForeignPurpose, host: &str) {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if !host.is_empty() && !hosts::same_owner(&host, self.server) {
            self.services.insert(ForeignService { purpose, host });
        }
    }

    fn add_url(&mut self, purpose: ForeignPurpose, url: &str) {
        if let Some(host) = hosts::of_url(url) {
            self.add(purpose, &host);
        }
    }

    /// `analytics`, and the keys of before it was a group.
    fn analytics(&mut self, config: Tree<'_>) {
        let analytics = config.at("analytics");
        if analytics.flag("disabled").unwrap_or(false) {
            return;
        }
        let filled = |place: Tree<'_>, key: &str| place.text(key).filter(is_filled_in).is_some();
        for url in analytics.texts("scriptURLs").into_iter().chain(config.texts("analyticsScriptUrls")) {
            self.add_url(ForeignPurpose::Analytics, url);
            // The web client's own helper for Google is loaded from the server and then loads the rest.
            if url.contains("analytics-ga") {
                self.add(ForeignPurpose::Analytics, GOOGLE_ANALYTICS);
            }
        }
        if let Some(url) = analytics.text("matomoEndpoint").filter(is_filled_in) {
            self.add_url(ForeignPurpose::Analytics, url);
        }
        if filled(analytics, "amplitudeAPPKey") {
            self.add(ForeignPurpose::Analytics, AMPLITUDE);
        }
        if filled(analytics, "googleAnalyticsTrackingId") || filled(config, "googleAnalyticsTrackingId") {
            self.add(ForeignPurpose::Analytics, GOOGLE_ANALYTICS);
        }
    }

    fn call_statistics(&mut self, config: Tree<'_>) {
        let analytics = config.at("analytics");
        if analytics.flag("rtcstatsEnabled").unwrap_or(false)
            && let Some(url) = analytics.text("rtcstatsEndpoint")
        {
            self.add_url(ForeignPurpose::CallStatistics, url);
        }
        if config.text("callStatsID").filter(is_filled_in).is_some() {
            self.add(ForeignPurpose::CallStatistics, CALLSTATS);
        }
        let watch = config.at("watchRTCConfigParams");
        if let Some(url) = watch.text("wsUrl").or_else(|| watch.text("proxyUrl")) {
            self.add_url(ForeignPurpose::CallStatistics, url);
        } else if watch.has("rtcApiKey") {
            self.add(ForeignPurpose::CallStatistics, WATCH_RTC);
        }
    }

    /// A browser asks STUN servers only for calls of two.
    fn stun(&mut self, deployment: &Deployment, config: Tree<'_>) {
        if !deployment.p2p_enabled {
            return;
        }
        for url in &deployment.p2p.stun_servers {
            if let Some(host) = hosts::of_stun(url) {
                self.add(ForeignPurpose::Stun, host);
            }
        }
        if !config.at("p2p").has("stunServers") {
            self.add(ForeignPurpose::Stun, DEFAULT_STUN);
        }
    }

    /// Gravatar is asked for everybody who gave an e-mail address, unless it is switched off.
    fn avatars(&mut self, config: Tree<'_>) {
        let gravatar = config.at("gravatar");
        if gravatar.flag("disabled").unwrap_or(false) {
            return;
        }
        match gravatar.text("baseUrl").or_else(|| config.text("gravatarBaseURL")) {
            Some(url) => self.add_url(ForeignPurpose::Avatars, url),
            None => self.add(ForeignPurpose::Avatars, GRAVATAR),
        }
    }

    fn giphy(&mut self, config: Tree<'_>) {
        let giphy = config.at("giphy");
        if giphy.flag("enabled").unwrap_or(false) {
            self.add(ForeignPurpose::Giphy, GIPHY);
        }
    }

    fn dropbox(&mut self, config: Tree<'_>) {
        if dropbox_key(config).is_some() {
            self.add(ForeignPurpose::Dropbox, DROPBOX);
        }
    }

    fn calendar(&mut self, config: Tree<'_>) {
        let filled = |key: &str| config.text(key).filter(is_filled_in).is_some();
        // Google's library is loaded for YouTube streams, too.
        if filled("googleApiApplicationClientID") {
            self.add(ForeignPurpose::Calendar, GOOGLE);
        }
        if config.flag("enableCalendarIntegration").unwrap_or(false)
            && filled("microsoftApiApplicationClientID")
        {
            self.add(ForeignPurpose::Calendar, MICROSOFT);
        }
    }

    fn others(&mut self, config: Tree<'_>) {
        for url in OTHER_URLS.iter().filter_map(|key| config.text(key)) {
            self.add_url(ForeignPurpose::Other, url);
        }
        let whiteboard = config.at("whiteboard");
        if whiteboard.flag("enabled").unwrap_or(false)
            && let Some(url) = whiteboard.text("collabServerBaseUrl")
        {
            self.add_url(ForeignPurpose::Other, url);
        }
    }
}

#[cfg(test)]
mod tests;
