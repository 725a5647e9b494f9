//! Decoding AV1 by rav1d, on the calling thread. Pictures are lent out of rav1d's reference memory.

use std::io;
use std::ptr::NonNull;

use rav1d::include::dav1d::data::Dav1dData;
use rav1d::include::dav1d::dav1d::{Dav1dContext, Dav1dSettings};
use rav1d::include::dav1d::headers::DAV1D_PIXEL_LAYOUT_I420;
use rav1d::include::dav1d::picture::Dav1dPicture;
use rav1d::src::lib as dav1d;

use crate::error::CodecError;
use crate::frame::{I420Frame, MAX_DIMENSION, checked_size};

/// An AV1 decoder.
pub(crate) struct Av1Decoder {
    /// The last picture, over the memory of `held`.
    picture: Option<I420Frame>,
    held: Option<Picture>,
    context: Context,
}

impl Av1Decoder {
    pub(crate) fn new() -> Result<Self, CodecError> {
        Ok(Self { picture: None, held: None, context: Context::open()? })
    }

    /// Decodes one temporal unit; whether there is a new picture.
    pub(crate) fn decode(&mut self, data: &[u8]) -> Result<bool, CodecError> {
        self.picture = None;
        self.held = None;
        if data.is_empty() {
            return Err(CodecError::Failed("a temporal unit of no bytes".to_owned()));
        }
        self.context.send(data)?;
        while let Some(picture) = self.context.next_picture()? {
            self.held = Some(picture);
        }
        self.picture = self.held.as_ref().map(Picture::lend).transpose()?;
        Ok(self.picture.is_some())
    }

    /// The picture of the last call of [`Self::decode`].
    pub(crate) fn picture(&self) -> Option<&I420Frame> {
        self.picture.as_ref()
    }
}

/// An open decoder instance.
struct Context(Option<Dav1dContext>);

// SAFETY: with one thread the instance has no affinity; it may be used from any one thread at a time.
unsafe impl Send for Context {}

impl Context {
    fn open() -> Result<Self, CodecError> {
        let mut settings = std::mem::MaybeUninit::<Dav1dSettings>::uninit();
        // SAFETY: fills the settings in.
        let mut settings = unsafe {
            dav1d::dav1d_default_settings(NonNull::from(&mut settings).cast());
            settings.assume_init()
        };
        settings.n_threads = 1;
        settings.max_frame_delay = 1;
        // Of an SVC stream the largest picture of each temporal unit that the bridge let through.
        settings.all_layers = 0;
        settings.frame_size_limit = u32::from(MAX_DIMENSION) * u32::from(MAX_DIMENSION);
        // SAFETY: without a callback nothing is called.
        settings.logger = unsafe { rav1d::include::dav1d::dav1d::Dav1dLogger::new(None, None) };
        let mut context = None;
        // SAFETY: both pointers are valid; the settings are read, the context is written.
        let code = unsafe {
            dav1d::dav1d_open(Some(NonNull::from(&mut context)), Some(NonNull::from(&mut settings)))
        };
        // The settings hold no resources, but rav1d has read them as by value.
        std::mem::forget(settings);
        check(code.0)?;
        Ok(Self(context))
    }

    /// Hands over one temporal unit, which is decoded up to its first picture.
    fn send(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let mut data = Dav1dData::default();
        // SAFETY: `data` is written and, on success, owns a fresh buffer of the given length, which is filled at once; after the
        // call the reference that we still hold (on failure) is given up.
        let code = unsafe {
            let buffer = dav1d::dav1d_data_create(Some(NonNull::from(&mut data)), bytes.len());
            if buffer.is_null() {
                return Err(CodecError::Failed("out of memory".to_owned()));
            }
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
            let code = dav1d::dav1d_send_data(self.0, Some(NonNull::from(&mut data)));
            dav1d::dav1d_data_unref(Some(NonNull::from(&mut data)));
            code
        };
        check(code.0)
    }

    /// The next picture of what was sent, or `None` when all of it has been decoded.
    fn next_picture(&mut self) -> Result<Option<Picture>, CodecError> {
        let mut picture = Box::<Dav1dPicture>::default();
        // SAFETY: the context is open and the picture writable.
        let code = unsafe { dav1d::dav1d_get_picture(self.0, Some(NonNull::from(&mut *picture))) };
        let picture = Picture(picture);
        if code.0 < 0 && io::Error::from_raw_os_error(-code.0).kind() == io::ErrorKind::WouldBlock {
            return Ok(None);
        }
        check(code.0)?;
        Ok(Some(picture))
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: opened in `open` and closed nowhere else.
        unsafe { dav1d::dav1d_close(Some(NonNull::from(&mut self.0))) };
    }
}

/// A reference to a decoded picture (or to none).
struct Picture(Box<Dav1dPicture>);

// SAFETY: a reference-counted handle whose count is atomic; the pixels are only read.
unsafe impl Send for Picture {}

impl Picture {
    /// A frame over this picture's memory, not to outlive it.
    fn lend(&self) -> Result<I420Frame, CodecError> {
        let picture = &*self.0;
        if picture.p.bpc != 8 || picture.p.layout != DAV1D_PIXEL_LAYOUT_I420 {
            return Err(CodecError::Format);
        }
        let side = |n: i32| u32::try_from(n).unwrap_or(0);
        let (width, height) = checked_size(side(picture.p.w), side(picture.p.h))?;
        let plane = |index: usize| picture.data[index].map(NonNull::cast).ok_or(CodecError::Format);
        let stride = |index: usize| usize::try_from(picture.stride[index]).map_err(|_| CodecError::Format);
        let planes = [plane(0)?, plane(1)?, plane(2)?];
        let strides = [stride(0)?, stride(1)?, stride(1)?];
        // SAFETY: the planes hold `h` (half for chroma) rows of `stride` bytes while the picture is referenced; the decoder
        // drops the frame before the picture.
        Ok(unsafe { I420Frame::lend(width, height, planes, strides) })
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: a picture that rav1d filled, or an empty one, which it accepts too.
        unsafe { dav1d::dav1d_picture_unref(Some(NonNull::from(&mut *self.0))) };
    }
}

fn check(code: i32) -> Result<(), CodecError> {
    if code < 0 { Err(CodecError::Failed(format!("rav1d error {}", -code))) } else { Ok(()) }
}
