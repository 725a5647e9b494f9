//! One colour, and how far two are apart for the eye.

use serde::{Deserialize, Serialize};

use crate::DesignError;

/// An sRGB colour with opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
    alpha: u8,
}

impl Colour {
    /// An opaque colour.
    pub fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: 255 }
    }

    /// `#RRGGBB`, with `AA` behind when it is not opaque: CSS and Slint read this.
    pub fn css(self) -> String {
        let Self { red, green, blue, alpha } = self;
        match alpha {
            255 => format!("#{red:02X}{green:02X}{blue:02X}"),
            _ => format!("#{red:02X}{green:02X}{blue:02X}{alpha:02X}"),
        }
    }

    /// `#RRGGBB`, with `AA` in front when it is not opaque: Android's order.
    pub fn android(self) -> String {
        let Self { red, green, blue, alpha } = self;
        match alpha {
            255 => format!("#{red:02X}{green:02X}{blue:02X}"),
            _ => format!("#{alpha:02X}{red:02X}{green:02X}{blue:02X}"),
        }
    }

    /// This colour laid over another.
    pub fn over(self, below: Self) -> Self {
        let share = f64::from(self.alpha) / 255.0;
        let mix = |above: u8, below: u8| {
            (f64::from(above) * share + f64::from(below) * (1.0 - share)).round() as u8
        };
        Self {
            red: mix(self.red, below.red),
            green: mix(self.green, below.green),
            blue: mix(self.blue, below.blue),
            alpha: 255,
        }
    }

    /// The contrast ratio of WCAG 2.2, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (mut light, mut dark) = (self.luminance(), other.luminance());
        if light < dark {
            std::mem::swap(&mut light, &mut dark);
        }
        (light + 0.05) / (dark + 0.05)
    }

    /// Relative luminance of WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl TryFrom<String> for Colour {
    type Error = DesignError;

    fn try_from(text: String) -> Result<Self, DesignError> {
        let wrong = || DesignError::Colour(text.clone());
        let digits = text.strip_prefix('#').filter(|rest| rest.is_ascii()).ok_or_else(wrong)?;
        if digits.len() != 6 && digits.len() != 8 {
            return Err(wrong());
        }
        let channel = |index: usize| match digits.get(index * 2..index * 2 + 2) {
            Some(pair) => u8::from_str_radix(pair, 16).map_err(|_| wrong()),
            None => Ok(255),
        };
        Ok(Self { red: channel(0)?, green: channel(1)?, blue: channel(2)?, alpha: channel(3)? })
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.css()
    }
}
