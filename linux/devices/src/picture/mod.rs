//! Pictures as cameras and screens give them, and as encoders want them. In: pixels in one of a few layouts, from another
//! process. Out: 8-bit 4:2:0 in the limited range of BT.601.

pub(crate) mod feed;
mod planar;
pub(crate) mod source;

use treff_codecs::{I420Frame, MAX_DIMENSION};
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix, bgra_to_yuv420,
    rgba_to_yuv420,
};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// How pixels lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// 4:2:2 in one plane: Y U Y V.
    Yuy2,
    /// 4:2:2 in one plane: U Y V Y.
    Uyvy,
    /// 4:2:0: a plane of luma, a plane of U and V in turns.
    Nv12,
    /// 4:2:0 in three planes.
    I420,
    /// Blue, green, red and a byte of no account.
    Bgrx,
    /// Red, green, blue and a byte of no account.
    Rgbx,
    /// A JPEG picture.
    Jpeg,
}

/// A picture as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawPicture<'a> {
    pub(crate) layout: Layout,
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Bytes from one row of the first plane to the next; of no account for JPEG.
    pub(crate) stride: usize,
    pub(crate) data: &'a [u8],
}

/// The bytes are not such a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Makes a picture for encoders.
///
/// # Errors
/// When there are too few bytes, or a JPEG does not decode.
pub(crate) fn convert(raw: &RawPicture<'_>) -> Result<I420Frame, Malformed> {
    if !(1..=MAX_DIMENSION).contains(&raw.width) || !(1..=MAX_DIMENSION).contains(&raw.height) {
        return Err(Malformed);
    }
    match raw.layout {
        Layout::Yuy2 => planar::from_packed(raw, 0),
        Layout::Uyvy => planar::from_packed(raw, 1),
        Layout::Nv12 => planar::from_nv12(raw),
        Layout::I420 => planar::from_i420(raw),
        Layout::Bgrx | Layout::Rgbx => from_rgb(raw),
        Layout::Jpeg => from_jpeg(raw),
    }
}

fn from_rgb(raw: &RawPicture<'_>) -> Result<I420Frame, Malformed> {
    let (width, height) = (usize::from(raw.width), usize::from(raw.height));
    // The last row need not be padded; the converter wants whole rows or the exact end.
    let rows = raw.stride.checked_mul(height - 1).ok_or(Malformed)?;
    let needed = rows.checked_add(width * 4).ok_or(Malformed)?;
    if raw.stride < width * 4 || raw.data.len() < needed {
        return Err(Malformed);
    }
    let data = &raw.data[..raw.data.len().min(raw.stride.saturating_mul(height))];
    let mut frame = I420Frame::new(raw.width, raw.height);
    let [y, u, v] = frame.planes_mut();
    let mut image = YuvPlanarImageMut {
        y_stride: y.stride as u32,
        y_plane: BufferStoreMut::Borrowed(y.data),
        u_stride: u.stride as u32,
        u_plane: BufferStoreMut::Borrowed(u.data),
        v_stride: v.stride as u32,
        v_plane: BufferStoreMut::Borrowed(v.data),
        width: raw.width.into(),
        height: raw.height.into(),
    };
    let stride = u32::try_from(raw.stride).map_err(|_| Malformed)?;
    let convert = if raw.layout == Layout::Bgrx { bgra_to_yuv420 } else { rgba_to_yuv420 };
    convert(
        &mut image,
        data,
        stride,
        YuvRange::Limited,
        YuvStandardMatrix::Bt601,
        YuvConversionMode::Balanced,
    )
    .map_err(|_| Malformed)?;
    Ok(frame)
}

/// The size in the JPEG counts: a camera may round its own.
fn from_jpeg(raw: &RawPicture<'_>) -> Result<I420Frame, Malformed> {
    let limit = usize::from(MAX_DIMENSION);
    let options = DecoderOptions::default()
        .set_max_width(limit)
        .set_max_height(limit)
        .jpeg_set_out_colorspace(ColorSpace::YCbCr);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(raw.data), options);
    let pixels = decoder.decode().map_err(|_| Malformed)?;
    let (width, height) = decoder.dimensions().ok_or(Malformed)?;
    let side = |side: usize| u16::try_from(side).ok().filter(|side| (1..=MAX_DIMENSION).contains(side));
    let (width, height) = (side(width).ok_or(Malformed)?, side(height).ok_or(Malformed)?);
    planar::from_full_range_444(width, height, &pixels)
}

#[cfg(test)]
mod tests;
