//! Frame memory that the VP9 decoder borrows. VP9 may grow a picture sixteenfold in any frame, so the limit
//! on sizes has to sit where memory is asked for.

use std::ffi::{c_int, c_void};

use vpx_sys::vpx_codec_frame_buffer_t;

use crate::frame::MAX_DIMENSION;

/// Enough for 8-bit 4:2:0 at the largest size with libvpx's borders of 160 pixels.
const MAX_BYTES: usize = (MAX_DIMENSION as usize + 384) * (MAX_DIMENSION as usize + 384) * 3 / 2;
/// Eight references, a few in work; libvpx never asks for more.
const MAX_BUFFERS: usize = 16;

/// The buffers of one decoder; those not in use are given out again.
#[derive(Default)]
pub(super) struct FrameBuffers {
    all: Vec<FrameBuffer>,
}

#[derive(Default)]
struct FrameBuffer {
    memory: Vec<u8>,
    in_use: bool,
}

impl FrameBuffers {
    /// A free buffer of at least `size` bytes: its number and memory.
    fn take(&mut self, size: usize) -> Option<(usize, &mut [u8])> {
        if size > MAX_BYTES {
            return None;
        }
        let index = match self.all.iter().position(|buffer| !buffer.in_use) {
            Some(index) => index,
            None if self.all.len() < MAX_BUFFERS => {
                self.all.push(FrameBuffer::default());
                self.all.len() - 1
            }
            None => return None,
        };
        let buffer = &mut self.all[index];
        if buffer.memory.len() < size {
            // Zeroed, as libvpx asks: a broken stream may show pixels that were never written.
            buffer.memory = vec![0; size];
        }
        buffer.in_use = true;
        Some((index, &mut buffer.memory))
    }

    fn give_back(&mut self, index: usize) {
        if let Some(buffer) = self.all.get_mut(index) {
            buffer.in_use = false;
        }
    }
}

/// Called by libvpx when it needs memory for a picture.
///
/// # Safety
/// `owner` must point to the decoder's `FrameBuffers`, `buffer` to a buffer description of libvpx.
pub(super) unsafe extern "C" fn get_buffer(
    owner: *mut c_void,
    size: usize,
    buffer: *mut vpx_codec_frame_buffer_t,
) -> c_int {
    // SAFETY: as promised; libvpx calls this only from within `vpx_codec_decode`, when nobody else holds the
    // buffers.
    let (buffers, buffer) = unsafe { (&mut *owner.cast::<FrameBuffers>(), &mut *buffer) };
    match buffers.take(size) {
        Some((index, memory)) => {
            buffer.data = memory.as_mut_ptr();
            buffer.size = memory.len();
            // The number plus one, since libvpx reads null as "none".
            buffer.priv_ = std::ptr::without_provenance_mut(index + 1);
            0
        }
        None => -1,
    }
}

/// Called by libvpx when it is done with a picture.
///
/// # Safety
/// As for [`get_buffer`], and `buffer` came from it.
pub(super) unsafe extern "C" fn release_buffer(
    owner: *mut c_void,
    buffer: *mut vpx_codec_frame_buffer_t,
) -> c_int {
    // SAFETY: as promised; called from within `vpx_codec_decode` or `vpx_codec_destroy`.
    let (buffers, buffer) = unsafe { (&mut *owner.cast::<FrameBuffers>(), &mut *buffer) };
    if let Some(index) = buffer.priv_.addr().checked_sub(1) {
        buffers.give_back(index);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_used_again_and_bounded() {
        let mut buffers = FrameBuffers::default();
        assert_eq!(buffers.take(100).map(|(index, memory)| (index, memory.len())), Some((0, 100)));
        assert_eq!(buffers.take(100).map(|(index, _)| index), Some(1));
        buffers.give_back(0);
        assert_eq!(buffers.take(200).map(|(index, memory)| (index, memory.len())), Some((0, 200)));
        assert!(buffers.take(MAX_BYTES + 1).is_none());
        while buffers.take(1).is_some() {}
        assert_eq!(buffers.all.len(), MAX_BUFFERS);
    }
}
