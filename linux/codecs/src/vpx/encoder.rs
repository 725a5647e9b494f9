//! Encoding VP8 (with temporal layers) and VP9 (without), in real time and at a constant bit rate.

use std::ffi::{c_int, c_ulong};
use std::mem::MaybeUninit;
use std::time::Duration;

use bytes::Bytes;
use treff_media::codec::VideoCodec;
use treff_media::frame::{EncodedFrame, TemporalLayer};
use vpx_sys::{
    vp8e_enc_control_id as option, vpx_codec_cx_pkt_kind, vpx_codec_enc_cfg_t, vpx_codec_iface_t, vpx_image_t,
};

use super::temporal::{CUMULATIVE_PERCENT, DECIMATORS, LAYERS, PATTERN, TemporalPattern};
use super::{Context, describe};
use crate::encoder::{Encoder, EncoderConfig};
use crate::error::CodecError;
use crate::frame::{I420Frame, checked_size};

/// Units of the encoder's clock in a second, as on the wire.
const CLOCK: i64 = 90_000;
/// VP8's speed. Negative means fixed, not adapted to the load; -8 takes a tenth less time than the -6 of
/// WebRTC senders, at the same quality in a test with detailed motion, and -12 would start to show.
const VP8_SPEED: c_int = -8;
/// VP9's speed, 0 to 9: the usual one for real time.
const VP9_SPEED: c_int = 8;

/// libvpx's settings, kept to change the rates in.
struct Settings(vpx_codec_enc_cfg_t);

// SAFETY: the pointers inside belong to two-pass encoding and stay null.
unsafe impl Send for Settings {}

/// A VP8 or VP9 encoder.
pub struct VpxEncoder {
    codec: VideoCodec,
    context: Context,
    settings: Settings,
    layer: u8,
    width: u16,
    height: u16,
    frame_ticks: i64,
    next_tick: i64,
    temporal: Option<TemporalPattern>,
    keyframe_wanted: bool,
}

impl VpxEncoder {
    /// A VP8 encoder with the temporal layers L1T3.
    ///
    /// # Errors
    /// When the size is refused or libvpx is.
    pub fn vp8(config: &EncoderConfig) -> Result<Self, CodecError> {
        // SAFETY: returns a pointer to a static description.
        let interface = unsafe { vpx_sys::vpx_codec_vp8_cx() };
        let mut encoder = Self::new(VideoCodec::Vp8, interface, config)?;
        encoder.context.set_option(option::VP8E_SET_CPUUSED as u32, VP8_SPEED)?;
        encoder.context.set_option(option::VP8E_SET_STATIC_THRESHOLD as u32, 1)?;
        encoder.context.set_option(option::VP8E_SET_TOKEN_PARTITIONS as u32, 0)?;
        encoder.limit_key_frames(config.framerate)?;
        Ok(encoder)
    }

    /// A VP9 encoder with one layer.
    ///
    /// # Errors
    /// When the size is refused or libvpx is.
    pub fn vp9(config: &EncoderConfig) -> Result<Self, CodecError> {
        // SAFETY: returns a pointer to a static description.
        let interface = unsafe { vpx_sys::vpx_codec_vp9_cx() };
        let mut encoder = Self::new(VideoCodec::Vp9, interface, config)?;
        encoder.context.set_option(option::VP8E_SET_CPUUSED as u32, VP9_SPEED)?;
        encoder.context.set_option(option::VP8E_SET_STATIC_THRESHOLD as u32, 1)?;
        encoder
            .context
            .set_option(option::VP9E_SET_AQ_MODE as u32, vpx_sys::AQ_MODE::CYCLIC_REFRESH_AQ as c_int)?;
        encoder.context.set_option(option::VP9E_SET_FRAME_PARALLEL_DECODING as u32, 0)?;
        encoder.limit_key_frames(config.framerate)?;
        Ok(encoder)
    }

