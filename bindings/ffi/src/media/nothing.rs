//! The system of a machine that is no phone: it has nothing. This crate's own tests run there.

use std::thread;
use std::time::Duration;

use treff_media::device::{AudioDirection, DeviceError};
use treff_media::frame::EncodedFrame;

use super::audio::{AudioStream, AudioSystem};
use super::capture::{Desks, Opened, OpensEncoders, Wish};
use super::decoding::{OpensDecoders, VideoDecoder};
use super::renderers::Tiles;
use crate::config::DeviceCodec;

/// No microphone, no loudspeaker, no decoder, no encoder.
pub(super) struct Nothing;

/// Nobody attaches windows here.
pub(super) static TILES: Tiles<()> = Tiles::new();

/// Nobody draws here.
pub(super) static DESKS: Desks<()> = Desks::new();

impl AudioSystem for Nothing {
    fn open(&self, _: AudioDirection) -> Result<Box<dyn AudioStream>, DeviceError> {
        Err(DeviceError::Missing)
    }

    fn pause(&self, time: Duration) {
        thread::sleep(time);
    }
}

impl OpensDecoders<()> for Nothing {
    fn open(&self, _: &DeviceCodec, _: &EncodedFrame, (): &()) -> Result<Box<dyn VideoDecoder<()>>, String> {
        Err("there are no decoders here".to_owned())
    }
}

impl OpensEncoders<()> for Nothing {
    fn open(&self, _: &DeviceCodec, _: Wish) -> Result<Opened<()>, String> {
        Err("there are no encoders here".to_owned())
    }
}
