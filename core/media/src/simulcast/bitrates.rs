//! The most bits a second a layer may take, by codec and height: the defaults of Jitsi's library, which a deployment
//! may override (`videoQuality.<codec>.maxBitratesVideo`).

use std::collections::BTreeMap;

use crate::codec::VideoCodec;

/// Limits of one codec in bits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxBitrates {
    /// Below 360 lines.
    pub low: u32,
    /// 360 lines and more.
    pub standard: u32,
    /// 720 lines and more.
    pub high: u32,
    /// 1080 lines and more.
    pub full_hd: u32,
    /// 2160 lines and more.
    pub ultra_hd: u32,
    /// A shared screen.
    pub screen: u32,
}

impl MaxBitrates {
    /// The library's defaults.
    pub fn defaults(codec: VideoCodec) -> Self {
        let [low, standard, high, full_hd, ultra_hd] = match codec {
            VideoCodec::Av1 => [100_000, 300_000, 1_000_000, 2_000_000, 4_000_000],
            VideoCodec::Vp9 => [100_000, 300_000, 1_200_000, 2_500_000, 5_000_000],
            VideoCodec::Vp8 => [200_000, 500_000, 1_500_000, 3_000_000, 6_000_000],
            VideoCodec::H264 => [400_000, 800_000, 2_000_000, 4_000_000, 8_000_000],
        };
        Self { low, standard, high, full_hd, ultra_hd, screen: 2_500_000 }
    }

    /// The limit for pictures of `height` lines.
    pub fn of_height(&self, height: u16) -> u32 {
        match height {
            2160.. => self.ultra_hd,
            1080.. => self.full_hd,
            720.. => self.high,
            360.. => self.standard,
            _ => self.low,
        }
    }
}

/// Limits of all codecs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BitrateTable {
    overrides: BTreeMap<VideoCodec, MaxBitrates>,
}

impl BitrateTable {
    /// Replaces the limits of one codec.
    pub fn set(&mut self, codec: VideoCodec, limits: MaxBitrates) {
        self.overrides.insert(codec, limits);
    }

    /// The limits of one codec.
    pub fn of(&self, codec: VideoCodec) -> MaxBitrates {
        self.overrides.get(&codec).copied().unwrap_or_else(|| MaxBitrates::defaults(codec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_between_the_steps_take_the_lower_one() {
        let vp8 = MaxBitrates::defaults(VideoCodec::Vp8);
        let limits = [180, 359, 360, 540, 720, 1079, 1080, 2160].map(|height| vp8.of_height(height) / 1000);
        assert_eq!(limits, [200, 200, 500, 500, 1500, 1500, 3000, 6000]);
    }

    #[test]
    fn a_deployment_may_override_one_codec() {
        let mut table = BitrateTable::default();
        let cheap = MaxBitrates { high: 800_000, ..MaxBitrates::defaults(VideoCodec::Vp8) };
        table.set(VideoCodec::Vp8, cheap);
        assert_eq!(table.of(VideoCodec::Vp8).high, 800_000);
        assert_eq!(table.of(VideoCodec::Vp9), MaxBitrates::defaults(VideoCodec::Vp9));
    }
}
