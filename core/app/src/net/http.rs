//! Two kinds of HTTPS request: config.js and the conference request.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::{ConnectError, Connector, split_url};

/// What the official app waits for config.js.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// More than any config.js or conference reply.
const BODY_LIMIT: usize = 1 << 20;
/// Redirects followed on the same host.
const REDIRECT_LIMIT: usize = 3;
const USER_AGENT: &str = concat!("Treff/", env!("CARGO_PKG_VERSION"));

/// A reply of any status.
#[derive(Clone, Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The company whose machines stand in front of the server, if they say so.
    pub(crate) front: Option<&'static str>,
}

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("redirected to {0}")]
    RedirectedElsewhere(String),
    #[error("not an HTTP exchange: {0}")]
    Protocol(String),
    #[error("it took too long")]
    TimedOut,
}

/// Fetches `url`, following redirects on the same host only.
pub(crate) async fn get(connector: &Connector, url: &str) -> Result<HttpResponse, HttpError> {
    let mut url = url.to_owned();
    for _ in 0..=REDIRECT_LIMIT {
        let request = Request::get(path_of(&url)?).header(header::ACCEPT, "*/*");
        let (response, location) = bounded(exchange(connector, &url, request, Bytes::new())).await?;
        let Some(location) = location else { return Ok(response) };
        url = redirect(&url, &location)?;
    }
    Err(HttpError::Protocol("too many redirects".to_owned()))
}

/// Posts JSON to `url`; redirects are refused.
pub(crate) async fn post_json(
    connector: &Connector,
    url: &str,
    bearer: Option<&str>,
    body: String,
) -> Result<HttpResponse, HttpError> {
    let mut request = Request::post(path_of(url)?).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = bearer {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let (response, location) = bounded(exchange(connector, url, request, Bytes::from(body))).await?;
    match location {
        Some(target) => Err(HttpError::RedirectedElsewhere(target)),
        None => Ok(response),
    }
}

async fn bounded<T>(work: impl Future<Output = Result<T, HttpError>>) -> Result<T, HttpError> {
    timeout(REQUEST_TIMEOUT, work).await.map_err(|_| HttpError::TimedOut)?
}

fn path_of(url: &str) -> Result<String, HttpError> {
    split_url(url).map(|(_, _, path)| path).ok_or_else(|| HttpError::Protocol("not an https URL".to_owned()))
}

async fn exchange(
    connector: &Connector,
    url: &str,
    request: hyper::http::request::Builder,
    body: Bytes,
) -> Result<(HttpResponse, Option<String>), HttpError> {
    let (host, port, _) = split_url(url).ok_or_else(|| HttpError::Protocol("not an https URL".to_owned()))?;
    let stream = connector.connect(&host, port).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(protocol)?;
    let host_header = if port == 443 { host } else { format!("{host}:{port}") };
    let request = request
        .header(header::HOST, host_header)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|e| HttpError::Protocol(e.to_string()))?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(protocol)?;
        let status = response.status();
        let front = front_of(response.headers());
        let location = response.headers().get(header::LOCATION).filter(|_| status.is_redirection());
        let location = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let body = Limited::new(response.into_body(), BODY_LIMIT).collect().await;
        let body = body.map_err(|e| HttpError::Protocol(e.to_string()))?.to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok((HttpResponse { status: status.as_u16(), body, front }, location))
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        result = &mut exchange => result,
        // The connection may end first, with the reply already buffered.
        _ = &mut connection => exchange.await,
    }
}

/// Content delivery networks name themselves in every answer.
fn front_of(headers: &header::HeaderMap) -> Option<&'static str> {
    let server = headers.get(header::SERVER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let says = |name: &str| server.to_ascii_lowercase().starts_with(name);
    if says("cloudflare") || headers.contains_key("cf-ray") {
        Some("Cloudflare")
    } else if says("akamai") {
        Some("Akamai")
    } else if says("cloudfront") || headers.contains_key("x-amz-cf-id") {
        Some("Amazon CloudFront")
    } else if says("google frontend") || says("gws") {
        Some("Google")
    } else {
        None
    }
}

fn protocol(error: hyper::Error) -> HttpError {
    HttpError::Protocol(error.to_string())
}

fn redirect(from: &str, location: &str) -> Result<String, HttpError> {
    let Some((host, port, _)) = split_url(from) else {
        return Err(HttpError::Protocol("not an https URL".to_owned()));
    };
    if location.starts_with('/') && !location.starts_with("//") {
        return Ok(format!("https://{host}:{port}{location}"));
    }
    match split_url(location) {
        Some((to_host, to_port, _)) if to_host == host && to_port == port => Ok(location.to_owned()),
        Some((to_host, _, _)) => Err(HttpError::RedirectedElsewhere(to_host)),
        None => Err(HttpError::RedirectedElsewhere(location.chars().take(80).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_on_the_host() {
        let from = "https://meet.example.org/config.js";
        assert_eq!(redirect(from, "/x"), Ok("https://meet.example.org:443/x".to_owned()));
        assert!(redirect(from, "https://meet.example.org/y").is_ok());
        for elsewhere in
            ["https://evil.example/", "//evil.example/", "http://meet.example.org/", "javascript:x"]
        {
            assert!(
                matches!(redirect(from, elsewhere), Err(HttpError::RedirectedElsewhere(_))),
                "{elsewhere}"
            );
        }
    }
}
