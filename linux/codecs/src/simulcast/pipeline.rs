//! Capture, scale and encode one picture after the other, without thread or clock.

use std::collections::BTreeSet;
use std::time::Duration;

use treff_media::codec::VideoCodec;
use treff_media::device::{DeviceError, EncodePlan, FrameSink, LayerPlan, SourceNews};
use treff_media::frame::LayerIndex;

use super::pace::framerate;
use crate::encoder::{Encoder, EncoderConfig, encoder};
use crate::error::CodecError;
use crate::frame::I420Frame;
use crate::scale::scale;
use crate::source::{PictureSource, PictureTap};

/// The source and the encoders that the plan wants.
pub(super) struct Pipeline {
    source: Box<dyn PictureSource>,
    plan: EncodePlan,
    /// Lowest first.
    layers: Vec<Layer>,
    /// Encodings that could not be started; not tried again before the plan changes.
    broken: BTreeSet<LayerIndex>,
}

/// One active encoding.
struct Layer {
    index: LayerIndex,
    codec: VideoCodec,
    bitrate: u32,
    encoder: Box<dyn Encoder>,
    /// Its size, and the memory for its picture when that is not the captured one.
    scaled: I420Frame,
}

impl Layer {
    fn size(&self) -> (u16, u16) {
        (self.scaled.width(), self.scaled.height())
    }
}

impl Pipeline {
    pub(super) fn new(source: Box<dyn PictureSource>) -> Self {
        Self { source, plan: EncodePlan::default(), layers: Vec::new(), broken: BTreeSet::new() }
    }

    pub(super) fn source_fps(&self) -> u8 {
        self.source.fps()
    }

    /// The plan's limit of pictures a second; `None` while it wants none at all.
    pub(super) fn max_framerate(&self) -> Option<u8> {
        (!self.plan.layers.is_empty()).then_some(self.plan.max_framerate)
    }

    /// Replaces the plan: encoders no longer wanted go at once, new ones come with the next picture.
    pub(super) fn set_plan(&mut self, plan: EncodePlan) {
        if plan != self.plan {
            self.broken.clear();
        }
        let codec = plan.codec.unwrap_or(VideoCodec::Vp8);
        self.layers.retain(|layer| {
            layer.codec == codec && plan.layers.iter().any(|wanted| wanted.layer == layer.index)
        });
        self.plan = plan;
    }

    /// Makes the next frame of every encoding a key frame.
    pub(super) fn request_keyframe(&mut self) {
        for layer in &mut self.layers {
            layer.encoder.request_keyframe();
        }
    }

    /// Takes one picture, shows it to the tap and encodes it for every encoding of the plan.
    pub(super) fn capture(
        &mut self,
        at: Duration,
        sink: &mut FrameSink,
        tap: Option<&mut (dyn PictureTap + 'static)>,
    ) -> Result<(), DeviceError> {
        let picture = self.source.next(at)?;
        if let Some(tap) = tap.filter(|tap| tap.wants()) {
            tap.take(&picture);
        }
        self.follow_plan(&picture);
        self.scale(&picture);
        let mut failed = None;
        for layer in &mut self.layers {
            let input =
                if layer.size() == (picture.width(), picture.height()) { &picture } else { &layer.scaled };
            match layer.encoder.encode(input, at) {
                Ok(Some(frame)) => sink(SourceNews::Frame(frame)),
                Ok(None) => {}
                Err(error) => failed = Some((layer.index, error)),
            }
        }
        if let Some((index, error)) = failed {
            self.give_up(index, &error);
        }
        Ok(())
    }

    /// Starts, restarts and adjusts encoders. If one starts, all begin anew with key frames (the bridge
    /// counts those within 300 ms as one group).
    fn follow_plan(&mut self, picture: &I420Frame) {
        let mut started = false;
        for wanted in self.plan.layers.clone() {
            let size = layer_size(picture, wanted.height);
            match self.layers.iter_mut().find(|layer| layer.index == wanted.layer && layer.size() == size) {
                Some(layer) if layer.bitrate == wanted.bitrate => {}
                Some(layer) => match layer.encoder.set_bitrate(wanted.bitrate) {
                    Ok(()) => layer.bitrate = wanted.bitrate,
                    Err(error) => tracing::debug!(%error, "An encoder kept its bit rate."),
                },
                None if self.broken.contains(&wanted.layer) => {}
                None => match self.start(wanted, size) {
                    Ok(()) => started = true,
                    Err(error) => self.give_up(wanted.layer, &error),
                },
            }
        }
        if started {
            self.request_keyframe();
        }
    }

    fn start(&mut self, wanted: LayerPlan, (width, height): (u16, u16)) -> Result<(), CodecError> {
        let codec = self.plan.codec.unwrap_or(VideoCodec::Vp8);
        let config = EncoderConfig {
            width,
            height,
            framerate: framerate(self.plan.max_framerate, self.source.fps()),
            bitrate: wanted.bitrate,
            layer: wanted.layer,
        };
        let encoder = encoder(codec, &config)?;
        self.layers.retain(|layer| layer.index != wanted.layer);
        self.layers.push(Layer {
            index: wanted.layer,
            codec,
            bitrate: wanted.bitrate,
            encoder,
            scaled: I420Frame::new(width, height),
        });
        self.layers.sort_by_key(|layer| layer.index);
        Ok(())
    }

    fn give_up(&mut self, index: LayerIndex, error: &CodecError) {
        tracing::warn!(%error, layer = index, "An encoder failed; its encoding stops until the plan changes.");
        self.layers.retain(|layer| layer.index != index);
        self.broken.insert(index);
    }

    /// Makes the smaller pictures, each from the next larger one.
    fn scale(&mut self, picture: &I420Frame) {
        let mut larger = picture;
        for layer in self.layers.iter_mut().rev() {
            if layer.size() != (picture.width(), picture.height()) {
                scale(larger, &mut layer.scaled);
                larger = &layer.scaled;
            }
        }
    }
}

/// The size of an encoding whose smaller side is `height`: the picture's shape, even, and never larger than
/// the picture.
fn layer_size(picture: &I420Frame, height: u16) -> (u16, u16) {
    let (width, full_height) = (picture.width(), picture.height());
    let short = width.min(full_height).max(1);
    let side = |full: u16| {
        let exact = u32::from(full) * u32::from(height.clamp(1, short)) / u32::from(short);
        let even = u16::try_from((exact + 1) & !1).unwrap_or(full);
        if even > full { full } else { even.max(2) }
    };
    (side(width), side(full_height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_keep_the_shape_of_the_picture() {
        let landscape = I420Frame::new(1280, 720);
        assert_eq!(
            [180, 360, 720, 1080].map(|height| layer_size(&landscape, height)),
            [(320, 180), (640, 360), (1280, 720), (1280, 720)]
        );
        assert_eq!(layer_size(&I420Frame::new(480, 640), 240), (240, 320));
        assert_eq!(layer_size(&I420Frame::new(640, 480), 180), (240, 180));
        assert_eq!(layer_size(&I420Frame::new(854, 480), 180), (320, 180));
        assert_eq!(layer_size(&I420Frame::new(1920, 1080), 0), (2, 2));
    }
}
