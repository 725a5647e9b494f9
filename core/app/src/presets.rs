//! The servers that come with Treff, which countries are in the European Union, and when releases of Jitsi appeared.
//!
//! In: two data files, part of the program (`data/servers.json`, `data/releases.json`), each fact in them with its
//! source and day. Out: plain records. `tests/presets.rs` checks the files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::door::servers::Server;

#[derive(Deserialize)]
struct List {
    eu: Union,
    servers: Vec<Preset>,
}

#[derive(Deserialize)]
struct Union {
    members: Vec<String>,
}

#[derive(Deserialize)]
struct Preset {
    address: String,
    name: String,
    facts: Facts,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Facts {
    operator: Option<Fact>,
    country: Option<Fact>,
    hosting: Option<Fact>,
    website: Option<Fact>,
    terms: Option<Fact>,
    privacy: Option<Fact>,
}

#[derive(Clone, Deserialize)]
struct Fact {
    value: String,
    source: String,
    date: String,
}

#[derive(Deserialize)]
struct Releases {
    releases: BTreeMap<String, String>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/servers.json"))
        .expect("tests/presets.rs read it as this very type")
});

static RELEASES: LazyLock<Releases> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/releases.json"))
        .expect("tests/presets.rs read it as this very type")
});

/// The presets, in the order they are offered in.
pub(crate) fn presets() -> Vec<Server> {
    LIST.servers.iter().map(Preset::server).collect()
}

/// Whether a country (ISO 3166-1 alpha-2) is a member of the European Union.
pub(crate) fn in_eu(country: &str) -> bool {
    LIST.eu.members.iter().any(|member| member == country)
}

/// The day a release was first packaged, ISO 8601: of the newest that is not newer than `number`.
pub(crate) fn release_date(number: &str) -> Option<&'static str> {
    let digits = number.trim_start_matches("stable-").split(['-', '.']).next()?;
    let wanted: u32 = digits.parse().ok()?;
    let known =
        RELEASES.releases.iter().filter_map(|(number, date)| Some((number.parse::<u32>().ok()?, date)));
    // Beyond the list's end nothing is known.
    let newest = known.clone().map(|(number, _)| number).max()?;
    let found =
        known.filter(|(number, _)| *number <= wanted && wanted <= newest).max_by_key(|(number, _)| *number);
    found.map(|(_, date)| date.as_str())
}

impl Preset {
    fn server(&self) -> Server {
        let facts = &self.facts;
        let all =
            [&facts.operator, &facts.country, &facts.hosting, &facts.website, &facts.terms, &facts.privacy];
        let stated = all.into_iter().flatten();
        let value = |fact: &Option<Fact>| fact.as_ref().map(|fact| fact.value.clone());
        Server {
            address: self.address.clone(),
            name: self.name.clone(),
            preset: true,
            operator: value(&facts.operator),
            in_eu: facts.country.as_ref().map(|country| in_eu(&country.value)),
            country: value(&facts.country),
            hosting: value(&facts.hosting),
            website: value(&facts.website),
            terms: value(&facts.terms),
            privacy: value(&facts.privacy),
            source: facts.operator.as_ref().or(facts.country.as_ref()).map(|fact| fact.source.clone()),
            // The oldest day: no fact is older than what is shown.
            source_date: stated.map(|fact| fact.date.clone()).min(),
            notes: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_named_servers_are_there_with_what_is_known() {
        let presets = presets();
        let named =
            |address: &str| presets.iter().find(|server| server.address == address).expect("a preset");
        let freifunk = named("meet.ffmuc.net");
        assert!(freifunk.preset && freifunk.in_eu == Some(true) && freifunk.country.as_deref() == Some("DE"));
        assert!(freifunk.hosting.as_deref().is_some_and(|hosting| hosting.contains("Cloudflare")));
        let framatalk = named("framatalk.org");
        assert_eq!(framatalk.operator.as_deref(), Some("Framasoft"));
        assert_eq!(framatalk.source_date.as_deref(), Some("2023-12-31"), "the oldest fact's day");
        assert!(!in_eu("CH") && !in_eu("GB") && in_eu("FR"));
    }

    #[test]
    fn releases_have_a_day_where_it_is_known() {
        assert_eq!(release_date("8252"), Some("2023-01-31"));
        assert_eq!(release_date("stable-8252-1"), Some("2023-01-31"));
        assert_eq!(release_date("8253"), Some("2023-01-31"), "between two the older counts");
        assert_eq!(release_date("8252.1"), Some("2023-01-31"));
        assert_eq!(release_date("999999"), None);
        assert_eq!(release_date("1"), None);
        assert_eq!(release_date("main"), None);
    }
}
