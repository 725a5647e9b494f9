//! The whole door: TLS with our root, HTTP, and WebSockets, over real loopback sockets.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::names::HOST;
use crate::options::{ConferenceRequest, ConfigDialect, LabOptions};
use crate::{Lab, xml};

async fn dial(lab: &Lab) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(lab.address()).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(HOST).unwrap(), tcp).await.unwrap()
}

async fn exchange(lab: &Lab, request: &str) -> String {
    let mut stream = dial(lab).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn socket(lab: &Lab, path: &str, protocol: &str) -> Result<WebSocketStream<TlsStream<TcpStream>>, u16> {
    let mut request = format!("wss://{HOST}:{}{path}", lab.address().port()).into_client_request().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().unwrap());
    match tokio_tungstenite::client_async(request, dial(lab).await).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn text(socket: &mut WebSocketStream<TlsStream<TcpStream>>) -> String {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(5), socket.next()).await.unwrap();
        if let Message::Text(text) = message.unwrap().unwrap() {
            return text.as_str().to_owned();
        }
    }
}

#[tokio::test]
async fn config_is_served_in_both_dialects_and_the_rest_is_not_found() {
    let lab = Lab::start(LabOptions::default()).await.unwrap();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    let answer = exchange(&lab, &get("/config.js?room=treff")).await;
    assert!(answer.starts_with("HTTP/1.1 200"));
    assert!(answer.contains("muc: 'conference.meet.lab.test'"));
    assert!(!answer.contains("conferenceRequestUrl"));
    assert!(exchange(&lab, &get("/nothing")).await.starts_with("HTTP/1.1 404"));
    assert!(lab.link("treff").ends_with("/treff"));

    let docker = Lab::start(LabOptions {
        dialect: ConfigDialect::Docker,
        conference_request: ConferenceRequest::Http,
        ..LabOptions::default()
    })
    .await
    .unwrap();
    let answer = exchange(&docker, &get("/config.js")).await;
    assert!(answer.contains("config.websocket = 'wss://"));
    assert!(answer.contains("config.conferenceRequestUrl = 'https://"));
}

#[tokio::test]
async fn a_conference_request_by_http_makes_the_room() {
    let lab = Lab::start(LabOptions::default()).await.unwrap();
    let body = r#"{"room":"treff@conference.meet.lab.test","machineUid":"x","properties":{}}"#;
    let request = format!(
        "POST /conference-request/v1?room=treff HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(&lab, &request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"focusJid\":\"focus@auth.meet.lab.test\""));
}

#[tokio::test]
async fn the_signalling_socket_speaks_xmpp_and_nothing_else() {
    let lab = Lab::start(LabOptions::default()).await.unwrap();
    assert_eq!(socket(&lab, "/xmpp-websocket", "chat").await.err(), Some(400));
    assert_eq!(socket(&lab, "/colibri-ws/jvb1/c/e?pwd=guess", "x").await.err(), Some(403));
    let mut ada = socket(&lab, "/xmpp-websocket?room=treff", "xmpp").await.unwrap();
    let open = format!("<open xmlns='{}' to='{HOST}' version='1.0'/>", xml::ns::FRAMING);
    ada.send(Message::text(open)).await.unwrap();
    assert!(text(&mut ada).await.starts_with("<open"));
    assert!(text(&mut ada).await.contains("ANONYMOUS"));
}
