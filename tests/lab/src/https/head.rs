//! The head of an HTTP/1.1 request, as far as the lab reads it.

/// A request line and the headers that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    /// Without the query.
    pub(super) path: String,
    query: String,
    pub(super) content_length: usize,
    /// Present when this is a WebSocket handshake.
    pub(super) web_socket_key: Option<String>,
    pub(super) protocols: Vec<String>,
}

impl Head {
    /// Reads a complete head.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split("\r\n");
        let mut request = lines.next()?.split(' ');
        let method = request.next()?.to_owned();
        let target = request.next()?;
        if !request.next()?.starts_with("HTTP/1.") {
            return None;
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut head = Self { method, path: path.to_owned(), query: query.to_owned(), ..Self::default() };
        let mut upgrade = false;
        for line in lines.take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':')?;
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => head.content_length = value.parse().ok()?,
                "upgrade" => upgrade = value.eq_ignore_ascii_case("websocket"),
                "sec-websocket-key" => head.web_socket_key = Some(value.to_owned()),
                "sec-websocket-protocol" => {
                    head.protocols.extend(value.split(',').map(|p| p.trim().to_owned()));
                }
                _ => {}
            }
        }
        head.web_socket_key = head.web_socket_key.filter(|_| upgrade);
        Some(head)
    }

    /// A query parameter, percent-decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key == name).then(|| decode(value))
        })
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn a_handshake_is_read_with_its_query() {
        let head = Head::parse(
            "GET /xmpp-websocket?room=treff&token=a%2Bb HTTP/1.1\r\nHost: x\r\nupgrade: WebSocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: abc\r\nSec-WebSocket-Protocol: foo, xmpp\r\n\r\n",
        )
        .unwrap();
        assert_eq!(head.path, "/xmpp-websocket");
        assert_eq!(head.query("room").as_deref(), Some("treff"));
        assert_eq!(head.query("token").as_deref(), Some("a+b"));
        assert_eq!(head.query("nothing"), None);
        assert_eq!(head.web_socket_key.as_deref(), Some("abc"));
        assert_eq!(head.protocols, ["foo", "xmpp"]);
    }

    #[test]
    fn rubbish_is_no_head() {
        assert_eq!(Head::parse("hello\r\n\r\n"), None);
        assert_eq!(Head::parse("GET / SPDY\r\n\r\n"), None);
        assert_eq!(Head::parse("POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n"), None);
    }
}
