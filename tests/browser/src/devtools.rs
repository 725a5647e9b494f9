//! The DevTools protocol over Chromium's pipe: JSON messages that end in a zero byte. No port is opened, and Chromium
//! ends by itself when the other end of the pipe is gone.
//!
//! In: methods with parameters. Out: their results.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// The longest any answer may take; scripts in the page give up earlier and say what they waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the browser did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// There is no Chromium on this machine.
    #[error("{0} is not there: install Debian's package `chromium` (`./dev setup` does it)")]
    NotInstalled(&'static str),
    /// The process or its folder could not be made.
    #[error("Chromium could not be started: {0}")]
    Io(#[from] io::Error),
    /// The process ended.
    #[error("Chromium has ended")]
    Ended,
    /// No answer came.
    #[error("Chromium does not answer {0}")]
    TimedOut(&'static str),
    /// The browser refused a method.
    #[error("Chromium refused {method}: {error}")]
    Refused {
        /// What was asked.
        method: &'static str,
        /// Its words.
        error: String,
    },
    /// A script threw.
    #[error("in the page: {0}")]
    Script(String),
    /// A script gave something else than it should.
    #[error("the page said something unexpected: {0}")]
    Unexpected(#[from] serde_json::Error),
}

type Answer = Result<Value, String>;

#[derive(Default)]
struct Waiting {
    next: u64,
    /// `None` once the process has ended.
    answers: Option<BTreeMap<u64, oneshot::Sender<Answer>>>,
}

/// One end of the pipe.
#[derive(Clone)]
pub(crate) struct Devtools {
    waiting: Arc<Mutex<Waiting>>,
    outgoing: Arc<Mutex<Box<dyn Write + Send>>>,
}

impl Devtools {
    /// Starts to read `incoming` on a thread of its own, until it ends.
    pub(crate) fn start(
        incoming: impl Read + Send + 'static,
        outgoing: impl Write + Send + 'static,
    ) -> io::Result<Self> {
        let waiting = Arc::new(Mutex::new(Waiting { next: 1, answers: Some(BTreeMap::new()) }));
        let ours = Arc::clone(&waiting);
        thread::Builder::new().name("devtools".to_owned()).spawn(move || {
            let mut incoming = BufReader::new(incoming);
            let mut message = Vec::new();
            while incoming.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                if message.last() == Some(&0) {
                    message.pop();
                }
                received(&ours, &message);
                message.clear();
            }
            // Dropping the senders tells everyone who still waits.
            lock(&ours).answers = None;
        })?;
        Ok(Self { waiting, outgoing: Arc::new(Mutex::new(Box::new(outgoing))) })
    }

    /// Calls a method, of a page if there is a session, and gives its result.
    pub(crate) async fn call(
        &self,
        method: &'static str,
        session: Option<&str>,
        parameters: Value,
    ) -> Result<Value, BrowserError> {
        let answer = self.send(method, session, parameters)?;
        match timeout(PATIENCE, answer).await {
            Ok(Ok(Ok(result))) => Ok(result),
            Ok(Ok(Err(error))) => Err(BrowserError::Refused { method, error }),
            Ok(Err(_)) => Err(BrowserError::Ended),
            Err(_) => Err(BrowserError::TimedOut(method)),
        }
    }

    /// Calls a method without waiting for what comes of it.
    pub(crate) fn send(
        &self,
        method: &'static str,
        session: Option<&str>,
        parameters: Value,
    ) -> Result<oneshot::Receiver<Answer>, BrowserError> {
        let (sender, answer) = oneshot::channel();
        let mut waiting = lock(&self.waiting);
        let id = waiting.next;
        waiting.next += 1;
        waiting.answers.as_mut().ok_or(BrowserError::Ended)?.insert(id, sender);
        drop(waiting);
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let mut outgoing = lock(&self.outgoing);
        outgoing.write_all(&bytes).and_then(|()| outgoing.flush()).map_err(|_| BrowserError::Ended)?;
        Ok(answer)
    }
}

fn received(waiting: &Mutex<Waiting>, message: &[u8]) {
    // Events have no id; nothing here needs one.
    let Ok(mut message) = serde_json::from_slice::<Value>(message) else { return };
    let Some(id) = message["id"].as_u64() else { return };
    let sender = lock(waiting).answers.as_mut().and_then(|answers| answers.remove(&id));
    let answer = match message.get("error") {
        Some(error) => Err(error.to_string()),
        None => Ok(message["result"].take()),
    };
    if let Some(sender) = sender {
        // Whoever asked may have given up.
        let _ = sender.send(answer);
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    /// A browser that gives back what it was asked, and refuses `No.thanks`.
    fn echo(stream: UnixStream) {
        let mut incoming = BufReader::new(stream.try_clone().unwrap());
        let mut outgoing = stream;
        let mut message = Vec::new();
        while incoming.read_until(0, &mut message).is_ok_and(|length| length > 0) {
            let asked: Value = serde_json::from_slice(&message[..message.len() - 1]).unwrap();
            message.clear();
            let answer = match asked["method"].as_str() {
                Some("No.thanks") => json!({"id": asked["id"], "error": {"message": "no"}}),
                Some("Bye.bye") => return,
                _ => json!({"id": asked["id"], "result": asked}),
            };
            write!(outgoing, "{}\0{}\0", json!({"method": "An.event"}), answer).unwrap();
        }
    }

    fn connected() -> Devtools {
        let (ours, theirs) = UnixStream::pair().unwrap();
        thread::spawn(move || echo(theirs));
        Devtools::start(ours.try_clone().unwrap(), ours).unwrap()
    }

    #[tokio::test]
    async fn answers_find_who_asked() {
        let devtools = connected();
        let first = devtools.call("A.method", None, json!({"n": 1}));
        let second = devtools.call("A.method", Some("page"), json!({"n": 2}));
        let (first, second) = tokio::join!(first, second);
        assert_eq!(first.unwrap()["params"]["n"], 1);
        let second = second.unwrap();
        assert_eq!((&second["params"]["n"], &second["sessionId"]), (&json!(2), &json!("page")));
    }

    #[tokio::test]
    async fn a_refusal_is_an_error() {
        let error = connected().call("No.thanks", None, json!({})).await.unwrap_err();
        assert!(matches!(error, BrowserError::Refused { method: "No.thanks", .. }), "{error}");
    }

    #[tokio::test]
    async fn the_end_is_told_to_everyone() {
        let devtools = connected();
        let error = devtools.call("Bye.bye", None, json!({})).await.unwrap_err();
        assert!(matches!(error, BrowserError::Ended), "{error}");
        let error = devtools.call("A.method", None, json!({})).await.unwrap_err();
        assert!(matches!(error, BrowserError::Ended), "{error}");
    }
}
