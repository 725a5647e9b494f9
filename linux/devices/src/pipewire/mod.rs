//! PipeWire: one thread with one loop that watches which devices there are and holds open streams. In: orders. Out:
//! changes of the inventory, samples into rings, pictures into feeds. When the server goes away every stream fails and
//! the thread looks for it again.

mod audio;
mod format;
mod registry;
mod session;
mod video;

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use treff_media::device::DeviceError;

use crate::inventory::DeviceKind;
use crate::picture::feed::Feed;
use crate::ring::{CaptureEnd, PlaybackEnd, StreamState};
use crate::shared::Shared;

/// The device's end of an audio stream.
pub(crate) enum AudioEnd {
    Capture(CaptureEnd),
    Playback(PlaybackEnd),
}

/// Where pictures come from.
pub(crate) enum VideoTarget {
    /// A camera by its id; the first if absent.
    Camera(Option<String>),
    /// Whatever camera a portal's connection shows.
    PortalCamera(OwnedFd),
    /// A screen or window that a portal gave away.
    PortalScreen { remote: OwnedFd, node: u32 },
    /// A node of the server itself, as a portal would give it away.
    Node(u32),
}

enum Order {
    OpenAudio { stream: u64, target: Option<String>, end: AudioEnd, state: Arc<StreamState> },
    OpenVideo { stream: u64, target: VideoTarget, feed: Arc<Feed> },
    Close { stream: u64 },
    Stop,
}

/// The thread. Dropping it closes every stream.
pub(crate) struct PipeWire {
    orders: ::pipewire::channel::Sender<Order>,
    next_stream: AtomicU64,
}

/// An open stream. Dropping it closes it.
pub(crate) struct StreamHold {
    orders: ::pipewire::channel::Sender<Order>,
    stream: u64,
}

impl Drop for StreamHold {
    fn drop(&mut self) {
        // Without the thread the stream is closed already.
        let _ = self.orders.send(Order::Close { stream: self.stream });
    }
}

impl PipeWire {
    /// Starts looking for a server.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(crate) fn start(shared: Arc<Shared>) -> Result<Self, DeviceError> {
        let (orders, inbox) = ::pipewire::channel::channel();
        thread::Builder::new()
            .name("treff-pipewire".to_owned())
            .spawn(move || {
                if let Err(error) = session::run(inbox, &shared) {
                    tracing::warn!("PipeWire cannot be used: {error}.");
                    shared.looked(false);
                }
            })
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self { orders, next_stream: AtomicU64::new(1) })
    }

    fn order(&self, order: impl FnOnce(u64) -> Order) -> Result<StreamHold, DeviceError> {
        let stream = self.next_stream.fetch_add(1, Ordering::Relaxed);
        let sent = self.orders.send(order(stream));
        sent.map_err(|_| DeviceError::Failed("PipeWire is gone".to_owned()))?;
        Ok(StreamHold { orders: self.orders.clone(), stream })
    }

    /// Opens a microphone or loudspeaker; how that goes is told to `state`.
    ///
    /// # Errors
    /// When the thread has ended.
    pub(crate) fn open_audio(
        &self,
        target: Option<String>,
        end: AudioEnd,
        state: Arc<StreamState>,
    ) -> Result<StreamHold, DeviceError> {
        self.order(|stream| Order::OpenAudio { stream, target, end, state })
    }

    /// Opens a camera or screen; how that goes is told to `feed`.
    ///
    /// # Errors
    /// When the thread has ended.
    pub(crate) fn open_video(&self, target: VideoTarget, feed: Arc<Feed>) -> Result<StreamHold, DeviceError> {
        self.order(|stream| Order::OpenVideo { stream, target, feed })
    }
}

impl Drop for PipeWire {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
    }
}

/// What the words of a failed stream mean. PipeWire carries reasons from drivers as text only.
fn reason(message: &str) -> DeviceError {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["busy", "in use"]) {
        DeviceError::Busy
    } else if says(&["permission", "not permitted", "access", "denied"]) {
        DeviceError::Refused
    } else if says(&["no target", "not found", "no such", "no node available", "target removed"]) {
        DeviceError::Missing
    } else {
        DeviceError::Failed(message)
    }
}

fn kind_of(media_class: &str, role: Option<&str>, api: Option<&str>) -> Option<DeviceKind> {
    let class = media_class.trim_end_matches("/Virtual");
    match class {
        "Audio/Source" => Some(DeviceKind::Microphone),
        "Audio/Sink" => Some(DeviceKind::Speaker),
        // Compositors offer screens as video sources too.
        "Video/Source" if role == Some("Camera") || matches!(api, Some("v4l2" | "libcamera")) => {
            Some(DeviceKind::Camera)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_apart() {
        assert_eq!(reason("Device or resource busy"), DeviceError::Busy);
        assert_eq!(reason("Operation not permitted"), DeviceError::Refused);
        assert_eq!(reason("Permission denied"), DeviceError::Refused);
        assert_eq!(reason("no target node available"), DeviceError::Missing);
        assert_eq!(reason("target not found"), DeviceError::Missing);
        assert_eq!(reason("no more input formats"), DeviceError::Failed("no more input formats".to_owned()));
    }

    #[test]
    fn screens_monitors_and_programs_are_no_devices() {
        assert_eq!(kind_of("Audio/Source", None, Some("alsa")), Some(DeviceKind::Microphone));
        assert_eq!(kind_of("Audio/Source/Virtual", None, None), Some(DeviceKind::Microphone));
        assert_eq!(kind_of("Audio/Sink", None, None), Some(DeviceKind::Speaker));
        assert_eq!(kind_of("Video/Source", Some("Camera"), None), Some(DeviceKind::Camera));
        assert_eq!(kind_of("Video/Source", None, Some("libcamera")), Some(DeviceKind::Camera));
        assert_eq!(kind_of("Video/Source", None, None), None);
        assert_eq!(kind_of("Stream/Output/Audio", None, None), None);
        assert_eq!(kind_of("Audio/Duplex", None, None), None);
    }
}
