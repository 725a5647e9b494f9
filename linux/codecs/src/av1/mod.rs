//! Decoding AV1 by dav1d, on the calling thread. Pictures are lent out of dav1d's reference memory.
//!
//! Not rav1d: its 1.1.0 aborts the process at any decoding error when it runs without frame threads (their
//! issue 1497).

use std::ffi::{c_int, c_uint};
use std::ptr::NonNull;

use crate::error::CodecError;
use crate::frame::{I420Frame, MAX_DIMENSION, checked_size};

/// The decoder of dav1d.c.
#[repr(C)]
struct Raw {
    _private: [u8; 0],
}

/// A picture as dav1d.c describes it.
#[repr(C)]
struct RawPicture {
    planes: [*mut u8; 3],
    strides: [isize; 3],
    width: i32,
    height: i32,
    is_420_8bit: i32,
}

unsafe extern "C" {
    fn treff_av1_open(max_pixels: c_uint) -> *mut Raw;
    fn treff_av1_close(raw: *mut Raw);
    fn treff_av1_decode(raw: *mut Raw, bytes: *const u8, size: usize, out: *mut RawPicture) -> c_int;
}

/// An AV1 decoder.
pub(crate) struct Av1Decoder {
    /// The last picture; its memory belongs to `context`, hence it is declared (and dropped) first.
    picture: Option<I420Frame>,
    context: Context,
}

/// An open decoder instance.
struct Context(NonNull<Raw>);

// SAFETY: dav1d has no thread affinity; an instance may be used from any one thread at a time.
unsafe impl Send for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: opened in `Av1Decoder::new` and closed nowhere else.
        unsafe { treff_av1_close(self.0.as_ptr()) };
    }
}

impl Av1Decoder {
    pub(crate) fn new() -> Result<Self, CodecError> {
        let max_pixels = c_uint::from(MAX_DIMENSION) * c_uint::from(MAX_DIMENSION);
        // SAFETY: takes no pointers; returns null on failure.
        let raw = unsafe { treff_av1_open(max_pixels) };
        let context = NonNull::new(raw).map(Context);
        let context = context.ok_or_else(|| CodecError::Failed("dav1d does not open".to_owned()))?;
        Ok(Self { picture: None, context })
    }

    /// Decodes one temporal unit; whether there is a new picture.
    pub(crate) fn decode(&mut self, data: &[u8]) -> Result<bool, CodecError> {
        self.picture = None;
        if data.is_empty() {
            return Err(CodecError::Failed("a temporal unit of no bytes".to_owned()));
        }
        let mut picture = RawPicture {
            planes: [std::ptr::null_mut(); 3],
            strides: [0; 3],
            width: 0,
            height: 0,
            is_420_8bit: 0,
        };
        // SAFETY: the context is open, `data` is readable for its length and copied, `picture` is writable.
        let code =
            unsafe { treff_av1_decode(self.context.0.as_ptr(), data.as_ptr(), data.len(), &raw mut picture) };
        match code {
            0 => Ok(false),
            1 => {
                self.picture = Some(lend(&picture)?);
                Ok(true)
            }
            code => Err(CodecError::Failed(format!("dav1d error {}", -code))),
        }
    }

    /// The picture of the last call of [`Self::decode`].
    pub(crate) fn picture(&self) -> Option<&I420Frame> {
        self.picture.as_ref()
    }
}

/// A frame over the memory of `picture`, which lives until the next call to the decoder that made it.
fn lend(picture: &RawPicture) -> Result<I420Frame, CodecError> {
    if picture.is_420_8bit == 0 {
        return Err(CodecError::Format);
    }
    let side = |n: i32| u32::try_from(n).unwrap_or(0);
    let (width, height) = checked_size(side(picture.width), side(picture.height))?;
    let plane = |index: usize| NonNull::new(picture.planes[index]).ok_or(CodecError::Format);
    let stride = |index: usize| usize::try_from(picture.strides[index]).map_err(|_| CodecError::Format);
    let planes = [plane(0)?, plane(1)?, plane(2)?];
    let strides = [stride(0)?, stride(1)?, stride(2)?];
    // SAFETY: dav1d's planes hold `height` (half for chroma) rows of `stride` bytes; the caller keeps the
    // frame private.
    Ok(unsafe { I420Frame::lend(width, height, planes, strides) })
}
