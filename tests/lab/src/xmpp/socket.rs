//! The task of one signalling socket: frames in, frames out.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::SocketOrder;
use crate::hub::Hub;

/// Serves a socket until either side ends it.
pub(crate) async fn serve<S>(hub: Hub, mut socket: WebSocketStream<S>, token: Option<String>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (orders, mut ordered) = mpsc::unbounded_channel();
    let session = hub.with(|core, _| core.connected(token, orders));
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => hub.with(|core, now| core.frame(now, session, text.as_str())),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            order = ordered.recv() => match order {
                Some(SocketOrder::Frame(frame)) => {
                    if socket.send(Message::text(frame)).await.is_err() {
                        break;
                    }
                }
                Some(SocketOrder::Close) => {
                    // The client may have gone already.
                    let _ = socket.close(None).await;
                    break;
                }
                Some(SocketOrder::Cut) | None => break,
            },
        }
    }
    hub.with(|core, now| core.disconnected(now, session));
}
