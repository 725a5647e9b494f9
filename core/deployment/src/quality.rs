//! `videoQuality`: which codecs, in which order, how many bits for each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tree::Tree;

/// Codec names in the order of the library's own preference on a desktop.
const DESKTOP: &[&str] = &["AV1", "VP9", "VP8", "H264"];
/// And on a phone, where encoding AV1 costs too much.
const MOBILE: &[&str] = &["VP8", "VP9", "H264", "AV1"];
const MOBILE_P2P: &[&str] = &["H264", "VP8", "VP9", "AV1"];

/// Bitrates outside of this are taken for mistakes.
const SANE_BITRATES: std::ops::RangeInclusive<u32> = 10_000..=100_000_000;

/// Codecs and bitrates; codec names are in upper case throughout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoQuality {
    /// Codecs, most wanted first. Never empty.
    pub codec_preference: Vec<String>,
    /// The same on phones.
    pub mobile_codec_preference: Vec<String>,
    /// The older way to want one codec most.
    pub preferred_codec: Option<String>,
    /// A codec not to send; never VP8.
    pub disabled_codec: Option<String>,
    /// Most bits per second for AV1, H264, VP8, VP9 at each height.
    pub max_bitrates: BTreeMap<String, MaxBitrates>,
    /// How each codec is to be layered, where the deployment says so.
    pub layering: BTreeMap<String, Layering>,
}

/// Most bits per second a stream of this height may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaxBitrates {
    /// Below 360 lines.
    pub low: u32,
    /// From 360 lines.
    pub standard: u32,
    /// From 720 lines.
    pub high: u32,
    /// From 1080 lines.
    pub full_hd: u32,
    /// From 2160 lines.
    pub ultra_hd: u32,
    /// A shared screen of any size.
    pub screen_share: u32,
}

/// How one codec is layered; `None` leaves it to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layering {
    /// `scalabilityModeEnabled`.
    pub scalability_mode: Option<bool>,
    /// `useSimulcast`: several streams rather than one scalable one.
    pub use_simulcast: Option<bool>,
    /// `useKSVC`: layers depend on each other in key frames only.
    pub use_ksvc: Option<bool>,
}

impl VideoQuality {
    pub(crate) fn read(config: Tree<'_>) -> Self {
        let quality = config.at("videoQuality");
        let mut max_bitrates = library_bitrates();
        let mut layering = BTreeMap::new();
        for (codec, bitrates) in &mut max_bitrates {
            // Older files have the codec below the bitrates, and in capitals.
            let section = quality.at(&codec.to_lowercase());
            for tree in [quality.at("maxBitratesVideo").at(codec), section.at("maxBitratesVideo")] {
                bitrates.read(tree);
            }
            let layers = Layering {
                scalability_mode: section.flag("scalabilityModeEnabled"),
                use_simulcast: section.flag("useSimulcast"),
                use_ksvc: section.flag("useKSVC"),
            };
            if layers != Layering::default() {
                layering.insert(codec.clone(), layers);
            }
        }
        Self {
            codec_preference: codecs(quality, "codecPreferenceOrder", DESKTOP),
            mobile_codec_preference: codecs(quality, "mobileCodecPreferenceOrder", MOBILE),
            preferred_codec: quality.text("preferredCodec").map(str::to_uppercase),
            disabled_codec: quality
                .text("disabledCodec")
                .map(str::to_uppercase)
                .filter(|codec| codec != "VP8"),
            max_bitrates,
            layering,
        }
    }
}

/// The orders for direct connections.
pub(crate) fn p2p_codecs(p2p: Tree<'_>) -> (Vec<String>, Vec<String>) {
    (codecs(p2p, "codecPreferenceOrder", DESKTOP), codecs(p2p, "mobileCodecPreferenceOrder", MOBILE_P2P))
}

fn codecs(tree: Tree<'_>, key: &str, missing: &[&str]) -> Vec<String> {
    let names: Vec<String> = tree.texts(key).into_iter().map(str::to_uppercase).collect();
    if names.is_empty() { missing.iter().map(|name| (*name).to_owned()).collect() } else { names }
}

impl MaxBitrates {
    fn read(&mut self, tree: Tree<'_>) {
        for (key, bitrate) in [
            ("low", &mut self.low),
            ("standard", &mut self.standard),
            ("high", &mut self.high),
            ("fullHd", &mut self.full_hd),
            ("ultraHd", &mut self.ultra_hd),
            ("ssHigh", &mut self.screen_share),
        ] {
            if let Some(value) = tree.number(key).filter(|value| SANE_BITRATES.contains(value)) {
                *bitrate = value;
            }
        }
    }
}

/// The defaults of the web client's library, in kilobits per second.
fn library_bitrates() -> BTreeMap<String, MaxBitrates> {
    let table = [
        ("AV1", [100, 300, 1000, 2000, 4000, 2500]),
        ("VP9", [100, 300, 1200, 2500, 5000, 2500]),
        ("VP8", [200, 500, 1500, 3000, 6000, 2500]),
        ("H264", [400, 800, 2000, 4000, 8000, 2500]),
    ];
    table
        .into_iter()
        .map(|(codec, kilobits)| {
            let [low, standard, high, full_hd, ultra_hd, screen_share] = kilobits.map(|k: u32| k * 1000);
            (codec.to_owned(), MaxBitrates { low, standard, high, full_hd, ultra_hd, screen_share })
        })
        .collect()
}
