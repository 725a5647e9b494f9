//! Decoding what one source sends and handing the pictures on: a thread per visible source that sleeps while
//! nothing comes. In: encoded frames in decoding order, of any codec at any time. Out: pictures, lent to a
//! [`PictureSink`].

mod queue;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use treff_media::codec::VideoCodec;
use treff_media::device::{PushOutcome, RendererFactory, RendererStats, RendererWake, VideoRenderer};
use treff_media::frame::EncodedFrame;

use crate::decoder::{Decoder, decoder};
use crate::frame::I420Frame;
use queue::FrameQueue;

/// Gets each picture with the sender's timestamp and the codec it came in; called on the decoding thread. The
/// picture is lent: clone it to keep it.
pub type PictureSink = Box<dyn FnMut(&I420Frame, Duration, VideoCodec) + Send>;

/// Decodes one source on a thread of its own. Dropping it ends the thread after the frame in work, whose
/// picture may still reach the sink.
#[derive(Debug)]
pub struct DecodingRenderer {
    shared: Arc<Shared>,
}

impl DecodingRenderer {
    /// Starts a renderer. `wake` is called when its statistics have news.
    pub fn new(sink: PictureSink, wake: RendererWake) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State { queue: FrameQueue::new(), stop: false }),
            wake: Condvar::new(),
        });
        let worker = Worker { shared: Arc::clone(&shared), decoder: None, sink, wake };
        let spawned = thread::Builder::new().name("treff-decode".to_owned()).spawn(move || worker.run());
        if let Err(error) = spawned {
            tracing::warn!(%error, "No thread to decode on: this source stays dark.");
            shared.lock().stop = true;
        }
        Self { shared }
    }
}

impl VideoRenderer for DecodingRenderer {
    fn push(&mut self, frame: EncodedFrame) -> PushOutcome {
        let mut state = self.shared.lock();
        if state.stop {
            // Not even a key frame would help.
            return PushOutcome::Accepted;
        }
        let outcome = state.queue.push(frame);
        drop(state);
        if outcome == PushOutcome::Accepted {
            self.shared.wake.notify_one();
        }
        outcome
    }

    fn stats(&self) -> RendererStats {
        self.shared.lock().queue.stats()
    }
}

impl Drop for DecodingRenderer {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.wake.notify_one();
    }
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug)]
struct State {
    queue: FrameQueue,
    stop: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker {
    shared: Arc<Shared>,
    decoder: Option<(VideoCodec, Box<dyn Decoder>)>,
    sink: PictureSink,
    wake: RendererWake,
}

impl Worker {
    fn run(mut self) {
        while let Some(frame) = self.next_frame() {
            self.decode(&frame);
        }
    }

    /// Waits for a frame; `None` when the renderer is gone.
    fn next_frame(&self) -> Option<EncodedFrame> {
        let mut state = self.shared.lock();
        loop {
            if state.stop {
                return None;
            }
            if let Some(frame) = state.queue.pop() {
                return Some(frame);
            }
            state = self.shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn decode(&mut self, frame: &EncodedFrame) {
        let decoder = match &mut self.decoder {
            Some((codec, decoder)) if *codec == frame.codec => decoder,
            other => &mut other.insert((frame.codec, decoder(frame.codec))).1,
        };
        let news = match decoder.decode(frame) {
            Ok(Some(picture)) => {
                let news = self.shared.lock().queue.decoded(frame, picture.width(), picture.height());
                (self.sink)(picture, frame.timestamp, frame.codec);
                news
            }
            Ok(None) => false,
            Err(error) => {
                tracing::debug!(%error, codec = %frame.codec, "A frame was not decoded.");
                self.shared.lock().queue.failed()
            }
        };
        if news {
            (self.wake)();
        }
    }
}

/// Makes a [`DecodingRenderer`] for each source that becomes visible.
pub struct DecodingRendererFactory {
    sinks: Box<dyn FnMut(&str) -> PictureSink + Send>,
}

impl DecodingRendererFactory {
    /// `sinks` says where the pictures of the source it is given the name of should go.
    pub fn new(sinks: impl FnMut(&str) -> PictureSink + Send + 'static) -> Self {
        Self { sinks: Box::new(sinks) }
    }
}

impl RendererFactory for DecodingRendererFactory {
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer> {
        Box::new(DecodingRenderer::new((self.sinks)(source_name), wake))
    }
}
