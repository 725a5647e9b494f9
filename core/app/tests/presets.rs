//! Checks the data files of the presets: schema, sources, days, countries, duplicates. `./dev servers` runs just this.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

const SERVERS: &str = include_str!("../data/servers.json");
const RELEASES: &str = include_str!("../data/releases.json");

/// ISO 3166-1 alpha-2, as assigned.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM \
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO \
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT \
    MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA \
    SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US \
    UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

const FACTS: [&str; 6] = ["operator", "country", "hosting", "website", "terms", "privacy"];
/// Few, or it would be a directory.
const MOST: usize = 12;

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).expect("JSON with an object")
}

fn text<'a>(place: &'a Value, key: &str) -> &'a str {
    place
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
        .unwrap_or_else(|| panic!("{key} of {place}"))
}

fn is_country(code: &str) -> bool {
    COUNTRIES.split_whitespace().any(|known| known == code)
}

/// `2026-11-24`, a day that exists.
fn is_day(day: &str) -> bool {
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, date] = parts[..] else { return false };
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(date, 2) {
        return false;
    }
    let (year, month, date): (u32, u32, u32) =
        (year.parse().unwrap_or(0), month.parse().unwrap_or(0), date.parse().unwrap_or(0));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (2015..=2099).contains(&year) && (1..=days).contains(&date)
}

#[test]
fn every_server_is_well_formed_and_there_once() {
    let file = object(SERVERS);
    assert_eq!(file["version"], 1);
    let servers = file["servers"].as_array().expect("a list");
    assert!((2..=MOST).contains(&servers.len()));
    let mut seen = BTreeSet::new();
    for server in servers {
        let address = text(server, "address");
        let parsed = treff_link::parse_server(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        assert_eq!(parsed.compact(), address, "written as it is compared");
        assert!(seen.insert(address.to_owned()), "{address} comes twice");
        assert!(seen.insert(text(server, "name").to_lowercase()), "{address}: its name comes twice");
        let keys: BTreeSet<&str> = server.as_object().expect("a record").keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["address", "name", "facts"]), "{address}");
    }
    for named in ["meet.ffmuc.net", "framatalk.org"] {
        assert!(seen.contains(named), "{named} is missing");
    }
}

#[test]
fn every_fact_has_a_source_and_a_day() {
    let file = object(SERVERS);
    for server in file["servers"].as_array().expect("a list") {
        let address = text(server, "address");
        let facts = server["facts"].as_object().expect("facts");
        assert!(
            facts.contains_key("operator") && facts.contains_key("country"),
            "{address}: who, and where?"
        );
        for (name, fact) in facts {
            assert!(FACTS.contains(&name.as_str()), "{address}: {name} is no fact that is shown");
            let keys: BTreeSet<&str> = fact.as_object().expect("a fact").keys().map(String::as_str).collect();
            assert_eq!(keys, BTreeSet::from(["value", "source", "says", "date"]), "{address}: {name}");
            assert!(text(fact, "source").starts_with("https://"), "{address}: {name} has no source");
            assert!(text(fact, "says").chars().count() <= 160, "{address}: {name}: not a whole page");
            assert!(is_day(text(fact, "date")), "{address}: {name} has no day");
            let value = text(fact, "value");
            match name.as_str() {
                "country" => assert!(is_country(value), "{address}: {value} is no country"),
                "website" | "terms" | "privacy" => {
                    assert!(value.starts_with("https://"), "{address}: {value}")
                }
                _ => assert!(value.chars().count() <= 120, "{address}: {name} is too long"),
            }
        }
    }
}

/// The words a source may use for a country.
const COUNTRY_WORDS: [(&str, &str); 4] =
    [("AT", "Austria"), ("DE", "Germany"), ("FR", "France"), ("NL", "Netherlands")];

/// A host without `www.`, of an address or of a text that is one.
fn host(address: &str) -> &str {
    let rest = address.trim_start_matches("https://").trim_start_matches("www.");
    rest.split('/').next().unwrap_or(rest)
}

/// Every name of a value: what begins with a capital letter, or has a point inside.
fn names(value: &str) -> Vec<&str> {
    value
        .split(|letter: char| letter.is_whitespace() || "(),;".contains(letter))
        .filter(|word| word.starts_with(char::is_uppercase) || word.trim_end_matches('.').contains('.'))
        .collect()
}

/// Whether `says` bears `value` out, for a fact called `name`.
fn bears_out(name: &str, value: &str, source: &str, says: &str) -> bool {
    match name {
        "country" => {
            COUNTRY_WORDS.iter().find(|(code, _)| *code == value).is_some_and(|(_, word)| says.contains(word))
        }
        "website" | "terms" | "privacy" => host(value) == host(source) || says.contains(host(value)),
        _ => names(value).iter().all(|name| says.to_lowercase().contains(&name.to_lowercase())),
    }
}

#[test]
fn what_a_source_says_is_what_is_claimed() {
    let file = object(SERVERS);
    for server in file["servers"].as_array().expect("a list") {
        for (name, fact) in server["facts"].as_object().expect("facts") {
            let (value, source, says) = (text(fact, "value"), text(fact, "source"), text(fact, "says"));
            assert!(
                bears_out(name, value, source, says),
                "{}: {name}: {value}, but: {says}",
                server["address"]
            );
        }
        // Who pays for the machines is another matter than who answers for the server.
        let facts = &server["facts"];
        assert!(!text(&facts["country"], "says").contains("hosted"), "{}", server["address"]);
    }

    let handbook = "https://github.com/jitsi/handbook";
    assert!(!bears_out("country", "FR", handbook, "Germany: framatalk.org, Hetzner Online GmbH"));
    assert!(!bears_out("operator", "Framasoft", handbook, "Germany: framatalk.org, Hetzner Online GmbH"));
    assert!(!bears_out("hosting", "Hetzner Online GmbH, France", handbook, "Germany: Hetzner Online GmbH"));
    assert!(!bears_out("privacy", "https://framasoft.org/privacy", handbook, "framatalk.org"));
}

#[test]
fn the_union_has_its_members() {
    let file = object(SERVERS);
    let members: BTreeSet<&str> =
        file["eu"]["members"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(members.len(), 27);
    assert!(members.iter().all(|code| is_country(code)));
    assert!(!members.contains("GB") && !members.contains("CH") && members.contains("HR"));
    assert!(is_day(text(&file["eu"], "date")) && text(&file["eu"], "source").starts_with("https://"));
}

#[test]
fn releases_rise_with_their_days() {
    let file = object(RELEASES);
    let mut releases: Vec<(u32, &str)> = file["releases"]
        .as_object()
        .expect("a table")
        .iter()
        .map(|(number, day)| (number.parse().expect("a number"), day.as_str().expect("a day")))
        .collect();
    releases.sort_unstable();
    assert!(releases.len() > 30 && releases.iter().all(|(_, day)| is_day(day)));
    assert!(releases.is_sorted_by_key(|(_, day)| *day), "a higher number is not older");
}
