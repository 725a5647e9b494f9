//! STUN and TURN servers: from external service discovery (XEP-0215, both versions) and from the room's metadata,
//! which carries the same fields as JSON strings.

use minidom::Element;
use serde::Deserialize;

use crate::event::{IceServer, IceServerKind};
use crate::ns;
use crate::xml::Read;

/// More servers than this are not believable.
const MAX_SERVERS: usize = 64;

/// Reads `<services/>` of either version.
pub(crate) fn parse(services: &Element) -> Vec<IceServer> {
    let ns = if services.has_ns(ns::EXTDISCO_1) { ns::EXTDISCO_1 } else { ns::EXTDISCO_2 };
    let attr = |service: &Element, name: &'static str| service.attr_filled(name).map(str::to_owned);
    services
        .children_of("service", ns)
        .filter_map(|service| {
            server(Service {
                kind: attr(service, "type")?,
                host: attr(service, "host")?,
                port: attr(service, "port").map(Port::Text),
                transport: attr(service, "transport"),
                username: attr(service, "username"),
                password: attr(service, "password"),
                expires: attr(service, "expires"),
            })
        })
        .take(MAX_SERVERS)
        .collect()
}

/// One entry of `metadata.services`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Service {
    #[serde(rename = "type")]
    kind: String,
    host: String,
    port: Option<Port>,
    transport: Option<String>,
    username: Option<String>,
    password: Option<String>,
    expires: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Text(String),
}

/// Reads the entries of the metadata that are servers.
pub(crate) fn from_metadata(services: Vec<Service>) -> Vec<IceServer> {
    services.into_iter().filter_map(server).take(MAX_SERVERS).collect()
}

fn server(service: Service) -> Option<IceServer> {
    let (kind, default_port) = match service.kind.as_str() {
        "stun" => (IceServerKind::Stun, 3478),
        "turn" => (IceServerKind::Turn, 3478),
        "turns" => (IceServerKind::Turns, 5349),
        _ => return None,
    };
    let port = match service.port {
        Some(Port::Number(port)) => port,
        Some(Port::Text(text)) => text.parse().ok()?,
        None => default_port,
    };
    let tcp = service.transport.is_some_and(|transport| transport.eq_ignore_ascii_case("tcp"));
    let (username, password, expires) = (service.username, service.password, service.expires);
    Some(IceServer { kind, host: service.host, port, tcp, username, password, expires })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse_frame;

    #[test]
    fn both_versions_are_read() {
        for version in ["1", "2"] {
            let services = parse_frame(&format!(
                "<services xmlns='urn:xmpp:extdisco:{version}'><service type='stun' port='3478' host='meet.example'/>\
                 <service type='turns' host='meet.example' port='443' transport='tcp' username='u' password='p'/>\
                 <service type='ftp' host='x' port='1'/><service type='turn' host='x' port='70000'/></services>"
            ))
            .unwrap();
            let servers = parse(&services);
            let urls: Vec<String> = servers.iter().map(IceServer::url).collect();
            assert_eq!(urls, ["stun:meet.example:3478", "turns:meet.example:443?transport=tcp"]);
            assert!(servers[1].useful_for_bridge(false) && !servers[0].useful_for_bridge(true));
        }
    }

    #[test]
    fn the_metadata_writes_numbers_as_strings() {
        let services = serde_json::from_str(
            r#"[{"type":"turn","port":"3478","host":"::1","username":"u","password":"p","restricted":"1"},{"type":"stun","host":"h","port":1}]"#,
        )
        .unwrap();
        let servers = from_metadata(services);
        assert_eq!(servers[0].url(), "turn:[::1]:3478");
        assert_eq!(servers[1].port, 1);
    }

    #[test]
    fn credentials_do_not_reach_a_log() {
        let services =
            serde_json::from_str(r#"[{"type":"turn","host":"h","username":"ada","password":"secret"}]"#)
                .unwrap();
        let text = format!("{:?}", from_metadata(services));
        assert!(text.contains("turn:h:3478") && !text.contains("secret") && !text.contains("ada"));
    }
}
