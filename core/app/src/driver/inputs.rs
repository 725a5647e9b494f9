//! Everything the driver waits for, in one place: requests from the door, news from its own tasks, the two sockets,
//! the datagrams, our encoded frames and packets, and the next deadline.
//!
//! Polled in a fixed order with the door first; datagrams are taken in bursts so that a busy call does not starve
//! the rest.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::BytesMut;
use futures_util::{Sink, Stream};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Sleep, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::devices::OwnFrame;
use super::{Note, Request};
use crate::net::Socket;

/// Larger than any datagram a path with a usual MTU carries.
const DATAGRAM_LIMIT: usize = 2048;

/// One thing to react to.
pub(super) enum Input {
    Request(Request),
    Note(Note),
    SignallingText(String),
    SignallingClosed,
    BridgeText(String),
    BridgeClosed,
    Datagram { local: SocketAddr, remote: SocketAddr, bytes: BytesMut },
    Frame(OwnFrame),
    AudioReady,
    Deadline,
}

/// A bound UDP socket and the address it is known by in ICE.
pub(super) struct MediaSocket {
    pub(super) socket: UdpSocket,
    pub(super) address: SocketAddr,
}

/// What is waited for.
pub(super) struct Inputs {
    requests: mpsc::UnboundedReceiver<Request>,
    notes: mpsc::UnboundedReceiver<Note>,
    pub(super) signalling: Option<TextSocket>,
    pub(super) bridge: Option<TextSocket>,
    pub(super) media: Vec<MediaSocket>,
    frames: mpsc::Receiver<OwnFrame>,
    audio_ready: Arc<Notify>,
    timer: Pin<Box<Sleep>>,
    buffer: Vec<u8>,
}

impl Inputs {
    pub(super) fn new(
        requests: mpsc::UnboundedReceiver<Request>,
        notes: mpsc::UnboundedReceiver<Note>,
        frames: mpsc::Receiver<OwnFrame>,
        audio_ready: Arc<Notify>,
    ) -> Self {
        Self {
            requests,
            notes,
            signalling: None,
            bridge: None,
            media: Vec::new(),
            frames,
            audio_ready,
            timer: Box::pin(sleep_until(tokio::time::Instant::now())),
            buffer: vec![0; DATAGRAM_LIMIT],
        }
    }

    /// Waits for the next input, until `deadline` at the latest.
    pub(super) async fn next(&mut self, deadline: Instant) -> Input {
        self.timer.as_mut().reset(deadline.into());
        let audio_ready = Arc::clone(&self.audio_ready);
        let mut notified = std::pin::pin!(audio_ready.notified());
        poll_fn(|cx| {
            if let Poll::Ready(input) = self.poll_channels(cx) {
                return Poll::Ready(input);
            }
            if notified.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Input::AudioReady);
            }
            if let Poll::Ready(input) = self.poll_datagrams(cx) {
                return Poll::Ready(input);
            }
            if let Poll::Ready(input) = self.poll_sockets(cx) {
                return Poll::Ready(input);
            }
            self.timer.as_mut().poll(cx).map(|()| Input::Deadline)
        })
        .await
    }

    /// A datagram that is there already: taken without waiting, so that a burst costs one wake-up.
    pub(super) fn next_datagram(&mut self) -> Option<Input> {
        for media in &self.media {
            if let Ok((length, remote)) = media.socket.try_recv_from(&mut self.buffer) {
                let bytes = BytesMut::from(&self.buffer[..length]);
                return Some(Input::Datagram { local: media.address, remote, bytes });
            }
        }
        None
    }

    fn poll_channels(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        match self.requests.poll_recv(cx) {
            Poll::Ready(Some(request)) => return Poll::Ready(Input::Request(request)),
            // The client was dropped without a word: the same as a shutdown.
            Poll::Ready(None) => return Poll::Ready(Input::Request(Request::Shutdown)),
            Poll::Pending => {}
        }
        if let Poll::Ready(Some(note)) = self.notes.poll_recv(cx) {
            return Poll::Ready(Input::Note(note));
        }
        if let Poll::Ready(Some(frame)) = self.frames.poll_recv(cx) {
            return Poll::Ready(Input::Frame(frame));
        }
        Poll::Pending
    }

    fn poll_datagrams(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        for media in &self.media {
            let mut buffer = ReadBuf::new(&mut self.buffer);
            match media.socket.poll_recv_from(cx, &mut buffer) {
                Poll::Ready(Ok(remote)) => {
                    let bytes = BytesMut::from(buffer.filled());
                    return Poll::Ready(Input::Datagram { local: media.address, remote, bytes });
                }
                // ICMP errors of one path are reported here; ICE notices by itself.
                Poll::Ready(Err(_)) => cx.waker().wake_by_ref(),
                Poll::Pending => {}
            }
        }
        Poll::Pending
    }

    fn poll_sockets(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        if let Some(socket) = &mut self.signalling
            && let Poll::Ready(read) = socket.poll(cx)
        {
            return Poll::Ready(match read {
                Some(text) => Input::SignallingText(text),
                None => {
                    self.signalling = None;
                    Input::SignallingClosed
                }
            });
        }
        if let Some(socket) = &mut self.bridge
            && let Poll::Ready(read) = socket.poll(cx)
        {
            return Poll::Ready(match read {
                Some(text) => Input::BridgeText(text),
                None => {
                    self.bridge = None;
                    Input::BridgeClosed
                }
            });
        }
        Poll::Pending
    }
}

/// A WebSocket that carries text; writing never waits, what does not fit yet is kept.
pub(super) struct TextSocket {
    socket: Socket,
    queue: std::collections::VecDeque<Message>,
    closing: bool,
}

impl TextSocket {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, queue: std::collections::VecDeque::new(), closing: false }
    }

    /// The address of this device that it stands on.
    pub(super) fn local(&self) -> Option<IpAddr> {
        let (tcp, _) = self.socket.get_ref().get_ref();
        tcp.local_addr().ok().map(|address| address.ip())
    }

    /// Queues `text`; it leaves at the next poll.
    pub(super) fn send(&mut self, text: String) {
        self.queue.push_back(Message::text(text));
    }

    /// Sends what is queued, closes, and waits for the other side to close too.
    pub(super) async fn finish(mut self) {
        self.queue.push_back(Message::Close(None));
        while poll_fn(|cx| self.poll(cx)).await.is_some() {}
    }

    /// The next text, or `None` once the socket is gone.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<String>> {
        if self.poll_write(cx).is_err() {
            return Poll::Ready(None);
        }
        loop {
            match Pin::new(&mut self.socket).poll_next(cx) {
                Poll::Ready(Some(Ok(Message::Text(text)))) => return Poll::Ready(Some(text.to_string())),
                Poll::Ready(Some(Ok(Message::Close(_)) | Err(_)) | None) => return Poll::Ready(None),
                // Pings are answered by the library; binary frames have no meaning here.
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<(), ()> {
        while !self.queue.is_empty() && !self.closing {
            match Pin::new(&mut self.socket).poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Err(()),
                Poll::Pending => return Ok(()),
            }
            if let Some(message) = self.queue.pop_front() {
                self.closing = message.is_close();
                Pin::new(&mut self.socket).start_send(message).map_err(|_| ())?;
            }
        }
        match Pin::new(&mut self.socket).poll_flush(cx) {
            Poll::Ready(Err(_)) => Err(()),
            _ => Ok(()),
        }
    }
}
