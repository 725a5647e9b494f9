//! Where raw pictures come from: a file, a drawn pattern, later a camera.

use std::time::Duration;

use treff_media::device::DeviceError;

use crate::frame::I420Frame;

/// A picture source of a fixed size. [`crate::SimulcastSource`] asks it for pictures only while somebody
/// watches.
pub trait PictureSource: Send {
    /// Width of its pictures in pixels.
    fn width(&self) -> u16;

    /// Height of its pictures in pixels.
    fn height(&self) -> u16;

    /// Pictures a second at most.
    fn fps(&self) -> u8;

    /// The picture for the time `at` since the source was opened. A live source may wait for its next one.
    ///
    /// # Errors
    /// The source is then at its end or broken, and is not asked again.
    fn next(&mut self, at: Duration) -> Result<I420Frame, DeviceError>;
}

/// Sees what a source captures, for the own picture on screen. While it wants pictures they are captured, whether
/// anybody else watches or not. Called on the capturing thread.
pub trait PictureTap: Send {
    /// Whether pictures are wanted now.
    fn wants(&self) -> bool;

    /// Takes a picture that was captured while they were.
    fn take(&mut self, picture: &I420Frame);
}
