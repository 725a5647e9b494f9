//! Formats as PipeWire negotiates them.

use std::io::Cursor;

use ::pipewire::spa::param::ParamType;
use ::pipewire::spa::param::audio::AudioInfoRaw;
use ::pipewire::spa::param::format::{FormatProperties, MediaSubtype, MediaType};
use ::pipewire::spa::param::video::VideoFormat;
use ::pipewire::spa::pod::deserialize::PodDeserializer;
use ::pipewire::spa::pod::serialize::PodSerializer;
use ::pipewire::spa::pod::{ChoiceValue, Object, Pod, Value, object, property};
use ::pipewire::spa::utils::{Choice, ChoiceEnum, Fraction, Rectangle, SpaTypes};
use treff_codecs::MAX_DIMENSION;

use super::video::Wanted;
use crate::picture::Layout;

fn bytes(object: Object) -> Option<Vec<u8>> {
    let (cursor, _) = PodSerializer::serialize(Cursor::new(Vec::new()), &Value::Object(object)).ok()?;
    Some(cursor.into_inner())
}

/// The one format of sound.
pub(super) fn audio(info: AudioInfoRaw) -> Option<Vec<u8>> {
    bytes(Object {
        type_: SpaTypes::ObjectParamFormat.as_raw(),
        id: ParamType::EnumFormat.as_raw(),
        properties: info.into(),
    })
}

const SMALLEST: Rectangle = Rectangle { width: 16, height: 16 };
const LARGEST: Rectangle = Rectangle { width: MAX_DIMENSION as u32, height: MAX_DIMENSION as u32 };
const ANY_RATE: [Fraction; 2] = [Fraction { num: 0, denom: 1 }, Fraction { num: 120, denom: 1 }];

/// The formats of pictures, the best first.
pub(super) fn video(wanted: &Wanted) -> Vec<Vec<u8>> {
    let (size, rate) = match wanted {
        // The largest encoding of a camera.
        Wanted::Camera(_) => (Rectangle { width: 1280, height: 720 }, 30),
        // Whatever the screen has.
        Wanted::Screen(_) => (LARGEST, 15),
    };
    let largest = match wanted {
        Wanted::Camera(_) => Rectangle { width: 1920, height: 1080 },
        Wanted::Screen(_) => LARGEST,
    };
    let rate = Fraction { num: rate, denom: 1 };
    let raw = object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        property!(
            FormatProperties::VideoFormat,
            Choice,
            Enum,
            Id,
            VideoFormat::I420,
            VideoFormat::I420,
            VideoFormat::NV12,
            VideoFormat::YUY2,
            VideoFormat::UYVY,
            VideoFormat::BGRx,
            VideoFormat::BGRA,
            VideoFormat::RGBx,
            VideoFormat::RGBA,
        ),
        property!(FormatProperties::VideoSize, Choice, Range, Rectangle, size, SMALLEST, largest),
        property!(FormatProperties::VideoFramerate, Choice, Range, Fraction, rate, ANY_RATE[0], ANY_RATE[1]),
    );
    let jpeg = object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Mjpg),
        property!(FormatProperties::VideoSize, Choice, Range, Rectangle, size, SMALLEST, largest),
        property!(FormatProperties::VideoFramerate, Choice, Range, Fraction, rate, ANY_RATE[0], ANY_RATE[1]),
    );
    [raw, jpeg].into_iter().filter_map(bytes).collect()
}

/// What was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) layout: Layout,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Agreed {
    /// None if it is nothing that was offered.
    pub(super) fn parse(parameter: &Pod) -> Option<Self> {
        let (_, Value::Object(format)) = PodDeserializer::deserialize_any_from(parameter.as_bytes()).ok()?
        else {
            return None;
        };
        let value = |key: FormatProperties| {
            format.properties.iter().find(|property| property.key == key.as_raw()).map(|found| &found.value)
        };
        // A property over which there was a choice stays one, of a single value.
        let id = |key| match value(key)? {
            Value::Id(id) | Value::Choice(ChoiceValue::Id(Choice(_, ChoiceEnum::None(id)))) => Some(id.0),
            _ => None,
        };
        if id(FormatProperties::MediaType)? != MediaType::Video.as_raw() {
            return None;
        }
        let layout = match MediaSubtype(id(FormatProperties::MediaSubtype)?) {
            MediaSubtype::Mjpg => Layout::Jpeg,
            MediaSubtype::Raw => raw_layout(VideoFormat(id(FormatProperties::VideoFormat)?))?,
            _ => return None,
        };
        let size = match value(FormatProperties::VideoSize)? {
            Value::Rectangle(size)
            | Value::Choice(ChoiceValue::Rectangle(Choice(_, ChoiceEnum::None(size)))) => *size,
            _ => return None,
        };
        let side = |side: u32| u16::try_from(side).ok().filter(|side| (1..=MAX_DIMENSION).contains(side));
        Some(Self { layout, width: side(size.width)?, height: side(size.height)? })
    }
}

