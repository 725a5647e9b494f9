//! The Linux codecs: libvpx (VP8, VP9), dav1d (AV1) and OpenH264 behind the traits of treff-media, with the
//! threads that capture, encode and decode. In: raw pictures from a [`PictureSource`], encoded frames from
//! the network. Out: encoded frames for the network, raw pictures for a [`PictureSink`].

mod av1;
mod catalog;
mod decoder;
mod encoder;
mod error;
pub mod fixture;
mod frame;
mod h264;
pub mod pattern;
mod renderer;
mod rgb;
mod scale;
mod simulcast;
mod source;
mod vpx;
pub mod y4m;

pub use catalog::catalog;
pub use decoder::{Decoder, decoder};
pub use encoder::{Encoder, EncoderConfig, encoder};
pub use error::CodecError;
pub use frame::{I420Frame, MAX_DIMENSION, Plane, PlaneMut};
pub use h264::H264Encoder;
pub use renderer::{DecodingRenderer, DecodingRendererFactory, PictureSink};
pub use rgb::{Painter, painted_size};
pub use scale::scale;
pub use simulcast::SimulcastSource;
pub use source::{PictureSource, PictureTap};
pub use vpx::VpxEncoder;

#[cfg(test)]
mod tests;
