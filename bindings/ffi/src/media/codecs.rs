//! Which decoder or encoder of this device to use, and which not again.
//!
//! Hardware first, since it costs least; but phones have hardware codecs that fail, so that every format falls back to
//! the next codec in the list, in the end to software.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use treff_media::codec::VideoCodec;

use crate::config::DeviceCodec;

/// Failures after which a codec is not used again while the app runs.
const STRIKES: u32 = 3;

/// This device's decoders, shared by all tiles; or its encoders, shared by camera and screen.
pub(super) struct Codecs {
    all: Vec<DeviceCodec>,
    seen: Mutex<Seen>,
}

/// What was seen of them since the app started, by name.
#[derive(Default)]
struct Seen {
    strikes: BTreeMap<String, u32>,
    flat: BTreeSet<String>,
}

impl Codecs {
    /// The best first: hardware before software, otherwise in the system's order.
    pub(super) fn new(mut all: Vec<DeviceCodec>) -> Self {
        // A name with a zero in it cannot be given to the system.
        all.retain(|codec| !codec.name.contains('\0'));
        all.sort_by_key(|codec| !codec.hardware);
        Self { all, seen: Mutex::default() }
    }

    /// The best for `format` that is not in `tried`.
    pub(super) fn best(&self, format: VideoCodec, tried: &[String]) -> Option<DeviceCodec> {
        let seen = self.seen();
        let usable = |codec: &&DeviceCodec| {
            codec.codec == format
                && !tried.contains(&codec.name)
                && seen.strikes.get(&codec.name).is_none_or(|count| *count < STRIKES)
        };
        self.all.iter().find(usable).cloned()
    }

    /// A codec failed. One that never gave a picture is out at once.
    pub(super) fn failed(&self, name: &str, gave_something: bool) {
        *self.seen().strikes.entry(name.to_owned()).or_default() += if gave_something { 1 } else { STRIKES };
    }

    /// An encoder makes no temporal layers.
    pub(super) fn is_flat(&self, name: &str) {
        self.seen().flat.insert(name.to_owned());
    }

    /// Whether the best encoder for `format` makes temporal layers, as far as is known.
    pub(super) fn layered(&self, format: VideoCodec) -> bool {
        self.best(format, &[]).is_none_or(|codec| !self.seen().flat.contains(&codec.name))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn decoder(codec: VideoCodec, name: &str, hardware: bool) -> DeviceCodec {
        DeviceCodec { codec, name: name.to_owned(), hardware }
    }

    fn name(decoders: &Codecs, tried: &[String]) -> Option<String> {
        decoders.best(VideoCodec::Vp8, tried).map(|decoder| decoder.name)
    }

    #[test]
    fn hardware_comes_first_and_falls_back_to_software() {
        let decoders = Codecs::new(vec![
            decoder(VideoCodec::Vp8, "soft", false),
            decoder(VideoCodec::Vp8, "hard", true),
            decoder(VideoCodec::H264, "other", true),
        ]);
        assert_eq!(name(&decoders, &[]).as_deref(), Some("hard"));
        assert_eq!(name(&decoders, &["hard".to_owned()]).as_deref(), Some("soft"));
        assert_eq!(name(&decoders, &["hard".to_owned(), "soft".to_owned()]), None);
        assert_eq!(decoders.best(VideoCodec::Av1, &[]), None);
    }

    #[test]
    fn three_failures_put_a_decoder_on_the_list_and_one_without_a_picture_does_too() {
        let decoders = Codecs::new(vec![
            decoder(VideoCodec::Vp8, "hard", true),
            decoder(VideoCodec::Vp8, "soft", false),
        ]);
        decoders.failed("hard", true);
        decoders.failed("hard", true);
        assert_eq!(name(&decoders, &[]).as_deref(), Some("hard"));
        decoders.failed("hard", true);
        assert_eq!(name(&decoders, &[]).as_deref(), Some("soft"));
        decoders.failed("soft", false);
        assert_eq!(name(&decoders, &[]), None);
    }

    #[test]
    fn an_encoder_without_layers_is_known_for_it_and_the_next_is_not() {
        let encoders = Codecs::new(vec![
            decoder(VideoCodec::Vp8, "hard", true),
            decoder(VideoCodec::Vp8, "soft", false),
        ]);
        assert!(encoders.layered(VideoCodec::Vp8));
        encoders.is_flat("hard");
        assert!(!encoders.layered(VideoCodec::Vp8));
        encoders.failed("hard", false);
        assert!(encoders.layered(VideoCodec::Vp8));
    }

    #[test]
    fn a_name_that_no_system_call_can_take_is_left_out() {
        let decoders = Codecs::new(vec![decoder(VideoCodec::Vp8, "ha\0rd", true)]);
        assert_eq!(name(&decoders, &[]), None);
    }
}