fn raw_layout(format: VideoFormat) -> Option<Layout> {
    match format {
        VideoFormat::I420 => Some(Layout::I420),
        VideoFormat::NV12 => Some(Layout::Nv12),
        VideoFormat::YUY2 => Some(Layout::Yuy2),
        VideoFormat::UYVY => Some(Layout::Uyvy),
        VideoFormat::BGRx | VideoFormat::BGRA => Some(Layout::Bgrx),
        VideoFormat::RGBx | VideoFormat::RGBA => Some(Layout::Rgbx),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use ::pipewire::spa::pod::{Property, PropertyFlags};
    use ::pipewire::spa::utils::{ChoiceFlags, Id};

    use super::*;

    fn agreed(width: u32, subtype: MediaSubtype, format: Option<VideoFormat>) -> Option<Agreed> {
        let mut object = object!(
            SpaTypes::ObjectParamFormat,
            ParamType::Format,
            property!(FormatProperties::MediaType, Id, MediaType::Video),
            property!(FormatProperties::MediaSubtype, Id, subtype),
            property!(FormatProperties::VideoSize, Rectangle, Rectangle { width, height: 480 }),
        );
        if let Some(format) = format {
            object.properties.push(property!(FormatProperties::VideoFormat, Id, format));
        }
        let bytes = bytes(object)?;
        Agreed::parse(Pod::from_bytes(&bytes)?)
    }

    #[test]
    fn what_was_agreed_is_read() {
        let raw = agreed(640, MediaSubtype::Raw, Some(VideoFormat::NV12));
        assert_eq!(raw, Some(Agreed { layout: Layout::Nv12, width: 640, height: 480 }));
        let jpeg = agreed(1280, MediaSubtype::Mjpg, None);
        assert_eq!(jpeg, Some(Agreed { layout: Layout::Jpeg, width: 1280, height: 480 }));
    }

    #[test]
    fn a_choice_that_was_settled_is_a_value() {
        let size = Rectangle { width: 640, height: 360 };
        let settled = Choice(ChoiceFlags::empty(), ChoiceEnum::None(size));
        let format = Choice(ChoiceFlags::empty(), ChoiceEnum::None(Id(VideoFormat::YUY2.as_raw())));
        let mut object = object!(
            SpaTypes::ObjectParamFormat,
            ParamType::Format,
            property!(FormatProperties::MediaType, Id, MediaType::Video),
            property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        );
        for (key, value) in [
            (FormatProperties::VideoFormat, ChoiceValue::Id(format)),
            (FormatProperties::VideoSize, ChoiceValue::Rectangle(settled)),
        ] {
            let (key, flags) = (key.as_raw(), PropertyFlags::empty());
            object.properties.push(Property { key, flags, value: Value::Choice(value) });
        }
        let bytes = bytes(object).expect("it can be written");
        let agreed = Agreed::parse(Pod::from_bytes(&bytes).expect("a pod"));
        assert_eq!(agreed, Some(Agreed { layout: Layout::Yuy2, width: 640, height: 360 }));
    }

    #[test]
    fn what_was_not_offered_is_refused() {
        assert_eq!(agreed(640, MediaSubtype::Raw, Some(VideoFormat::GRAY8)), None);
        assert_eq!(agreed(640, MediaSubtype::Raw, None), None);
        assert_eq!(agreed(640, MediaSubtype::H264, None), None);
        assert_eq!(agreed(100_000, MediaSubtype::Raw, Some(VideoFormat::NV12)), None);
    }

    #[test]
    fn raw_pictures_are_offered_before_jpeg() {
        for wanted in [Wanted::Camera(None), Wanted::Screen(7)] {
            let offers = video(&wanted);
            assert_eq!(offers.len(), 2);
            assert!(offers.iter().all(|offer| Pod::from_bytes(offer).is_some()));
        }
    }
}
