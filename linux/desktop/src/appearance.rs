//! How the desktop looks: light or dark, contrast, motion, size of type, by the Settings portal and its changes.

use std::collections::HashMap;

use futures_lite::StreamExt;
use zbus::zvariant::{OwnedValue, Value};

use crate::bus::{OwnedDetails, Peer, body, member};
use crate::desktop::Context;
use crate::event::{Event, Wish};
use crate::failure::Failure;
use crate::portal;

const SETTINGS: Peer = portal::peer("org.freedesktop.portal.Settings");
/// The namespace that every portal has.
const COMMON: &str = "org.freedesktop.appearance";
/// GNOME's and Phosh's settings, for what the common namespace lacks.
const GNOME: &str = "org.gnome.desktop.interface";
const GNOME_ACCESS: &str = "org.gnome.desktop.a11y.interface";
/// No desktop offers more than this range; a broken value must not blow the window up.
const TEXT_SCALES: std::ops::RangeInclusive<f64> = 0.5..=3.0;

/// Light or dark, as the person set the desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// They did not say.
    #[default]
    NoPreference,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// How the desktop looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Appearance {
    /// Light or dark.
    pub scheme: Scheme,
    /// More contrast is wished.
    pub high_contrast: bool,
    /// Less motion is wished.
    pub reduced_motion: bool,
    /// Size of type: 1.0 is normal, 2.0 twice as large.
    pub text_scale: f64,
}

impl Default for Appearance {
    fn default() -> Self {
        Self { scheme: Scheme::NoPreference, high_contrast: false, reduced_motion: false, text_scale: 1.0 }
    }
}

/// Tells the appearance at the start and whenever it changes.
pub(crate) async fn watch(context: Context) {
    if let Err(failure) = follow(&context).await {
        context.outbox.failed(Wish::Appearance, failure);
    }
}

async fn follow(context: &Context) -> Result<(), Failure> {
    // Listening comes first: a change while the values are read must not be missed.
    let mut changes = context.bus.signals(SETTINGS).await?;
    let namespaces = [COMMON, GNOME, GNOME_ACCESS];
    let reply = context.bus.call(SETTINGS, "ReadAll", &(&namespaces[..],)).await?;
    let all: HashMap<String, OwnedDetails> = body(&reply)?;
    let mut known = Known::default();
    for (namespace, values) in &all {
        for (key, value) in values {
            known.learn(namespace, key, value);
        }
    }
    let mut told = known.appearance();
    context.outbox.tell(Event::AppearanceChanged(told));
    while let Some(message) = changes.next().await {
        let message = message?;
        if member(&message) != "SettingChanged" {
            continue;
        }
        let Ok((namespace, key, value)) = body::<(String, String, OwnedValue)>(&message) else { continue };
        known.learn(&namespace, &key, &value);
        let now = known.appearance();
        if now != told {
            told = now;
            context.outbox.tell(Event::AppearanceChanged(now));
        }
    }
    Err(Failure::NoBus)
}

/// Each setting as its source last said it; the common namespace wins over a desktop's own.
#[derive(Debug, Default)]
struct Known {
    scheme: Option<u32>,
    contrast: Option<u32>,
    motion: Option<u32>,
    gnome_contrast: Option<bool>,
    gnome_animations: Option<bool>,
    gnome_text_scale: Option<f64>,
}

impl Known {
    fn learn(&mut self, namespace: &str, key: &str, value: &OwnedValue) {
        match (namespace, key) {
            (COMMON, "color-scheme") => self.scheme = number(value),
            (COMMON, "contrast") => self.contrast = number(value),
            (COMMON, "reduced-motion") => self.motion = number(value),
            (GNOME, "enable-animations") => self.gnome_animations = boolean(value),
            (GNOME, "text-scaling-factor") => self.gnome_text_scale = float(value),
            (GNOME_ACCESS, "high-contrast") => self.gnome_contrast = boolean(value),
            _ => {}
        }
    }

    fn appearance(&self) -> Appearance {
        Appearance {
            scheme: match self.scheme {
                Some(1) => Scheme::Dark,
                Some(2) => Scheme::Light,
                _ => Scheme::NoPreference,
            },
            high_contrast: self.contrast == Some(1) || self.gnome_contrast == Some(true),
            reduced_motion: match self.motion {
                Some(wish) => wish == 1,
                None => self.gnome_animations == Some(false),
            },
            text_scale: self.gnome_text_scale.filter(|scale| TEXT_SCALES.contains(scale)).unwrap_or(1.0),
        }
    }
}

/// The value itself: portals differ in how many variants they wrap it in.
fn bare<'a>(value: &'a Value<'a>) -> &'a Value<'a> {
    let mut value = value;
    while let Value::Value(inner) = value {
        value = inner;
    }
    value
}

fn number(value: &OwnedValue) -> Option<u32> {
    if let Value::U32(number) = bare(value) { Some(*number) } else { None }
}

fn boolean(value: &OwnedValue) -> Option<bool> {
    if let Value::Bool(boolean) = bare(value) { Some(*boolean) } else { None }
}

fn float(value: &OwnedValue) -> Option<f64> {
    if let Value::F64(float) = bare(value) { Some(*float) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(value: impl Into<Value<'a>>) -> OwnedValue {
        OwnedValue::try_from(value.into()).expect("no file descriptor in it")
    }

    #[test]
    fn the_common_namespace_wins_and_odd_values_count_as_unsaid() {
        let mut known = Known::default();
        assert_eq!(known.appearance(), Appearance::default());
        known.learn(GNOME, "enable-animations", &value(false));
        assert!(known.appearance().reduced_motion);
        known.learn(COMMON, "reduced-motion", &value(0u32));
        assert!(!known.appearance().reduced_motion);
        known.learn(COMMON, "color-scheme", &value(Value::Value(Box::new(1u32.into()))));
        assert_eq!(known.appearance().scheme, Scheme::Dark);
        known.learn(COMMON, "color-scheme", &value("dark"));
        assert_eq!(known.appearance().scheme, Scheme::NoPreference);
        for (scale, expected) in [(2.0, 2.0), (0.0, 1.0), (f64::NAN, 1.0), (1000.0, 1.0)] {
            known.learn(GNOME, "text-scaling-factor", &value(scale));
            assert_eq!(known.appearance().text_scale, expected);
        }
    }
}
