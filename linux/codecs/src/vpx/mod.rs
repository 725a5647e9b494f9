//! VP8 and VP9 by libvpx. The context here owns the library's state; decoder and encoder live beside it.

mod buffers;
mod decoder;
mod encoder;
mod temporal;

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;

use vpx_sys::{vpx_codec_ctx_t, vpx_codec_err_t};

use crate::error::CodecError;

pub(crate) use decoder::VpxDecoder;
pub use encoder::VpxEncoder;

/// An initialised codec instance, destroyed on drop.
struct Context(Box<vpx_codec_ctx_t>);

// SAFETY: libvpx keeps no thread-local state; an instance may be used from any one thread at a time.
unsafe impl Send for Context {}

impl Context {
    /// Runs one of libvpx's `init` functions on fresh memory.
    ///
    /// # Safety
    /// `init` must initialise the context it is given whenever it returns `VPX_CODEC_OK`.
    unsafe fn new(init: impl FnOnce(*mut vpx_codec_ctx_t) -> vpx_codec_err_t) -> Result<Self, CodecError> {
        let mut memory: Box<MaybeUninit<vpx_codec_ctx_t>> = Box::new(MaybeUninit::zeroed());
        let code = init(memory.as_mut_ptr());
        if code != vpx_codec_err_t::VPX_CODEC_OK {
            return Err(CodecError::Failed(describe(code)));
        }
        // SAFETY: the library filled the memory, as the caller promised.
        Ok(Self(unsafe { Box::from_raw(Box::into_raw(memory).cast()) }))
    }

    fn as_mut_ptr(&mut self) -> *mut vpx_codec_ctx_t {
        &raw mut *self.0
    }

    /// Turns a return code into a result, with the library's detail if it has one.
    fn check(&mut self, code: vpx_codec_err_t) -> Result<(), CodecError> {
        if code == vpx_codec_err_t::VPX_CODEC_OK {
            return Ok(());
        }
        // SAFETY: the context is initialised; the returned string is null or lives until the next call.
        let detail = unsafe {
            let text = vpx_sys::vpx_codec_error_detail(self.as_mut_ptr());
            (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
        };
        Err(CodecError::Failed(detail.unwrap_or_else(|| describe(code))))
    }

    /// Sets one of the options that take an `int`.
    fn set_option(&mut self, id: u32, value: c_int) -> Result<(), CodecError> {
        // SAFETY: the context is initialised, and every id passed in this module takes one `int`.
        let code = unsafe { vpx_sys::vpx_codec_control_(self.as_mut_ptr(), id as c_int, value) };
        self.check(code)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: initialised in `new` and destroyed nowhere else.
        unsafe { vpx_sys::vpx_codec_destroy(self.as_mut_ptr()) };
    }
}

fn describe(code: vpx_codec_err_t) -> String {
    // SAFETY: returns a static string for every code.
    unsafe { CStr::from_ptr(vpx_sys::vpx_codec_err_to_string(code)) }.to_string_lossy().into_owned()
}
