//! The three shapes of configuration that real deployments serve, and one that has everything.

use super::*;

const CONTAINER: &str = include_str!("../../fixtures/container.js");
const PACKAGED: &str = include_str!("../../fixtures/packaged.js");
const OLDER: &str = include_str!("../../fixtures/older.js");
const CROWDED: &str = include_str!("../../fixtures/crowded.js");

fn deployment(source: &str) -> Deployment {
    let address = treff_link::parse("https://meet.example.org/standup", None).expect("a meeting");
    crate::parse(source, &address).expect("a deployment")
}

fn services(source: &str) -> Vec<(ForeignPurpose, String)> {
    let found = deployment(source).foreign_services("meet.example.org");
    found.into_iter().map(|service| (service.purpose, service.host)).collect()
}

fn named(list: &[(ForeignPurpose, &str)]) -> Vec<(ForeignPurpose, String)> {
    list.iter().map(|(purpose, host)| (*purpose, (*host).to_owned())).collect()
}

#[test]
fn a_containers_own_hosts_are_not_foreign_and_gravatar_is() {
    let expected = named(&[(ForeignPurpose::Avatars, "www.gravatar.com")]);
    assert_eq!(services(CONTAINER), expected, "its STUN servers and its rtcstats, which is off, are its own");
    let offers = deployment(CONTAINER).offers();
    let expected =
        Offers { anyone_opens: false, end_to_end_encryption: true, lobby: true, ..Offers::default() };
    assert_eq!(offers, expected, "guests log in elsewhere, so somebody has to log in to open a room");
}

#[test]
fn a_package_as_installed_names_gravatar_only() {
    assert_eq!(services(PACKAGED), named(&[(ForeignPurpose::Avatars, "www.gravatar.com")]));
    let offers = deployment(PACKAGED).offers();
    assert!(offers.anyone_opens && offers.lobby && offers.end_to_end_encryption);
    assert!(!offers.dial_in && !offers.recording && !offers.live_streaming && offers.release.is_none());
}

#[test]
fn an_older_file_without_peer_to_peer_asks_no_stun_server() {
    assert_eq!(services(OLDER), named(&[(ForeignPurpose::Avatars, "www.gravatar.com")]));
}

#[test]
fn a_crowded_file_is_told_whole_and_in_reading_order() {
    use ForeignPurpose as P;
    let expected = [
        (P::Analytics, "api2.amplitude.com"),
        (P::Analytics, "cdn.example.com"),
        (P::Analytics, "stats.example.net"),
        (P::Analytics, "www.google-analytics.com"),
        (P::CallStatistics, "api.callstats.io"),
        (P::CallStatistics, "rtcstats.example.com"),
        (P::Stun, "meet-jit-si-turnrelay.jitsi.net"),
        (P::Stun, "stun.l.google.com"),
        (P::Avatars, "avatars.example.com"),
        (P::Giphy, "api.giphy.com"),
        (P::Dropbox, "www.dropbox.com"),
        (P::Calendar, "apis.google.com"),
        (P::Calendar, "login.microsoftonline.com"),
        (P::Other, "board.example.com"),
        (P::Other, "brand.example.com"),
        (P::Other, "login.example.com"),
        (P::Other, "pad.example.com"),
    ];
    assert_eq!(services(CROWDED), named(&expected));
    let deployment = deployment(CROWDED);
    let offers = Offers {
        anyone_opens: false,
        end_to_end_encryption: false,
        lobby: false,
        dial_in: true,
        recording: true,
        live_streaming: true,
        release: Some("8252".to_owned()),
    };
    assert_eq!(deployment.offers(), offers);
    let addresses = deployment.dial_in().expect("both addresses");
    assert_eq!(addresses.numbers, "https://dial.example.com/numbers");
    assert_eq!(addresses.code, "https://dial.example.com/code?x=1");
}

#[test]
fn one_switch_turns_most_of_it_off() {
    use ForeignPurpose as P;
    let quiet = CROWDED.replace("disableThirdPartyRequests: false", "disableThirdPartyRequests: true");
    let left: Vec<ForeignPurpose> = services(&quiet).into_iter().map(|(purpose, _)| purpose).collect();
    assert_eq!(
        left,
        [P::CallStatistics, P::CallStatistics, P::Stun, P::Stun, P::Other, P::Other, P::Other, P::Other]
    );
}

#[test]
fn where_nothing_is_said_the_web_clients_own_defaults_count() {
    use ForeignPurpose as P;
    let bare = "var config = { hosts: { domain: 'meet.example.org' } };";
    let expected = [(P::Stun, "meet-jit-si-turnrelay.jitsi.net"), (P::Avatars, "www.gravatar.com")];
    assert_eq!(services(bare), named(&expected));
    let clean = "var config = { hosts: { domain: 'meet.example.org' }, p2p: { stunServers: [] }, \
        gravatar: { disabled: true } };";
    assert_eq!(services(clean), []);
}

#[test]
fn templates_that_nobody_filled_in_say_nothing() {
    let template = "var config = { hosts: { domain: 'meet.example.org' }, p2p: { enabled: false }, \
        gravatar: { disabled: true }, dropbox: { appKey: '<APP_KEY>' }, googleApiApplicationClientID: '<client_id>', \
        analytics: { amplitudeAPPKey: '<APP_KEY>', matomoEndpoint: 'your-matomo-endpoint' } };";
    assert_eq!(services(template), []);
    assert!(!deployment(template).offers().recording);
}

#[test]
fn an_unknown_configuration_is_not_a_clean_one() {
    let address = treff_link::parse("https://meet.example.org/standup", None).expect("a meeting");
    let guessed = crate::defaults(&address);
    assert!(guessed.raw.is_null() && guessed.foreign_services("meet.example.org").is_empty());
    assert_eq!(guessed.dial_in(), None);
}

#[test]
fn telephone_addresses_need_https_and_each_other() {
    for source in [
        "var config = { bosh: '/b', dialInNumbersUrl: 'https://dial.example.com/n' };",
        "var config = { bosh: '/b', dialInNumbersUrl: 'http://dial.example.com/n', \
            dialInConfCodeUrl: 'https://dial.example.com/c' };",
        "var config = { bosh: '/b', dialInNumbersUrl: 'javascript:x', dialInConfCodeUrl: 'data:x' };",
    ] {
        assert_eq!(deployment(source).dial_in(), None, "{source}");
        assert!(!deployment(source).offers().dial_in);
    }
}
