//! Decoding VP8 and VP9. Pictures are lent straight out of libvpx's reference memory.

use std::ffi::c_int;
use std::ptr::NonNull;

use treff_media::codec::VideoCodec;
use vpx_sys::{vp8_dec_control_id, vpx_codec_dec_cfg_t, vpx_image_t, vpx_img_fmt};

use super::buffers::{FrameBuffers, get_buffer, release_buffer};
use super::{Context, describe};
use crate::error::CodecError;
use crate::frame::{I420Frame, checked_size};

/// A VP8 or VP9 decoder.
pub(crate) struct VpxDecoder {
    codec: VideoCodec,
    /// The last picture; its memory belongs to `context`, hence it is declared (and dropped) first.
    picture: Option<I420Frame>,
    context: Context,
    /// Memory of VP9 pictures. Dropped after `context`, which gives buffers back when destroyed.
    _buffers: SharedBuffers,
}

/// The buffers, shared with libvpx by address: a `Box` would claim to be the only way to reach them.
struct SharedBuffers(NonNull<FrameBuffers>);

// SAFETY: owned by one decoder and reached only from within its calls.
unsafe impl Send for SharedBuffers {}

impl SharedBuffers {
    fn new() -> Self {
        Self(NonNull::from(Box::leak(Box::<FrameBuffers>::default())))
    }
}

impl Drop for SharedBuffers {
    fn drop(&mut self) {
        // SAFETY: leaked in `new` and freed only here, after the context that used them.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl VpxDecoder {
    /// A decoder for VP8 or VP9.
    pub(crate) fn new(codec: VideoCodec) -> Result<Self, CodecError> {
        let interface = match codec {
            // SAFETY: returns a pointer to a static description.
            VideoCodec::Vp8 => unsafe { vpx_sys::vpx_codec_vp8_dx() },
            // SAFETY: as above.
            VideoCodec::Vp9 => unsafe { vpx_sys::vpx_codec_vp9_dx() },
            other => return Err(CodecError::Unsupported(other)),
        };
        let config = vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        // SAFETY: `init` fills the context when it succeeds; libvpx copies the configuration.
        let mut context = unsafe {
            Context::new(|memory| {
                vpx_sys::vpx_codec_dec_init_ver(
                    memory,
                    interface,
                    &raw const config,
                    0,
                    vpx_sys::VPX_DECODER_ABI_VERSION as c_int,
                )
            })?
        };
        let buffers = SharedBuffers::new();
        let code = match codec {
            // SAFETY: the buffers live until after the context is gone (see the order of the fields).
            VideoCodec::Vp9 => unsafe {
                vpx_sys::vpx_codec_set_frame_buffer_functions(
                    context.as_mut_ptr(),
                    Some(get_buffer),
                    Some(release_buffer),
                    buffers.0.as_ptr().cast(),
                )
            },
            _ => vpx_sys::VPX_CODEC_OK,
        };
        let decoder = Self { codec, picture: None, context, _buffers: buffers };
        match code {
            vpx_sys::VPX_CODEC_OK => Ok(decoder),
            code => Err(CodecError::Failed(describe(code))),
        }
    }

    /// Decodes one frame; whether there is a new picture.
    pub(crate) fn decode(&mut self, data: &[u8]) -> Result<bool, CodecError> {
        self.picture = None;
        if self.codec == VideoCodec::Vp8 {
            check_vp8_size(data)?;
        }
        // libvpx takes an empty frame as a lost one and repeats the last picture.
        let size = u32::try_from(data.len()).ok().filter(|&size| size > 0);
        let size = size.ok_or_else(|| CodecError::Failed("a frame of no bytes".to_owned()))?;
        // SAFETY: the context is initialised; `data` is readable for `size` bytes and not kept.
        let code = unsafe {
            vpx_sys::vpx_codec_decode(self.context.as_mut_ptr(), data.as_ptr(), size, std::ptr::null_mut(), 0)
        };
        self.context.check(code)?;
        let mut corrupted: c_int = 0;
        // SAFETY: this option takes a pointer to an `int`.
        let code = unsafe {
            vpx_sys::vpx_codec_control_(
                self.context.as_mut_ptr(),
                vp8_dec_control_id::VP8D_GET_FRAME_CORRUPTED as c_int,
                &raw mut corrupted,
            )
        };
        self.context.check(code)?;
        if corrupted != 0 {
            return Err(CodecError::Failed("the picture has broken references".to_owned()));
        }
        self.picture = self.take_picture()?;
        Ok(self.picture.is_some())
    }

    /// The picture of the last call of [`Self::decode`].
    pub(crate) fn picture(&self) -> Option<&I420Frame> {
        self.picture.as_ref()
    }

    fn take_picture(&mut self) -> Result<Option<I420Frame>, CodecError> {
        let mut iterator = std::ptr::null();
        let mut last = None;
        loop {
            // SAFETY: the context is initialised, the iterator starts as null; a returned image lives until
            // the next decode.
            let image = unsafe {
                vpx_sys::vpx_codec_get_frame(self.context.as_mut_ptr(), &raw mut iterator).as_ref()
            };
            match image {
                Some(image) => last = Some(lend(image)?),
                None => return Ok(last),
            }
        }
    }
}

/// Reads the size out of a VP8 key frame's header (RFC 6386 §9.1), before the library makes room for it.
fn check_vp8_size(data: &[u8]) -> Result<(), CodecError> {
    let is_key = data.first().is_some_and(|first| first & 1 == 0);
    if let (true, Some(header)) = (is_key, data.get(6..10)) {
        let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
        checked_size(side(header[0], header[1]), side(header[2], header[3]))?;
    }
    Ok(())
}

/// A frame over the memory of `image`, which lives until the next call to the decoder that made it.
fn lend(image: &vpx_image_t) -> Result<I420Frame, CodecError> {
    if image.fmt != vpx_img_fmt::VPX_IMG_FMT_I420 || image.bit_depth != 8 {
        return Err(CodecError::Format);
    }
    let (width, height) = checked_size(image.d_w, image.d_h)?;
    let plane = |index: usize| NonNull::new(image.planes[index]).ok_or(CodecError::Format);
    let stride = |index: usize| usize::try_from(image.stride[index]).map_err(|_| CodecError::Format);
    let planes = [plane(0)?, plane(1)?, plane(2)?];
    let strides = [stride(0)?, stride(1)?, stride(2)?];
    // SAFETY: libvpx's planes hold `d_h` (half for chroma) rows of `stride` bytes; the caller keeps the frame
    // private.
    Ok(unsafe { I420Frame::lend(width, height, planes, strides) })
}