    fn new(
        codec: VideoCodec,
        interface: *const vpx_codec_iface_t,
        config: &EncoderConfig,
    ) -> Result<Self, CodecError> {
        checked_size(u32::from(config.width), u32::from(config.height))?;
        let settings = settings(codec, interface, config)?;
        // SAFETY: `init` fills the context when it succeeds; libvpx copies the settings.
        let context = unsafe {
            Context::new(|memory| {
                vpx_sys::vpx_codec_enc_init_ver(
                    memory,
                    interface,
                    &raw const settings.0,
                    0,
                    vpx_sys::VPX_ENCODER_ABI_VERSION as c_int,
                )
            })?
        };
        Ok(Self {
            codec,
            context,
            settings,
            layer: config.layer,
            width: config.width,
            height: config.height,
            frame_ticks: CLOCK / i64::from(config.framerate.max(1)),
            next_tick: 0,
            temporal: (codec == VideoCodec::Vp8).then(TemporalPattern::default),
            keyframe_wanted: true,
        })
    }

    /// Caps a key frame at half the buffer, so that it does not stall a narrow link (libwebrtc's rule).
    fn limit_key_frames(&mut self, framerate: u8) -> Result<(), CodecError> {
        let percent = self.settings.0.rc_buf_optimal_sz * u32::from(framerate) / 20;
        self.context.set_option(option::VP8E_SET_MAX_INTRA_BITRATE_PCT as u32, percent.max(300) as c_int)
    }

    /// Hands one picture to libvpx.
    fn submit(&mut self, picture: &I420Frame, tick: i64, flags: i64) -> Result<(), CodecError> {
        let image = wrap(picture)?;
        // SAFETY: the context is initialised; the image's planes are readable and only read, and not kept (no
        // look-ahead).
        let code = unsafe {
            vpx_sys::vpx_codec_encode(
                self.context.as_mut_ptr(),
                &raw const image,
                tick,
                self.frame_ticks as c_ulong,
                flags,
                c_ulong::from(vpx_sys::VPX_DL_REALTIME),
            )
        };
        self.context.check(code)
    }

    /// The bytes libvpx made of the last picture and whether they are a key frame; `None` if it dropped the
    /// picture.
    fn output(&mut self) -> Option<(Bytes, bool)> {
        let mut iterator = std::ptr::null();
        let mut output = None;
        loop {
            // SAFETY: the context is initialised, the iterator starts as null; packets live until the next
            // encode.
            let packet = unsafe {
                vpx_sys::vpx_codec_get_cx_data(self.context.as_mut_ptr(), &raw mut iterator).as_ref()
            };
            let Some(packet) = packet else { return output };
            if packet.kind != vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                continue;
            }
            // SAFETY: the kind says that the union holds a frame, whose buffer has `sz` bytes.
            let (data, flags) = unsafe {
                let frame = packet.data.frame;
                (std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz), frame.flags)
            };
            output = Some((Bytes::copy_from_slice(data), flags & vpx_sys::VPX_FRAME_IS_KEY != 0));
        }
    }
}

impl Encoder for VpxEncoder {
    fn encode(
        &mut self,
        picture: &I420Frame,
        timestamp: Duration,
    ) -> Result<Option<EncodedFrame>, CodecError> {
        if (picture.width(), picture.height()) != (self.width, self.height) {
            let (width, height) = (u32::from(picture.width()), u32::from(picture.height()));
            return Err(CodecError::Size { width, height });
        }
        // An even clock of libvpx's own, as libwebrtc gives it: with gaps in the time it takes the rate of pictures
        // for lower, spends too much on each, and then drops them for many seconds.
        let tick = self.next_tick;
        self.next_tick = tick.saturating_add(self.frame_ticks);

        let (mut temporal, mut flags) = (TemporalLayer::default(), 0);
        if let Some(pattern) = &mut self.temporal {
            if self.keyframe_wanted {
                pattern.restart();
            }
            (temporal, flags) = pattern.current();
            self.context.set_option(option::VP8E_SET_TEMPORAL_LAYER_ID as u32, c_int::from(temporal.id))?;
        }
        if self.keyframe_wanted {
            flags = i64::from(vpx_sys::VPX_EFLAG_FORCE_KF);
        }
        self.submit(picture, tick, flags)?;
        let Some((data, keyframe)) = self.output() else { return Ok(None) };
        if keyframe {
            self.keyframe_wanted = false;
        }
        if let Some(pattern) = &mut self.temporal {
            pattern.advance();
        }
        Ok(Some(EncodedFrame {
            codec: self.codec,
            data,
            timestamp,
            keyframe,
            layer: self.layer,
            temporal,
            width: self.width,
            height: self.height,
        }))
    }

