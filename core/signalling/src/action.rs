//! What the machine asks its driver to do. The driver performs an action and reports back through the matching input.

/// One thing for the driver to do, in order.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Connect a WebSocket for signalling. Reports back: `socket_opened`, then `socket_frame`, and `socket_closed` once,
    /// also when connecting fails.
    OpenSocket {
        /// `wss://…`, complete with its query. Holds the token, so it must not be logged.
        url: String,
        /// The sub-protocol to ask for.
        protocol: &'static str,
        /// The value of the `Origin` header.
        origin: String,
    },
    /// Send one text frame on the signalling socket.
    SendFrame(String),
    /// Close the signalling socket, after the frames sent before. Nothing of that socket is reported any more.
    CloseSocket,
    /// POST a JSON body. Reports back: `conference_response`, or `conference_request_failed` when there is no answer.
    HttpConferenceRequest {
        /// `https://…`, complete with its query.
        url: String,
        /// The token for the `Authorization: Bearer` header.
        bearer: Option<String>,
        /// The JSON text.
        body: String,
    },
    /// Connect a WebSocket to the bridge, replacing an earlier one. Reports back: `bridge_opened` with
    /// `BridgeChannelKind::WebSocket`, `bridge_message`, and `bridge_closed` once, also when connecting fails.
    OpenBridgeSocket {
        /// `wss://…` with the session's secret in its query.
        url: String,
    },
    /// Send one text message on whichever bridge channel is open.
    SendBridge(String),
    /// Close the bridge socket. Nothing of that socket is reported any more.
    CloseBridgeSocket,
}

impl std::fmt::Debug for Action {
    /// Leaves out queries, tokens and contents: an action may end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OpenSocket { url, .. } => write!(f, "OpenSocket({})", without_query(url)),
            Self::SendFrame(frame) => write!(f, "SendFrame({} bytes)", frame.len()),
            Self::CloseSocket => f.write_str("CloseSocket"),
            Self::HttpConferenceRequest { url, .. } => {
                write!(f, "HttpConferenceRequest({})", without_query(url))
            }
            Self::OpenBridgeSocket { url } => write!(f, "OpenBridgeSocket({})", without_query(url)),
            Self::SendBridge(text) => write!(f, "SendBridge({} bytes)", text.len()),
            Self::CloseBridgeSocket => f.write_str("CloseBridgeSocket"),
        }
    }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
