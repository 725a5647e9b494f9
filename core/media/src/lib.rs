//! The media half of a conference, sans-IO.
//!
//! In: datagrams, encoded frames from a camera, PCM from a microphone, the time. Out: datagrams, encoded frames to
//! draw, PCM to hear, events and the next deadline. No socket, thread, lock, clock or file is opened here: the
//! driver in `treff-app` owns those, and platforms implement the traits in [`device`].
#![warn(missing_docs)]

pub mod audio;
pub mod codec;
pub mod device;
pub mod frame;
#[doc(hidden)]
pub mod fuzz;
pub mod rtp;
pub mod session;
pub mod simulcast;
pub mod transport;
