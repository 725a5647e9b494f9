//! The one HTTPS port of the deployment: config.js, conference requests and both kinds of WebSocket.
//!
//! In: TLS connections. Out: HTTP responses, or sockets handed to the XMPP server and the bridge.

mod authority;
mod config;
mod head;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

pub(crate) use self::authority::Authority;
use self::head::Head;
use crate::bridge::BridgeSockets;
use crate::focus::Entry;
use crate::hub::Hub;
use crate::options::LabOptions;
use crate::xmpp;

/// Nothing of ours needs a longer request head or body.
const MAX_HEAD: usize = 16 * 1024;
const MAX_BODY: usize = 64 * 1024;
/// A client that says nothing for so long has no request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where clients find signalling, below whatever tenant.
const SIGNALLING: &str = "/xmpp-websocket";

type Stream = TlsStream<TcpStream>;

/// What requests are answered from.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) options: Arc<LabOptions>,
    pub(crate) hub: Hub,
    pub(crate) bridge: BridgeSockets,
    pub(crate) port: u16,
    /// Where signalling sockets are handed on to, when the server is not ours.
    pub(crate) upstream: Option<SocketAddr>,
}

/// One request, whole.
struct Request {
    /// The head as it came.
    text: String,
    head: Head,
    body: String,
}

/// Accepts connections until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, tls: TlsAcceptor, site: Site) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (tls, site) = (tls.clone(), site.clone());
        tokio::spawn(async move {
            if let Err(error) = connection(stream, tls, site).await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
}

async fn connection(stream: TcpStream, tls: TlsAcceptor, site: Site) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = tls.accept(stream).await?;
    let request = tokio::time::timeout(PATIENCE, read_request(&mut stream)).await;
    let Ok(Some(Request { text, head, body })) = request else { return Ok(()) };
    let path = head.path.as_str();
    if let Some(key) = &head.web_socket_key {
        return match site.upstream.filter(|_| path.ends_with(SIGNALLING)) {
            Some(upstream) => relay(stream, &text, upstream, &site.hub).await,
            None => upgrade(stream, &head, key, site).await,
        };
    }
    match head.method.as_str() {
        "GET" if path.ends_with("/config.js") => {
            let prefix = path.trim_end_matches("config.js");
            let text = config::render(&site.options, site.port, prefix);
            respond(&mut stream, 200, "application/javascript; charset=utf-8", &text).await
        }
        "POST" if path.ends_with("/conference-request/v1") => {
            let (status, answer) = conference(&site.hub, &body).await;
            respond(&mut stream, status, "application/json; charset=utf-8", &answer).await
        }
        _ => respond(&mut stream, 404, "text/plain; charset=utf-8", "not found").await,
    }
}

/// Answers a conference request once its room is open.
async fn conference(hub: &Hub, body: &str) -> (u16, String) {
    let mut changes = hub.changes();
    let answer = hub.with(|core, now| core.conference_request(now, body));
    let Some(room) = answer.after else { return (answer.status, answer.body) };
    let open = async {
        loop {
            match hub.look(|core| core.focus.entry(&room)) {
                Some(Entry::Open) => return true,
                // The hub lives as long as this connection, so there are changes to wait for.
                Some(_) => drop(changes.changed().await),
                None => return false,
            }
        }
    };
    match tokio::time::timeout(PATIENCE, open).await {
        Ok(true) => (answer.status, answer.body),
        Ok(false) | Err(_) => (500, String::new()),
    }
}

/// Hands a connection on as a reverse proxy does: the head as it came, then whatever follows, both ways.
async fn relay(mut client: Stream, head: &str, upstream: SocketAddr, hub: &Hub) -> io::Result<()> {
    let mut cuts = hub.look(|core| core.cuts.subscribe());
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    server.write_all(head.as_bytes()).await?;
    tokio::select! {
        copied = tokio::io::copy_bidirectional(&mut client, &mut server) => copied.map(drop),
        _ = cuts.changed() => Ok(()),
    }
}

async fn upgrade(mut stream: Stream, head: &Head, key: &str, site: Site) -> io::Result<()> {
    let xmpp = head.path.ends_with(SIGNALLING);
    let channel = head.path.split_once("/colibri-ws/").map(|(_, rest)| rest.to_owned());
    if xmpp && !head.protocols.iter().any(|p| p == "xmpp") {
        return respond(&mut stream, 400, "text/plain; charset=utf-8", "sub-protocol xmpp needed").await;
    }
    let place = match &channel {
        Some(path) => site.bridge.place(path, head.query("pwd").as_deref()),
        None => None,
    };
    if channel.is_some() && place.is_none() {
        return respond(&mut stream, 403, "text/plain; charset=utf-8", "forbidden").await;
    }
    if !xmpp && channel.is_none() {
        return respond(&mut stream, 404, "text/plain; charset=utf-8", "not found").await;
    }
    let protocol = if xmpp { "Sec-WebSocket-Protocol: xmpp\r\n" } else { "" };
    let accept = derive_accept_key(key.as_bytes());
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{protocol}\r\n"
    );
    stream.write_all(response.as_bytes()).await?;
    stream.flush().await?;
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    match place {
        Some(place) => site.bridge.serve(place, socket).await,
        None => xmpp::serve(site.hub, socket, head.query("token")).await,
    }
    Ok(())
}

/// Reads one request; `None` when it is too long or not HTTP.
async fn read_request(stream: &mut Stream) -> Option<Request> {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        if buffer.len() > MAX_HEAD || stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = buffer.split_off(end);
    let text = String::from_utf8(buffer).ok()?;
    let head = Head::parse(&text)?;
    if head.content_length > MAX_BODY {
        return None;
    }
    while body.len() < head.content_length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { text, head, body: String::from_utf8(body).ok()? })
}

async fn respond(stream: &mut Stream, status: u16, kind: &str, body: &str) -> io::Result<()> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        _ => "Internal Server Error",
    };
    let response = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await
}
