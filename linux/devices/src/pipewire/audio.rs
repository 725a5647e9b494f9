//! Streams of sound: 48 kHz mono floats from a microphone or to a loudspeaker; PipeWire converts whatever the device has.

use std::sync::Arc;

use ::pipewire as pw;
use pw::core::CoreRc;
use pw::properties::properties;
use pw::spa::param::audio::{AudioFormat, AudioInfoRaw};
use pw::spa::pod::Pod;
use pw::spa::utils::Direction;
use pw::stream::{Stream, StreamFlags, StreamListener, StreamRc, StreamState as PwState};
use treff_media::device::DeviceError;
use treff_media::frame::SAMPLE_RATE;

use super::{AudioEnd, format, reason};
use crate::ring::{CaptureEnd, PlaybackEnd, StreamState};

/// An open stream. The listeners go first.
pub(super) struct AudioStream {
    _sound: Listener,
    _news: StreamListener<()>,
    _stream: StreamRc,
    state: Arc<StreamState>,
}

/// Runs on the server's real-time thread and shares nothing with other listeners.
#[expect(dead_code, reason = "held, not read")]
enum Listener {
    Capture(StreamListener<CaptureEnd>),
    Playback(StreamListener<PlaybackEnd>),
}

impl AudioStream {
    /// Opens `target`, a node's name; the default device if absent. If the device goes, the session manager moves the
    /// stream to the default one, and back when the device returns.
    ///
    /// # Errors
    /// When the server takes no stream.
    pub(super) fn open(
        server: &CoreRc,
        target: Option<&str>,
        end: AudioEnd,
        state: &Arc<StreamState>,
    ) -> Result<Self, pw::Error> {
        let (direction, category) = match end {
            AudioEnd::Capture(_) => (Direction::Input, "Capture"),
            AudioEnd::Playback(_) => (Direction::Output, "Playback"),
        };
        let mut properties = properties! {
            *pw::keys::MEDIA_TYPE => "Audio",
            *pw::keys::MEDIA_CATEGORY => category,
            *pw::keys::MEDIA_ROLE => "Communication",
            *pw::keys::APP_NAME => "Treff",
            *pw::keys::NODE_LATENCY => "480/48000",
        };
        if let Some(target) = target {
            properties.insert("target.object", target);
        }
        let stream = StreamRc::new(server.clone(), "Treff", properties)?;
        let news = stream.add_local_listener::<()>().state_changed(watch(state)).register()?;
        let sound = match end {
            AudioEnd::Capture(end) => {
                let listener = stream.add_local_listener_with_user_data(end).process(record);
                Listener::Capture(listener.register()?)
            }
            AudioEnd::Playback(end) => {
                let listener = stream.add_local_listener_with_user_data(end).process(play);
                Listener::Playback(listener.register()?)
            }
        };
        let mut info = AudioInfoRaw::new();
        info.set_format(AudioFormat::F32LE);
        info.set_rate(SAMPLE_RATE);
        info.set_channels(1);
        let bytes = format::audio(info);
        let mut parameters: Vec<&Pod> = bytes.as_deref().and_then(Pod::from_bytes).into_iter().collect();
        let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS | StreamFlags::RT_PROCESS;
        stream.connect(direction, None, flags, &mut parameters)?;
        Ok(Self { _sound: sound, _news: news, _stream: stream, state: Arc::clone(state) })
    }

    pub(super) fn fail(&self, error: DeviceError) {
        self.state.fail(error);
    }
}

fn watch(state: &Arc<StreamState>) -> impl FnMut(&Stream, &mut (), PwState, PwState) + 'static {
    let state = Arc::clone(state);
    move |_, (), _, new| {
        if let PwState::Error(message) = new {
            // Without any device left the stream waits; the thread that reads or writes decides for how long.
            match reason(&message) {
                DeviceError::Missing => tracing::debug!("A stream waits for a device."),
                error => state.fail(error),
            }
        }
    }
}

/// Real-time: no lock, no allocation.
fn record(stream: &Stream, end: &mut CaptureEnd) {
    let Some(mut buffer) = stream.dequeue_buffer() else { return };
    let Some(data) = buffer.datas_mut().first_mut() else { return };
    let (offset, size) = (data.chunk().offset() as usize, data.chunk().size() as usize);
    let Some(bytes) = data.data().and_then(|all| all.get(offset..offset + size)) else { return };
    end.take(bytes.as_chunks::<4>().0.iter().map(|sample| f32::from_le_bytes(*sample)));
}

/// Real-time: no lock, no allocation.
fn play(stream: &Stream, end: &mut PlaybackEnd) {
    let Some(mut buffer) = stream.dequeue_buffer() else { return };
    let requested = usize::try_from(buffer.requested()).unwrap_or(usize::MAX);
    let Some(data) = buffer.datas_mut().first_mut() else { return };
    let Some(bytes) = data.data() else { return };
    let room = bytes.as_chunks_mut::<4>().0;
    let count = if requested == 0 { room.len() } else { requested.min(room.len()) };
    let mut places = room.iter_mut();
    end.give(count, |sample| {
        if let Some(place) = places.next() {
            *place = sample.to_le_bytes();
        }
    });
    let chunk = data.chunk_mut();
    *chunk.offset_mut() = 0;
    *chunk.stride_mut() = 4;
    *chunk.size_mut() = (count * 4) as u32;
}