    fn set_bitrate(&mut self, bitrate: u32) -> Result<(), CodecError> {
        let before = self.settings.0.rc_target_bitrate;
        set_rates(&mut self.settings.0, self.codec, bitrate);
        if self.settings.0.rc_target_bitrate == before {
            return Ok(());
        }
        // SAFETY: the context is initialised; libvpx copies the settings.
        let code = unsafe {
            vpx_sys::vpx_codec_enc_config_set(self.context.as_mut_ptr(), &raw const self.settings.0)
        };
        self.context.check(code)
    }

    fn request_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }
}

fn settings(
    codec: VideoCodec,
    interface: *const vpx_codec_iface_t,
    config: &EncoderConfig,
) -> Result<Settings, CodecError> {
    let mut settings = MaybeUninit::<vpx_codec_enc_cfg_t>::zeroed();
    // SAFETY: fills the settings when it succeeds.
    let mut settings = unsafe {
        let code = vpx_sys::vpx_codec_enc_config_default(interface, settings.as_mut_ptr(), 0);
        if code != vpx_sys::VPX_CODEC_OK {
            return Err(CodecError::Failed(describe(code)));
        }
        settings.assume_init()
    };
    settings.g_w = u32::from(config.width);
    settings.g_h = u32::from(config.height);
    settings.g_threads = 1;
    settings.g_timebase.num = 1;
    settings.g_timebase.den = CLOCK as c_int;
    settings.g_lag_in_frames = 0;
    settings.rc_end_usage = vpx_sys::vpx_rc_mode::VPX_CBR;
    settings.rc_resize_allowed = 0;
    // Rate control as WebRTC senders set it: a second of buffer, and pictures dropped when it runs dry.
    settings.rc_min_quantizer = 2;
    settings.rc_max_quantizer = 56;
    settings.rc_undershoot_pct = 100;
    settings.rc_overshoot_pct = 15;
    settings.rc_buf_initial_sz = 500;
    settings.rc_buf_optimal_sz = 600;
    settings.rc_buf_sz = 1000;
    settings.rc_dropframe_thresh = 30;
    // Key frames only when asked for: all encodings of a source need theirs together.
    settings.kf_mode = vpx_sys::vpx_kf_mode::VPX_KF_DISABLED;
    if codec == VideoCodec::Vp8 {
        settings.g_error_resilient = vpx_sys::VPX_ERROR_RESILIENT_DEFAULT;
        settings.ts_number_layers = LAYERS as u32;
        settings.ts_periodicity = PATTERN.len() as u32;
        settings.ts_rate_decimator[..LAYERS].copy_from_slice(&DECIMATORS);
        settings.ts_layer_id[..PATTERN.len()].copy_from_slice(&PATTERN.map(u32::from));
    }
    set_rates(&mut settings, codec, config.bitrate);
    Ok(Settings(settings))
}

fn set_rates(settings: &mut vpx_codec_enc_cfg_t, codec: VideoCodec, bitrate: u32) {
    let kilobits = (bitrate / 1000).max(10);
    settings.rc_target_bitrate = kilobits;
    if codec == VideoCodec::Vp8 {
        for (rate, percent) in settings.ts_target_bitrate.iter_mut().zip(CUMULATIVE_PERCENT) {
            *rate = kilobits * percent / 100;
        }
    }
}

/// libvpx's description of a picture, over the same memory.
fn wrap(picture: &I420Frame) -> Result<vpx_image_t, CodecError> {
    let planes = picture.planes();
    let mut image = MaybeUninit::<vpx_image_t>::zeroed();
    // SAFETY: with memory given, `vpx_img_wrap` only fills in the description (or returns null and refuses).
    let mut image = unsafe {
        let wrapped = vpx_sys::vpx_img_wrap(
            image.as_mut_ptr(),
            vpx_sys::vpx_img_fmt::VPX_IMG_FMT_I420,
            u32::from(picture.width()),
            u32::from(picture.height()),
            1,
            planes[0].data.as_ptr().cast_mut(),
        );
        if wrapped.is_null() {
            return Err(CodecError::Format);
        }
        image.assume_init()
    };
    for (index, plane) in planes.iter().enumerate() {
        image.planes[index] = plane.data.as_ptr().cast_mut();
        image.stride[index] = c_int::try_from(plane.stride).map_err(|_| CodecError::Format)?;
    }
    Ok(image)
}
