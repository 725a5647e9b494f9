//! AAudio, with the preset for calls where the system has it.

use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::thread;
use std::time::Duration;

use ndk_sys as sys;
use treff_media::device::{AudioDirection, DeviceError};
use treff_media::frame::SAMPLE_RATE;

use super::audio::{AudioStream, AudioSystem};

/// How long a read or write may wait for the device.
const PATIENCE_NS: i64 = 500_000_000;

/// The system's audio.
pub(super) struct AAudio;

impl AudioSystem for AAudio {
    fn open(&self, direction: AudioDirection) -> Result<Box<dyn AudioStream>, DeviceError> {
        let stream = Builder::new()?.open(direction)?;
        stream.start()?;
        Ok(Box::new(stream))
    }

    fn pause(&self, time: Duration) {
        thread::sleep(time);
    }
}

struct Builder(NonNull<sys::AAudioStreamBuilder>);

impl Builder {
    fn new() -> Result<Self, DeviceError> {
        let mut builder = ptr::null_mut();
        // SAFETY: the call writes one pointer.
        check(unsafe { sys::AAudio_createStreamBuilder(&mut builder) })?;
        NonNull::new(builder).map(Self).ok_or(DeviceError::Missing)
    }

    fn open(&self, direction: AudioDirection) -> Result<Stream, DeviceError> {
        let builder = self.0.as_ptr();
        let (way, newer) = match direction {
            AudioDirection::Input => (sys::AAUDIO_DIRECTION_INPUT, VOICE_INPUT),
            AudioDirection::Output => (sys::AAUDIO_DIRECTION_OUTPUT, VOICE_OUTPUT),
        };
        let mut stream = ptr::null_mut();
        // SAFETY: the builder lives as long as `self`, and the last call writes one pointer.
        let opened = unsafe {
            sys::AAudioStreamBuilder_setDirection(builder, way as i32);
            sys::AAudioStreamBuilder_setSampleRate(builder, SAMPLE_RATE.cast_signed());
            sys::AAudioStreamBuilder_setChannelCount(builder, 1);
            sys::AAudioStreamBuilder_setFormat(builder, sys::AAUDIO_FORMAT_PCM_FLOAT as i32);
            sys::AAudioStreamBuilder_setPerformanceMode(
                builder,
                sys::AAUDIO_PERFORMANCE_MODE_LOW_LATENCY as i32,
            );
            for (name, value) in newer {
                set_if_there(builder, name, *value);
            }
            sys::AAudioStreamBuilder_openStream(builder, &mut stream)
        };
        check(opened)?;
        let stream = Stream(NonNull::new(stream).ok_or(DeviceError::Missing)?);
        stream.has_our_format()?;
        Ok(stream)
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        // SAFETY: ours, and not used after this.
        unsafe { sys::AAudioStreamBuilder_delete(self.0.as_ptr()) };
    }
}

/// What came with API 28: the echo canceller of the system's calls, and the volume and route of calls.
const VOICE_INPUT: &[(&std::ffi::CStr, i32)] =
    &[(c"AAudioStreamBuilder_setInputPreset", sys::AAUDIO_INPUT_PRESET_VOICE_COMMUNICATION as i32)];
const VOICE_OUTPUT: &[(&std::ffi::CStr, i32)] = &[
    (c"AAudioStreamBuilder_setUsage", sys::AAUDIO_USAGE_VOICE_COMMUNICATION as i32),
    (c"AAudioStreamBuilder_setContentType", sys::AAUDIO_CONTENT_TYPE_SPEECH as i32),
];

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const std::ffi::c_char) -> *mut c_void;
}

/// Calls a setter that API 26 does not have, if this system does.
///
/// # Safety
/// `builder` is alive, and `name` is a setter of one number.
unsafe fn set_if_there(builder: *mut sys::AAudioStreamBuilder, name: &std::ffi::CStr, value: i32) {
    // SAFETY: RTLD_DEFAULT, which is null on 64-bit Android and -1 on 32-bit; the library is loaded, we are linked to it.
    let found = unsafe { dlsym(RTLD_DEFAULT, name.as_ptr()) };
    if let Some(found) = NonNull::new(found) {
        // SAFETY: as the caller promises.
        let set: unsafe extern "C" fn(*mut sys::AAudioStreamBuilder, i32) =
            unsafe { std::mem::transmute(found.as_ptr()) };
        // SAFETY: as above.
        unsafe { set(builder, value) };
    }
}

#[cfg(target_pointer_width = "64")]
const RTLD_DEFAULT: *mut c_void = ptr::null_mut();
#[cfg(target_pointer_width = "32")]
const RTLD_DEFAULT: *mut c_void = ptr::without_provenance_mut(usize::MAX);

/// An open stream. AAudio's streams may be used from one thread at a time, whichever it is.
struct Stream(NonNull<sys::AAudioStream>);

// SAFETY: see the type; `&mut self` keeps it to one thread at a time.
unsafe impl Send for Stream {}

impl Stream {
    fn start(&self) -> Result<(), DeviceError> {
        // SAFETY: the stream is ours and open.
        check(unsafe { sys::AAudioStream_requestStart(self.0.as_ptr()) })
    }

    /// The system may open something else than was asked for.
    fn has_our_format(&self) -> Result<(), DeviceError> {
        let stream = self.0.as_ptr();
        // SAFETY: the stream is ours and open.
        let found = unsafe {
            (
                sys::AAudioStream_getSampleRate(stream),
                sys::AAudioStream_getChannelCount(stream),
                sys::AAudioStream_getFormat(stream),
            )
        };
        if found == (SAMPLE_RATE.cast_signed(), 1, sys::AAUDIO_FORMAT_PCM_FLOAT as i32) {
            return Ok(());
        }
        Err(DeviceError::Failed(format!("the system opens {found:?} instead of 48 kHz, mono, float")))
    }
}

impl AudioStream for Stream {
    fn read(&mut self, samples: &mut [f32]) -> Result<usize, DeviceError> {
        let frames = i32::try_from(samples.len()).unwrap_or(i32::MAX);
        // SAFETY: the stream is ours and open, and writes at most as many mono samples as there is room for.
        let moved = unsafe {
            sys::AAudioStream_read(self.0.as_ptr(), samples.as_mut_ptr().cast(), frames, PATIENCE_NS)
        };
        count(moved)
    }

    fn write(&mut self, samples: &[f32]) -> Result<usize, DeviceError> {
        let frames = i32::try_from(samples.len()).unwrap_or(i32::MAX);
        // SAFETY: the stream is ours and open, and reads at most as many mono samples as there are.
        let moved =
            unsafe { sys::AAudioStream_write(self.0.as_ptr(), samples.as_ptr().cast(), frames, PATIENCE_NS) };
        count(moved)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: ours, and not used after this; closing stops it.
        unsafe { sys::AAudioStream_close(self.0.as_ptr()) };
    }
}

fn count(moved: i32) -> Result<usize, DeviceError> {
    check(moved.min(0))?;
    Ok(usize::try_from(moved).unwrap_or_default())
}

fn check(result: i32) -> Result<(), DeviceError> {
    match result {
        0 => Ok(()),
        sys::AAUDIO_ERROR_UNAVAILABLE | sys::AAUDIO_ERROR_NO_SERVICE => Err(DeviceError::Missing),
        other => Err(DeviceError::Failed(format!("AAudio error {other}"))),
    }
}
