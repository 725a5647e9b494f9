//! Opening something with the program that is for it: by the portal, which can ask which one, else by `xdg-open`.

use std::process::{Command, Stdio};

use crate::bus::Peer;
use crate::desktop::{Context, Outbox};
use crate::event::{Event, Wish};
use crate::failure::Failure;
use crate::portal::{self, Request};

const OPEN_URI: Peer = portal::peer("org.freedesktop.portal.OpenURI");
/// What may be opened. Not `file` or anything that runs something, and not our own schemes: a link would come back.
const SCHEMES: [&str; 7] = ["https", "http", "mailto", "sms", "tel", "xmpp", "matrix"];

/// Opens `uri` and tells how it went.
pub(crate) async fn open(context: Context, uri: String, ask: bool) {
    let opened = match by_portal(&context, &uri, ask).await {
        // A person's no is final; a portal that is not there or not working is not.
        Err(Failure::Missing | Failure::NoBus | Failure::Broken) if !context.sandboxed => {
            by_program(&uri).await
        }
        opened => opened,
    };
    tell(&context.outbox, opened);
}

pub(crate) fn tell(outbox: &Outbox, opened: Result<(), Failure>) {
    match opened {
        Ok(()) => outbox.tell(Event::Done(Wish::OpenUri)),
        Err(failure) => outbox.failed(Wish::OpenUri, failure),
    }
}

async fn by_portal(context: &Context, uri: &str, ask: bool) -> Result<(), Failure> {
    check(uri)?;
    let mut request = Request::start(&context.bus, OPEN_URI, "OpenURI", |mut options| {
        options.insert("ask", ask.into());
        ("", uri, options)
    })
    .await?;
    request.response().await.map(drop)
}

/// `xdg-open`, as a way that needs no bus.
pub(crate) async fn by_program(uri: &str) -> Result<(), Failure> {
    check(uri)?;
    let mut program = Command::new("xdg-open");
    program.arg(uri).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (told, heard) = async_channel::bounded(1);
    // xdg-open may last as long as what it opened, so it is waited for elsewhere.
    let wait = move || {
        let opened = match program.status() {
            Ok(status) if status.success() => Ok(()),
            // 3: no program for it; 2 and 4: it failed (xdg-open(1)).
            Ok(status) if status.code() == Some(3) => Err(Failure::Missing),
            Ok(_) => Err(Failure::Broken),
            Err(_) => Err(Failure::Missing),
        };
        let _ = told.try_send(opened);
    };
    std::thread::Builder::new().name("treff-open".to_owned()).spawn(wait).map_err(|_| Failure::Missing)?;
    heard.recv().await.unwrap_or(Err(Failure::Broken))
}

fn check(uri: &str) -> Result<(), Failure> {
    let (scheme, rest) = uri.split_once(':').ok_or(Failure::Unsuitable)?;
    let known = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
    let clean = !rest.is_empty() && !uri.chars().any(|c| c.is_control() || c.is_whitespace());
    if known && clean { Ok(()) } else { Err(Failure::Unsuitable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_run_nothing_are_passed_on() {
        for uri in
            ["https://zoom.example.org/j/1", "mailto:?subject=Pub&body=Come", "TEL:+4989123", "sms:?body=x"]
        {
            assert_eq!(check(uri), Ok(()), "{uri}");
        }
        for uri in [
            "file:///etc/passwd",
            "jitsi-meet://meet.example.org/Pub",
            "org.jitsi.meet://meet.example.org/Pub",
            "javascript:alert(1)",
            "https:",
            "meet.example.org/Pub",
            "--help",
            "https://example.org/ --help",
            "mailto:a\nb",
        ] {
            assert_eq!(check(uri), Err(Failure::Unsuitable), "{uri}");
        }
    }
}
