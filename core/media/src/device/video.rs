//! Cameras with their encoders, renderers with their decoders, and what a device can do.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{DeviceError, DeviceInfo, DeviceWatch};
use crate::codec::VideoCodec;
use crate::frame::{EncodedFrame, LayerIndex};

/// What one simulcast encoding should produce now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LayerPlan {
    /// Which encoding; 0 is the smallest.
    pub layer: LayerIndex,
    /// Height of its pictures in pixels; the width follows the capture's shape.
    pub height: u16,
    /// Target in bits per second.
    pub bitrate: u32,
}

/// What the encoders of one source should produce now: the active encodings only. Empty means nobody watches, and
/// nothing is captured or encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncodePlan {
    /// The codec of all layers.
    pub codec: Option<VideoCodec>,
    /// Frames a second at most.
    pub max_framerate: u8,
    /// The active encodings, lowest first.
    pub layers: Vec<LayerPlan>,
}

/// What a camera or a screen has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceNews {
    /// An encoded picture.
    Frame(EncodedFrame),
    /// [`EncodedVideoSource::capture_height`] or [`EncodedVideoSource::simulcast`] says something new: the person has
    /// picked what to show, its pictures have another size now, or its encoders can less than they said.
    Resized,
    /// Nothing more comes: unplugged, taken back by the system, refused by the person. The last thing said.
    Ended(DeviceError),
}

/// Where a source puts its news; called from the source's own threads, never blocks. Dropped with the source.
pub type FrameSink = Box<dyn FnMut(SourceNews) + Send>;

/// A camera (or screen) together with its encoders. Captures and encodes on threads of its own.
///
/// Temporal layers are L1T3 (pattern 0-2-1-2): the bridge needs three with distinct bitrates to switch encodings.
pub trait EncodedVideoSource: Send {
    /// Height of the captured pictures in pixels (the smaller dimension); 0 while that is not known yet, as long as a
    /// person has not picked or allowed it. [`SourceNews::Resized`] tells when it changes.
    fn capture_height(&self) -> u16;

    /// Whether its encoders make temporal layers. Where they do not, simulcast is of no use: a single encoding is planned
    /// then. [`SourceNews::Resized`] tells when it changes.
    fn simulcast(&self) -> bool {
        true
    }

    /// Replaces the plan. Must return at once. A layer that becomes active starts with a key frame.
    fn set_plan(&mut self, plan: &EncodePlan);

    /// Makes the next frame of **every** active layer a key frame. Must return at once.
    fn request_keyframe(&mut self);
}

/// Opens cameras and screens. The driver keeps one of these. Every method is called on the driver's thread and must
/// return at once: where the system asks the person first, the answer comes as [`SourceNews`].
pub trait VideoSources: Send {
    /// Opens the chosen camera; its encoded frames go to `sink` once a plan asks for some. Dropping it closes it. The
    /// platform shows the own picture by itself for as long as the camera is open, plan or not.
    ///
    /// # Errors
    /// The call then goes on without a picture of ours.
    fn open_camera(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError>;

    /// Lets the person pick a screen or window and opens it, like a camera.
    ///
    /// # Errors
    /// The call then goes on without it.
    fn open_screen(&mut self, sink: FrameSink) -> Result<Box<dyn EncodedVideoSource>, DeviceError> {
        let _ = sink;
        Err(DeviceError::Missing)
    }

    /// Whether [`VideoSources::open_screen`] can work here at all.
    fn can_share(&self) -> bool {
        false
    }

    /// The cameras there are now, in the system's order. None where the system alone decides.
    fn list(&mut self) -> Vec<DeviceInfo> {
        Vec::new()
    }

    /// Chooses the camera that the next open opens; what is open already stays as it is. The first for `None` and for an
    /// id that is not there.
    fn choose(&mut self, id: Option<&str>) {
        let _ = id;
    }

    /// Keeps `changed` and calls it whenever [`VideoSources::list`] would say something new. Called once.
    fn watch(&mut self, changed: DeviceWatch) {
        let _ = changed;
    }
}

/// What became of a pushed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// Queued for the decoder.
    Accepted,
    /// Thrown away: the decoder is behind or lost its references. The caller asks the sender for a key frame.
    KeyframeNeeded,
}

/// Figures of one renderer since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RendererStats {
    /// Codec of the last decoded frame.
    pub codec: Option<VideoCodec>,
    /// Width of the last decoded picture in pixels.
    pub width: u16,
    /// Height of the last decoded picture in pixels.
    pub height: u16,
    /// Pictures decoded.
    pub frames_decoded: u64,
    /// Frames thrown away undecoded.
    pub frames_dropped: u64,
    /// The decoder failed and wants a key frame before it can go on.
    pub keyframe_needed: bool,
}

/// Decodes one source and shows it: one per visible tile. Decodes on a thread of its own; a decoder is made when the
/// first frame of a codec comes, so a sender may change codecs at any frame.
pub trait VideoRenderer: Send {
    /// Takes the next frame in decoding order. Must return at once.
    fn push(&mut self, frame: EncodedFrame) -> PushOutcome;

    /// Figures so far.
    fn stats(&self) -> RendererStats;
}

/// Called by a renderer, from its own thread, when its [`RendererStats`] say something new that should not wait for
/// the next second: the first picture, another size or codec, a key frame needed. Cheap, never blocks.
pub type RendererWake = Arc<dyn Fn() + Send + Sync>;

/// Makes renderers. The driver calls it when a source becomes visible and drops the renderer when it no longer is.
pub trait RendererFactory: Send {
    /// A renderer for the source named `source_name` (`<endpoint>-v0`).
    fn open(&mut self, source_name: &str, wake: RendererWake) -> Box<dyn VideoRenderer>;
}

/// What this device can encode and decode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodecCatalog {
    /// Codecs that can be decoded; announced in `jitsi_participant_codecList`.
    pub decode: BTreeSet<VideoCodec>,
    /// Codecs that can be encoded, the preferred one first.
    pub encode: Vec<VideoCodec>,
}
