//! Android's MediaCodec, as `decoder` and `encoder` share it.
//!
//! By the system's own functions: a codec whose process dies gives no buffer for an index that it gave before, which
//! `ndk`'s safe half takes for impossible. Here it is an error, and the next codec's turn.

use std::ffi::CString;
use std::ptr::{self, NonNull};
use std::time::Duration;

use ndk::media::media_format::MediaFormat;
use ndk::native_window::NativeWindow;
use ndk_sys as sys;
use treff_media::codec::VideoCodec;

/// AMEDIACODEC_INFO_TRY_AGAIN_LATER.
const LATER: isize = -1;
/// AMEDIACODEC_INFO_OUTPUT_FORMAT_CHANGED.
const FORMAT_CHANGED: isize = -2;
/// AMEDIACODEC_INFO_OUTPUT_BUFFERS_CHANGED, of no interest to those who ask for one buffer at a time.
const BUFFERS_CHANGED: isize = -3;

/// Makes MediaCodec decoders and encoders.
pub(super) struct MediaCodecs;

pub(super) fn mime(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::Vp8 => "video/x-vnd.on2.vp8",
        VideoCodec::Vp9 => "video/x-vnd.on2.vp9",
        VideoCodec::H264 => "video/avc",
        VideoCodec::Av1 => "video/av01",
    }
}

/// Which way a codec works.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// Onto a Surface.
    DecodeOnto(&'a NativeWindow),
    Encode,
}

/// What a codec has to give.
pub(super) enum Output {
    /// A buffer of its own, until it is released.
    Buffer(usize, sys::AMediaCodecBufferInfo),
    /// Buffers have another format from now on.
    Format,
    Nothing,
}

/// A codec of ours; it stays on the thread that made it.
pub(super) struct Codec(NonNull<sys::AMediaCodec>);

impl Codec {
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let name = CString::new(name).map_err(|error| error.to_string())?;
        // SAFETY: the text is alive; the call gives a codec of ours or nothing.
        let codec = unsafe { sys::AMediaCodec_createCodecByName(name.as_ptr()) };
        NonNull::new(codec).map(Self).ok_or_else(|| "the system has none of that name".to_owned())
    }

    pub(super) fn raw(&self) -> *mut sys::AMediaCodec {
        self.0.as_ptr()
    }

    pub(super) fn configure(&self, format: &MediaFormat, way: Way<'_>) -> Result<(), String> {
        let (window, flags) = match way {
            Way::DecodeOnto(window) => (window.ptr().as_ptr(), 0),
            Way::Encode => (ptr::null_mut(), sys::AMEDIACODEC_CONFIGURE_FLAG_ENCODE as u32),
        };
        // SAFETY: codec, format and window are alive; the codec acquires a reference of its own. There is no key.
        let status = unsafe {
            sys::AMediaCodec_configure(self.raw(), format.as_ptr(), window, ptr::null_mut(), flags)
        };
        check("configure", status)
    }

    pub(super) fn start(&self) -> Result<(), String> {
        // SAFETY: the codec is ours and configured.
        check("start", unsafe { sys::AMediaCodec_start(self.raw()) })
    }

    /// What its buffers are like.
    pub(super) fn output_format(&self) -> Option<MediaFormat> {
        // SAFETY: the codec is ours and configured; the format, if there is one, is ours.
        let format = NonNull::new(unsafe { sys::AMediaCodec_getOutputFormat(self.raw()) })?;
        // SAFETY: as above; it is deleted with this value.
        Some(unsafe { MediaFormat::from_ptr(format) })
    }

    /// What is ready; waits for it no longer than `patience`.
    pub(super) fn output(&self, patience: Duration) -> Result<Output, String> {
        let mut info = sys::AMediaCodecBufferInfo { offset: 0, size: 0, presentationTimeUs: 0, flags: 0 };
        let patience = i64::try_from(patience.as_micros()).unwrap_or(i64::MAX);
        // SAFETY: the codec is ours and started; the call writes `info`.
        let found = unsafe { sys::AMediaCodec_dequeueOutputBuffer(self.raw(), &mut info, patience) };
        match found {
            LATER | BUFFERS_CHANGED => Ok(Output::Nothing),
            FORMAT_CHANGED => Ok(Output::Format),
            found => index("dequeueOutputBuffer", found).map(|index| Output::Buffer(index, info)),
        }
    }

    /// The bytes of an output buffer, unless the codec has taken it back.
    pub(super) fn copy(&self, index: usize, info: &sys::AMediaCodecBufferInfo) -> Option<Vec<u8>> {
        let mut room = 0;
        // SAFETY: the codec is ours and the index was just given by it; the call writes one number.
        let start = unsafe { sys::AMediaCodec_getOutputBuffer(self.raw(), index, &mut room) };
        let start = NonNull::new(start)?;
        let (offset, size) = (usize::try_from(info.offset).ok()?, usize::try_from(info.size).ok()?);
        // SAFETY: the buffer has that much room, and stays until it is released.
        let buffer = unsafe { std::slice::from_raw_parts(start.as_ptr(), room) };
        buffer.get(offset..offset.checked_add(size)?).map(<[u8]>::to_vec)
    }

    /// Gives an output buffer back, shown or not.
    pub(super) fn release(&self, index: usize, show: bool) -> Result<(), String> {
        // SAFETY: the codec is ours and gave that buffer; nothing refers to it any more.
        let status = unsafe { sys::AMediaCodec_releaseOutputBuffer(self.raw(), index, show) };
        check("releaseOutputBuffer", status)
    }

    /// Hands over `data` of that time in microseconds; false while there is no room.
    pub(super) fn input(&self, data: &[u8], at: u64) -> Result<bool, String> {
        // SAFETY: the codec is ours and started.
        let found = unsafe { sys::AMediaCodec_dequeueInputBuffer(self.raw(), 0) };
        if found == LATER {
            return Ok(false);
        }
        let index = index("dequeueInputBuffer", found)?;
        let mut room = 0;
        // SAFETY: the codec is ours and the index was just given by it; the call writes one number.
        let start = unsafe { sys::AMediaCodec_getInputBuffer(self.raw(), index, &mut room) };
        let start = NonNull::new(start).ok_or("it took a buffer back")?;
        if data.len() > room {
            return Err(format!("a frame of {} bytes, room for {room}", data.len()));
        }
        // SAFETY: the buffer has that much room, is no part of `data`, and is ours until it is queued.
        let status = unsafe {
            ptr::copy_nonoverlapping(data.as_ptr(), start.as_ptr(), data.len());
            sys::AMediaCodec_queueInputBuffer(self.raw(), index, 0, data.len(), at, 0)
        };
        check("queueInputBuffer", status)?;
        Ok(true)
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: ours, and not used after this; one that is broken already cannot be stopped, only deleted.
        unsafe {
            sys::AMediaCodec_stop(self.raw());
            sys::AMediaCodec_delete(self.raw());
        }
    }
}

/// The index of a buffer, or an error.
fn index(what: &str, found: isize) -> Result<usize, String> {
    usize::try_from(found).map_err(|_| format!("{what} says {found}"))
}

pub(super) fn check(what: &str, status: sys::media_status_t) -> Result<(), String> {
    if status == sys::media_status_t::AMEDIA_OK { Ok(()) } else { Err(format!("{what} says {}", status.0)) }
}
