//! Quiet sounds in a call: a knock, somebody who joins, a message. In: the core's events and states. Out: a short stream of
//! its own on the call's route, beside the call's sound.

use std::sync::Arc;
use std::time::{Duration, Instant};

use treff_app::{Chimes, Event, Observer, Snapshot, play_sound};
use treff_media::device::AudioDevices;

/// Plays what the core's [`Chimes`] decide.
pub(super) struct Player<D> {
    chimes: Chimes,
    state: Arc<Snapshot>,
    /// The time of any clock that only goes forward.
    clock: Box<dyn FnMut() -> Duration + Send>,
    audio: D,
}

impl<D: AudioDevices> Player<D> {
    pub(super) fn new(audio: D) -> Self {
        let started = Instant::now();
        Self {
            chimes: Chimes::default(),
            state: Arc::default(),
            clock: Box::new(move || started.elapsed()),
            audio,
        }
    }
}

impl<D: AudioDevices> Observer for Player<D> {
    fn on_event(&mut self, event: &Event) {
        let Some(chime) = self.chimes.happened(event, &self.state, (self.clock)()) else { return };
        let failed = |error| tracing::debug!("A sound was cut short: {error}.");
        let played = self.audio.open_output().and_then(|output| play_sound(output, chime, failed));
        if let Err(error) = played {
            tracing::debug!("A sound was not played: {error}.");
        }
    }

    fn wants_levels(&self) -> bool {
        false
    }

    fn on_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
        self.chimes.follow(snapshot, (self.clock)());
        self.state = Arc::clone(snapshot);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;

    use treff_app::Screen;
    use treff_media::device::{AudioInput, AudioOutput, DeviceError};
    use treff_media::frame::AudioBlock;

    use super::*;

    /// A phone whose loudspeaker streams tell what they play.
    struct Phone(mpsc::Sender<AudioBlock>);

    impl AudioDevices for Phone {
        fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
            Err(DeviceError::Missing)
        }

        fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
            Ok(Box::new(Stream(self.0.clone())))
        }
    }

    struct Stream(mpsc::Sender<AudioBlock>);

    impl AudioOutput for Stream {
        fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
            self.0.send(*block).map_err(|_| DeviceError::Ended)
        }
    }

    #[test]
    fn a_knock_is_heard_on_a_stream_of_its_own_that_ends_with_it() {
        let (sender, heard) = mpsc::channel();
        let now = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&now);
        let mut player = Player {
            clock: Box::new(move || Duration::from_secs(clock.load(Ordering::Relaxed))),
            ..Player::new(Phone(sender))
        };
        player.on_snapshot(&Arc::new(Snapshot { screen: Screen::Call, ..Snapshot::default() }));
        let knock = Event::KnockArrived { id: "ben".to_owned(), name: "Ben".to_owned() };
        player.on_event(&knock);
        now.store(5, Ordering::Relaxed);
        player.on_event(&knock);
        drop(player);
        let samples: Vec<f32> = heard.iter().flatten().collect();
        assert!(samples.iter().any(|sample| sample.abs() > 0.05));
        assert!(samples.len() < 48_000, "one knock, and the stream is gone");
    }
}
