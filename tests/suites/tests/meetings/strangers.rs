//! Links and servers that lead nowhere: each ends with an error that says what is wrong.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::generate_simple_self_signed;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use treff_app::{Command, ResolveOverride, Screen, UserError};
use treff_lab::LabOptions;
use treff_suites::{Guest, Surroundings};

use crate::{lab, quiet};

const HOST: &str = "shop.example.test";

/// Somebody who opens a link and wants to come in.
fn taps(link: &str, surroundings: Surroundings) -> Guest {
    let guest = Guest::somewhere(surroundings, &quiet());
    guest.does(Command::Open { link: link.to_owned(), token: None });
    guest.slips_in(None);
    guest
}

fn leading_to(address: SocketAddr, root: Option<String>) -> Surroundings {
    let resolve = vec![ResolveOverride { host: HOST.to_owned(), port: 443, address }];
    Surroundings { resolve, root }
}

/// A web server that gives everybody the same answer, and the root that vouches for it.
async fn web_server(response: String) -> (SocketAddr, String) {
    let made = generate_simple_self_signed(vec![HOST.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key))
        .expect("a server's configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
    let address = listener.local_addr().expect("a bound port");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, response) = (acceptor.clone(), response.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = [0; 4096];
                // One read holds a whole request head on loopback.
                if stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    let _ = stream.write_all(response.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    (address, made.cert.pem())
}

fn response(status: &str, extra: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{extra}\r\n{body}")
}

#[tokio::test]
async fn a_wrong_link_is_no_link() {
    for link in
        ["", "mailto:ada@example.org", "https://", "https://meet.example.org/", "ftp://x/y", "javascript:x"]
    {
        let mut ada = taps(link, Surroundings::default());
        let error = ada.fails().await;
        assert_eq!(error.code(), "link_invalid", "{link}: {error}");
        ada.sees("the end", |ada| matches!(ada.snapshot().screen, Screen::Ended { .. }).then_some(())).await;
    }
}

#[tokio::test]
async fn a_room_alone_needs_a_server() {
    let mut ada = taps("Pub", Surroundings::default());
    assert_eq!(ada.fails().await, UserError::NoServerChosen);
    let lab = lab(LabOptions::default()).await;
    let server = format!("meet.lab.test:{}", lab.address().port());
    let mut ben = Guest::new(&lab, &quiet());
    ben.does(Command::SetPreferredServer { server: Some(server) });
    ben.does(Command::Open { link: "Pub".to_owned(), token: None });
    ben.slips_in(Some("Ben"));
    ben.enters().await;
    assert!(lab.endpoint("Pub", "Ben").is_some());
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let mut ada = taps("https://nowhere.invalid/Pub", Surroundings::default());
    assert_eq!(ada.fails().await, UserError::ServerNotFound { server: "nowhere.invalid".to_owned() });
}

#[tokio::test]
async fn a_host_without_a_server_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
    let address = listener.local_addr().expect("a bound port");
    drop(listener);
    let mut ada = taps(&format!("https://{HOST}/Pub"), leading_to(address, None));
    assert_eq!(ada.fails().await, UserError::ServerUnreachable { server: HOST.to_owned() });
}

#[tokio::test]
async fn a_server_without_tls_is_no_jitsi() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
    let address = listener.local_addr().expect("a bound port");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
        }
    });
    let mut ada = taps(&format!("https://{HOST}/Pub"), leading_to(address, None));
    assert_eq!(ada.fails().await, UserError::NotJitsi { server: HOST.to_owned() });
}

#[tokio::test]
async fn a_shop_is_no_jitsi() {
    let page = response("200 OK", "Content-Type: text/html\r\n", "<html><body>Buy shoes!</body></html>");
    let (address, root) = web_server(page).await;
    let mut ada = taps(&format!("https://{HOST}/Pub"), leading_to(address, Some(root)));
    assert_eq!(ada.fails().await, UserError::NotJitsi { server: HOST.to_owned() });
}

#[tokio::test]
async fn a_server_that_knows_no_page_is_no_jitsi() {
    for status in ["404 Not Found", "403 Forbidden"] {
        let (address, root) = web_server(response(status, "", "")).await;
        let mut ada = taps(&format!("https://{HOST}/Pub"), leading_to(address, Some(root)));
        assert_eq!(ada.fails().await, UserError::NotJitsi { server: HOST.to_owned() }, "{status}");
    }
}

#[tokio::test]
async fn a_redirection_elsewhere_is_not_followed() {
    let away = response("302 Found", "Location: https://evil.example.test/config.js\r\n", "");
    let (address, root) = web_server(away).await;
    let mut ada = taps(&format!("https://{HOST}/Pub"), leading_to(address, Some(root)));
    let target = "evil.example.test".to_owned();
    assert_eq!(ada.fails().await, UserError::RedirectedElsewhere { server: HOST.to_owned(), target });
}

#[tokio::test]
async fn an_untrusted_certificate_is_refused() {
    let lab = lab(LabOptions::default()).await;
    let surroundings = Surroundings { root: None, ..Surroundings::of(&lab) };
    let mut ada = taps(&lab.link("Pub"), surroundings);
    let error = ada.fails().await;
    assert_eq!(error.code(), "certificate_invalid");
    assert!(error.to_string().contains("issuer is unknown"), "{error}");
    assert_eq!(lab.conference_requests(), 0);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (address, root) = web_server(response("404 Not Found", "", "")).await;
    let resolve = vec![ResolveOverride { host: "meet.example.test".to_owned(), port: 443, address }];
    let mut ada = taps("https://meet.example.test/Pub", Surroundings { resolve, root: Some(root) });
    let error = ada.fails().await;
    assert_eq!(error.code(), "certificate_invalid");
    assert!(error.to_string().contains("another name"), "{error}");
}

#[tokio::test]
async fn after_a_failure_the_next_link_works() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = taps("https://nowhere.invalid/Pub", Surroundings::of(&lab));
    assert_eq!(ada.fails().await.code(), "server_not_found");
    ada.does(Command::Open { link: lab.link("Pub"), token: None });
    ada.slips_in(None);
    ada.enters().await;
}
