//! Which decoder of this device to use, and which not again.
//!
//! Hardware first, since it costs least; but phones have hardware decoders that fail, so that every codec falls back to
//! the next decoder in the list, in the end to software.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use treff_media::codec::VideoCodec;

use crate::config::Decoder;

/// Failures after which a decoder is not used again while the app runs.
const STRIKES: u32 = 3;

/// This device's decoders, shared by all tiles.
pub(super) struct Decoders {
    all: Vec<Decoder>,
    strikes: Mutex<BTreeMap<String, u32>>,
}

impl Decoders {
    /// The best first: hardware before software, otherwise in the system's order.
    pub(super) fn new(mut all: Vec<Decoder>) -> Self {
        // A name with a zero in it cannot be given to the system.
        all.retain(|decoder| !decoder.name.contains('\0'));
        all.sort_by_key(|decoder| !decoder.hardware);
        Self { all, strikes: Mutex::default() }
    }

    /// The best decoder for `codec` that is not in `tried`.
    pub(super) fn best(&self, codec: VideoCodec, tried: &[String]) -> Option<Decoder> {
        let strikes = self.strikes.lock().unwrap_or_else(PoisonError::into_inner);
        let usable = |decoder: &&Decoder| {
            decoder.codec == codec
                && !tried.contains(&decoder.name)
                && strikes.get(&decoder.name).is_none_or(|count| *count < STRIKES)
        };
        self.all.iter().find(usable).cloned()
    }

    /// A decoder failed. One that never showed a picture is out at once.
    pub(super) fn failed(&self, name: &str, showed_something: bool) {
        let mut strikes = self.strikes.lock().unwrap_or_else(PoisonError::into_inner);
        *strikes.entry(name.to_owned()).or_default() += if showed_something { 1 } else { STRIKES };
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn decoder(codec: VideoCodec, name: &str, hardware: bool) -> Decoder {
        Decoder { codec, name: name.to_owned(), hardware }
    }

    fn name(decoders: &Decoders, tried: &[String]) -> Option<String> {
        decoders.best(VideoCodec::Vp8, tried).map(|decoder| decoder.name)
    }

    #[test]
    fn hardware_comes_first_and_falls_back_to_software() {
        let decoders = Decoders::new(vec![
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
        let decoders = Decoders::new(vec![
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
    fn a_name_that_no_system_call_can_take_is_left_out() {
        let decoders = Decoders::new(vec![decoder(VideoCodec::Vp8, "ha\0rd", true)]);
        assert_eq!(name(&decoders, &[]), None);
    }
}
