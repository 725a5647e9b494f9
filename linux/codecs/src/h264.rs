//! H.264 by OpenH264: constrained baseline, one layer. Annex B access units in and out.

use std::ptr::NonNull;
use std::time::Duration;

use bytes::Bytes;
use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, EncoderConfig as Settings, FrameRate, FrameType, IntraFramePeriod, Profile,
    RateControlMode, UsageType,
};
use openh264::formats::{YUVSlices, YUVSource};
use openh264_sys2::{
    ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_MAX_BITRATE, LAYER_NUM, SPATIAL_LAYER_0,
    SPATIAL_LAYER_ALL, TagBitrateInfo,
};
use treff_media::codec::VideoCodec;
use treff_media::frame::{EncodedFrame, TemporalLayer};

use crate::encoder::{Encoder, EncoderConfig};
use crate::error::CodecError;
use crate::frame::{I420Frame, checked_size};

fn failed(error: &openh264::Error) -> CodecError {
    CodecError::Failed(error.to_string())
}

/// An H.264 decoder.
pub(crate) struct H264Decoder {
    /// The last picture; its memory belongs to `decoder`, hence it is declared (and dropped) first.
    picture: Option<I420Frame>,
    decoder: openh264::decoder::Decoder,
}

impl H264Decoder {
    pub(crate) fn new() -> Result<Self, CodecError> {
        let decoder = openh264::decoder::Decoder::new().map_err(|error| failed(&error))?;
        Ok(Self { picture: None, decoder })
    }

    /// Decodes one access unit; whether there is a new picture.
    pub(crate) fn decode(&mut self, data: &[u8]) -> Result<bool, CodecError> {
        self.picture = None;
        if data.is_empty() || i32::try_from(data.len()).is_err() {
            return Err(CodecError::Failed("an access unit of no or too many bytes".to_owned()));
        }
        let Some(image) = self.decoder.decode(data).map_err(|error| failed(&error))? else {
            return Ok(false);
        };
        let (width, height) = image.dimensions_i32();
        let side = |n: i32| u32::try_from(n).unwrap_or(0);
        let (width, height) = checked_size(side(width), side(height))?;
        if width % 2 != 0 || height % 2 != 0 {
            return Err(CodecError::Format);
        }
        let (y, u, v) = image.strides();
        let plane = |bytes: &[u8]| NonNull::new(bytes.as_ptr().cast_mut()).ok_or(CodecError::Format);
        let planes = [plane(image.y())?, plane(image.u())?, plane(image.v())?];
        // SAFETY: the slices hold `height` (half for chroma) rows of `stride` bytes in the decoder's memory
        // until its next call; the frame stays private.
        self.picture = Some(unsafe { I420Frame::lend(width, height, planes, [y, u, v]) });
        Ok(true)
    }

    /// The picture of the last call of [`Self::decode`].
    pub(crate) fn picture(&self) -> Option<&I420Frame> {
        self.picture.as_ref()
    }
}

/// An H.264 encoder.
pub struct H264Encoder {
    encoder: openh264::encoder::Encoder,
    config: EncoderConfig,
    /// The bit rate that OpenH264 takes as the highest allowed.
    limit: u32,
    started: bool,
}

impl H264Encoder {
    /// A constrained-baseline encoder.
    ///
    /// # Errors
    /// When the size is refused or OpenH264 is.
    pub fn new(config: &EncoderConfig) -> Result<Self, CodecError> {
        checked_size(u32::from(config.width), u32::from(config.height))?;
        let settings = Settings::new()
            .bitrate(BitRate::from_bps(config.bitrate))
            .max_frame_rate(FrameRate::from_hz(f32::from(config.framerate.max(1))))
            .rate_control_mode(RateControlMode::Bitrate)
            .usage_type(UsageType::CameraVideoRealTime)
            .profile(Profile::Baseline)
            .complexity(Complexity::Low)
            // Key frames only when asked for.
            .intra_frame_period(IntraFramePeriod::auto())
            .scene_change_detect(false)
            .num_threads(1);
        let encoder = openh264::encoder::Encoder::with_api_config(OpenH264API::from_source(), settings)
            .map_err(|error| failed(&error))?;
        Ok(Self { encoder, config: *config, limit: config.bitrate, started: false })
    }

    fn set_rate(&mut self, option: ENCODER_OPTION, layer: LAYER_NUM, bitrate: u32) -> Result<(), CodecError> {
        let mut rate = TagBitrateInfo { iLayer: layer, iBitrate: i32::try_from(bitrate).unwrap_or(i32::MAX) };
        // SAFETY: both rate options take a pointer to a `TagBitrateInfo` and copy it.
        let code = unsafe { self.encoder.raw_api().set_option(option, (&raw mut rate).cast()) };
        if code == 0 {
            Ok(())
        } else {
            Err(CodecError::Failed(format!("OpenH264 refused {bitrate} bit/s: {code}")))
        }
    }
}

impl Encoder for H264Encoder {
    fn encode(
        &mut self,
        picture: &I420Frame,
        timestamp: Duration,
    ) -> Result<Option<EncodedFrame>, CodecError> {
        let (width, height) = (picture.width(), picture.height());
        if (width, height) != (self.config.width, self.config.height) || width % 2 != 0 || height % 2 != 0 {
            return Err(CodecError::Size { width: u32::from(width), height: u32::from(height) });
        }
        let [y, u, v] = picture.planes();
        let whole = |plane: crate::frame::Plane<'_>| plane.stride * plane.height;
        // Decoders lend planes whose last row is shorter than the stride; those are copied first.
        let owned;
        let [y, u, v] = if [y, u, v].iter().any(|plane| plane.data.len() != whole(*plane)) {
            owned = picture.clone();
            owned.planes()
        } else {
            [y, u, v]
        };
        let source = YUVSlices::new(
            (y.data, u.data, v.data),
            (usize::from(width), usize::from(height)),
            (y.stride, u.stride, v.stride),
        );
        let time = openh264::Timestamp::from_millis(u64::try_from(timestamp.as_millis()).unwrap_or(0));
        let stream = self.encoder.encode_at(&source, time).map_err(|error| failed(&error))?;
        self.started = true;
        let keyframe = match stream.frame_type() {
            FrameType::IDR => true,
            FrameType::I | FrameType::P | FrameType::IPMixed => false,
            FrameType::Skip => return Ok(None),
            FrameType::Invalid => return Err(CodecError::Failed("an invalid frame".to_owned())),
        };
        Ok(Some(EncodedFrame {
            codec: VideoCodec::H264,
            data: Bytes::from(stream.to_vec()),
            timestamp,
            keyframe,
            layer: self.config.layer,
            temporal: TemporalLayer::default(),
            width,
            height,
        }))
    }

    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), CodecError> {
        if bitrate == self.config.bitrate {
            return Ok(());
        }
        if !self.started {
            // OpenH264 takes options only once it knows the size, that is after the first picture.
            *self = Self::new(&EncoderConfig { bitrate, ..self.config })?;
            return Ok(());
        }
        // A target above the limit is refused, and the limit was set with the first target.
        if bitrate > self.limit {
            self.set_rate(ENCODER_OPTION_MAX_BITRATE, SPATIAL_LAYER_0, bitrate)?;
            self.limit = bitrate;
        }
        self.set_rate(ENCODER_OPTION_BITRATE, SPATIAL_LAYER_ALL, bitrate)?;
        self.config.bitrate = bitrate;
        Ok(())
    }

    fn request_keyframe(&mut self) {
        if self.started {
            self.encoder.force_intra_frame();
        }
    }
}
