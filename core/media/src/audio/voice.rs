//! Whether somebody speaks, for the V bit of RFC 6464: louder than a noise floor that follows the room.

use super::level;

/// How far above the floor speech stands, in decibels.
const MARGIN: f32 = 9.0;
/// Nothing quieter than this counts as speech, in dBov.
const QUIETEST_SPEECH: f32 = -55.0;
/// How fast the floor follows a louder room, in decibels a packet of 20 ms.
const FLOOR_RISE: f32 = 0.04;
/// Packets that still count as speech after the last loud one: the ends of words are quiet.
const HANGOVER: u8 = 10;

/// Follows the noise floor of one microphone.
#[derive(Debug)]
pub(super) struct VoiceDetector {
    floor: f32,
    hangover: u8,
}

impl VoiceDetector {
    pub(super) fn new() -> Self {
        Self { floor: QUIETEST_SPEECH - MARGIN, hangover: 0 }
    }

    /// Takes the mean square of the next 20 ms; true while somebody speaks.
    pub(super) fn update(&mut self, power: f32) -> bool {
        let loudness = -f32::from(level::from_power(power));
        if loudness < self.floor {
            self.floor += (loudness - self.floor) * 0.3;
        } else {
            self.floor += FLOOR_RISE;
        }
        if loudness > QUIETEST_SPEECH && loudness > self.floor + MARGIN {
            self.hangover = HANGOVER;
            return true;
        }
        let hanging = self.hangover > 0;
        self.hangover = self.hangover.saturating_sub(1);
        hanging
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(dbov: f32) -> f32 {
        10f32.powf(dbov / 10.0)
    }

    #[test]
    fn speech_over_a_quiet_room_is_voice_and_ends_after_the_hangover() {
        let mut detector = VoiceDetector::new();
        for _ in 0..50 {
            assert!(!detector.update(power(-70.0)));
        }
        for _ in 0..50 {
            assert!(detector.update(power(-30.0)));
        }
        let hanging = (0..50).take_while(|_| detector.update(power(-70.0))).count();
        assert_eq!(hanging, usize::from(HANGOVER));
    }

    #[test]
    fn a_steady_fan_stops_counting_as_voice() {
        let mut detector = VoiceDetector::new();
        let voiced = (0..3000).filter(|_| detector.update(power(-50.0))).count();
        assert!(voiced < 700, "{voiced} packets of a fan taken for speech");
        assert!(!detector.update(power(-50.0)));
        assert!(detector.update(power(-25.0)), "speech over the fan");
    }
}
