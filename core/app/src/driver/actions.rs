//! What the driver does for each action of the signalling machine: sockets and requests.

use std::time::{Duration, Instant};

use treff_signalling::{Action, BridgeChannelKind};

use super::inputs::TextSocket;
use super::meeting::Spare;
use super::{Driver, News};
use crate::door::error::UserError;
use crate::door::event::EndReason;
use crate::net::{self, ConnectError, HttpError, HttpResponse, Socket, TlsStream};

/// How long a socket may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

impl Driver {
    pub(super) fn act(&mut self, now: Instant, action: Action) {
        tracing::trace!(?action, "signalling");
        match action {
            Action::OpenSocket { url, protocol, origin } => self.open_signalling(url, protocol, origin),
            Action::SendFrame(text) => {
                if let Some(socket) = &mut self.inputs.signalling {
                    socket.send(text);
                }
            }
            Action::CloseSocket => {
                let socket = self.inputs.signalling.take();
                self.say_goodbye(socket);
            }
            Action::HttpConferenceRequest { url, bearer, body } => self.request_conference(url, bearer, body),
            Action::OpenBridgeSocket { url } => {
                let origin = self.origin();
                self.upgrade(None, url, None, origin, News::Bridge);
            }
            Action::SendBridge(text) => match &mut self.inputs.bridge {
                Some(socket) => socket.send(text),
                None => self.with_live(|live| live.send_over_sctp(now, &text)),
            },
            Action::CloseBridgeSocket => {
                let socket = self.inputs.bridge.take();
                self.say_goodbye(socket);
            }
            _ => tracing::debug!("An action this driver does not know was left out."),
        }
    }

    fn origin(&self) -> String {
        let address = self.meeting.as_ref().map(|meeting| &meeting.address);
        match address.map(|a| (a.host(), a.port())) {
            Some((host, Some(port))) => format!("https://{host}:{port}"),
            Some((host, None)) => format!("https://{host}"),
            None => String::new(),
        }
    }

    fn open_signalling(&mut self, url: String, protocol: &'static str, origin: String) {
        let Some(meeting) = &mut self.meeting else { return };
        let same_host = net::split_url(&url).is_some_and(|(host, port, _)| {
            host == meeting.address.host() && port == meeting.address.port().unwrap_or(443)
        });
        let spare = std::mem::replace(&mut meeting.spare, Spare::None);
        match (same_host, spare) {
            (true, Spare::UnderWay) => meeting.spare = Spare::Wanted { url, protocol, origin },
            (true, Spare::Ready(stream)) => {
                self.upgrade(Some(*stream), url, Some(protocol), origin, News::Signalling);
            }
            _ => self.upgrade(None, url, Some(protocol), origin, News::Signalling),
        }
    }

    /// Opens a WebSocket in a task of its own, over `stream` if there is one. A spare connection may have been closed
    /// by its server meanwhile, so a failure over it is tried once more over a new one.
    pub(super) fn upgrade(
        &self,
        stream: Option<TlsStream>,
        url: String,
        protocol: Option<&'static str>,
        origin: String,
        news: fn(Result<Box<Socket>, ConnectError>) -> News,
    ) {
        let reporter = self.reporter();
        let Some(connector) = self.connector.clone() else {
            return reporter.send(news(Err(ConnectError::Tls("TLS is not available".to_owned()))));
        };
        tokio::spawn(async move {
            if let Some(stream) = stream
                && let Ok(socket) = net::open_websocket(stream, &url, protocol, &origin).await
            {
                return reporter.send(news(Ok(Box::new(socket))));
            }
            let result = async {
                let (host, port, _) = net::split_url(&url)
                    .ok_or_else(|| ConnectError::WebSocket("not a wss address".to_owned()))?;
                let stream = connector.connect(&host, port).await?;
                net::open_websocket(stream, &url, protocol, &origin).await
            };
            reporter.send(news(result.await.map(Box::new)));
        });
    }

    fn request_conference(&self, url: String, bearer: Option<String>, body: String) {
        let reporter = self.reporter();
        let Some(connector) = self.connector.clone() else { return };
        tokio::spawn(async move {
            let result = net::post_json(&connector, &url, bearer.as_deref(), body).await;
            reporter.send(News::ConferenceReply(result));
        });
    }

    pub(super) fn conference_reply(&mut self, now: Instant, result: Result<HttpResponse, HttpError>) {
        self.with_live(|live| match result {
            Ok(response) => live.conference.conference_response(now, response.status, &response.body),
            Err(error) => {
                tracing::debug!("The conference request got no answer: {error}.");
                live.conference.conference_request_failed(now);
            }
        });
    }

    pub(super) fn signalling_arrived(&mut self, now: Instant, result: Result<Box<Socket>, ConnectError>) {
        let failure = match result {
            Ok(socket) => {
                self.inputs.signalling = Some(TextSocket::new(*socket));
                return self.with_live(|live| live.conference.socket_opened(now));
            }
            Err(error) => error,
        };
        tracing::debug!("The signalling socket did not open: {failure}.");
        if let Some(meeting) = self.meeting.as_ref().filter(|meeting| meeting.guessed)
            && matches!(failure, ConnectError::NotAWebSocket(200..=499))
        {
            // Neither a config.js nor a signalling socket where nearly everybody has one.
            let error = UserError::NotJitsi { server: meeting.server() };
            return self.end(now, EndReason::Failed { error });
        }
        self.with_live(|live| {
            live.connect_error = Some(failure);
            live.conference.socket_closed(now);
        });
    }

    pub(super) fn bridge_arrived(&mut self, now: Instant, result: Result<Box<Socket>, ConnectError>) {
        match result {
            Ok(socket) => {
                self.inputs.bridge = Some(TextSocket::new(*socket));
                self.with_live(|live| live.conference.bridge_opened(now, BridgeChannelKind::WebSocket));
            }
            Err(error) => {
                tracing::debug!("The bridge socket did not open: {error}.");
                self.with_live(|live| live.conference.bridge_closed(now));
            }
        }
    }

    /// Lets a socket send what it still holds, without anybody waiting for it.
    pub(super) fn say_goodbye(&mut self, socket: Option<TextSocket>) {
        if let Some(socket) = socket {
            self.goodbyes.spawn(async move {
                let _ = tokio::time::timeout(GOODBYE, socket.finish()).await;
            });
        }
    }
}
