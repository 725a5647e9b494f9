//! WebSockets for signalling (RFC 7395) and for the bridge channel.

use std::time::Duration;

use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::{ConnectError, TlsStream};

pub(crate) type Socket = WebSocketStream<TlsStream>;

const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);
/// Rooms of hundreds make large presences, but not larger than this.
const MESSAGE_LIMIT: usize = 4 << 20;

/// Upgrades a ready TLS stream to a WebSocket at `url`.
pub(crate) async fn open_websocket(
    stream: TlsStream,
    url: &str,
    protocol: Option<&'static str>,
    origin: &str,
) -> Result<Socket, ConnectError> {
    let refused = |text: String| ConnectError::WebSocket(text);
    let mut request = url.into_client_request().map_err(|e| refused(e.to_string()))?;
    let headers = request.headers_mut();
    if let Some(protocol) = protocol {
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(protocol));
    }
    headers.insert("Origin", HeaderValue::from_str(origin).map_err(|e| refused(e.to_string()))?);
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_LIMIT))
        .max_frame_size(Some(MESSAGE_LIMIT))
        .read_buffer_size(16 << 10);
    let upgrade = client_async_with_config(request, stream, Some(config));
    match timeout(UPGRADE_TIMEOUT, upgrade).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(response))) => Err(ConnectError::NotAWebSocket(response.status().as_u16())),
        Ok(Err(error)) => Err(refused(error.to_string())),
        Err(_) => Err(ConnectError::TimedOut),
    }
}
