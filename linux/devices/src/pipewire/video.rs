//! Streams of pictures: a camera, or a screen that a portal gave away. Pictures are only copied here.

use std::sync::Arc;

use ::pipewire as pw;
use pw::core::CoreRc;
use pw::properties::properties;
use pw::spa::buffer::ChunkFlags;
use pw::spa::param::ParamType;
use pw::spa::pod::Pod;
use pw::spa::utils::Direction;
use pw::stream::{Stream, StreamFlags, StreamListener, StreamRc, StreamState};
use treff_media::device::DeviceError;

use super::format::{self, Agreed};
use super::reason;
use crate::picture::feed::Feed;
use crate::picture::{Layout, RawPicture};

/// What is opened.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// A camera by its node's name; whichever there is if absent.
    Camera(Option<String>),
    /// A node.
    Screen(u32),
}

/// An open stream. The listener goes first.
pub(super) struct VideoStream {
    _listener: StreamListener<Pictures>,
    _stream: StreamRc,
    feed: Arc<Feed>,
}

struct Pictures {
    feed: Arc<Feed>,
    agreed: Option<Agreed>,
    /// Planes that came in several pieces, joined.
    joined: Vec<u8>,
    /// There was a time when pictures could come.
    ran: bool,
}

impl VideoStream {
    /// Opens what is wanted; pictures go to `feed`.
    ///
    /// # Errors
    /// When the server takes no stream.
    pub(super) fn open(server: CoreRc, wanted: &Wanted, feed: Arc<Feed>) -> Result<Self, pw::Error> {
        let role = match wanted {
            Wanted::Camera(_) => "Camera",
            Wanted::Screen(_) => "Screen",
        };
        let mut properties = properties! {
            *pw::keys::MEDIA_TYPE => "Video",
            *pw::keys::MEDIA_CATEGORY => "Capture",
            *pw::keys::MEDIA_ROLE => role,
            *pw::keys::APP_NAME => "Treff",
            // Another camera than the chosen one would be a surprise.
            *pw::keys::NODE_DONT_RECONNECT => "true",
        };
        let node = match wanted {
            Wanted::Camera(Some(id)) => {
                properties.insert("target.object", id.as_str());
                None
            }
            Wanted::Camera(None) => None,
            Wanted::Screen(node) => Some(*node),
        };
        let stream = StreamRc::new(server, "Treff", properties)?;
        let pictures = Pictures { feed: Arc::clone(&feed), agreed: None, joined: Vec::new(), ran: false };
        let listener = stream
            .add_local_listener_with_user_data(pictures)
            .state_changed(|_, pictures, _, state| pictures.watch(state))
            .param_changed(|_, pictures, id, parameter| {
                if id == ParamType::Format.as_raw() {
                    pictures.agreed = parameter.and_then(Agreed::parse);
                }
            })
            .process(|stream, pictures| pictures.take(stream))
            .register()?;
        let offers = format::video(wanted);
        let mut parameters: Vec<&Pod> = offers.iter().filter_map(|offer| Pod::from_bytes(offer)).collect();
        let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS;
        stream.connect(Direction::Input, node, flags, &mut parameters)?;
        Ok(Self { _listener: listener, _stream: stream, feed })
    }

    pub(super) fn fail(&self, error: DeviceError) {
        self.feed.end(error);
    }
}

impl Pictures {
    fn watch(&mut self, state: StreamState) {
        match state {
            StreamState::Error(message) => self.feed.end(reason(&message)),
            // The node was taken away, by a person who ends sharing or pulls the plug.
            StreamState::Unconnected if self.ran => self.feed.end(DeviceError::Ended),
            // It never came to pictures: no format in common, or gone before the first.
            StreamState::Unconnected => self.feed.end(DeviceError::Failed("no picture came".to_owned())),
            StreamState::Streaming => self.ran = true,
            StreamState::Paused | StreamState::Connecting => {}
        }
    }

    /// Takes the newest picture and gives back the others.
    fn take(&mut self, stream: &Stream) {
        let mut newest = stream.dequeue_buffer();
        while let Some(newer) = stream.dequeue_buffer() {
            newest = Some(newer);
        }
        let (Some(mut buffer), Some(agreed)) = (newest, self.agreed) else { return };
        let datas = buffer.datas_mut();
        let stride = datas.first().map_or(0, |data| data.chunk().stride());
        let whole = datas.len() == 1;
        self.joined.clear();
        for data in datas {
            let chunk = data.chunk();
            let (offset, size) = (chunk.offset() as usize, chunk.size() as usize);
            if size == 0 || chunk.flags().contains(ChunkFlags::CORRUPTED) {
                return;
            }
            let Some(bytes) = data.data().and_then(|all| all.get(offset..offset + size)) else { return };
            if whole {
                return self.feed.put(&picture(agreed, stride, bytes));
            }
            self.joined.extend_from_slice(bytes);
        }
        self.feed.put(&picture(agreed, stride, &self.joined));
    }
}

fn picture(agreed: Agreed, stride: i32, data: &[u8]) -> RawPicture<'_> {
    let Agreed { layout, width, height } = agreed;
    let least = match layout {
        Layout::Yuy2 | Layout::Uyvy => usize::from(width).div_ceil(2) * 4,
        Layout::Bgrx | Layout::Rgbx => usize::from(width) * 4,
        Layout::Nv12 | Layout::I420 => usize::from(width),
        Layout::Jpeg => 0,
    };
    // Some sources leave the stride out when there is no gap between rows.
    let stride = usize::try_from(stride).unwrap_or(0).max(least);
    RawPicture { layout, width, height, stride, data }
}
