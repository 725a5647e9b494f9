//! Cameras of a system without PipeWire: Video4Linux 2, one thread an open camera.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use treff_media::device::{DeviceError, DeviceInfo};
use v4l::buffer::Type;
use v4l::capability::Flags;
use v4l::io::traits::CaptureStream;
use v4l::prelude::MmapStream;
use v4l::video::Capture;
use v4l::{Device, Format, FourCC};

use crate::picture::feed::Feed;
use crate::picture::{Layout, RawPicture};

/// What cameras offer, the cheapest to use first.
const FORMATS: [(&[u8; 4], Layout); 5] = [
    (b"YUYV", Layout::Yuy2),
    (b"UYVY", Layout::Uyvy),
    (b"NV12", Layout::Nv12),
    (b"YU12", Layout::I420),
    (b"MJPG", Layout::Jpeg),
];
/// The largest encoding of a camera.
const SIZE: (u32, u32) = (1280, 720);
/// Buffers shared with the driver.
const BUFFERS: u32 = 4;
/// How long the driver may take for a picture, in milliseconds, before it is asked whether anybody still looks.
const PATIENCE: i32 = 500;

/// Cameras that can be opened for pictures.
pub(crate) fn list() -> Vec<DeviceInfo> {
    v4l::context::enum_devices()
        .into_iter()
        .filter(|node| Device::with_path(node.path()).is_ok_and(|device| takes_pictures(&device)))
        .map(|node| {
            let path = node.path();
            let name = node.name().unwrap_or_else(|| path.display().to_string());
            DeviceInfo { id: stable_path(path).display().to_string(), name }
        })
        .collect()
}

fn takes_pictures(device: &Device) -> bool {
    // A camera has a second node for metadata.
    device.query_caps().is_ok_and(|caps| caps.capabilities.contains(Flags::VIDEO_CAPTURE))
        && device.enum_formats().is_ok_and(|formats| !formats.is_empty())
}

/// A name that stays when other cameras come and go.
fn stable_path(path: &Path) -> PathBuf {
    let links = std::fs::read_dir("/dev/v4l/by-id").into_iter().flatten().flatten().map(|entry| entry.path());
    let same = |link: &PathBuf| link.canonicalize().is_ok_and(|target| target == path);
    links.filter(same).min().unwrap_or_else(|| path.to_owned())
}

/// Closes the camera when dropped.
pub(crate) struct CameraHold(Arc<AtomicBool>);

impl Drop for CameraHold {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Opens the camera at `path`; its pictures go to `feed`.
///
/// # Errors
/// When it is not there, is taken, may not be used, or offers no format known here.
pub(crate) fn open(path: &str, feed: &Arc<Feed>) -> Result<CameraHold, DeviceError> {
    let device = Device::with_path(path).map_err(|error| device_error(&error))?;
    if !takes_pictures(&device) {
        return Err(DeviceError::Missing);
    }
    let (format, layout) = negotiate(&device).map_err(|error| device_error(&error))?;
    let mut stream = MmapStream::with_buffers(&device, Type::VideoCapture, BUFFERS)
        .map_err(|error| device_error(&error))?;
    stream.set_timeout(std::time::Duration::from_millis(PATIENCE as u64));
    let (closed, feed) = (Arc::new(AtomicBool::new(false)), Arc::clone(feed));
    let stop = Arc::clone(&closed);
    thread::Builder::new()
        .name("treff-v4l2".to_owned())
        .spawn(move || run(&mut stream, &format, layout, &feed, &stop))
        .map_err(|error| DeviceError::Failed(error.to_string()))?;
    Ok(CameraHold(closed))
}

fn negotiate(device: &Device) -> io::Result<(Format, Layout)> {
    let offered = device.enum_formats()?;
    let (fourcc, layout) = FORMATS
        .into_iter()
        .find(|(fourcc, _)| offered.iter().any(|offer| offer.fourcc == FourCC::new(fourcc)))
        .ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, "no known format"))?;
    let wanted = Format::new(SIZE.0, SIZE.1, FourCC::new(fourcc));
    let agreed = device.set_format(&wanted)?;
    if agreed.fourcc == wanted.fourcc {
        Ok((agreed, layout))
    } else {
        Err(io::Error::new(io::ErrorKind::Unsupported, "another format than asked for"))
    }
}

fn run(stream: &mut MmapStream<'_>, format: &Format, layout: Layout, feed: &Feed, stop: &AtomicBool) {
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    while !stop.load(Ordering::Relaxed) {
        match stream.next() {
            Ok((bytes, about)) => {
                let used = bytes.get(..about.bytesused as usize).unwrap_or(bytes);
                feed.put(&RawPicture {
                    layout,
                    width: side(format.width),
                    height: side(format.height),
                    stride: format.stride as usize,
                    data: used,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            Err(error) => return feed.end(device_error(&error)),
        }
    }
}

fn device_error(error: &io::Error) -> DeviceError {
    match error.kind() {
        io::ErrorKind::ResourceBusy => DeviceError::Busy,
        io::ErrorKind::PermissionDenied => DeviceError::Refused,
        io::ErrorKind::NotFound => DeviceError::Missing,
        // ENXIO, ENODEV: pulled out.
        _ if matches!(error.raw_os_error(), Some(6 | 19)) => DeviceError::Missing,
        _ => DeviceError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_told_apart() {
        let said = |errno| device_error(&io::Error::from_raw_os_error(errno));
        assert_eq!(said(16), DeviceError::Busy);
        assert_eq!(said(13), DeviceError::Refused);
        assert_eq!(said(1), DeviceError::Refused);
        assert_eq!(said(2), DeviceError::Missing);
        assert_eq!(said(19), DeviceError::Missing);
        assert!(matches!(said(5), DeviceError::Failed(_)));
    }

    #[test]
    fn what_is_no_camera_is_missing() {
        let feed = Feed::new();
        assert_eq!(open("/nowhere/video7", &feed).err(), Some(DeviceError::Missing));
        assert_eq!(open("/dev/null", &feed).err(), Some(DeviceError::Missing));
    }
}
